"""What is built, and what a third party's provider needs to be found."""

from __future__ import annotations

import configparser
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

import mxsync
from support.distributions import REPOSITORY, Installation, build, run

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("mxsync", "mxsync_clouddns", "mxsync_rfc2136", "mxsync_route53", "mxsync_zonefile")

TOY_PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{distribution}"
version = "1"
dependencies = ["mxsync"]

[project.entry-points."mxsync.providers"]
toy = "{module}:plugin"

[tool.hatch.build.targets.wheel]
include = ["{module}.py"]
"""

TOY_MODULE = '''
"""A provider of zones in memory."""

from mxsync.memory import MemoryProvider
from mxsync.provider import Capabilities, Plugin
from mxsync.strict import Strict


class Config(Strict):
    """Takes no settings."""


plugin = Plugin(
    name="toy",
    summary="zones in memory",
    config=Config,
    capabilities=Capabilities(condition="exact", lists_zone=True),
    open=lambda config, context: MemoryProvider(),
)
'''


TOY_MANIFEST = """
mxsync: 1
providers: {memory: {type: toy}}
defaults: {provider: memory}
zones:
  example.com: [10 mx1.example.net., 20 mx2.example.net.]
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist, both made of the repository itself."""
    wheel, sdist = build(REPOSITORY, tmp_path_factory.mktemp("built"), "--sdist", "--wheel")
    return wheel, sdist


@pytest.fixture(scope="module")
def wheel(built: tuple[Path, Path]) -> Path:
    return built[0]


@pytest.fixture(scope="module")
def sdist(built: tuple[Path, Path]) -> Path:
    return built[1]


@pytest.fixture
def installation(tmp_path: Path, wheel: Path) -> Installation:
    """mxsync installed from its wheel."""
    made = Installation.new(tmp_path / "venv")
    made.install(wheel)
    return made


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def toy_wheel(folder: Path, distribution: str) -> Path:
    """Build a third party's distribution whose provider is called `toy`."""
    source, module = folder / distribution, distribution.replace("-", "_")
    source.mkdir()
    (source / "pyproject.toml").write_text(
        TOY_PROJECT.format(distribution=distribution, module=module), "utf-8"
    )
    (source / f"{module}.py").write_text(TOY_MODULE, "utf-8")
    (made,) = build(source, source / "dist", "--wheel")
    return made


def test_the_wheel_holds_the_core_and_its_providers_and_nothing_else(wheel: Path) -> None:
    info = f"mxsync-{mxsync.__version__}.dist-info"
    names = contents(wheel).keys()
    assert {name.partition("/")[0] for name in names} == {*PACKAGES, info}
    for package in PACKAGES:
        folder = REPOSITORY if package == "mxsync" else REPOSITORY / "providers"
        modules = {path.relative_to(folder).as_posix() for path in (folder / package).rglob("*.py")}
        assert {f"{package}/__init__.py", f"{package}/py.typed", *modules} <= names
    assert f"{info}/licenses/LICENSE" in names


def test_the_wheel_offers_the_command_and_the_providers(wheel: Path) -> None:
    text = contents(wheel)[f"mxsync-{mxsync.__version__}.dist-info/entry_points.txt"].decode()
    offered = configparser.ConfigParser()
    offered.read_string(text)
    assert dict(offered["console_scripts"]) == {"mxsync": "mxsync.cli:main"}
    assert dict(offered["mxsync.providers"]) == {
        "clouddns": "mxsync_clouddns:plugin",
        "rfc2136": "mxsync_rfc2136:plugin",
        "route53": "mxsync_route53:plugin",
        "zonefile": "mxsync_zonefile:plugin",
    }


def test_the_sdist_makes_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    run("tar", "-xzf", sdist, "-C", tmp_path)
    (again,) = build(tmp_path / sdist.name.removesuffix(".tar.gz"), tmp_path / "dist", "--wheel")
    assert contents(again) == contents(wheel)


def test_the_sdist_holds_what_the_tests_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Makefile", "CONTRIBUTING.md", "requirements/dev.txt", "scripts/install-test-servers"}
    assert wanted <= names
    assert "tests/e2e/test_packaging.py" in names
    assert "examples/quickstart/zones/example.com.zone" in names


def test_the_installed_command_runs(installation: Installation) -> None:
    assert mxsync.__version__ in run(installation.program("mxsync"), "--version")
    where = installation.python("import mxsync; print(mxsync.__file__)")
    assert where.startswith(str(installation.packages))


def test_a_third_partys_provider_is_found_once_it_is_installed(
    installation: Installation, tmp_path: Path
) -> None:
    offered = (
        "from mxsync import registry; print({o.name: o.distribution() for o in registry.offers()}.get('toy'))"
    )
    assert installation.python(offered) == "None\n"
    installation.install(toy_wheel(tmp_path, "acme-toy"))
    assert installation.python(offered) == "acme-toy\n"
    loaded = installation.python("from mxsync import registry; print(registry.load('toy').summary)")
    assert loaded == "zones in memory\n"


def test_a_manifest_may_name_a_third_partys_provider(installation: Installation, tmp_path: Path) -> None:
    manifest = tmp_path / "mxsync.yaml"
    manifest.write_text(TOY_MANIFEST, "utf-8")
    installation.install(toy_wheel(tmp_path, "acme-toy"))
    command = installation.program("mxsync")
    assert "Valid: 1 MX set in 1 zone." in run(command, "validate", manifest)
    assert "zones in memory" in run(command, "providers")


def test_two_distributions_with_a_provider_of_one_name_are_refused_and_named(
    installation: Installation, tmp_path: Path
) -> None:
    for distribution in ("acme-toy", "other-toy"):
        installation.install(toy_wheel(tmp_path, distribution))
    message = installation.python(
        "from mxsync import errors, registry\n"
        "try:\n    registry.load('toy')\n"
        "except errors.ProviderError as error:\n    print(error)"
    )
    assert message == "provider type 'toy' is offered by acme-toy and other-toy; uninstall all but one\n"
