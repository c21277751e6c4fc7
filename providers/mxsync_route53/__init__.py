"""Amazon Route 53.

providers:
  aws:
    type: route53
    profile: mail-prod

This module holds what a manifest may say; the work is in modules that are imported when a block is opened,
for they need boto3.
"""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import pydantic

from mxsync import names
from mxsync.endpoints import host_of
from mxsync.errors import InvalidName
from mxsync.provider import Capabilities, Plugin
from mxsync.strict import Strict

if TYPE_CHECKING:
    from mxsync.provider import Context, Provider

_ROLE = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"
_REGION = r"^[a-z]{2,4}(-[a-z]+)+-[0-9]+$"
_ZONE_ID = re.compile(r"Z[A-Z0-9]{1,31}")


def _endpoint(url: str) -> str:
    host_of(url)
    return url


def _zone_ids(given: dict[str, str]) -> dict[names.Name, str]:
    found: dict[names.Name, str] = {}
    for text, zone_id in given.items():
        try:
            name = names.parse(text)
        except InvalidName as error:
            raise ValueError(str(error)) from None
        if name in found:
            raise ValueError(f"{name} stands there twice")
        if not _ZONE_ID.fullmatch(zone_id):
            raise ValueError(f"the id of {name} is none: it is letters and digits, and begins with Z")
        found[name] = zone_id
    return found


_ZONE_IDS_SCHEMA: dict[str, Any] = {
    "additionalProperties": {"type": "string", "pattern": "^Z[A-Z0-9]{1,31}$"}
}
_ENDPOINT_SCHEMA: dict[str, Any] = {"pattern": "^https?://[^/?#@]+(?:/[^?#]*)?$"}


class Route53Config(Strict):
    """The manifest block of `type: route53`."""

    profile: str | None = pydantic.Field(None, min_length=1, description="a profile of the AWS configuration")
    region: str | None = pydantic.Field(
        None, pattern=_REGION, description="only for another partition than the one of AWS's public regions"
    )
    role_arn: str | None = pydantic.Field(None, pattern=_ROLE, description="a role to assume")
    external_id: str | None = pydantic.Field(
        None, min_length=2, max_length=1224, description="what the role's trust policy wants as external id"
    )
    endpoint_url: Annotated[str, pydantic.AfterValidator(_endpoint)] | None = pydantic.Field(
        None,
        description="another server than the vendor's; off this machine it needs --allow-endpoint",
        json_schema_extra=_ENDPOINT_SCHEMA,
    )
    zone_ids: Annotated[dict[names.Name, str], pydantic.AfterValidator(_zone_ids)] = pydantic.Field(
        default_factory=dict,
        description="the hosted zone's id, where several have the same name",
        json_schema_extra=_ZONE_IDS_SCHEMA,
    )
    private: bool | None = pydantic.Field(
        None, description="whether the private hosted zones are meant; to be said where both are there"
    )
    wait: Literal["insync", "none"] = pydantic.Field(
        "insync", description="whether an apply waits until all name servers have the change"
    )
    requests_per_second: Annotated[float, pydantic.Field(gt=0, le=1000, allow_inf_nan=False)] = (
        pydantic.Field(4.5, description="for all that this run asks of the account, which has five")
    )

    @pydantic.model_validator(mode="after")
    def _external_id_of_a_role(self) -> Self:
        if self.external_id is not None and self.role_arn is None:
            raise ValueError("external_id belongs to role_arn, which is missing")
        return self


def _open(config: Route53Config, context: Context) -> Provider:
    # So that boto3 is what is said to be missing, and none of its own needs.
    importlib.import_module("boto3")
    from mxsync_route53.provider import open_provider  # noqa: PLC0415 - it needs boto3

    return open_provider(config, context)


plugin = Plugin(
    name="route53",
    summary="Amazon Route 53",
    config=Route53Config,
    capabilities=Capabilities(condition="exact", lists_zone=True),
    open=_open,
    needs=("boto3",),
    extra="route53",
)
