"""What is wrong with a configuration: every fault with its file, line, key, and what was expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import fields

from enricher.keys import FeedTable, FileTable
from enricher.toml_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Place = tuple[str | int, ...]

_LIKENESS = 60
_WORDS = {
    "`str`": "text in quotes",
    "`int`": "a whole number",
    "`float`": "a number with a point",
    "`bool`": "true or false",
    "`array`": "a list",
    "`object`": "a table",
    "`null`": "nothing",
    "`datetime`": "a date",
}


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
    known = {one.name: one for one in fields(kind)}
    for key in table:
        if key not in known:
            yield (*place, key), f"unknown key{_nearest(key, list(known))}"
    for name, one in known.items():
        if name in table:
            yield from _in_value(table[name], one.type, (*place, name))
        elif one.required:
            yield (*place, name), "is missing" + ("; add a [[feed]] with its name and url" if name == "feed" else "")


def _in_value(value: object, kind: Any, place: Place) -> Iterator[tuple[Place, str]]:  # noqa: ANN401 a type
    if isinstance(kind, type) and issubclass(kind, Struct):
        if isinstance(value, dict):
            yield from _in_table(value, kind, place)
        else:
            yield place, f"expected a table: [{place[-1]}]"
    elif kind == tuple[FeedTable, ...]:
        tables = value if isinstance(value, list) else []
        if not tables or not all(isinstance(one, dict) for one in tables):
            yield place, "expected a [[feed]] with its name and url"
            return
        for i, one in enumerate(tables):
            yield from _in_table(one, FeedTable, (*place, i))
    else:
        try:
            convert(value, kind)
        except ValidationError as error:
            yield place, _told(str(error), kind)


def _told(said: str, kind: Any) -> str:  # noqa: ANN401 a type
    """Say what was expected, in words for people."""
    if "matching regex" in said:
        described = next(filter(None, _descriptions(kind)), "other text")
        return f"expected {described}"
    said = said.partition(" - at ")[0].replace(" | null", "")
    said = re.sub(r"`\w+`", lambda found: _WORDS.get(found[0], found[0]), said)
    values = next((get_args(one) for one in (kind, *get_args(kind)) if get_origin(one) is Literal), ())
    if values:
        return "expected " + " or ".join(f'"{value}"' for value in values)
    return said[0].lower() + said[1:]


def _descriptions(kind: Any) -> Iterator[str | None]:  # noqa: ANN401 a type
    if get_origin(kind) is Annotated:
        yield from (one.description for one in get_args(kind) if isinstance(one, Meta))
    for part in get_args(kind):
        yield from _descriptions(part)


def _feed_name(table: Mapping[str, Any], place: Place) -> str:
    if len(place) > 1 and place[0] == "feed" and isinstance(place[1], int):
        name = table["feed"][place[1]].get("name")
        return f" of “{name}”" if isinstance(name, str) and place[-1] != "name" else f" of feed {place[1] + 1}"
    return ""


def _nearest(key: str, known: list[str]) -> str:
    from rapidfuzz import process  # most configurations are right

    found = process.extractOne(key, known, score_cutoff=_LIKENESS)
    return f"; did you mean “{found[0]}”?" if found else f"; known here: {', '.join(known)}"
