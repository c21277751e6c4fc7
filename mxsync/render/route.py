"""What `mxsync explain` shows: the way of mail for a domain, as text, as a picture and as a document. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync.documents.values import set_document
from mxsync.render.mermaid import escaped
from mxsync.render.terminal import BOLD, YELLOW, paint, wrapped
from mxsync.render.words import duration, name, one_line
from mxsync.route import Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mxsync.answers import Reply
    from mxsync.route import Route, Stop

_ENDS = {
    Way.NULL: "takes no mail: it has a null MX (RFC 7505), and senders give mail back at once",
    Way.NONE: "takes no mail: it has neither an MX set nor an address, and senders give mail back",
    Way.MISSING: "does not exist (NXDOMAIN): senders give mail back at once",
    Way.UNKNOWN: "could not be looked up: senders keep the mail, and try again for some days",
}
_NEXT = ("first", "then")


def text(made: Route, *, width: int | None = None) -> str:
    """Write what a sender tries, in order. `width` is that of the terminal in columns."""
    start = f"{paint('note', YELLOW)}  "
    notes = (wrapped(one_line(note), width, start=start, hang=6) for note in made.notes)
    lines = [*_text(made, width), *notes]
    return "\n".join(lines) + "\n"


def _text(made: Route, width: int | None) -> Iterator[str]:
    domain = paint(name(made.domain), BOLD)
    if not made.tiers or made.way is Way.UNKNOWN:
        why = f" ({one_line(made.mail.unknown)})" if made.mail.unknown else ""
        yield wrapped(
            f"{_ENDS.get(made.way, 'has an MX set without any host')}{why}", width, start=f"{domain} "
        )
        yield from _kept(made, width)
        return
    if made.way is Way.IMPLICIT:
        said = "has no MX set: senders go to its own addresses (implicit MX, RFC 5321 §5.1)"
        yield wrapped(said, width, start=f"{domain} ")
    else:
        ttl = made.mail.set.ttl if made.mail.set else 0
        yield wrapped(f"has an MX set (kept for {duration(ttl)} more)", width, start=f"{domain} ")
    for at, tier in enumerate(made.tiers):
        shared = ", shared equally" if len(tier) > 1 else ""
        preference = f", preference {tier[0].preference}" if made.way is Way.MX else ""
        yield f"  {_NEXT[min(at, 1)]}{preference}{shared}:"
        for stop in tier:
            yield wrapped(_stop(stop), width, start=f"    {name(stop.host)}  ", hang=6)
    yield from _kept(made, width)


def _kept(made: Route, width: int | None) -> Iterator[str]:
    if made.mail.set is None and made.mail.negative_ttl is not None:
        yield wrapped(
            f"caches keep it for {duration(made.mail.negative_ttl)} more that there is no MX set", width
        )


def _stop(stop: Stop) -> str:
    replies = [reply for reply in (stop.answer.v4, stop.answer.v6) if reply.addresses]
    if not replies:
        return "unknown" if stop.answer.unknown else "no address"
    return "; ".join(_addresses(reply) for reply in replies)


def _addresses(reply: Reply) -> str:
    kept = f" (kept for {duration(reply.ttl)} more)" if reply.ttl is not None else ""
    return f"{', '.join(map(str, reply.addresses))}{kept}"


def mermaid(made: Route) -> str:
    """Draw in which order a sender tries hosts; a dotted arrow leads to what is tried next."""
    lines = ["flowchart LR", f'  sender(["mail for {escaped(name(made.domain))}"])']
    if not made.tiers or made.way is Way.UNKNOWN:
        said = {
            Way.NULL: "null MX: takes no mail",
            Way.MISSING: "does not exist",
            Way.UNKNOWN: "not known now",
        }
        label = escaped(said.get(made.way, "no MX set, no address"))
        return "\n".join([*lines, f'  end_["{label}"]', "  sender --> end_"]) + "\n"
    tried, arrow = ["sender"], "-->"
    for at, tier in enumerate(made.tiers):
        hosts = [f"host_{at}_{number}" for number in range(len(tier))]
        lines += [f'  {host}["{_label(made, stop)}"]' for host, stop in zip(hosts, tier, strict=True)]
        lines.append(f"  {' & '.join(tried)} {arrow} {' & '.join(hosts)}")
        tried, arrow = hosts, "-.->"
    return "\n".join(lines) + "\n"


def _label(made: Route, stop: Stop) -> str:
    preference = f"{stop.preference} " if made.way is Way.MX else ""
    addresses = [str(address) for address in stop.answer.addresses] or [_stop(stop)]
    return "<br/>".join(escaped(part) for part in (f"{preference}{name(stop.host)}", *addresses))


def document(made: Route) -> dict[str, Any]:
    """Write it as a document (`mxsync schema explain`)."""
    mail = made.mail
    alias = {"target": mail.alias.target, "kind": mail.alias.kind} if mail.alias else None
    return {
        "format": "mxsync.explain/1",
        "domain": made.domain,
        "way": made.way,
        "deliverable": made.deliverable,
        "set": set_document(mail.set),
        "negative_ttl": mail.negative_ttl,
        "alias": alias,
        "wildcard": mail.wildcard,
        "unknown": mail.unknown,
        "tiers": [_tier(tier) for tier in made.tiers],
        "notes": list(made.notes),
    }


def _tier(tier: Sequence[Stop]) -> dict[str, Any]:
    return {"preference": tier[0].preference, "hosts": [_host(stop) for stop in tier]}


def _host(stop: Stop) -> dict[str, Any]:
    answer = stop.answer
    addresses = [
        {"address": str(address), "ttl": reply.ttl}
        for reply in (answer.v4, answer.v6)
        for address in reply.addresses
    ]
    return {
        "host": stop.host,
        "addresses": addresses,
        "alias": answer.alias.target if answer.alias else None,
        "exists": not answer.missing,
        "unknown": answer.unknown,
    }
