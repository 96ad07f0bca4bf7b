"""The JSON form of a summary, version 1: reading with the path of the fault, writing, and its JSON Schema."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
from msgspec.structs import replace

from enricher.errors import SummaryError
from enricher.model.summary import Citation, Clip, Passage, Question, Related, Source, Summary, Topic, parts
from enricher.text import nearest, one_line, shown, xml_safe

_DEPTH = 40  # no page nests deeper, and what prints topics recurses
_LONGEST_KEY = 80
_OBJECT = "an object in { }"
_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "array": "a list in [ ]", "object": _OBJECT}
"""What msgspec calls them."""
_VALUES = {"kind": "“text” or “quote”", "version": "1", "published": "a date such as 2024-05-02"}
_TYPES: dict[str, type[msgspec.Struct]] = {"source": Source, "passages": Passage, "topics": Topic, "clips": Clip}
_TYPES |= {"questions": Question, "related": Related, "citations": Citation}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a summary document."""
    types = msgspec.json.schema(Summary)["$defs"]
    summary = types.pop("Summary")
    summary["required"] = ["title"]  # a version may be left out, though msgspec's schema wants every tag
    # msgspec checks the keys of an object and leaves them out of the schema.
    summary["properties"]["citations"]["propertyNames"] = {"pattern": "^[1-9][0-9]{0,3}$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **summary,
        "title": "Summary of an episode",
        "$defs": types,
    }


def dump(summary: Summary) -> str:
    """Write the JSON form; `load` reads the same summary again."""
    return msgspec.json.encode(summary).decode()


def load(written: str) -> Summary:
    """Read what `dump` wrote. Raises SummaryError where it was damaged since."""
    try:
        return msgspec.json.decode(written, type=Summary)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise SummaryError(f"is damaged: {error}") from error


def read_json(text: str) -> object:
    """Parse JSON; what no feed can carry, such as lone surrogates, which JSON can escape, is dropped.

    Raises SummaryError.
    """
    try:
        return _clean(json.loads(text))
    except RecursionError as error:
        raise SummaryError("nests too deep") from error
    except ValueError as error:
        raise SummaryError(f"is not JSON: {one_line(str(error))[:200]}") from error


def from_object(found: object) -> Summary:
    """Check a parsed document of the JSON form. Raises SummaryError with the first fault and its path."""
    try:
        summary = msgspec.convert(found, Summary, str_keys=True)
    except msgspec.ValidationError as error:
        raise SummaryError(_fault(str(error), found)) from error
    except RecursionError as error:
        raise SummaryError("nests too deep") from error
    for part in parts(summary):
        if part.path.count("topics/") > _DEPTH:
            raise SummaryError(f"topics nest deeper than {_DEPTH}")
        if part.start is not None and part.end is not None and part.end < part.start:
            path = re.sub(r"(?<!citations)/(\d+)", r"[\1]", part.path).replace("/", ".")
            raise SummaryError(f"{path}: ends before it starts")
    return replace(
        summary,
        people=tuple(filter(None, summary.people)),
        topics=_without_empty_passages(summary.topics),
        clips=tuple(clip for clip in summary.clips if clip.title or clip.quote),
        questions=tuple(one for one in summary.questions if one.question),
        related=tuple(one for one in summary.related if one.title),
        citations=dict(sorted(summary.citations.items())),
    )


def _without_empty_passages(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    return tuple(
        replace(one, passages=tuple(x for x in one.passages if x.text), topics=_without_empty_passages(one.topics))
        for one in topics
    )


def _clean(found: object) -> object:
    if isinstance(found, str):
        return xml_safe(found).strip()
    if isinstance(found, list):
        return [_clean(one) for one in found]
    if isinstance(found, dict):
        return {key if key.isascii() else xml_safe(key): _clean(one) for key, one in found.items()}
    return found


def _fault(said: str, document: Any) -> str:  # noqa: ANN401 any JSON
    """Return a fault of msgspec's in words for people: its path, what was expected, what stands there."""
    said, _, place = said.partition(" - at ")
    if place.startswith("`key` in"):
        return f"{place[9:].strip('`$.')}: expected a number from 1 to 9999 in quotes as the key"
    path = place.strip("`").removeprefix("$").removeprefix(".")
    if "[...]" in path:  # msgspec does not say which key of an object it was
        name, _, rest = path.partition("[...]")
        for key, one in document[name].items():
            try:
                msgspec.convert(one, _TYPES[name])
            except msgspec.ValidationError:
                path = f"{name}.{one_line(key)[:_LONGEST_KEY]}{rest}"
                break
    field = re.search(r"(unknown|required) field `(.*)`", said, re.DOTALL)
    if field:
        key = field[2][:_LONGEST_KEY]
        known = _TYPES.get(next(reversed(re.findall(r"[a-z]+", path)), ""), Summary)
        fields = ["version"] * (known is Summary) + list(known.__struct_fields__)
        near = nearest(key, fields)
        unknown = "unknown key" + (f"; did you mean “{near}”?" if near else f"; known here: {', '.join(fields)}")
        return f"{path}.{one_line(key)}".lstrip(".") + ": " + ("is missing" if field[1] == "required" else unknown)
    found = document
    for part in re.findall(r"\w+", path):
        found = found[int(part) if isinstance(found, list) else part]
    return f"{path or 'the document'}: {_expectation(said, path, found)}"


def _expectation(said: str, path: str, found: object) -> str:
    bound = re.match(r"Expected `\w+` (>=|<=) ([\d.]+)", said)
    wanted = re.match(r"Expected `(\w+)", said)
    if "matching regex" in said:
        return "is empty; expected text"
    expected = _VALUES.get(path.rpartition(".")[2])
    if expected is None and bound:
        expected = f"{float(bound[2]):,.9g} or {'more' if bound[1] == '>=' else 'less'}"
    expected = expected or _WORDS.get(wanted[1] if wanted else "", "something else")
    return f"expected {expected}, not {shown(found, _OBJECT)}"
