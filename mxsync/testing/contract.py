"""The tests of the provider contract."""

from __future__ import annotations

from mxsync.testing.ground import mx_set
from mxsync.testing.read import ReadContract
from mxsync.testing.write import WriteContract

__all__ = ["ProviderContract", "mx_set"]


class ProviderContract(ReadContract, WriteContract):
    """What every provider does. Subclass it and give it a fixture `backend`."""
