"""Name servers that take dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others.

This module holds what a manifest may say; the work is in modules that are imported when a block is
opened, for they need dnspython.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Annotated, Any, Self

import pydantic

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.provider import Capabilities, Plugin
from mxsync.secrets import SecretRef
from mxsync.strict import PathText, Strict, without_null
from mxsync_rfc2136.tsig import ALGORITHMS, DEFAULT_ALGORITHM, check_algorithm

if TYPE_CHECKING:
    from mxsync.provider import Context, Provider

_HOST = re.compile(
    r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.IGNORECASE | re.ASCII
)


def _server(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not _HOST.fullmatch(text) or text.replace(".", "").isdigit():
            raise ValueError("it is neither an IP address nor a host name; a port goes into 'port'") from None
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
_SERVER_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"pattern": rf"^{_OCTET}(?:\.{_OCTET}){{3}}$"},
        {"pattern": "^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%.+)?$"},
        {"pattern": rf"^{_LABEL}(?:\.{_LABEL})*\.?$", "not": {"pattern": "^[0-9.]*$"}},
    ]
}
_SIZES = "|".join(algorithm.removeprefix("hmac-sha") for algorithm in ALGORITHMS)
_ALGORITHM_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": list(ALGORITHMS)},
        {"pattern": rf"^[Hh][Mm][Aa][Cc]-[Ss][Hh][Aa](?:{_SIZES})\.?$"},
    ]
}
_SIGNED_OR_NOT: dict[str, Any] = {
    "oneOf": [
        {"required": ["tsig"], "properties": {"tsig": {"type": "object"}, "unsigned": {"const": False}}},
        {"required": ["unsigned"], "properties": {"tsig": {"type": "null"}, "unsigned": {"const": True}}},
    ]
}


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


class Rfc2136Config(Strict):
    """The manifest block of `type: rfc2136`."""

    model_config = pydantic.ConfigDict(json_schema_extra=_SIGNED_OR_NOT)

    server: Annotated[str, pydantic.AfterValidator(_server)] = pydantic.Field(
        description="IP address or host name of the zones' primary server", json_schema_extra=_SERVER_SCHEMA
    )
    port: Annotated[int, pydantic.Field(ge=1, le=65535)] = 53
    tsig: Tsig | None = None
    unsigned: bool = pydantic.Field(
        default=False, description="send without a key; the server must then trust the address"
    )
    timeout: Annotated[float, pydantic.Field(ge=0.1, le=600, allow_inf_nan=False)] = pydantic.Field(
        10.0, description="for how many seconds to wait for an answer"
    )

    @pydantic.model_validator(mode="after")
    def _signed_or_not(self) -> Self:
        if self.tsig is None and not self.unsigned:
            raise ValueError("give tsig (a key); or say 'unsigned: true' if the server wants none")
        if self.tsig is not None and self.unsigned:
            raise ValueError("give either tsig or 'unsigned: true', not both")
        return self


def _open(config: Rfc2136Config, context: Context) -> Provider:
    from mxsync_rfc2136.provider import open_provider  # noqa: PLC0415 - it needs dnspython

    return open_provider(config, context)


plugin = Plugin(
    name="rfc2136",
    summary="BIND, Knot, PowerDNS and other servers that take dynamic updates (RFC 2136)",
    config=Rfc2136Config,
    capabilities=Capabilities(condition="ttl-by-second-read", lists_zone=False),
    open=_open,
)
