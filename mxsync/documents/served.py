"""The shape of the documents about what servers answer."""

from __future__ import annotations

from typing import Literal

import pydantic

from mxsync.documents.parts import FindingDocument, Moment, NameText, Part, SetDocument


class SeenDocument(Part):
    """What was seen at an owner."""

    set: SetDocument | None = pydantic.Field(description="Null where none was seen.")
    message: str = pydantic.Field(
        description="Why nothing is known, or no set can be there; empty otherwise."
    )


class ToldDocument(SeenDocument):
    """What one server answered."""

    server: str = pydantic.Field(
        description="The host's name, or its address; of a provider, its block's name."
    )
    address: str | None
    port: int | None
    role: Literal["authority", "resolver", "provider"]
    kind: Literal["set", "none", "alias", "cut", "lame", "refused", "failed", "unreachable", "unasked"]


class CheckedDocument(ToldDocument):
    """The same, held against what is wanted."""

    right: bool | None = pydantic.Field(
        description="Null for an address to which there was no way, while the server answered at another one."
    )


class DelegationDocument(Part):
    """Where a zone is served."""

    zone: NameText
    parent: NameText | None = pydantic.Field(description="The zone above; null where not known.")
    delegated_to: list[NameText] = pydantic.Field(description="The name servers that the parent names.")
    name_servers: list[NameText] = pydantic.Field(description="The name servers that the zone itself names.")
    trouble: str = pydantic.Field(description="Why no name server is known; empty if some are.")


class VerifiedOwnerDocument(Part):
    """An owner, with what all servers answered."""

    owner: NameText
    wanted: SetDocument | None
    verified: bool
    clean_at: Moment | None = pydantic.Field(
        description="From when on no cache holds an older set, in UTC; null where not known."
    )
    answers: list[CheckedDocument]


class VerifiedZoneDocument(DelegationDocument):
    """A zone that was verified."""

    provider: str = pydantic.Field(description="The provider block, or the first of several.")
    verified: bool
    owners: list[VerifiedOwnerDocument]


class VerifyDocument(Part):
    """Whether every name server answers what is wanted."""

    format: Literal["mxsync.verify/1"]
    verified: bool
    interrupted: bool
    at: Moment = pydantic.Field(description="When the last answers came, in UTC.")
    zones: list[VerifiedZoneDocument]
    findings: list[FindingDocument]
    summary: dict[str, int]


class ProviderSideDocument(SeenDocument):
    """What a provider has at an owner."""

    provider: str
    state: Literal["set", "none", "blocked", "unreadable"]


class OwnServersDocument(Part):
    """The name servers that a provider has for a zone."""

    provider: str
    name_servers: list[NameText]
    trouble: str = pydantic.Field(description="Why they are not known; empty if they are, or if it has none.")


class ComparedOwnerDocument(Part):
    """An owner from all sides."""

    owner: NameText
    alike: bool
    providers: list[ProviderSideDocument]
    answers: list[ToldDocument] = pydantic.Field(description="What the delegated name servers answered.")


class ComparedZoneDocument(DelegationDocument):
    """A zone from all sides."""

    alike: bool
    notes: list[str] = pydantic.Field(description="What does not fit in the delegation.")
    providers: list[OwnServersDocument]
    owners: list[ComparedOwnerDocument]


class CompareDocument(Part):
    """What providers have and what name servers answer."""

    format: Literal["mxsync.compare/1"]
    interrupted: bool
    zones: list[ComparedZoneDocument]
    summary: dict[str, int]


class AddressDocument(Part):
    """An address of a host."""

    address: str
    ttl: int | None = pydantic.Field(description="For how many seconds it may still be kept.")


class HostDocument(Part):
    """A host that a sender tries."""

    host: NameText
    addresses: list[AddressDocument]
    alias: NameText | None = pydantic.Field(description="What the host is an alias of, which it must not be.")
    exists: bool
    unknown: str = pydantic.Field(description="Why not all of it is known; empty if it is.")


class TierDocument(Part):
    """Hosts of equal preference, which share the mail."""

    preference: int
    hosts: list[HostDocument]


class AliasDocument(Part):
    """What the domain is an alias of."""

    target: NameText
    kind: Literal["CNAME", "DNAME"]


class ExplainDocument(Part):
    """The way of mail for a domain."""

    format: Literal["mxsync.explain/1"]
    domain: NameText
    way: Literal["mx", "null", "implicit", "none", "missing", "unknown"]
    deliverable: bool = pydantic.Field(description="Whether there is a host with an address.")
    set: SetDocument | None = pydantic.Field(description="With what is left of its TTL.")
    negative_ttl: int | None = pydantic.Field(
        description="Without a set: for how many seconds caches still keep that."
    )
    alias: AliasDocument | None
    wildcard: NameText | None = pydantic.Field(
        description="The wildcard that the set is, or may be, made up from."
    )
    unknown: str
    tiers: list[TierDocument] = pydantic.Field(description="What is tried, in order.")
    notes: list[str]
