"""The rules about preferences, TTLs, and the records of a set beside one another."""

from __future__ import annotations

from mxsync.diagnostic import Severity
from mxsync.rules.rule import HEAD, Rule

_TOO_MANY = "\n".join(
    "    " + " ".join(f"{at} mx{at}.example.net.," for at in range(row, min(row + 5, 102)))
    for row in range(1, 102, 5)
)

RECORDS = (
    Rule(
        id="MX001",
        severity=Severity.ERROR,
        title="the preference is no whole number from 0 to 65535",
        why="A preference is an unsigned number of 16 bits on the wire. Anything else cannot be served, or is "
        "served as another number than the one that was written: some tools read true as 1, 010 as 8, and "
        "cut 65536 down to 0, which makes the last server the first.",
        source="RFC 1035 §3.3.9",
        wrong=HEAD + "zones:\n  example.com: [10 mx1.example.net., 65536 mx2.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx2.example.net.]\n",
        waivable=False,
    ),
    Rule(
        id="MX005",
        severity=Severity.ERROR,
        title="a null MX with a preference other than 0",
        why="The record that says that a domain takes no mail is exactly '0 .'. With another preference, some "
        "senders take the dot for a host, look up the root's address, find none and keep the mail in their "
        "queues for days.",
        source="RFC 7505 §3",
        wrong=HEAD + "zones:\n  example.com: [10 .]\n",
        right=HEAD + "zones:\n  example.com: null_mx\n",
        waivable=False,
    ),
    Rule(
        id="MX006",
        severity=Severity.ERROR,
        title="a null MX beside other records",
        why="A set says either that there is no mail or where it goes. With both, each sender chooses for "
        "itself: some bounce every message, some deliver. Name servers store such a set without a word.",
        source="RFC 7505 §3",
        wrong=HEAD + "zones:\n  example.com: [0 ., 10 mx1.example.net.]\n",
        right=HEAD + "zones:\n  example.com: null_mx\n",
        waivable=False,
    ),
    Rule(
        id="MX007",
        severity=Severity.ERROR,
        title="the same record twice",
        why="A set holds each record once, and names differ neither by the case of their letters nor by the way "
        "an international name is written. The second record would vanish, and every later plan would show "
        "a difference that cannot be mended. Most often another exchange was meant.",
        source="RFC 2181 §5",
        wrong=HEAD + "zones:\n  example.com: [10 mx1.example.net., 10 MX1.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.net., 10 mx2.example.net.]\n",
        waivable=False,
    ),
    Rule(
        id="MX008",
        severity=Severity.WARNING,
        title="one exchange at two preferences",
        why="A sender that could not reach an exchange does not reach it under another number either, so the "
        "worse record never serves. It looks like a backup and is none.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx1.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx2.example.net.]\n",
        waivable=True,
    ),
    Rule(
        id="MX009",
        severity=Severity.ERROR,
        title="a set without records",
        why="An empty list could mean two opposite things. Without any MX set, mail goes to the address of the "
        "domain itself; with a null MX, it goes nowhere. Say which of the two: absent, or null_mx.",
        source="RFC 5321 §5.1 (implicit MX)",
        wrong=HEAD + "zones:\n  example.com: []\n",
        right=HEAD + "zones:\n  example.com: null_mx\n",
        waivable=False,
    ),
    Rule(
        id="MX013",
        severity=Severity.ERROR,
        title="a TTL that is no whole number from 0 to 2147483647",
        why="A TTL has 31 bits. Above that, resolvers take it for 0, and BIND stores 0 instead: an answer that "
        "was to be kept for long is then asked for again with every message.",
        source="RFC 2181 §8",
        wrong=HEAD
        + "zones:\n  example.com: {ttl: 2147483648, records: [10 mx1.example.net., 20 mx2.example.net.]}\n",
        right=HEAD
        + "zones:\n  example.com: {ttl: 1d, records: [10 mx1.example.net., 20 mx2.example.net.]}\n",
        waivable=False,
    ),
    Rule(
        id="MX014",
        severity=Severity.WARNING,
        title="a TTL below a minute or above a week",
        why="Below 60 seconds, every sender asks for nearly every message, and a short outage of the name "
        "servers stops mail at once; many resolvers raise such a TTL anyway. Above a week, a move takes "
        "longer than senders keep mail in their queues.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: {ttl: 5, records: [10 mx1.example.net., 20 mx2.example.net.]}\n",
        right=HEAD
        + "zones:\n  example.com: {ttl: 5m, records: [10 mx1.example.net., 20 mx2.example.net.]}\n",
        waivable=True,
    ),
    Rule(
        id="MX016",
        severity=Severity.INFO,
        title="one exchanger only",
        why="While that host is down, mail waits with its senders: for hours without harm, after some days it "
        "bounces. The preference of a single record means nothing. A null MX is not meant, nor a host name "
        "of an operator that stands for many servers.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [10 mx1.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx2.example.net.]\n",
        waivable=False,
    ),
    Rule(
        id="MX024",
        severity=Severity.ERROR,
        title="more than 100 records in a set",
        why="BIND and Cloud DNS refuse larger sets, and no sender tries that many hosts. An answer of that size "
        "also fits no UDP packet.",
        source="practice (limits of BIND and Cloud DNS)",
        wrong=f"{HEAD}zones:\n  example.com: [\n{_TOO_MANY}\n  ]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx2.example.net.]\n",
        waivable=False,
    ),
)
