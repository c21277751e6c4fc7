"""The fake that the tests of the Cloud DNS provider share; each test has one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clouddns import Fake, Zone, running_fake
from support.clouddns.client import client


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away whatever credentials this machine has, and what would be asked for some on the network."""
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    # With every token of a service account, google-auth asks Google in a thread where it is good.
    boundary = "google.auth._regional_access_boundary_utils.get_service_account_rab_endpoint"
    monkeypatch.setattr(boundary, lambda _: None)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running_fake() as fake:
        yield fake


@pytest.fixture
def zone(fake: Fake) -> Zone:
    return fake.new_zone("example.com.")


@pytest.fixture
def api(fake: Fake) -> Any:
    return client(fake)
