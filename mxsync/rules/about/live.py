"""The rules about what servers answer now, found by a plan.

Those about new exchangers ask resolvers, and only where that is wanted; the others are always on.
"""

from __future__ import annotations

from mxsync.diagnostic import Severity
from mxsync.rules.rule import ZONE_HEAD, Rule

LIVE = (
    Rule(
        id="MXL01",
        severity=Severity.ERROR,
        title="a new exchange does not exist",
        why="No server knows the name (NXDOMAIN), so senders have nowhere to go: mail waits for days, and then it "
        "bounces. It is a slip in the name, or a host that is still to be made.",
        source="RFC 5321 §5.1",
        wrong=f"{ZONE_HEAD}mx1    A      198.51.100.25\n@      MX     10 mxl.example.com.\n",
        right=f"{ZONE_HEAD}mx1    A      198.51.100.25\n@      MX     10 mx1.example.com.\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL02",
        severity=Severity.ERROR,
        title="a new exchange has no address",
        why="The name exists and has neither A nor AAAA, so there is no server to which mail could go. Often it is "
        "the mail domain that was written where its mail host is meant.",
        source="RFC 5321 §5.1",
        wrong=f'{ZONE_HEAD}mx1    TXT    "to be set up"\n@      MX     10 mx1.example.com.\n',
        right=f"{ZONE_HEAD}mx1    A      198.51.100.25\n@      MX     10 mx1.example.com.\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL03",
        severity=Severity.ERROR,
        title="a new exchange is an alias",
        why="An MX record names a host with addresses, and not a name that a CNAME, or a DNAME above it, leads "
        "elsewhere. Some senders follow it, others do not. A server that finds itself in the MX set by its own "
        "name does not know itself by that of the alias, and may send mail in a circle.",
        source="RFC 2181 §10.3, RFC 5321 §5.1",
        wrong=f"{ZONE_HEAD}mail   CNAME  mx1.example.net.\n@      MX     10 mail.example.com.\n",
        right=f"{ZONE_HEAD}mail   CNAME  mx1.example.net.\n@      MX     10 mx1.example.net.\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL04",
        severity=Severity.WARNING,
        title="a new exchange has no IPv4 address",
        why="Many senders have no IPv6, and cannot reach a host that has nothing else. That a host has no IPv6 "
        "address is a remark only.",
        source="practice",
        wrong=f"{ZONE_HEAD}mx1    AAAA   2001:db8::25\n@      MX     10 mx1.example.com.\n",
        right=f"{ZONE_HEAD}mx1    A      198.51.100.25\n       AAAA   2001:db8::25\n@      MX     10 mx1.example.com.\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL05",
        severity=Severity.ERROR,
        title="a new exchange has an address where no mail arrives",
        why="At an address that is loopback, unspecified, link-local, multicast, reserved, private or for "
        "documentation, the sender finds itself, somebody else's host, or nothing. Mail waits or goes in a "
        "circle. Private addresses pass where the provider knows that the zone is private.",
        source="RFC 6890",
        wrong=f"{ZONE_HEAD}mx1    A      10.0.0.25\n@      MX     10 mx1.example.com.\n",
        right=f"{ZONE_HEAD}mx1    A      198.51.100.25   ; yours, in its place\n@      MX     10 mx1.example.com.\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL06",
        severity=Severity.WARNING,
        title="a new exchange could not be looked up",
        why="The resolver failed, refused, or did not answer in time, so nobody knows whether the host is fit. It "
        "is not said to be wrong. With --strict-live it is an error.",
        source="RFC 5321 §5.1",
        wrong=f"{ZONE_HEAD}mail   NS     silent.example.net.\n@      MX     10 mx1.mail.example.com.\n",
        right=f"{ZONE_HEAD}mail   NS     ns1.example.net.\n@      MX     10 mx1.mail.example.com.\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL07",
        severity=Severity.ERROR,
        title="the owner is a CNAME now",
        why="A name server ignores an MX record that is added beside a CNAME, and answers that all is well. "
        "The owner is blocked: mxsync writes nothing there until the CNAME is gone.",
        source="RFC 2136 §3.4.2.2, RFC 2181 §10.1",
        wrong=f"{ZONE_HEAD}lists  CNAME  lists.example.net.\n",
        right=f"{ZONE_HEAD}lists  A      192.0.2.80\nlists  MX     10 mx1.example.net.\n",
        waivable=False,
        zone_data=True,
    ),
    Rule(
        id="MXL08",
        severity=Severity.ERROR,
        title="the set has a routing policy, an alias or a set identifier",
        why="A cloud provider may answer differently by place, weight or health. Such sets are made for a "
        "reason that an MX set in a manifest cannot hold, so they are shown and never overwritten.",
        source="practice",
        wrong=f"{ZONE_HEAD}; two MX sets at the apex, each with a weight\n",
        right=f"{ZONE_HEAD}@      MX     10 mx1.example.net.\n",
        waivable=False,
        zone_data=True,
    ),
    Rule(
        id="MXL09",
        severity=Severity.WARNING,
        title="the zone is delegated elsewhere, or its name servers do not agree",
        why="Senders ask the servers that the parent zone names. If those are not the provider's, what is applied "
        "there is never seen. If the parent, the zone and its servers say different things, or one of them has no "
        "authority for the zone (it is lame), some senders get other answers than others, or none. Found by "
        "mxsync verify and compare.",
        source="RFC 1912 §2.8, RFC 1034 §4.2.2",
        wrong=f"{ZONE_HEAD}; the parent names ns1.example.net. and old.example.org.\n@      MX     10 mx1.example.net.\n",
        right=f"{ZONE_HEAD}; the parent names ns1.example.net.\n@      MX     10 mx1.example.net.\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL10",
        severity=Severity.ERROR,
        title="the owner lies at or below a zone cut",
        why="What stands below a delegation is never served, for senders ask the servers of the child zone. "
        "Name the owner in the zone that it belongs to.",
        source="RFC 2181 §6",
        wrong=f"{ZONE_HEAD}lists  NS     ns.example.net.\nlists  MX     10 mx1.example.net.\n",
        right=f"{ZONE_HEAD}lists  MX     10 mx1.example.net.\n",
        waivable=False,
        zone_data=True,
    ),
    Rule(
        id="MXL20",
        severity=Severity.WARNING,
        title="a wildcard answers for the owner now",
        why="Without a set of its own, the owner gets mail where the wildcard says, and caches keep that for "
        "the wildcard's TTL. With `absent` it goes on like that; `null_mx` is what takes no mail.",
        source="RFC 4592",
        wrong=f"{ZONE_HEAD}*      MX     10 mx1.example.net.\n",
        right=f"{ZONE_HEAD}*      MX     10 mx1.example.net.\nlists  MX     0 .\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL15",
        severity=Severity.WARNING,
        title="caches keep an older set past the wanted window",
        why="A cache that took the set just before it was replaced keeps it for its TTL, so the old hosts get mail "
        "until then and must go on taking it. Found by mxsync verify --window, from the runs in the journal.",
        source="RFC 1035 §3.2.1, RFC 2308 §5",
        wrong=f"{ZONE_HEAD}@      86400 MX 10 mx1.example.net.\n",
        right=f"{ZONE_HEAD}@      300 MX  10 mx1.example.net.   ; a day before the change\n",
        waivable=True,
        zone_data=True,
    ),
    Rule(
        id="MXL19",
        severity=Severity.INFO,
        title="the owner is to have no MX set, and has an address",
        why="Without an MX set, senders take the name itself for the mail host: that is the implicit MX. Its "
        "address, or the one that a wildcard gives it, then gets the mail, though nobody may listen there. "
        "`null_mx` says that the owner takes no mail, and mail bounces at once.",
        source="RFC 5321 §5.1, RFC 7505",
        wrong=f"{ZONE_HEAD}old    A      192.0.2.80\n; the MX set of old is to be deleted\n",
        right=f"{ZONE_HEAD}old    A      192.0.2.80\nold    MX     0 .\n",
        waivable=False,
        zone_data=True,
    ),
)
