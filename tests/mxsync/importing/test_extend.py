"""What is added to a manifest leaves every other character alone."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync.importing.extend import Unextendable, extend
from mxsync.manifest.document import plain, read_document

SETS = {
    "block": "sets:\n{i}own: [10 mx1.example.net.]   # ours\n{i}big:\n{i}  ttl: 1h\n{i}  records:\n{i}  - 10 a.example.net.\n",
    "at the depth of its key": "sets:\n{i}own:\n{i}- 10 mx1.example.net.\n",
    "none": "",
}
ZONES = {
    "short": "zones:\n{i}example.com: own\n{i}'example.org' : own # \"quoted\"\n",
    "long": "zones:\n{i}example.com:\n{i}  mx: {{\n{i}    '@': own,  # the apex\n{i}  }}\n{i}# the last one\n{i}  # indeed\n",
    "with a text": "zones: # all of them\n\n{i}example.com:\n{i}  mx: {{'@': own}}\n{i}  waive:\n{i}  - rule: MX008\n{i}    until: 2027-06-30\n{i}    reason: |\n{i}      because\n{i}      # this is no comment\n\n",
    "with a folded text": "zones:\n{i}example.com:\n{i}  mx: {{'@': own}}\n{i}  waive:\n{i}  - rule: MX008\n{i}    until: 2027-06-30\n{i}    reason: >+\n{i}      because\n\n\n",
    "with an alias": "zones:\n{i}example.com: &one\n{i}  - 10 mx1.example.net.\n{i}example.org: *one\n",
    "with question marks": "zones:\n{i}? example.com\n{i}: own\n{i}? example.org\n{i}:\n{i}- 10 mx1.example.net.\n",
    "over lines": "zones:\n{i}example.com: [10 mx1.example.net.,\n  20 mx2.example.net.]\n{i}example.org: {{records: ['10 mx1.example.net.',\n {i} ]\n {i}}}\n",
    "none": "",
}
OTHERS = {
    "providers": "providers:\n  files: {type: zonefile, directory: zones}  # here\n",
    "defaults": "defaults: {provider: files,\n  ttl: 1h}\n",
}
ADDED = {
    "sets": ["new:", "  - 10 new.example.net."],
    "zones": ["# a comment", "new.example.com: new", "new.example.org:", "  mx: {x: new}"],
}


@st.composite
def manifests(draw: st.DrawFn) -> str:
    indent = draw(st.sampled_from([" ", "  ", "    "]))
    parts = [
        draw(st.sampled_from(list(SETS.values()))).format(i=indent),
        draw(st.sampled_from(list(ZONES.values()))).format(i=indent),
        *OTHERS.values(),
    ]
    between = st.sampled_from(["", "\n", "# what follows\n", "\n# a word\n\n", "  # further in\n"])
    text = draw(st.sampled_from(["", "---\n", "# the first line\n", "%YAML 1.2\n---\n"])) + "mxsync: 1\n"
    text += "".join(draw(between) + part for part in draw(st.permutations(parts)))
    text += draw(st.sampled_from(["", "\n", "# the end\n", "...\n"]))
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@given(text=manifests(), sections=st.sampled_from([("sets", "zones"), ("zones",), ("sets",), ()]))
def test_only_whole_lines_are_inserted_and_read_as_new_entries(text: str, sections: tuple[str, ...]) -> None:
    added = {name: ADDED[name] for name in sections}
    new = extend(text, "mxsync.yaml", added)
    before, after = text.splitlines(), new.splitlines()
    rest = iter(after)
    assert all(line in rest for line in before), "the old lines are there in their order"
    inserted = Counter(after) - Counter(before)
    known = {line for lines in added.values() for line in lines} | {"", "sets:", "zones:"}
    assert {line.strip(" ") for line in inserted} <= {line.strip(" ") for line in known}
    assert new.count("\r\n") == (new.count("\n") if "\r\n" in text else 0)
    old_data = plain(read_document(text.encode(), "old"))
    new_data = plain(read_document(new.encode(), "new"))
    assert isinstance(old_data, dict)
    assert isinstance(new_data, dict)
    for name, lines in added.items():
        entries = plain(read_document("\n".join(lines).encode(), "added"))
        there = old_data.get(name, {})
        assert isinstance(entries, dict)
        assert isinstance(there, dict)
        assert new_data[name] == there | entries
    assert {key: value for key, value in new_data.items() if key not in added} == {
        key: value for key, value in old_data.items() if key not in added
    }


def test_new_entries_stand_behind_the_comments_of_the_last_one() -> None:
    text = "mxsync: 1\nzones:\n  example.com: own\n  # retired: example.org\n\n# the end\n"
    assert extend(text, "mxsync.yaml", {"zones": ["example.net: own"]}) == (
        "mxsync: 1\nzones:\n  example.com: own\n  # retired: example.org\n  example.net: own\n\n# the end\n"
    )


def test_new_sections_keep_the_usual_order() -> None:
    text = "mxsync: 1\n# the domains\nzones:\n  example.com: own\n"
    assert extend(text, "mxsync.yaml", {"sets": ["own: [10 mx1.example.net.]"]}) == (
        "mxsync: 1\n\nsets:\n  own: [10 mx1.example.net.]\n# the domains\nzones:\n  example.com: own\n"
    )


@pytest.mark.parametrize(
    "text", ["{mxsync: 1, zones: {}}", "mxsync: 1\nzones: {example.com: own}\n", "mxsync: 1\nzones: {}\n"]
)
def test_a_form_in_which_nothing_can_be_inserted_is_refused(text: str) -> None:
    with pytest.raises(Unextendable, match=r"^mxsync\.yaml: .* nothing can be inserted; .*new file$"):
        extend(text, "mxsync.yaml", {"zones": ["example.net: own"]})
