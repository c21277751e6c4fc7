"""Carries a plan out: the only writer."""

from mxsync.apply.engine import apply_plan
from mxsync.apply.how import How, Watcher
from mxsync.apply.settling import TRIES
from mxsync.apply.waves import Share, waves_of

__all__ = ["TRIES", "How", "Share", "Watcher", "apply_plan", "waves_of"]
