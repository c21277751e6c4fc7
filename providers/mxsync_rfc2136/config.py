"""What the manifest block of `type: rfc2136` may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import pydantic

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.secrets import SecretRef
from mxsync.strict import PathText, Strict, without_null
from mxsync_rfc2136 import endpoint
from mxsync_rfc2136.tsig import ALGORITHMS, DEFAULT_ALGORITHM, check_algorithm

MNAME = "mname"
"""Instead of a primary server: the one that the SOA record of each zone names."""


def _server(text: str) -> str:
    endpoint.parse(text, 53)
    return text


def _tls_name(text: str) -> str:
    if not endpoint.is_address(text) and not endpoint.is_host(text):
        raise ValueError("it is neither a host name nor an IP address; give the one in the certificate")
    return text


def _source(text: str) -> str:
    if not endpoint.is_address(text):
        raise ValueError("it is no IP address; give the one of this machine to send from")
    return text


def _key_name(text: str) -> names.Name:
    try:
        return names.parse(text)
    except InvalidName as error:
        raise ValueError(str(error)) from None


KeyName = Annotated[names.Name, pydantic.AfterValidator(_key_name)]
"""The name of a TSIG key, which is a domain name."""


# What the validators here check, for the JSON Schema that editors use; whether what looks like an IPv6
# address is one is left to them. The patterns look neither ahead nor back: not every validator's can.
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_PORT = "(?::[1-9][0-9]{0,4})?"
_SERVER_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"pattern": rf"^{_OCTET}(?:\.{_OCTET}){{3}}{_PORT}$"},
        {"pattern": "^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.:-]+)?$"},
        {"pattern": r"^\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.:-]+)?\]:[1-9][0-9]{0,4}$"},
        {"pattern": rf"^{_LABEL}(?:\.{_LABEL})*\.?{_PORT}$", "not": {"pattern": "^[0-9.]*(?::[0-9]*)?$"}},
    ]
}
_SIZES = "|".join(algorithm.removeprefix("hmac-sha") for algorithm in ALGORITHMS)
_TLS_NAME_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"pattern": rf"^{_OCTET}(?:\.{_OCTET}){{3}}$"},
        {"pattern": "^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.:-]+)?$"},
        {"pattern": rf"^{_LABEL}(?:\.{_LABEL})*\.?$", "not": {"pattern": "^[0-9.]*$"}},
    ]
}
_ALGORITHM_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": list(ALGORITHMS)},
        {"pattern": rf"^[Hh][Mm][Aa][Cc]-[Ss][Hh][Aa](?:{_SIZES})\.?$"},
    ]
}
_SIGNED: dict[str, Any] = {
    "oneOf": [
        {"required": ["tsig"], "properties": {"tsig": {"type": "object"}, "unsigned": {"const": False}}},
        {"required": ["unsigned"], "properties": {"tsig": {"type": "null"}, "unsigned": {"const": True}}},
    ]
}
_ONE_OR_MORE: dict[str, Any] = {
    "oneOf": [
        {"required": ["server"], "properties": {"server": {"type": "string"}, "servers": {"type": "null"}}},
        {"required": ["servers"], "properties": {"servers": {"type": "array"}, "server": {"type": "null"}}},
    ]
}
_TLS_OR_NOT: dict[str, Any] = {
    "anyOf": [
        {"required": ["transport"], "properties": {"transport": {"const": "tls"}}},
        {"properties": {"ca_file": {"type": "null"}, "tls_name": {"type": "null"}}},
    ]
}


def _block(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema what `Rfc2136Config` checks by itself."""
    schema["allOf"] = [_SIGNED, _ONE_OR_MORE, _TLS_OR_NOT]


def _two_forms(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema what `Tsig` checks by itself."""
    without_null(schema)
    schema["oneOf"] = [
        {"required": ["key_file"], "properties": dict.fromkeys(("name", "algorithm", "secret"), False)},
        {"required": ["name", "secret"], "properties": dict.fromkeys(("key_file", "key"), False)},
    ]


class Tsig(Strict):
    """Which key signs: one of a key file, or one whose secret is somewhere else."""

    model_config = pydantic.ConfigDict(json_schema_extra=_two_forms)

    key_file: PathText | None = pydantic.Field(None, description="a BIND key file, relative to the manifest")
    key: KeyName | None = pydantic.Field(None, description="which key of the file, if it has several")
    name: KeyName | None = pydantic.Field(None, description="the name of the key, if there is no file")
    algorithm: Annotated[str, pydantic.AfterValidator(check_algorithm)] = pydantic.Field(
        DEFAULT_ALGORITHM,
        description="of the key that name and secret make",
        json_schema_extra=_ALGORITHM_SCHEMA,
    )
    secret: SecretRef | None = pydantic.Field(None, description="where the secret is (base64)")

    @pydantic.model_validator(mode="after")
    def _file_or_secret(self) -> Self:
        given = self.model_fields_set
        of_file, inline = given & {"key_file", "key"}, given & {"name", "algorithm", "secret"}
        if of_file and inline:
            raise ValueError("give either key_file (with key), or name, algorithm and secret; not both")
        if inline and not {"name", "secret"} <= given:
            raise ValueError("a key needs both name and secret")
        if not inline and "key_file" not in given:
            raise ValueError("give key_file, or name and secret")
        if any(getattr(self, field) is None for field in given):
            raise ValueError("a key of it has no value")
        return self


ServerText = Annotated[
    str, pydantic.AfterValidator(_server), pydantic.Field(json_schema_extra=_SERVER_SCHEMA)
]
"""An IP address or a host name, with or without a port."""

TlsName = Annotated[
    str, pydantic.AfterValidator(_tls_name), pydantic.Field(json_schema_extra=_TLS_NAME_SCHEMA)
]
"""A host name or an IP address, as certificates have them."""


class Rfc2136Config(Strict):
    """The manifest block of `type: rfc2136`."""

    model_config = pydantic.ConfigDict(json_schema_extra=_block)

    server: ServerText | None = pydantic.Field(
        None, description="the zones' primary server: an IP address or a host name, and a port if need be"
    )
    servers: Annotated[list[ServerText], pydantic.Field(min_length=1)] | None = pydantic.Field(
        None, description="several servers: a plan asks them in turn; the first is the primary one"
    )
    primary: ServerText | None = pydantic.Field(
        None,
        description=f"the server that takes updates, if not the first; '{MNAME}' for the one of the SOA record",
    )
    port: Annotated[int, pydantic.Field(ge=1, le=65535)] | None = pydantic.Field(
        None, description="of servers that are given without one; 53, and 853 for TLS"
    )
    transport: Literal["tcp", "tls"] = pydantic.Field("tcp", description="tls is DNS over TLS (RFC 7858)")
    ca_file: PathText | None = pydantic.Field(
        None, description="whom to trust with certificates (PEM), relative to the manifest; else the system"
    )
    tls_name: TlsName | None = pydantic.Field(
        None, description="the name in the servers' certificates, if not that of each server"
    )
    source: Annotated[str, pydantic.AfterValidator(_source)] | None = pydantic.Field(
        None, description="the IP address to send from"
    )
    tsig: Tsig | None = pydantic.Field(None, description="the key that signs")
    update_tsig: Tsig | None = pydantic.Field(None, description="the key that signs updates, if not the same")
    unsigned: bool = pydantic.Field(
        default=False, description="send without a key; the server must then trust the address"
    )
    cas: Literal["records", "soa"] = pydantic.Field(
        "records",
        description="what must not have changed: the set's records, or with its SOA record the whole zone",
    )
    timeout: Annotated[float, pydantic.Field(ge=0.1, le=600, allow_inf_nan=False)] = pydantic.Field(
        10.0, description="for how many seconds to wait for an answer"
    )

    @pydantic.model_validator(mode="after")
    def _whole(self) -> Self:
        if self.tsig is None and not self.unsigned:
            raise ValueError("give tsig (a key); or say 'unsigned: true' if the server wants none")
        if self.tsig is not None and self.unsigned:
            raise ValueError("give either tsig or 'unsigned: true', not both")
        if (self.server is None) == (self.servers is None):
            raise ValueError("give either server, or servers if there are several")
        if self.transport != "tls" and (self.ca_file or self.tls_name):
            raise ValueError("ca_file and tls_name need 'transport: tls'")
        return self

    def endpoints(self) -> list[endpoint.Endpoint]:
        """Give the servers to ask, in turn."""
        return [self.endpoint(text) for text in self.servers or [self.server or ""]]

    def endpoint(self, text: str) -> endpoint.Endpoint:
        """Read a server, with the port of this block if it has none."""
        return endpoint.parse(text, self.port or endpoint.PORTS[self.transport])
