"""The rules about what the providers answer now. They are always on, and found by a plan."""

from __future__ import annotations

from mxsync.diagnostic import Severity
from mxsync.rules.rule import ZONE_HEAD, Rule

LIVE = (
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
