"""Whatever is given to `validate`, it ends in findings or in success, soon."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.manifest.owners import owner_name, zone_name
from mxsync.manifest.schema import ManifestFile
from mxsync.names import Name
from support.manifests import DOMAINS, GOOD, PIECES, check_any, mutated

SOON = settings(deadline=timedelta(seconds=1))

words = st.sampled_from(PIECES)
values = st.recursive(
    words | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(words, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=12,
)
yaml_like = st.dictionaries(st.sampled_from([*ManifestFile.model_fields, "a"]), values, max_size=6).map(
    lambda items: "mxsync: 1\n" + "".join(f"{key}: {value}\n" for key, value in items.items())
)
mutants = st.builds(mutated, st.sampled_from(GOOD), st.randoms(use_true_random=False))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("manifests")


@SOON
@given(st.binary(max_size=200))
def test_any_octets_are_found_wrong(folder: Path, data: bytes) -> None:
    assert check_any(folder, data)


@SOON
@given(st.text(max_size=200) | yaml_like)
def test_any_text_ends_in_findings_or_success(folder: Path, text: str) -> None:
    check_any(folder, text.encode("utf-8", "surrogatepass"))


@SOON
@given(mutants)
@example("mxsync: 1\nzones: " + "{" * 2000)
@example("mxsync: 1\nproviders:\n  files: {type: zonefile, directory: zo")
@example(GOOD[0].replace("[10 mail,", "[5\n    66 mx66.example.net.,"))
def test_a_changed_manifest_ends_in_findings_or_success(folder: Path, text: str) -> None:
    check_any(folder, text.encode("utf-8", "surrogatepass"))


@SOON
@given(st.builds(mutated, st.just(DOMAINS), st.randoms(use_true_random=False), st.just([DOMAINS])))
@example("a.example.com\rb.example.com\u2028c..example.com # \x85d..example.com")
def test_a_changed_list_of_domains_ends_in_findings_or_success(folder: Path, text: str) -> None:
    check_any(folder, GOOD[1].encode(), text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("manifest", GOOD)
def test_the_manifests_that_are_changed_here_are_good_ones(folder: Path, manifest: str) -> None:
    assert {finding.severity for finding in check_any(folder, manifest.encode())} == {"warning", "info"}


def test_changes_are_of_many_kinds() -> None:
    random = Random(1)
    assert len({mutated(GOOD[0], random) for _ in range(100)}) > 90


@given(st.text(max_size=40) | words | mutants.map(lambda text: text[:60].strip()))
def test_a_printed_zone_reads_back_as_the_same_zone(text: str) -> None:
    try:
        zone = zone_name(text)
    except InvalidName:
        return
    assert zone_name(zone) == zone
    assert zone_name(names.unicode_form(zone)) == zone


@given(st.text(max_size=40) | words, st.sampled_from(["example.com.", ".", "xn--mnchen-3ya.example."]))
def test_a_printed_owner_reads_back_as_the_same_owner(text: str, zone: Name) -> None:
    try:
        owner = owner_name(text, zone)
    except InvalidName:
        return
    assert owner_name(owner, zone) == owner
    assert owner_name(names.relative(owner, zone), zone) == owner
    assert names.parse(names.unicode_form(owner)) == owner
