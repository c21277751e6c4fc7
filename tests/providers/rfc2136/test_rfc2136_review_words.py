"""What is read and said where a server's answer leaves room for more than one reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import Context, ZoneBatch, ZoneRequest
from mxsync.reading import Absent, Present
from mxsync.registry import open_provider
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.knot import running_knot
from support.nameserver import Right, Zone, new_key, write_key_file
from support.relay import is_update, liar
from support.rfc2136 import Site, mx_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading
    from support.nameserver import Server

WRITER, READER = new_key("writer", right=Right.ALL), new_key("reader", right=Right.READ)
ZONE = names.parse("example.test.")
OLD, NEW = mx_set(300, "10 old.example.net."), mx_set(300, "10 new.example.net.")


def open_at(server: Server, folder: Path, **settings: object) -> Provider:
    for key in (WRITER, READER):
        write_key_file(folder / f"{key.name}.key", key)
    block = {"server": server.address, "port": server.port, "tsig": {"key_file": "writer.key"}, "timeout": 5}
    return open_provider(plugin, Rfc2136Config.model_validate(block | settings), Context("office", folder))


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    zone = Zone(ZONE, "@ 300 MX 10 old.example.net.")
    with running_knot(tmp_path_factory.mktemp("knot"), [zone], [WRITER, READER]) as server:
        yield server


def test_a_zone_that_knot_does_not_have_is_no_matter_of_the_key_alone(knot: Server, tmp_path: Path) -> None:
    """Knot does not sign what it says of other zones."""
    zone = names.parse("elsewhere.test.")
    (result,) = open_at(knot, tmp_path).read([ZoneRequest(zone, (zone,))])
    assert "REFUSED without a signature for elsewhere.test.: is it served there" in str(result)


def test_a_key_of_its_own_for_updates_that_knot_gives_no_leave_is_not_just_called_unknown(
    knot: Server, tmp_path: Path
) -> None:
    """Knot answers BADKEY to both."""
    provider = open_at(knot, tmp_path, update_tsig={"key_file": "reader.key"})
    (outcome,) = provider.write([ZoneBatch(ZONE, (Change(ZONE, OLD, NEW),), {})])
    assert outcome.outcome is Outcome.FAILED
    assert "BADKEY" in outcome.message
    assert "it may also be that the TSIG key reader. has no leave to change example.test." in outcome.message


@pytest.mark.parametrize("trouble", ["SERVFAIL", "REFUSED", "TC"])
@pytest.mark.parametrize(
    ("condition", "reading"),
    [
        (dns.rcode.NOERROR, Present(OLD)),
        (dns.rcode.NXRRSET, Absent(300, wildcard=True)),
    ],
)
def test_a_wildcard_that_cannot_be_asked_for_is_not_taken_for_none(
    site: Site, trouble: str, condition: dns.rcode.Rcode, reading: OwnerReading
) -> None:
    """Or a set that it made up would count as the owner's own."""

    def answer(message: bytes) -> bytes:
        question = dns.message.from_wire(message)
        reply = dns.message.make_response(question)
        if is_update(message):
            reply.set_rcode(condition)
            return reply.to_wire()
        reply.flags |= dns.flags.AA
        name = question.question[0].name.to_text()
        if name.startswith("*"):
            if trouble == "TC":
                reply.flags |= dns.flags.TC
            else:
                reply.set_rcode(dns.rcode.from_text(trouble))
        elif question.question[0].rdtype == dns.rdatatype.MX:
            reply.answer.append(dns.rrset.from_text(name, 300, "IN", "MX", "10 old.example.net."))
            reply.authority.append(dns.rrset.from_text("zone0.test.", 60, "IN", "NS", "ns."))
        return reply.to_wire()

    with liar(answer) as port:
        provider = site.open(port=port, tsig=None, unsigned=True, timeout=0.5)
        found = site.read("zone0.test.", "mail.zone0.test.", provider)
    assert found == reading
