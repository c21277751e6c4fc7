"""The examples of pipelines: what GitHub and GitLab publish says that they are well-formed, and their jobs run.

The jobs run as they stand, in clones of a repository, against a BIND. What stands for GitHub and GitLab is made
up, as `support.github` and `support.gitlab` say.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml

from support.cli import mxsync
from support.distributions import REPOSITORY, run
from support.dnstools import dig, nsupdate
from support.github import INSTALL, GitHub
from support.gitlab import run_script, running_api
from support.named import running_named
from support.nameserver import Key, Right, Server, Zone, new_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.gitlab import Api

EXAMPLES = REPOSITORY / "examples/pipelines"
WORKFLOWS = sorted((EXAMPLES / "github").glob("*.yml"))
PLAN, APPLY, DRIFT = (EXAMPLES / f"github/mxsync-{word}.yml" for word in ("plan", "apply", "drift"))
PIPELINE = EXAMPLES / "gitlab/.gitlab-ci.yml"
SCRIPTS = [*sorted(EXAMPLES.rglob("*.sh")), REPOSITORY / "examples/pipeline-demo/play.sh"]
OLD, NEW = ["10 old.example.net."], ["10 mx1.example.net.", "20 mx2.example.net."]
OWNERS = ("example.com.", "lists.example.com.", "example.org.")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
NO_FORK = f"github.event_name != 'pull_request' || {SAME_REPOSITORY}"
COMMENTS = "repos/mail/zones/issues/7/comments"


@dataclass(frozen=True)
class Site:
    """A name server with the old sets, and a repository whose main branch wants the new ones."""

    folder: Path
    server: Server
    reader: Key
    writer: Key
    repository: Path

    @property
    def commit(self) -> str:
        return run("git", "-C", self.repository, "rev-parse", "main").strip()

    def clone(self, name: str) -> Path:
        run("git", "clone", "--quiet", self.repository, self.folder / name)
        return self.folder / name

    def served(self) -> list[list[str]]:
        return [dig(self.server, owner).rdata for owner in OWNERS]

    def by_hand(self, owner: str) -> None:
        nsupdate(self.server, self.writer, f"del {owner} MX\nadd {owner} 3600 MX 10 hand.example.net.")

    def github(self) -> GitHub:
        values = {
            NO_FORK: "true",
            "secrets.MXSYNC_READER_KEY": self.reader.statement,
            "secrets.MXSYNC_WRITER_KEY": self.writer.statement,
            "github.token": "token",
            "github.event.pull_request.number": "7",
            "inputs.run": "",
            "inputs.digest": "",
        }
        variables = {"GITHUB_REPOSITORY": "mail/zones", "GITHUB_SHA": self.commit}
        return GitHub(self.folder / "github", self.repository, values, variables=variables)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Alice")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "alice@example.com")
    reader, writer = new_key("reader", right=Right.READ), new_key("writer")
    records = "@ MX 10 old.example.net.\nlists MX 10 old.example.net."
    zones = [Zone(name, records) for name in ("example.com.", "example.org.")]
    (tmp_path / "named").mkdir()
    with running_named(tmp_path / "named", zones, [reader, writer]) as server:
        yield Site(tmp_path, server, reader, writer, repository(tmp_path, server.port))


def repository(folder: Path, port: int) -> Path:
    """Make a repository as the manual says: the manifest, and the scripts in ci/mxsync."""
    source, bare = folder / "source", folder / "mail.git"
    scripts = source / "ci/mxsync"
    scripts.mkdir(parents=True)
    for script in EXAMPLES.rglob("*.sh"):
        shutil.copy(script, scripts)
    manifest = (EXAMPLES / "mxsync.yaml").read_text("utf-8")
    (source / "mxsync.yaml").write_text(manifest.replace("192.0.2.53", f"127.0.0.1:{port}"), "utf-8")
    run("git", "-C", source, "init", "--quiet", "--initial-branch=main")
    run("git", "-C", source, "add", ".")
    run("git", "-C", source, "commit", "--quiet", "--message=Everything")
    run("git", "clone", "--quiet", "--bare", source, bare)
    return bare


# --- What they look like ---


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_are_what_githubs_schema_wants(workflow: Path) -> None:
    run(
        Path(sys.executable).parent / "check-jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        workflow,
    )


def test_the_pipeline_is_what_gitlabs_schema_wants() -> None:
    command = Path(sys.executable).parent / "check-jsonschema"
    run(command, "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", PIPELINE)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_scripts_have_nothing_that_shellcheck_minds(script: Path) -> None:
    assert script.stat().st_mode & 0o100
    assert script.read_text("utf-8").startswith("#!/bin/sh\n")
    run(Path(sys.executable).parent / "shellcheck", script)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_grant_little_and_use_only_what_is_pinned(workflow: Path) -> None:
    description = yaml.safe_load(workflow.read_text("utf-8"))
    assert description["permissions"] == {}
    assert description["concurrency"]["group"].startswith(f"mxsync-{workflow.stem.removeprefix('mxsync-')}")
    assert "pull_request_target" not in description[True]  # YAML 1.1 takes `on` for true
    for job in description["jobs"].values():
        writes = {key for key, value in job["permissions"].items() if value == "write"}
        keys = any("secrets." in json.dumps(step) for step in job["steps"])
        assert not (writes - {"issues"} and keys), (
            "a job has the name server's key or writes at GitHub, not both"
        )
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step.get("uses", f"actions/none@{'0' * 40}"))


def test_only_the_job_in_the_protected_environment_has_the_key_that_writes() -> None:
    jobs = [
        (name, job)
        for workflow in WORKFLOWS
        for name, job in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].items()
    ]
    assert [(name, job["environment"]) for name, job in jobs if "WRITER" in json.dumps(job)] == [
        ("apply", "mail")
    ]
    pipeline = yaml.safe_load(PIPELINE.read_text("utf-8"))
    writers = {name for name, job in pipeline.items() if "WRITER" in json.dumps(job)}
    assert writers == {"mxsync-apply", "mxsync-apply-again"}
    assert pipeline["mxsync-apply"]["environment"] == "mail"
    assert pipeline["mxsync-apply-again"]["extends"] == "mxsync-apply"


def test_no_pipeline_grants_commands_or_endpoints() -> None:
    for path in [*WORKFLOWS, PIPELINE, *SCRIPTS]:
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
        code = "\n".join(line.partition(" # ")[0] for line in lines if not line.startswith("unset "))
        assert not re.search(r"--allow-(exec|endpoint)|MXSYNC_ALLOW", code), path


@pytest.mark.parametrize(
    "manifest", sorted((REPOSITORY / "examples").rglob("mxsync.yaml")), ids=lambda path: path.parent.name
)
def test_every_manifest_among_the_examples_is_valid_and_free_of_warnings(manifest: Path) -> None:
    assert mxsync("validate", "--strict", manifest, cwd=REPOSITORY).code == 0


# --- GitHub ---


def planned(github: GitHub) -> str:
    """Run the job that plans, and give the digest of the plan."""
    job = github.run_job(PLAN, "plan")
    assert not job.failed, job.log
    document = json.loads((github.artifact("mxsync-plan") / "plan.json").read_text("utf-8"))
    return str(document["digest"])


def approve(github: GitHub, site: Site, digest: str, **review: Any) -> None:
    """Merge the pull request, and approve its last commit with a text that has the digest."""
    github.answers |= {
        f"GET repos/mail/zones/commits/{site.commit}/pulls": [
            {"number": 6, "merged_at": None, "merge_commit_sha": "0" * 40},
            {"number": 7, "merged_at": "2026-11-23T10:00:00Z", "merge_commit_sha": site.commit},
        ],
        "GET repos/mail/zones/pulls/7": {"head": {"sha": "f" * 40}},
        "GET repos/mail/zones/pulls/7/reviews": [
            {
                "state": "COMMENTED",
                "commit_id": "f" * 40,
                "user": {"login": "eve"},
                "body": f"sha256:{'0' * 64}",
            },
            {
                "state": "APPROVED",
                "commit_id": "f" * 40,
                "user": {"login": "bob"},
                "body": f"Fine.\n\nmxsync apply plan.json --digest {digest}",
            }
            | review,
        ],
        "GET repos/mail/zones/collaborators/bob/permission": {"permission": "write"},
        "GET repos/mail/zones/collaborators/eve/permission": {"permission": "read"},
        "GET repos/mail/zones/actions/workflows/mxsync-plan.yml/runs"
        f"?event=pull_request&status=success&head_sha={'f' * 40}": {"workflow_runs": [{"id": 4711}]},
    }


def test_a_pull_request_is_planned_and_commented_on(site: Site) -> None:
    github = site.github()
    github.answers = {
        f"GET {COMMENTS}": [
            {"id": 1, "user": {"login": "eve"}, "body": "<!-- mxsync:plan -->\nNothing to see."}
        ],
        f"POST {COMMENTS}": {},
    }
    digest = planned(github)
    assert not github.run_job(PLAN, "comment").failed
    (comment,) = (asked for asked in github.asked if asked["method"] != "GET")
    assert comment["path"] == COMMENTS
    body = comment["fields"]["body"]
    assert body.startswith("<!-- mxsync:plan -->\n")
    assert f"mxsync apply plan.json --digest {digest}" in body
    assert "lists.example.com" in body
    assert site.served() == [OLD, OLD, OLD]


def test_a_later_plan_replaces_the_comment(site: Site) -> None:
    github = site.github()
    mine = {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "<!-- mxsync:plan -->\nOld."}
    others = {"id": 1, "user": {"login": "eve"}, "body": "<!-- mxsync:plan -->"}
    github.answers = {f"GET {COMMENTS}": [others, mine], "PATCH repos/mail/zones/issues/comments/2": {}}
    planned(github)
    assert not github.run_job(PLAN, "comment").failed
    assert [asked["path"] for asked in github.asked[1:]] == ["repos/mail/zones/issues/comments/2"]


def test_a_commit_without_a_plan_leaves_no_older_one_in_the_comment(site: Site) -> None:
    github = site.github()
    mine = {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "<!-- mxsync:plan -->\nOld."}
    github.answers = {f"GET {COMMENTS}": [mine], "PATCH repos/mail/zones/issues/comments/2": {}}
    assert not github.run_job(PLAN, "comment").failed
    assert "No plan could be made" in github.asked[-1]["fields"]["body"]


def test_a_pull_request_from_a_fork_is_validated_and_asks_no_server(site: Site) -> None:
    github = site.github()
    github.values[NO_FORK] = "false"
    site.server.stop()
    job = github.run_job(PLAN, "plan")
    assert not job.failed, job.log
    assert "Plan" not in job.steps
    assert [path.name for path in github.artifact("mxsync-plan").iterdir()] == ["mxsync.sarif"]


def test_a_manifest_with_a_mistake_fails_the_job_and_is_annotated(site: Site) -> None:
    clone = site.clone("broken")
    text = (clone / "mxsync.yaml").read_text("utf-8")
    (clone / "mxsync.yaml").write_text(text.replace("20 mx2.example.net.", "20 192.0.2.25"), "utf-8")
    run("git", "-C", clone, "commit", "--quiet", "--all", "--message=A mistake")
    run("git", "-C", clone, "push", "--quiet")
    github = site.github()
    job = github.run_job(PLAN, "plan")
    assert job.code == 3
    assert "::error file=mxsync.yaml" in job.log
    sarif = json.loads((github.artifact("mxsync-plan") / "mxsync.sarif").read_text("utf-8"))
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["MX002"]


def test_a_server_that_is_silent_fails_the_job_and_the_plan_says_why(site: Site) -> None:
    site.server.stop()
    github = site.github()
    job = github.run_job(PLAN, "plan")
    assert job.code == 1
    assert "example.org" in job.summary


def test_the_plan_that_was_approved_is_applied_on_main(site: Site) -> None:
    github = site.github()
    digest = planned(github)
    approve(github, site, digest)
    approved = github.run_job(APPLY, "approved")
    assert approved.outputs == {"run": "4711", "digest": digest}
    job = github.run_job(APPLY, "apply")
    assert not job.failed, job.log
    assert site.served() == [NEW, NEW, NEW]
    assert "lists.example.com" in job.summary
    (journal,) = github.artifact("mxsync-journal").glob("*.jsonl")
    assert digest in journal.read_text("utf-8")


def test_a_set_that_was_changed_by_hand_stays_and_the_journal_is_kept(site: Site) -> None:
    github = site.github()
    approve(github, site, planned(github))
    site.by_hand("lists.example.com.")
    github.run_job(APPLY, "approved")
    job = github.run_job(APPLY, "apply")
    assert job.code == 4
    assert site.served() == [NEW, ["10 hand.example.net."], NEW]
    assert "hand.example.net" in job.summary
    assert list(github.artifact("mxsync-journal").glob("*.jsonl"))
    # A person plans anew, and gives run and digest by hand.
    github.values["inputs.digest"] = planned(github)
    github.values["inputs.run"] = "4712"
    assert github.run_job(APPLY, "approved").outputs["run"] == "4712"
    assert not github.run_job(APPLY, "apply").failed
    assert site.served() == [NEW, NEW, NEW]


@pytest.mark.parametrize(
    ("review", "message"),
    [
        ({"body": "Looks good to me"}, "has the plan's digest in it"),
        ({"state": "DISMISSED"}, "has the plan's digest in it"),
        ({"commit_id": "e" * 40}, "has the plan's digest in it"),
        ({"user": {"login": "eve"}}, "the approval of eve does not count"),
    ],
)
def test_nothing_is_applied_without_an_approval_that_counts(
    site: Site, review: dict[str, Any], message: str
) -> None:
    github = site.github()
    approve(github, site, planned(github), **review)
    job = github.run_job(APPLY, "approved")
    assert job.failed
    assert message in job.log


def test_a_plan_with_another_digest_than_the_approved_one_is_refused(site: Site) -> None:
    github = site.github()
    planned(github)
    approve(github, site, f"sha256:{'1' * 64}")
    github.run_job(APPLY, "approved")
    job = github.run_job(APPLY, "apply")
    assert job.code == 3
    assert site.served() == [OLD, OLD, OLD]


def test_a_plan_of_other_manifests_than_those_on_main_is_refused(site: Site) -> None:
    github = site.github()
    approve(github, site, planned(github))
    github.run_job(APPLY, "approved")
    clone = site.clone("later")
    with (clone / "mxsync.yaml").open("a", encoding="utf-8") as manifest:
        manifest.write("# more\n")
    run("git", "-C", clone, "commit", "--quiet", "--all", "--message=More")
    run("git", "-C", clone, "push", "--quiet")
    job = github.run_job(APPLY, "apply")
    assert job.code == 3
    assert "the manifests have changed since this plan was made" in job.log
    assert site.served() == [OLD, OLD, OLD]


def test_drift_opens_one_issue_and_its_end_closes_it(site: Site) -> None:
    github = site.github()
    issues = "repos/mail/zones/issues"
    found = f"GET {issues}?state=open&labels=mxsync-drift"
    github.answers = {found: [], f"POST {issues}": {}, f"PATCH {issues}/9": {}}
    for opened in ([], [{"number": 9}]):
        github.answers[found] = opened
        job = github.run_job(DRIFT, "drift")
        assert not job.failed, job.log
        assert "lists.example.com" in github.asked[-1]["fields"]["body"]
    clone = site.clone("apply")
    (clone / "mxsync.key").write_text(site.writer.statement, "utf-8")
    assert mxsync("apply", "--yes", cwd=clone).code == 0
    github.run_job(DRIFT, "drift")
    assert github.asked[-1]["fields"] == {"state": "closed"}
    changes = [(asked["method"], asked["path"]) for asked in github.asked if asked["method"] != "GET"]
    assert changes == [("POST", issues), ("PATCH", f"{issues}/9"), ("PATCH", f"{issues}/9")]


def test_drift_that_cannot_be_told_fails_the_job(site: Site) -> None:
    site.server.stop()
    github = site.github()
    assert github.run_job(DRIFT, "drift").code == 1
    assert github.asked == []


def test_every_step_of_every_job_runs(site: Site) -> None:
    github = site.github()
    approve(github, site, planned(github))
    github.answers |= {f"GET {COMMENTS}": [], f"POST {COMMENTS}": {}}
    github.answers |= {"GET repos/mail/zones/issues?state=open&labels=mxsync-drift": []}
    github.answers |= {"POST repos/mail/zones/issues": {}}
    for workflow in WORKFLOWS[::-1]:
        for name, description in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].items():
            if name == "apply":
                github.run_job(workflow, "approved")
            ran = github.run_job(workflow, name).steps
            assert [step["name"] for step in description["steps"] if "run" in step] == [
                step for step in ran if not step.startswith("actions/")
            ]
            assert INSTALL not in ran or "actions/setup-python" in ran


# --- GitLab ---


@pytest.fixture
def api() -> Iterator[Api]:
    with running_api() as running:
        yield running


def job(site: Site, api: Api, name: str, clone: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a job of the GitLab pipeline with the variables that GitLab and the project give it."""
    for key in (site.reader, site.writer):
        (site.folder / f"{key.name}.key").write_text(key.statement, "utf-8")
    return run_script(
        PIPELINE,
        name,
        clone,
        MXSYNC_READER_KEY=str(site.folder / "reader.key"),
        MXSYNC_WRITER_KEY=str(site.folder / "writer.key"),
        MXSYNC_NOTE_TOKEN="note",
        MXSYNC_READ_TOKEN="read",
        CI_API_V4_URL=api.address,
        CI_PROJECT_ID="12",
        CI_MERGE_REQUEST_IID="7",
        CI_COMMIT_SHA=site.commit,
        CI_DEFAULT_BRANCH="main",
        **more,
    )


NOTES = "projects/12/merge_requests/7/notes"
ARTIFACT = (
    f"projects/12/jobs/artifacts/{quote('refs/merge-requests/7/head', safe='')}/raw/plan.json?job=mxsync-plan"
)


def test_a_merge_request_is_planned_and_gets_a_note(site: Site, api: Api) -> None:
    clone = site.clone("clone")
    done = job(site, api, "mxsync-plan", clone)
    assert done.returncode == 0, done.stderr
    others = {"id": 1, "author": {"id": 6}, "body": "<!-- mxsync:plan -->"}
    listed = f"GET {NOTES}?per_page=100&order_by=created_at&sort=asc"
    api.answers = {"GET user": {"id": 5}, listed: [others], f"POST {NOTES}": {}, f"PUT {NOTES}/2": {}}
    assert job(site, api, "mxsync-note", clone).returncode == 0
    api.answers[listed] = [others, {"id": 2, "author": {"id": 5}, "body": "<!-- mxsync:plan -->\nOld."}]
    assert job(site, api, "mxsync-note", clone).returncode == 0
    posted, put = (asked for asked in api.asked if asked.method != "GET")
    assert (posted.method, put.method) == ("POST", "PUT")
    assert posted.body == put.body == (clone / "plan.md").read_text("utf-8")
    assert {asked.token for asked in api.asked} == {"note"}
    assert site.served() == [OLD, OLD, OLD]


def test_the_plan_of_the_merge_request_is_applied_with_the_digest_that_somebody_gives(
    site: Site, api: Api
) -> None:
    clone = site.clone("clone")
    job(site, api, "mxsync-plan", clone)
    plan = (clone / "plan.json").read_bytes()
    api.answers = {
        f"GET projects/12/repository/commits/{site.commit}/merge_requests": [
            {"iid": 6, "state": "closed", "target_branch": "main"},
            {"iid": 7, "state": "merged", "target_branch": "main"},
        ],
        f"GET {ARTIFACT}": plan,
    }
    merged = site.clone("merged")
    refused = job(site, api, "mxsync-apply", merged, MXSYNC_DIGEST=f"sha256:{'1' * 64}")
    assert (refused.returncode, site.served()) == (3, [OLD, OLD, OLD])
    refused = job(site, api, "mxsync-apply", merged)
    assert "the digest that was approved is missing" in refused.stderr
    done = job(site, api, "mxsync-apply", merged, MXSYNC_DIGEST=json.loads(plan)["digest"])
    assert done.returncode == 0, done.stderr
    assert site.served() == [NEW, NEW, NEW]
    assert "lists.example.com" in (merged / "report.md").read_text("utf-8")
    assert len(list((merged / "journal").glob("*.jsonl"))) == 1
    assert {asked.token for asked in api.asked} == {"read"}


def test_a_commit_that_is_no_merge_of_a_merge_request_applies_nothing(site: Site, api: Api) -> None:
    api.answers = {f"GET projects/12/repository/commits/{site.commit}/merge_requests": []}
    done = job(site, api, "mxsync-apply", site.clone("clone"), MXSYNC_DIGEST=f"sha256:{'1' * 64}")
    assert done.returncode == 1
    assert "is not the merge of a merge request" in done.stderr


def test_drift_fails_the_scheduled_pipeline_until_the_plan_of_the_branch_is_applied(
    site: Site, api: Api
) -> None:
    clone = site.clone("clone")
    assert job(site, api, "mxsync-drift", clone).returncode == 2
    assert "lists.example.com" in (clone / "drift.md").read_text("utf-8")
    assert job(site, api, "mxsync-plan", clone).returncode == 0
    digest = json.loads((clone / "plan.json").read_text("utf-8"))["digest"]
    again = {"MXSYNC_JOURNAL": str(clone / "journal"), "MXSYNC_DIGEST": digest}
    done = job(site, api, "mxsync-apply-again", clone, **again)
    assert done.returncode == 0, done.stderr
    assert job(site, api, "mxsync-drift", clone).returncode == 0
