"""`mxsync cutover` from the command line, with zone files, which need no servers: `--at-provider`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mxsync.cutover.file import find, save
from mxsync.cutover.stages import Stage
from mxsync.cutover.state import State
from mxsync.documents.schema import schema_of
from support.cli import Run, mxsync
from support.named import running_named
from support.nameserver import Zone
from support.unbound import running_unbound

SOA = "$TTL 3600\n@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 900\n@ IN NS ns1.example.net.\n"
OLD = "@ 7200 MX 10 old.example.net.\n"
NEW = "[10 mx1.example.net., 20 mx2.example.net.]"
STAGES = (Stage.LOWERED, Stage.BOTH, Stage.SWITCHED, Stage.DONE)


@dataclass(frozen=True)
class Site:
    """A folder with zone files and a manifest; another folder is another provider."""

    folder: Path

    def zone(self, zone: str = "example.com", records: str = OLD, provider: str = "a") -> Path:
        path = self.folder / provider / f"{zone}.zone"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SOA + records)
        return path

    def manifest(self, zones: str = f"{{example.com: {NEW}}}", *, providers: str = "a") -> None:
        blocks = ", ".join(f"{name}: {{type: zonefile, directory: {name}}}" for name in providers.split())
        default = f"[{', '.join(providers.split())}]"
        (self.folder / "mxsync.yaml").write_text(
            f"mxsync: 1\nproviders: {{{blocks}}}\ndefaults: {{providers: {default}, ttl: 1h}}\nzones: {zones}\n"
        )

    def served(self, zone: str = "example.com", provider: str = "a") -> list[str]:
        """Give the MX records of a zone file, sorted, with their TTL."""
        text = (self.folder / provider / f"{zone}.zone").read_text()
        found = re.findall(r"^(\S+)\s+(\d+)\s+(?:IN\s+)?MX\s+(\d+ \S+)$", text, re.MULTILINE)
        return sorted(" ".join(each) for each in found)

    @property
    def file(self) -> Path:
        return self.folder / "cutover.yaml"

    @property
    def state(self) -> State:
        state = find([self.folder]).state
        assert state is not None
        return state

    def cutover(self, verb: str, *options: str | Path) -> Run:
        at_provider = ("--at-provider",) if verb in {"run", "abort"} else ()
        return mxsync("cutover", verb, *at_provider, *options, cwd=self.folder)

    def elapse(self, **delta: float) -> None:
        """Let time go by: the stage was verified so much earlier."""
        state = self.state
        assert state.verified is not None
        text = self.file.read_text().replace(
            f"{state.verified:%Y-%m-%dT%H:%M:%S.%fZ}",
            f"{state.verified - timedelta(**delta):%Y-%m-%dT%H:%M:%S.%fZ}",
        )
        self.file.write_text(text)

    def reach(self, stage: Stage) -> None:
        """Run it until it is in a stage."""
        while self.state.stage is not stage:
            self.elapse(days=3)
            run = self.cutover("run")
            assert run.code == 0, run.out + run.err

    @property
    def is_quiet(self) -> bool:
        """Whether neither plan nor drift would undo anything."""
        plan = mxsync("plan", "--detailed-exitcode", cwd=self.folder)
        drift = mxsync("drift", cwd=self.folder)
        return (plan.code, drift.code) == (0, 0) and plan.out.startswith("No changes")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.zone()
    made.manifest()
    return made


def valid(run: Run) -> Any:
    jsonschema.validate(run.document, schema_of("cutover"))
    return run.document


def test_a_cutover_goes_stage_by_stage_and_no_pipeline_undoes_one(site: Site) -> None:
    assert site.cutover("plan").code == 0
    seen = [site.served()]
    for stage in STAGES:
        site.reach(stage)
        seen.append(site.served())
        assert site.is_quiet
    assert seen == [
        ["@ 7200 10 old.example.net."],
        ["@ 300 10 old.example.net."],
        ["@ 300 10 mx1.example.net.", "@ 300 20 mx2.example.net.", "@ 300 30 old.example.net."],
        ["@ 300 10 mx1.example.net.", "@ 300 20 mx2.example.net."],
        ["@ 3600 10 mx1.example.net.", "@ 3600 20 mx2.example.net."],
    ]
    again = site.cutover("run")
    assert (again.code, again.out) == (
        0,
        "The cutover is at its end.\nThe cutover is done: remove its file.\n",
    )
    site.file.unlink()
    assert site.is_quiet
    assert site.cutover("status").code == 3


def test_a_plan_shows_the_stages_and_says_what_to_do_next(site: Site) -> None:
    run = site.cutover("plan")
    shown = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME", run.out)
    assert shown.splitlines()[:6] == [
        "Cutover of 1 MX set, with the old hosts behind the new ones for a while; low TTL 5m, soak 1d",
        "",
        "lowered: a low TTL, so that caches follow quickly",
        "  not before TIME",
        "    example.com. at a: 10 old.example.net. (TTL 5m)",
        "both: the new hosts first, the old ones behind them",
    ]
    assert "not before TIME (2h after 'lowered': until caches have let go of the old TTL)" in shown
    assert run.err == "mxsync: wrote cutover.yaml; commit it, then: mxsync cutover run\n"
    assert site.served() == ["@ 7200 10 old.example.net."]


def test_a_second_plan_is_refused_while_one_is_under_way_and_not_after_its_end(site: Site) -> None:
    site.cutover("plan")
    before = site.file.read_bytes()
    again = site.cutover("plan", "--swap")
    assert (again.code, again.out) == (3, "")
    assert "cutover.yaml: a cutover is under way (stage 'planned'); finish it" in again.err
    assert site.file.read_bytes() == before
    site.reach(Stage.DONE)
    site.manifest("{example.com: [10 mx3.example.org.]}")
    assert site.cutover("plan").code == 0
    assert site.state.stage is Stage.PLANNED


def test_a_dry_run_writes_nothing(site: Site) -> None:
    run = site.cutover("plan", "--dry-run")
    assert (run.code, run.err) == (0, "")
    assert "switched: the new hosts alone" in run.out
    assert not site.file.exists()


@pytest.mark.parametrize(
    "zones",
    [
        "{example.com: [10 old.example.net.]}",
        "{example.com: {mx: {'@': {ttl: 5m, records: [10 old.example.net.]}}}}",
        "{example.com: null_mx}",
        "{example.com: absent}",
    ],
)
def test_what_moves_nothing_is_no_cutover(site: Site, zones: str) -> None:
    site.manifest(zones)
    run = site.cutover("plan")
    assert run.code == 3
    assert "nothing moves: the manifest wants no other hosts than there are now" in run.err
    assert not site.file.exists()


def test_a_set_that_somebody_changes_is_a_conflict_and_nothing_is_changed(site: Site) -> None:
    site.cutover("plan")
    site.reach(Stage.LOWERED)
    site.elapse(days=1)
    site.zone(records="@ 60 MX 5 other.example.net.\n")
    before = site.file.read_bytes()
    run = site.cutover("run")
    assert run.code == 4
    assert "example.com. at provider 'a' has a set that the cutover has not made" in run.out
    assert site.cutover("abort").code == 4
    assert site.served() == ["@ 60 5 other.example.net."]
    assert site.file.read_bytes() == before
    status = site.cutover("status")
    assert status.code == 0
    assert "none of the cutover's sets: 5 other.example.net. (TTL 1m)" in status.out


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cutover: 1", "cutover: 2", "cutover.yaml: cutover is not what"),
        ("stage: planned", "stage: gone", "take the file from git again"),
        ("moves:", "<<<<<<< HEAD\nmoves:", "cutover.yaml:"),
        ("old.example.net.", "old\x1b.example.net.", "cutover.yaml"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "drift", "cutover run", "cutover status", "cutover plan"])
def test_a_file_that_was_spoilt_ends_every_command_with_its_place(
    site: Site, command: str, old: str, new: str, message: str
) -> None:
    site.cutover("plan")
    site.file.write_text(site.file.read_text().replace(old, new, 1))
    run = mxsync(*command.split(), cwd=site.folder)
    assert (run.code, run.out) == (3, "")
    assert message in run.err
    assert "\x1b" not in run.err
    assert site.served() == ["@ 7200 10 old.example.net."]


@pytest.mark.parametrize(
    ("zones", "message"),
    [
        ("{example.com: [10 mx9.example.org.]}", "to another set than the manifest wants (mxsync.yaml:4:"),
        ("{example.org: [10 mx1.example.org.]}", "which the manifest does not manage"),
    ],
)
def test_the_file_of_another_manifest_is_refused_and_can_be_gone_back_from(
    site: Site, zones: str, message: str
) -> None:
    site.cutover("plan")
    site.reach(Stage.BOTH)
    site.zone("example.org")
    site.manifest(zones)
    for command in ("plan", "drift", "cutover run", "cutover status"):
        run = mxsync(*command.split(), cwd=site.folder)
        assert (run.code, run.out) == (3, "")
        assert message in run.err
    back = site.cutover("abort")
    assert back.code == 0, back.out + back.err
    assert site.served() == ["@ 7200 10 old.example.net."]


def test_a_provider_that_the_manifest_has_no_more_is_named(site: Site) -> None:
    site.cutover("plan")
    site.zone(provider="b")
    site.manifest(providers="b")
    run = site.cutover("abort")
    assert run.code == 3
    assert "at provider 'a', which the manifest does not have; put that block back" in run.err


def test_two_files_are_refused(site: Site) -> None:
    site.cutover("plan")
    more = site.folder / "more"
    more.mkdir()
    (more / "cutover.yaml").write_bytes(site.file.read_bytes())
    (more / "more.yaml").write_text("mxsync: 1\nzones: {}\n")
    run = site.cutover("run", "mxsync.yaml", "more/more.yaml")
    assert run.code == 3
    assert "cutover.yaml and more/cutover.yaml: there is one cutover at a time" in run.err


def test_a_folder_that_cannot_be_written_ends_a_run_before_anything_is_sent(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.cutover("plan")
    state = site.state
    with monkeypatch.context() as patched:
        patched.setattr("tempfile.NamedTemporaryFile", refusing)
        with pytest.raises(
            Exception, match=r"cutover\.yaml cannot be written, and nothing was sent: Read-only"
        ):
            save(site.file, state)
    # Not even root writes into a folder that is not there.
    run = site.cutover("plan", "nowhere/mxsync.yaml")
    assert run.code == 3
    assert site.state == state


def refusing(**_: Any) -> None:
    raise OSError(30, "Read-only file system")


def test_a_clock_that_jumped_back_changes_nothing(site: Site) -> None:
    site.cutover("plan")
    site.reach(Stage.LOWERED)
    site.elapse(days=-2)
    before = site.file.read_bytes(), site.served()
    run = site.cutover("run")
    assert run.code == 1
    assert "This machine's clock says" in run.out
    assert "set it right" in run.out
    assert (site.file.read_bytes(), site.served()) == before


@pytest.mark.parametrize("stage", [Stage.PLANNED, *STAGES])
@pytest.mark.parametrize("swap", [False, True])
def test_an_abort_goes_back_from_every_stage_and_stays_there(site: Site, stage: Stage, *, swap: bool) -> None:
    if swap and stage is Stage.BOTH:
        stage = Stage.LOWERED
    site.cutover("plan", *(["--swap"] if swap else []))
    site.reach(stage)
    back = site.cutover("abort")
    assert back.code == 0, back.out + back.err
    assert "Stage 'aborted' is served everywhere." in back.out
    assert site.served() == ["@ 7200 10 old.example.net."]
    assert site.is_quiet
    status = site.cutover("status")
    assert "put the old sets into the manifest, then remove its file" in status.out
    assert "as in stage 'planned': 10 old.example.net. (TTL 2h)" in status.out
    assert site.cutover("run").code == 0
    assert site.served() == ["@ 7200 10 old.example.net."]
    assert site.cutover("plan").code == 3
    site.file.unlink()
    assert not site.is_quiet


def test_an_abort_takes_a_set_away_that_there_was_not(site: Site) -> None:
    site.zone(records="")
    site.cutover("plan")
    site.reach(Stage.BOTH)
    assert site.served()
    back = site.cutover("abort")
    assert back.code == 0, back.out + back.err
    assert site.served() == []


def test_an_owner_without_a_set_gets_one_and_keeps_it_for_the_negative_ttl(site: Site) -> None:
    site.zone(records="")
    document = valid(site.cutover("plan", "--low-ttl", "1m", "--soak", "0", "--format", "json"))
    assert {each["stage"]: each["wait"] for each in document["stages"]} == {
        "planned": 0,
        "lowered": 0,
        "both": 900,
        "switched": 60,
        "done": 0,
    }
    assert document["moves"][0]["sets"]["lowered"] is None


def test_the_longest_ttl_of_all_owners_and_providers_counts(site: Site) -> None:
    records = {"a": "@ 7200 MX 10 old.example.net.\n", "b": "@ 86400 MX 10 old.example.net.\n"}
    for provider, text in records.items():
        site.zone(records=text, provider=provider)
        site.zone("example.org", "@ 600 MX 10 old.example.net.\n", provider)
    site.manifest(f"{{example.com: {NEW}, example.org: {NEW}}}", providers="a b")
    document = valid(site.cutover("plan", "--format", "json"))
    assert [each["wait"] for each in document["stages"] if each["stage"] == "lowered"] == [86400]
    assert len(document["moves"]) == 4
    site.reach(Stage.LOWERED)
    site.elapse(hours=23)
    assert site.cutover("run").code == 2
    site.reach(Stage.DONE)
    assert {tuple(site.served(zone, at)) for zone in ("example.com", "example.org") for at in "ab"} == {
        ("@ 3600 10 mx1.example.net.", "@ 3600 20 mx2.example.net.")
    }


def test_an_owner_that_is_not_alike_at_its_providers_is_refused(site: Site) -> None:
    site.zone(records="@ 7200 MX 10 other.example.net.\n", provider="b")
    site.manifest(providers="a b")
    run = site.cutover("plan")
    assert run.code == 3
    assert "example.com. is not alike now at providers 'a' and 'b'; make it alike first" in run.err


def test_targets_limit_it_and_the_rest_is_left_to_apply(site: Site) -> None:
    site.zone("example.org")
    site.manifest(f"{{example.com: {NEW}, example.org: {NEW}}}")
    assert site.cutover("plan", "--target", "example.org").code == 0
    site.reach(Stage.BOTH)
    assert site.served() == ["@ 7200 10 old.example.net."]
    applied = mxsync("apply", "--yes", "--allow-large", cwd=site.folder)
    assert applied.code == 0, applied.out
    assert site.served() == ["@ 3600 10 mx1.example.net.", "@ 3600 20 mx2.example.net."]
    assert len(site.served("example.org")) == 3
    assert site.cutover("plan", "--target", "example.test").code != 0


def test_a_low_ttl_of_0_is_one_that_nothing_caches(site: Site) -> None:
    site.cutover("plan", "--low-ttl", "0", "--soak", "0")
    site.reach(Stage.LOWERED)
    assert site.served() == ["@ 0 10 old.example.net."]
    for _ in range(3):
        site.elapse(hours=3)
        assert site.cutover("run").code == 0
    assert site.state.stage is Stage.DONE


def test_every_command_writes_a_document_as_its_schema_says(site: Site) -> None:
    planned = valid(site.cutover("plan", "--format", "json"))
    assert (planned["stage"], planned["event"]) == ("planned", None)
    taken = valid(site.cutover("run", "--format", "json"))
    assert (taken["stage"], taken["event"]) == ("lowered", "taken")
    waiting = site.cutover("run", "--format", "json")
    assert (waiting.code, valid(waiting)["event"]) == (2, "waiting")
    verified, due = (datetime.fromisoformat(waiting.document[key]) for key in ("verified", "due"))
    assert timedelta(hours=2, seconds=1) <= due - verified <= timedelta(hours=2, seconds=2)
    assert valid(site.cutover("status", "--format", "json"))["due"] == waiting.document["due"]
    back = valid(site.cutover("abort", "--format", "json"))
    assert (back["stage"], back["event"], back["stages"][0]["not_before"]) == ("aborted", "taken", None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", "--soak", "soon"), "give a number of seconds, or one like"),
        (("plan", "--low-ttl", "-1"), "give a number of seconds, or one like"),
        (("plan", "--strict-live"), "say --live dns too"),
        (("run", "--swap"), "No such option"),
        (("go",), "No such command 'go'"),
        (("plan", "--low-ttl", "99999w"), "--low-ttl"),
    ],
)
def test_wrong_usage_is_said_and_writes_nothing(site: Site, arguments: tuple[str, ...], words: str) -> None:
    run = mxsync("cutover", *arguments, cwd=site.folder)
    assert run.code == 64
    assert words in run.err
    assert not site.file.exists()


def test_in_a_folder_its_file_is_no_manifest(site: Site) -> None:
    run = site.cutover("plan", site.folder)
    assert run.code == 0
    assert site.file.exists()
    assert site.cutover("run", site.folder).code == 0
    assert mxsync("validate", site.folder, cwd=site.folder).code == 0
    assert mxsync("plan", "--detailed-exitcode", site.folder, cwd=site.folder).code == 0


def test_a_host_that_cannot_take_mail_begins_no_cutover(site: Site) -> None:
    site.manifest("{example.com: [10 mx.example.com.]}")
    run = site.cutover("plan")
    assert run.code == 3
    assert "no cutover was begun: MX012" in run.err
    assert not site.file.exists()


def test_a_host_that_does_not_exist_begins_no_cutover(site: Site, tmp_path: Path) -> None:
    (tmp_path / "named").mkdir()
    zone = Zone("hosts.example.net.", "mx1 A 9.9.9.9\n")
    with (
        running_named(tmp_path / "named", [zone]) as authority,
        running_unbound(tmp_path / "unbound", {zone.name: authority.port}) as resolver,
    ):
        looking = ("--live", "dns", "--resolver", f"{resolver.address}:{resolver.port}")
        site.manifest("{example.com: [10 mx2.hosts.example.net.]}")
        run = site.cutover("plan", *looking)
        assert run.code == 3
        assert "no cutover was begun: MXL01: " in run.err
        assert not site.file.exists()
        site.manifest("{example.com: [10 mx1.hosts.example.net.]}")
        run = site.cutover("plan", *looking)
        assert run.code == 0, run.err


def test_a_file_that_was_not_committed_lets_stages_begin_later_but_never_earlier(site: Site) -> None:
    site.cutover("plan")
    lost = site.file.read_bytes()
    site.reach(Stage.LOWERED)
    site.file.write_bytes(lost)
    assert not site.is_quiet
    begun = datetime.now(UTC)
    assert site.cutover("run").code == 0
    assert site.state.stage is Stage.LOWERED
    assert site.state.verified is not None
    assert site.state.verified >= begun
    assert site.cutover("run").code == 2
