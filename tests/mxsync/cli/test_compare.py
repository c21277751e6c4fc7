"""What providers have stands beside what name servers answer: real ones, below a real parent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from mxsync.documents.schema import schema_of
from support.cli import Run, mxsync
from support.named import running_named
from support.nameserver import Zone
from support.tree import ZONE, Tree, running_tree

RECORDS = "@ 3600 MX 10 mx1.example.net.\n*.w 60 MX 10 w.example.net.\nalias CNAME @\n"
MANIFEST = "{example.test: {mx: {'@': [10 mx1.example.net.], x.w: absent, alias: absent, gone: [10 mx1.example.net.]}}}"


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with running_tree(tmp_path, RECORDS) as made:
        made.write_manifest(MANIFEST)
        yield made


def compare(tree: Tree, *arguments: str) -> Run:
    return mxsync("compare", *arguments, *tree.options, cwd=tree.folder)


def test_what_is_the_same_on_all_sides_is_alike_also_if_the_manifest_wants_something_else(
    tree: Tree,
) -> None:
    run = compare(tree)
    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    # Each side has its own words for a CNAME.
    assert [line for line in lines if "CNAME" not in line] == [
        "example.test.",
        "  alike  @",
        "         office        10 mx1.example.net. (TTL 1h)",
        "         name servers  10 mx1.example.net. (TTL 1h)",
        "  alike  x.w",
        "         office        no MX set, but for a wildcard's answer",
        "         name servers  no MX set, but for a wildcard's answer",
        "  alike  alias",
        "  alike  gone",
        "         office        no MX set",
        "         name servers  no MX set",
        "",
        "4 of 4 owners alike.",
    ]
    assert "         name servers  it is a CNAME of example.test." in lines


def test_a_server_that_answers_differently_stands_beside_the_others(tree: Tree) -> None:
    tree.change(f"update delete {ZONE} MX\nupdate add {ZONE} 3600 MX 10 mx2.example.net.")
    run = compare(tree, "example.test")
    assert run.code == 2
    assert "  unlike  @\n" in run.out
    shown = [" ".join(line.split()) for line in run.out.splitlines() if "mx1" in line or "mx2" in line]
    assert shown == [
        "office 10 mx2.example.net. (TTL 1h)",
        f"ns1.example.test. ({tree.primary.address}) 10 mx2.example.net. (TTL 1h)",
        f"ns2.example.test. ({tree.secondary.address}) 10 mx1.example.net. (TTL 1h)",
    ]
    assert "3 of 4 owners alike.\n" in run.out
    table = compare(tree, "--format", "markdown").out
    assert table.count("| `example.test.` |") == 3
    assert "x.w" not in table


def test_the_document_fits_its_schema(tree: Tree) -> None:
    tree.change(f"update add {ZONE} 3600 MX 10 mx2.example.net.")
    run = compare(tree, "--format", "json")
    jsonschema.validate(run.document, schema_of("compare"))
    (zone,) = run.document["zones"]
    assert zone["providers"] == [
        {"provider": "office", "name_servers": ["ns1.example.test.", "ns2.example.test."], "trouble": ""}
    ]
    assert run.document["summary"] == {"owners": 4, "alike": 3}


def test_arguments_are_paths_if_they_are_there_and_else_zones_or_owners(tree: Tree) -> None:
    run = compare(tree, "gone.example.test", "mxsync.yaml")
    assert (run.code, run.out.splitlines()[-1]) == (0, "1 of 1 owner alike.")
    run = compare(tree, "example.org")
    assert run.code == 64
    assert run.err == (
        "mxsync: no such file, and no such zone: example.org.: "
        "the manifest manages neither a zone nor an owner of this name\n"
    )


def test_a_side_that_cannot_be_read_is_said(tree: Tree) -> None:
    tree.primary.server.stop()
    run = compare(tree)
    assert run.code == 1
    assert "0 of 4 owners alike, 4 not readable on all sides." in run.out
    assert f"ns1.example.test. ({tree.primary.address}) no answer" in " ".join(run.out.split())


def test_a_delegation_that_does_not_fit_the_providers_is_said(tree: Tree) -> None:
    folder = tree.folder / "other"
    folder.mkdir()
    zone = Zone(ZONE, "@ 3600 MX 10 mx1.example.net.", apex="@ NS ns.other\nns.other A 192.0.2.53\n")
    with running_named(folder, [zone], [tree.key]) as server:
        tree.write_manifest(
            "{example.test: {providers: [office, other], mx: {'@': [10 mx1.example.net.]}}}",
            f"  other: {{type: rfc2136, server: {server.address}, port: {server.port}, tsig: {{key_file: mxsync.key}}}}\n",
        )
        run = compare(tree)
        assert run.code == 2
        assert (
            "  delegation  it is not delegated to provider 'other' (ns.other.example.test.), "
            "but to ns1.example.test., ns2.example.test.\n"
        ) in run.out
        assert "1 of 1 owner alike, the delegation of 1 zone does not fit." in run.out
        # The same is a warning of verify, and no failure: everybody gets the right answer.
        verified = mxsync("verify", *tree.options, cwd=tree.folder)
        assert verified.code == 0
        assert "warning MXL09: example.test.: it is not delegated to provider 'other'" in verified.err
        tree.write_manifest(
            "{example.test: {provider: other, mx: {'@': [10 mx1.example.net.]}}}",
            f"  other: {{type: rfc2136, server: {server.address}, port: {server.port}, tsig: {{key_file: mxsync.key}}}}\n",
        )
        assert "it is not delegated to provider 'other'" in compare(tree).out
        at_home = mxsync("verify", "--at-provider", cwd=tree.folder)
        assert (at_home.code, at_home.err) == (0, "")


def test_a_zone_that_is_not_delegated_yet_is_said(tree: Tree) -> None:
    tree.delegate("update delete example.test. NS")
    run = compare(tree)
    assert run.code == 2
    assert "  delegation  it is not delegated: test. names no servers for it; ask for it there\n" in run.out


def test_name_servers_that_cannot_be_found_are_no_difference_and_no_likeness(tree: Tree) -> None:
    tree.delegate("update delete example.test. NS\nupdate add example.test. 60 NS ns.nowhere.test.")
    run = compare(tree)
    assert run.code == 1
    assert run.out.count("its name server ns.nowhere.test. has no address") == 1
    assert run.out.endswith("4 of 4 owners alike, no name server of 1 zone could be asked.\n")
    tree.resolver.stop()
    run = compare(tree)
    assert run.code == 1
    assert "  delegation  its parent could not be found: SOA of test.: " in run.out
    assert run.out.endswith("4 of 4 owners alike, no name server of 1 zone could be asked.\n")
