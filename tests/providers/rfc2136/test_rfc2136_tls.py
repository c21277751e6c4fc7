"""DNS over TLS (RFC 7858): the contract over it, and certificates that are not the right ones."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Thread
from typing import TYPE_CHECKING, Any

import pydantic
import pytest
import trustme

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.errors import ProviderError
from mxsync.model import MX, MXSet
from mxsync.provider import ZoneBatch, ZoneRequest
from mxsync.reading import Absent, Present, ZoneReading
from mxsync.testing import Backend, ProviderContract
from support.dot import over_tls
from support.named import running_named
from support.nameserver import Right, Zone, new_key, reserved_port, write_key_file
from support.rfc2136 import Site, mx_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync.provider import Provider

POOL = 150
KEYS = {"mxsync": new_key("mxsync"), "other": new_key("other", right=Right.ALL)}
ZONES = [Zone("big.test.", "@ 300 MX 10 mx.example.net.")]
ZONES += [Zone(f"zone{number}.test.") for number in range(POOL)]
CERTIFICATES = {
    "right": ["127.0.0.1", "localhost", "::1"],
    "named": ["ns.example.net"],
    "expired": ["127.0.0.1"],
    "stranger": ["127.0.0.1"],
}
"""What the certificate at each port is for."""


@dataclass(frozen=True, slots=True)
class Secure:
    """A server that serves DNS over TLS at several ports, each with a certificate of another kind."""

    site: Site
    ports: dict[str, int]

    def open(self, kind: str = "right", **settings: Any) -> Provider:
        """Open a block for the port of this certificate; the authority's certificate is at hand."""
        usual = {"port": self.ports[kind], "transport": "tls", "ca_file": "ca.pem", "timeout": 5}
        return self.site.open(**(usual | settings))

    def failure(self, kind: str = "right", **settings: Any) -> str:
        return self.site.failure("big.test.", self.open(kind, **settings))

    def trouble(self, **settings: Any) -> str:
        """Open a block that cannot be opened; give the line that says why."""
        with pytest.raises(ProviderError) as caught:
            self.open(**settings)
        self.site.check(str(caught.value))
        return str(caught.value)


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    folder = tmp_path_factory.mktemp("tls")
    for key in KEYS.values():
        write_key_file(folder / f"{key.name}.key", key)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    with ExitStack() as stack:
        ports = {kind: stack.enter_context(reserved_port()) for kind in CERTIFICATES}
        shown: dict[int, trustme.LeafCert] = {}
        for kind, hosts in CERTIFICATES.items():
            issuer = trustme.CA() if kind == "stranger" else authority
            end = datetime.now(UTC) - timedelta(hours=1) if kind == "expired" else None
            shown[ports[kind]] = issuer.issue_cert(*hosts, not_after=end)
        shown[ports["stranger"]].cert_chain_pems[0].write_to_path(folder / "own.pem")
        tls = over_tls(folder, shown)
        server = stack.enter_context(running_named(folder, ZONES, list(KEYS.values()), **tls))
        yield Secure(Site(server, KEYS), ports)


# The contract


@dataclass(frozen=True, slots=True)
class SecureBackend:
    """Fresh zones; put and look go past TLS."""

    provider: Provider
    site: Site
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_zone(self) -> Name:
        return names.parse(ZONES[next(self._numbers)].name)

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        added = [f"update add {owner} {wanted.ttl} MX {it}" for it in wanted.records] if wanted else []
        self.site.edit(zone, f"update delete {owner} MX", *added)

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        found = [line.split(" ") for line in self.site.stored(zone, owner)]
        if not found:
            return None
        (ttl,) = {int(line[0]) for line in found}
        return MXSet.of(ttl, (MX(int(line[1]), names.parse(line[2])) for line in found))


@pytest.fixture(scope="module")
def secure_backend(secure: Secure) -> SecureBackend:
    return SecureBackend(secure.open(), secure.site)


class TestContractOverTls(ProviderContract):
    @pytest.fixture
    def backend(self, secure_backend: SecureBackend) -> Backend:
        return secure_backend


def test_a_thousand_questions_are_asked_over_one_connection(
    secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    greetings: list[object] = []
    wrap = ssl.SSLContext.wrap_socket

    def counted(context: ssl.SSLContext, *args: Any, **more: Any) -> ssl.SSLSocket:
        greetings.append(context)
        return wrap(context, *args, **more)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", counted)
    zone = names.parse("big.test.")
    owners = tuple(names.parse(f"n{number}", zone) for number in range(1000))
    (result,) = secure.open().read([ZoneRequest(zone, (zone, *owners))])
    assert isinstance(result, ZoneReading)
    assert result.owners == {
        zone: Present(mx_set(300, "10 mx.example.net.")),
        **dict.fromkeys(owners, Absent(300)),
    }
    assert len(greetings) == 1


def test_all_sets_of_a_zone_are_found_over_tls(secure: Secure) -> None:
    zone = names.parse("big.test.")
    provider = secure.open(tsig={"key_file": "other.key"})
    (result,) = provider.read([ZoneRequest(zone, (), every=True)])
    assert isinstance(result, ZoneReading)
    assert set(result.owners) == {zone}


def test_a_batch_of_many_kilobytes_goes_over_tls(secure: Secure) -> None:
    zone = names.parse("zone149.test.")
    labels = [f"{'n' * 50}{number}" for number in range(400)]
    changes = [Change(names.parse(label, zone), None, mx_set(300, "10 mx.example.net.")) for label in labels]
    provider = secure.open()

    outcomes = list(provider.write([ZoneBatch(zone, tuple(changes), {})]))
    assert {outcome.outcome for outcome in outcomes} == {Outcome.APPLIED}
    assert len(outcomes) == len(changes)


# Certificates


@pytest.mark.parametrize("server", ["127.0.0.1", "localhost", "localhost.", "LOCALHOST"])
def test_a_certificate_is_for_an_address_or_a_name(secure: Secure, server: str) -> None:
    assert isinstance(secure.site.ask(secure.open(server=server), "big.test."), ZoneReading)


@pytest.mark.parametrize("name", ["ns.example.net", "NS.Example.Net.", "ns.example.net."])
def test_tls_name_is_the_name_that_the_certificate_is_for(secure: Secure, name: str) -> None:
    assert isinstance(secure.site.ask(secure.open("named", tls_name=name), "big.test."), ZoneReading)


def test_tls_name_may_be_an_address(secure: Secure) -> None:
    provider = secure.open(server="localhost", tls_name="::1")
    assert isinstance(secure.site.ask(provider, "big.test."), ZoneReading)


def test_a_certificate_for_another_name_is_refused(secure: Secure) -> None:
    message = secure.failure("named", server="localhost")
    assert "certificate is not the right one" in message
    assert "Hostname mismatch" in message
    assert "'localhost'" in message
    assert "tls_name" in message


def test_a_certificate_for_a_name_is_none_for_an_address(secure: Secure) -> None:
    message = secure.failure("named")
    assert "IP address mismatch" in message
    assert "'127.0.0.1'" in message


def test_a_right_certificate_is_refused_under_another_tls_name(secure: Secure) -> None:
    assert "'other.example.net'" in secure.failure(tls_name="other.example.net")


def test_an_expired_certificate_is_refused(secure: Secure) -> None:
    assert "certificate has expired" in secure.failure("expired")


def test_a_certificate_of_an_unknown_authority_is_refused(secure: Secure) -> None:
    message = secure.failure("stranger")
    assert "certificate is not the right one" in message
    assert "issuer" in message
    assert "ca_file" in message


def test_without_ca_file_the_authorities_of_the_system_count(secure: Secure) -> None:
    assert "certificate is not the right one" in secure.failure(ca_file=None)


def test_ca_file_may_hold_the_certificate_of_the_server_itself(secure: Secure) -> None:
    provider = secure.open("stranger", ca_file="own.pem")
    assert isinstance(secure.site.ask(provider, "big.test."), ZoneReading)


def test_a_write_to_a_server_of_the_wrong_certificate_fails_for_sure(secure: Secure) -> None:
    zone = names.parse("zone148.test.")
    change = Change(zone, None, mx_set(300, "10 mx.example.net."))
    outcome = secure.site.write(zone, change, secure.open("stranger"))
    assert outcome.outcome is Outcome.FAILED
    assert "not sent" in outcome.message
    assert secure.site.stored(zone, zone) == []


# No TLS there


def test_a_port_without_tls_is_one_line(secure: Secure) -> None:
    message = secure.failure(port=secure.site.server.port, timeout=0.5)
    assert "no TLS" in message
    assert "does this port serve DNS over TLS?" in message


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_a_server_of_something_else_is_one_line(secure: Secure, words: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        thread = Thread(target=_say, args=(listener, words), daemon=True)
        thread.start()
        stack.callback(thread.join, 10)
        message = secure.failure(port=listener.getsockname()[1])
    assert "no TLS there: " in message
    assert "does this port serve DNS over TLS?" in message


def _say(listener: socket.socket, words: bytes) -> None:
    client, _ = listener.accept()
    with client:
        client.recv(4096)
        client.sendall(words)


def test_a_server_that_never_answers_the_greeting_costs_one_time_limit(secure: Secure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        message = secure.failure(port=listener.getsockname()[1], timeout=0.3)
    assert "no TLS within 0.3 s; does this port serve DNS over TLS?" in message


def test_a_greeting_that_comes_by_the_drop_costs_one_time_limit(secure: Secure) -> None:
    """The time limit is for the whole greeting, not for each piece of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        thread = Thread(target=_drip, args=(listener,), daemon=True)
        thread.start()
        stack.callback(thread.join, 10)
        message = secure.failure(port=listener.getsockname()[1], timeout=0.3)
    assert "no TLS within 0.3 s" in message


def _drip(listener: socket.socket) -> None:
    """Begin a long record of TLS, octet by octet, until the other side has gone."""
    client, _ = listener.accept()
    with client, suppress(OSError):
        client.recv(4096)
        for octet in b"\x16\x03\x03\x40\x00\x02" + bytes(100):
            client.sendall(bytes([octet]))
            time.sleep(0.05)


def test_a_port_of_tls_that_is_asked_without_it_is_one_line(secure: Secure) -> None:
    message = secure.failure(transport=None, ca_file=None, timeout=1)
    assert f"127.0.0.1:{secure.ports['right']}: " in message


def test_a_port_without_a_server_is_one_line(secure: Secure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert "cannot connect over TCP: Connection refused" in secure.failure(port=port)


# The file of authorities


def test_a_ca_file_that_is_not_there(secure: Secure) -> None:
    path = secure.site.server.folder / "gone.pem"
    assert secure.trouble(ca_file="gone.pem") == (
        f"provider 'office': ca_file {path} cannot be used: No such file or directory"
    )


def test_a_ca_file_that_is_a_folder(secure: Secure) -> None:
    assert "cannot be used: " in secure.trouble(ca_file=".")


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"no certificate\n",
        b"\xff\0\xfe",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_a_ca_file_that_is_no_pem(secure: Secure, octets: bytes) -> None:
    (secure.site.server.folder / "bad.pem").write_bytes(octets)
    assert secure.trouble(ca_file="bad.pem").endswith("bad.pem cannot be used: it holds no certificate")


def test_a_ca_file_with_a_key_alone(secure: Secure) -> None:
    key = f"{secure.ports['right']}.key.pem"
    assert secure.trouble(ca_file=key).endswith("cannot be used: it holds no certificate")


@pytest.mark.parametrize(
    "name", ["", ".", ".example.net", "a..b", "ns.example.net:853", "192.0.2", "n" * 64, "bücher.example"]
)
def test_a_tls_name_that_no_certificate_can_have_is_refused(secure: Secure, name: str) -> None:
    with pytest.raises(pydantic.ValidationError, match="neither a host name nor an IP address"):
        secure.open(tls_name=name)
