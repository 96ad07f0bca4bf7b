"""What a configuration or a document has wrong, in words of this program: pydantic's are for programmers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rapidfuzz import process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LIKENESS = 60
_SHORT = 40
_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "list_type": "a list in [ ]",
    "date_type": "a date such as 2024-05-02",
    "date_parsing": "a date such as 2024-05-02",
    "date_from_datetime_parsing": "a date such as 2024-05-02",
    "date_from_datetime_inexact": "a date such as 2024-05-02",
}
_SAID = {"missing": "is missing", "string_too_short": "is empty; expected text"}
_BOUNDS = {"greater_than_equal": ("ge", "more"), "less_than_equal": ("le", "less")}
_TABLES = {"dict_type", "model_type", "model_attributes_type"}


def say(error: Mapping[str, Any], table: str, patterns: Mapping[str, str]) -> str:
    """Say one of pydantic's errors: what was expected, and what stands there.

    `table` is what the format calls keys with values; `patterns` says what each regular expression stands for.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch" and context["pattern"] in patterns:
        return patterns[context["pattern"]]
    if kind in _SAID:
        return _SAID[kind]
    expected = table if kind in _TABLES else _EXPECTED.get(kind) or _one_of(kind, context)
    if expected:
        return f"expected {expected}, not {shown(error.get('input'), table)}"
    said = str(error["msg"]).removeprefix("Value error, ")
    return said[0].lower() + said[1:]


def _one_of(kind: str, context: Mapping[str, Any]) -> str | None:
    """Say which values would have been right."""
    if kind == "literal_error":
        return re.sub(r"'([^']*)'", r"“\1”", context["expected"])
    if kind in _BOUNDS:
        bound, word = _BOUNDS[kind]
        return f"{context[bound]:,.9g} or {word}"
    return None


def unknown_key(key: str, known: Iterable[str]) -> str:
    """Say that a key is unknown, and which known one is the nearest."""
    names = list(known)
    found = process.extractOne(key, names, score_cutoff=_LIKENESS)
    return "unknown key" + (f"; did you mean “{found[0]}”?" if found else f"; known here: {', '.join(names)}")


def shown(found: object, table: str) -> str:
    """Show a number or a short word as it stands, else what kind of thing it is: it might be long, or a secret."""
    if found is None or isinstance(found, bool):
        return {None: "null", True: "true", False: "false"}[found]
    if isinstance(found, int | float):
        return f"{found:,.9g}"
    if isinstance(found, str):
        return f"“{found}”" if len(found) <= _SHORT and found.isprintable() else "this text"
    if isinstance(found, list | dict):
        return table if isinstance(found, dict) else "a list"
    return "a date or time"
