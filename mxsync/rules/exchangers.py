"""The rules about hosts that a plan adds to sets, as resolvers see them now (MXL01 to MXL06). Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.answers import HostAnswer
from mxsync.diagnostic import Diagnostic, Severity
from mxsync.names import ROOT
from mxsync.reading import ZoneReading
from mxsync.rules.addresses import trap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mxsync.answers import Address
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.plan import Plan
    from mxsync.state import Desired, DesiredZone, Live

_NOT_ASKED = HostAnswer.unknown_for("nobody asked")
_SHOWN = 3
"""How many owners, or addresses, a message names."""
_HIDDEN = 2
"""How many more there are at least, if not all are named."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a host."""

    rule: str
    severity: Severity
    what: str
    help: str


@dataclass(frozen=True, slots=True)
class _User:
    """An owner whose set gets the host."""

    zone: DesiredZone
    owner: Name
    private: bool
    """Whether only a private network sees its zone."""

    def waives(self, rule: str) -> bool:
        return not self.zone.waived.isdisjoint({(rule, self.owner), (rule, None)})


def new_exchanges(plan: Plan) -> tuple[Name, ...]:
    """Give the hosts that some set has after the plan and not before, each once, in the order of the plan."""
    return tuple(dict.fromkeys(host for item in plan.changes for host in _added(item.change)))


def check_exchangers(
    plan: Plan, desired: Desired, live: Live, answers: Mapping[Name, HostAnswer], *, strict: bool = False
) -> Iterator[Diagnostic]:
    """Say what is wrong with hosts that the plan adds.

    `answers` are those about `new_exchanges`; a host that is not among them is unknown. `strict` makes an
    error of what is unknown. However many owners get a host, it is one finding for a rule; those who waive
    the rule have one of their own.
    """
    for host, users in _users(plan, desired, live).items():
        answer = answers.get(host, _NOT_ASKED)
        faulty: dict[_Fault, list[_User]] = defaultdict(list)
        for user in users:
            for fault in _faults(answer, strict=strict, private=user.private):
                faulty[fault].append(user)
        for fault, affected in faulty.items():
            for waived in (False, True):
                if some := [user for user in affected if user.waives(fault.rule) is waived]:
                    yield _finding(host, fault, some, waived=waived)


def _added(change: Change) -> list[Name]:
    before = {record.exchange for record in change.before.records} if change.before else set()
    after = change.after.records if change.after else ()
    return [record.exchange for record in after if record.exchange not in before | {ROOT}]


def _users(plan: Plan, desired: Desired, live: Live) -> Mapping[Name, Sequence[_User]]:
    """Give the owners that get each host; one that is kept at several providers, by its first."""
    zones = {(zone.provider, zone.zone): zone for zone in desired.zones}
    found: dict[Name, dict[tuple[Name, bool], _User]] = defaultdict(dict)
    for item in plan.changes:
        reading = live.zones.get((item.provider, item.zone))
        private = isinstance(reading, ZoneReading) and reading.private
        user = _User(zones[item.provider, item.zone], item.change.owner, private)
        for host in _added(item.change):
            found[host].setdefault((user.owner, private), user)
    return {host: tuple(users.values()) for host, users in found.items()}


def _finding(host: Name, fault: _Fault, users: Sequence[_User], *, waived: bool) -> Diagnostic:
    first = users[0]
    owners = list(dict.fromkeys(user.owner for user in users))
    shown = owners if len(owners) < _SHOWN + _HIDDEN else owners[:_SHOWN]
    more = f" and {len(owners) - len(shown)} more" if len(shown) < len(owners) else ""
    return Diagnostic(
        fault.rule,
        fault.severity,
        f"the new exchange {host} {fault.what}; for {', '.join(shown)}{more}",
        first.zone.owners[first.owner].place,
        fault.help,
        first.zone.zone,
        first.owner,
        waivable=fault.severity is not Severity.INFO,
        waived=waived,
    )


def _faults(answer: HostAnswer, *, strict: bool, private: bool) -> Iterator[_Fault]:
    leads = ""
    if alias := answer.alias:
        leads = f"leads to {alias.target}, which "
        yield _Fault(
            "MXL03",
            Severity.ERROR,
            f"is no host but an alias ({alias.kind}) of {alias.target}",
            f"name {alias.target} itself, or give the host addresses of its own",
        )
    if answer.unknown:
        yield _Fault(
            "MXL06",
            Severity.ERROR if strict else Severity.WARNING,
            f"could {'only in part' if answer.addresses else 'not'} be looked up: {answer.unknown}",
            "try again, or ask another resolver with --resolver",
        )
    elif answer.missing:
        yield _Fault(
            "MXL01",
            Severity.ERROR,
            f"{leads}does not exist (NXDOMAIN)",
            "mend its name, or make the host first",
        )
    elif not answer.addresses:
        yield _Fault(
            "MXL02",
            Severity.ERROR,
            f"{leads}has no address (neither A nor AAAA)",
            "mend its name, or give the host an address first",
        )
    else:
        yield from _half(answer)
    yield from _unreachable(answer.addresses, private=private)


def _half(answer: HostAnswer) -> Iterator[_Fault]:
    """Find hosts with addresses of one family alone."""
    if not answer.v4.addresses:
        yield _Fault(
            "MXL04",
            Severity.WARNING,
            "has no IPv4 address (A): senders without IPv6 cannot reach it",
            "give the host an IPv4 address too",
        )
    elif not answer.v6.addresses:
        yield _Fault(
            "MXL04",
            Severity.INFO,
            "has no IPv6 address (AAAA)",
            "give the host an IPv6 address too, if it can",
        )


def _unreachable(addresses: Sequence[Address], *, private: bool) -> Iterator[_Fault]:
    kinds = {address: kind for address in addresses if (kind := trap(address))}
    bad = [f"{address} ({kind.name})" for address, kind in kinds.items() if not (private and kind.inside)]
    if bad:
        more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        yield _Fault(
            "MXL05",
            Severity.ERROR,
            f"has an address where no mail arrives: {', '.join(bad[:_SHOWN])}{more}",
            "give the host public addresses only; does your resolver answer for a network of its own?",
        )
