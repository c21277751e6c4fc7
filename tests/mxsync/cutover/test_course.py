"""A cutover from its first stage to its last, with caches that remember; and whatever breaks it off."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxsync import live, names
from mxsync.apply import apply_plan
from mxsync.cutover.course import Came, Event, Tools, abort, advance, due_at
from mxsync.cutover.stages import ROUNDING, Move, Stage, Timing, set_in, stages
from mxsync.cutover.state import State
from mxsync.errors import CutoverError
from mxsync.memory import NEGATIVE_TTL, MemoryProvider
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.plan import make_plan
from mxsync.report import Report
from mxsync.state import Desired, DesiredZone, Live, Wanted
from support.sets import mx_set

START = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)
ZONES = [names.parse(text) for text in ("example.com.", "example.org.")]
OLD = mx_set(7200, "10 old1.example.net.", "20 old2.example.net.")
NEW = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
OTHER = mx_set(60, "10 other.example.net.")
SLOW, SWAP = Timing(300, 1800), Timing(300, 1800, swap=True)


class BrokenOff(Exception):  # noqa: N818 - not an error but a kill
    """The process ends here."""


@dataclass
class World:
    """Two providers that keep the same zones, a clock, and a cutover's file."""

    timing: Timing = SLOW
    old: MXSet | None = OLD
    clock: datetime = START
    verified: bool = True
    """Whether name servers answer what providers have."""
    breaks_at: int | None = None
    """After how many steps the process ends."""
    steps: int = 0
    providers: dict[str, MemoryProvider] = field(init=False)
    desired: Desired = field(init=False)
    file: State = field(init=False)

    def __post_init__(self) -> None:
        held = {zone: {zone: self.old} if self.old else {} for zone in ZONES}
        self.providers = {
            name: MemoryProvider({zone: dict(held[zone]) for zone in ZONES}) for name in ("a", "b")
        }
        self.desired = Desired(
            tuple(DesiredZone(name, zone, {zone: Wanted(NEW)}) for name in ("a", "b") for zone in ZONES)
        )
        moves = tuple(
            Move(name, zone, zone, self.old, NEW, None if self.old else NEGATIVE_TTL)
            for name in ("a", "b")
            for zone in ZONES
        )
        self.file = State(self.timing, moves, verified=self.clock)

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.breaks_at:
            raise BrokenOff

    def read(self, desired: Desired) -> Live:
        return live.read(desired.requests(), self.providers)

    def apply(self, desired: Desired) -> Report:
        self.step()
        plan = make_plan(desired, self.read(desired))
        for item in plan.changes:  # one by one: a process may end between two
            apply_plan(replace(plan, changes=(item,)), self.providers)
            self.step()
        return apply_plan(make_plan(desired, self.read(desired)), self.providers)

    def verify(self, _: Desired) -> str:
        self.step()
        return "" if self.verified else "192.0.2.53 still answers the old set"

    def save(self, state: State) -> None:
        self.step()
        self.file = state

    def run(self) -> Came:
        return advance(self.file, self.desired, self.tools)

    @property
    def tools(self) -> Tools:
        return Tools(self.read, self.apply, self.verify, self.save, lambda: self.clock)

    def served(self) -> set[MXSet | None]:
        return {provider.zones[zone].get(zone) for provider in self.providers.values() for zone in ZONES}


def test_each_run_takes_one_stage_and_only_when_it_is_due() -> None:
    world = World()
    taken = []
    for _ in range(4):
        came = world.run()
        assert came.event is Event.TAKEN
        taken.append(world.file.stage)
        assert world.served() == {set_in(world.file.moves[0], world.file.stage, SLOW)}
        if came.due is None:
            break
        world.clock = came.due - timedelta(seconds=1)
        early = world.run()
        assert (early.event, early.due, early.report) == (Event.WAITING, came.due, None)
        world.clock = came.due
    assert taken == [Stage.LOWERED, Stage.BOTH, Stage.SWITCHED, Stage.DONE]
    assert world.clock == START + timedelta(seconds=7200 + 1800 + 300 + 3 * ROUNDING)
    assert world.run().event is Event.FINISHED
    assert world.served() == {NEW}


def test_an_owner_that_had_no_set_keeps_its_first_one_for_the_negative_ttl() -> None:
    world = World(Timing(60, 0), old=None)
    assert world.run().due == START
    came = world.run()
    assert world.file.stage is Stage.BOTH
    assert came.due == START + timedelta(seconds=NEGATIVE_TTL + ROUNDING)


def test_a_stage_that_is_not_served_everywhere_is_verified_again_and_lasts_from_then_on() -> None:
    world = World(verified=False)
    came = world.run()
    assert came.event is Event.WAITING
    assert "192.0.2.53 still answers the old set" in came.message
    assert (world.file.stage, world.file.verified) == (Stage.LOWERED, None)
    world.clock += timedelta(days=3)
    assert world.run().event is Event.WAITING
    world.verified = True
    came = world.run()
    assert (came.event, world.file.stage) == (Event.TAKEN, Stage.LOWERED)
    assert came.due == world.clock + timedelta(seconds=7200 + ROUNDING)


def test_a_set_that_somebody_else_has_made_stops_the_cutover_and_stays() -> None:
    world = World()
    world.run()
    world.providers["b"].zones[ZONES[1]][ZONES[1]] = OTHER
    before = world.file
    world.clock += timedelta(days=1)
    came = world.run()
    assert came.event is Event.FOREIGN
    assert "example.org. at provider 'b' has a set that the cutover has not made" in came.message
    assert world.file == before
    assert OTHER in world.served()
    assert abort(world.file, world.tools).event is Event.FOREIGN


def test_a_zone_that_cannot_be_read_changes_nothing() -> None:
    world = World()
    del world.providers["a"].zones[ZONES[0]]
    before = world.file
    came = world.run()
    assert came.event is Event.FAILED
    assert came.message == "example.com. at provider 'a' could not be read: there is no zone example.com."
    assert world.file == before


def test_a_clock_that_jumped_back_changes_nothing() -> None:
    world = World()
    world.run()
    world.clock = START - timedelta(seconds=1)
    before = world.file
    came = world.run()
    assert came.event is Event.FAILED
    assert "this machine's clock says 2026-11-29 04:59:59 UTC" in came.message
    assert world.file == before


@pytest.mark.parametrize("timing", [SLOW, SWAP])
@pytest.mark.parametrize("taken", range(5))
def test_an_abort_goes_back_from_every_stage(timing: Timing, taken: int) -> None:
    world = World(timing)
    for _ in range(min(taken, len(stages(timing)) - 1)):
        world.clock = due_at(world.file) or world.clock
        assert world.run().event is Event.TAKEN
    came = abort(world.file, world.tools)
    assert came.event is Event.TAKEN
    assert world.served() == {OLD}
    assert world.run().event is Event.FINISHED
    assert world.served() == {OLD}


def test_a_cutover_that_lost_its_file_goes_on_later_but_never_earlier() -> None:
    world = World()
    stale = world.file
    world.run()
    world.file = stale
    world.clock += timedelta(minutes=10)
    came = world.run()
    assert (came.event, world.file.stage) == (Event.TAKEN, Stage.LOWERED)
    assert came.due == world.clock + timedelta(seconds=7200 + ROUNDING)


@pytest.mark.parametrize(
    "change",
    [
        {ZONES[0]: Wanted(OTHER)},
        {},
    ],
)
def test_a_cutover_of_another_manifest_is_refused(change: dict[Name, Wanted]) -> None:
    world = World()
    zones = tuple(
        replace(zone, owners=change) if zone.zone == ZONES[0] else zone for zone in world.desired.zones
    )
    world.desired = Desired(zones)
    with pytest.raises(CutoverError, match="the manifest"):
        world.run()
    assert world.served() == {OLD}


def test_a_cutover_that_is_done_is_to_be_removed_and_not_to_be_aborted_where_the_manifest_goes_on() -> None:
    world = World()
    world.file = replace(world.file, stage=Stage.DONE)
    world.desired = Desired(
        tuple(replace(zone, owners={zone.zone: Wanted(OTHER)}) for zone in world.desired.zones)
    )
    with pytest.raises(CutoverError, match="the cutover is done: remove its file") as caught:
        world.run()
    assert "abort" not in str(caught.value)


@dataclass
class Cache:
    """A resolver that keeps what it was told for as long as its TTL says."""

    world: World
    answer: MXSet | None = None
    expires: datetime = START - timedelta(days=1)

    def ask(self, provider: str, zone: Name) -> MXSet | None:
        if self.world.clock >= self.expires:
            self.answer = self.world.providers[provider].zones[zone].get(zone)
            kept = self.answer.ttl if self.answer else NEGATIVE_TTL
            self.expires = self.world.clock + timedelta(seconds=kept)
        return self.answer


@settings(deadline=None)
@given(
    st.sampled_from([SLOW, SWAP]),
    st.sampled_from([OLD, mx_set(100, "10 old1.example.net."), mx_set(90000, "5 mx1.example.net.")]),
    st.lists(st.integers(1, 12), max_size=6),
    st.integers(0, 2**32),
)
def test_whatever_breaks_runs_off_no_cache_ever_skips_a_stage(
    timing: Timing, old: MXSet, breaks: list[int], seed: int
) -> None:
    """Every cache sees the sets of at most two neighbouring stages at a time, and never an old host at the end."""
    world, chance = World(timing, old), random.Random(seed)
    caches = [(Cache(world), provider, zone) for provider in ("a", "b") for zone in ZONES for _ in range(2)]
    order = stages(timing)
    position = {set_in(world.file.moves[0], stage, timing): at for at, stage in enumerate(order)}
    oldest = {set_in(world.file.moves[0], stage, timing): order.index(stage) for stage in reversed(order)}
    for _ in range(400):
        for cache, provider, zone in caches:
            if chance.random() < 0.5:
                cache.ask(provider, zone)
        now_served = [oldest[found] for found in world.served()]
        for cache, _, _ in caches:
            if cache.expires > world.clock:
                assert max(now_served) - position[cache.answer] <= 1
        world.breaks_at, world.steps = (breaks.pop() if breaks else None), 0
        try:
            came = world.run()
        except BrokenOff:
            came = None
        world.clock += timedelta(seconds=chance.choice([1, 30, 299, 301, 3600, 7200]))
        if came and came.event is Event.FINISHED:
            break
    assert world.served() == {NEW}
    for cache, provider, zone in caches:
        if world.clock >= cache.expires or cache.answer is None:
            assert cache.ask(provider, zone) == NEW
        else:
            assert {record.exchange for record in cache.answer.records} == {
                record.exchange for record in NEW.records
            }
