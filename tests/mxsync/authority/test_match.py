"""Whether a zone is delegated to the providers that its manifest names."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mxsync.authority.match import is_delegated, mismatches
from mxsync.authority.servers import Delegation, Server
from mxsync.lookup.resolvers import Resolver
from mxsync.names import Name

ZONE = Name("example.com.")
A, B = Name("ns.a.test."), Name("ns.b.test.")


def delegated(*servers: Name, addresses: Sequence[str] = ()) -> Delegation:
    located = tuple(Server(name, Resolver(at)) for name, at in zip(servers, addresses, strict=False))
    return Delegation(ZONE, Name("com."), servers, servers, located)


def own(*servers: Name, addresses: Sequence[str] = (), trouble: str = "") -> Delegation:
    located = tuple(Server(name, Resolver(at)) for name, at in zip(servers, addresses, strict=False))
    return Delegation(ZONE, at_apex=servers, servers=located, trouble=trouble)


def test_a_zone_at_all_its_providers_fits() -> None:
    assert list(mismatches(delegated(A, B), {"a": own(A), "b": own(B)})) == []


def test_a_provider_that_is_not_in_the_delegation_is_said() -> None:
    assert list(mismatches(delegated(A), {"a": own(A), "b": own(B)})) == [
        "it is not delegated to provider 'b' (ns.b.test.), but to ns.a.test."
    ]


def test_a_server_in_the_delegation_that_is_no_providers_is_said() -> None:
    assert list(mismatches(delegated(A, B), {"a": own(A)})) == [
        "it is also delegated to ns.b.test., which no provider of the manifest has for it"
    ]


def test_of_a_provider_whose_servers_are_not_known_nothing_is_said() -> None:
    assert list(mismatches(delegated(A, B), {"a": own(A), "files": own()})) == []
    assert list(mismatches(delegated(A, B), {})) == []


def test_servers_with_other_names_and_the_same_addresses_are_the_same() -> None:
    vanity = Name("ns.example.com.")
    found = delegated(vanity, addresses=["192.0.2.53"])
    assert list(mismatches(found, {"a": own(A, addresses=["192.0.2.53"])})) == []
    assert list(mismatches(found, {"a": own(A, addresses=["192.0.2.54"])})) != []


@pytest.mark.parametrize(
    ("found", "ours", "answer"),
    [
        (delegated(A), own(A), True),
        (delegated(A), own(B), False),
        (delegated(A), own(), None),
        (Delegation(ZONE, trouble="not delegated"), own(A), None),
    ],
)
def test_it_is_not_known_where_one_side_is_not(
    found: Delegation, ours: Delegation, answer: bool | None
) -> None:
    assert is_delegated(found, ours) is answer
