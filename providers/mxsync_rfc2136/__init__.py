"""Name servers that take dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others.

What a manifest block may say is in `config`. The work is in modules that are imported when a block is
opened, from the outside to the inside:

    provider    the two verbs of the contract, and which server is asked
    lines, line, agenda, tube, codec
                connections, shared by many conversations
    read, write, confirm, refusal, zone, wildcard, transfer, examine
                the conversations: what is asked, and what the answers mean
    talk        how they are written: as generators that know no socket and no clock
    update      the messages that change something
    wire, sign, careful
                octets: plain messages by hand, all others by dnspython
    message, endpoint, tsig, keyfile
                values

What servers do differently, and what is done about it, stands where it matters, and as a table in the
manual. Tried on BIND 9.18, Knot 3.2 and PowerDNS 4.7:

- A positive answer of BIND names its zone in the authority section, that of the others does not: one
  question more tells whether a child zone answered (`read`).
- Knot ignores a record that is there already with another TTL, PowerDNS one to delete that differs in
  case: a set is always deleted as a whole and added anew (`update`).
- Knot answers SERVFAIL if somebody else's message, taken up together with ours, was in disorder: it is
  sent once more, with the same condition (`write`).
- PowerDNS refuses without a signature what is signed with a wrong key, and takes key names in lower case
  only; Knot calls a key without leave unknown (BADKEY), and does not sign that (`careful`, `refusal`).
- BIND refuses an exchange inside the zone that has no address or is a CNAME, the others take it: it is
  looked for before, and not sent to any (`refusal`).
- Each closes idle connections after a time of its own: they are made anew (`line`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.provider import Capabilities, Plugin
from mxsync_rfc2136.config import Rfc2136Config, Tsig

if TYPE_CHECKING:
    from mxsync.provider import Context, Provider

__all__ = ["Rfc2136Config", "Tsig", "plugin"]


def _open(config: Rfc2136Config, context: Context) -> Provider:
    from mxsync_rfc2136.open import open_provider  # noqa: PLC0415 - it needs sockets and TLS

    return open_provider(config, context)


plugin = Plugin(
    name="rfc2136",
    summary="BIND, Knot, PowerDNS and other servers that take dynamic updates (RFC 2136)",
    config=Rfc2136Config,
    capabilities=Capabilities(condition="ttl-by-second-read", lists_zone=True),
    open=_open,
)
