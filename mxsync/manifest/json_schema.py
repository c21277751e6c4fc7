"""The JSON Schema of a manifest file, with the blocks of all installed providers, for editors.

It takes and refuses the same files as mxsync does, for all that a schema can say. Left to mxsync is

- what a name stands for: sets, providers and files that must exist, zones that have one, names that
  stand twice or mean the same, IDNA, addresses in the place of hosts;
- what the records of a set are beside one another, or beside their owner;
- the calendar: which months have 31 days;
- how a number is written: to JSON, 1.0 is the whole number 1;
- YAML: `no`, `010`, tags, keys that stand twice.

It is stricter in one thing: a word in `zones_from` must look like the name of a set, while mxsync asks
that only for domains in the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from mxsync import operators, registry
from mxsync.errors import ProviderError
from mxsync.manifest.schema import ManifestFile
from mxsync.manifest.sets import BUILTIN, RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

    from mxsync.manifest.keywords import Schema
    from mxsync.provider import Plugin
    from mxsync.registry import Offer

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODE: Literal["validation"] = "validation"


def manifest_schema(candidates: Iterable[Offer] | None = None) -> tuple[Schema, tuple[str, ...]]:
    """Give the JSON Schema of a manifest file, and notes on what of the providers it leaves out.

    `candidates` are the providers to describe; all that are installed where none are given.
    """
    plugins, notes = _plugins(registry.offers() if candidates is None else tuple(candidates))
    models: list[type[BaseModel]] = [ManifestFile, *(plugin.config for plugin in plugins)]
    references, whole = models_json_schema([(model, _MODE) for model in models], schema_generator=_Generator)
    defs: Schema = whole["$defs"]
    for definition in defs.values():
        definition.pop("title", None)
    names = {plugin.name: _target(references[plugin.config, _MODE]) for plugin in plugins}
    _add_blocks(defs, names)
    top = defs.pop(_target(references[ManifestFile, _MODE]))
    _name_sets(top["properties"]["sets"])
    return {"$schema": DIALECT, "title": "mxsync manifest", **top, "$defs": defs}, tuple(notes)


class _Generator(GenerateJsonSchema):
    """Leaves out what pydantic makes of names, and values that say nothing: editors would show them."""

    ignored_warning_kinds = frozenset({"skipped-choice", "non-serializable-default"})  # type: ignore[assignment]

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's signature
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            del made["default"]
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Refuse names that do not match their pattern; pydantic's own form takes anything there."""
        made = super().dict_schema(schema)
        for pattern, value in made.pop("patternProperties", {}).items():
            made["additionalProperties"] = value
            made["propertyNames"] = {"pattern": pattern, **made.get("propertyNames", {})}
        return made


def _plugins(offers: tuple[Offer, ...]) -> tuple[list[Plugin], list[str]]:
    """Load the plug-ins that can be used and described; say of the others why they are left out."""
    plugins: list[Plugin] = []
    notes: list[str] = []
    for name in dict.fromkeys(offer.name for offer in offers):
        try:
            plugin = registry.load(name, offers)
            plugin.config.model_json_schema(schema_generator=_Generator)
        except ProviderError as error:
            notes.append(f"left out: {error}")
        # A plug-in's model may raise anything when it is asked for a schema.
        except Exception as error:  # noqa: BLE001
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            notes.append(f"left out: provider type '{name}' has no JSON Schema: {reason}")
        else:
            plugins.append(plugin)
    return plugins, notes


def _target(reference: Schema) -> str:
    """Give the name of the definition that a reference leads to."""
    return str(reference["$ref"]).rpartition("/")[2]


def _add_blocks(defs: Schema, names: dict[str, str]) -> None:
    """Let `type` choose among the definitions of provider blocks, which are called by their `names`."""
    for kind, name in names.items():
        block = defs[name]
        block["properties"] = {"type": {"const": kind}, **block.get("properties", {})}
    block = defs["ProviderBlock"]
    block["properties"]["type"]["enum"] = list(names)
    block["allOf"] = [
        {
            "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
            "then": {"$ref": f"#/$defs/{name}"},
        }
        for kind, name in names.items()
    ]


def _name_sets(sets: Schema) -> None:
    """Say what a set may be called, and which words stand for one."""
    sets["propertyNames"]["not"] = {"enum": list(RESERVED)}
    word: Schema = sets["additionalProperties"]["oneOf"][0]
    word.clear()
    known = (f"{BUILTIN}{name}" for name, operator in operators.load().items() if operator.records)
    word |= {"enum": list(known), "description": "The set of a known operator."}
