"""Asks one server one question, in the form that most servers understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode

from mxsync import names
from mxsync.lookup.exchange import exchange

if TYPE_CHECKING:
    from mxsync.lookup.answer import Question
    from mxsync.lookup.resolvers import Resolver

PAYLOAD = 1232
"""The largest answer over UDP that fits everywhere, in octets (DNS flag day 2020)."""


async def put(
    question: Question, server: Resolver, patience: float, *, recurse: bool = True, signatures: bool = False
) -> dns.message.QueryMessage:
    """Put a question to a server and give its answer, whole, within about twice `patience` seconds.

    `recurse` asks it to look the answer up; an authority is asked without. `signatures` asks for those too.
    Raises TooLate, Unanswered.
    """
    name, kind = dns.name.Name((*names.to_labels(question[0]), b"")), question[1]
    flags = dns.flags.RD if recurse else 0
    query = dns.message.make_query(
        name, kind, use_edns=0, payload=PAYLOAD, want_dnssec=signatures, flags=flags
    )
    response = await exchange(query, server, patience)
    if response.rcode() in {dns.rcode.FORMERR, dns.rcode.NOTIMP}:
        # It may know no EDNS (RFC 6891 §7).
        response = await exchange(dns.message.make_query(name, kind, flags=flags), server, patience)
    return response
