"""From manifest files to what is wanted, and what is said about mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import mxsync_rfc2136
from mxsync.diagnostic import Diagnostic, Severity, has_errors
from mxsync.diff import diff
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.model import MXSet
from mxsync.provider import Capabilities
from mxsync.reading import Present
from mxsync.state import Desired
from support.sets import mx_set

HEAD = """\
mxsync: 1
providers:
  files: {type: zonefile, directory: zones}
  more: {type: zonefile, directory: others}
sets:
  own: [10 mx1.example.net., 20 mx2.example.net.]
  slow: {ttl: 1d, records: [{preference: 5, exchange: mx.example.net.}]}
defaults: {provider: files, ttl: 30m}
"""
TODAY = date(2026, 11, 23)
HEAD_LINES = HEAD.count("\n")


def read(folder: Path, **files: str) -> tuple[Desired, tuple[Diagnostic, ...]]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    desired, findings = resolve(load_manifest([folder / f"{name}.yaml" for name in files]), TODAY)
    return desired, tuple(finding for finding in findings if finding.severity is not Severity.INFO)


def wanted(folder: Path, zones: str) -> dict[str, MXSet | None]:
    desired, findings = read(folder, m=f"{HEAD}zones:\n{zones}")
    assert not has_errors(findings), findings
    return {owner: each.set for zone in desired.zones for owner, each in zone.owners.items()}


def said(folder: Path, **files: str) -> list[str]:
    """Give what is found, as `file:line:column rule message`."""
    findings = read(folder, **files)[1]
    assert all(finding.place for finding in findings)
    return [
        f"{Path(place.file).stem}:{place.line}:{place.column} {finding.rule} {finding.message}"
        for finding in findings
        if (place := finding.place)
    ]


OWN = mx_set(1800, "10 mx1.example.net.", "20 mx2.example.net.")


@pytest.mark.parametrize(
    ("value", "made"),
    [
        ("own", OWN),
        ("slow", mx_set(86400, "5 mx.example.net.")),
        ("null_mx", mx_set(1800, "0 .")),
        ("absent", None),
        ("[10 mx.example.org]", mx_set(1800, "10 mx.example.org.")),
        ("[0 .]", mx_set(1800, "0 .")),
        ("[10 smtp.]", mx_set(1800, "10 smtp.")),
        ("[10   MX.Example.ORG.]", mx_set(1800, "10 mx.example.org.")),
        ("[{preference: 10, exchange: mx.example.org.}]", mx_set(1800, "10 mx.example.org.")),
        ("[10 mx.bücher.example.]", mx_set(1800, "10 mx.xn--bcher-kva.example.")),
        ("{ttl: 5m, records: [10 mx.example.org.]}", mx_set(300, "10 mx.example.org.")),
        ("{records: [10 mx.example.org.]}", mx_set(1800, "10 mx.example.org.")),
        ("{set: own, ttl: 2w}", MXSet.of(1209600, OWN.records)),
        ("{set: slow, ttl: 60}", mx_set(60, "5 mx.example.net.")),
        ("{set: null_mx, ttl: 1h}", mx_set(3600, "0 .")),
        ("{mx: {'@': own}}", OWN),
        ("{ttl: 7, mx: {'@': own}}", MXSet.of(7, OWN.records)),
        ("{ttl: 7, mx: {'@': slow}}", mx_set(86400, "5 mx.example.net.")),
    ],
)
def test_every_form_of_a_value_means_its_set(tmp_path: Path, value: str, made: MXSet | None) -> None:
    assert wanted(tmp_path, f"  example.com: {value}\n") == {"example.com.": made}


@pytest.mark.parametrize(
    ("zone", "key", "owner"),
    [
        ("example.com", '"@"', "example.com."),
        ("example.com.", "lists", "lists.example.com."),
        ("Example.COM", "a.B", "a.b.example.com."),
        ("example.com", "lists.example.com.", "lists.example.com."),
        ("example.com", '"*"', "*.example.com."),
        ("example.com", '"*.x"', "*.x.example.com."),
        ("bücher.example", "lesen", "lesen.xn--bcher-kva.example."),
    ],
)
def test_owner_keys_are_relative_to_the_zone(tmp_path: Path, zone: str, key: str, owner: str) -> None:
    assert wanted(tmp_path, f"  {zone}:\n    mx:\n      {key}: own\n") == {owner: OWN}


def test_without_any_ttl_a_set_lives_for_an_hour(tmp_path: Path) -> None:
    text = "mxsync: 1\nproviders: {f: {type: zonefile, directory: z}}\n"
    text += "zones: {example.com: {provider: f, mx: {'@': [10 mx.example.net.]}}}\n"
    desired, _ = read(tmp_path, m=text)
    assert desired.zones[0].owners == {
        "example.com.": desired.zones[0].owners[desired.zones[0].zone],
    }
    made = next(iter(desired.zones[0].owners.values())).set
    assert made is not None
    assert made.ttl == 3600


def test_a_zone_at_several_providers_is_wanted_at_each(tmp_path: Path) -> None:
    zones = "  example.com: {providers: [files, more], mx: {'@': own}}\n"
    desired, findings = read(tmp_path, m=f"{HEAD}zones:\n{zones}")
    assert findings == ()
    assert [(zone.provider, zone.zone) for zone in desired.zones] == [
        ("files", "example.com."),
        ("more", "example.com."),
    ]


def test_the_files_of_a_run_share_providers_and_sets(tmp_path: Path) -> None:
    second = "mxsync: 1\nzones: {example.org: own}\n"
    desired, findings = read(tmp_path, a=f"{HEAD}zones: {{example.com: own}}\n", b=second)
    assert findings == ()
    assert [zone.zone for zone in desired.zones] == ["example.com.", "example.org."]


def test_a_zone_may_stand_in_several_files_with_other_owners(tmp_path: Path) -> None:
    second = "mxsync: 1\nzones: {example.com: {mx: {lists: own}}}\n"
    desired, findings = read(tmp_path, a=f"{HEAD}zones: {{example.com: own}}\n", b=second)
    assert findings == ()
    assert [sorted(zone.owners) for zone in desired.zones] == [["example.com.", "lists.example.com."]]


def test_a_folder_is_read_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b/2.yml", "b/1.yaml", "a.yaml", ".hidden.yaml", ".git/x.yaml", "readme.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"mxsync: 1\nzones: {{{path.stem}.test: own}}\n")
    (tmp_path / "a.yaml").write_text(HEAD)
    manifest = load_manifest([tmp_path])
    assert [Path(source.path).name for source in manifest.sources] == ["a.yaml", "1.yaml", "2.yml"]


def test_a_file_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(f"{HEAD}zones: {{example.com: own}}\n")
    assert len(load_manifest([tmp_path, tmp_path / "m.yaml"]).sources) == 1


@pytest.mark.parametrize(
    ("zones", "findings"),
    [
        # What a record holds
        ("[70000 mx.example.net.]", ["17 MX001 the preference is not a whole number from 0 to 65535"]),
        ("['010 mx.example.net.']", ["17 MX001 the preference is not"]),
        ("[-1 mx.example.net.]", ["17 MX001 the preference is not"]),
        ("[1.0 mx.example.net.]", ["17 MX001 the preference is not"]),
        ("[{preference: true, exchange: mx.example.net.}]", ["30 MX001 the preference is not"]),
        ("[{preference: '10', exchange: mx.example.net.}]", ["30 MX001 the preference is not"]),
        ("[\u0661\u0660 mx.example.net.]", ["17 MX001 the preference is not"]),
        ("[10 192.0.2.1]", ["20 MX002 the exchange 192.0.2.1 is an address"]),
        ("[10 192.0.2.1.]", ["20 MX002 the exchange 192.0.2.1. is an address"]),
        ("['10 [192.0.2.1]']", ["21 MX002 the exchange [192.0.2.1] is an address"]),
        ("['10 [IPv6:2001:db8::1]']", ["21 MX002 the exchange [IPv6:2001:db8::1] is an address"]),
        ("['10 2001:db8::1']", ["21 MX002 the exchange 2001:db8::1 is an address"]),
        ("[10 192.0.2.1.example.com.]", ["20 MX002 the exchange 192.0.2.1.example.com. is an address"]),
        ("[10 -mx.example.net.]", ["20 MX003 the exchange '-mx.example.net.' is no host name"]),
        ("[10 mx..example.net.]", ["20 MX003 the exchange 'mx..example.net.' has an empty label"]),
        (
            "[10 a_b.example.net.]",
            ["20 MX003 the exchange 'a_b.example.net.' is no host name: it has an underscore"],
        ),
        ("['10 mx.example.net. ']", ["21 MX003 the exchange"]),
        ("['10 mx''s.example.net.']", ["17 MX003 the exchange"]),
        ('["\\x310 mx_1.example.net."]', ["17 MX003 the exchange 'mx_1.example.net.'"]),
        ("[10\n   mx_1.example.net.]", ["17 MX003 the exchange 'mx_1.example.net.'"]),
        ("[10 mx.example.123.]", ["20 MX003 the exchange mx.example.123. has a top label of digits alone"]),
        ("[{preference: 10, exchange: 192.0.2.1}]", ["44 MX002 the exchange 192.0.2.1 is an address"]),
        ("[mx.example.net.]", ["17 MX029 a record is a preference and an exchange"]),
        ("[10 mail]", ["20 MX018 the exchange mail is taken as relative to the zone"]),
        ("[10 mx.example.com.example.com.]", ["20 MX019 the exchange mx.example.com.example.com. ends with"]),
        # What a set holds
        ("[5 .]", ["17 MX005 a null MX has preference 0, not 5"]),
        ("[0 ., 10 mx.example.net.]", ["17 MX006 a null MX stands alone"]),
        (
            "[10 MX.example.net, 10 mx.example.net.]",
            ["36 MX007 the record 10 mx.example.net. stands in the set twice"],
        ),
        ("[10 mx.example.net., 20 mx.example.net.]", ["37 MX008 mx.example.net. also has preference 10"]),
        ("[]", ["16 MX009 the set has no record"]),
        ("{ttl: 1y, records: [10 mx.example.net.]}", ["22 MX013 the TTL is not a whole number"]),
        ("{ttl: 2147483648, records: [10 mx.example.net.]}", ["22 MX013 the TTL is outside of"]),
        ("{ttl: true, records: [10 mx.example.net.]}", ["22 MX013 the TTL is not a whole number"]),
        ("{ttl: 1.5, records: [10 mx.example.net.]}", ["22 MX013 the TTL is not a whole number"]),
        # What is no value
        ("onw", ["16 MX029 there is no set 'onw'"]),
        ("{set: onw}", ["22 MX029 there is no set 'onw'"]),
        ("5", ["16 MX029 expected text, found the number '5'"]),
        ("~", ["16 MX029 expected text, found nothing"]),
        ("{mx: ~}", ["21 MX029 expected a mapping, found nothing"]),
        ("{mx: {}}", ["3 MX029 the zone names no owner"]),
        ("{provider: files}", ["16 MX029 the key 'mx' is missing"]),
        ("{provder: files, mx: {a: own}}", ["17 MX029 there is no key 'provder' here"]),
        ("{provider: flies, mx: {a: own}}", ["27 MX029 there is no provider 'flies'"]),
        ("{providers: [files, x], mx: {a: own}}", ["36 MX029 there is no provider 'x'"]),
        (
            "{provider: files, providers: [files], mx: {a: own}}",
            ["16 MX029 provider and providers exclude each other"],
        ),
        # Owners
        ("{mx: {a.example.com: own}}", ["22 MX004 'a.example.com' ends in the name of its zone"]),
        ("{mx: {a.example.org.: own}}", ["22 MX004 'a.example.org.' lies outside of the zone example.com."]),
        ("{mx: {x*: own}}", ["22 MX004 'x*': a '*' stands only as the whole first label"]),
        ("{mx: {'a.*': own}}", ["22 MX004 'a.*': a '*' stands only as the whole first label"]),
        ('{mx: {"a\\nb": own}}', ["22 MX004 'a\\nb' holds blanks, control characters"]),
        ("{mx: {a: own, A: own}}", ["30 MX022 a.example.com. is defined in"]),
    ],
)
def test_a_mistake_is_found_at_its_place(tmp_path: Path, zones: str, findings: list[str]) -> None:
    found = said(tmp_path, m=f"{HEAD}zones:\n  example.com: {zones}\n")
    assert len(found) == len(findings), found
    for line, expected in zip(found, findings, strict=True):
        assert line.startswith(f"m:{HEAD_LINES + 2}:{expected}")


def test_more_than_a_hundred_records_are_refused(tmp_path: Path) -> None:
    records = ", ".join(f"{at} mx{at}.example.net." for at in range(101))
    (found,) = said(tmp_path, m=f"{HEAD}zones:\n  example.com: [{records}]\n")
    assert "MX024 the set has 101 records" in found


def test_a_mistake_in_a_named_set_is_reported_once_at_the_set(tmp_path: Path) -> None:
    zones = "zones: {a.test: bad, b.test: bad, c.test: {set: bad, ttl: 5m}}\n"
    text = HEAD.replace("sets:\n", "sets:\n  bad: [10 192.0.2.1]\n") + zones
    (found,) = said(tmp_path, m=text)
    assert found.startswith("m:6:12 MX002")


def test_all_mistakes_are_reported_at_once_in_the_order_of_their_places(tmp_path: Path) -> None:
    zones = "  a.test: [10 192.0.2.1, 20 a_b.example.net.]\n  b.test: onw\n  c..test: own\n"
    found = said(tmp_path, m=f"{HEAD}zones:\n{zones}")
    assert [line.split()[1] for line in found] == ["MX002", "MX003", "MX029", "MX004"]


def test_a_provider_that_the_defaults_misspell_is_reported_once_at_the_defaults(tmp_path: Path) -> None:
    head = HEAD.replace("provider: files", "providers: [more, flies]")
    found = said(tmp_path, m=f"{head}zones: {{a.example.com: own, b.example.com: own}}\n")
    assert found == [f"m:{HEAD_LINES}:30 MX029 there is no provider 'flies'"]


def test_among_very_many_sets_one_is_guessed_that_begins_alike_and_none_are_listed(tmp_path: Path) -> None:
    sets = "".join(f"  {letter}{at}: builtin:google-workspace\n" for letter in "ab" for at in range(300))
    zones = "zones: {a.example.com: b7x, b.example.com: zzz}\n"
    _, findings = read(tmp_path, m=f"{HEAD.replace('defaults', f'{sets}defaults')}{zones}")
    assert [finding.help for finding in findings] == ["did you mean 'b7'?", None]


@pytest.mark.parametrize(
    "text",
    [
        "providers: {files: {type: LONG}}\n",
        "zones: {LONG: own}\n",
        "zones: {example.com: LONG}\n",
        "zones: {example.com: [10 LONG]}\n",
        "zones: {example.com: [LONG]}\n",
        "zones: {example.com: {mx: {LONG: own}}}\n",
        "zones: {example.com: {provider: LONG, mx: {a: own}}}\n",
        "zones: {example.com: {mx: {a: own}, LONG: 1}}\n",
        "zones: {example.com: {mx: {a: own}, waive: [{rule: LONG, until: 2030-01-01}]}}\n",
        "zones: {example.com: {mx: {a: own}, waive: [{rule: MX008, until: LONG}]}}\n",
        "zones: {example.com: {mx: {a: own}, scope: LONG}}\n",
        "zones: {example.com: *LONG}\n",
        "sets: {own: builtin:LONG}\n",
        "LONG: 1\nLONG: 2\n",
    ],
)
def test_no_message_repeats_a_value_without_end(tmp_path: Path, text: str) -> None:
    lines = said(tmp_path, m=f"mxsync: 1\n{text.replace('LONG', 'word' * 250_000)}")
    assert lines
    assert max(map(len, lines)) < 1000


def test_a_misspelt_word_is_guessed(tmp_path: Path) -> None:
    _, findings = read(tmp_path, m=f"{HEAD}zones:\n  example.com: onw\n")
    assert findings[0].help == "did you mean 'own'?"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- a\n", ["m:1:1 MX029 a manifest is a mapping"]),
        ("just text\n", ["m:1:1 MX029 a manifest is a mapping"]),
        (
            "zones: {example.com: null_mx}\n",
            ["m:1:1 MX029 the key 'mxsync' is missing", "m:1:9 MX029 no provider is named for example.com."],
        ),
        ("mxsync: 2\n", ["m:1:9 MX029 this version of the format is not known; write 'mxsync: 1'"]),
        ("mxsync: 1\nzonse: {}\n", ["m:2:1 MX029 there is no key 'zonse' here"]),
        (HEAD, ["m:1:1 MX029 the manifest has no zone"]),
        (f"{HEAD}zones: {{}}\n", ["m:1:1 MX029 the manifest has no zone"]),
        (
            "mxsync: 1\nproviders: {a: {type: bind}}\ndefaults: {provider: a}\nzones: {example.com: null_mx}\n",
            ["m:2:23 MX029 there is no provider type 'bind'"],
        ),
        (
            "mxsync: 1\nproviders: {a: {type: zonefile, directry: x}}\n",
            ["m:2:16 MX029 the key 'directory' is missing", "m:2:33 MX029 there is no key 'directry' here"],
        ),
        ("mxsync: 1\nproviders: {a: {directory: x}}\n", ["m:2:16 MX029 the key 'type' is missing"]),
        ("mxsync: 1\nzones: {example.com: null_mx}\n", ["m:2:9 MX029 no provider is named for example.com."]),
        (f"{HEAD}zones: {{'*.test': own}}\n", [f"m:{HEAD_LINES + 1}:9 MX004 '*.test' is no zone"]),
        (
            HEAD.replace("  own:", "  null_mx:") + "zones: {example.com: null_mx}\n",
            ["m:6:3 MX029 'null_mx' has a meaning of its own"],
        ),
    ],
)
def test_a_file_that_is_no_manifest_is_refused_at_its_place(
    tmp_path: Path, text: str, found: list[str]
) -> None:
    lines = said(tmp_path, m=text)
    assert len(lines) == len(found), lines
    assert all(line.startswith(expected) for line, expected in zip(lines, found, strict=True)), lines


def test_scope_zone_is_refused_where_the_provider_cannot_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capabilities = Capabilities(condition="exact", lists_zone=False)
    monkeypatch.setattr(mxsync_rfc2136, "plugin", replace(mxsync_rfc2136.plugin, capabilities=capabilities))
    server = "  server: {type: rfc2136, server: 192.0.2.53, unsigned: true}\n"
    head = HEAD.replace("sets:\n", f"{server}sets:\n")
    (found,) = said(
        tmp_path, m=f"{head}zones: {{example.com: {{provider: server, scope: zone, mx: {{}}}}}}\n"
    )
    assert "provider 'server' (rfc2136) cannot list a zone" in found


def test_a_secret_that_stands_in_a_manifest_by_mistake_is_not_repeated(tmp_path: Path) -> None:
    secret = "c2VjcmV0LXZhbHVl"
    block = f"{{type: rfc2136, server: 192.0.2.53, tsig: {{name: k, secret: {secret}}}}}"
    (found,) = said(
        tmp_path,
        m=f"mxsync: 1\nproviders: {{a: {block}}}\ndefaults: {{provider: a}}\nzones: {{example.com: null_mx}}\n",
    )
    assert "expected a mapping, found text" in found
    assert secret not in found


def test_a_file_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    (finding,) = load_manifest([tmp_path / "nowhere.yaml"]).findings
    assert finding.message == "the manifest cannot be read: No such file or directory"


def test_a_folder_without_manifests_is_one_message(tmp_path: Path) -> None:
    (finding,) = load_manifest([tmp_path]).findings
    assert finding.message == "the folder holds no .yaml or .yml file"


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("providers: {files: {type: zonefile, directory: z}}", "b:2:13 MX029 'files' stands in"),
        ("sets: {own: [10 mx.test.]}", "b:2:8 MX029 'own' stands in"),
        ("defaults: {ttl: 60}", "b:2:1 MX029 defaults stand in"),
        ("live: none", "b:2:1 MX029 live stands in"),
        ("zones: {example.com: own}", "b:2:9 MX022 example.com. at provider 'files' is defined in"),
        (
            "zones: {example.com: {provider: more, mx: {'@': slow}}}",
            "b:2:44 MX022 example.com. has another set at provider 'files'",
        ),
        (
            "zones: {example.com: {scope: zone, mx: {a: own}}}",
            "b:2:9 MX022 a zone with scope: zone stands whole",
        ),
    ],
)
def test_what_two_files_say_against_each_other_is_refused(tmp_path: Path, second: str, message: str) -> None:
    found = said(tmp_path, a=f"{HEAD}live: dns\nzones: {{example.com: own}}\n", b=f"mxsync: 1\n{second}\n")
    assert len(found) == 1, found
    assert found[0].startswith(message)


@pytest.mark.parametrize(("line", "live"), [("live: dns\n", "dns"), ("live: none\n", "none"), ("", None)])
def test_a_run_says_once_whether_new_hosts_are_looked_up(tmp_path: Path, line: str, live: str | None) -> None:
    assert read(tmp_path, a=HEAD, b=f"mxsync: 1\n{line}zones: {{example.com: own}}\n")[1] == ()
    assert load_manifest([tmp_path]).live == live


def test_a_known_operators_set_is_taken_by_its_name(tmp_path: Path) -> None:
    head = HEAD.replace("sets:\n", "sets:\n  google: builtin:google-workspace\n")
    desired, findings = read(tmp_path, m=f"{head}zones: {{example.com: {{set: google, ttl: 1h}}}}\n")
    assert findings == ()
    made = [each.set for each in desired.zones[0].owners.values()]
    assert made == [mx_set(3600, "1 smtp.google.com.")]


@pytest.mark.parametrize("name", ["builtin:gogle-workspace", "builtin:microsoft-365", "own2"])
def test_a_set_that_no_operator_gives_to_everybody_is_refused(tmp_path: Path, name: str) -> None:
    head = HEAD.replace("sets:\n", f"sets:\n  google: {name}\n")
    (found,) = said(tmp_path, m=f"{head}zones: {{example.com: google, example.org: google}}\n")
    assert found.startswith(f"m:6:11 MX029 there is no set '{name}'")


def test_a_named_set_that_no_zone_uses_is_looked_at_too(tmp_path: Path) -> None:
    head = HEAD.replace("sets:\n", "sets:\n  spare: [10 192.0.2.1]\n")
    (found,) = said(tmp_path, m=f"{head}zones: {{example.com: own}}\n")
    assert found.startswith("m:6:14 MX002")


def test_what_is_right_in_a_broken_file_is_looked_at_too(tmp_path: Path) -> None:
    zones = "  a.test: [10 192.0.2.1]\n  b.test: {mx: 5}\n  c.test: bad\n"
    head = HEAD.replace("sets:\n", "sets:\n  bad: 5\n")
    found = said(tmp_path, m=f"{head}zones:\n{zones}")
    assert [line.split()[1] for line in found] == ["MX029", "MX002", "MX029"]


@pytest.mark.parametrize(
    ("match", "unchanged"),
    [("preference_match: order, ", True), ("preference_match: exact, ", False), ("", False)],
)
def test_a_renumbering_may_count_as_in_sync(tmp_path: Path, match: str, unchanged: bool) -> None:
    desired, _ = read(tmp_path, m=f"{HEAD}zones: {{example.com: {{{match}mx: {{'@': own}}}}}}\n")
    (zone,) = desired.zones
    live = mx_set(1800, "1 mx1.example.net.", "99 mx2.example.net.")
    assert (diff(zone, {zone.zone: Present(live)}).changes == ()) is unchanged
    other = mx_set(1800, "99 mx1.example.net.", "1 mx2.example.net.")
    assert diff(zone, {zone.zone: Present(other)}).changes
    shorter = MXSet.of(60, live.records)
    assert diff(zone, {zone.zone: Present(shorter)}).changes
