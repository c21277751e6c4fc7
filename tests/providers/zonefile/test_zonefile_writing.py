"""How a zone file is edited and replaced, and when it is left alone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import stat
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.reading import Blocked, Present
from mxsync_zonefile import store
from support.sets import mx_set
from support.zonefiles import HEAD, ZONE, provider_of, reading, write, write_one, zone_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name

OLD = mx_set(3600, "10 mx1.example.net.")
NEW = mx_set(3600, "10 mx2.example.org.")
BODY = "@ MX 10 mx1.example.net. ; main\n"
LISTS = names.parse("lists", ZONE)
NOBODY = 65534


def edited(body: str = "@ MX 10 mx2.example.org. ; main\n", serial: int = 42) -> str:
    return HEAD.replace(" 41 ", f" {serial} ") + body


def update(folder: Path) -> Outcome:
    return write_one(provider_of(folder), OLD, NEW).outcome


@contextmanager
def unprivileged() -> Iterator[None]:
    """Act as somebody who may not write everywhere, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that anybody may reach, as pytest's own may not be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


# One edit


def test_many_changes_of_a_zone_are_one_edit_and_one_serial(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    changes = [Change(names.parse(f"n{at}", ZONE), None, NEW) for at in range(20)]
    outcomes = write(provider_of(tmp_path), Change(ZONE, OLD, NEW), *changes)
    assert {answer.outcome for answer in outcomes} == {Outcome.APPLIED}
    assert path.read_text().startswith(edited())


def test_an_applied_change_shows_what_the_file_says_now(tmp_path: Path) -> None:
    zone_file(tmp_path, BODY)
    assert write_one(provider_of(tmp_path), OLD, NEW).found == Present(NEW, addressed=False)


def test_a_conflict_shows_what_was_found_and_does_not_touch_the_file(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    was = path.stat()
    answer = write_one(provider_of(tmp_path), NEW, OLD)
    assert (answer.outcome, answer.found) == (Outcome.CONFLICT, Present(OLD, addressed=False))
    assert path.stat().st_ino == was.st_ino
    assert path.read_text() == HEAD + BODY


def test_there_is_no_trace_beside_the_file_afterwards(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    assert update(tmp_path) is Outcome.APPLIED
    assert list(tmp_path.iterdir()) == [path]


# What may not be edited


@pytest.mark.parametrize(
    ("body", "owner", "reason"),
    [
        (
            "@ RRSIG NS 8 2 3600 20300101000000 20260101000000 1 example.com. AAAA\n",
            ZONE,
            "DNSSEC signatures",
        ),
        ("$INCLUDE mail.inc\n", names.parse("inc", ZONE), "stands in an included file"),
        (
            '$GENERATE 1-1 gen$ MX "10 mx1.example.net."\n',
            names.parse("gen1", ZONE),
            "comes from the $GENERATE",
        ),
        (
            "x TYPE15 \\# 7 000A036D783100\n",
            names.parse("x", ZONE),
            "RFC 3597",
        ),
    ],
)
def test_a_set_that_cannot_be_edited_safely_is_blocked(
    tmp_path: Path, body: str, owner: Name, reason: str
) -> None:
    (tmp_path / "mail.inc").write_text("inc MX 10 mx1.example.net.\n")
    path = zone_file(tmp_path, BODY + body)
    held = reading(tmp_path, owner)
    assert isinstance(held, Present)
    answer = write_one(provider_of(tmp_path), held.set, NEW, owner)
    assert answer.outcome is Outcome.BLOCKED
    assert reason in answer.message
    assert path.read_text() == HEAD + BODY + body


def test_what_is_blocked_does_not_stop_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "mail.inc").write_text("lists MX 10 mx1.example.net.\n")
    path = zone_file(tmp_path, BODY + "$INCLUDE mail.inc\nalias CNAME www\n")
    alias = names.parse("alias", ZONE)
    changes = [Change(ZONE, OLD, NEW), Change(LISTS, OLD, NEW), Change(alias, None, NEW)]
    outcomes = write(provider_of(tmp_path), *changes)
    assert [answer.outcome for answer in outcomes] == [Outcome.APPLIED, Outcome.BLOCKED, Outcome.BLOCKED]
    assert isinstance(outcomes[2].found, Blocked)
    assert path.read_text() == edited() + "$INCLUDE mail.inc\nalias CNAME www\n"


def test_a_zone_whose_soa_is_included_is_blocked(tmp_path: Path) -> None:
    (tmp_path / "head.inc").write_text(HEAD)
    zone_file(tmp_path, head="$INCLUDE head.inc\n" + BODY)
    answer = write_one(provider_of(tmp_path), OLD, NEW)
    assert answer.outcome is Outcome.BLOCKED
    assert "head.inc:2" in answer.message


def test_an_edit_that_would_change_an_included_record_is_blocked(tmp_path: Path) -> None:
    """Without `$TTL` the included file's record takes the TTL of the MX record before it."""
    (tmp_path / "hosts.inc").write_text("www A 192.0.2.1\n")
    head = HEAD.removeprefix("$TTL 3600\n").replace("@ IN SOA", "@ 3600 IN SOA")
    path = zone_file(tmp_path, "@ 3600 MX 10 mx1.example.net.\n$INCLUDE hosts.inc\n", head)
    before = path.read_text()
    answer = write_one(provider_of(tmp_path), OLD, mx_set(60, "10 mx1.example.net."))
    assert answer.outcome is Outcome.BLOCKED
    assert "would change the TTL of the record at" in answer.message
    assert "hosts.inc:1, which names none; write it there, or begin the zone's file with" in answer.message
    assert path.read_text() == before


def test_a_journal_that_appears_after_the_plan_blocks_the_write(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    path.with_name("example.com.zone.jnl").touch()
    assert update(tmp_path) is Outcome.BLOCKED
    assert path.read_text() == HEAD + BODY


def test_a_file_that_does_not_parse_any_more_fails(tmp_path: Path) -> None:
    zone_file(tmp_path, BODY + "a MX\n")
    answer = write_one(provider_of(tmp_path), OLD, NEW)
    assert answer.outcome is Outcome.FAILED
    assert ":5: " in answer.message


def test_a_change_outside_of_the_zone_fails(tmp_path: Path) -> None:
    zone_file(tmp_path, BODY)
    answer = write_one(provider_of(tmp_path), None, NEW, names.parse("example.org."))
    assert answer.outcome is Outcome.FAILED


# Replacing


def test_the_mode_and_the_owner_of_the_file_are_kept(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    was = path.stat()
    assert update(tmp_path) is Outcome.APPLIED
    now = path.stat()
    assert now.st_ino != was.st_ino
    assert (stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid) == (0o640, was.st_uid, was.st_gid)


def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    with contextlib.suppress(OSError):  # not every file system takes them
        os.setxattr(path, "user.mxsync.test", b"kept")
    was = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    assert update(tmp_path) is Outcome.APPLIED
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == was


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    real = zone_file(folder, BODY).rename(folder / "db")
    link = tmp_path / "example.com.zone"
    link.symlink_to("real/db")
    assert update(tmp_path) is Outcome.APPLIED
    assert link.readlink() == Path("real/db")
    assert real.read_text() == edited()


def test_octets_of_any_encoding_in_a_comment_are_kept(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    noise = bytes(octet for octet in range(1, 256) if octet not in b"\r\n")
    path.write_bytes(path.read_bytes() + b"; " + noise + b"\n")
    assert update(tmp_path) is Outcome.APPLIED
    assert path.read_bytes() == edited().encode() + b"; " + noise + b"\n"


def test_a_folder_that_may_not_be_written_fails_and_leaves_the_file(open_folder: Path) -> None:
    path = zone_file(open_folder, BODY)
    open_folder.chmod(0o555)
    with unprivileged():
        answer = write_one(provider_of(open_folder), OLD, NEW)
    assert (answer.outcome, answer.message) == (
        Outcome.FAILED,
        f"cannot write in {open_folder}: Permission denied",
    )
    assert path.read_text() == HEAD + BODY


def test_a_file_that_may_not_be_read_fails(open_folder: Path) -> None:
    zone_file(open_folder, BODY).chmod(0)
    with unprivileged():
        answer = write_one(provider_of(open_folder), OLD, NEW)
    assert answer.outcome is Outcome.FAILED
    assert answer.message.endswith("cannot open it: Permission denied")


def test_a_file_whose_owner_cannot_be_kept_fails_with_the_way_out(open_folder: Path) -> None:
    if os.geteuid() == 0:
        path = zone_file(open_folder, BODY)
        os.chown(path, 0, 12345)
        open_folder.chmod(0o777)
        with unprivileged():
            answer = write_one(provider_of(open_folder), OLD, NEW)
        message = f"cannot replace {path}: cannot keep its owner root:12345; run as that user or as root"
        assert (answer.outcome, answer.message) == (Outcome.FAILED, message)
        assert list(open_folder.iterdir()) == [path]


def killed_while_writing(path: Path) -> None:
    """Replace a file, and be killed just before the new one takes its place."""
    setattr(store.Held, "_check", lambda _: os.kill(os.getpid(), 9))  # noqa: B010 - this process ends here
    with store.locked(path, wait=1) as held:
        held.replace(b"half")


def test_what_a_killed_run_left_behind_is_removed_by_the_next_edit(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    killed = get_context("spawn").Process(target=killed_while_writing, args=(path,))
    killed.start()
    killed.join()
    assert killed.exitcode == -9
    assert len(list(tmp_path.iterdir())) == 2
    assert update(tmp_path) is Outcome.APPLIED
    assert list(tmp_path.iterdir()) == [path]


def test_a_temporary_file_that_is_in_use_stays(tmp_path: Path) -> None:
    """Two can hold "the" file if somebody else has replaced it in between."""
    path = zone_file(tmp_path, BODY)
    with store.locked(path, wait=1) as held, held.temporary().open("xb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(store.FileTrouble, match="another mxsync is editing it"):
            held.replace(b"new")
        assert held.temporary().exists()
    assert path.read_text() == HEAD + BODY


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    other = tmp_path / "other"
    other.write_text("mine")
    with store.locked(path, wait=1) as held:
        held.temporary().symlink_to(other)
    assert update(tmp_path) is Outcome.FAILED
    assert other.read_text() == "mine"
    assert path.read_text() == HEAD + BODY


def test_a_file_that_does_not_fit_fails_and_leaves_no_trace(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    path = zone_file(tmp_path, BODY)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, limits[1]))
    try:
        answer = write_one(provider_of(tmp_path), OLD, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (answer.outcome, answer.message) == (
        Outcome.FAILED,
        f"cannot replace {path}: File too large",
    )
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == HEAD + BODY


@pytest.mark.parametrize("how", ["in place", "replaced", "removed"])
def test_a_file_that_changed_after_it_was_read_is_not_replaced(tmp_path: Path, how: str) -> None:
    path = zone_file(tmp_path, BODY)
    foreign = HEAD + BODY + "www A 192.0.2.1\n"
    with store.locked(path, wait=1) as held:
        if how == "in place":
            path.write_text(foreign)
        else:
            path.unlink()
        if how == "replaced":
            path.write_text(held.data.decode())
        with pytest.raises(store.FileTrouble, match="was changed by somebody else meanwhile"):
            held.replace(b"new")
    assert [one.name for one in tmp_path.iterdir()] == ([] if how == "removed" else [path.name])
    if how == "in place":
        assert path.read_text() == foreign


# Together with others


def test_a_file_that_another_one_holds_is_waited_for(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    with path.open() as other, ThreadPoolExecutor(1) as pool:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = pool.submit(update, tmp_path)
        time.sleep(0.2)
        assert not waiting.done()
        fcntl.flock(other, fcntl.LOCK_UN)
        assert waiting.result() is Outcome.APPLIED


def test_a_file_that_stays_held_fails(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        answer = write_one(provider_of(tmp_path, lock_wait=0.2), OLD, NEW)
    assert answer.outcome is Outcome.FAILED
    assert "another mxsync is editing it" in answer.message
    assert path.read_text() == HEAD + BODY


def test_whoever_waited_edits_the_file_that_is_there_now(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    entered = threading.Event()

    def wait_for_it() -> bytes:
        entered.set()
        with store.locked(path, wait=10) as held:
            return held.data

    with ThreadPoolExecutor(1) as pool:
        with store.locked(path, wait=1) as held:
            waiting = pool.submit(wait_for_it)
            entered.wait()
            time.sleep(0.1)
            held.replace(b"first")
            time.sleep(0.1)
            assert not waiting.done()
            held.replace(b"second")
        assert waiting.result() == b"second"


def create_ten(folder: Path, who: int) -> list[str]:
    provider = provider_of(folder)
    owners = [names.parse(f"n{at}.w{who}", ZONE) for at in range(10)]
    return [write_one(provider, None, NEW, owner).outcome.value for owner in owners]


def test_nothing_is_lost_when_processes_edit_one_file(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    with get_context("spawn").Pool(2) as pool:
        outcomes = pool.starmap(create_ten, [(tmp_path, who) for who in range(4)], chunksize=1)
    assert outcomes == [["applied"] * 10] * 4
    assert path.read_text().startswith(HEAD.replace(" 41 ", " 81 ") + BODY)
    for who in range(4):
        for at in range(10):
            assert reading(tmp_path, names.parse(f"n{at}.w{who}", ZONE)) == Present(NEW, addressed=False)
