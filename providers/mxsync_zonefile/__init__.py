"""RFC 1035 zone files on disk: the embedded default.

providers:
  files:
    type: zonefile
    directory: zones
    pattern: "{zone}.zone"
    reload: [rndc, reload, "{zone}"]
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any

import pydantic

from mxsync.provider import Capabilities, Plugin
from mxsync.strict import PathText, Strict

if TYPE_CHECKING:
    from mxsync.provider import Context, Provider

PLACEHOLDER = "{zone}"
"""What stands for the zone's name in `pattern` and `reload`: without the trailing dot."""


def _inside_and_telling_zones_apart(pattern: str) -> str:
    path = PurePosixPath(pattern)
    if PLACEHOLDER not in pattern:
        raise ValueError(f"it must hold {PLACEHOLDER}, so that every zone has a file of its own")
    if path.is_absolute() or ".." in path.parts or not pattern.isprintable() or pattern.endswith("/"):
        raise ValueError("it must name a file inside of 'directory'")
    return pattern


# The same for the JSON Schema that editors use, but for characters that cannot be printed.
_PATTERN_SCHEMA: dict[str, Any] = {
    "pattern": r"\{zone\}",
    "not": {"anyOf": [{"pattern": "^/"}, {"pattern": "/$"}, {"pattern": r"(?:^|/)\.\.(?:/|$)"}]},
}


class ZonefileConfig(Strict):
    """The manifest block of a provider of type `zonefile`."""

    directory: PathText = pydantic.Field(description="the folder of the zone files, relative to the manifest")
    pattern: Annotated[str, pydantic.AfterValidator(_inside_and_telling_zones_apart)] = pydantic.Field(
        "{zone}.zone",
        description="the file of a zone in that folder; {zone} is its name without the trailing dot",
        json_schema_extra=_PATTERN_SCHEMA,
    )
    reload: (
        Annotated[list[Annotated[str, pydantic.Field(min_length=1)]], pydantic.Field(min_length=1)] | None
    ) = pydantic.Field(
        None,
        description="a command that makes the name server read the file again; needs --allow-exec",
    )
    reload_timeout: int = pydantic.Field(
        60, ge=1, le=3600, description="for how many seconds that command may run"
    )


def open_zonefile(config: ZonefileConfig, context: Context) -> Provider:
    """Open the folder.

    Raises ProviderError if there is no such folder, NotAllowed if a run that writes names a command
    without the leave to start one.
    """
    from mxsync_zonefile.provider import open_folder  # noqa: PLC0415 - dnspython is loaded when it is used

    return open_folder(config, context)


plugin = Plugin(
    name="zonefile",
    summary="RFC 1035 zone files on disk, edited in place",
    config=ZonefileConfig,
    capabilities=Capabilities(condition="exact", lists_zone=True),
    open=open_zonefile,
)
