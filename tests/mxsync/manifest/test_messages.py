"""What `mxsync validate` says about bad manifests: a folder of them, and all that is said in one file.

`bad/` has a manifest for each kind of mistake, a file or a folder, named after the rule that it breaks.
The snapshot has what is said about each: one text, to be read from top to bottom.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from mxsync.cli import main
from mxsync.rules.catalog import RULES

BAD = Path(__file__).parent / "bad"


class TextFile(SingleFileSnapshotExtension):
    """A snapshot that is a text file of its own."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def transcripts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, dict[str, str]]:
    """Validate every bad manifest; give what is shown and the exit code, by rule and manifest."""
    monkeypatch.chdir(BAD)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    shown: dict[str, dict[str, str]] = defaultdict(dict)
    for name in sorted(path.name for path in BAD.iterdir()):
        with pytest.raises(SystemExit) as ended:
            main(["validate", name])
        out, err = capsys.readouterr()
        assert err == ""
        shown[name.partition("-")[0]][name] = f"{out}(exit code {ended.value.code})\n"
    return shown


def test_every_rule_that_a_manifest_can_break_is_broken_by_one(
    transcripts: dict[str, dict[str, str]],
) -> None:
    assert list(transcripts) == [rule.id for rule in RULES.values() if not rule.zone_data]
    for rule, shown in transcripts.items():
        for name, text in shown.items():
            assert f" {rule}: " in text, name


def test_every_message_about_a_manifest(
    transcripts: dict[str, dict[str, str]], snapshot: SnapshotAssertion
) -> None:
    parts = []
    for rule, shown in transcripts.items():
        title = f"{rule}: {RULES[rule].title}"
        parts.append(f"{title}\n{'=' * len(title)}\n")
        parts += [f"$ mxsync validate {name}\n{text}" for name, text in shown.items()]
    assert "\n".join(parts) == snapshot(extension_class=TextFile)
