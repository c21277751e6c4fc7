"""Which providers are installed, and what is said of one that cannot be used."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mxsync import registry
from mxsync.errors import ProviderError
from mxsync.memory import MemoryProvider
from mxsync.provider import Capabilities, Context, Plugin, Provider
from mxsync.registry import GROUP, Offer
from mxsync.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Callable

CONTEXT = Context(name="aws", base=Path())


class NoSettings(Strict):
    """Takes no settings."""


def plugin_that_imports(*modules: str, needs: tuple[str, ...], extra: str | None = None) -> Plugin:
    def open_it(config: NoSettings, context: Context) -> Provider:
        del config, context
        for module in modules:
            importlib.import_module(module)
        return MemoryProvider()

    return Plugin(
        name="cloud",
        summary="zones in the cloud",
        config=NoSettings,
        capabilities=Capabilities(condition="exact", lists_zone=True),
        open=open_it,
        needs=needs,
        extra=extra,
    )


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Offer]:
    """Give a function that offers a provider `cloud` whose module has the text given."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "cloud_under_test", raising=False)

    def offering(text: str) -> Offer:
        (tmp_path / "cloud_under_test.py").write_text(text, "utf-8")
        return Offer("cloud", lambda: "acme-cloud", EntryPoint("cloud", "cloud_under_test:plugin", GROUP))

    return offering


@pytest.mark.parametrize("name", ["clouddns", "rfc2136", "route53", "zonefile"])
def test_the_providers_of_this_distribution_are_offered_and_load(name: str) -> None:
    assert (name, "mxsync") in {(offer.name, offer.distribution()) for offer in registry.offers()}
    assert registry.load(name).name == name


def test_a_type_that_is_not_installed_is_refused_with_those_that_are(offer: Callable[[str], Offer]) -> None:
    with pytest.raises(ProviderError) as caught:
        registry.load("clowd", [offer("")])
    assert str(caught.value) == "there is no provider type 'clowd'; installed are: cloud"


def test_that_nothing_is_installed_is_said_in_a_word() -> None:
    with pytest.raises(ProviderError, match=r"installed are: none$"):
        registry.load("cloud", [])


def test_one_name_of_two_distributions_is_refused_and_neither_is_imported(
    offer: Callable[[str], Offer],
) -> None:
    first = offer("raise AssertionError('imported')")
    second = Offer("cloud", lambda: "other-cloud", first.entry)
    with pytest.raises(ProviderError) as caught:
        registry.load("cloud", [first, second])
    assert str(caught.value) == (
        "provider type 'cloud' is offered by acme-cloud and other-cloud; uninstall all but one"
    )


def test_an_entry_point_that_names_something_else_is_refused(offer: Callable[[str], Offer]) -> None:
    with pytest.raises(ProviderError) as caught:
        registry.load("cloud", [offer("plugin = 'a string'")])
    assert (
        str(caught.value) == "provider type 'cloud' of acme-cloud is no mxsync.provider.Plugin of that name"
    )


def test_a_plugin_of_another_name_than_its_entry_point_is_refused(offer: Callable[[str], Offer]) -> None:
    with pytest.raises(ProviderError, match=r"of acme-cloud is no mxsync\.provider\.Plugin of that name$"):
        registry.load("cloud", [offer("from mxsync_zonefile import plugin")])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("plugin = 1 / 0", "ZeroDivisionError: division by zero"),
        ("other = 1", "AttributeError: module 'cloud_under_test' has no attribute 'plugin'"),
        ("plugin = (", "SyntaxError: '(' was never closed (cloud_under_test.py, line 1)"),
    ],
)
def test_a_plugin_that_breaks_while_it_is_imported_is_named_with_the_reason(
    offer: Callable[[str], Offer], text: str, reason: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        registry.load("cloud", [offer(text)])
    assert str(caught.value) == f"provider type 'cloud' of acme-cloud cannot be loaded: {reason}"


def test_offers_are_listed_without_importing_anything(offer: Callable[[str], Offer], tmp_path: Path) -> None:
    offer("raise AssertionError('imported')")
    info = tmp_path / "acme_cloud-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-cloud\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\ncloud = cloud_under_test:plugin\n", "utf-8")
    assert {found.name: found.distribution() for found in registry.offers()}["cloud"] == "acme-cloud"
    assert "cloud_under_test" not in sys.modules


@pytest.mark.parametrize("module", ["no_such_sdk", "no_such_sdk.session"])
def test_a_missing_sdk_is_named_with_the_extra_that_installs_it(module: str) -> None:
    plugin = plugin_that_imports(module, needs=("no_such_sdk",), extra="cloud")
    with pytest.raises(ProviderError) as caught:
        registry.open_provider(plugin, NoSettings(), CONTEXT)
    assert str(caught.value) == "provider 'cloud' needs no_such_sdk: pip install 'mxsync[cloud]'"


def test_a_missing_sdk_of_a_third_party_is_installed_by_its_own_name() -> None:
    plugin = plugin_that_imports("no_such_sdk", needs=("no_such_sdk",))
    with pytest.raises(ProviderError, match=r"needs no_such_sdk: pip install no_such_sdk$"):
        registry.open_provider(plugin, NoSettings(), CONTEXT)


def test_a_missing_module_that_is_no_sdk_is_not_blamed_on_an_extra() -> None:
    plugin = plugin_that_imports("a_typing_mistake", needs=("no_such_sdk",), extra="cloud")
    with pytest.raises(ProviderError) as caught:
        registry.open_provider(plugin, NoSettings(), CONTEXT)
    assert str(caught.value) == (
        "provider 'aws' (cloud) cannot be opened: ModuleNotFoundError: No module named 'a_typing_mistake'"
    )


def test_a_provider_whose_sdk_is_there_is_opened() -> None:
    plugin = plugin_that_imports("json", needs=("json",), extra="cloud")
    assert isinstance(registry.open_provider(plugin, NoSettings(), CONTEXT), MemoryProvider)
