"""From when on caches are clean follows from the journal, and from who was seen to lag."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mxsync.authority.servers import Delegation, Kind, Role, Server, Told
from mxsync.change import Change, Outcome
from mxsync.documents.models import BeginEvent
from mxsync.journal.runs import Record, Run
from mxsync.lookup.resolvers import Resolver
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.reading import Present
from mxsync.state import DesiredZone, Wanted
from mxsync.verify import OwnerAnswers, Verification, ZoneAnswers
from mxsync.verify.clean import with_clean_times
from support.sets import mx_set

ZONE = Name("example.com.")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = mx_set(86400, "10 old.example.net.")
SHORT = mx_set(300, "10 old.example.net.")
NEW = mx_set(3600, "10 new.example.net.")
SERVER = Server("ns.example.com.", Resolver("192.0.2.53"))


def minutes(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def written(when: datetime) -> str:
    """Write a time as the journal does."""
    return f"{when:%Y-%m-%dT%H:%M:%S.%fZ}"


def run(*changes: tuple[int, MXSet | None, MXSet | None], outcome: Outcome = Outcome.APPLIED) -> Run:
    """Make a run of changes: minutes after noon, before, after."""
    records = tuple(
        Record("office", ZONE, Change(ZONE, before, after), True, outcome, time=written(minutes(at)))
        for at, before, after in changes
    )
    head = BeginEvent(
        event="begin", time=written(NOON), format="mxsync.journal/1", mxsync="0", run="r", plan="p",
        providers={}, folders={}, manifests=[], changes=1,
    )  # fmt: skip
    return Run(Path("r.jsonl"), head, None, records)


def clean(
    *runs: Run,
    seen_wrong: datetime | None = None,
    kept: bool = False,
    wrong: bool = False,
    negative: int | None = None,
    provider: str = "office",
    at_providers: bool = False,
) -> datetime | None:
    told = Told(SERVER, ZONE, Kind.SET, Present(NEW))
    resolver = Server("192.0.2.1", Resolver("192.0.2.1"), Role.RESOLVER)
    bad = (Told(resolver, ZONE, Kind.SET, Present(SHORT)),) * kept + (told,) * wrong
    owner = OwnerAnswers(ZONE, NEW, (told,), bad, (), seen_wrong)
    zone = DesiredZone(provider, ZONE, {ZONE: Wanted(NEW)})
    made = Verification((ZoneAnswers(zone, Delegation(ZONE, negative_ttl=negative), (owner,)),), minutes(60))
    return with_clean_times(made, runs, at_providers=at_providers).zones[0].owners[0].clean


def test_caches_are_clean_once_the_old_ttl_has_run_out() -> None:
    assert clean(run((0, SHORT, NEW))) == minutes(5)


def test_a_server_that_was_seen_to_lag_begins_the_time_anew() -> None:
    assert clean(run((0, SHORT, NEW)), seen_wrong=minutes(50)) == minutes(55)


def test_a_ttl_that_was_lowered_a_moment_before_does_not_shorten_what_caches_had() -> None:
    assert clean(run((10, SHORT, NEW)), run((0, DAY, SHORT))) == NOON + timedelta(days=1)


def test_what_was_there_before_and_is_wanted_again_is_no_older_set() -> None:
    assert clean(run((10, SHORT, NEW)), run((0, NEW, SHORT))) == minutes(15)


def test_where_there_was_none_the_negative_ttl_counts_if_it_is_known() -> None:
    assert clean(run((0, None, NEW)), negative=900) == minutes(15)
    assert clean(run((0, None, NEW))) is None


@pytest.mark.parametrize("outcome", [Outcome.CONFLICT, Outcome.BLOCKED, Outcome.SKIPPED])
def test_what_was_not_changed_counts_for_nothing(outcome: Outcome) -> None:
    assert clean(run((0, SHORT, NEW), outcome=outcome)) is None


def test_what_may_have_been_changed_counts() -> None:
    assert clean(run((0, SHORT, NEW), outcome=Outcome.UNKNOWN)) == minutes(5)


def test_it_is_said_while_a_resolver_still_keeps_the_old_set_and_not_while_a_name_server_does() -> None:
    assert clean(run((0, SHORT, NEW)), kept=True) == minutes(5)
    assert clean(run((0, SHORT, NEW)), wrong=True) is None


def test_a_change_at_another_provider_counts_unless_a_providers_own_servers_are_meant() -> None:
    assert clean(run((0, SHORT, NEW)), provider="aws") == minutes(5)
    assert clean(run((0, SHORT, NEW)), provider="aws", at_providers=True) is None
    assert clean(run((0, SHORT, NEW)), at_providers=True) == minutes(5)


def test_without_a_journal_it_is_not_known() -> None:
    assert clean() is None
