"""The known operators of mail: complete data, and whose an exchange is."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mxsync import names
from mxsync.model import MXSet
from mxsync.names import ROOT, Name
from mxsync.operators import Operator, load, recognise
from mxsync.rules.checks import check_exchange, check_records
from support.distributions import REPOSITORY, build

OPERATORS = list(load().values())
WITH_RECORDS = [operator for operator in OPERATORS if operator.records]
ENTRIES = pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
SETS = pytest.mark.parametrize("operator", WITH_RECORDS, ids=lambda operator: operator.name)
FILE = REPOSITORY / "mxsync/operators.toml"
PAGE = REPOSITORY / "docs/operators.md"
KEYS = {"title", "source", "via", "checked", "records", "hosts", "pooled"}


def found(exchange: str) -> str | None:
    operator = recognise(names.parse(exchange))
    return operator.name if operator else None


@ENTRIES
def test_every_entry_says_what_it_is_where_it_is_from_and_when_it_was_checked(operator: Operator) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", operator.name)
    assert operator.title
    for url in [operator.source, *([operator.via] if operator.via else [])]:
        assert urlsplit(url).scheme == "https"
        assert urlsplit(url).hostname
    assert type(operator.checked) is date
    assert operator.hosts


def test_the_file_has_no_key_that_nothing_reads() -> None:
    for name, entry in tomllib.loads(FILE.read_text("utf-8")).items():
        assert set(entry) <= KEYS, name


@SETS
def test_every_set_is_one_that_dns_can_serve_and_no_rule_objects_to(operator: Operator) -> None:
    made = MXSet.of(3600, operator.records)
    assert list(check_records(made.records)) == []
    for record in operator.records:
        assert list(check_exchange(record.exchange, record.exchange, Name("example.com."))) == []


@SETS
def test_every_exchange_of_a_set_is_recognised_as_the_same_operators(operator: Operator) -> None:
    assert {found(record.exchange) for record in operator.records} == {operator.name}


@ENTRIES
def test_every_host_and_every_name_of_a_pattern_is_recognised(operator: Operator) -> None:
    for host in operator.hosts:
        assert found(host.replace("*", "example-com")) == operator.name
        assert found(host.replace("*", "EXAMPLE-com").upper()) == operator.name


@ENTRIES
def test_hosts_are_canonical_and_a_pattern_has_one_star_that_is_a_label(operator: Operator) -> None:
    for host in operator.hosts:
        assert names.parse(host) == host
        assert host.split(".").count("*") == host.count("*") <= 1


@SETS
def test_a_set_of_one_record_is_that_of_a_pooled_host(operator: Operator) -> None:
    assert len(operator.records) > 1 or operator.pooled


def test_no_host_stands_for_two_operators() -> None:
    hosts = [host for operator in OPERATORS for host in operator.hosts]
    assert len(hosts) == len(set(hosts))


@pytest.mark.parametrize(
    ("exchange", "name"),
    [
        ("smtp.google.com.", "google-workspace"),
        ("aspmx.l.google.com.", "google-workspace-legacy"),
        ("alt4.aspmx.l.google.com.", "google-workspace-legacy"),
        ("example-com.mail.protection.outlook.com.", "microsoft-365"),
        ("example-com.r-v1.mx.microsoft.", "microsoft-365"),
        ("inbound-smtp.eu-west-1.amazonaws.com.", "amazon-ses"),
        ("route1.mx.cloudflare.net.", "cloudflare-email-routing"),
        ("eu-smtp-inbound-1.mimecast.com.", "mimecast"),
        ("mx3.zoho.com.au.", "zoho-com-au"),
    ],
)
def test_an_exchange_is_recognised_by_its_name_or_by_a_pattern(exchange: str, name: str) -> None:
    assert found(exchange) == name


@pytest.mark.parametrize(
    "exchange",
    [
        ".",
        "com.",
        "google.com.",
        "notsmtp.google.com.",
        "x.smtp.google.com.",
        "smtp.google.com.example.com.",
        "notaspmx.l.google.com.",
        "mail.protection.outlook.com.",
        "example-com.notmail.protection.outlook.com.",
        "example-commail.protection.outlook.com.",
        "mx.microsoft.",
        "example-com.notmx.microsoft.",
        "mail.protection.outlook.com.example.net.",
        "inbound-smtp.amazonaws.com.",
        "inbound-smtp.a.b.amazonaws.com.",
        "x.inbound-smtp.us-east-1.amazonaws.com.",
        "email-smtp.us-east-1.amazonaws.com.",
        r"example-com\.mail.protection.outlook.com.",
        r"x.example-com\.mail.protection.outlook.com.",
        "mx4.zoho.com.",
        "mx1.example.net.",
    ],
)
def test_what_only_looks_like_an_operators_host_is_nobodys(exchange: str) -> None:
    assert found(exchange) is None


def test_the_root_is_nobodys() -> None:
    assert recognise(ROOT) is None


def test_the_exchange_of_microsoft_365_is_never_made_up() -> None:
    assert load()["microsoft-365"].records == ()
    assert not any(
        record.exchange.endswith((".outlook.com.", ".microsoft."))
        for operator in OPERATORS
        for record in operator.records
    )


def test_importing_the_module_reads_nothing() -> None:
    code = "import sys, mxsync.operators; sys.exit('tomllib' in sys.modules or 'importlib.resources' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_wheel_brings_the_data_along(tmp_path: Path) -> None:
    (wheel,) = build(REPOSITORY, tmp_path, "--wheel")
    code = "from mxsync import operators; print(operators.__file__, *operators.load())"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    out = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path / "installed")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert Path(out[0]).is_relative_to(tmp_path / "installed")
    assert out[1:] == list(load())


def test_the_manual_shows_the_data_as_it_is() -> None:
    rows = re.findall(r"^\| `([^|]*)` \| (.*) \| (.*) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [
        (operator.name, operator.title, _codes(map(str, operator.records)), _link(operator))
        for operator in WITH_RECORDS
    ] + [
        (operator.name, operator.title, _codes(operator.hosts), _link(operator))
        for operator in OPERATORS
        if not operator.records
    ]


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _link(operator: Operator) -> str:
    read = f", read [here]({operator.via})" if operator.via else ""
    return f"[{urlsplit(operator.source).hostname}]({operator.source}){read}"
