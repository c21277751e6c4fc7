"""Whatever a provider has, what is imported validates and changes nothing."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxsync import names, operators
from mxsync.errors import InvalidName
from mxsync.memory import MemoryProvider
from mxsync.model import MAX_PREFERENCE, MAX_WIRE_TTL, MX, MXSet
from mxsync.names import ROOT, Name
from support.importing import HEAD, import_zones
from support.sets import labels, mx_set, mx_sets


def _name(parts: list[bytes], below: Name) -> Name:
    try:
        return names.from_labels((*parts, *names.to_labels(below)))
    except InvalidName:  # longer than a name may be
        return below


odd_labels = st.one_of(
    labels,
    st.sampled_from(
        [b"*", b"@", b"no", b"null", b"010", b"1", b"a.b", b'a"b', b"a'b", b"a\\b", b"#", b"_x", b"<<"]
    ),
    st.sampled_from(
        [b"xn--bcher-kva", b"example", b"com", b"com,", b"a: b", b"{", b"192", b"mxsync", b"~", b"=", b"-"]
    ),
)
zone_names = st.one_of(
    st.sampled_from(
        [ROOT, *map(names.parse, ("example.com.", "example.org.", "com.", "2.0.192.in-addr.arpa."))]
    ),
    st.builds(
        _name, st.lists(odd_labels, min_size=1, max_size=2), st.sampled_from([ROOT, names.parse("test.")])
    ),
)
exchanges = st.one_of(
    st.sampled_from(
        [
            ".",
            "mx1.example.net.",
            "mx2.example.net.",
            "mail_1.example.org.",
            "smtp.",
            "192.0.2.1.",
            "1.",
            "mx.example.com.",
        ]
    ).map(names.parse),
    st.builds(
        _name,
        st.lists(odd_labels, min_size=1, max_size=3),
        st.sampled_from([ROOT, names.parse("example.com.")]),
    ),
)
any_sets = st.one_of(
    mx_sets,
    st.builds(
        MXSet.of,
        st.sampled_from([0, 1, 60, 3600, 5400, 86400, 2**31 - 1, 2**31, MAX_WIRE_TTL]),
        st.sets(
            st.builds(MX, st.sampled_from([0, 1, 10, MAX_PREFERENCE]), exchanges), min_size=1, max_size=3
        ),
    ),
    st.sampled_from([MXSet.of(300, each.records) for each in operators.load().values() if each.records]),
    st.just(MXSet.of(60, [MX(at, names.parse("mx.example.net.")) for at in range(101)])),
)


@st.composite
def worlds(draw: st.DrawFn) -> dict[Name, dict[Name, MXSet]]:
    found: dict[Name, dict[Name, MXSet]] = {}
    for zone in draw(st.lists(zone_names, min_size=1, max_size=4, unique=True)):
        owners = st.builds(_name, st.lists(odd_labels, max_size=2), st.just(zone))
        found[zone] = draw(st.dictionaries(owners, any_sets, max_size=5))
    return found


THERE = names.parse("example.edu.")
MANIFESTS: dict[str, tuple[str, dict[Name, MXSet]]] = {
    "a provider alone": (HEAD, {}),
    "defaults": (
        f"""{HEAD}defaults: {{provider: office, ttl: 5m}}
sets:
  own:
    - 10 mx1.example.net.
zones:
  example.edu: own
""",
        {THERE: mx_set(300, "10 mx1.example.net.")},
    ),
    "no newline at the end": (
        f"""{HEAD}sets:
  own: {{ttl: 1d, records: [10 mx1.example.net, 0 mx2.example.net.]}}
  google: builtin:google-workspace
zones:
    example.edu:
        provider: office
        mx: {{lists: own}} # the end
        # of it""",
        {names.parse("lists", THERE): mx_set(86400, "10 mx1.example.net.", "0 mx2.example.net.")},
    ),
}
"""Manifests that are added to, each with what the provider has of its zone."""


@pytest.mark.parametrize("output", ["new.yaml", "mxsync.yaml", "mail/"])
@pytest.mark.parametrize("manifest", MANIFESTS)
@given(world=worlds())
@settings(max_examples=50, deadline=None)
def test_whatever_a_provider_has_the_import_validates_and_changes_nothing(
    manifest: str, output: str, world: dict[Name, dict[Name, MXSet]]
) -> None:
    text, there = MANIFESTS[manifest]
    provider = MemoryProvider({THERE: there, **world})
    with TemporaryDirectory() as folder:
        place = f"{folder}/{output}"
        import_zones(Path(folder), provider, world, manifest=text, output=place)
