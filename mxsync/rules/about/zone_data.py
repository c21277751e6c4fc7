"""The rules about exchanges and owners that need the data of a zone."""

from __future__ import annotations

from mxsync.diagnostic import Severity
from mxsync.rules.rule import ZONE_HEAD, Rule

ZONE_DATA = (
    Rule(
        id="MX010",
        severity=Severity.ERROR,
        title="there is a CNAME at the owner",
        why="Beside a CNAME no other record may stand. A name server ignores the MX record, refuses it, or "
        "refuses to load the whole zone, and senders follow the CNAME to somebody else's MX set.",
        source="RFC 1034 §3.6.2, RFC 2181 §10.1",
        wrong=f"{ZONE_HEAD}lists  CNAME  lists.example.net.\nlists  MX     10 mx1.example.net.\n",
        right=f"{ZONE_HEAD}lists  A      192.0.2.80\nlists  MX     10 mx1.example.net.\n",
        waivable=False,
        zone_data=True,
    ),
    Rule(
        id="MX011",
        severity=Severity.ERROR,
        title="the exchange is a CNAME",
        why="The name in an MX record must lead to an address directly. Some senders follow a CNAME there, "
        "others bounce the mail or do not see that they are themselves in the set, and loop. Name the host "
        "that the CNAME leads to.",
        source="RFC 2181 §10.3, RFC 5321 §5.1",
        wrong=f"{ZONE_HEAD}@      MX     10 mail\nmail   CNAME  mx1.example.net.\n",
        right=f"{ZONE_HEAD}@      MX     10 mx1.example.net.\n",
        waivable=False,
        zone_data=True,
    ),
    Rule(
        id="MX012",
        severity=Severity.ERROR,
        title="an exchange inside the zone has no address",
        why="A host without A and AAAA records cannot be reached: its mail bounces once no other exchange is "
        "left. BIND refuses an update that would add such a record. A slip in the name is the usual cause.",
        source="RFC 5321 §5.1",
        wrong=f"{ZONE_HEAD}@      MX     10 mial\nmail   A      192.0.2.25\n",
        right=f"{ZONE_HEAD}@      MX     10 mail\nmail   A      192.0.2.25\n",
        waivable=False,
        zone_data=True,
    ),
)
