"""The fake that the tests of the Cloud DNS provider share; each test has one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.clouddns import Fake, Zone, running_fake
from support.clouddns.client import client


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
