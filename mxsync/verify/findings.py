"""What verify finds besides right and wrong: how zones are delegated (MXL09), and caches (MXL15). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.authority.match import mismatches
from mxsync.authority.servers import Kind, Role
from mxsync.diagnostic import Diagnostic, Severity
from mxsync.names import relative
from mxsync.reading import set_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from mxsync.authority.servers import Delegation
    from mxsync.names import Name
    from mxsync.verify.answers import Verification, ZoneAnswers

_SHOWN = 3
"""How many owners a message names."""


def check_delegations(
    made: Verification, own: Mapping[tuple[str, Name], Delegation] | None = None
) -> Iterator[Diagnostic]:
    """Say what is odd about how zones are served (MXL09).

    `own` has the name servers of the providers, by block and zone, where they were asked for.
    """
    for zone in made.zones:
        ours = {block: servers for (block, name), servers in (own or {}).items() if name == zone.desired.zone}
        messages = [
            *zone.delegation.notes,
            *mismatches(zone.delegation, ours),
            *_lame(zone),
            *_different(zone),
        ]
        for message in dict.fromkeys(messages):
            yield _finding(
                zone,
                "MXL09",
                f"{zone.desired.zone}: {message}",
                "have the parent, the zone's NS records and the servers say the same",
            )


def check_caches(made: Verification, window: timedelta) -> Iterator[Diagnostic]:
    """Say which owners' old sets caches keep for longer than wanted from now on (MXL15)."""
    for zone in made.zones:
        for owner in zone.owners:
            if owner.clean is not None and owner.clean > made.at + window:
                late = f"{owner.clean:%Y-%m-%d %H:%M:%S} UTC"
                yield _finding(
                    zone,
                    "MXL15",
                    f"caches keep an older set of {owner.owner} until {late}, past the window",
                    "wait until then; next time, lower the TTL first, and wait as long as the old one says",
                    owner.owner,
                )


def _lame(zone: ZoneAnswers) -> Iterator[str]:
    told = [each for owner in zone.owners for each in owner.wrong]
    for server in dict.fromkeys(each.server for each in told if each.kind is Kind.LAME):
        reason = next(each.summary for each in told if each.server == server)
        yield f"{server} is lame: {reason}"


def _different(zone: ZoneAnswers) -> Iterator[str]:
    owners = []
    for owner in zone.owners:
        answers = {
            (each.kind, set_of(each.reading))
            for each in (*owner.right, *owner.wrong)
            if each.answered and each.server.role is Role.AUTHORITY
        }
        if len(answers) > 1:
            owners.append(relative(owner.owner, zone.desired.zone))
    if owners:
        more = f" and {len(owners) - _SHOWN} more" if len(owners) > _SHOWN else ""
        yield f"its servers answer differently for {', '.join(owners[:_SHOWN])}{more}"


def _finding(
    zone: ZoneAnswers, rule: str, message: str, what_to_do: str, owner: Name | None = None
) -> Diagnostic:
    desired = zone.desired
    place = desired.owners[owner].place if owner else desired.place
    waived = not desired.waived.isdisjoint({(rule, owner), (rule, None)})
    return Diagnostic(
        rule,
        Severity.WARNING,
        message,
        place,
        what_to_do,
        desired.zone,
        owner,
        waivable=True,
        waived=waived,
    )
