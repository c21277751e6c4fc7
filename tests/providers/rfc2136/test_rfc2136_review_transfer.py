"""Zone transfers that somebody on the way ends before their time."""

from __future__ import annotations

import dns.message
import dns.rrset
import dns.tsig
import pytest

from mxsync import names
from mxsync_rfc2136 import transfer
from mxsync_rfc2136.endpoint import Endpoint
from mxsync_rfc2136.message import Trouble
from mxsync_rfc2136.server import Keys, Server
from mxsync_rfc2136.sign import Signer
from mxsync_rfc2136.tsig import TsigKey
from support.relay import liar
from support.wire import in_dns

KEY = TsigKey(names.parse("key."), "hmac-sha256", b"a secret of the tests")
ZONE = names.parse("example.test.")
DATA = "ns.example.net. host.example.net. 1 2 3 4 5"
SOA = f"{ZONE} 60 IN SOA {DATA}"
MX = f"mail.{ZONE} 60 IN MX 10 mx.example.net."


def transferred(*messages: list[str], signed: int) -> frozenset[names.Name]:
    """Transfer these records, message by message, of which so many are signed, each one."""

    def answers(question: bytes) -> list[bytes]:
        keyring = dns.tsig.Key(in_dns(KEY.name), KEY.secret, KEY.algorithm)
        asked = dns.message.from_wire(question, keyring=keyring)
        found: list[bytes] = []
        context = None
        for number, lines in enumerate(messages):
            answer = dns.message.make_response(asked)
            for line in lines:
                name, ttl, rdclass, kind, data = line.split(" ", 4)
                answer.answer.append(dns.rrset.from_text(name, int(ttl), rdclass, kind, data))
            if number >= signed:
                answer.tsig = None
            found.append(answer.to_wire(max_size=65535, multi=True, tsig_ctx=context))
            context = answer.tsig_ctx
        return found

    with liar(answers) as port:
        server = Server(Endpoint("127.0.0.1", port), 1, Keys(Signer(KEY), Signer(KEY)))
        return transfer.mx_owners(server, ZONE)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_forged_last_message_is_not_taken_however_often_it_has_the_soa(times: int) -> None:
    """Or whoever sits on the way could cut a transfer off, and hide MX sets from `scope: zone`."""
    with pytest.raises(Trouble, match="in disorder, or wrongly signed"):
        transferred([SOA], [SOA] * times, signed=1)


def test_only_the_soa_of_the_zone_itself_ends_a_transfer() -> None:
    other = f"below.{ZONE} 60 IN SOA {DATA}"
    assert transferred([SOA, other], [MX], [SOA], signed=3) == {f"mail.{ZONE}"}


def test_a_transfer_that_begins_with_another_soa_is_none() -> None:
    with pytest.raises(Trouble, match="in disorder, or wrongly signed"):
        transferred([f"example.net. 60 IN SOA {DATA}", MX], [SOA, SOA], signed=2)


def test_an_answer_to_something_else_is_no_refusal() -> None:
    with liar(lambda question: [bytes([question[0] ^ 1]) + question[1:]]) as port:
        server = Server(Endpoint("127.0.0.1", port), 1, Keys(Signer(KEY), Signer(KEY)))
        with pytest.raises(Trouble, match="in disorder, or wrongly signed"):
            transfer.mx_owners(server, ZONE)
