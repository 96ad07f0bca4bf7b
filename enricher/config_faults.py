"""What is wrong in config.toml: every fault with its line, its key and what was expected, in the order of the file."""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

from msgspec import Meta, ValidationError, convert

from enricher.model.feed import BaseUrl, Text, WebUrl
from enricher.model.output import Bucket
from enricher.text import nearest, shown
from enricher.urls import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_NO_FEED = "is missing; add a [[feed]] table, or say: enricher add URL"
_WORDS = {str: "text", int: "a whole number", bool: "true or false"}
_HEADER = re.compile(r"\s*\[+\s*([\w.-]+)\s*\]+")
_KEY = re.compile(r"""\s*["']?([^\s"'=.\[\]#]+)["']?\s*[=.]""")

Place = tuple[str | int, ...]
"""Where a key stands: the table's name, the number of a [[feed]], the key."""
Fault = tuple[Place, str]
"""A key's place, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of config.toml: a field of Config or FeedConfig."""

    kind: Any
    """Its type, with msgspec's `Meta`."""
    default: object = MISSING


def keys_of(kind: type, without: Iterable[str]) -> dict[str, Key]:
    """Return the keys that the fields of a dataclass are, by name, in their order."""
    hints = get_type_hints(kind, include_extras=True)
    return {one.name: Key(hints[one.name], one.default) for one in fields(kind) if one.name not in without}


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that config.toml may have: at its top, in a `[[feed]]`, under `[defaults]`, in other tables."""

    file: Mapping[str, Key]
    feed: Mapping[str, Key]
    defaults: Mapping[str, Key]
    sections: Mapping[str, Mapping[str, Key]]
    """The keys of tables such as `[engine]`, by the table's name."""

    def faults(self, table: Mapping[str, Any]) -> Iterator[Fault]:
        """Check a parsed file for unknown and missing keys and for wrong values."""
        sections = {"defaults": self.defaults, **self.sections}
        top = {name: value for name, value in table.items() if name not in {*sections, "feed"}}
        yield from self._in_table(top, self.file, ())
        for name, keys in sections.items():
            section = table.get(name, {})
            if isinstance(section, dict):
                yield from self._in_table(section, keys, (name,))
            else:
                yield (name,), f"expected a table, not {shown(section, 'a table')}"
        feeds = table.get("feed", [])
        if not isinstance(feeds, list) or not all(isinstance(one, dict) for one in feeds):
            yield ("feed",), "expected a list of tables: write [[feed]]"
            return
        if not feeds:
            yield ("feed",), _NO_FEED
        for i, one in enumerate(feeds):
            yield from self._in_table(one, self.feed, ("feed", i))

    def _in_table(self, table: Mapping[str, Any], known: Mapping[str, Key], place: Place) -> Iterator[Fault]:
        for name, value in table.items():
            if name in known:
                yield from _in_value(value, known[name].kind, (*place, name))
            else:
                yield (*place, name), self._misplaced(name, known)
        for name, key in known.items():
            if name not in table and key.default is MISSING:
                yield (*place, name), "is missing"

    def _misplaced(self, name: str, known: Mapping[str, Key]) -> str:
        """Return where an unknown key belongs, or which one was meant.

        Whoever adds a key at the end of the file adds it to the last [[feed]]: that is TOML, and nobody's guess.
        """
        places = {
            "above the first [table] of the file": self.file,
            "under [defaults]": self.defaults,
            "into a [[feed]]": self.feed,
            **{f"under [{section}]": keys for section, keys in self.sections.items()},
        }
        if elsewhere := [where for where, keys in places.items() if name in keys]:
            return f"belongs {', or '.join(elsewhere)}"
        names = [*known, "feed", "defaults", *self.sections] if known is self.file else list(known)
        near = nearest(name, names)
        return "unknown key" + (f"; did you mean “{near}”?" if near else f"; known here: {', '.join(names)}")


def _in_value(value: object, kind: Any, place: Place) -> Iterator[Fault]:  # noqa: ANN401 a type
    kind = next((one for one in get_args(kind) if one is not NoneType), kind) if NoneType in get_args(kind) else kind
    kind = Text if kind in {Path, Path | Bucket} else kind
    if get_origin(kind) is tuple and isinstance(value, list):
        for one in value:
            yield from _in_value(one, get_args(kind)[0], place)
        return
    if get_origin(kind) is dict and isinstance(value, dict):
        for name, one in value.items():
            yield from _in_value(name, get_args(kind)[0], place)
            yield from _in_value(one, get_args(kind)[1], place)
        return
    try:
        convert(value, kind)
    except ValidationError:
        yield place, f"expected {_expected(value, kind)}, not {shown(value, 'a table')}"
    else:
        if kind in {WebUrl, BaseUrl} and split(VARIABLE.sub("x", str(value))) is None:
            yield place, "expected a URL whose host and port can be read"


def _expected(value: object, kind: Any) -> str:  # noqa: ANN401 a type
    """Return what a value should have been, in words for people."""
    if get_origin(kind) is tuple:
        return "a list in [ ]"
    if get_origin(kind) is dict:
        return 'a table, such as { Cookie = "${SHOW_COOKIE}" }'
    if get_origin(kind) is Literal:
        return " or ".join(f"“{one}”" for one in get_args(kind))
    base, *rest = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    if type(value) is not base:
        return _WORDS[base]
    (meta,) = (one for one in rest if isinstance(one, Meta))
    if isinstance(value, int):
        return f"{meta.ge:,} or more" if meta.ge is not None and value < meta.ge else f"{meta.le:,} or less"
    return str(meta.description)


def told(path: Path, text: str, table: Mapping[str, Any], faults: Iterable[Fault]) -> list[str]:
    """Return a line for every fault, each once, in the order of the file."""
    lines = _lines_of_keys(text)
    found = dict.fromkeys((_line_of(lines, place), f"{_name(table, place)}: {said}") for place, said in faults)
    return [f"{path}:{line}: {said}" for line, said in sorted(found, key=lambda fault: fault[0])]


def _lines_of_keys(text: str) -> dict[Place, int]:
    """Return the line of each table and key; tomllib does not say it."""
    found: dict[Place, int] = {}
    table: Place = ()
    feed = -1
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            feed += header[1] == "feed"
            table = ("feed", feed) if header[1] == "feed" else (header[1],)
            found.setdefault(table[:1], number)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key[1]), number)
    return found


def _line_of(lines: Mapping[Place, int], place: Place) -> int:
    """Return the line of a key that is there, else of its table, else the first one."""
    here = next((place[:end] for end in range(len(place), 0, -1) if place[:end] in lines), None)
    return lines[here] if here else 1


def _name(table: Mapping[str, Any], place: Sequence[str | int]) -> str:
    """Return a key's name for people: `feed.url of “notes”`."""
    key = ".".join(part for part in place if isinstance(part, str))
    if len(place) < 2 or not isinstance(place[1], int):  # noqa: PLR2004 the number of a feed
        return key
    name = table["feed"][place[1]].get("name")
    return f"{key} of “{name}”" if isinstance(name, str) and name.isprintable() else f"{key} of feed {place[1] + 1}"


def not_toml(path: Path, text: str, said: str) -> str:
    """Return a fault of tomllib’s in our form; it tells the line in its message alone before Python 3.14."""
    place = _TOML_PLACE.search(said)
    line = int(place[1]) if place else text.count("\n") + 1
    why = _TOML_PLACE.sub("", said).replace("(at end of document)", "").strip()
    return f"{path}:{line}: this is not TOML: {why[:1].lower()}{why[1:]}{f', at column {place[2]}' if place else ''}"
