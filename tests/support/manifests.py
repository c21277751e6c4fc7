"""Manifests to start from, what may be done to them, and what must hold whatever was done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import click

from mxsync import names
from mxsync.diagnostic import Diagnostic, has_errors
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.render import github, sarif, text
from mxsync.render import json as documents
from mxsync.render.source import lines_of
from mxsync.rules.catalog import RULES
from mxsync.state import Desired

TODAY = date(2026, 11, 23)
LIST = "domains.txt"
"""What the manifests here call a file for `zones_from`."""

HEAD = """\
mxsync: 1
providers:
  files: {type: zonefile, directory: zones}
  office: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, algorithm: hmac-sha256, secret: {env: SECRET}}}
sets:
  google: builtin:google-workspace
  own:
    ttl: 1h
    records:
      - 10 mx1.example.net.
      - {preference: 20, exchange: mx2.example.net.}
defaults: {provider: files, ttl: 30m, preference_match: order}
"""
GOOD = (
    f"""{HEAD}zones:
  example.com: own
  bücher.example: [10 mail, 20 mx.straße.example.]
  example.org:
    providers: [files, office]
    mx:
      "@": google
      lists: [10 lists.example.org., 20 lists.example.org.]
      news: {{set: own, ttl: 5m}}
      parked: null_mx
      old: absent
      "*.x": {{ttl: 1d, records: ["0 ."]}}
    waive:
      - {{rule: MX008, owner: lists, reason: one list server on purpose, until: 2027-06-30}}
      - {{rule: MX027, until: 2026-06-30}}
  example.net: {{scope: zone, mx: {{}}}}
""",
    f"""{HEAD}zones_from:
  - {{file: {LIST}, mx: own, preference_match: exact}}
zones:
  example.net: &same [10 mx1.example.net., 20 mx2.example.net.]
  example.org: *same
  0/25.2.0.192.in-addr.arpa: {{mx: {{'a\\.b': own}}}}
""",
)
"""Manifests in which most of what there is occurs."""
DOMAINS = "# all of them\na.example.com\nb.example.com google  # its own set\nbücher.example.org\n\n"

PIECES = (
    *("\t", " ", "\n", "\r", "\x00", "\x07", "\x1b[31m", "\x85", "\u2028", "\ufeff", "\ud800", "🙂", "日本"),
    *("ß", "İ", "ς", "\u200d", "\u0301", "。", "\uff11\uff10", "\u0663", "xn--", "xn--a", "xn--mnchen-3ya", "\\", "\\000", "\\256"),
    *("*", "&a ", "*a", "<<: ", "!!str ", "!!int ", "!x ", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x\n", "? ", "- "),
    *(": ", "{", "}", "[", "]", '"', "'", "|", ">", "|2-\n", '"\\0"', "#", ",", "@", "`", "%", "=", "~", "null", "true", "no"),
    *("0x10", "0o7", "010", "1_0", "12:30:45", "1e400", ".nan", "-.inf", "-0", "9" * 30, "1.0", "2147483648", "65536"),
    *("0", "-1", "1w", "2027-02-30", "2027-06-30", "..", ".", "a" * 64, "a." * 130, "_dmarc", "192.0.2.1", "::1"),
    *("[IPv6:2001:db8::1]", "null_mx", "absent", "builtin:", "builtin:google-workspace", "own", "mx1.example.net."),
    *("10 mx1.example.net.", "mx", "set", "records", "ttl", "waive", "rule", "until", "scope", "zone", "zones"),
    *("providers", "files", "zonefile", "type", "file", LIST, "zones_from", "example.com", "mxsync: 1\n"),
)  # fmt: skip
"""What makes parsers, names and terminals stumble, and words that mean something."""


def mutated(original: str, random: Random, others: Sequence[str] = GOOD) -> str:
    """Make a few changes to a text, such as a hand, a merge or an enemy would make."""
    result = original
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        result = random.choice(_CHANGES)(result, random, others)
    return result


def _insert(original: str, random: Random, _: Sequence[str]) -> str:
    at = random.randint(0, len(original))
    return original[:at] + random.choice(PIECES) + original[at:]


def _replace_word(original: str, random: Random, _: Sequence[str]) -> str:
    words = original.split(" ")
    words[random.randrange(len(words))] = random.choice(PIECES)
    return " ".join(words)


def _cut(original: str, random: Random, _: Sequence[str]) -> str:
    at = random.randint(0, len(original))
    return original[:at] + original[at + random.choice((1, 1, 3, 20, 200)) :]


def _repeat(original: str, random: Random, _: Sequence[str]) -> str:
    at, length = random.randint(0, len(original)), random.choice((1, 5, 40))
    return original[:at] + original[at : at + length] * random.choice((2, 3, 40, 200)) + original[at:]


def _shift_line(original: str, random: Random, _: Sequence[str]) -> str:
    lines = original.split("\n")
    at = random.randrange(len(lines))
    lines[at] = " " * random.randint(0, 8) + lines[at].lstrip()
    return "\n".join(lines)


def _swap_lines(original: str, random: Random, _: Sequence[str]) -> str:
    lines = original.split("\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _splice(original: str, random: Random, others: Sequence[str]) -> str:
    lines, foreign = original.split("\n"), random.choice(others).split("\n")
    first = random.randrange(len(foreign))
    at = random.randint(0, len(lines))
    return "\n".join([*lines[:at], *foreign[first : first + random.choice((1, 1, 2, 6))], *lines[at:]])


_CHANGES = (_insert, _replace_word, _cut, _repeat, _shift_line, _swap_lines, _splice)


def check_any(folder: Path, manifest: bytes, domains: bytes = DOMAINS.encode()) -> tuple[Diagnostic, ...]:
    """Validate a manifest and write its findings in all formats. Fails if anything of that is not sound."""
    path = folder / "mxsync.yaml"
    path.write_bytes(manifest)
    (folder / LIST).write_bytes(domains)
    desired, findings = resolve(load_manifest([path]), TODAY)
    _check_findings(findings, {str(path): manifest, str(folder / LIST): domains})
    if not has_errors(findings):
        _check_desired(desired)
    return findings


def _check_findings(findings: Sequence[Diagnostic], files: dict[str, bytes]) -> None:
    @cache
    def lines(file: str) -> list[str | None]:
        return lines_of(files[file].decode("utf-8", "surrogateescape"))

    for finding in findings:
        assert finding.rule in RULES
        place = finding.place
        assert place, finding
        assert 1 <= place.line <= len(lines(place.file)), finding
        line = lines(place.file)[place.line - 1]
        assert 1 <= place.column <= (len(line) + 1 if line is not None else 2**31), finding
    shown = [finding for finding in findings if not finding.waived]
    written = click.unstyle(text.findings(findings, lines))
    assert all(row.isprintable() for row in written.split("\n"))
    assert sum(row.startswith(tuple(files)) for row in written.split("\n")) == len(shown)
    commands = github.findings(findings).split("\n")
    assert commands.pop() == ""
    assert [command[:2] for command in commands] == ["::"] * len(shown)
    assert len(json.loads(documents.findings(findings))["findings"]) == len(findings)
    assert len(json.loads(sarif.findings(findings))["runs"][0]["results"]) == len(findings)


def _check_desired(desired: Desired) -> None:
    assert desired.zones
    for zone in desired.zones:
        for owner, wanted in zone.owners.items():
            assert names.parse(owner) == owner
            assert names.is_within(owner, zone.zone)
            for record in wanted.set.records if wanted.set else ():
                assert names.parse(record.exchange) == record.exchange
    assert sum(map(len, desired.requests().values())) == len(desired.zones)
