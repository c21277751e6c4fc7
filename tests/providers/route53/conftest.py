"""The fake that the tests of the Route 53 provider share; each test has one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.route53 import Fake, HostedZone, running_fake
from support.route53.client import client
from support.route53.site import Site


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running_fake() as fake:
        yield fake


@pytest.fixture
def zone(fake: Fake) -> HostedZone:
    return fake.new_zone("example.com.")


@pytest.fixture
def api(fake: Fake) -> Any:
    return client(fake)


@pytest.fixture
def site(fake: Fake, tmp_path: Path) -> Site:
    return Site.of(fake, tmp_path)
