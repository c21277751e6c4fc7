"""The fake gives tokens as Google does, to the real google-auth."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from google.auth import impersonated_credentials
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account

from support.clouddns import Fake, Zone
from support.clouddns.client import client, listed
from support.clouddns.oauth import GRANT, Denied, token_of

SCOPES = ["https://www.googleapis.com/auth/ndev.clouddns.readwrite"]
MAIL = "mail@mail-prod.iam.gserviceaccount.com"
OTHER = "dns@mail-prod.iam.gserviceaccount.com"


def own(info: dict[str, str]) -> Any:
    """Make credentials of what stands in a key file."""
    made: Any = service_account.Credentials.from_service_account_info(info)  # type: ignore[no-untyped-call]
    return made


def test_the_key_of_a_service_account_gets_a_token(fake: Fake, zone: Zone) -> None:
    info = fake.new_account(MAIL)
    assert listed(client(fake, own(info)), zone)
    assert [call.method for call in fake.calls] == ["token", "resourceRecordSets.list"]
    assert fake.calls[-1].headers["authorization"] == f"Bearer {token_of(MAIL)}"


def test_an_account_that_is_gone_gets_none(fake: Fake, zone: Zone) -> None:
    info = fake.new_account(MAIL)
    fake.issuer.accounts.clear()
    with pytest.raises(RefreshError, match="account not found"):
        listed(client(fake, own(info)), zone)
    assert [call.answered for call in fake.calls] == ["invalid_grant"]


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password"},
        {"grant_type": GRANT, "assertion": "a.b.c"},
        {"grant_type": GRANT, "assertion": "abc"},
    ],
    ids=["grant", "unreadable", "no JWT"],
)
def test_what_is_no_signed_jwt_gets_none(fake: Fake, form: dict[str, str]) -> None:
    answer = requests.post(f"{fake.url}/token", form, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_one_account_may_get_the_token_of_another(
    fake: Fake, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "google.auth.iam._IAM_ENDPOINT", fake.url + "/v1/projects/-/serviceAccounts/{}:generateAccessToken"
    )
    source = own(fake.new_account(MAIL))
    fake.new_account(OTHER)
    assert listed(client(fake, impersonated_credentials.Credentials(source, OTHER, SCOPES)), zone)  # type: ignore[no-untyped-call]
    assert [call.method for call in fake.calls] == ["token", "generateAccessToken", "resourceRecordSets.list"]
    assert fake.calls[-1].headers["authorization"] == f"Bearer {token_of(OTHER)}"
    nobody = impersonated_credentials.Credentials(source, "nobody@example.com", SCOPES)  # type: ignore[no-untyped-call]
    with pytest.raises(RefreshError, match="getAccessToken"):
        listed(client(fake, nobody), zone)


def test_a_refusal_on_demand_strikes_here_too(fake: Fake, zone: Zone) -> None:
    info = fake.new_account(MAIL)
    fake.fail("token", Denied("Account has been disabled"))
    with pytest.raises(RefreshError, match="disabled"):
        listed(client(fake, own(info)), zone)
    assert listed(client(fake, own(info)), zone)
