"""The rules about the manifest as a document."""

from __future__ import annotations

from mxsync.diagnostic import Severity
from mxsync.rules.rule import HEAD, Rule

_WAIVED = """\
zones:
  example.com:
    mx:
      lists: [10 mx1.example.net., 20 mx1.example.net.]
    waive:
"""

MANIFESTS = (
    Rule(
        id="MX029",
        severity=Severity.ERROR,
        title="this is no manifest",
        why="What mxsync does not know, it does not skip: a misspelt key would silently change nothing. YAML is "
        "read strictly for the same reason. A key that stands twice, or a value such as 010 or no, which "
        "YAML 1.1 and 1.2 read differently, would mean one thing to you and another to some tool on the way.",
        source="practice",
        wrong=HEAD + "zones:\n  example.com: [{preferrence: 10, exchange: mx1.example.net.}]\n",
        right=HEAD
        + "zones:\n  example.com: [{preference: 10, exchange: mx1.example.net.}, 20 mx2.example.net.]\n",
        waivable=False,
    ),
    Rule(
        id="MX030",
        severity=Severity.WARNING,
        title="a waiver that has expired, gives no reason, or waives nothing",
        why="A waiver is a promise with a date. One that outlives it, or what it was for, hides the next "
        "mistake of the same kind. Renew it with a new date and a reason, or remove it.",
        source="practice",
        wrong=f"{HEAD}{_WAIVED}      - {{rule: MX008, owner: lists, reason: one list server on purpose, until: 2020-06-30}}\n",
        right=f"{HEAD}{_WAIVED}      - {{rule: MX008, owner: lists, reason: one list server on purpose, until: 2099-06-30}}\n",
        waivable=True,
    ),
)
