"""The locks are up to date: `make lock` has been run since the dependencies changed."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.distributions import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
LOCKS = ("run", "dev")


def text_of(lock: str) -> str:
    return (REPOSITORY / "requirements" / f"{lock}.txt").read_text("utf-8")


def pinned(lock: str) -> dict[str, str]:
    """Give the version of each package of a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text_of(lock), re.MULTILINE))


def unmet(requirements: list[str], lock: str) -> list[str]:
    """Give the requirements that no pin of this lock meets."""
    versions = pinned(lock)

    def is_met(requirement: Requirement) -> bool:
        version = versions.get(canonicalize_name(requirement.name))
        return version is not None and requirement.specifier.contains(version)

    return [text for text in requirements if not is_met(Requirement(text))]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_what_mxsync_needs_to_be_built_and_to_run(lock: str) -> None:
    needed = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
    assert unmet(needed, lock) == []


def of_extra(name: str) -> list[str]:
    """Give what an extra needs; those of our own that it names stand for what they need."""
    needed: list[str] = []
    for text in PROJECT["project"]["optional-dependencies"][name]:
        requirement = Requirement(text)
        own = requirement.name == "mxsync"
        needed += [each for extra in requirement.extras for each in of_extra(extra)] if own else [text]
    return needed


def test_the_lock_for_development_has_every_tool() -> None:
    needed = of_extra("dev")
    assert "boto3>=1.40" in needed
    assert unmet(needed, "dev") == []


def test_both_locks_agree() -> None:
    assert pinned("run").items() <= pinned("dev").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_line_names_a_place(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", text_of(lock).strip())
    assert len(entries) == len(pinned(lock))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text_of(lock)
