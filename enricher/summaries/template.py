"""A summary to fill in, as Markdown: what an item says of itself, and the publisher's chapters as topics."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

from enricher.text import one_line
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.model.feed import Item
    from enricher.model.timeline import Mark

# What Markdown, or a template language in it, would take for markup; no line begins with a title.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#%|~^&$:!]")
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_CLIPS = "<!-- - 00:12:30 What one would share with a friend -->"
_QUESTIONS = "<!-- - What does it answer? -->"
_RELATED = "<!-- - [The title of another episode](https://example.com/its-page) -->"
_HEAD = """\
<!-- Comments like this one are not published, and what is left empty is left out. Here, above the headings:
     the abstract, two or three sentences on what the episode is about. -->"""
_TOPICS = """\
<!-- Below a topic: what is said, in paragraphs, and quotes word for word, each by itself:
     > They vote with their feet.
     > — Ann Lee
     A time before a topic's title may be left out: quotes are looked for in the transcript. -->"""
_NO_CHAPTERS = "<!-- ### 00:05:12 The title of a topic -->"


def template(item: Item, show: str, marks: Sequence[Mark], beside: Mapping[str, str]) -> str:
    """Return a summary of an item that is to be filled in; it belongs to the item by guid, else audio, else link.

    Until `draft: true` is taken out it is refused: the publisher's chapters alone are no highlights. `beside` is what
    else a person may want to see there, such as the transcript's address, by name.
    """
    head = ["---", "draft: true  # take this line out when it is filled in; until then nothing of it is published"]
    head += [f"{name}: {value}" for name, value in _facts(item, show)]
    head += [f"# {name}: {one_line(value)}" for name, value in beside.items()] + ["---"]
    topics = [f"### {clock(mark.start)} {_escaped(mark.title)}" for mark in marks if not mark.hidden]
    parts = [
        "\n".join(head),
        _HEAD,
        "## Popular Clips",
        _CLIPS,
        "## Questions from this episode",
        _QUESTIONS,
        "## Episode Highlights",
        _TOPICS,
        *(topics or [_NO_CHAPTERS]),
        "## Related Episodes",
        _RELATED,
    ]
    return "\n\n".join(parts) + "\n"


def _facts(item: Item, show: str) -> Iterator[tuple[str, str]]:
    """Return what is known, as YAML."""
    yield "title", _yaml(one_line(item.title) or "?")
    yield "podcast", _yaml(one_line(show))
    if item.published is not None:
        yield "published", dt.datetime.fromtimestamp(item.published, dt.UTC).date().isoformat()
    known = (("guid", item.guid), ("audio", item.audio), ("link", item.link))
    # Of what has blanks only a guid is read as an id: "123 at https://bees.example" (Drupal).
    yield from [(name, _yaml(value)) for name, value in known if value and (name == "guid" or " " not in value)][:1]


def _yaml(text: str) -> str:
    """Write a string: JSON is YAML, but for characters that YAML does not print, https://yaml.org/spec/1.2.2/#51-character-set."""
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _escaped(title: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", one_line(title))
