"""Reads answers that `wire` does not, with dnspython, and says in words what is wrong with them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import dns.tsig

from mxsync.model import MX
from mxsync_rfc2136.convert import from_dns, to_dns
from mxsync_rfc2136.message import A_ANSWER, Answer, Kind, Lost, Record, Reply, Soa, Unsigned, rcode_text

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync_rfc2136.tsig import TsigKey

_NO_ANSWER = "what came back is no answer to the question; is it a DNS server?"


def read(server: str, sent: bytes, mac: bytes, key: TsigKey | None, reply: bytes) -> Reply:
    """Parse the answer to what was sent, with which signature; check that it belongs to it and its own.

    What is in disorder is `Lost`, with a text that names the server: nobody can say what it means.
    """
    try:
        return _answer(_verified(sent, mac, key, reply))
    except Exception as error:  # noqa: BLE001 - whatever hostile octets make of the parser
        return _in_words(server, error, key, reply)


def _verified(sent: bytes, mac: bytes, key: TsigKey | None, reply: bytes) -> dns.message.Message:
    ours = dns.tsig.Key(to_dns(key.name), key.secret, key.algorithm) if key else None
    answer = dns.message.from_wire(reply, keyring=ours, request_mac=mac, one_rr_per_rrset=True)
    if key and not answer.had_tsig:
        raise ValueError("it has no signature")
    if not dns.message.from_wire(sent, keyring=False).is_response(answer):
        raise ValueError("it belongs to another question")
    return answer


def _answer(message: dns.message.Message) -> Answer:
    return Answer(
        message.rcode(),
        bool(message.flags & dns.flags.AA),
        bool(message.flags & dns.flags.TC),
        tuple(_record(rrset) for rrset in message.answer),
        tuple(_record(rrset) for rrset in message.authority),
        message.tsig[0].time_signed if message.tsig else None,
    )


def _record(rrset: dns.rrset.RRset) -> Record:
    data: Any  # one of dnspython's many classes, which know no attributes
    [data] = rrset
    return Record(from_dns(rrset.name), rrset.rdtype, rrset.ttl, _said(rrset.rdtype, data))


def _said(kind: int, data: Any) -> MX | Name | Soa | None:  # noqa: ANN401 - as above
    match kind:
        case Kind.MX:
            return MX(data.preference, from_dns(data.exchange))
        case Kind.CNAME:
            return from_dns(data.target)
        case Kind.SOA:
            names = from_dns(data.mname), from_dns(data.rname)
            return Soa(*names, data.serial, data.refresh, data.retry, data.expire, data.minimum)
    return None


def _in_words(server: str, error: Exception, tsig: TsigKey | None, reply: bytes) -> Lost:
    """Say what is wrong with an answer."""
    claimed = _unverified(reply)
    if tsig is None or claimed is None:
        return Lost(f"{server}: {_NO_ANSWER}")
    rcode = int(claimed.rcode())
    key = f"the TSIG key {tsig.name}"
    match error:
        case dns.tsig.PeerBadKey():
            message = (
                f"the server does not know {key} with {tsig.algorithm} (BADKEY); "
                "compare its name and algorithm with the server's"
            )
        case dns.tsig.PeerBadSignature():
            message = f"the secret of {key} is not the one that the server has (BADSIG)"
        case dns.tsig.PeerBadTime() | dns.tsig.BadTime():
            message = (
                "the clocks here and at the server are more than 5 minutes apart "
                f"(BADTIME){_apart(claimed)}; set them right"
            )
        case dns.tsig.PeerBadTruncation():
            message = f"the server wants longer signatures than the algorithm of {key} gives (BADTRUNC)"
        case dns.tsig.BadSignature():
            return Lost(
                f"{server}: its answer has a wrong signature: the secret of {key} is another one there"
            )
        case dns.tsig.BadKey() | dns.tsig.BadAlgorithm():
            return Lost(f"{server}: its answer is signed with another key than {key}")
        case _:
            message = (
                f"the server answered {rcode_text(rcode)} without a signature; "
                f"does it know {key}, with the same secret and the same time?"
            )
    message = f"{server}: {message}"
    return Lost(message) if rcode in A_ANSWER else Unsigned(message, rcode)


def _unverified(reply: bytes) -> dns.message.Message | None:
    """Parse what looks like an answer, whoever signed it; None for what does not."""
    try:
        return dns.message.from_wire(reply, keyring=False)
    # Octets that nobody vouches for may raise anything in a parser; none of it would say more than "no answer".
    except Exception:  # noqa: BLE001
        return None


def _apart(claimed: dns.message.Message) -> str:
    """Say how far the clocks are apart: a server that answers BADTIME tells its time (RFC 8945 §5.2.3)."""
    other = claimed.tsig[0].other if claimed.tsig else b""
    if len(other) != 6:  # noqa: PLR2004 - 48 bits of seconds
        return ""
    seconds = round(int.from_bytes(other) - time.time())
    return f": its clock is {abs(seconds)} s {'ahead' if seconds > 0 else 'behind'}"
