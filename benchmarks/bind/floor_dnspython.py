"""The floor with dnspython: a bare loop that makes, signs and reads every message with it.

    python -m benchmarks.bind.floor_dnspython plan|apply|transfer JOB

Does the same as `floor_handmade`, on the same connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataset
import dns.rdtypes.ANY.MX
import dns.tsigkeyring
import dns.update
import dns.xfr
import dns.zone

from benchmarks.bind.floor_handmade import CONNECTIONS, WINDOW, Records, main, records
from benchmarks.bind.job import ADDRESS, TTL
from benchmarks.bind.pipeline import TIMEOUT, exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.bind.floor_handmade import Differences
    from benchmarks.bind.job import MX, Access


def _exchange(
    access: Access, messages: list[dns.message.Message], *, connections: int, window: int
) -> Iterator[tuple[int, dns.message.Message]]:
    keyring = dns.tsigkeyring.from_text({access.key: access.secret})
    sent, waiting = [], {}
    for at, message in enumerate(messages):
        message.id = at
        message.use_tsig(keyring)
        sent.append(message.to_wire())
        waiting[at] = message
    address = (ADDRESS, access.port)
    for answer in exchange(address, sent, connections=connections, window=window):
        at = answer[0] << 8 | answer[1]
        asked = waiting.pop(at)
        read = dns.message.from_wire(answer, keyring=keyring, request_mac=asked.mac)
        if read.rcode() != dns.rcode.NOERROR or not asked.is_response(read):
            raise SystemExit(f"an answer is wrong: {read}")
        yield at, read


def _different(access: Access, wanted: Iterable[MX]) -> Differences:
    sets, found = list(wanted), {}
    questions: list[dns.message.Message] = [dns.message.make_query(mx.owner, "MX", flags=0) for mx in sets]
    for at, answer in _exchange(access, questions, connections=1, window=1 << 16):
        if not answer.flags & dns.flags.AA:
            raise SystemExit("an answer is not authoritative")
        seen = frozenset(_records(answer))
        if seen != records(sets[at]):
            found[sets[at]] = seen
    return found


def _records(answer: dns.message.Message) -> Iterator[tuple[int, int, bytes]]:
    for rrset in answer.answer:
        yield from _of(rrset)


def _of(rdataset: dns.rdataset.Rdataset) -> Iterator[tuple[int, int, bytes]]:
    for record in rdataset:
        if isinstance(record, dns.rdtypes.ANY.MX.MX):
            yield rdataset.ttl, record.preference, record.exchange.canonicalize().to_wire() or b""


def _update(mx: MX, seen: Records) -> dns.update.UpdateMessage:
    message, owner = dns.update.UpdateMessage(mx.zone), dns.name.from_text(mx.owner)
    if seen:
        old = (f"{number} {dns.name.from_wire(target, 0)[0]}" for _, number, target in seen)
        message.present(owner, "MX", *old)
    else:
        message.absent(owner, "MX")
    message.replace(owner, TTL, "MX", f"10 {mx.first}", f"20 {mx.second}")
    return message


def _write(access: Access, changes: Differences) -> None:
    messages: list[dns.message.Message] = [_update(mx, seen) for mx, seen in changes.items()]
    for _ in _exchange(access, messages, connections=CONNECTIONS, window=WINDOW):
        pass


def _transfer(access: Access, wanted: Iterable[MX]) -> Differences:
    sets = {dns.name.from_text(mx.owner): mx for mx in wanted}
    zone = dns.zone.Zone(next(iter(sets.values())).zone, relativize=False)
    query, _ = dns.xfr.make_query(zone, keyring=dns.tsigkeyring.from_text({access.key: access.secret}))
    dns.query.inbound_xfr(ADDRESS, zone, query, port=access.port, lifetime=TIMEOUT)
    found = {owner: frozenset(_of(rdataset)) for owner, rdataset in zone.iterate_rdatasets("MX")}
    if extra := found.keys() - sets.keys():
        raise SystemExit(f"the zone has {len(extra)} other MX sets")
    return {mx: seen for owner, mx in sets.items() if (seen := found.get(owner, frozenset())) != records(mx)}


if __name__ == "__main__":
    main(_different, _write, _transfer)
