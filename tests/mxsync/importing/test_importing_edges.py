"""What an import asks, makes sure of and writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from mxsync import names
from mxsync.change import ChangeOutcome, Outcome
from mxsync.errors import MxsyncError, NotAllowed, ProviderError
from mxsync.importing.fold import Folded, fold
from mxsync.importing.found import sort_out
from mxsync.importing.gather import gather, list_zones
from mxsync.importing.prove import prove
from mxsync.importing.save import save
from mxsync.importing.target import Target, choose, file_name
from mxsync.manifest.load import load_manifest
from mxsync.memory import MemoryProvider
from mxsync.names import Name
from mxsync.provider import Provider, ZoneBatch, ZoneRequest
from mxsync.reading import ZoneFailure, ZoneReading
from mxsync.registry import Unavailable
from support.importing import BLOCK, HEAD, TODAY
from support.sets import mx_set

ZONE = names.parse("example.com")
HELD = {ZONE: {ZONE: mx_set(300, "10 mx1.example.net.")}}
UNTIL = date(2027, 1, 1)


def target(folder: Path, output: str = "mxsync.yaml") -> Target:
    path = folder / "mxsync.yaml"
    path.write_text(HEAD)
    manifest = load_manifest([path])
    return choose(manifest.providers[BLOCK], manifest, [path], str(folder / output), "schema.json")


def folded(target: Target, provider: Provider) -> Folded:
    return fold(map(sort_out, gather(BLOCK, provider, [ZONE], {}).readings), target.known)


class Alone:
    """A provider that lists no zones."""

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        return (ZoneFailure(request.zone, "it is not served here") for request in requests)

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        for batch in batches:
            for change in batch.changes:
                yield ChangeOutcome(batch.zone, change.owner, Outcome.FAILED, "it takes no changes")


class Breaking(MemoryProvider):
    def list_zones(self) -> Iterator[Name]:
        yield ZONE
        raise RuntimeError("out of order")


def test_a_provider_that_cannot_list_its_zones_says_that_they_are_to_be_named() -> None:
    with pytest.raises(
        MxsyncError, match=r"^provider 'office' cannot list its zones; name them: mxsync import office"
    ):
        list_zones("office", Alone())


def test_a_list_that_breaks_off_is_no_list() -> None:
    with pytest.raises(
        MxsyncError, match="provider 'office' broke off its list of zones: RuntimeError: out of order"
    ):
        list_zones("office", Breaking())


def test_a_provider_that_cannot_be_opened_says_why() -> None:
    with pytest.raises(ProviderError, match="no folder"):
        list_zones("office", Unavailable("there is no folder zones"))


def test_a_file_that_has_been_changed_meanwhile_stays(tmp_path: Path) -> None:
    aim = target(tmp_path)
    files = aim.files(folded(aim, MemoryProvider(HELD)), UNTIL)
    changed = HEAD + "# a word\n"
    (tmp_path / "mxsync.yaml").write_text(changed)
    with pytest.raises(
        NotAllowed, match=r"mxsync\.yaml has been changed meanwhile, and stays as it is; import again"
    ):
        save(aim, files)
    assert (tmp_path / "mxsync.yaml").read_text() == changed
    assert [path.name for path in tmp_path.iterdir()] == ["mxsync.yaml"]


def test_a_result_that_wants_something_else_is_not_written(tmp_path: Path) -> None:
    aim = target(tmp_path)
    found = folded(aim, MemoryProvider(HELD))
    (path,) = aim.files(found, UNTIL)
    wrong = f"{HEAD}zones:\n  example.com: {{provider: office, mx: {{'@': [20 mx1.example.net.]}}}}\n"
    with pytest.raises(
        MxsyncError, match="nothing was written, for the result would not be what is there now: example"
    ):
        prove(aim.paths, {path: wrong.encode()}, BLOCK, found, TODAY)
    with pytest.raises(MxsyncError, match=r"nothing was written, .*: MX029: there is no key 'zone' here"):
        prove(aim.paths, {path: wrong.replace("zones:", "zone:").encode()}, BLOCK, found, TODAY)


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    path = tmp_path / "mxsync.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    manifest = load_manifest([path])
    aim = choose(manifest.providers[BLOCK], manifest, [path], str(path), "schema.json")
    (data,) = aim.files(folded(aim, MemoryProvider(HELD)), UNTIL).values()
    assert data.startswith(b"\xef\xbb\xbf" + HEAD.encode())


def test_comments_about_a_zone_are_not_left_twice(tmp_path: Path) -> None:
    other = names.parse("example.org")
    bad = mx_set(300, "0 .", "10 mx1.example.net.")
    provider = MemoryProvider({**HELD, other: {other: bad}})
    aim = target(tmp_path)
    both = fold(map(sort_out, gather(BLOCK, provider, [ZONE, other], {}).readings), aim.known)
    save(aim, aim.files(both, UNTIL))
    once = (tmp_path / "mxsync.yaml").read_text()
    assert once.count("# example.org: nothing was imported") == 1
    manifest = load_manifest([tmp_path / "mxsync.yaml"])
    again = choose(manifest.providers[BLOCK], manifest, [], str(tmp_path / "mxsync.yaml"), "schema.json")
    more = fold(map(sort_out, gather(BLOCK, provider, [other], {}).readings), again.known)
    assert again.files(more, UNTIL) == {tmp_path / "mxsync.yaml": once.encode()}


@pytest.mark.parametrize(
    ("key", "file"),
    [
        ("example.com", "example.com.yaml"),
        (".", "root.yaml"),
        ("0/25.2.0.192.in-addr.arpa", "0%2f25.2.0.192.in-addr.arpa.yaml"),
        (r"\..a", "%5c..a.yaml"),
    ],
)
def test_a_zones_file_has_a_name_that_leads_nowhere_else(key: str, file: str) -> None:
    assert file_name(key) == file
