"""Distributions made, installed and run as users do it, without a network."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def run(*command: str | Path) -> str:
    """Run a program that must work, and give its output."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, into: Path, *kinds: str) -> list[Path]:
    """Build the distributions of these kinds (`--sdist`, `--wheel`), each from `source` itself."""
    run(sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", into, source)
    return sorted(into.iterdir())


@dataclass(frozen=True, slots=True)
class Installation:
    """A virtual environment of its own."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> Installation:
        """Make one with nothing in it, where the packages that run the tests can be imported too."""
        venv.create(folder, symlinks=True)
        made = cls(folder)
        (made.packages / "outer.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
        return made

    @property
    def packages(self) -> Path:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.folder / "lib" / version / "site-packages"

    def program(self, name: str) -> Path:
        return self.folder / "bin" / name

    def python(self, code: str) -> str:
        """Run Python here, seeing neither the working folder nor the user's own packages."""
        return run(self.program("python"), "-I", "-c", code)

    def install(self, wheel: Path) -> None:
        """Install one wheel and nothing that it needs."""
        pip = (sys.executable, "-m", "pip", "--isolated", "--quiet", "--disable-pip-version-check")
        run(*pip, "--python", self.program("python"), "install", "--no-deps", "--no-index", wheel)
