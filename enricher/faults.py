"""What is wrong with a configuration: every fault with its file, line, key, and what was expected."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import FieldInfo, fields

from enricher.keys import FeedTable, FileTable, Settings
from enricher.toml_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from enricher.toml_lines import Place

_NO_FEED = "is missing; add a [[feed]] table"
_WORDS = {
    "`str`": "text",
    "`int`": "a whole number",
    "`bool`": "true or false",
    "`array`": "a list in [ ]",
    "`object`": "a table",
}
"""What msgspec calls them."""


def faults_of(path: Path, text: str, table: Mapping[str, Any]) -> list[str]:
    """Hold a parsed file against its keys; give a line for every fault, in the order of the file."""
    found = dict.fromkeys(
        (line_of(text, place), f"{_key(place)}{_feed_name(table, place)}: {said}")
        for place, said in _in_table(table, FileTable, ())
    )
    return [f"{path}:{line}: {said}" for line, said in sorted(found, key=lambda fault: fault[0])]


def _key(place: Place) -> str:
    return ".".join(part for part in place if isinstance(part, str))


def _in_table(table: Mapping[str, Any], kind: type[Struct], place: Place) -> Iterator[tuple[Place, str]]:
    known = _keys(kind)
    for key in table:
        if key not in known:
            from enricher.violations import unknown_key  # most configurations are right

            elsewhere = kind is FileTable and key in _keys(Settings)
            said = "belongs under [defaults], or into a [[feed]]" if elsewhere else unknown_key(key, known)
            yield (*place, key), said
    for name, one in known.items():
        if name in table:
            yield from _in_value(table[name], one.type, (*place, name))
        elif one.required:
            yield (*place, name), _NO_FEED if name == "feed" else "is missing"


@cache
def _keys(kind: type[Struct]) -> dict[str, FieldInfo]:
    return {one.name: one for one in fields(kind)}


def _in_value(value: object, kind: Any, place: Place) -> Iterator[tuple[Place, str]]:  # noqa: ANN401 a type
    if kind is Settings and isinstance(value, dict):
        yield from _in_table(value, Settings, place)
    elif kind == tuple[FeedTable, ...]:
        tables = value if isinstance(value, list) else [None]
        if not tables:
            yield place, _NO_FEED
        elif not all(isinstance(one, dict) for one in tables):
            yield place, "expected a list of tables: write [[feed]]"
        else:
            for i, one in enumerate(tables):
                yield from _in_table(one, FeedTable, (*place, i))
    else:
        try:
            convert(value, kind)
        except ValidationError as error:
            from enricher.violations import shown  # most configurations are right

            at = re.search(r"\$\[(\d+)\]", str(error))
            found = value[int(at[1])] if at and isinstance(value, list) else value
            yield place, f"expected {_expected(str(error), kind)}, not {shown(found, 'a table')}"


def _expected(said: str, kind: Any) -> str:  # noqa: ANN401 a type
    """Say in words for people what a value should have been."""
    values = next((get_args(one) for one in (kind, *get_args(kind)) if get_origin(one) is Literal), ())
    if values:
        return " or ".join(f"“{value}”" for value in values)
    if "matching regex" in said:
        return next(filter(None, _descriptions(kind)), "other text")
    found = re.match(r"Expected (`[\w| ]+`)(?: (>=|<=) (-?\d+))?", said)
    assert found is not None  # noqa: S101 so msgspec says what it expects
    if found[3]:
        return f"{int(found[3]):,} or {'more' if found[2] == '>=' else 'less'}"
    return _WORDS[found[1].replace(" | null", "")]


def _descriptions(kind: Any) -> Iterator[str | None]:  # noqa: ANN401 a type
    if get_origin(kind) is Annotated:
        yield from (one.description for one in get_args(kind) if isinstance(one, Meta))
    for part in get_args(kind):
        yield from _descriptions(part)


def _feed_name(table: Mapping[str, Any], place: Place) -> str:
    if len(place) > 1 and place[0] == "feed" and isinstance(place[1], int):
        name = table["feed"][place[1]].get("name")
        return f" of “{name}”" if isinstance(name, str) else f" of feed {place[1] + 1}"
    return ""
