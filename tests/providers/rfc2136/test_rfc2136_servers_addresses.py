"""How a server is reached: its address and port in all their forms, and the address to send from."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pydantic
import pytest
from jsonschema import Draft202012Validator

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.reading import Present, ZoneReading
from mxsync_rfc2136 import Rfc2136Config
from mxsync_rfc2136.endpoint import Endpoint
from mxsync_rfc2136.server import Keys
from mxsync_rfc2136.server import Server as Reached
from support.dnstools import dig
from support.named import running_named
from support.nameserver import Right, Zone, new_key, reserved_port, write_key_file
from support.network import resolve, unreachable
from support.rfc2136 import Site, mx_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHER, KEY = new_key("other", right=Right.ALL), new_key("mxsync")
OLD, NEW = mx_set(300, "10 old.example.net."), mx_set(300, "10 new.example.net.")
MX = "@ 300 MX 10 old.example.net."
CHANGE = Change(names.parse("from.test."), OLD, NEW)


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


LOOPBACKS = ["127.0.0.1", *(["::1"] if has_ipv6() else [])]


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a server that listens on every loopback address, at one port."""
    folder = tmp_path_factory.mktemp("reached")
    write_key_file(folder / "mxsync.key", KEY)
    zones = [
        *(Zone(f"zone{number}.test.", MX) for number in range(10)),
        Zone("from.test.", MX, options="allow-query { key other; 127.0.0.2; };"),
    ]
    with reserved_port() as port, ExitStack() as stack:
        both = f"listen-on-v6 port {port} {{ ::1; }}; listen-on port {port} {{ 127.0.0.1; }};"
        server = stack.enter_context(running_named(folder, zones, [OTHER, KEY], options=both))
        yield Site(replace(server, port=port), {"mxsync": KEY, "other": OTHER})


GOOD = {
    "192.0.2.53": ("192.0.2.53", 53),
    "192.0.2.53:5353": ("192.0.2.53", 5353),
    "2001:db8::53": ("2001:db8::53", 53),
    "[2001:db8::53]:5353": ("2001:db8::53", 5353),
    "fe80::53%eth0": ("fe80::53%eth0", 53),
    "[fe80::53%Eth0.1]:5353": ("fe80::53%Eth0.1", 5353),
    "ns1.example.com": ("ns1.example.com", 53),
    "NS1.Example.Com.": ("ns1.example.com", 53),
    "ns1.example.com.:5353": ("ns1.example.com", 5353),
    "ns": ("ns", 53),
    "ns_1:65535": ("ns_1", 65535),
}
"""How a server may be written, and where it is then."""
BAD = [
    "",
    " ",
    "192.0.2",
    "192.0.2.53.",
    "192.0.2.53:",
    "192.0.2.53:0",
    "192.0.2.53:65536",
    "192.0.2.53:053",
    "192.0.2.53:5353:1",
    "[192.0.2.53]:5353",
    "[2001:db8::53]",
    "[ns1.example.com]:53",
    "2001:db8::53%",
    "fe80::53%a\nb",
    "ns1..example.com",
    "-ns.example.com",
    "ns1.example.com:dns",
    "https://ns1.example.com",
    "n" * 64,
    "bücher.example",
    "ns1.example.com\n",
]


def servers(**settings: object) -> list[tuple[str, int]]:
    config = Rfc2136Config.model_validate({"unsigned": True, **settings})
    return [(it.host, it.port) for it in config.endpoints()]


@pytest.mark.parametrize(("text", "host", "port"), [(text, *place) for text, place in GOOD.items()])
def test_a_server_may_be_written_in_many_ways(text: str, host: str, port: int) -> None:
    assert servers(server=text) == [(host, port)]
    own = port if port != 53 else 9953
    assert servers(server=text, port=9953) == [(host, own)]
    assert servers(server=text, transport="tls") == [(host, port if port != 53 else 853)]
    assert servers(servers=["192.0.2.1", text]) == [("192.0.2.1", 53), (host, port)]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_server_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        Rfc2136Config.model_validate({"unsigned": True, "server": text})
    (error,) = caught.value.errors()
    assert error["loc"] == ("server",)
    assert "neither an IP address nor a host name; with a port: 192.0.2.53:5353" in error["msg"]


def marked(**settings: object) -> bool:
    """Say whether an editor marks a block."""
    schema = Draft202012Validator(Rfc2136Config.model_json_schema())
    return not schema.is_valid({"unsigned": True, "transport": "tls", **settings})


def test_an_editor_marks_what_is_no_server_and_nothing_else() -> None:
    assert not [text for text in GOOD if marked(server=text)]
    # A pattern cannot count up to 65535; and to Python, though not to editors, `$` is before a last line feed.
    assert [text for text in BAD if not marked(server=text)] == ["192.0.2.53:65536", "ns1.example.com\n"]


def test_an_editor_marks_what_is_no_tls_name_and_nothing_else() -> None:
    good = ["ns1.example.com", "NS1.example.com.", "ns", "192.0.2.53", "2001:db8::53"]
    bad = ["", ".", ".example.net", "a..b", "ns.example.net:853", "192.0.2", "n" * 64, "bücher.example"]
    assert not [text for text in good if marked(server="ns", tls_name=text)]
    assert not [text for text in bad if not marked(server="ns", tls_name=text)]


@pytest.mark.parametrize("address", LOOPBACKS)
def test_a_zone_is_read_and_changed_over_each_kind_of_address(reached: Site, address: str) -> None:
    zone = names.parse(f"zone{LOOPBACKS.index(address)}.test.")
    text = f"[{address}]" if ":" in address else address
    for settings in ({"server": address}, {"server": f"{text}:{reached.server.port}", "port": 9}):
        assert reached.read(zone, zone, reached.open(**settings)) == Present(OLD)
    outcome = reached.write(zone, Change(zone, OLD, NEW), reached.open(server=address))
    assert outcome.outcome is Outcome.APPLIED
    assert dig(reached.server, zone).rdata == ["10 new.example.net."]


@pytest.mark.parametrize("address", LOOPBACKS)
def test_a_message_names_the_server_and_its_port(reached: Site, address: str) -> None:
    text = f"[{address}]" if ":" in address else address
    message = reached.failure("absent.test.", reached.open(server=address))
    assert message.startswith(f"{text}:{reached.server.port}: ")


def test_an_interface_that_is_not_there_is_one_line(reached: Site) -> None:
    message = reached.failure("zone2.test.", reached.open(server="fe80::53%nothere"))
    assert message.startswith(f"[fe80::53%nothere]:{reached.server.port}: cannot find the server's address")


def test_an_address_that_leads_nowhere_leaves_time_for_the_next(
    reached: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, "ns.example.net", "127.0.0.9", "127.0.0.1")
    given: list[float] = []
    connect = socket.create_connection

    def noted(address: Any, timeout: float, *args: Any) -> socket.socket:
        given.append(timeout)
        return connect(address, timeout, *args)

    monkeypatch.setattr(socket, "create_connection", noted)
    with unreachable("127.0.0.9", reached.server.port):
        provider = reached.open(server="ns.example.net", timeout=1)
        assert reached.read("zone3.test.", "zone3.test.", provider) == Present(OLD)
    first, second = given
    assert first <= 0.5
    assert second > 0.1


def test_each_reason_why_no_address_can_be_reached_is_told(
    reached: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, "ns.example.net", "127.0.0.9", "127.0.0.8", "127.0.0.7")
    with unreachable("127.0.0.9", reached.server.port):
        message = reached.failure("zone3.test.", reached.open(server="ns.example.net", timeout=0.6))
    assert message.count("no connection within") == 1
    assert message.count("cannot connect over TCP: Connection refused") == 1


# The address to send from


def test_a_server_sees_the_address_that_is_sent_from(reached: Site) -> None:
    away, home = reached.open(), reached.open(source="127.0.0.2")
    assert "REFUSED" in reached.failure("from.test.", away)
    assert reached.read("from.test.", "from.test.", home) == Present(OLD)
    assert reached.write("from.test.", CHANGE, home).outcome is Outcome.APPLIED


def test_an_address_of_somebody_else_to_send_from_is_one_line(reached: Site) -> None:
    message = reached.failure("zone2.test.", reached.open(source="192.0.2.77"))
    assert message.endswith(": cannot send from 192.0.2.77: this machine has no such address")


def test_a_server_that_is_not_of_the_kind_of_the_source_is_one_line(reached: Site) -> None:
    message = reached.failure("zone2.test.", reached.open(source="::1"))
    assert message.endswith(": it has no IPv6 address, to be reached from ::1")
    message = reached.failure("zone2.test.", reached.open(server="2001:db8::53", source="127.0.0.2"))
    assert message.endswith(": it has no IPv4 address, to be reached from 127.0.0.2")


def test_of_several_addresses_those_of_the_kind_of_the_source_are_tried(reached: Site) -> None:
    """`localhost` may be ::1 too."""
    result = reached.ask(reached.open(server="localhost", source="127.0.0.2"), "from.test.", "from.test.")
    assert isinstance(result, ZoneReading)


def test_views_by_address_are_told_apart(tmp_path: Path) -> None:
    write_key_file(tmp_path / "mxsync.key", KEY)
    views = ""
    for name, address, exchange in (("inside", "127.0.0.2", "in"), ("outside", "any", "out")):
        zone = Zone("example.test.", f"@ 300 MX 10 {exchange}.example.net.")
        (tmp_path / f"{name}.zone").write_text(zone.text)
        views += (
            f'view "{name}" {{ match-clients {{ {address}; }}; zone "example.test." {{ type primary; '
            f'file "{tmp_path}/{name}.zone"; update-policy {{ grant "mxsync" zonesub MX; }}; }}; }};\n'
        )
    with running_named(tmp_path, (), [KEY], statements=views) as server:
        server.zones = [zone]
        server.wait()
        site, apex = Site(server, {"mxsync": KEY}), names.parse("example.test.")
        outside, inside = site.open(), site.open(source="127.0.0.2")
        assert site.read(apex, apex, outside) == Present(mx_set(300, "10 out.example.net."))
        before, after = mx_set(300, "10 in.example.net."), mx_set(300, "10 new.example.net.")
        assert site.write(apex, Change(apex, before, after), inside).outcome is Outcome.APPLIED
        assert site.read(apex, apex, inside) == Present(after)
        assert site.read(apex, apex, outside) == Present(mx_set(300, "10 out.example.net."))


def test_the_usual_ports_of_a_server_lead_to_the_same_zones() -> None:
    """Over TCP and over TLS it is one server, if each is where everybody looks for it."""

    def identity(host: str, port: int) -> str:
        return Reached(Endpoint(host, port), 1, Keys()).identity

    assert identity("192.0.2.53", 53) == identity("192.0.2.53", 853)
    assert identity("192.0.2.53", 53) != identity("192.0.2.53", 5353)
    assert identity("2001:db8::53", 53) == identity("2001:DB8:0::53", 853)
