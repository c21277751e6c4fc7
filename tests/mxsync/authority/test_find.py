"""Zones are found where their parents delegate them: real BINDs below a real parent, behind a real unbound."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from mxsync import names
from mxsync.authority import find as finding
from mxsync.authority.ask import Inquiry, ask
from mxsync.authority.find import find
from mxsync.authority.servers import Delegation, Kind
from mxsync.lookup import exchange
from mxsync.lookup.resolvers import Resolver
from support.tree import ZONE, Tree, running_tree

EXAMPLE = names.parse(ZONE)
NS1, NS2, NS3 = (names.parse(f"ns{number}", EXAMPLE) for number in (1, 2, 3))
GLUE = "ns1.example A {primary}\nns2.example A {secondary}\n"


def look(tree: Tree, zone: str = ZONE) -> Delegation:
    name = names.parse(zone)
    return find([name], resolvers=tree.resolvers)[name]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with running_tree(tmp_path_factory.mktemp("tree"), "@ MX 10 mx1") as made:
        yield made


def test_a_zone_is_found_with_all_its_servers_at_its_parent_and_at_its_apex(tree: Tree) -> None:
    found = look(tree)
    assert (found.parent, found.at_parent, found.at_apex) == ("test.", (NS1, NS2), (NS1, NS2))
    assert [(server.name, server.at) for server in found.servers] == [
        (NS1, Resolver(tree.primary.address)),
        (NS2, Resolver(tree.secondary.address)),
    ]
    assert (found.trouble, found.notes, found.negative_ttl) == ("", (), 300)


def test_a_zone_that_its_parent_does_not_delegate_is_said_to_be_so(tree: Tree) -> None:
    found = look(tree, "other.test.")
    assert found.servers == ()
    assert found.trouble == "it is not delegated: test. names no servers for it; ask for it there"


def test_a_zone_whose_parent_nobody_knows_is_asked_for_its_own_servers(tree: Tree) -> None:
    found = look(tree, "test.")
    assert [server.name for server in found.servers] == ["ns.test."]
    (note,) = found.notes
    resolver = tree.resolvers[0]
    assert note == (
        f"its parent could not be found: SOA of .: {resolver}: REFUSED; "
        "asked are the servers that the zone itself names"
    )


def test_a_zone_of_which_the_resolver_knows_nothing_has_no_servers(tree: Tree) -> None:
    found = look(tree, "example.org.")
    assert found.servers == ()
    assert "its parent could not be found: SOA of org.: " in found.trouble
    assert found.trouble.endswith("give a resolver that knows with --resolver")


def test_many_zones_share_what_is_found_out_of_their_parent(tree: Tree) -> None:
    tree.parent.asked.clear()
    zones = [names.parse(f"zone{number}.test.") for number in range(50)]
    found = find([EXAMPLE, *zones], resolvers=tree.resolvers)
    assert [bool(found[zone].servers) for zone in (EXAMPLE, *zones)] == [True] + [False] * 50
    assert len(tree.parent.asked) == 51


def test_a_parent_that_does_not_answer_is_said_and_its_zone_asked_all_the_same(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync.authority.desk.PATIENCE", (0.1, 0.1))
    tree.parent.silent = True
    try:
        found = look(tree)
    finally:
        tree.parent.silent = False
    assert [server.name for server in found.servers] == [NS1, NS2]
    assert found.at_parent == ()
    (note,) = found.notes
    assert note == (
        f"its parent test. does not answer: ns.test. ({tree.parent.address}): no answer; "
        "asked are the servers that the zone itself names"
    )


def test_at_the_deadline_every_zone_has_an_answer(tree: Tree) -> None:
    tree.parent.silent = True
    try:
        found = find([EXAMPLE], resolvers=tree.resolvers, deadline=0.2)[EXAMPLE]
    finally:
        tree.parent.silent = False
    assert found.trouble.startswith("its name servers could not be found within 0.2 s")


def test_without_a_resolver_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "system_resolvers", tuple)
    assert find([EXAMPLE])[EXAMPLE].trouble.endswith("names no resolver; give one with --resolver")


def test_a_parent_and_a_zone_that_name_different_servers_are_said_and_all_of_them_found(
    tmp_path: Path,
) -> None:
    delegation = "example NS ns1.example\n" + GLUE
    with running_tree(tmp_path, "", delegation=delegation) as tree:
        found = look(tree)
    assert (found.at_parent, found.at_apex, found.names) == ((NS1,), (NS1, NS2), (NS1, NS2))
    assert [server.name for server in found.servers] == [NS1, NS2]
    assert found.notes == (f"test. delegates it to {NS1}, and it names {NS1}, {NS2} itself",)


def test_a_server_without_an_address_is_said(tmp_path: Path) -> None:
    delegation = "example NS ns1.example\nexample NS ns2.example\nexample NS ns.nowhere\n" + GLUE
    with running_tree(tmp_path, "", delegation=delegation) as tree:
        found = look(tree)
        assert found.notes[0] == "its name server ns.nowhere.test. has no address"
        assert [server.name for server in found.servers] == [NS1, NS2]
        tree.delegate("update delete example.test. NS\nupdate add example.test. 60 NS ns.nowhere.test.")
        assert look(tree).trouble.startswith(
            "none of its name servers has an address: its name server ns.nowhere.test. has no address"
        )


def test_a_server_that_is_an_alias_is_asked_and_said(tmp_path: Path) -> None:
    delegation = "example NS ns\nexample NS other\nother CNAME target\ntarget A {primary}\n"
    apex = "@ NS ns.test.\n@ NS other.test.\n"
    with running_tree(tmp_path, "", delegation=delegation, apex=apex) as tree:
        found = look(tree)
    assert found.notes == (
        "its name server other.test. is an alias of target.test., and some resolvers do not follow it",
    )
    assert [server.name for server in found.servers] == ["ns.test.", "other.test."]


def test_servers_that_name_different_servers_are_said(tmp_path: Path) -> None:
    with running_tree(tmp_path, "") as tree:
        tree.change(f"update add {ZONE} 3600 NS {NS3}\nupdate add {NS3} 60 A {tree.secondary.address}")
        found = look(tree)
    first, second = (
        f"ns1.example.test. ({tree.primary.address})",
        f"ns2.example.test. ({tree.secondary.address})",
    )
    assert found.at_apex == (NS1, NS2, NS3)
    # The resolver may have asked the server that has no address of the third one.
    assert (
        f"its servers do not agree on which they are: {first} says {NS1}, {NS2}, {NS3}; {second} says {NS1}, {NS2}"
    ) in found.notes


def test_an_address_to_which_this_machine_has_no_way_is_not_asked(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = look(tree).servers[0]

    async def unreachable(*_: object) -> NoReturn:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(exchange, "_over_udp", unreachable)
    (told,) = ask([Inquiry(EXAMPLE, EXAMPLE, server)]).values()
    assert (told.kind, told.summary) == (
        Kind.UNASKED,
        "this machine cannot reach it: network is unreachable",
    )
