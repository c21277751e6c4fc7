"""Secret references: fetched late, and never shown."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pydantic
import pytest

from mxsync import secrets
from mxsync.errors import MxsyncError, NotAllowed, SecretUnavailable
from mxsync.provider import Context
from mxsync.secrets import SecretRef

SECRET = "c2VjcmV0LXZhbHVl"


def reference(**keys: object) -> SecretRef:
    return SecretRef.model_validate(keys)


def test_a_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSIG_SECRET", SECRET)
    assert reference(env="TSIG_SECRET").reveal(Context("a", tmp_path)) == SECRET


def test_a_secret_comes_from_a_file_beside_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert reference(file="secret").reveal(Context("a", tmp_path)) == SECRET


def test_a_secret_comes_from_a_command_where_that_is_allowed(tmp_path: Path) -> None:
    command = reference(exec=["printf", SECRET])
    assert command.reveal(Context("a", tmp_path, allow_exec=True)) == SECRET


def test_a_command_runs_in_the_folder_of_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    assert reference(exec=["cat", "secret"]).reveal(Context("a", tmp_path, allow_exec=True)) == SECRET


def test_a_command_cannot_read_what_is_typed_or_piped_in(tmp_path: Path) -> None:
    kept = os.dup(0)
    read_end, write_end = os.pipe()
    os.write(write_end, SECRET.encode())
    os.close(write_end)
    os.dup2(read_end, 0)
    os.close(read_end)
    try:
        with pytest.raises(SecretUnavailable, match="the command cat gives no secret: it is empty"):
            reference(exec=["cat"]).reveal(Context("a", tmp_path, allow_exec=True))
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "EXEC_TIMEOUT", 0.1)
    command = reference(exec=["sh", "-c", f"exec 2>&-; sleep 2; echo {SECRET}; touch done"])
    with pytest.raises(
        SecretUnavailable, match=r"the command sh gives no secret: it took longer than 0\.1 s"
    ):
        command.reveal(Context("a", tmp_path, allow_exec=True))
    assert not (tmp_path / "done").exists()


def test_a_command_is_not_started_without_leave(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="--allow-exec"):
        reference(exec=["touch", "started"]).reveal(Context("a", tmp_path))
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("keys", [{}, {"env": "A", "file": "b"}, {"exec": []}, {"env": ""}, {"value": "x"}])
def test_a_reference_says_just_one_place(keys: dict[str, object]) -> None:
    with pytest.raises(pydantic.ValidationError):
        reference(**keys)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"env": "MXSYNC_TEST_UNSET"}, "environment variable MXSYNC_TEST_UNSET gives no secret"),
        ({"file": "nowhere"}, "cannot read secret file .*nowhere: No such file"),
        ({"file": "empty"}, "it is empty"),
        ({"file": "binary"}, "it is no text"),
        ({"exec": ["nowhere-such-command", SECRET]}, "nowhere-such-command gives no secret: No such file"),
        (
            {"exec": ["sh", "-c", f"echo {SECRET}; echo {SECRET} >&2; exit 3"]},
            "sh gives no secret: it ended with 3",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_one_message_without_a_secret(
    tmp_path: Path, keys: dict[str, object], why: str
) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretUnavailable, match=why) as caught:
        reference(**keys).reveal(Context("a", tmp_path, allow_exec=True))
    assert isinstance(caught.value, MxsyncError)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
