"""A whole cutover on real servers, while a real resolver is asked for the sets all the time.

A parent zone, a primary BIND that notifies a secondary one, and an unbound that keeps what it is told as long as
the TTL says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest

from mxsync import names
from mxsync.cutover.course import due_at
from mxsync.cutover.file import find
from mxsync.cutover.stages import ROUNDING, Move, Stage, set_in, stages
from mxsync.cutover.state import State
from support.cli import Run, mxsync
from support.tree import ZONE, Tree, running_tree

NEGATIVE_TTL, LOW_TTL, SOAK = 3, 1, 2
RECORDS = "@ 6 MX 10 old1.example.net.\n@ 6 MX 20 old2.example.net.\n"
WANTED = "{ttl: 5, records: [10 mx1.example.net., 20 mx2.example.net.]}"
MANIFEST = f"{{example.test: {{mx: {{'@': {WANTED}, lists: {WANTED}}}}}}}"
APEX, LISTS = names.parse(ZONE), names.parse(f"lists.{ZONE}")
PATIENCE = 60

Hosts = frozenset[str]
"""The records of a set, without the TTL, which counts down in a cache."""


@dataclass
class Witness:
    """What a resolver answered, and when."""

    tree: Tree
    heard: dict[str, list[tuple[datetime, Hosts]]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        while not self._over.wait(0.02):
            for owner in (APEX, LISTS):
                asked = datetime.now(UTC)
                question = dns.message.make_query(owner, "MX")
                (at,) = self.tree.resolvers
                answer = dns.query.udp(question, at.address, PATIENCE, at.port)
                if answer.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
                    self.faults.append(f"{asked} {owner}: {dns.rcode.to_text(answer.rcode())}")
                records = frozenset(str(record) for rrset in answer.answer for record in rrset)
                self.heard[owner].append((asked, records))

    def end(self) -> None:
        self._over.set()

    def sets(self, owner: str) -> list[Hosts]:
        """Give the sets in the order in which they were first heard."""
        return list(dict.fromkeys(hosts for _, hosts in self.heard[owner]))

    def after(self, at: datetime, owner: str) -> set[Hosts]:
        """Give what was answered to questions from some time on."""
        found = {hosts for asked, hosts in self.heard[owner] if asked >= at}
        assert found, "nobody asked after that"
        return found


@contextmanager
def witnessing(tree: Tree) -> Iterator[Witness]:
    witness = Witness(tree)
    thread = threading.Thread(target=witness.listen)
    thread.start()
    try:
        while not witness.heard[LISTS]:
            time.sleep(0.01)
        yield witness
    finally:
        witness.end()
        thread.join()


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with running_tree(tmp_path, RECORDS, notify=True, negative_ttl=NEGATIVE_TTL) as made:
        made.write_manifest(MANIFEST)
        yield made


def cutover(tree: Tree, verb: str, *options: str) -> Run:
    return mxsync("cutover", verb, *options, cwd=tree.folder)


def take(tree: Tree, *options: str) -> Run:
    """Run it as a pipeline does."""
    return cutover(tree, "run", "--journal", "journal", *tree.options, *options)


def starting(tree: Tree) -> subprocess.Popen[bytes]:
    """Start a run in the background."""
    command = ("cutover", "run", "--journal", "journal", *tree.options)
    return subprocess.Popen(
        [sys.executable, "-m", "mxsync", *command],
        cwd=tree.folder,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kept(tree: Tree) -> State:
    """Read the file of the cutover."""
    state = find([tree.folder]).state
    assert state is not None
    return state


def until_taken(tree: Tree) -> Stage:
    """Run again and again until the next stage is taken, and give it."""
    before, deadline = kept(tree), time.monotonic() + PATIENCE
    while (run := take(tree)).code == 2:
        assert time.monotonic() < deadline, run.out
        assert "not due yet" in run.out
        assert kept(tree) == before
    assert run.code == 0, run.out + run.err
    return kept(tree).stage


def is_quiet(tree: Tree) -> None:
    """No pipeline would undo the stage."""
    plan = mxsync("plan", "--detailed-exitcode", cwd=tree.folder)
    assert (plan.code, plan.out) == (0, "No changes: 2 MX sets as wanted.\n")
    assert mxsync("drift", cwd=tree.folder).code == 0


def hosts_in(move: Move, stage: Stage, state: State) -> Hosts:
    found = set_in(move, stage, state.timing)
    return frozenset(map(str, found.records)) if found else frozenset()


def in_order(witness: Witness, state: State) -> None:
    """The resolver has answered the sets of stages alone, each whole, and in their order."""
    assert witness.faults == []
    for move in state.moves:
        sets = [hosts_in(move, stage, state) for stage in stages(state.timing)]
        assert witness.sets(move.owner) == list(dict.fromkeys(sets))


def nothing_old(witness: Witness, state: State, switched: State) -> None:
    """Once the stage that dropped the old hosts is over, nobody gets one, nor that there is none."""
    assert switched.stage is Stage.SWITCHED
    assert switched.verified is not None
    clean = switched.verified + timedelta(seconds=LOW_TTL + ROUNDING)
    over = due_at(switched)
    assert over is not None
    for move in state.moves:
        found = witness.after(clean if move.old else over, move.owner)
        assert found == {hosts_in(move, Stage.DONE, state)}


def test_a_resolver_never_gets_an_empty_or_mixed_set_nor_an_old_host_after_its_stage(tree: Tree) -> None:
    with witnessing(tree) as witness:
        planned = cutover(tree, "plan", "--low-ttl", str(LOW_TTL), "--soak", str(SOAK))
        assert planned.code == 0, planned.err
        is_quiet(tree)
        assert until_taken(tree) is Stage.LOWERED
        early = take(tree)
        assert early.code == 2, early.out
        is_quiet(tree)

        # A secondary that hears of no change: the run waits for it, a second one is refused, the first is killed.
        assert until_taken(tree) is Stage.BOTH
        is_quiet(tree)
        tree.secondary.deaf = True
        first = broken_off_in(tree, Stage.SWITCHED)
        try:
            second = take(tree)
            assert second.code != 0
            assert "another apply with the journal in journal is running" in second.err
        finally:
            first.kill()
        assert first.wait() == -9
        assert (kept(tree).stage, kept(tree).verified) == (Stage.SWITCHED, None)
        is_quiet(tree)

        # It still lags, and then has caught up.
        lagging = take(tree, "--wait", "0")
        assert lagging.code == 2, lagging.out
        assert "not served everywhere yet: ns2.example.test." in lagging.out
        tree.secondary.deaf = False
        tree.catch_up()
        assert take(tree).code == 0
        switched = kept(tree)
        assert "Stage 'done' " in cutover(tree, "status").out
        assert until_taken(tree) is Stage.DONE
        is_quiet(tree)
        assert "remove its file" in cutover(tree, "status").out
    in_order(witness, kept(tree))
    nothing_old(witness, kept(tree), switched)
    (tree.folder / "cutover.yaml").unlink()
    is_quiet(tree)


def broken_off_in(tree: Tree, stage: Stage) -> subprocess.Popen[bytes]:
    """Start runs until one has begun with a stage, whose servers it waits for."""
    deadline = time.monotonic() + PATIENCE
    while True:
        process = starting(tree)
        while process.poll() is None:
            if kept(tree).stage is stage:
                return process
            time.sleep(0.01)
        assert process.returncode == 2
        assert time.monotonic() < deadline


def test_a_swap_has_no_moment_with_both_and_none_without_a_host(tree: Tree) -> None:
    with witnessing(tree) as witness:
        planned = cutover(tree, "plan", "--low-ttl", str(LOW_TTL), "--soak", str(SOAK), "--swap")
        assert planned.code == 0, planned.err
        assert until_taken(tree) is Stage.LOWERED
        assert until_taken(tree) is Stage.SWITCHED
        switched = kept(tree)
        is_quiet(tree)
        assert until_taken(tree) is Stage.DONE
        is_quiet(tree)
    in_order(witness, kept(tree))
    nothing_old(witness, kept(tree), switched)
