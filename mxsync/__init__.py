"""A Terraform-style reconciler for MX record sets.

As a library it offers the names in `__all__`. Each is imported when it is first used, so that
`mxsync --version` and shell completion start at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mxsync.apply import How, Share
    from mxsync.change import Action, Change, Outcome
    from mxsync.diagnostic import Diagnostic, Severity
    from mxsync.errors import InvalidManifest, InvalidPlan, JournalError, MxsyncError, NotAllowed
    from mxsync.impact import Impact
    from mxsync.library import apply_plan, load_manifest, make_plan, read_plan
    from mxsync.model import MX, MXSet
    from mxsync.plan import Allowed, Plan, PlannedChange
    from mxsync.proposal import Checked, LiveCheck, Proposal
    from mxsync.registry import Grants
    from mxsync.report import ExitCode, Report, Result

__version__ = "0.1.0"

__all__ = [
    "MX",
    "Action",
    "Allowed",
    "Change",
    "Checked",
    "Diagnostic",
    "ExitCode",
    "Grants",
    "How",
    "Impact",
    "InvalidManifest",
    "InvalidPlan",
    "JournalError",
    "LiveCheck",
    "MXSet",
    "MxsyncError",
    "NotAllowed",
    "Outcome",
    "Plan",
    "PlannedChange",
    "Proposal",
    "Report",
    "Result",
    "Severity",
    "Share",
    "apply_plan",
    "load_manifest",
    "make_plan",
    "read_plan",
]

_HOME = {
    "apply": ("How", "Share"),
    "change": ("Action", "Change", "Outcome"),
    "diagnostic": ("Diagnostic", "Severity"),
    "errors": ("InvalidManifest", "InvalidPlan", "JournalError", "MxsyncError", "NotAllowed"),
    "impact": ("Impact",),
    "library": ("apply_plan", "load_manifest", "make_plan", "read_plan"),
    "model": ("MX", "MXSet"),
    "plan": ("Allowed", "Plan", "PlannedChange"),
    "proposal": ("Checked", "LiveCheck", "Proposal"),
    "registry": ("Grants",),
    "report": ("ExitCode", "Report", "Result"),
}
"""The module that each name stands in."""


if not TYPE_CHECKING:  # a type checker would take any name for one of the library

    def __getattr__(name: str) -> object:
        """Import a name of the library when it is first used (PEP 562)."""
        from importlib import import_module  # noqa: PLC0415 - most commands need none of these

        for home, offered in _HOME.items():
            if name in offered:
                return getattr(import_module(f"mxsync.{home}"), name)
        raise AttributeError(f"module 'mxsync' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
