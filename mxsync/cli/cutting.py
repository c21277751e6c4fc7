"""What the commands of `mxsync cutover` do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.apply import How
from mxsync.cli.console import show, show_findings
from mxsync.cli.prepare import Granting, Looking, grants_of, live_check, open_used, understand
from mxsync.cli.present import now
from mxsync.cli.progress import asking_again as say_progress
from mxsync.cli.progress import watching
from mxsync.cli.signals import noticed
from mxsync.cutover import begin as beginning
from mxsync.cutover import course
from mxsync.cutover.file import find, save
from mxsync.cutover.stages import Stage, Timing, set_in, stages
from mxsync.errors import CutoverError, NotAllowed
from mxsync.journal.folder import default_folder, locked
from mxsync.library import check_applicable, record
from mxsync.plan import Allowed
from mxsync.proposal import make_plan
from mxsync.reading import Absent, Present, ZoneFailure, set_of
from mxsync.registry import open_blocks
from mxsync.render import cutover as written
from mxsync.render import json, text, words
from mxsync.report import ExitCode
from mxsync.verify import at_providers, by_zone, delegated, verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mxsync.cutover.course import Came
    from mxsync.cutover.stages import Move
    from mxsync.cutover.state import State
    from mxsync.lookup.resolvers import Resolver
    from mxsync.proposal import Checked
    from mxsync.report import Report
    from mxsync.state import Desired, Live

_CODES = {
    course.Event.TAKEN: ExitCode.DONE,
    course.Event.FINISHED: ExitCode.DONE,
    course.Event.WAITING: ExitCode.PENDING,
    course.Event.FOREIGN: ExitCode.CONFLICT,
    course.Event.FAILED: ExitCode.FAILED,
}


class Planned(Granting, Looking):
    """The options of `cutover plan`."""

    paths: tuple[Path, ...]
    targets: tuple[str, ...]
    low_ttl: int
    soak: int
    swap: bool
    dry_run: bool
    output: str
    no_color: bool


class Run(Granting):
    """The options of `cutover run` and `cutover abort`."""

    paths: tuple[Path, ...]
    wait: float
    at_provider: bool
    resolvers: tuple[Resolver, ...]
    journal: Path | None
    output: str
    no_color: bool


def begin(asked: Planned) -> int:
    """Make a cutover of what the manifest wants and what is there, show it, and keep it."""
    file = find(asked["paths"])
    if file.state is not None and file.state.stage is not Stage.DONE:
        raise CutoverError(
            f"{file.path}: a cutover is under way (stage '{file.state.stage}'); finish it with 'mxsync cutover run', "
            "or go back with 'mxsync cutover abort' and remove the file"
        )
    checked = _understand(asked["paths"], no_color=asked["no_color"])
    with noticed() as stopped:
        proposal = make_plan(
            checked,
            targets=asked["targets"],
            grants=grants_of(asked),
            check=live_check(checked.manifest, asked),
            stopped=stopped,
        )
    show_findings(proposal.provenance.findings, "text", no_color=asked["no_color"], err=True)
    if refusing := [guard for guard in proposal.provenance.guards if guard.rule.startswith("MX")]:
        raise NotAllowed(f"no cutover was begun: {refusing[0].rule}: {refusing[0].message}")
    moment = now()
    state = beginning.begin(proposal.plan, Timing(asked["low_ttl"], asked["soak"], asked["swap"]), moment)
    if not asked["dry_run"]:
        save(file.path, state)
    if asked["output"] == "json":
        show(json.write(written.document(state, moment)), no_color=True)
        return ExitCode.DONE
    show(written.plan(state, moment), no_color=asked["no_color"])
    if not asked["dry_run"]:
        show(f"mxsync: wrote {file.path}; commit it, then: mxsync cutover run\n", err=True)
    return ExitCode.DONE


def advance(asked: Run, *, back: bool) -> int:
    """Take the stage that is due, or go back."""
    folder = asked["journal"] or default_folder()
    # The file is read within the lock: another run may just have written it.
    with locked(folder), noticed() as stopped:
        checked = _understand(asked["paths"], no_color=asked["no_color"], cutover_counts=not back)
        path, state, aim = _under_way(checked, asked["paths"])
        tools = _World(checked, path, folder, asked, stopped, guarded=not back).tools()
        taken = course.abort(state, tools) if back else course.advance(state, aim, tools)
    if asked["output"] == "json":
        show(json.write(written.document(taken.state, now(), taken)), no_color=True)
    else:
        show(written.came(taken), no_color=asked["no_color"])
        _show_trouble(taken)
    return ExitCode.INTERRUPTED if taken.report and taken.report.interrupted else _CODES[taken.event]


def status(paths: tuple[Path, ...], output: str, *, no_color: bool, granted: Granting) -> int:
    """Say how far a cutover is, and what is live."""
    checked = _understand(paths, no_color=no_color)
    _, state, aim = _under_way(checked, paths)
    if output == "json":
        show(json.write(written.document(state, now())), no_color=True)
        return ExitCode.DONE
    wanted = course.stage_of(state, aim)
    blocks = (checked.manifest.providers[name] for name in wanted.requests())
    with noticed() as stopped:
        seen = live.read(
            wanted.requests(),
            open_blocks(blocks, grants_of(granted), writing=False, stopping=stopped),
            stopped=stopped,
        )
        if stopped():
            raise KeyboardInterrupt
    show(
        written.status(state, {move: _standing(move, state, seen) for move in state.moves}, now()),
        no_color=no_color,
    )
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class _World:
    """How a cutover touches providers, name servers and its file."""

    checked: Checked
    path: Path
    folder: Path
    """Of the journal."""
    asked: Run
    stopped: Callable[[], bool]
    guarded: bool
    """Whether guards look at a plan; none does that puts back what there was."""

    def tools(self) -> course.Tools:
        return course.Tools(self.read, self.apply, self.verify, lambda state: save(self.path, state), now)

    def read(self, desired: Desired) -> Live:
        blocks = (self.checked.manifest.providers[name] for name in desired.requests())
        providers = open_blocks(blocks, grants_of(self.asked), writing=True, stopping=self.stopped)
        return live.read(desired.requests(), providers, stopped=self.stopped)

    def apply(self, desired: Desired) -> Report:
        # That many owners move was said when the cutover was planned.
        proposal = make_plan(
            replace(self.checked, desired=desired),
            grants=grants_of(self.asked),
            allowed=Allowed(large=True),
            stopped=self.stopped,
        )
        if self.guarded:
            check_applicable(proposal, partial=True)
        with watching(len(proposal.plan.changes)) as watchers:
            return record(
                proposal, self.folder, how=How(), fresh=True, watchers=watchers, stopped=self.stopped
            )

    def verify(self, desired: Desired) -> str:
        providers = open_used(self.checked.manifest, desired, self.asked)
        if self.asked["at_provider"]:
            zones = desired.zones
            asking = at_providers(providers, resolvers=self.asked["resolvers"], stopped=self.stopped)
        else:
            zones = by_zone(desired)
            asking = delegated(resolvers=self.asked["resolvers"], stopped=self.stopped)
        made = verify(zones, asking, wait=self.asked["wait"], progress=say_progress, stopped=self.stopped)
        return "interrupted" if made.interrupted else made.trouble


def _understand(paths: tuple[Path, ...], *, no_color: bool, cutover_counts: bool = True) -> Checked:
    return understand(
        paths,
        {"output": "text", "comment_key": None, "explain": False, "no_color": no_color},
        cutover_counts=cutover_counts,
    )


def _under_way(checked: Checked, paths: tuple[Path, ...]) -> tuple[Path, State, Desired]:
    """Give the cutover's file, how far it is, and what the manifest wants. Raises CutoverError if there is none."""
    file = checked.cutover or find(paths)
    if file.state is None:
        raise CutoverError(
            f"{file.path} is not there: no cutover is under way; begin one with 'mxsync cutover plan'"
        )
    for move in file.state.moves:
        if move.provider not in checked.manifest.providers:
            raise CutoverError(
                f"{file.path}: the cutover moves {move.owner} at provider '{move.provider}', which the manifest does "
                "not have; put that block back"
            )
    return file.path, file.state, checked.aim or checked.desired


def _standing(move: Move, state: State, seen: Live) -> str:
    """Say which stages a live set belongs to."""
    reading = seen.zones[move.provider, move.zone]
    if isinstance(reading, ZoneFailure):
        return f"could not be read: {reading.message}"
    found = reading.owners.get(move.owner)
    if not isinstance(found, Present | Absent):
        return words.reading(found) if found else "the provider gave no answer for it"
    fitting = [
        f"'{stage}'" for stage in stages(state.timing) if set_in(move, stage, state.timing) == set_of(found)
    ]
    what = f"as in stage {' and '.join(fitting)}" if fitting else "none of the cutover's sets"
    return f"{what}: {words.mx_set(set_of(found))}"


def _show_trouble(taken: Came) -> None:
    """Show what did not work of an apply, set by set."""
    if taken.report and taken.report.exit_code is not ExitCode.DONE:
        show(text.report(taken.report, now()), err=True)
