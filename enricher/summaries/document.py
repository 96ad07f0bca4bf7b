"""The JSON form of a summary, version 1: reading with the path of the fault, writing, and its JSON Schema."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from enricher.errors import SummaryError
from enricher.model.summary import Citation, Clip, Passage, Question, Related, Source, Summary, Topic, walk
from enricher.text import nearest, one_line, shown, xml_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEPTH = 40  # no page nests deeper, and what prints topics recurses
_LONGEST_KEY = 80
_OBJECT = "an object in { }"
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": _OBJECT,
}
"""What msgspec calls them."""
_VALUES = {"kind": "“text” or “quote”", "version": "1"}
_TYPES: dict[str, type[msgspec.Struct]] = {
    "source": Source,
    "passages": Passage,
    "topics": Topic,
    "clips": Clip,
    "questions": Question,
    "related": Related,
    "citations": Citation,
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a summary document."""
    parts = msgspec.json.schema(Summary)["$defs"]
    summary = parts.pop("Summary")
    summary["required"] = ["title"]  # a version may be left out, though msgspec's schema wants every tag
    # msgspec checks the keys of an object and leaves them out of the schema.
    summary["properties"]["citations"]["propertyNames"] = {"pattern": "^[1-9][0-9]{0,3}$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **summary,
        "title": "Summary of an episode",
        "$defs": parts,
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


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Return the message that a key is unknown, with the nearest known one."""
    near = nearest(key, known)
    return "unknown key" + (f"; did you mean “{near}”?" if near else f"; known here: {', '.join(known)}")


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
    if any(depth >= _DEPTH for _, depth, _ in walk(summary.topics)):
        raise SummaryError(f"topics nest deeper than {_DEPTH}")
    _check_spans(summary)
    return msgspec.structs.replace(
        summary,
        people=tuple(filter(None, summary.people)),
        topics=_without_empty_passages(summary.topics),
        clips=tuple(clip for clip in summary.clips if clip.title or clip.quote),
        questions=tuple(one for one in summary.questions if one.question),
        related=tuple(one for one in summary.related if one.title),
        citations=dict(sorted(summary.citations.items())),
    )


def _clean(found: object) -> object:
    if isinstance(found, str):
        return xml_safe(found).strip()
    if isinstance(found, list):
        return [_clean(one) for one in found]
    if isinstance(found, dict):
        return {key if key.isascii() else xml_safe(key): _clean(one) for key, one in found.items()}
    return found


def _without_empty_passages(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    return tuple(
        msgspec.structs.replace(
            topic,
            passages=tuple(passage for passage in topic.passages if passage.text),
            topics=_without_empty_passages(topic.topics),
        )
        for topic in topics
    )


def _check_spans(summary: Summary) -> None:
    spans: list[tuple[str, Clip | Passage | Citation]] = [(f"clips[{i}]", clip) for i, clip in enumerate(summary.clips)]
    spans += [(f"citations.{number}", one) for number, one in summary.citations.items()]
    for path, _, topic in walk(summary.topics):
        here = re.sub(r"/(\d+)", r"[\1]", path).replace("/", ".")
        spans += [(f"{here}.passages[{i}]", passage) for i, passage in enumerate(topic.passages)]
    for path, one in spans:
        if one.start is not None and one.end is not None and one.end < one.start:
            raise SummaryError(f"{path}: ends before it starts")


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
        at = f"{path}.{one_line(field[2])[:_LONGEST_KEY]}".lstrip(".")
        names = re.findall(r"[a-z]+", path)
        known = _TYPES[names[-1]] if names and names[-1] in _TYPES else Summary
        fields = ["version"] * (known is Summary) + list(known.__struct_fields__)
        unknown = unknown_key(field[2][:_LONGEST_KEY], fields)
        return f"{at}: is missing" if field[1] == "required" else f"{at}: {unknown}"
    found = document
    for part in re.findall(r"\w+", path):
        found = found[int(part) if isinstance(found, list) else part]
    return f"{path or 'the document'}: {_expectation(said, path, found)}"


def _expectation(said: str, path: str, found: object) -> str:
    name = path.rpartition(".")[2]
    bound = re.match(r"Expected `\w+` (>=|<=) ([\d.]+)", said)
    wanted = re.match(r"Expected `(\w+)", said)
    if "matching regex" in said:
        return "is empty; expected text"
    if name in _VALUES:
        expected = _VALUES[name]
    elif bound:
        expected = f"{float(bound[2]):,.9g} or {'more' if bound[1] == '>=' else 'less'}"
    elif name == "published":
        expected = "a date such as 2024-05-02"
    else:
        expected = _WORDS.get(wanted[1], "something else") if wanted else "something else"
    return f"expected {expected}, not {shown(found, _OBJECT)}"
