"""From a saved plan, or a run of the journal, to a plan that may be applied."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pydantic

from mxsync import live, registry
from mxsync.errors import InvalidPlan, ProviderError
from mxsync.manifest.files import shown
from mxsync.plan import Provenance
from mxsync.proposal import Proposal, never
from mxsync.registry import Block, Grants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mxsync.journal.runs import Run

MAX_PLAN = 512 * 1024 * 1024
"""How large a saved plan may be, in octets: a hundred thousand changes are a fifth of that."""
_LOOKED_AT = 4096
"""In how many octets of a file the beginning of a document is looked for."""
_FORMAT = re.compile(rb'"format"\s*:\s*"mxsync\.')


def read_plan(
    path: Path | str,
    *,
    grants: Grants = Grants(),  # noqa: B008 - it is frozen
    stopping: Callable[[], bool] = never,
) -> Proposal:
    """Read a saved plan, to apply it.

    Relative paths in its provider blocks start where they did when it was made, seen from the working folder.
    Raises InvalidPlan, and NotAllowed for what `grants` do not cover.
    """
    saved = saved_plan(path)
    try:
        blocks = list(_blocks(saved.provenance))
    except InvalidPlan as error:
        raise InvalidPlan(
            f"the plan {shown(Path(path))} is refused, and nothing was sent: {error}"
        ) from error
    return replace(saved, providers=registry.open_blocks(blocks, grants, writing=True, stopping=stopping))


def saved_plan(path: Path | str) -> Proposal:
    """Read a saved plan, to look at it: it comes without providers. Raises InvalidPlan."""
    from mxsync.documents.saved import read_plan as read_document  # noqa: PLC0415 - its models take their time

    path = Path(path)
    try:
        saved = read_document(_octets(path).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InvalidPlan(f"the plan {shown(path)} cannot be read: {reason}") from error
    except InvalidPlan as error:
        raise InvalidPlan(f"the plan {shown(path)} is refused, and nothing was sent: {error}") from error
    return Proposal(saved.plan, saved.provenance, {}, saved.created, saved=saved.document)


def is_saved_plan(path: Path) -> bool:
    """Say whether a file is a document of mxsync and no manifest. Raises nothing."""
    try:
        if not path.is_file():  # a pipe is read once, as a manifest
            return False
        with path.open("rb") as file:
            if not file.read(_LOOKED_AT).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                return False
        # Another program may have sorted the keys.
        return _FORMAT.search(_octets(path)) is not None
    except (OSError, InvalidPlan):
        return False


def _octets(path: Path) -> bytes:
    """Read a saved plan. Raises OSError, InvalidPlan."""
    with path.open("rb") as file:
        octets = file.read(MAX_PLAN + 1)
    if len(octets) > MAX_PLAN:
        raise InvalidPlan(f"it has more than {MAX_PLAN >> 20} MiB; make it in parts with --target")
    return octets


def undo_run(
    run: Run,
    *,
    grants: Grants = Grants(),  # noqa: B008 - it is frozen
    stopped: Callable[[], bool] = never,
) -> Proposal:
    """Plan the inverse of a run of the journal. Changes nothing.

    No guard looks at it: it puts back what the run has replaced. Raises as `make_plan` and `read_plan` do.
    """
    from mxsync.journal.undo import make_undo, undo_requests  # noqa: PLC0415 - few commands take back

    head = run.head
    folders = {name: _found_again(folder, head.working_folder) for name, folder in head.folders.items()}
    provenance = Provenance(head.providers, folders, (), (), undoes=run.name)
    try:
        blocks = list(_blocks(provenance))
    except InvalidPlan as error:
        raise InvalidPlan(f"run {run.name} cannot be taken back, and nothing was sent: {error}") from error
    providers = registry.open_blocks(blocks, grants, writing=True, stopping=stopped)
    seen = live.read(undo_requests(run), providers, stopped=stopped)
    if stopped():
        raise KeyboardInterrupt
    return Proposal(make_undo(run, seen), provenance, providers, datetime.now(UTC), seen)


def _found_again(folder: str, seen_from: str) -> str:
    """Give a folder of a run: where it was, or if that is gone, as on another machine, as seen from here."""
    there = Path(seen_from, folder)
    if os.path.isdir(there) and os.path.realpath(there) != os.path.realpath(folder):  # noqa: PTH112 - it never raises
        return str(there)
    return folder


def _blocks(provenance: Provenance) -> Iterator[Block]:
    """Make the provider blocks of a plan anew. Raises InvalidPlan."""
    for name, settings in provenance.providers.items():
        kind = settings.get("type")
        rest = {key: value for key, value in settings.items() if key != "type"}
        try:
            plugin = registry.load(str(kind))
            config = plugin.config.model_validate(rest)
        except ProviderError as error:
            raise InvalidPlan(f"provider '{name}': {error}") from error
        except pydantic.ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise InvalidPlan(
                f"provider '{name}': its {where} is not valid: {first['msg'].removeprefix('Value error, ')}"
            ) from error
        yield Block(name, plugin, config, dict(settings), Path(provenance.folders.get(name, ".")))
