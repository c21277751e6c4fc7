"""Imports from a provider as `mxsync import` does, without a process; and what must hold whatever it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mxsync import live, names
from mxsync.diagnostic import has_errors
from mxsync.importing.fold import Folded, fold
from mxsync.importing.found import Kept, sort_out
from mxsync.importing.gather import gather
from mxsync.importing.prove import prove
from mxsync.importing.save import save
from mxsync.importing.target import choose
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.plan import make_plan
from mxsync.provider import Provider
from mxsync.reading import Absent, set_of
from mxsync.testing import Backend
from support.sets import mx_sets

TODAY = date(2026, 11, 23)
BLOCK = "office"
HEAD = f"mxsync: 1\nproviders:\n  {BLOCK}: {{type: zonefile, directory: zones}}\n"
"""A manifest with a provider block. What it reaches does not matter: the tests ask a provider of their own."""

Put = Callable[[Name, Name, MXSet], None]


def import_zones(
    folder: Path,
    provider: Provider,
    zones: Iterable[Name],
    *,
    manifest: str = HEAD,
    output: str | None = None,
) -> tuple[Folded, list[Path]]:
    """Import zones; give what was found, and the paths of the whole manifest that came of it.

    Checks what must always hold: the manifest validates, nothing is lost, and a plan changes nothing.
    """
    path = folder / "mxsync.yaml"
    if not path.exists():
        path.write_text(manifest, newline="")
    source = load_manifest([path])
    target = choose(
        source.providers[BLOCK], source, [path], output or str(folder / "new.yaml"), "schema.json"
    )
    gathered = gather(BLOCK, provider, zones, {})
    assert not gathered.failures
    found = [sort_out(reading) for reading in gathered.readings]
    for zone, reading in zip(found, gathered.readings, strict=True):
        there = {owner for owner, each in reading.owners.items() if not isinstance(each, Absent)}
        assert {each.owner for each in zone.owners} == there
        assert all(set_of(reading.owners[kept.owner]) == kept.set for kept in zone.kept)
    folded = fold([zone for zone in found if zone.owners], target.known)
    if not any(zone.kept for zone in folded.zones):
        return folded, []
    files = target.files(folded, TODAY + timedelta(days=30))
    prove(target.paths, files, BLOCK, folded, TODAY)
    save(target, files)
    paths = list(dict.fromkeys((*target.paths, *files)))
    checked, findings = resolve(load_manifest(paths), TODAY)
    assert not has_errors(findings), findings
    text = "\n".join(file.read_text() for file in files)
    for zone in folded.zones:
        if zone.kept or not target.folder:
            assert all(f"{left.key} (not imported)" in text for left in zone.left)
    requests = checked.requests()
    plan = make_plan(checked, live.read(requests, dict.fromkeys(requests, provider)))
    assert (plan.changes, plan.blocked, plan.failed) == ((), (), ())
    managed = {(zone.zone, owner) for zone in checked.zones for owner in zone.owners}
    assert managed >= {(zone.zone, kept.owner) for zone in folded.zones for kept in zone.kept}
    return folded, paths


WORLDS = st.lists(
    st.dictionaries(
        st.sampled_from(["@", "lists", "*", "x.y", "_tcp", "xn--bcher-kva", r"a\.b", "no", "12"]),
        mx_sets,
        max_size=4,
    ),
    min_size=1,
    max_size=3,
)
"""What zones of a backend may have, by owner."""


class ImportContract:
    """What holds of an import from any backend. Subclass it and give it a fixture `backend`."""

    @pytest.fixture
    def backend(self) -> Backend:
        raise NotImplementedError

    @pytest.fixture
    def importer(self, backend: Backend) -> Provider:
        """The provider to import from, which may see every set of a zone."""
        return backend.provider

    def test_what_is_imported_validates_and_changes_nothing(
        self, backend: Backend, importer: Provider, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        @given(worlds=WORLDS)
        @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def check(worlds: list[dict[str, MXSet]]) -> None:
            zones = [backend.new_zone() for _ in worlds]
            for zone, sets in zip(zones, worlds, strict=True):
                for owner, wanted in sets.items():
                    with suppress(RuntimeError):  # a server may refuse what another one takes
                        backend.put(zone, names.parse(owner, zone), wanted)
            folded, _ = import_zones(tmp_path_factory.mktemp("import"), importer, zones)
            seen = {(zone.zone, each.owner): each for zone in folded.zones for each in zone.owners}
            for zone, sets in zip(zones, worlds, strict=True):
                for owner in (names.parse(text, zone) for text in sets):
                    there, each = backend.look(zone, owner), seen.pop((zone, owner), None)
                    assert (each is None) is (there is None)
                    assert not isinstance(each, Kept) or each.set == there
            assert not seen

        check()
