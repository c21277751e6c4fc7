"""Hypothesis strategies for plans with what they were made of, such as a provider and a manifest could bring about."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change
from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.impact import impact
from mxsync.model import MAX_WIRE_TTL
from mxsync.names import Name
from mxsync.plan import Allowed, Companion, Plan, PlannedChange, Provenance, Trouble, Unmanaged
from support.sets import labels, mx_sets

PROVIDERS = ("aws", "files", "Office-2.x")
ZONES = tuple(map(names.parse, ("example.com.", "example.org.", "bücher.example.", "test.")))

_text = st.text(max_size=20)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_text, inner, max_size=2),
    max_leaves=4,
)
_owners = st.sampled_from(["@", "a", "lists", "*", "x.y"]) | labels
_seconds = st.none() | st.sampled_from([0, 300, MAX_WIRE_TTL])

Key = tuple[str, Name, Name]
"""Provider, zone and owner."""


def _owner(zone: Name, owner: str | bytes) -> Name:
    if isinstance(owner, str):
        return names.parse(owner, zone)
    return names.from_labels([owner, *names.to_labels(zone)])


keys: st.SearchStrategy[Key] = st.tuples(st.sampled_from(PROVIDERS), st.sampled_from(ZONES), _owners).map(
    lambda drawn: (drawn[0], drawn[1], _owner(drawn[1], drawn[2]))
)


@st.composite
def _changes(draw: st.DrawFn, key: Key) -> PlannedChange:
    provider, zone, owner = key
    before = draw(st.none() | mx_sets)
    after = draw((st.none() | mx_sets).filter(lambda drawn: drawn != before))
    change = Change(owner, before, after)
    addressed = draw(st.sampled_from([None, True, False]))
    return PlannedChange(provider, zone, change, impact(change), draw(_seconds), addressed)


@st.composite
def _blocked(draw: st.DrawFn) -> Trouble:
    return Trouble(*draw(keys), draw(_text))


@st.composite
def _failed(draw: st.DrawFn) -> Trouble:
    provider, zone, owner = draw(keys)
    if draw(st.booleans()):
        return Trouble(provider, zone, owner, draw(_text))
    return Trouble(provider, zone, None, draw(_text), (owner,))


_findings = st.builds(
    Diagnostic,
    st.sampled_from(["MX008", "MXL20", "deletes"]),
    st.sampled_from(Severity),
    _text,
    st.none() | st.builds(Place, st.text(min_size=1, max_size=9), st.integers(1, 99), st.integers(1, 99)),
    st.none() | _text,
    st.none() | st.sampled_from(ZONES),
    st.none() | _text,
    waived=st.booleans(),
    private=st.just(True),  # what a document does not say
)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, Provenance]:
    """Draw a plan, and what it was made of."""
    drawn = draw(st.lists(keys, unique=True, max_size=5))
    at = draw(st.integers(0, len(drawn)))
    made = Plan(
        tuple(draw(_changes(key)) for key in drawn[:at]),
        draw(st.integers(0, 10**6)),
        tuple(draw(st.lists(_blocked(), max_size=2))),
        tuple(draw(st.lists(_failed(), max_size=2))),
        tuple(Unmanaged(*key, draw(mx_sets)) for key in draw(st.lists(keys, max_size=2))),
        tuple(Companion(*key, draw(st.none() | mx_sets)) for key in drawn[at:]),
    )
    settings: dict[str, dict[str, Any]] = {
        name: {"type": "zonefile", **draw(st.dictionaries(_text, _json, max_size=2))} for name in PROVIDERS
    }
    findings = draw(st.lists(_findings, unique=True, max_size=3))
    provenance = Provenance(
        settings,
        draw(st.dictionaries(st.sampled_from(PROVIDERS), _text, max_size=2)),
        tuple((path, "0" * 64) for path in draw(st.lists(_text, max_size=2))),
        tuple(findings),
        tuple(finding for finding in findings if draw(st.booleans())),
        Allowed(draw(st.integers(0, 9)), draw(st.booleans())),
        tuple(draw(st.lists(st.sampled_from(ZONES), max_size=2))),
        draw(st.none() | st.just("20261123T100000.123456Z")),
    )
    return made, provenance
