"""The pipeline that `make pipeline` plays is the one in the manual."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from support.distributions import REPOSITORY

PAGE = (REPOSITORY / "docs/pipelines.md").read_text("utf-8")
DIGEST, RUN, TIME = r"sha256:[0-9a-f]{64}", r"\d{8}T\d{6}Z-[0-9a-f]{4}", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
COMMITS = r"[0-9a-f]{7,}\.\.[0-9a-f]{7,}"


def blotted(text: str) -> str:
    """Blot out what is another one each time; number the digests that are demanded, and the runs."""
    for number, word in enumerate(dict.fromkeys(re.findall(rf"--digest ({DIGEST})|({RUN})", text))):
        text = text.replace("".join(word), f"<{number}>")
    return re.sub(f"{DIGEST}|{TIME}|{COMMITS}", "<>", text)


def test_the_session_in_the_manual_is_what_happens(tmp_path: Path) -> None:
    done = subprocess.run(
        [REPOSITORY / "examples/pipeline-demo/play.sh"],
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    match = re.search(r"<!-- make pipeline -->\n````console\n(.*?)^````", PAGE, re.DOTALL | re.MULTILINE)
    assert match
    rest = blotted(done.stdout.lstrip("\n"))
    first, *parts = blotted(match[1]).split("…\n")
    assert rest.startswith(first)
    rest = rest.removeprefix(first)
    for part in parts:
        assert part in rest
        rest = rest[rest.index(part) + len(part) :]
    assert rest == ""
    assert list(tmp_path.iterdir()) == [], "nothing is left of it"
