"""The way of mail is explained as a real unbound sees it, before a real BIND."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from mxsync.documents.schema import schema_of
from support.cli import Run, mxsync
from support.named import running_named
from support.nameserver import Server, Zone
from support.unbound import running_unbound

RECORDS = """\
@ 3600 MX 20 backup
@ 3600 MX 10 mx2
@ 3600 MX 10 mx1
mx1 A 192.0.2.25
mx1 AAAA 2001:db8::25
mx2 A 192.0.2.26
backup CNAME mx1
null MX 0 .
implicit A 192.0.2.80
www CNAME @
text TXT nothing
*.w MX 10 mx1
both MX 0 .
both MX 10 mx1
bad MX 10 nowhere
bad MX 20 text
far MX 10 mx.example.org.
twice MX 10 mx1
twice MX 20 mx1
"""


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("named")
    with (
        running_named(folder, [Zone("example.com.", RECORDS)]) as named,
        running_unbound(folder / "unbound", {"example.com.": named.port, "lame.test.": named.port}) as server,
    ):
        yield server


def explain(resolver: Server, domain: str, *arguments: str) -> Run:
    return mxsync("explain", domain, *arguments, "--resolver", f"127.0.0.1:{resolver.port}", cwd=Path("/"))


def said(run: Run) -> list[str]:
    """Give the lines without what is left of TTLs, for that depends on who asked before."""
    return [line.partition(" (kept for")[0].rstrip() for line in run.out.splitlines()]


def test_hosts_are_tried_in_tiers_and_equal_ones_share_the_mail(resolver: Server) -> None:
    run = explain(resolver, "example.com")
    assert run.code == 0
    assert said(run) == [
        "example.com. has an MX set",
        "  first, preference 10, shared equally:",
        "    mx1.example.com.  192.0.2.25",
        "    mx2.example.com.  192.0.2.26",
        "  then, preference 20:",
        "    backup.example.com.  192.0.2.25",
        "note  backup.example.com. is no host but an alias (CNAME) of mx1.example.com.; not every sender follows it (RFC 2181 §10.3)",
        "note  no mail from the Internet arrives at 192.0.2.25, 2001:db8::25, 192.0.2.26 (for documentation)",
    ]
    assert "192.0.2.25 (kept for " in run.out
    assert "; 2001:db8::25 (kept for " in run.out


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("null", "takes no mail: it has a null MX (RFC 7505)"),
        ("implicit", "has no MX set: senders go to its own addresses (implicit MX, RFC 5321 §5.1)"),
        ("text", "takes no mail: it has neither an MX set nor an address"),
        ("nowhere", "does not exist (NXDOMAIN): senders give mail back at once"),
        (
            "www",
            "www.example.com. is an alias (CNAME) of example.com.: senders take the answer for that name",
        ),
        ("a.b.w", "the set may be made up: the same one is at the wildcard *.w.example.com. (RFC 4592)"),
        ("both", "a null MX stands beside others, which means nothing"),
        ("bad", "nowhere.example.com. does not exist: senders pass it over"),
        ("bad", "text.example.com. has no address: senders pass it over"),
        ("bad", "no host has an address: senders find nowhere to go, and mail bounces"),
    ],
)
def test_what_is_special_on_the_way_is_said(resolver: Server, domain: str, words: str) -> None:
    run = explain(resolver, f"{domain}.example.com")
    assert run.code == 0
    assert words in run.out


def test_without_a_set_it_says_for_how_long_caches_keep_that(resolver: Server) -> None:
    assert "caches keep it for " in explain(resolver, "implicit.example.com").out


def test_a_host_at_two_preferences_serves_at_the_better_one(resolver: Server) -> None:
    run = explain(resolver, "twice.example.com", "--format", "json")
    assert [tier["preference"] for tier in run.document["tiers"]] == [10]


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("example.org", "could not be looked up: senders keep the mail, and try again"),
        ("x.lame.test", "SERVFAIL"),
        ("far.example.com", "mx.example.org. could not be looked up: 127.0.0.1:"),
    ],
)
def test_what_could_not_be_found_out_is_said_and_the_exit_code_is_1(
    resolver: Server, domain: str, words: str
) -> None:
    run = explain(resolver, domain)
    assert run.code == 1
    assert words in run.out


@pytest.mark.parametrize(
    "domain",
    [
        "example.com",
        *(f"{label}.example.com" for label in ("null", "implicit", "nowhere", "www", "a.w", "far")),
    ],
)
def test_the_document_fits_its_schema(resolver: Server, domain: str) -> None:
    document = explain(resolver, domain, "--format", "json").document
    jsonschema.validate(document, schema_of("explain"))
    assert document["deliverable"] == (
        domain.split(".", maxsplit=1)[0] in {"example", "implicit", "www", "a"}
    )


def test_the_picture_leads_from_the_sender_to_each_tier(resolver: Server) -> None:
    assert explain(resolver, "example.com", "--format", "mermaid").out == (
        "flowchart LR\n"
        '  sender(["mail for example.com."])\n'
        '  host_0_0["10 mx1.example.com.<br/>192.0.2.25<br/>2001:db8::25"]\n'
        '  host_0_1["10 mx2.example.com.<br/>192.0.2.26"]\n'
        "  sender --> host_0_0 & host_0_1\n"
        '  host_1_0["20 backup.example.com.<br/>192.0.2.25<br/>2001:db8::25"]\n'
        "  host_0_0 & host_0_1 -.-> host_1_0\n"
    )
    assert (
        'end_["null MX: takes no mail"]' in explain(resolver, "null.example.com", "--format", "mermaid").out
    )


def test_a_name_that_is_none_is_wrong_usage(resolver: Server) -> None:
    run = explain(resolver, "a..b")
    assert run.code == 64
    assert "'a..b' has an empty label" in run.err
