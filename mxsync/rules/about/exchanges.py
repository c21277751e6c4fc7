"""The rules about where mail goes: the names of exchanges, as they are written."""

from __future__ import annotations

from mxsync.diagnostic import Severity
from mxsync.rules.rule import HEAD, Rule

EXCHANGES = (
    Rule(
        id="MX002",
        severity=Severity.ERROR,
        title="the exchange is an address",
        why="An MX record holds the name of a host. Senders look that name up, and a name made of the digits of "
        "an address does not exist: all mail bounces. Name servers take such a record, because every name "
        "of letters and digits may stand there.",
        source="RFC 1035 §3.3.9, RFC 5321 §5.1",
        wrong=HEAD + "zones:\n  example.com: [10 192.0.2.25, 20 mx2.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx2.example.net.]\n",
        waivable=False,
    ),
    Rule(
        id="MX003",
        severity=Severity.ERROR,
        title="the exchange is no host name",
        why="The labels of a host name have letters, digits and hyphens, no hyphen at an end, and 63 octets at "
        "most. Many mail servers refuse to connect to anything else, and certificates cannot name it. An "
        "underscore may be waived, because some servers bear it. A top label of digits alone is a warning.",
        source="RFC 952, RFC 1123 §2.1, RFC 1035 §2.3.4",
        wrong=HEAD + "zones:\n  example.com: [10 mail_1.example.net., 20 mx2.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mail-1.example.net., 20 mx2.example.net.]\n",
        waivable=True,
    ),
    Rule(
        id="MX018",
        severity=Severity.WARNING,
        title="an exchange of one label was taken as relative to the zone",
        why="One label alone stands for a host in the zone, and the same set used by another zone then means "
        "another host. Written in full, with the last dot, it says what it means everywhere.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [10 mail, 20 mx2.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mail.example.com., 20 mx2.example.net.]\n",
        waivable=True,
    ),
    Rule(
        id="MX019",
        severity=Severity.WARNING,
        title="an exchange ends with the zone's name twice",
        why="That is what a name becomes if somewhere its last dot was left out: the zone was added to a name "
        "that was whole already. Nobody gives a host such a name, so it does not exist, and mail bounces.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [10 mail.example.com.example.com., 20 mx2.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mail.example.com., 20 mx2.example.net.]\n",
        waivable=True,
    ),
    Rule(
        id="MX020",
        severity=Severity.INFO,
        title="every exchanger lives under the owner's own domain",
        why="If that domain fails, by its name servers, its delegation or its registration, nothing takes its "
        "mail any more, the messages about the failure included. Many are content with that.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [10 mx1.example.com., 20 mx2.example.com.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.com., 20 mx2.example.net.]\n",
        waivable=False,
    ),
    Rule(
        id="MX021",
        severity=Severity.INFO,
        title="the exchange is the owner itself",
        why="It works, but binds mail to the address of the domain, which is mostly that of its web site. When "
        "the site moves to another host, mail goes there too.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [10 example.com., 20 mx2.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mail.example.com., 20 mx2.example.net.]\n",
        waivable=False,
    ),
    Rule(
        id="MX026",
        severity=Severity.WARNING,
        title="an exchange under a name that is reserved",
        why="The names invalid, test, local and localhost do not exist in the public DNS, or mean the sender "
        "itself. Mail to them bounces. In a network of one's own such names may be meant: waive it there.",
        source="RFC 6761",
        wrong=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx2.office.local.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.example.net., 20 mx2.example.net.]\n",
        waivable=True,
    ),
    Rule(
        id="MX031",
        severity=Severity.ERROR,
        title="an exchange without the last dot ends in no known top-level domain",
        why="Two labels or more are taken as a whole name, here as in mail programs, while in a zone file the "
        "same text is relative. Where its end is no public suffix, it was probably meant relative, and the "
        "host does not exist as it stands. Write the whole name with its last dot; for a name of a private "
        "network, the dot is the answer too.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [10 mx1.mail, 20 mx2.example.net.]\n",
        right=HEAD + "zones:\n  example.com: [10 mx1.mail.example.com., 20 mx2.example.net.]\n",
        waivable=True,
    ),
)
