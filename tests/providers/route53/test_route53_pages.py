"""Whatever a zone or an account holds, and wherever pages end: what is read is what is there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxsync import names
from mxsync.names import Name
from mxsync.provider import Provider, ZoneRequest
from mxsync.reading import Absent, Blocked, Present, ZoneFailure, ZoneReading
from support.route53 import Fake, running_fake, service
from support.route53.mx import put_mx, raw_name
from support.route53.site import open_block
from support.sets import mx_set

PAGE = 3
"""How many entries the fake gives at once here: every example has page ends in odd places."""
NUMBERS = count()
SET = mx_set(300, "10 mx.example.net.")

labels = st.one_of(
    st.sampled_from(
        [b"a", b"a-1", b"a1", b"b", b"*", b"_mail", b"0", b"-", b"a.b", b"a/b", b"\xfc", b"!", b"z"]
    ),
    st.binary(min_size=1, max_size=3),
)
relative = st.lists(labels, min_size=0, max_size=3).map(tuple)
"""Names below the zone, as labels; the empty one is its apex."""
KINDS = ("mx", "a", "cname", "weighted", "a and mx")


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with pytest.MonkeyPatch.context() as patch, running_fake() as fake:
        patch.setattr(service, "SETS_A_PAGE", PAGE)
        patch.setattr(service, "ZONES_A_PAGE", PAGE)
        yield fake


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


def read(provider: Provider, zone: Name, *owners: Name, every: bool = False) -> ZoneReading:
    (result,) = provider.read([ZoneRequest(zone, owners, every=every)])
    assert isinstance(result, ZoneReading), result
    return result


def fill(fake: Fake, zone: Name, held: dict[Name, str]) -> None:
    """Make a zone with names of these kinds."""
    made = fake.new_zone(raw_name(zone))
    for owner, kind in held.items():
        if kind in {"mx", "a and mx"}:
            put_mx(fake, made, owner, SET)
        if kind in {"a", "a and mx"}:
            address = [{"Value": "192.0.2.1"}]
            fake.put(made, {"Name": raw_name(owner), "Type": "A", "TTL": 60, "ResourceRecords": address})
        if kind == "cname":
            target = [{"Value": "elsewhere.example.net."}]
            fake.put(made, {"Name": raw_name(owner), "Type": "CNAME", "TTL": 60, "ResourceRecords": target})
        if kind == "weighted":
            for number in range(PAGE + 1):
                weighted = {"SetIdentifier": f"set {number}", "Weight": number, "TTL": 60}
                value = {"ResourceRecords": [{"Value": "10 mx.example.net."}]}
                fake.put(made, {"Name": raw_name(owner), "Type": "MX", **weighted, **value})


@settings(max_examples=60, deadline=None)
@given(
    held=st.dictionaries(relative, st.sampled_from(KINDS), max_size=12), asked=st.sets(relative, max_size=5)
)
def test_every_owner_is_read_as_it_is(
    fake: Fake, folder: Path, held: dict[tuple[bytes, ...], str], asked: set[tuple[bytes, ...]]
) -> None:
    zone = names.parse(f"zone{next(NUMBERS)}.example.com")

    def of(below: tuple[bytes, ...]) -> Name:
        return names.from_labels((*below, *names.to_labels(zone)))

    truth = {of(below): kind for below, kind in held.items()}
    # The apex has SOA and NS: it is no CNAME.
    truth = {owner: "a" if owner == zone and kind == "cname" else kind for owner, kind in truth.items()}
    fill(fake, zone, truth)
    owners = {*map(of, asked), *list(truth)[::2]}
    provider = open_block(fake.url, folder)
    found = read(provider, zone, *owners).owners
    for owner in owners:
        match truth.get(owner):
            case "mx" | "a and mx":
                reading = found[owner]
                assert isinstance(reading, Present)
                assert reading.set == SET
            case "cname" | "weighted":
                assert isinstance(found[owner], Blocked)
            case _:
                assert isinstance(found[owner], Absent)
    every = read(provider, zone, every=True).owners
    present = {owner for owner, kind in truth.items() if "mx" in kind}
    assert {owner for owner, reading in every.items() if isinstance(reading, Present)} == present


@settings(max_examples=40, deadline=None)
@given(
    held=st.lists(st.tuples(relative, st.booleans()), max_size=10),
    asked=st.sets(relative, min_size=1, max_size=6),
    private=st.booleans(),
)
def test_every_zone_is_found_that_is_there_once(
    folder: Path,
    held: list[tuple[tuple[bytes, ...], bool]],
    asked: set[tuple[bytes, ...]],
    private: bool,
) -> None:
    top = names.to_labels(names.parse("example.com"))
    with running_fake() as fake, pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "ZONES_A_PAGE", PAGE)
        ids: dict[Name, list[str]] = {}
        for below, hidden in held:
            name = names.from_labels((*below, *top))
            made = fake.new_zone(raw_name(name), private=hidden)
            if hidden == private:
                ids.setdefault(name, []).append(made.id)
        wanted = {names.from_labels((*below, *top)) for below in [*asked, *[below for below, _ in held[::2]]]}
        provider = open_block(fake.url, folder, private=private)
        results = {result.zone: result for result in provider.read(ZoneRequest(name, ()) for name in wanted)}
    assert results.keys() == wanted
    for name, result in results.items():
        if len(ids.get(name, ())) == 1:
            assert isinstance(result, ZoneReading), result
            assert result.backend.endswith(f"/{ids[name][0]}")
        else:
            assert isinstance(result, ZoneFailure)
            assert all(zone_id in result.message for zone_id in ids.get(name, ()))
