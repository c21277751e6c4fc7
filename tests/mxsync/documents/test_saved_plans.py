"""Plans as documents: read again as they were written, and refused if anything about them is not sound."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change
from mxsync.documents.parse import MAX_DEPTH
from mxsync.documents.plan import UNDIGESTED, digest, plan_document
from mxsync.documents.saved import read_plan
from mxsync.errors import InvalidPlan
from mxsync.impact import impact
from mxsync.plan import Companion, Plan, PlannedChange, Provenance, Trouble, Unmanaged
from mxsync.render import text
from mxsync.render.json import write
from mxsync.stored import is_saved_plan, saved_plan
from support.plans import plans
from support.sets import mx_set

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ZONE = names.parse("example.com.")
LISTS = names.parse("lists", ZONE)
OLD, NEW = mx_set(3600, "10 old.example.net."), mx_set(300, "10 mx.example.net.", "20 mx2.example.net.")

Document = dict[str, Any]
Spoil = Callable[[Document], object]


def document() -> Document:
    """Give a plan with one of everything."""
    change = Change(ZONE, OLD, NEW)
    made = Plan(
        (PlannedChange("files", ZONE, change, impact(change), 3600),),
        1,
        (Trouble("files", ZONE, names.parse("alias", ZONE), "there is a CNAME"),),
        (),
        (Unmanaged("files", ZONE, names.parse("more", ZONE), OLD),),
        (Companion("files", ZONE, LISTS, None),),
    )
    provenance = Provenance(
        {"files": {"type": "zonefile", "directory": "zones"}},
        {"files": "."},
        (("mxsync.yaml", "0" * 64),),
        (),
    )
    return plan_document(made, provenance, NOW)


def signed(changed: Document) -> Document:
    """Give a document the digest of what it holds, as whoever forges one can."""
    return {**changed, "digest": digest(changed)}


def refusal(octets: str | bytes, folder: Path) -> str:
    """Read a file that is to be refused as a plan, and give the message: one line."""
    path = folder / "plan.json"
    path.write_bytes(octets if isinstance(octets, bytes) else octets.encode())
    with pytest.raises(InvalidPlan) as caught:
        saved_plan(path)
    message = str(caught.value)
    assert message.startswith(f"the plan {path} ")
    assert message.isprintable()
    assert len(message) < 400 + len(str(path))
    return message


@given(plans())
def test_any_plan_is_read_again_as_it_was_written(drawn: tuple[Plan, Provenance]) -> None:
    made, provenance = drawn
    written = plan_document(made, provenance, NOW)
    read = read_plan(write(written))
    assert (read.plan, read.provenance, read.created) == (made, provenance, NOW)
    assert read.document == written
    assert plan_document(read.plan, read.provenance, NOW)["digest"] == written["digest"]


@pytest.mark.parametrize("field", UNDIGESTED)
def test_a_digest_does_not_depend_on_when_and_by_what_a_plan_was_made(field: str) -> None:
    assert digest({**document(), field: "2027-01-01T00:00:00Z"}) == document()["digest"]


@pytest.mark.parametrize("field", [field for field in document() if field not in UNDIGESTED])
def test_a_digest_covers_everything_else(field: str) -> None:
    assert digest({**document(), field: "else"}) != document()["digest"]
    assert digest({key: value for key, value in document().items() if key != field}) != document()["digest"]


def test_a_digest_is_that_of_the_canonical_json() -> None:
    """Another mxsync must find the same."""
    made = {
        "z": [1, True, None, 0.5],
        "ü": 'é\n"\\\x7f',
        "a": {"b": "", "digest": "counts"},
        "digest": "does not",
    }
    canonical = '{"a":{"b":"","digest":"counts"},"z":[1,true,null,0.5],"ü":"é\\n\\"\\\\\x7f"}'
    assert json.loads(canonical) == {key: value for key, value in made.items() if key != "digest"}
    assert digest(made) == f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def test_layout_and_order_of_keys_do_not_matter() -> None:
    shuffled = dict(sorted(document().items(), reverse=True))
    assert (
        read_plan(json.dumps(shuffled, indent="\t").replace("\n", "\r\n")).plan
        == read_plan(write(document())).plan
    )


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(b"\xef\xbb\xbf" + write(document()).encode())
    assert saved_plan(tmp_path / "plan.json").digest == document()["digest"]
    assert is_saved_plan(tmp_path / "plan.json")


def test_a_plan_is_known_wherever_its_format_stands(tmp_path: Path) -> None:
    large = {"aaa": "x" * (1 << 21), **document()}
    (tmp_path / "plan.json").write_text(json.dumps(large, sort_keys=True))
    assert is_saved_plan(tmp_path / "plan.json")
    (tmp_path / "manifest.yaml").write_text('mxsync: 1\n# {"format": "mxsync.plan/1"}\n')
    assert not is_saved_plan(tmp_path / "manifest.yaml")
    assert not is_saved_plan(tmp_path)
    assert not is_saved_plan(tmp_path / "nothing")


def test_fields_of_a_later_minor_version_are_passed_over() -> None:
    later = document()
    later["more"] = [{"deep": 1}]
    for part in (later["changes"][0], later["changes"][0]["before"], later["summary"], later["allowed"]):
        part["more"] = 1
    read = read_plan(write(signed(later)))
    assert read.plan == read_plan(write(document())).plan
    assert read.document["more"] == [{"deep": 1}]


@given(plans(), st.data())
def test_whatever_is_changed_is_refused_or_counts_for_nothing(
    drawn: tuple[Plan, Provenance], data: st.DataObject
) -> None:
    written = plan_document(*drawn, NOW)
    changed = deepcopy(written)
    mutate(changed, data)
    try:
        read = read_plan(json.dumps(changed))
    except InvalidPlan:
        return
    assert digest(changed) == written["digest"]
    assert read.plan == drawn[0]


@given(plans(), st.data())
def test_what_was_changed_and_signed_anew_is_refused_or_sound(
    drawn: tuple[Plan, Provenance], data: st.DataObject
) -> None:
    changed = plan_document(*drawn, NOW)
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(changed, data)
    try:
        read = read_plan(json.dumps(signed(changed)))
    except InvalidPlan:
        return
    again = read_plan(write(plan_document(read.plan, read.provenance, read.created)))
    assert (again.plan, again.provenance) == (read.plan, read.provenance)
    assert text.plan(read.plan)


def mutate(value: Any, data: st.DataObject) -> None:
    """Change, drop, repeat or add something somewhere in a document."""
    while True:
        inner = list(value.values()) if isinstance(value, dict) else value
        below = [each for each in inner if isinstance(each, dict | list) and each]
        if not below or data.draw(st.integers(0, 3)) == 0:
            break
        value = data.draw(st.sampled_from(below))
    odd: Any = data.draw(
        st.sampled_from(
            [None, True, -1, 10**30, 1.5, "", "x", "example.com.", "\x1b[31m", "\ud800", [], {}, [[]]]
        )
    )
    steps: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    step = data.draw(st.sampled_from(steps))
    match data.draw(st.sampled_from(["replace", "drop", "add", "swap"])):
        case "replace":
            value[step] = odd
        case "drop":
            del value[step]
        case "add" if isinstance(value, dict):
            value["more"] = odd
        case "add":
            value.append(deepcopy(value[step]))
        case "swap":
            value[step] = value[data.draw(st.sampled_from(steps))]


def set_in(*way: str | int, to: Any) -> Spoil:
    def spoil(made: Document) -> None:
        part: Any = made
        for step in way[:-1]:
            part = part[step]
        part[way[-1]] = to

    return spoil


def two_changes(made: Document) -> None:
    made["changes"] *= 2
    made["summary"]["update"] = 2


def companion_too(made: Document) -> None:
    made["companions"][0]["owner"] = ZONE


SPOILT: dict[str, tuple[Spoil, str]] = {
    "action": (set_in("changes", 0, "action", to="create"), "the change of example.com. is another one than it says"),
    "impact": (set_in("changes", 0, "impact", to="renumber"), "the change of example.com. is another one than it says"),
    "unknown action": (set_in("changes", 0, "action", to="explode"), "its field changes.0.action cannot be used"),
    "no change": (set_in("changes", 0, "after", to={"ttl": 3600, "records": [{"preference": 10, "exchange": "old.example.net."}]}), "before and after are equal"),
    "two changes": (two_changes, "it says twice what becomes of example.com. at provider 'files'"),
    "companion too": (companion_too, "it says twice what becomes of example.com. at provider 'files'"),
    "unknown provider": (set_in("changes", 0, "provider", to="aws"), "it has no provider block 'aws'"),
    "unknown companion": (set_in("companions", 0, "provider", to="aws"), "it has no provider block 'aws'"),
    "no blocks": (set_in("providers", to={}), "it has no provider block 'files'"),
    "other zone": (set_in("changes", 0, "zone", to="example.org."), "example.com. lies outside of the zone example.org."),
    "complete": (set_in("complete", to=False), "'complete' contradicts 'failed'"),
    "summary": (set_in("summary", "update", to=0), "'summary' says 0 for update, and it holds 1"),
    "negative": (set_in("summary", "unchanged", to=-1), "its field summary.unchanged cannot be used"),
    "bool": (set_in("summary", "unchanged", to=True), "its field summary.unchanged cannot be used"),
    "float": (set_in("changes", 0, "before", "ttl", to=3600.0), "its field changes.0.before.ttl cannot be used"),
    "huge ttl": (set_in("changes", 0, "before", "ttl", to=10**30), "its field changes.0.before.ttl cannot be used"),
    "huge time": (set_in("changes", 0, "cached_for", to=10**30), "its field changes.0.cached_for cannot be used"),
    "huge preference": (set_in("changes", 0, "before", "records", 0, "preference", to=65536), "its field changes.0.before.records.0.preference cannot be used"),
    "text for a number": (set_in("changes", 0, "before", "records", 0, "preference", to="10"), "its field changes.0.before.records.0.preference cannot be used"),
    "empty set": (set_in("changes", 0, "before", "records", to=[]), "its field changes.0.before.records cannot be used"),
    "record twice": (set_in("changes", 0, "after", "records", to=[{"preference": 1, "exchange": "mx.example.net."}] * 2), "an MX set holds no record twice"),
    "upper case": (set_in("changes", 0, "owner", to="EXAMPLE.com."), "its field changes.0.owner cannot be used"),
    "relative": (set_in("changes", 0, "owner", to="example"), "its field changes.0.owner cannot be used"),
    "no name": (set_in("changes", 0, "zone", to="a..b."), "its field changes.0.zone cannot be used"),
    "list": (set_in("changes", to={}), "its field changes cannot be used"),
    "nothing": (set_in("changes", to=None), "its field changes cannot be used"),
    "unmanaged nothing": (set_in("unmanaged", 0, "set", to=None), "its field unmanaged.0.set cannot be used"),
    "terminal": (set_in("changes", 0, "provider", to="\x1b[31m"), "its field changes.0.provider cannot be used"),
    "created": (set_in("created", to="yesterday"), "its field created cannot be used"),
    "no day": (set_in("created", to="2026-02-30T00:00:00Z"), "day is out of range"),
    "long key": (set_in("summary", "x" * 5000, to="y"), "its field summary."),
}  # fmt: skip


@pytest.mark.parametrize("kind", SPOILT)
def test_a_plan_that_makes_no_sense_is_refused_even_with_the_right_digest(tmp_path: Path, kind: str) -> None:
    spoil, message = SPOILT[kind]
    made = document()
    spoil(made)
    found = refusal(write(signed(made)), tmp_path)
    assert f"{tmp_path / 'plan.json'} is refused, and nothing was sent: " in found
    assert message in found
    assert found.endswith("plan again")


WRITTEN = write(document())
NO_JSON = "it is no JSON document, or not a whole one; save the plan again"
UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", NO_JSON),
    "blank": (" \n", NO_JSON),
    "yaml": ("mxsync: 1\n", NO_JSON),
    "two": (WRITTEN * 2, NO_JSON),
    "trailing comma": (WRITTEN.replace("}\n", ",}\n"), NO_JSON),
    "list": ("[]", "its format is None, and this mxsync knows mxsync.plan/1; make the plan again"),
    "text": ('"mxsync.plan/1"', "its format is None"),
    "later": (WRITTEN.replace("plan/1", "plan/2"), "its format is 'mxsync.plan/2', and this mxsync knows"),
    "report": ('{"format": "mxsync.report/1"}', "its format is 'mxsync.report/1', and"),
    "long format": (json.dumps({"format": "x" * 10**6}), "its format is 'xxxxxxxxxxxx...xxxxxxxxxxxxx', and"),
    "odd format": (json.dumps({"format": {"a": [["\x1b[2J"]]}}), "its format is {'a': [["),
    "no digest": ('{"format": "mxsync.plan/1"}', "its digest is of another plan; plan again"),
    "odd digest": (json.dumps({**document(), "digest": None}), "its digest is of another plan; plan again"),
    "tampered": (WRITTEN.replace("old.example", "bad.example"), "it was changed since it was made"),
    "twice": (WRITTEN.replace("{\n", '{"changes": [], \n', 1), "the key 'changes' stands twice in one object"),
    "NaN": (WRITTEN.replace('"cached_for": 3600', '"cached_for": NaN'), "it holds NaN, which is no number"),
    "-Infinity": (WRITTEN.replace('"cached_for": 3600', '"cached_for": -Infinity'), "it holds -Infinity"),
    "1e999": (WRITTEN.replace('"cached_for": 3600', '"cached_for": 1e999'), "a number that is too large: '1e999'"),
    "digits": (WRITTEN.replace('"cached_for": 3600', f'"cached_for": {"9" * 10**5}'), "a number that is too large: '9999"),
    "nested": ("[" * 10**5, f"it has more than {MAX_DEPTH} levels; save the plan again"),
    "deep": (WRITTEN.replace("{\n", '{"a": ' + "[" * 99 + "]" * 99 + ",\n", 1), f"more than {MAX_DEPTH} levels"),
    "utf-16": (WRITTEN.encode("utf-16"), "cannot be read: it is no text"),
    "binary": (bytes(range(256)), "cannot be read: it is no text"),
    "nul": (WRITTEN.encode() + b"\0" * 512, NO_JSON),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_is_no_plan_of_this_version_is_refused_with_a_message(tmp_path: Path, kind: str) -> None:
    octets, message = UNREADABLE[kind]
    assert message in refusal(octets, tmp_path)


@given(st.integers(0, len(WRITTEN) - 3))
def test_a_plan_that_was_cut_anywhere_is_refused(at: int) -> None:
    with pytest.raises(InvalidPlan, match="or not a whole one; save the plan again"):
        read_plan(WRITTEN[:at])


def test_a_plan_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mxsync.stored.MAX_PLAN", 1 << 20)
    message = refusal(WRITTEN + " " * (1 << 20), tmp_path)
    assert message.endswith("it has more than 1 MiB; make it in parts with --target")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidPlan, match="cannot be read: No such file or directory"):
        saved_plan(tmp_path / "nothing")
    with pytest.raises(InvalidPlan, match="cannot be read: Is a directory"):
        saved_plan(tmp_path)
