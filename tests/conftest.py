"""What holds for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test measures time: a machine may be busy.
settings.register_profile("mxsync", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mxsync")


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a journal of its own: two applies with one journal do not run together."""
    state = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    return state / "mxsync"
