"""The fake that the tests of the Cloud DNS provider share; each test has one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clouddns import Fake, Zone, running_fake
from support.clouddns.client import client
from support.clouddns.site import Site


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


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the provider ask again almost at once, and begin with a budget that nobody has used."""
    monkeypatch.setattr("mxsync_clouddns.retry.FIRST_PAUSE", 0.001)
    monkeypatch.setattr("mxsync_clouddns.retry.LONGEST_PAUSE", 0.01)
    monkeypatch.setattr("mxsync_clouddns.retry.PATIENCE", 2.0)
    monkeypatch.setattr("mxsync_clouddns.wait.FIRST", 0.0)
    monkeypatch.setattr("mxsync_clouddns.wait.LONGEST", 0.0)
    monkeypatch.setattr("mxsync_clouddns.limit._BUDGETS", {})


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


@pytest.fixture
def site(fake: Fake, tmp_path: Path) -> Site:
    return Site.of(fake, tmp_path)
