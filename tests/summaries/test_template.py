"""Templates of summaries: what is read of one that is not filled in is what the publisher said, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from enricher.errors import SourceError, SummaryError
from enricher.feed.item import read_item
from enricher.feed.parse import parse
from enricher.model.feed import Document, Item
from enricher.model.timeline import Mark
from enricher.summaries.document import read_summary
from enricher.summaries.template import template
from enricher.text import one_line, xml_safe
from tests.corpus import files, small_fast

if TYPE_CHECKING:
    from pathlib import Path

    from enricher.model.summary import Summary

_TITLES = st.text(st.sampled_from("ab *_#[]<>{}%|~^`\\&;:!-+=.1()'\"—é蜂"), min_size=1, max_size=20).filter(
    # What looks like a tag, stray asterisks and a bracket at the end are taken out of titles, whatever the document.
    lambda text: any(c in "abé蜂" for c in text) and not re.search(r"<[a-z!]|\*\*|[\[(].*[\])]", text)
)


def read(text: str) -> Summary:
    """Read a template as if it had been filled in."""
    with pytest.raises(SummaryError, match="is a draft"):
        read_summary("a.md", text.encode())
    return read_summary("a.md", text.replace("draft: true", "draft: false").encode())


@example("*蜂")
@example("*蜂*は__蜂__")
@given(_TITLES)
def test_any_title_comes_back(title: str) -> None:
    """Of the item, and of a chapter with whatever Markdown, YAML or a template language would make of it."""
    title = one_line(title)
    item = Item(etree.Element("item"), "", guid=f"g-{len(title)}", title=title)
    marks = [Mark(0, f"a {title} b"), Mark(60.5, "Two"), Mark(120, "Three")]
    found = read(template(item, f"Show {title}", marks, {}))
    assert (found.title, found.podcast, found.guid) == (title, f"Show {title}", item.guid)
    assert [(one.title, one.start) for one in found.topics] == [(f"a {title} b", 0), ("Two", 60), ("Three", 120)]


@pytest.mark.parametrize(
    "guid", ["123 at https://bees.example", "Mon, 06 May 2024 07:00:00 GMT", "tag:bees.example,2024:1"]
)
def test_a_guid_comes_back_with_its_blanks(guid: str) -> None:
    """As Drupal writes them, and feeds whose guid is a date (partytime_pc20rss.xml)."""
    item = Item(etree.Element("item"), "", guid=guid, title="How bees choose", link="https://bees.example/1")
    assert read(template(item, "Bees", [], {})).guid == guid


@pytest.mark.parametrize("path", small_fast(files("feeds")), ids=lambda path: path.name)
def test_templates_of_real_items(path: Path) -> None:
    """Each is known by its guid, audio or link, has the publisher's chapters as topics, and nothing else."""
    try:
        feed = parse(Document(str(path), path.read_bytes()))
    except SourceError:
        return
    for item in feed.items:
        marks = [mark for mark in read_item(item, None).marks.marks if not mark.hidden]
        found = read(template(item, feed.title, marks, {"audio": item.audio or ""}))
        assert (found.guid or found.audio or found.link) in {item.guid, item.audio, item.link}
        assert found.title == (xml_safe(one_line(item.title)) or "?")
        assert [(one.title, one.start) for one in found.topics] == [(one.title, int(one.start)) for one in marks]
        assert not any((found.abstract, found.clips, found.questions, found.related))
        assert not any(one.passages or one.topics for one in found.topics)
