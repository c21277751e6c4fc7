"""What a plain scalar means: YAML 1.2's core schema, and where YAML 1.1 differs from it."""

from __future__ import annotations

import re

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_TRAP = re.compile(
    r"(?i:yes|no|on|off)"  # YAML 1.1 booleans
    r"|[-+]?0[0-9_]+"  # octal there, decimal here
    r"|[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F]*_[0-9a-fA-F_]*"
    r"|[-+]?[1-9][0-9]*_[0-9_]*"
    r"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"  # sexagesimal
    r"|=|<<"
)
_MAX_DIGITS = 20


def is_trap(text: str) -> bool:
    """Say whether YAML 1.1 takes a plain scalar for something else than YAML 1.2."""
    return _TRAP.fullmatch(text) is not None


def core(text: str) -> str | float | bool | None:
    """Read a plain scalar as YAML 1.2's core schema does (§10.3.2)."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text) and len(text) <= _MAX_DIGITS:
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
