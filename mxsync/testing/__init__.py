"""The contract suite that every provider passes, ours or a third party's.

In a test module of the provider's distribution:

    from mxsync.testing import Backend, ProviderContract

    class TestContract(ProviderContract):
        @pytest.fixture
        def backend(self) -> Backend: ...

pytest collects the tests of `ProviderContract` with the class.
"""

from mxsync.testing.backend import Backend
from mxsync.testing.contract import ProviderContract

__all__ = ["Backend", "ProviderContract"]
