"""The exceptions of mxsync.

    MxsyncError
    ├── InvalidName        text that is no domain name
    ├── InvalidSet         records that DNS could not serve as one MX RRset
    ├── InvalidManifest    what is wrong with a manifest, each with its place
    ├── ProviderError      a provider that is not installed, installed twice, or cannot be opened
    ├── SecretUnavailable  a secret reference that leads nowhere
    ├── UnknownTarget      a zone or owner named at the command line that the manifest does not manage
    ├── InvalidPlan        a saved plan that cannot be used
    ├── CutoverError       a cutover that cannot be read, or is not one of the manifest
    ├── JournalError       a journal that cannot be written, read or taken
    └── NotAllowed         something that only the person at the command line may grant

Every message is one that a user can act on; none holds a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mxsync.diagnostic import Diagnostic


class MxsyncError(Exception):
    """The base of all errors that a user may meet."""


class InvalidName(MxsyncError):  # noqa: N818 - named for what is wrong, as in `except InvalidName`
    """Text that cannot be read as a domain name (RFC 1035 §2.3.4, RFC 5891)."""


class InvalidSet(MxsyncError):  # noqa: N818
    """Records that DNS could not serve as one MX RRset (RFC 1035 §3.3.9, RFC 2181 §5 and §8)."""


class InvalidManifest(MxsyncError):  # noqa: N818
    """A manifest that cannot be used; `findings` says why, sorted by place."""

    def __init__(self, findings: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)


class ProviderError(MxsyncError):
    """A provider that is not installed, is installed twice, lacks its SDK, or cannot be opened."""


class SecretUnavailable(MxsyncError):  # noqa: N818
    """A secret reference that leads nowhere; the message names the reference, never a value."""


class UnknownTarget(MxsyncError):  # noqa: N818
    """A zone or owner that a run shall be limited to, and that the manifest does not manage."""


class InvalidPlan(MxsyncError):  # noqa: N818
    """A saved plan that cannot be read, was changed since it was made, or is of another format version."""


class CutoverError(MxsyncError):
    """A cutover's file that cannot be used, or is that of another manifest."""


class JournalError(MxsyncError):
    """A journal that cannot be written or read, or that another run uses."""


class NotAllowed(MxsyncError):  # noqa: N818
    """Something that no manifest and no plan can grant, only the command line."""
