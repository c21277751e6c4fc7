"""All rules about manifests, by their numbers. Plain data.

Numbers that are missing are not used, and will not be.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mxsync.rules.about.exchanges import EXCHANGES
from mxsync.rules.about.live import LIVE
from mxsync.rules.about.manifests import MANIFESTS
from mxsync.rules.about.owners import OWNERS
from mxsync.rules.about.records import RECORDS
from mxsync.rules.about.zone_data import ZONE_DATA
from mxsync.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in sorted(
            (*RECORDS, *EXCHANGES, *ZONE_DATA, *LIVE, *OWNERS, *MANIFESTS), key=lambda rule: rule.id
        )
    }
)
"""Every rule that looks at a manifest, at zone data or at answers, in the order of the numbers."""

__all__ = ["RULES", "Rule"]
