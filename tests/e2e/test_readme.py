"""The README and the manual show what is really so."""

from __future__ import annotations

import difflib
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from mxsync import registry
from mxsync.diagnostic import Severity
from mxsync.manifest.document import plain, read_document
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from support.cli import mxsync
from support.distributions import REPOSITORY
from support.editors import marked

README = (REPOSITORY / "README.md").read_text("utf-8")
QUICKSTART = REPOSITORY / "examples/quickstart"
PAGES = sorted((REPOSITORY / "docs").glob("*.md"))
YAML = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in [REPOSITORY / "README.md", *PAGES]
    for number, block in enumerate(
        re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    )
    if not block.startswith("repos:")  # a configuration of pre-commit
]

HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
sets: {own: [10 mx1.example.net., 20 mx2.example.net.]}
defaults: {provider: files}
"""
"""What stands before an example that is a part of a manifest."""


def shown(marker: str) -> str:
    match = re.search(rf"<!-- {re.escape(marker)} -->\n```\w+\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert match
    return match[1]


def without_dates(text: str) -> str:
    """Blot out what depends on the day: the serial, and until when caches keep something."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\b20\d{8}\b", "DATE", text)


def test_the_manifest_in_the_readme_is_that_of_the_quickstart() -> None:
    assert shown("examples/quickstart/mxsync.yaml") == (QUICKSTART / "mxsync.yaml").read_text("utf-8")


def test_the_session_in_the_readme_is_what_happens(tmp_path: Path) -> None:
    folder = tmp_path / "quickstart"
    shutil.copytree(QUICKSTART, folder)
    session = "".join(
        f"$ mxsync {command}\n{mxsync(*command.split(), cwd=folder).out}"
        for command in ("plan", "apply --yes", "plan")
    )
    rest = without_dates(session)
    for part in without_dates(shown("make demo")).split("…\n"):
        assert part in rest
        rest = rest[rest.index(part) + len(part) :]
    assert rest == ""
    old, new = ((where / "zones/example.com.zone").read_text("utf-8") for where in (QUICKSTART, folder))
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm=""))[2:]
    expected = [
        line for line in without_dates(shown("zones/example.com.zone")).splitlines() if line[:1] in "+-"
    ]
    assert [line for line in without_dates("\n".join(lines)).splitlines() if line[:1] in "+-"] == expected


@pytest.mark.parametrize("block", YAML)
def test_every_yaml_example_is_valid(tmp_path: Path, block: str) -> None:
    if block.startswith("zones"):
        block = HEAD + block
        (tmp_path / "domains.txt").write_text("example.com\nexample.net null_mx\n")
    if "mxsync: 1" in block:
        (tmp_path / "mxsync.yaml").write_text(block, "utf-8")
        desired, findings = resolve(load_manifest([tmp_path / "mxsync.yaml"]), date(2026, 11, 23))
        assert [each for each in findings if each.severity is not Severity.INFO and not each.waived] == []
        assert desired.zones
        assert marked(plain(read_document(block.encode(), "example"))) == []
        return
    if "providers:" not in block:
        block = f"providers:\n  office:\n    type: rfc2136\n    server: 192.0.2.53\n{block}"
    blocks = plain(read_document(block.encode(), "example"))
    assert isinstance(blocks, dict)
    assert marked({"mxsync": 1, **blocks}) == []
    for settings in blocks["providers"].values():  # type: ignore[union-attr]
        assert isinstance(settings, dict)
        plugin = registry.load(str(settings.pop("type")))
        plugin.config.model_validate(settings)  # it raises what is wrong


@pytest.mark.parametrize(
    "page", [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.stem
)
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / link).exists(), link
