"""Runs jobs of GitHub workflows as GitHub does, as far as the examples go: nothing else here is GitHub.

`gh` is a stub (`stub_gh.py`): it answers from a table and writes down what it was asked to change.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from support.distributions import run

INSTALL = "Install mxsync"
"""The step that the tests leave out: it asks a package index. They run the mxsync that is here."""
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


@dataclass
class Job:
    """What came of a job."""

    failed: bool = False
    code: int = 0
    """The exit code of the first step that failed."""
    steps: list[str] = field(default_factory=list)
    """What has run, by name."""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    log: str = ""


@dataclass
class GitHub:
    """Runs jobs. `values` say what the expressions are that workflows use; a missing one is an error."""

    folder: Path
    repository: Path
    """A bare git repository, to check out from."""
    values: dict[str, str]
    answers: dict[str, Any] = field(default_factory=dict)
    """What `gh` answers: by `METHOD path`, a JSON value."""
    variables: dict[str, str] = field(default_factory=dict)
    """GitHub's own variables of the environment."""
    branch: str = "main"
    _jobs: int = 0

    def __post_init__(self) -> None:
        tools = self.folder / "tools"
        tools.mkdir(parents=True)
        stub = Path(__file__).parent / "stub_gh.py"
        (tools / "gh").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{stub}" "$@"\n')
        (tools / "gh").chmod(0o755)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What `gh` was asked, in order: `method`, `path`, `fields`."""
        log = self.folder / "gh.log"
        return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []

    def artifact(self, name: str) -> Path:
        """Give the folder of an artifact."""
        return self.folder / "artifacts" / name

    def run_job(self, workflow: Path, name: str) -> Job:
        """Run a job to its end, as if its `if` was true and the jobs that it needs were done."""
        description = yaml.safe_load(workflow.read_text("utf-8"))["jobs"][name]
        self._jobs += 1
        place = self.folder / f"job{self._jobs}"
        place.mkdir()
        job = Job()
        for step in description["steps"]:
            if self._wanted(step.get("if"), job):
                code = self._step(step, place, job)
                if code and not step.get("continue-on-error"):
                    job.failed, job.code = True, job.code or code
        for key, value in description.get("outputs", {}).items():
            job.outputs[key] = self.values[f"needs.{name}.outputs.{key}"] = self._filled(value)
        return job

    def _wanted(self, condition: str | None, job: Job) -> bool:
        if condition == "always()":
            return True
        return not job.failed and (condition is None or self.values[condition] == "true")

    def _step(self, step: dict[str, Any], place: Path, job: Job) -> int:
        job.steps.append(step.get("name") or step["uses"].partition("@")[0])
        work = place / "work"
        given = {key: self._filled(str(value)) for key, value in step.get("with", {}).items()}
        match step.get("uses", "").partition("@")[0]:
            case "actions/checkout":
                run("git", "clone", "--quiet", "--branch", self.branch, self.repository, work)
            case "actions/setup-python":
                pass
            case "actions/upload-artifact":
                self._keep(work, given)
            case "actions/download-artifact":
                source = self.artifact(given["name"])
                if not source.exists():
                    return 1
                shutil.copytree(source, work, dirs_exist_ok=True)
            case "":
                return 0 if step["name"] == INSTALL else self._script(step, place, job)
            case other:
                raise AssertionError(f"the tests know nothing of {other}")
        return 0

    def _keep(self, work: Path, given: dict[str, str]) -> None:
        paths = [work / line for line in given["path"].split()]
        target = self.artifact(given["name"])
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for path in paths:
            if path.is_dir():
                shutil.copytree(path, target, dirs_exist_ok=True)
            elif path.exists():
                shutil.copy(path, target)

    def _script(self, step: dict[str, Any], place: Path, job: Job) -> int:
        assert not _EXPRESSION.search(step["run"]), "what others write must not become a part of a script"
        output, summary = place / "output", place / "summary"
        output.write_text("")
        tools = f"{self.folder / 'tools'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=place / "work",
            env={
                "PATH": tools,
                "HOME": str(place),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GH_ANSWERS": json.dumps(self.answers),
                "GH_LOG": str(self.folder / "gh.log"),
                **self.variables,
                **{key: self._filled(value) for key, value in step.get("env", {}).items()},
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        job.log += done.stdout
        job.summary = summary.read_text("utf-8") if summary.exists() else ""
        for line in output.read_text("utf-8").splitlines():
            key, _, value = line.partition("=")
            self.values[f"steps.{step['id']}.outputs.{key}"] = value
        return done.returncode

    def _filled(self, text: str) -> str:
        """Put in what expressions are; an output that no step gave is empty, as at GitHub."""

        def value(found: re.Match[str]) -> str:
            if ".outputs." in found[1]:
                return self.values.get(found[1], "")
            return self.values[found[1]]

        return _EXPRESSION.sub(value, text)
