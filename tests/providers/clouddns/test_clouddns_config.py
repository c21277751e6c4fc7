"""What a manifest may say of Cloud DNS, and what is imported for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pydantic
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from mxsync import names
from mxsync.endpoints import Credentials
from mxsync.errors import NotAllowed, ProviderError
from mxsync.provider import Context, ZoneRequest
from mxsync.reading import ZoneFailure
from mxsync.registry import open_provider
from mxsync_clouddns import ClouddnsConfig, plugin
from mxsync_clouddns.endpoint import credentials_for
from support.cli import mxsync


def test_a_block_with_a_project_alone_waits_and_leaves_the_visibility_open() -> None:
    config = ClouddnsConfig(project="mail-prod")
    assert (config.visibility, config.wait, config.requests_per_minute, config.managed_zones) == (
        None,
        "done",
        600,
        {},
    )


@pytest.mark.parametrize("project", ["mail-prod", "123456789012", "example.com:mail-prod"])
def test_a_project_is_named_by_id_or_number(project: str) -> None:
    assert ClouddnsConfig(project=project).project == project


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"project": None}, "string"),
        ({"project": "mail/prod"}, "pattern"),
        ({"project": "mail prod"}, "pattern"),
        ({"managed_zone": "mail"}, "Extra inputs"),
        ({"managed_zones": {"example..com": "mail"}}, "empty label"),
        ({"managed_zones": {"example.com": "one", "EXAMPLE.com.": "two"}}, "stands there twice"),
        ({"managed_zones": {"example.com": "Example Com"}}, "begins with a letter"),
        ({"managed_zones": {"example.com": "a/../b"}}, "begins with a letter"),
        ({"endpoint": "ftp://127.0.0.1"}, "http or https"),
        ({"endpoint": "http://user:word@127.0.0.1"}, "without a user"),
        ({"endpoint": "http://127.0.0.1/?key=word"}, "without a user"),
        ({"impersonate": "mail"}, "pattern"),
        ({"impersonate": "mail@example.com/../other"}, "pattern"),
        ({"visibility": "both"}, "public"),
        ({"wait": "forever"}, "done"),
        ({"requests_per_minute": 0}, "greater than 0"),
        ({"requests_per_minute": "5"}, "integer"),
    ],
)
def test_a_wrong_block_is_refused_before_anything_is_asked(block: dict[str, Any], said: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=said):
        ClouddnsConfig.model_validate({"project": "mail-prod"} | block)


def test_the_names_of_managed_zones_are_names() -> None:
    block = {"project": "mail-prod", "managed_zones": {"Example.COM": "one", "bücher.example": "two"}}
    config = ClouddnsConfig.model_validate(block)
    assert config.managed_zones == {"example.com.": "one", "xn--bcher-kva.example.": "two"}


@pytest.mark.parametrize(
    ("url", "allowed", "credentials"),
    [
        (None, (), Credentials.OWN),
        ("https://dns.googleapis.com", (), Credentials.OWN),
        ("https://dns.europe-west3.rep.googleapis.com/", (), Credentials.OWN),
        ("http://127.0.0.1:5000", (), Credentials.DUMMY),
        ("http://[::1]:5000", (), Credentials.DUMMY),
        ("http://LOCALHOST", (), Credentials.DUMMY),
        ("http://127.0.0.1:5000", ("127.0.0.1",), Credentials.OWN),
        ("https://dns.example.net/path", ("DNS.example.net",), Credentials.OWN),
    ],
)
def test_an_endpoint_gets_the_own_token_only_if_it_is_the_vendors_or_allowed(
    url: str | None, allowed: tuple[str, ...], credentials: Credentials
) -> None:
    assert credentials_for(url, frozenset(allowed), block="gcp") is credentials


@pytest.mark.parametrize(
    "url",
    [
        "https://dns.example.net",
        "https://dns.googleapis.com.example.net",
        "https://dnsXgoogleapis.com",
        "https://storage.googleapis.com",
        "http://dns.googleapis.com",
        "http://192.0.2.1",
        "http://localhost.example.net",
        "http://0x7f000001",
    ],
)
def test_any_other_endpoint_needs_leave_from_the_command_line(url: str) -> None:
    with pytest.raises(NotAllowed, match="--allow-endpoint"):
        credentials_for(url, frozenset({"other.example.net"}), block="gcp")


@pytest.mark.parametrize("name", ["google.cloud.dns", "google.cloud", "google"])
def test_a_missing_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in list(sys.modules):
        if each == name or each.startswith(f"{name}."):
            monkeypatch.delitem(sys.modules, each)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ProviderError) as caught:
        open_provider(plugin, ClouddnsConfig(project="mail-prod"), Context("gcp", tmp_path))
    what = "needs google-cloud-dns: pip install 'mxsync[clouddns]'"
    assert str(caught.value) == f"provider 'clouddns' {what}"


def test_a_manifest_is_validated_without_the_library(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {gcp: {type: clouddns, project: mail-prod}}\ndefaults: {provider: gcp}\n"
        "zones: {example.com: [10 mx1.example.net., 20 mx2.example.net.]}\n"
    )
    program = (
        "import sys; from mxsync.cli import main; sys.argv[1:] = ['validate']\n"
        "try: main()\n"
        "finally: print([name for name in sys.modules if name.split('.')[0] in {'google', 'requests'}])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_path_of_the_key_starts_at_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "mxsync.yaml").write_text(
        "mxsync: 1\n"
        "providers: {gcp: {type: clouddns, project: mail-prod, credentials_file: keys/none.json}}\n"
        "zones: {example.com: {provider: gcp, mx: {'@': [10 mx.example.net.]}}}\n"
    )
    run = mxsync("plan", "mail/mxsync.yaml", cwd=tmp_path)
    assert run.code == 1
    assert f"{Path('mail') / 'keys' / 'none.json'}: No such file" in run.out + run.err


def test_a_persons_credentials_are_taken_without_a_word_of_the_libraries(tmp_path: Path) -> None:
    person = {"type": "authorized_user", "client_id": "x", "client_secret": "x", "refresh_token": "x"}
    file = tmp_path / "person.json"
    file.write_text(json.dumps(person))
    program = (
        "from pathlib import Path\n"
        "from mxsync.endpoints import Credentials\n"
        "from mxsync_clouddns import ClouddnsConfig\n"
        "from mxsync_clouddns.session import make_credentials\n"
        "for settings in ({}, {'credentials_file': 'person.json'}):\n"
        "    config = ClouddnsConfig.model_validate({'project': 'mail-prod'} | settings)\n"
        "    print(make_credentials(config, Credentials.OWN, Path()).refresh_token)\n"
    )
    environment = {**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": str(file)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert (done.stdout, done.stderr) == ("x\nx\n", "")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("no key", "dns.json is damaged"),
        (5, "dns.json is damaged"),
        (None, "dns.json is damaged"),
        (ec.generate_private_key(ec.SECP256R1()), "credentials are damaged"),
        (ed25519.Ed25519PrivateKey.generate(), "credentials are damaged"),
    ],
    ids=["text", "number", "null", "another kind", "a third kind"],
)
def test_a_key_that_cannot_sign_is_one_line_without_the_key(tmp_path: Path, key: Any, said: str) -> None:
    if not isinstance(key, str | int | None):
        form = serialization.PrivateFormat.PKCS8
        key = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    account = {
        "type": "service_account",
        "client_email": "dns@example.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    (tmp_path / "dns.json").write_text(json.dumps(account | {"private_key": key, "private_key_id": "x"}))
    config = ClouddnsConfig(project="mail-prod", credentials_file=Path("dns.json"))
    zone = names.parse("example.com")
    (failure,) = open_provider(plugin, config, Context("gcp", tmp_path)).read([ZoneRequest(zone, ())])
    assert isinstance(failure, ZoneFailure)
    assert said in failure.message
    assert "\n" not in failure.message
    assert "PRIVATE" not in failure.message
