"""How many zones a block writes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import Context, ZoneBatch
from mxsync.registry import open_provider
from mxsync_zonefile import ZonefileConfig, plugin
from support.sets import mx_set
from support.zonefiles import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZONES = [names.parse(f"zone{number}.test.") for number in range(12)]
SET = mx_set(300, "10 mx.example.net.")


@pytest.mark.parametrize(("parallel", "at_once"), [(1, 1), (3, 3), (9, 9), (None, 4)])
def test_no_more_zones_are_begun_than_may_be_in_work(
    tmp_path: Path, parallel: int | None, at_once: int
) -> None:
    for zone in ZONES:
        (tmp_path / f"{zone}zone").write_text(HEAD)
    taken: list[ZoneBatch] = []

    def batches() -> Iterator[ZoneBatch]:
        for zone in ZONES:
            taken.append(ZoneBatch(zone, (Change(zone, None, SET),), {}))
            yield taken[-1]

    config = ZonefileConfig.model_validate({"directory": "."})
    outcomes = iter(
        open_provider(plugin, config, Context("files", tmp_path, parallel=parallel)).write(batches())
    )
    first = next(outcomes)
    assert len(taken) == at_once
    assert [outcome.outcome for outcome in (first, *outcomes)] == [Outcome.APPLIED] * len(ZONES)
