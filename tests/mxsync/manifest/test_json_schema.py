"""The JSON Schema of manifests, held against what mxsync itself says of the same manifests."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mxsync import registry
from mxsync.diagnostic import has_errors
from mxsync.errors import ProviderError
from mxsync.manifest.document import plain, read_document
from mxsync.manifest.json_schema import manifest_schema
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.manifest.schema import ManifestFile
from mxsync.registry import GROUP, Offer
from support.cli import mxsync
from support.distributions import REPOSITORY
from support.editors import OURS, marked

EXAMPLES = sorted((REPOSITORY / "examples").rglob("mxsync.yaml"))
HEAD = """\
mxsync: 1
providers:
  files: {type: zonefile, directory: zones}
  office: {type: rfc2136, server: 192.0.2.53, tsig: {key_file: keys/mxsync.key}}
sets: {own: [10 mx1.example.net., 20 mx2.example.net.]}
defaults: {provider: files, ttl: 1h}
"""
ANY_ZONE = f"{HEAD}zones: {{example.com: own}}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a list of domains."""
    made = tmp_path_factory.mktemp("manifests")
    (made / "domains.txt").write_text("a.example.org\nb.example.org own\n", "utf-8")
    return made


def refused(text: str, folder: Path) -> set[str]:
    """Give the rules by which mxsync refuses a manifest; none if it is fine."""
    path = folder / "m.yaml"
    path.write_text(text, "utf-8")
    findings = resolve(load_manifest([path]), date(2026, 11, 23))[1]
    return {finding.rule for finding in findings if has_errors([finding])}


def last_line(text: str) -> str:
    return text.splitlines()[-1].strip()[:60]


def data_of(text: str) -> Any:
    return plain(read_document(text.encode(), "m.yaml"))


def zone(value: str) -> str:
    return f"{HEAD}zones:\n  example.com: {value}\n"


def owner(value: str) -> str:
    return zone(f"{{mx: {{'@': {value}}}}}")


def named(value: str) -> str:
    return ANY_ZONE.replace("sets: {", f"sets: {{other: {value}, ")


def provider(block: str) -> str:
    return ANY_ZONE.replace("providers:\n", f"providers:\n  other: {block}\n")


def server(rest: str) -> str:
    return provider(f"{{type: rfc2136, server: 192.0.2.53, {rest}}}")


def listed(rest: str) -> str:
    return f"{HEAD}zones_from: {{file: domains.txt, mx: own{rest}}}\n"


RECORDS = ", ".join(f"{number} mx{number}.example.net." for number in range(101))
GOOD = [
    *map(owner, ("own", "null_mx", "absent", "[10 mx.example.net., 0 mx2.example.net.]", "['65535\tmx.example.net.']")),
    *map(owner, ("['0 .']", "[10   bücher.example.]", "[{preference: 0, exchange: .}]", "{set: null_mx}")),
    *map(owner, ("{ttl: 0, records: [1 a.test.]}", "{set: own, ttl: 2147483647}", "{set: own, ttl: null}")),
    *map(owner, ("{set: own, ttl: 3550w}", "{set: own, ttl: 24855d}", "{set: own, ttl: 2147483647s}", "{set: own, ttl: 0m}")),
    *map(zone, ("own", "[1 a.test.]", "{ttl: 5m, records: [1 a.test.]}", "{set: own, ttl: 5m}", "absent")),
    *map(zone, ("{scope: zone, mx: {}}", "{scope: owners, mx: {lists: own}}", "{provider: files, mx: {'*': own}}")),
    *map(zone, ("{providers: [files, office], mx: {a: own}}", "{provider: null, providers: [files], mx: {a: own}}")),
    *map(zone, ("{preference_match: order, ttl: 1d, mx: {'@': own}, waive: []}",)),
    zone("{mx: {'@': own}, waive: [{rule: MX008, owner: lists, reason: meant, until: 2027-06-30}]}"),
    zone("{mx: {'@': own}, waive: [{rule: MXL03, until: 2028-02-29}]}"),
    *map(named, ("[1 a.test.]", "{records: [1 a.test.]}", "builtin:google-workspace")),
    *map(provider, ("{type: zonefile, directory: z, pattern: 'db.{zone}', reload: [rndc, reload], reload_timeout: 5}",)),
    *map(provider, ("{type: rfc2136, server: ns1.example.net., unsigned: true}", "{type: rfc2136, server: '2001:db8::53', unsigned: true, timeout: 1}")),
    *map(server, ("tsig: {name: k, secret: {env: KEY}}", "tsig: {name: k, algorithm: HMAC-SHA512., secret: {file: k}}")),
    *map(server, ("tsig: {key_file: k, key: a}, port: 65535, timeout: 0.5", "tsig: {name: k, secret: {exec: [pass, show]}}")),
    *map(listed, ("", ", ttl: 5m, preference_match: exact", ", providers: [files]")),
    f"{HEAD}zones_from: [{{file: domains.txt, mx: [1 a.test.]}}]\n",
    f"{HEAD}zones: {{bücher.example: own, example.com.: own}}\n",
]  # fmt: skip
BAD = [
    *map(owner, ("[]", "7", "null", "true", "{}", "[null]", "[[]]", "10 mx.example.net.", "{ttl: 5m}", "{records: []}")),
    *map(owner, ("[10]", "['10 ']", "[mx.example.net.]", "['10mx.example.net.']", "['10 a.test. b.test.']", "[' 10 a.test.']")),
    *map(owner, ("[65536 a.test.]", "[-1 a.test.]", "['010 a.test.']", "['1_0 a.test.']", "[x a.test.]", "['\uff11\uff10 a.test.']")),
    *map(owner, ("[{preference: '10', exchange: a.test.}]", "[{preference: 65536, exchange: a.test.}]", "[{exchange: a.test.}]")),
    *map(owner, ("[{preference: 1, exchange: 'a b.test.'}]", "[{preference: 1, exchange: ''}]", "[{preference: 1, exchange: a.test., x: 1}]")),
    *map(owner, ("[{preference: true, exchange: a.test.}]", f"[{RECORDS}]", "['10 a.test.\n\n']", "['10 a.test. ']")),
    *map(owner, ("{set: own, ttl: 1y}", "{set: own, ttl: -1}", "{set: own, ttl: 2147483648}", "{set: own, ttl: 3551w}", "{set: own, ttl: 1.5}")),
    *map(owner, ("{set: own, ttl: '60'}", "{set: own, ttl: 01h}", "{set: own, ttl: 1 h}", "{set: own, ttl: true}", "{set: own, ttl: 2147483648s}")),
    *map(owner, ("{set: absent}", "{set: own, records: [1 a.test.]}", "{set: [1 a.test.]}", "{mx: own}", "-own", "'own set'")),
    *map(zone, ("{mx: {}}", "{scope: owners, mx: {}}", "{mx: null}", "{scope: zones, mx: {}}", "{scope: zone}", "{mx: [1 a.test.]}")),
    *map(zone, ("{mx: {'': own}}", "{mx: {'a b': own}}", "{mx: {'@': own}, ttls: 5}", "{providers: [], mx: {'@': own}}")),
    *map(zone, ("{provider: files, providers: [files], mx: {'@': own}}", "{provider: [files], mx: {'@': own}}")),
    *map(zone, ("{preference_match: same, mx: {'@': own}}", "{mx: {'@': own}, waive: [{rule: MX008}]}")),
    *map(zone, ("{mx: {'@': own}, waive: [{rule: MX999, until: 2027-06-30}]}", "{mx: {'@': own}, waive: [{rule: MX008, until: 2027-13-01}]}")),
    *map(zone, ("{mx: {'@': own}, waive: [{rule: MX008, until: '20270630'}]}", "{mx: {'@': own}, waive: {rule: MX008, until: 2027-06-30}}")),
    *map(named, ("builtin:nobody", "own", "null", "{set: own}", "{ttl: 5m, mx: {}}", "[]")),
    *map(provider, ("{type: bind}", "{directory: z}", "{type: zonefile}", "{type: zonefile, directory: z, server: 192.0.2.53}", "null")),
    *map(provider, ("{type: zonefile, directory: z, pattern: zone}", "{type: zonefile, directory: z, pattern: '../{zone}'}", "{type: [zonefile]}")),
    *map(provider, ("{type: zonefile, directory: z, pattern: '/{zone}'}", "{type: zonefile, directory: z, reload: rndc}", "{type: zonefile, directory: z, reload: ['']}")),
    *map(provider, ("{type: rfc2136, server: 192.0.2.53}", "{type: rfc2136, unsigned: true}", "{type: rfc2136, server: '192.0.2.53:0', unsigned: true}")),
    *map(provider, ("{type: rfc2136, server: 192.0.2.256, unsigned: true}", "{type: rfc2136, server: '', unsigned: true}", "{type: rfc2136, server: a_-.test, unsigned: true}")),
    *map(server, ("unsigned: false", "unsigned: true, tsig: {key_file: k}", "unsigned: true, port: 0", "unsigned: true, timeout: 601")),
    *map(server, ("tsig: {}", "tsig: {name: k}", "tsig: {key: k}", "tsig: {key_file: k, secret: {env: K}}", "tsig: {key_file: null}")),
    *map(server, ("tsig: {name: k, secret: {}}", "tsig: {name: k, secret: {env: A, file: b}}", "tsig: {name: k, secret: {env: null}}")),
    *map(server, ("tsig: {name: k, algorithm: hmac-md5, secret: {env: K}}", "tsig: {name: k, secret: {exec: []}}", "tsig: {name: k, secret: {env: ''}}")),
    *map(listed, (", scope: zone", ", provider: files, providers: [files]")),
    *map(owner, ("[{preference: -1, exchange: a.test.}]", "{set: 'a b'}", f"{{set: {'a' * 65}}}", "a" * 65, "[{preference: 1, exchange: 7}]")),
    *map(owner, ("{ttl: x, records: [1 a.test.]}", "{records: own}", "{records: [x]}", f"{{records: [{RECORDS}]}}")),
    *map(zone, ("{scope: zones, mx: {'@': own}}", "{scope: 1, mx: {'@': own}}", "{ttl: 1y, mx: {'@': own}}", "'a b'", "a" * 65, "[]", f"[{RECORDS}]")),
    *map(zone, ("{providers: [1], mx: {'@': own}}", "{providers: files, mx: {'@': own}}", "{mx: {'@': own}, waive: [{rule: MX008, until: 2027-06-30, x: 1}]}")),
    *map(zone, ("{mx: {'@': own}, waive: [{rule: MX008, until: 2027-06-30, owner: 1}]}", "{mx: {'@': own}, waive: [{rule: MX008, until: 2027-06-30, reason: []}]}")),
    *map(named, ("[x]", f"[{RECORDS}]")),
    *map(provider, ("{type: zonefile, directory: z, pattern: '{zone}/'}", "{type: zonefile, directory: z, reload: []}", "{type: zonefile, directory: z, reload: [1]}")),
    *map(provider, ("{type: zonefile, directory: z, reload_timeout: 0}", "{type: zonefile, directory: z, reload_timeout: 3601}", "{type: zonefile, directory: 7}")),
    *map(provider, ("{type: rfc2136, server: 192.0.2.53, tsig: null, unsigned: false}", "{type: rfc2136, server: '192.0.2', unsigned: true}")),
    *map(server, ("unsigned: true, port: 65536", "unsigned: true, port: '53'", "unsigned: true, timeout: 0", "unsigned: 1", "tsig: {key_file: k, x: 1}", "tsig: {key_file: 1}")),
    *map(server, ("tsig: {name: k, secret: {exec: pass}}", "tsig: {name: k, secret: {exec: [1]}}", "tsig: {name: k, secret: {file: 1}}", "tsig: {name: 1, secret: {env: K}}")),
    *map(listed, (", ttl: 1y", ", preference_match: same", ", provider: 1", ", providers: []", ", providers: [1]")),
    *(f"{HEAD}zones_from: {{file: domains.txt, mx: {value}}}\n" for value in ("[]", "'a b'", "a" * 65, "7", "[x]", f"[{RECORDS}]")),
    *(ANY_ZONE.replace("ttl: 1h", rest) for rest in ("ttl: 1y", "providers: [files]", "x: 1", "preference_match: x", "ttl: -1")),
    ANY_ZONE.replace("provider: files", "provider: 1"),
    ANY_ZONE.replace("provider: files", "providers: []"),
    ANY_ZONE.replace("{provider: files, ttl: 1h}", "files"),
    ANY_ZONE.replace("  files:", f"  {'a' * 65}:"),
    ANY_ZONE.replace("{own:", "{absent: [1 a.test.], own:"),
    f"{HEAD}zones_from: {{file: domains.txt}}\n",
    f"{HEAD}zones_from: {{file: 1, mx: own}}\n",
    f"{HEAD}zones_from: null\n",
    f"{HEAD}zones: {{'@': own}}\n",
    f"{HEAD}zones: {{'*.example.com': own}}\n",
    f"{HEAD}zones: [example.com]\n",
    ANY_ZONE.replace("{own:", "{null_mx: [1 a.test.], own:"),
    ANY_ZONE.replace("{own:", "{'a b': [1 a.test.], own:"),
    ANY_ZONE.replace("{own:", f"{{{'a' * 65}: [1 a.test.], own:"),
    ANY_ZONE.replace("  office:", "  -office:"),
    ANY_ZONE.replace("mxsync: 1", "mxsync: 2"),
    ANY_ZONE.replace("mxsync: 1", "mxsync: '1'"),
    ANY_ZONE.replace("mxsync: 1", "mxsync: true"),
    ANY_ZONE.replace("mxsync: 1\n", ""),
    f"{ANY_ZONE}zone: {{}}\n",
    "[]",
]  # fmt: skip
LEFT_TO_MXSYNC = {
    "what a set's name stands for": owner("other"),
    "what a provider's name stands for": zone("{provider: aws, mx: {'@': own}}"),
    "that a zone has a provider": ANY_ZONE.replace("provider: files, ", ""),
    "that a manifest has a zone, which may stand in another file": HEAD,
    "files that must exist": f"{HEAD}zones_from: {{file: no.txt, mx: own}}\n",
    "names and IDNA": zone("{mx: {'a..b': own}}"),
    "where a name lies": zone("{mx: {'a.example.net.': own}}"),
    "names that mean the same": f"{HEAD}zones: {{example.com: own, example.com.: own}}\n",
    "addresses in the place of hosts": owner("[10 192.0.2.1]"),
    "what a host may be called": owner("[10 -mx.example.net.]"),
    "a null MX beside others": owner("['0 .', 10 mx.example.net.]"),
    "a record that stands twice": owner("[10 mx.example.net., 10 MX.example.net]"),
    "the calendar": zone("{mx: {'@': own}, waive: [{rule: MX008, until: 2027-02-29}]}"),
    "how a preference is written": owner("[{preference: 10.0, exchange: mx.example.net.}]"),
    "how a TTL is written": owner("{set: own, ttl: 60.0}"),
    "how the version is written": ANY_ZONE.replace("mxsync: 1", "mxsync: 1.0"),
    "what looks like an IPv6 address": provider("{type: rfc2136, server: '1:2', unsigned: true}"),
    "the names of keys": server("tsig: {name: a..b, secret: {env: K}}"),
    "what can be printed": provider('{type: zonefile, directory: z, pattern: "{zone}\\u200b"}'),
}
PLAIN_SECRETS = [
    "tsig: {name: k, secret: c2VjcmV0}",
    "tsig: {name: k, secret: {value: c2VjcmV0}}",
    "tsig: {name: k, secret: [c2VjcmV0]}",
    "tsig: c2VjcmV0",
    "unsigned: true, password: c2VjcmV0",
]


def test_it_is_a_schema_of_draft_2020_12() -> None:
    schema, notes = manifest_schema(OURS)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert notes == ()


@pytest.mark.parametrize("text", GOOD, ids=last_line)
def test_what_mxsync_takes_no_editor_marks(folder: Path, text: str) -> None:
    assert refused(text, folder) == set()
    assert marked(data_of(text)) == []


@pytest.mark.parametrize("text", BAD, ids=last_line)
def test_what_mxsync_refuses_an_editor_marks(folder: Path, text: str) -> None:
    assert refused(text, folder) != set()
    assert marked(data_of(text)) != []


@pytest.mark.parametrize("text", LEFT_TO_MXSYNC.values(), ids=LEFT_TO_MXSYNC)
def test_what_a_schema_cannot_say_is_left_to_mxsync(folder: Path, text: str) -> None:
    assert refused(text, folder) != set()
    assert marked(data_of(text)) == []


@pytest.mark.parametrize("rest", PLAIN_SECRETS)
def test_a_secret_as_plain_text_is_marked_and_refused(folder: Path, rest: str) -> None:
    assert refused(server(rest), folder) == {"MX029"}
    assert marked(data_of(server(rest))) != []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_example_is_fine_by_the_schema_that_it_names(path: Path) -> None:
    text = path.read_text("utf-8")
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert modeline
    schema = json.loads((path.parent / modeline[1]).read_text("utf-8"))
    assert marked(data_of(text), schema) == []


def test_the_schema_among_the_examples_is_what_the_command_prints() -> None:
    written = (REPOSITORY / "examples/mxsync.schema.json").read_text("utf-8")
    again = "mxsync schema manifest > examples/mxsync.schema.json"
    assert json.loads(written) == manifest_schema(OURS)[0], f"write it anew: {again}"


# ----- any change to a good manifest -----

WHOLE = """\
mxsync: 1
providers:
  files: {type: zonefile, directory: zones, pattern: "{zone}.zone", reload: [rndc, reload], reload_timeout: 9}
  office:
    type: rfc2136
    server: 192.0.2.53
    port: 53
    timeout: 2.5
    tsig: {name: k, algorithm: hmac-sha256, secret: {env: KEY}}
  other: {type: rfc2136, server: ns1.example.net, unsigned: false, tsig: {key_file: k, key: a}}
sets:
  google: builtin:google-workspace
  own: {ttl: 1h, records: [10 mx1.example.net., {preference: 20, exchange: mx2.example.net.}]}
defaults: {provider: files, ttl: 1h, preference_match: order}
zones_from: [{file: domains.txt, mx: own, provider: files, ttl: 60}]
zones:
  example.com: own
  example.net: {scope: zone, mx: {}}
  example.org:
    providers: [office, files]
    ttl: 1d
    scope: owners
    mx: {"@": google, lists: [10 a.example.net.], news: {set: own, ttl: 5m}, parked: null_mx, old: absent}
    waive: [{rule: MX008, owner: lists, reason: meant, until: 2027-06-30}]
"""
VALUES = st.one_of(
    st.none() | st.booleans() | st.integers() | st.just(1.5) | st.integers(0, 70000),
    st.sampled_from(["", "own", "absent", "10 a.test.", "65536 a.test.", "@", "*", "files", "zone", "1h", "99999d"]),
    st.sampled_from(["zonefile", "rfc2136", "nothing", "::1", "a b", "a\n", "2027-02-30", "{zone}/../x", "MXL1"]),
    st.text("ab01.- \n\t{}", max_size=6),
    st.sampled_from([[], {}, [[]], [{}], ["1 a.test."], ["own"], {"mx": {}}, {"env": "KEY"}, {"records": []}]),
)  # fmt: skip
WORDS = (
    "mxsync providers provider sets set defaults zones zones_from mx ttl records scope waive rule owner reason "
    "until type server port tsig unsigned timeout directory pattern reload key_file key name algorithm secret "
    "env file exec preference exchange preference_match own google absent @ * other x"
)
KEYS = st.sampled_from(WORDS.split()) | st.text("ab .*-", max_size=3)
UNCERTAIN = {"server", "name", "key", "until", "pattern"}
"""Keys whose text only mxsync can judge to the end; `LEFT_TO_MXSYNC` says why."""


def holders(data: Any) -> list[Any]:
    """Give the mappings and lists of a document."""
    below = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    found = [each for value in below for each in holders(value)]
    return [data, *found] if isinstance(data, dict | list) else found


@st.composite
def changed(draw: st.DrawFn) -> Any:
    """A good manifest after up to three changes."""
    data = deepcopy(data_of(WHOLE))
    for _ in range(draw(st.integers(1, 3))):
        holder = draw(st.sampled_from(holders(data)))
        value = draw(VALUES | st.sampled_from(holders(data_of(WHOLE))))
        there = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        match draw(st.sampled_from(["replace", "remove", "add", "rename"])):
            case "replace" if there:
                holder[draw(st.sampled_from(there))] = deepcopy(value)
            case "remove" if there:
                del holder[draw(st.sampled_from(there))]
            case "rename" if there and isinstance(holder, dict):
                holder[draw(KEYS)] = holder.pop(draw(st.sampled_from(there)))
            case _ if isinstance(holder, dict):
                holder[draw(KEYS)] = deepcopy(value)
            case _:
                holder.append(deepcopy(value))
    return data


def misshapen(data: Any) -> list[Any]:
    """Give the last key of each place where the shape of a manifest is wrong."""
    try:
        content = ManifestFile.model_validate(data)
        for block in content.providers.values():
            registry.load(block.type).config.model_validate(block.settings)
    except pydantic.ValidationError as error:
        return [(detail["loc"] or ("",))[-1] for detail in error.errors()]
    except ProviderError:
        return ["type"]
    return []


@settings(max_examples=400, deadline=None)
@given(changed())
def test_schema_and_program_agree_on_any_change_of_a_good_manifest(folder: Path, data: Any) -> None:
    wrong = [key for key in misshapen(data) if key not in UNCERTAIN]
    marks = marked(data)
    if wrong:
        assert marks
    if marks:
        assert refused(json.dumps(data, ensure_ascii=False), folder)


# ----- other people's plug-ins -----

TOY = """
import pydantic
from collections.abc import Callable
from mxsync.memory import MemoryProvider
from mxsync.provider import Capabilities, Plugin
from mxsync.strict import Strict

class Rfc2136Config(Strict):
    colour: str
    {more}

plugin = Plugin("toy", "zones in memory", Rfc2136Config, Capabilities("exact", True), lambda *_: MemoryProvider())
"""


def offer_toy(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, more: str = "") -> Offer:
    (folder / f"{module}.py").write_text(TOY.format(more=more), "utf-8")
    monkeypatch.syspath_prepend(folder)
    return Offer("toy", lambda: f"acme-{module}", EntryPoint("toy", f"{module}:plugin", GROUP))


def test_the_blocks_of_other_peoples_providers_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema, notes = manifest_schema([*OURS, offer_toy(tmp_path, monkeypatch, "toy_that_works")])
    Draft202012Validator.check_schema(schema)
    assert notes == ()
    for text in GOOD:
        assert marked(data_of(text), schema) == []
    assert marked(data_of(provider("{type: toy, colour: red}")), schema) == []
    for block in ("{type: toy}", "{type: toy, colour: 1}", "{type: toy, colour: red, server: 192.0.2.53}"):
        assert marked(data_of(provider(block)), schema) != []


def test_providers_that_cannot_be_used_or_described_are_left_out_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = offer_toy(tmp_path, monkeypatch, "toy_offered_twice")
    nameless = offer_toy(tmp_path, monkeypatch, "toy_without_schema", "call: Callable[[], int]")
    broken = Offer("broken", lambda: "acme-broken", EntryPoint("broken", "no_such_module:plugin", GROUP))
    for offered, words in (
        ([toy, nameless], ("'toy'", "acme-toy_offered_twice and acme-toy_without_schema", "uninstall")),
        ([broken], ("'broken'", "acme-broken", "no_such_module")),
        ([nameless], ("'toy'", "JSON Schema")),
    ):
        schema, (note,) = manifest_schema([*OURS, *offered])
        assert schema == manifest_schema(OURS)[0]
        assert "\n" not in note
        assert all(word in note for word in words)


def test_the_command_prints_the_schema_and_its_notes_apart(tmp_path: Path) -> None:
    info = tmp_path / "acme_broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nbroken = no_such_module:plugin\n")
    run = mxsync("schema", "manifest", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.code == 0
    assert marked(data_of(ANY_ZONE), run.document) == []
    assert run.err.startswith("mxsync: left out: provider type 'broken' of acme-broken cannot be loaded: ")
    assert run.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["bogus"], ["manifest", "more"]])
def test_a_schema_that_there_is_not_is_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    run = mxsync("schema", *arguments, cwd=tmp_path)
    assert (run.code, run.out) == (64, "")
    assert "Error: " in run.err
