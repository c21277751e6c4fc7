"""What a manifest may say of Route 53, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pydantic
import pytest

from mxsync.endpoints import Credentials
from mxsync.errors import NotAllowed, ProviderError
from mxsync.provider import Context
from mxsync.registry import open_provider
from mxsync_route53 import Route53Config, plugin
from mxsync_route53.endpoint import credentials_for
from support.cli import mxsync


def test_an_empty_block_means_the_zones_of_the_default_profile() -> None:
    config = Route53Config()
    assert (config.private, config.wait, config.requests_per_second, config.zone_ids) == (
        None,
        "insync",
        4.5,
        {},
    )


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"zone_id": "Z1"}, "Extra inputs"),
        ({"zone_ids": {"example..com": "Z1"}}, "empty label"),
        ({"zone_ids": {"example.com": "Z1", "EXAMPLE.com.": "Z2"}}, "stands there twice"),
        ({"zone_ids": {"example.com": "/hostedzone/Z1"}}, "begins with Z"),
        ({"endpoint_url": "ftp://127.0.0.1"}, "http or https"),
        ({"endpoint_url": "http://user:word@127.0.0.1"}, "without a user"),
        ({"endpoint_url": "http://127.0.0.1:port"}, "ort"),
        ({"role_arn": "mail"}, "pattern"),
        ({"external_id": "abc"}, "role_arn"),
        ({"region": "Frankfurt"}, "pattern"),
        ({"wait": "forever"}, "insync"),
        ({"requests_per_second": 0}, "greater than 0"),
        ({"requests_per_second": "5"}, "number"),
        ({"private": "yes"}, "boolean"),
    ],
)
def test_a_wrong_block_is_refused_before_anything_is_asked(block: dict[str, Any], said: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=said):
        Route53Config.model_validate(block)


def test_the_names_of_zone_ids_are_names() -> None:
    config = Route53Config.model_validate({"zone_ids": {"Example.COM": "Z1", "bücher.example": "Z2"}})
    assert config.zone_ids == {"example.com.": "Z1", "xn--bcher-kva.example.": "Z2"}


@pytest.mark.parametrize(
    ("url", "allowed", "credentials"),
    [
        (None, (), Credentials.OWN),
        ("https://route53.amazonaws.com", (), Credentials.OWN),
        ("https://route53.amazonaws.com.cn/", (), Credentials.OWN),
        ("http://127.0.0.1:5000", (), Credentials.DUMMY),
        ("http://[::1]:5000", (), Credentials.DUMMY),
        ("http://LOCALHOST", (), Credentials.DUMMY),
        ("http://127.0.0.1:5000", ("127.0.0.1",), Credentials.OWN),
        ("https://dns.example.net/path", ("DNS.example.net",), Credentials.OWN),
    ],
)
def test_an_endpoint_gets_the_own_credentials_only_if_it_is_the_vendors_or_allowed(
    url: str | None, allowed: tuple[str, ...], credentials: Credentials
) -> None:
    assert credentials_for(url, frozenset(allowed), block="aws") is credentials


@pytest.mark.parametrize(
    "url",
    [
        "https://dns.example.net",
        "https://amazonaws.com.example.net",
        "https://route53amazonaws.com",
        "http://route53.amazonaws.com",
        "http://192.0.2.1",
        "http://localhost.example.net",
        "http://0x7f000001",
    ],
)
def test_any_other_endpoint_needs_leave_from_the_command_line(url: str) -> None:
    with pytest.raises(NotAllowed, match="--allow-endpoint"):
        credentials_for(url, frozenset({"other.example.net"}), block="aws")


def test_the_leave_comes_from_flag_or_environment(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\n"
        "providers: {aws: {type: route53, endpoint_url: 'http://dns.invalid:1'}}\n"
        "zones: {example.com: {provider: aws, mx: {'@': [10 mx.example.net.]}}}\n"
    )
    refused = mxsync("plan", cwd=tmp_path)
    assert (refused.code, refused.out) == (3, "")
    assert "--allow-endpoint dns.invalid" in refused.err
    flags = ("--allow-endpoint", "other.invalid", "--allow-endpoint", "dns.invalid")
    for given, environment in ((flags, ""), ((), "other.invalid,dns.invalid")):
        run = mxsync(
            "plan",
            *given,
            cwd=tmp_path,
            MXSYNC_ALLOW_ENDPOINT=environment,
            HOME=str(tmp_path),
            AWS_ACCESS_KEY_ID="",
            AWS_EC2_METADATA_DISABLED="true",
        )
        assert run.code == 1
        assert "no AWS credentials" in run.out


def test_an_endpoint_with_scheme_or_port_is_wrong_usage(tmp_path: Path) -> None:
    for host in ("http://dns.example.net", "dns.example.net:80", ""):
        assert mxsync("plan", "--allow-endpoint", host, cwd=tmp_path).code == 64


def test_an_unknown_profile_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(ProviderError, match="there is no profile 'mail' in the AWS configuration"):
        open_provider(plugin, Route53Config(profile="mail"), Context("aws", tmp_path))


def test_a_missing_boto3_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ProviderError) as caught:
        open_provider(plugin, Route53Config(), Context("aws", tmp_path))
    assert str(caught.value) == "provider 'route53' needs boto3: pip install 'mxsync[route53]'"


def test_a_manifest_is_validated_without_the_sdk(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {aws: {type: route53}}\ndefaults: {provider: aws}\n"
        "zones: {example.com: [10 mx1.example.net., 20 mx2.example.net.]}\n"
    )
    program = (
        "import sys; from mxsync.cli import main; sys.argv[1:] = ['validate']\n"
        "try: main()\nfinally: print([name for name in sys.modules if name.startswith('boto')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
