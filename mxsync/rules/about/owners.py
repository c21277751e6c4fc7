"""The rules about the names that own an MX set."""

from __future__ import annotations

from mxsync.diagnostic import Severity
from mxsync.rules.rule import HEAD, Rule

_SET = "sets:\n  own: [10 mx1.example.net., 20 mx2.example.net.]\n"

OWNERS = (
    Rule(
        id="MX004",
        severity=Severity.ERROR,
        title="the owner is no name, or lies outside of its zone",
        why="A server refuses a name outside of the zone, and with it everything that was sent along. A '*' is "
        "a wildcard only as the whole first label; elsewhere it is a letter that nobody asks for. Blanks "
        "and control characters are slips. An underscore in an owner is a warning, which can be waived: it may "
        "stand in DNS, but mail addresses with it are refused by many.",
        source="RFC 1034 §4.3.3, RFC 4592, RFC 2136 §3.4.1",
        wrong=f"{HEAD}{_SET}zones:\n  example.com:\n    mx: {{lists.example.org.: own}}\n",
        right=f"{HEAD}{_SET}zones:\n  example.com:\n    mx: {{lists: own}}\n",
        waivable=False,
    ),
    Rule(
        id="MX022",
        severity=Severity.ERROR,
        title="an owner is defined twice, or differently at two providers",
        why="Which of the two would count depended on the order of lines or files. That holds across files, "
        "and for names that differ by the case of their letters only. An owner that is kept at several "
        "providers has the same set at each, for senders ask any of them.",
        source="practice",
        wrong=f"{HEAD}{_SET}zones:\n  example.com:\n    mx:\n      lists: own\n      Lists: absent\n",
        right=f"{HEAD}{_SET}zones:\n  example.com:\n    mx:\n      lists: own\n",
        waivable=False,
    ),
    Rule(
        id="MX023",
        severity=Severity.WARNING,
        title="an international name that software reads in two ways",
        why="Letters such as ß, the final sigma and the joiners stand for themselves in IDNA 2008, while older "
        "software maps them to others (ß to ss): the two forms are two domains, and may belong to two "
        "people. The A-label (xn--…) says which one is meant.",
        source="RFC 5890 to 5892, RFC 5894 §7.2",
        wrong=f"{HEAD}{_SET}zones:\n  straße.example.com: own\n",
        right=f"{HEAD}{_SET}zones:\n  xn--strae-oqa.example.com: own\n",
        waivable=True,
    ),
    Rule(
        id="MX025",
        severity=Severity.WARNING,
        title="the owner is the root, a top-level domain, or lies under arpa",
        why="Hardly anybody takes mail there: the names under arpa are for addresses and infrastructure, and "
        "many senders refuse an address with a single label. Mostly the wrong zone was named.",
        source="RFC 3172, practice",
        wrong=f"{HEAD}{_SET}zones:\n  2.0.192.in-addr.arpa: own\n",
        right=f"{HEAD}{_SET}zones:\n  example.com: own\n",
        waivable=True,
    ),
    Rule(
        id="MX027",
        severity=Severity.WARNING,
        title="a wildcard owns the set",
        why="A wildcard answers only for names that own nothing at all: a host with an address gets no MX from "
        "it. And it takes mail for every name that somebody may invent, which senders of spam do. Name the "
        "owners that take mail.",
        source="RFC 1912 §2.7, RFC 4592",
        wrong=f'{HEAD}{_SET}zones:\n  example.com:\n    mx: {{"@": own, "*": own}}\n',
        right=f'{HEAD}{_SET}zones:\n  example.com:\n    mx: {{"@": own, lists: own}}\n',
        waivable=True,
    ),
)
