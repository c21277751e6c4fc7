"""What a run is limited to."""

from __future__ import annotations

from pathlib import Path

import pytest

from mxsync import names
from mxsync.errors import UnknownTarget
from mxsync.state import Desired, DesiredZone, Wanted
from mxsync.targets import narrow
from support.cli import mxsync
from support.sets import mx_set

COM, NET = names.parse("example.com."), names.parse("example.net.")
LISTS, NEWS = names.parse("lists", COM), names.parse("news", COM)
SET = mx_set(3600, "10 mx.example.net.")
DESIRED = Desired(
    (
        DesiredZone("a", COM, {COM: Wanted(SET), LISTS: Wanted(SET)}),
        DesiredZone("b", COM, {COM: Wanted(SET), LISTS: Wanted(SET)}),
        DesiredZone("a", NET, {NET: Wanted(SET)}, whole=True),
    )
)
ZONE = """\
$TTL 3600
@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300
@ IN NS ns1.example.net.
@ MX 10 old.example.net.
a MX 10 old.example.net.
b MX 10 old.example.net.
"""


def kept(*targets: str) -> list[tuple[str, str, list[str]]]:
    found, _ = narrow(DESIRED, targets)
    return [(zone.provider, zone.zone, list(zone.owners)) for zone in found.zones]


def test_without_a_target_all_is_kept() -> None:
    assert narrow(DESIRED, ()) == (DESIRED, ())


def test_a_zone_is_kept_with_all_its_owners_at_all_its_providers() -> None:
    assert kept("example.com") == [("a", COM, [COM, LISTS]), ("b", COM, [COM, LISTS])]


def test_an_owner_is_kept_alone_at_all_its_providers() -> None:
    assert kept("LISTS.example.com.") == [("a", COM, [LISTS]), ("b", COM, [LISTS])]


def test_several_targets_add_up() -> None:
    assert kept("lists.example.com", "example.net") == [
        ("a", COM, [LISTS]),
        ("b", COM, [LISTS]),
        ("a", NET, [NET]),
    ]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("example.cmo", "did you mean example.com.?"),
        ("news.example.com", "the manifest manages neither a zone nor an owner of this name"),
        ("com", "neither a zone nor an owner"),
        ("", "empty label"),
        ("a..b", "empty label"),
    ],
)
def test_a_target_that_the_manifest_does_not_manage_is_refused(target: str, message: str) -> None:
    with pytest.raises(UnknownTarget, match=message.replace("?", r"\?")):
        narrow(DESIRED, [target])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A zone that is managed whole, with three sets; the manifest names one of them."""
    (tmp_path / "example.com.zone").write_text(ZONE)
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {files: {type: zonefile, directory: .}}\ndefaults: {provider: files}\n"
        "zones: {example.com: {scope: zone, mx: {'@': [10 mx.example.net.]}}}\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("targets", "changed"),
    [
        ((), {"example.com.", "a.example.com.", "b.example.com."}),
        (("example.com",), {"example.com.", "a.example.com.", "b.example.com."}),
        (("a.example.com",), {"a.example.com."}),
        (("b.example.com", "a.example.com"), {"a.example.com.", "b.example.com."}),
        (("nothing.example.com",), set()),
    ],
)
def test_a_target_limits_deletions_too(folder: Path, targets: tuple[str, ...], changed: set[str]) -> None:
    options = [option for target in targets for option in ("--target", target)]
    plan = mxsync("plan", "--format", "json", *options, cwd=folder).document
    assert {change["owner"] for change in plan["changes"]} == changed
    assert plan["targets"] == [f"{target}." for target in targets]
    unnamed = len(changed - {"example.com."})
    run = mxsync("apply", "--yes", "--allow-deletes", str(unnamed), *options, cwd=folder)
    assert run.code == 0, run.err
    left = (folder / "example.com.zone").read_text()
    assert {owner for owner in ("a", "b") if f"\n{owner} MX" in left} == {
        owner for owner in ("a", "b") if f"{owner}.example.com." not in changed
    }


def test_a_target_that_is_not_managed_is_wrong_usage_and_asks_nobody(folder: Path) -> None:
    (folder / "example.com.zone").unlink()
    run = mxsync("plan", "--target", "example.cmo", cwd=folder)
    assert (run.code, run.out) == (64, "")
    assert run.err == (
        "mxsync: --target example.cmo.: the manifest manages neither a zone nor an owner of this name; "
        "did you mean example.com.?\n"
    )
