"""What is measured, and the zones that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.bind.job import MX, TTL, Task, by_zone
from support.nameserver import Zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BIG, SMALL = 50_000, 10
"""How many names the zone has that has five MX sets."""
MANAGED = 5
PLAN = Task()


@dataclass(frozen=True, slots=True)
class Case:
    """What every contestant does, some times over."""

    name: str
    sets: tuple[MX, ...]
    """As they are on the server."""
    percent: int = 0
    """So many of them shall be other ones."""
    task: Task = PLAN

    @property
    def changed(self) -> tuple[MX, ...]:
        """Give the sets with the other ones in."""
        every = 100 // self.percent if self.percent else len(self.sets) + 1
        return tuple(
            mx._replace(second="mx3.example.net.") if at % every == every - 1 else mx
            for at, mx in enumerate(self.sets)
        )


def many(zones: int) -> tuple[MX, ...]:
    """Give the sets of many zones, one each."""
    names = (f"d{at}.example.com." for at in range(zones))
    return tuple(MX(name, name, "mx1.example.net.", "mx2.example.net.") for name in names)


def few(size: int) -> tuple[MX, ...]:
    """Give the five sets of the zone that has `size` names."""
    zone = f"n{size}.example.org."
    return tuple(MX(zone, f"h{at}.{zone}", "mx1.example.net.", "mx2.example.net.") for at in range(MANAGED))


def cases(sizes: Sequence[int], far_zones: int) -> Iterator[Case]:
    """Give all cases: some for each number of zones, some with `far_zones` zones far away."""
    for zones in sizes:
        yield Case(f"plan, {zones:,} zones, nothing changed", many(zones))
    for zones in sizes:
        yield Case(f"plan, {zones:,} zones, 1 % changed", many(zones), 1)
    for zones in sizes:
        for percent in (1, 10, 100):
            yield Case(f"apply, {zones:,} zones, {percent} % changed", many(zones), percent, Task(apply=True))
    for size in (SMALL, BIG):
        yield Case(f"plan, 5 MX sets in a zone of {size:,} names", few(size))
    yield Case(f"plan, every MX set of a zone of {BIG:,} names", few(BIG), 0, Task(whole=True))
    far = many(far_zones)
    yield Case(f"plan, {far_zones} zones, 20 ms away, nothing changed", far, 0, Task(far=True))
    yield Case(f"apply, {far_zones} zones, 20 ms away, 100 % changed", far, 100, Task(apply=True, far=True))


def served(sets: Sequence[MX], key: str) -> Iterator[Zone]:
    """Give the zones in which these sets are."""
    options = f'allow-transfer {{ key "{key}"; }};'
    for zone, members in by_zone(sets).items():
        lines = [
            f"{mx.owner} {TTL} MX {text}" for mx in members for text in (f"10 {mx.first}", f"20 {mx.second}")
        ]
        if members[0].owner != zone:
            # Its name says how many names it has: the apex, ns, the owners, and so many hosts.
            hosts = int(zone[1 : zone.index(".")]) - 2 - len(members)
            lines += [f"host{at} A 192.0.2.{at % 256}" for at in range(hosts)]
        yield Zone(zone, "\n".join(lines), options=options)
