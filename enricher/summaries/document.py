"""The JSON form of a summary, version 1: reading, writing, and its JSON Schema."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 pydantic reads it
import json
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from enricher.errors import SummaryError
from enricher.model import summary as model
from enricher.text import one_line, xml_safe
from enricher.violations import say, unknown_key

_DEPTH = 40
_SHOWN = 100
_LONGEST_KEY = 80
_MOST_SECONDS = 10_000_000.0
_LARGEST_NUMBER = 99_999
_SOMETHING = r"\S"
_CITATION = r"^[1-9][0-9]{0,3}$"
_PATTERNS = {
    _SOMETHING: "is empty; expected text",
    _CITATION: "expected a number from 1 to 9999 in quotes as the key",
}

Seconds = Annotated[float, Field(ge=0, le=_MOST_SECONDS, allow_inf_nan=False)]


def _clean(text: str) -> str:
    return xml_safe(text).strip()


Text = Annotated[str, AfterValidator(_clean)]


class _Base(BaseModel):
    model_config = ConfigDict(extra="forbid", title=None)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> _Base:
        start, end = getattr(self, "start", None), getattr(self, "end", None)
        if start is not None and end is not None and end < start:
            raise ValueError("ends before it starts")
        return self


class Source(_Base):
    """Who summarised."""

    name: Text | None = None
    url: Text | None = None


class Passage(_Base):
    """A narrative paragraph or a verbatim pull quote."""

    kind: Literal["text", "quote"]
    text: Text
    speaker: Text | None = None
    start: Seconds | None = None
    end: Seconds | None = None


class Topic(_Base):
    """A topic; topics nest."""

    title: Text
    start: Seconds | None = None
    passages: list[Passage] = []
    topics: list[Topic] = []


class Clip(_Base):
    """A popular clip."""

    title: Text
    start: Seconds | None = None
    end: Seconds | None = None
    quote: Text | None = None


class Question(_Base):
    """A question from the episode."""

    question: Text
    answer: Text | None = None
    start: Seconds | None = None


class Related(_Base):
    """A related episode."""

    title: Text
    url: Text | None = None
    podcast: Text | None = None
    published: dt.date | None = None


class Citation(_Base):
    """The clip that a number in the narrative points at."""

    start: Seconds | None = None
    end: Seconds | None = None
    url: Text | None = None


class Document(_Base):
    """The highlights of one episode. Times are seconds on the audio of the feed's enclosure."""

    version: Literal[1] = 1
    title: Annotated[str, Field(pattern=_SOMETHING), AfterValidator(_clean)]
    podcast: Text | None = None
    number: Annotated[int, Field(ge=0, le=_LARGEST_NUMBER)] | None = None
    """Of the episode, where the title does not give it as `| Show #N`."""
    published: dt.date | None = None
    guid: Text | None = None
    audio: Text | None = None
    link: Text | None = None
    duration: Seconds | None = None
    source: Source = Source()
    people: list[Text] = []
    abstract: Text | None = None
    topics: list[Topic] = []
    clips: list[Clip] = []
    questions: list[Question] = []
    related: list[Related] = []
    citations: dict[Annotated[str, Field(pattern=_CITATION)], Citation] = {}


_PLAIN = ("title", "podcast", "number", "guid", "audio", "link", "duration", "abstract")


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a summary document."""
    schema = Document.model_json_schema()
    schema["properties"]["citations"]["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Summary of an episode"}


def parse(body: bytes | str) -> model.Summary:
    """Read the JSON form. Raises SummaryError with every violation and its path in the document."""
    try:
        found = json.loads(body)
        # Lone surrogates, which JSON can escape and nothing else can carry, are dropped here.
        document = Document.model_validate_json(
            json.dumps(found, ensure_ascii=False).encode("utf-8", "ignore"), strict=True
        )
    except ValidationError as error:
        raise SummaryError(_violations(error)) from error
    except RecursionError as error:
        raise SummaryError("nests too deep") from error
    except ValueError as error:
        raise SummaryError(f"is not JSON: {error}") from error
    return _to_model(document)


def from_object(found: dict[str, Any]) -> model.Summary:
    """Read the JSON form as Python objects, such as a page gives it. Raises SummaryError."""
    try:
        return _to_model(Document.model_validate(found))
    except ValidationError as error:
        raise SummaryError(_violations(error)) from error


def dump(summary: model.Summary) -> str:
    """Write the JSON form; `parse` gives the same summary again."""
    return json.dumps(_plain(summary), ensure_ascii=False, separators=(",", ":"))


def _violations(error: ValidationError) -> str:
    every = error.errors(include_url=False)
    found = [f"{_path(one['loc'])}: {_say(dict(one))}" for one in every[:_SHOWN]]
    more = f"; and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return "; ".join(found) + more


def _path(place: tuple[str | int, ...]) -> str:
    return "/".join(one_line(str(part))[:_LONGEST_KEY] for part in place) or "the document"


def _say(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return unknown_key(str(error["loc"][-1])[:_LONGEST_KEY], _known_at(error["loc"]))
    return say(error, "an object in { }", _PATTERNS)


_TABLES: dict[str, type[BaseModel]] = {
    "source": Source,
    "passages": Passage,
    "topics": Topic,
    "clips": Clip,
    "questions": Question,
    "related": Related,
    "citations": Citation,
}


def _known_at(place: tuple[str | int, ...]) -> list[str]:
    return list(next((_TABLES[part] for part in reversed(place[:-1]) if part in _TABLES), Document).model_fields)


def _to_model(document: Document) -> model.Summary:
    said = {name: getattr(document, name) for name in _PLAIN}
    citations = {int(number): model.Citation(**dict(one)) for number, one in document.citations.items()}
    return model.Summary(
        **said,
        published=document.published,
        source=model.Source(**dict(document.source)),
        people=tuple(filter(None, document.people)),
        topics=_topics(document.topics, 1),
        clips=tuple(model.Clip(**dict(clip)) for clip in document.clips if clip.title or clip.quote),
        questions=tuple(model.Question(**dict(one)) for one in document.questions if one.question),
        related=tuple(model.Related(**dict(one)) for one in document.related if one.title),
        citations=MappingProxyType({number: citations[number] for number in sorted(citations)}),
    )


def _topics(topics: list[Topic], depth: int) -> tuple[model.Topic, ...]:
    if topics and depth > _DEPTH:
        raise SummaryError(f"topics nest deeper than {_DEPTH}")
    return tuple(
        model.Topic(
            topic.title,
            topic.start,
            tuple(model.Passage(**dict(passage)) for passage in topic.passages if passage.text),
            _topics(topic.topics, depth + 1),
        )
        for topic in topics
    )


def _plain(summary: model.Summary) -> dict[str, Any]:
    plain = {"version": 1} | {name: getattr(summary, name) for name in _PLAIN}
    plain["published"] = summary.published.isoformat() if summary.published else None
    plain["source"] = _fields(summary.source)
    plain["people"] = list(summary.people)
    plain["topics"] = [_plain_topic(topic) for topic in summary.topics]
    plain["clips"] = [_fields(clip) for clip in summary.clips]
    plain["questions"] = [_fields(question) for question in summary.questions]
    plain["related"] = [
        _fields(one) | {"published": one.published.isoformat() if one.published else None} for one in summary.related
    ]
    plain["citations"] = {str(number): _fields(one) for number, one in summary.citations.items()}
    return plain


def _plain_topic(topic: model.Topic) -> dict[str, Any]:
    return {
        "title": topic.title,
        "start": topic.start,
        "passages": [_fields(passage) for passage in topic.passages],
        "topics": [_plain_topic(sub) for sub in topic.topics],
    }


def _fields(one: object) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}  # type: ignore[attr-defined]
