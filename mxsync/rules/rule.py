"""What is written about a rule, for people who meet it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mxsync.diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, with what somebody needs to agree or to disagree with it."""

    id: str
    """Its public number, such as `MX002`. It never changes its meaning."""
    severity: Severity
    """How bad it usually is; `why` says when it is another one."""
    title: str
    """What it finds, in one line."""
    why: str
    """What goes wrong otherwise, in a few sentences."""
    source: str
    """The RFC and section that say so, or `practice`."""
    wrong: str
    """A whole manifest that breaks it; for a rule about zone data, the MX set's zone file."""
    right: str
    """The same, mended."""
    waivable: bool
    """Whether a manifest may waive it: every warning, and some errors."""
    zone_data: bool = False
    """Whether it needs the data of a zone: its examples are zone files then."""


HEAD = """\
mxsync: 1
providers:
  files: {type: zonefile, directory: zones}
defaults: {provider: files}
"""
"""How the example manifests begin."""

ZONE_HEAD = """\
$ORIGIN example.com.
$TTL 3600
@      SOA    ns1.example.net. hostmaster.example.net. 7 7200 900 1209600 300
@      NS     ns1.example.net.
"""
"""How the example zone files begin."""
