"""Whether what came back is an answer, and in words what it is otherwise."""

from __future__ import annotations

import dns.exception
import dns.message
import dns.rcode
import dns.tsig


def verified(message: dns.message.Message, reply: bytes) -> dns.message.Message:
    """Parse an answer, and check its signature and that it belongs to the message."""
    key = message.keyring if message.had_tsig else None
    answer = dns.message.from_wire(reply, keyring=key, request_mac=message.mac or b"", one_rr_per_rrset=True)
    if message.had_tsig and not answer.had_tsig:
        raise ValueError("it has no signature")
    if not message.is_response(answer):
        raise ValueError("it belongs to another question")
    return answer


def in_words(error: Exception, message: dns.message.Message, reply: bytes) -> str:
    """Say what is wrong with an answer."""
    key = f"the TSIG key {message.keyname}" if message.had_tsig else "no TSIG key"
    match error:
        case dns.tsig.PeerBadKey():
            return (
                f"the server does not know {key} with {_algorithm(message)} (BADKEY); "
                "compare its name and algorithm with the server's"
            )
        case dns.tsig.PeerBadSignature():
            return f"the secret of {key} is not the one that the server has (BADSIG)"
        case dns.tsig.PeerBadTime() | dns.tsig.BadTime():
            return "the clocks here and at the server are more than 5 minutes apart (BADTIME); set them right"
        case dns.tsig.PeerBadTruncation():
            return f"the server wants longer signatures than the algorithm of {key} gives (BADTRUNC)"
        case dns.tsig.BadSignature():
            return f"its answer has a wrong signature: the secret of {key} is another one there"
        case dns.tsig.BadKey() | dns.tsig.BadAlgorithm():
            return f"its answer is signed with another key than {key}"
    rcode = _rcode_of_unsigned(reply) if message.had_tsig else None
    if rcode is not None:
        return (
            f"the server answered {rcode} without a signature; "
            f"does it know {key}, with the same secret and the same time?"
        )
    return "what came back is no answer to the question; is it a DNS server?"


def _algorithm(message: dns.message.Message) -> str:
    algorithm = message.keyalgorithm
    return algorithm.to_text(omit_final_dot=True) if algorithm else "no algorithm"


def _rcode_of_unsigned(reply: bytes) -> str | None:
    try:
        answer = dns.message.from_wire(reply)
    except Exception:  # noqa: BLE001 - hostile octets again
        return None
    return dns.rcode.to_text(answer.rcode())
