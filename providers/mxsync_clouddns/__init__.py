"""Google Cloud DNS.

providers:
  gcp:
    type: clouddns
    project: mail-prod

This module holds what a manifest may say; the work is in modules that are imported when a block is opened,
for they need google-cloud-dns.
"""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pydantic

from mxsync import names
from mxsync.endpoints import host_of
from mxsync.errors import InvalidName, ProviderError
from mxsync.provider import Capabilities, Plugin
from mxsync.strict import PathText, Strict

if TYPE_CHECKING:
    from mxsync.provider import Context, Provider

_PROJECT = r"^(?:[a-z0-9.-]+:)?[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$"
"""A project's id, also an old one with a domain, or its number."""
_ACCOUNT = r"^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+$"
_ZONE = r"^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$"
"""The name of a managed zone (REST reference, "ManagedZone", `name`)."""


def _endpoint(url: str) -> str:
    host_of(url)
    return url


def _managed_zones(given: dict[str, str]) -> dict[names.Name, str]:
    found: dict[names.Name, str] = {}
    for text, zone in given.items():
        try:
            name = names.parse(text)
        except InvalidName as error:
            raise ValueError(str(error)) from None
        if name in found:
            raise ValueError(f"{name} stands there twice")
        if not re.fullmatch(_ZONE, zone):
            raise ValueError(
                f"the managed zone of {name} has no such name: "
                "it is lower case letters, digits and hyphens, and begins with a letter"
            )
        found[name] = zone
    return found


_MANAGED_ZONES_SCHEMA: dict[str, Any] = {"additionalProperties": {"type": "string", "pattern": _ZONE}}
_ENDPOINT_SCHEMA: dict[str, Any] = {"pattern": "^https?://[^/?#@]+(?:/[^?#]*)?$"}


class ClouddnsConfig(Strict):
    """The manifest block of `type: clouddns`."""

    project: str = pydantic.Field(pattern=_PROJECT, description="the project that has the zones")
    managed_zones: Annotated[dict[names.Name, str], pydantic.AfterValidator(_managed_zones)] = pydantic.Field(
        default_factory=dict,
        description="the managed zone's name, where several have the same DNS name",
        json_schema_extra=_MANAGED_ZONES_SCHEMA,
    )
    visibility: Literal["public", "private"] | None = pydantic.Field(
        None, description="which zones are meant; to be said where both are there"
    )
    credentials_file: PathText | None = pydantic.Field(
        None,
        description="the key of a service account, relative to the manifest; else the application default credentials",
    )
    impersonate: str | None = pydantic.Field(
        None, pattern=_ACCOUNT, description="a service account to act as, by its e-mail address"
    )
    endpoint: Annotated[str, pydantic.AfterValidator(_endpoint)] | None = pydantic.Field(
        None,
        description="another server than the vendor's; off this machine it needs --allow-endpoint",
        json_schema_extra=_ENDPOINT_SCHEMA,
    )
    wait: Literal["done", "none"] = pydantic.Field(
        "done", description="whether an apply waits until Cloud DNS says that changes are done"
    )
    requests_per_minute: Annotated[int, pydantic.Field(gt=0, le=60_000)] = pydantic.Field(
        600, description="for all that this run asks with the same credentials"
    )


def _open(config: ClouddnsConfig, context: Context) -> Provider:
    try:
        importlib.import_module("google.cloud.dns")
    except ModuleNotFoundError as error:
        # `google` is a folder that many distributions share: its name alone would not say what to install.
        what = "needs google-cloud-dns: pip install 'mxsync[clouddns]'"
        raise ProviderError(f"provider 'clouddns' {what}") from error
    from mxsync_clouddns.provider import open_provider  # noqa: PLC0415 - it needs google-cloud-dns

    return open_provider(config, context)


plugin = Plugin(
    name="clouddns",
    summary="Google Cloud DNS",
    config=ClouddnsConfig,
    capabilities=Capabilities(condition="exact", lists_zone=True),
    open=_open,
    needs=("google",),
    extra="clouddns",
)
