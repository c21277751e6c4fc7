"""A zone moves from a BIND to a cloud and back, as its operator does it: by the command line and an editor.

Real are BIND as the first provider (a primary server with a secondary one), the parent zone that delegates, the
resolver, and all questions and answers. Made up are the clouds: strict fakes of their APIs on this machine. They have
no DNS, so a further BIND stands for their name servers: it serves what the fake has, at the time the test says so
(`Cloud.publish`); see `support.cloud`. The operator is the test: it edits the manifest, and has the parent zone changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from mxsync import names
from mxsync.names import Name
from support import clouddns, route53
from support.cli import Run, mxsync
from support.cloud import Cloud, on_clouddns, on_route53, serving
from support.distributions import REPOSITORY
from support.nameserver import write_key_file
from support.tree import ZONE, Tree, running_tree
from support.trial import Held, held

PAGE = (REPOSITORY / "docs/moving-domains.md").read_text("utf-8")
RECORDS = """\
@ 14400 MX 10 mx1.example.net.
@ 14400 MX 20 mx2.example.net.
lists 3600 MX 10 lists.example.net.
"""
AWAY = f"update delete {ZONE} NS\n"


@dataclass(frozen=True, slots=True)
class Move:
    """The operator's desk."""

    cloud: Cloud
    block: str
    """The cloud's name in the manifest."""
    tree: Tree

    @property
    def manifest(self) -> Path:
        return self.tree.folder / "mxsync.yaml"

    @property
    def server(self) -> Held:
        """What the primary server holds: its serial and its sets."""
        return held(self.tree.primary.server, self.tree.key, self.zone)

    @property
    def zone(self) -> Name:
        return names.parse(ZONE)

    @property
    def not_at_the_cloud(self) -> str:
        """What `compare` says, to its list of the cloud's name servers."""
        return f"  delegation  it is not delegated to provider '{self.block}' ("

    @property
    def not_at_bind(self) -> str:
        return "  delegation  it is not delegated to provider 'office' (ns1.example.test., ns2.example.test.), but to "

    def edit(self, old: str, new: str) -> None:
        """Change one place of the manifest."""
        text = self.manifest.read_text("utf-8")
        assert text.count(old) == 1, (old, text)
        self.manifest.write_text(text.replace(old, new), "utf-8")

    def delegate_to_the_cloud(self) -> None:
        servers = self.cloud.hosted.name_servers
        self.tree.delegate(AWAY + "".join(f"update add {ZONE} 3600 NS {each}\n" for each in servers))

    def delegate_to_bind(self) -> None:
        """The parent still has the addresses of the two servers (glue)."""
        self.tree.delegate(
            AWAY + "".join(f"update add {ZONE} 3600 NS {each}.{ZONE}\n" for each in ("ns1", "ns2"))
        )

    def run(self, command: str, code: int) -> Run:
        """Run a command, which is to end with this code."""
        asks = self.tree.options if command.split()[1] in {"compare", "verify"} else ()
        run = mxsync(*command.split()[1:], *asks, cwd=self.tree.folder)
        assert run.code == code, f"{command}: {run.code}\n{run.err}{run.out}"
        return run

    def play(self, command: str, code: int, part: str) -> str:
        """Run a command; what it shows stands in this part of the page. Give its output."""
        run = self.run(command, code)
        self.show(part, f"$ {command}\n{run.err}{run.out}")
        return run.out

    def show(self, part: str, text: str) -> None:
        """Hold a text against a part of the page, which shows a move to Route 53."""
        if self.block == "aws":
            assert alike(text) == alike(shown(part))


@pytest.fixture(params=["aws", "gcp"])
def move(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Move]:
    with ExitStack() as stack:
        if request.param == "aws":
            hosted = on_route53(stack.enter_context(route53.running_fake()), ZONE)
        else:
            hosted = on_clouddns(stack.enter_context(clouddns.running_fake()), ZONE)
        cloud = stack.enter_context(serving(tmp_path / "cloud", hosted))
        tree = stack.enter_context(running_tree(tmp_path, RECORDS, stubs=cloud.stubs))
        write_key_file(tmp_path / "mxsync.key", tree.key)
        made = Move(cloud, request.param, tree)
        made.manifest.write_text(
            "mxsync: 1\n"
            "providers:\n"
            f"  office: {{type: rfc2136, server: {tree.primary.address}, tsig: {{key_file: mxsync.key}}}}\n"
        )
        yield made


def shown(part: str) -> str:
    match = re.search(rf"<!-- {re.escape(part)} -->\n```\w+\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert match, part
    return match[1]


def alike(text: str) -> list[str]:
    """Give the lines without what differs from run to run, and without what a reader's manifest does not have.

    The resolver finds the servers, and is asked too; nobody else has one that knows `example.test`.
    """
    text = re.sub(r"\d+\.\d+\.\d+\.\d+", "ADDRESS", text)
    text = re.sub(r", endpoint_url: '[^']*'", "", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", text)
    text = re.sub(r"\d{8}T\d{6}Z-\w+", "RUN", text)
    return [" ".join(line.split()) for line in text.splitlines()]


def add_the_cloud(move: Move) -> None:
    """Let the zone be at both."""
    move.edit("\n\ndefaults:", f"\n  {move.block}: {move.cloud.hosted.block}\n\ndefaults:")
    move.edit(f"  {ZONE.rstrip('.')}:\n", f"  {ZONE.rstrip('.')}:\n    providers: [office, {move.block}]\n")


def test_a_zone_moves_from_bind_to_a_cloud_and_back_and_each_keeps_what_it_has(move: Move) -> None:
    at_bind = move.server
    move_to_the_cloud(move)
    assert move.server == at_bind
    change_at_the_cloud(move)
    assert move.server == at_bind
    at_cloud = sorted(move.cloud.hosted.records())
    move_back(move)
    assert sorted(move.cloud.hosted.records()) == at_cloud
    delete_at_the_cloud(move)


def move_to_the_cloud(move: Move) -> None:
    # What is there becomes the manifest.
    move.play("mxsync import office example.test -o mxsync.yaml", 0, "import")
    move.show("imported", f"$ cat mxsync.yaml\n{move.manifest.read_text()}")
    assert move.run("mxsync validate", 0).err == ""
    assert move.play("mxsync plan", 0, "empty") == "No changes: 2 MX sets as wanted.\n"

    # The cloud gets the same.
    add_the_cloud(move)
    move.show("both", f"$ cat mxsync.yaml\n{move.manifest.read_text()}")
    plan = move.play("mxsync plan", 0, "plan")
    assert zones_of(plan) == [f"example.test. at {move.block}"]
    assert "Plan: 2 to create, 2 as wanted.\n" in plan
    unserved = move.run("mxsync verify --at-provider", 6).out
    assert "example.test. at office  (1 name server)\n" in unserved
    assert f"example.test. at {move.block}  (4 name servers)\n" in unserved
    assert "Not verified: 2 of 4 MX sets as wanted everywhere." in unserved
    assert "Result: 2 applied.\n" in move.run("mxsync apply --yes", 0).out
    move.cloud.publish()
    assert "Verified: 4 of 4" in move.play("mxsync verify --at-provider", 0, "at-provider")

    # Before the delegation changes, and after it.
    before = move.play("mxsync compare example.test", 2, "before")
    assert move.not_at_the_cloud in before
    assert before.endswith("2 of 2 owners alike, the delegation of 1 zone does not fit.\n")
    move.delegate_to_the_cloud()
    after = move.play("mxsync compare example.test", 2, "after")
    assert move.not_at_bind + ", ".join(sorted(move.cloud.hosted.name_servers)) in after
    assert "example.test.  (4 name servers)\n" in move.run("mxsync verify", 0).out

    # The first provider leaves the manifest.
    move.edit(f"    providers: [office, {move.block}]\n", f"    provider: {move.block}\n")
    assert move.play("mxsync plan", 0, "left") == "No changes: 2 MX sets as wanted.\n"
    assert move.run("mxsync apply --yes", 0).out.endswith("No changes: 2 MX sets as wanted.\n")
    assert move.run("mxsync compare example.test", 0).out.endswith("2 of 2 owners alike.\n")
    assert "Verified: 2 of 2 MX sets" in move.play("mxsync verify", 0, "verified")


def change_at_the_cloud(move: Move) -> None:
    move.edit("lists: [10 lists.example.net.]", "lists: [10 lists2.example.net.]")
    move.run("mxsync apply --yes", 0)
    move.cloud.publish()


def move_back(move: Move) -> None:
    move.edit(f"    provider: {move.block}\n", f"    providers: [{move.block}, office]\n")
    plan = move.play("mxsync plan", 0, "back")
    assert zones_of(plan) == ["example.test. at office"]
    assert "Plan: 1 to update, 3 as wanted.\n" in plan
    move.run("mxsync apply --yes", 0)
    # The secondary server and the resolver learn of `lists`.
    move.tree.catch_up()
    move.tree.resolver.restart()
    assert move.not_at_bind in move.run("mxsync compare example.test", 2).out
    move.delegate_to_bind()
    assert move.not_at_the_cloud in move.run("mxsync compare example.test", 2).out
    move.edit(f"    providers: [{move.block}, office]\n", "")
    assert move.run("mxsync plan", 0).out == "No changes: 2 MX sets as wanted.\n"
    assert move.run("mxsync compare example.test", 0).out.endswith("2 of 2 owners alike.\n")
    assert "Verified: 2 of 2 MX sets" in move.run("mxsync verify", 0).out


def delete_at_the_cloud(move: Move) -> None:
    """The only way: to ask for it, by a manifest that wants no MX set there."""
    (move.tree.folder / "gone.yaml").write_text(
        "mxsync: 1\n"
        f"providers: {{{move.block}: {move.cloud.hosted.block}}}\n"
        f"zones: {{example.test: {{provider: {move.block}, mx: {{'@': absent, lists: absent}}}}}}\n"
    )
    at_bind = move.server
    assert "Plan: 2 to delete, 0 as wanted.\n" in move.run("mxsync plan gone.yaml", 0).out
    move.run("mxsync apply --yes --allow-large gone.yaml", 0)
    assert not [line for line in move.cloud.hosted.records() if " MX " in line]
    assert move.server == at_bind


def zones_of(plan: str) -> list[str]:
    """Give what a plan changes: the zones, and at which providers."""
    return re.findall(r"^\S.* at .*", plan, re.MULTILINE)


def test_who_changes_the_delegation_before_the_apply_sees_it_from_verify_and_compare(move: Move) -> None:
    move.run("mxsync import office example.test -o mxsync.yaml", 0)
    add_the_cloud(move)
    move.delegate_to_the_cloud()
    early = move.run("mxsync verify", 6)
    assert f"ns-{'1.awsdns-00.com' if move.block == 'aws' else 'cloud-b1.googledomains.com'}." in early.out
    assert "Not verified: 0 of 2 MX sets as wanted everywhere.\n" in early.out
    assert "0 of 2 owners alike" in move.run("mxsync compare", 2).out
    move.run("mxsync apply --yes", 0)
    move.cloud.publish()
    # It forgets that there was nothing.
    move.tree.resolver.restart()
    assert "Verified: 2 of 2 MX sets as wanted everywhere.\n" in move.run("mxsync verify", 0).out


def test_who_takes_the_old_provider_out_too_early_sees_it_at_the_next_change(move: Move) -> None:
    move.run("mxsync import office example.test -o mxsync.yaml", 0)
    add_the_cloud(move)
    move.edit(f"    providers: [office, {move.block}]\n", f"    provider: {move.block}\n")
    move.edit("lists: [10 lists.example.net.]", "lists: [10 lists2.example.net.]")
    move.run("mxsync apply --yes", 0)
    move.cloud.publish()
    run = move.run("mxsync verify", 6)
    assert f"ns1.example.test. ({move.tree.primary.address}): 10 lists.example.net. (TTL 1h)\n" in run.out
    assert f"warning MXL09: example.test.: it is not delegated to provider '{move.block}'" in run.err
