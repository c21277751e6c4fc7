"""The JSON Schema of each document, draft 2020-12, by the name it has in its `format`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync.documents.cutover import CutoverDocument
from mxsync.documents.models import (
    FindingsDocument,
    HistoryDocument,
    JournalLine,
    PlanDocument,
    ReportDocument,
    RulesDocument,
    RunDocument,
)
from mxsync.documents.served import CompareDocument, ExplainDocument, VerifyDocument

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_MODELS: dict[str, type[BaseModel]] = {
    "plan": PlanDocument,
    "report": ReportDocument,
    "findings": FindingsDocument,
    "rules": RulesDocument,
    "history": HistoryDocument,
    "run": RunDocument,
    "journal": JournalLine,
    "verify": VerifyDocument,
    "compare": CompareDocument,
    "explain": ExplainDocument,
    "cutover": CutoverDocument,
}


def schema_of(name: str) -> dict[str, Any]:
    """Give the schema of a document. Fields that it does not know are allowed: later ones may be added."""
    schema = _MODELS[name].model_json_schema()
    return {"$schema": DIALECT, **schema, "title": f"mxsync {name}"}
