"""Verifies that name servers answer what a manifest wants: each of them, by authority.

asking = delegated()
made = verify(by_zone(desired), asking, wait=60)
made.verified, made.trouble
"""

from mxsync.authority.asking import at_providers, delegated
from mxsync.verify.answers import OwnerAnswers, Verification, ZoneAnswers, by_zone
from mxsync.verify.rounds import verify

__all__ = ["OwnerAnswers", "Verification", "ZoneAnswers", "at_providers", "by_zone", "delegated", "verify"]
