"""What a manifest block may say, and what opening it finds wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pydantic
import pytest

from mxsync.errors import MxsyncError, NotAllowed, ProviderError, SecretUnavailable
from mxsync.provider import Context
from mxsync.registry import load, open_provider
from mxsync_rfc2136 import Rfc2136Config, plugin
from mxsync_rfc2136.endpoint import Endpoint
from mxsync_rfc2136.provider import Rfc2136Provider
from support.nameserver import new_key, write_key_file

if TYPE_CHECKING:
    from pathlib import Path

KEY = new_key("office")
INLINE = {"name": "office", "secret": {"env": "TSIG_SECRET"}}


def block(**settings: Any) -> dict[str, Any]:
    return {"server": "192.0.2.53", "tsig": {"key_file": "office.key"}} | settings


@pytest.mark.parametrize(
    ("server", "host", "port"),
    [
        ("192.0.2.53", "192.0.2.53", 53),
        ("192.0.2.53:5353", "192.0.2.53", 5353),
        ("2001:db8::53", "2001:db8::53", 53),
        ("[2001:db8::53]:5353", "2001:db8::53", 5353),
        ("ns1.example.com", "ns1.example.com", 53),
        ("ns1.example.com.", "ns1.example.com", 53),
        ("ns1.example.com:5353", "ns1.example.com", 5353),
        ("ns", "ns", 53),
    ],
)
def test_a_server_is_an_address_or_a_host_name_with_or_without_a_port(
    server: str, host: str, port: int
) -> None:
    config = Rfc2136Config.model_validate(block(server=server))
    assert config.server == server
    assert config.endpoints() == [Endpoint(host, port)]


def test_several_servers_are_asked_in_their_order() -> None:
    config = Rfc2136Config.model_validate(
        block(server=None, servers=["192.0.2.53:5353", "ns.example.net"], port=54)
    )
    assert config.endpoints() == [Endpoint("192.0.2.53", 5353), Endpoint("ns.example.net", 54)]


@pytest.mark.parametrize(("transport", "port"), [("tcp", 53), ("tls", 853)])
def test_the_port_is_the_usual_one_of_the_transport(transport: str, port: int) -> None:
    config = Rfc2136Config.model_validate(block(transport=transport))
    assert config.endpoints() == [Endpoint("192.0.2.53", port)]


def test_what_is_not_said_has_the_usual_value() -> None:
    config = Rfc2136Config.model_validate(block(tsig=INLINE))
    assert (config.port, config.timeout, config.unsigned) == (None, 10, False)
    assert (config.transport, config.cas, config.primary, config.source) == ("tcp", "records", None, None)
    assert config.tsig
    assert config.tsig.algorithm == "hmac-sha256"


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [
        ({"server": "192.0.2.53:0"}, ("server",), "with a port: 192.0.2.53:5353"),
        ({"server": "192.0.2.53:65536"}, ("server",), "neither an IP address nor a host name"),
        ({"server": "192.0.2.53:domain"}, ("server",), "neither an IP address nor a host name"),
        ({"server": "2001:db8::g"}, ("server",), "neither an IP address nor a host name"),
        ({"server": "[192.0.2.53]:53"}, ("server",), "neither an IP address nor a host name"),
        ({"server": "[2001:db8::53]"}, ("server",), "neither an IP address nor a host name"),
        ({"server": None}, (), "give either server, or servers"),
        ({"servers": ["192.0.2.54"]}, (), "give either server, or servers"),
        ({"server": None, "servers": []}, ("servers",), "at least 1 item"),
        ({"server": None, "servers": ["192.0.2"]}, ("servers", 0), "neither an IP address"),
        ({"primary": "192.0.2"}, ("primary",), "neither an IP address nor a host name"),
        ({"source": "ns.example.net"}, ("source",), "it is no IP address"),
        ({"transport": "udp"}, ("transport",), "'tcp' or 'tls'"),
        ({"ca_file": "ca.pem"}, (), "need 'transport: tls'"),
        ({"tls_name": "ns.example.net"}, (), "need 'transport: tls'"),
        ({"cas": "ttl"}, ("cas",), "'records' or 'soa'"),
        ({"server": "192.0.2"}, ("server",), "neither an IP address nor a host name"),
        ({"server": ""}, ("server",), "neither an IP address nor a host name"),
        ({"server": 53}, ("server",), "string"),
        ({"port": 0}, ("port",), "greater than or equal to 1"),
        ({"port": 65536}, ("port",), "less than or equal to 65535"),
        ({"port": "53"}, ("port",), "integer"),
        ({"timeout": 0}, ("timeout",), "0.1"),
        ({"timeout": 601}, ("timeout",), "600"),
        ({"timeout": float("nan")}, ("timeout",), "finite"),
        ({"timeout": True}, ("timeout",), "number"),
        ({"tsig": None}, (), "say 'unsigned: true'"),
        ({"unsigned": True}, (), "not both"),
        ({"tsig": {}}, ("tsig",), "give key_file, or name and secret"),
        ({"tsig": {"key": "office"}}, ("tsig",), "give key_file, or name and secret"),
        ({"tsig": {"name": "office"}}, ("tsig",), "both name and secret"),
        ({"tsig": {"secret": {"env": "X"}}}, ("tsig",), "both name and secret"),
        ({"tsig": {"key_file": "office.key", **INLINE}}, ("tsig",), "not both"),
        ({"tsig": {"key_file": "office.key", "algorithm": "hmac-sha256"}}, ("tsig",), "not both"),
        ({"tsig": {"key_file": None}}, ("tsig",), "no value"),
        ({"tsig": {**INLINE, "name": "a..b"}}, ("tsig", "name"), "empty label"),
        ({"tsig": {**INLINE, "algorithm": "hmac-md5"}}, ("tsig", "algorithm"), "too weak"),
        (
            {"tsig": {**INLINE, "algorithm": "sha256"}},
            ("tsig", "algorithm"),
            "there is no algorithm 'sha256'",
        ),
        ({"zone": "example.com"}, ("zone",), "Extra inputs"),
    ],
)
def test_a_wrong_block_is_refused_at_its_place(
    settings: dict[str, Any], place: tuple[str, ...], words: str
) -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        Rfc2136Config.model_validate(block(**settings))
    (error,) = caught.value.errors()
    assert error["loc"] == place
    assert words in error["msg"]


def trouble(folder: Path, tsig: dict[str, Any]) -> MxsyncError:
    """Open a block that cannot be opened; the error is one line without a secret."""
    with pytest.raises(MxsyncError) as caught:
        open_provider(plugin, Rfc2136Config.model_validate(block(tsig=tsig)), Context("office", folder))
    message = str(caught.value)
    assert "\n" not in message
    assert KEY.secret not in message
    assert "provider 'office'" in message
    return caught.value


def test_a_key_file_that_is_not_there(tmp_path: Path) -> None:
    error = trouble(tmp_path, {"key_file": "gone.key"})
    assert isinstance(error, ProviderError)
    assert f"key file {tmp_path / 'gone.key'} cannot be read: No such file or directory" in str(error)


def test_a_key_file_that_is_a_folder(tmp_path: Path) -> None:
    assert "Is a directory" in str(trouble(tmp_path, {"key_file": "."}))


def test_a_key_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary.key").write_bytes(b"\xff\xfe\0key")
    assert "is no text" in str(trouble(tmp_path, {"key_file": "binary.key"}))


def test_a_key_file_that_is_broken(tmp_path: Path) -> None:
    (tmp_path / "office.key").write_text(f'key office {{ algorithm hmac-sha256; secret "{KEY.secret}!"; }};')
    message = str(trouble(tmp_path, {"key_file": "office.key"}))
    assert f"{tmp_path / 'office.key'}: key office.: its secret is no base64" in message


def test_a_file_of_several_keys_needs_a_choice(tmp_path: Path) -> None:
    write_key_file(tmp_path / "two.key", KEY, new_key("branch"))
    message = str(trouble(tmp_path, {"key_file": "two.key"}))
    assert "has several keys; choose one with 'key': office., branch." in message


def test_a_key_that_is_not_in_the_file(tmp_path: Path) -> None:
    write_key_file(tmp_path / "office.key", KEY)
    message = str(trouble(tmp_path, {"key_file": "office.key", "key": "branch"}))
    assert "has no key branch.; it has: office." in message


@pytest.mark.parametrize("name", ["branch", "Branch", "branch."])
def test_one_of_several_keys_is_chosen_by_name(tmp_path: Path, name: str) -> None:
    write_key_file(tmp_path / "two.key", KEY, new_key("branch"))
    config = Rfc2136Config.model_validate(block(tsig={"key_file": "two.key", "key": name}))
    provider = open_provider(plugin, config, Context("office", tmp_path))
    assert isinstance(provider, Rfc2136Provider)
    assert [server.keys.name for server in provider.servers] == ["branch."]


def test_a_secret_that_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TSIG_SECRET", raising=False)
    error = trouble(tmp_path, INLINE)
    assert isinstance(error, SecretUnavailable)
    assert "TSIG_SECRET" in str(error)


def test_a_secret_that_is_no_base64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSIG_SECRET", f"{KEY.secret}*")
    assert "TSIG key office.: its secret is no base64" in str(trouble(tmp_path, INLINE))


def test_a_secret_of_a_command_needs_leave(tmp_path: Path) -> None:
    assert isinstance(trouble(tmp_path, {"name": "office", "secret": {"exec": ["true"]}}), NotAllowed)


def test_the_installed_plugin_is_this_one() -> None:
    assert load("rfc2136") is plugin
    assert plugin.capabilities.lists_zone
    assert plugin.capabilities.condition == "ttl-by-second-read"


def test_a_block_is_validated_without_dnspython() -> None:
    """`mxsync validate` needs no network, and should not pay for it."""
    code = (
        "import sys, mxsync_rfc2136 as it\n"
        "it.Rfc2136Config.model_validate({'server': 'ns.example.com', 'tsig': {'key_file': 'k'}})\n"
        "sys.exit(any(name.split('.')[0] == 'dns' for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_byte_order_mark_before_a_key_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "office.key").write_text(f"\ufeff{KEY.statement}", "utf-8")
    (tmp_path / "office.key").chmod(0o600)
    open_provider(plugin, Rfc2136Config.model_validate(block()), Context("office", tmp_path))
