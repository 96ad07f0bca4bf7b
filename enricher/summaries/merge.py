"""What the data of a document says and what its text says, as one summary in the JSON form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from enricher.errors import SummaryError
from enricher.model.summary import Citation, Summary, walk
from enricher.summaries.interpret import interpret
from enricher.summaries.titles import guest_of, show_of
from enricher.summaries.vocabulary import GENERIC, is_junk
from enricher.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.blocks import Page
    from enricher.summaries.records import Record

_LISTS = ("topics", "clips", "questions", "related")
_IDENTITIES = 50
_LONG = 1000  # characters: an article and no abstract, where another text is one
_STEM_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}[ _-]*")
_STEM_NUMBER = re.compile(r"(?:^|[\s_-])#?(\d{1,4})$")


def merge(stem: str, pages: Sequence[Page], record: Record, left_out: list[str]) -> dict[str, Any]:
    """Return the summary of a document in the JSON form. Raises SummaryError where it has no title."""
    found: dict[str, Any] = {name: [] for name in _LISTS} | {"abstract": None, "titles": [], "citations": {}}
    said: dict[str, Any] = {}
    is_page = False
    for page in pages:
        read = interpret(page, record, left_out, named=_could_name(stem))
        is_page |= read["is_page"]
        for name in _LISTS:
            found[name] += read.get(name) or []
        found["abstract"] = found["abstract"] or read["abstract"]
        found["titles"] += read["titles"]
        found["published"] = found.get("published") or read["published"]
        found["citations"] |= read["citations"]
        said |= page.said
    said |= record.said
    if len(said.get("people", ())) > 20:  # noqa: PLR2004 nobody has so many guests
        said.pop("people")
    unsure = said.pop("duration_unsure", False)
    written, found["abstract"] = found["abstract"], _abstract(record, found["abstract"])
    if written and written != found["abstract"] and len(written) > _LONG:
        said_text = [{"kind": "text", "text": line, "speaker": None} for line in written.splitlines()]
        found["topics"].insert(0, {"title": "", "start": None, "passages": said_text, "topics": []})
    _add_data(found, record)
    if unsure:
        _settle_duration(said, found["topics"])
    _add_titles(found, said, stem)
    if is_page:
        found["titles"] = []  # the page of highlights is the same summary in every form, whatever its file is called
    known = {said.get("guid"), said.get("audio"), said.get("link"), (said.get("source") or {}).get("url")}
    found["identities"] = [one for one in record.identities if one not in known][:_IDENTITIES]
    return {k: v for k, v in (found | said).items() if v or k == "citations"}


def _abstract(record: Record, written: str | None) -> str | None:
    """Choose the abstract: what the data says first, unless the text says more."""
    sound = [one for one in record.abstracts if not is_junk(one)]
    named = next((one for one in sound if len(one) >= 40), None) or next(iter(sound), None)  # noqa: PLR2004
    if written and named and len(written) > _LONG:
        return one_line(named)
    if written and (not named or len(written) > len(named)):
        return written
    return one_line(named) if named else written or next((one_line(one) for one in record.sentences), None)


def _words(stem: str) -> str:
    return re.sub(r"[\s_-]+", " ", _STEM_DATE.sub("", stem)).strip()


def _could_name(stem: str) -> bool:
    names = _names(stem)
    return len(names) > 1 or bool(names and _STEM_NUMBER.search(_words(stem)))


def _names(stem: str) -> list[str]:
    """Return the words of a file's name that could be an episode's."""
    return [word for word in fold(_words(stem)).split() if word not in GENERIC and not word.isdecimal()]


def _add_titles(found: dict[str, Any], said: dict[str, Any], stem: str) -> None:
    """Choose the title, and keep the other candidates for matching: the one that fits an item wins there."""
    fallback = said.pop("fallback_title", None)
    title = said.pop("title", None)
    words = _words(stem)
    named = _names(stem)
    written = [title, *found["titles"], fallback]
    titles = list(dict.fromkeys(one_line(one) for one in written if one and any(map(str.isalnum, one))))
    number = _STEM_NUMBER.search(words)
    if len(named) > 1 or (named and not titles and number):
        if number and not titles:
            said.setdefault("number", int(number[1]))
        if fold(words) not in map(fold, titles):
            titles.append(words)
    if not titles and number and words == number[1]:
        titles, said["number"] = [words], said.get("number", int(words))  # "001.md" in the show's folder
    if not titles:
        raise SummaryError("has no title; a page of highlights begins with `Published …` and the episode's title")
    found["title"], found["titles"] = titles[0], titles[1:6]


def _add_data(found: dict[str, Any], record: Record) -> None:
    """Join chapters, quotes and the like of the data with the topics of the text."""
    topics: list[dict[str, Any]] = found["topics"]
    by_title = {fold(topic["title"]): topic for topic in _walk(topics)}
    added = []
    for one in record.lists.get("topics", ()):
        known = by_title.get(fold(one["title"]))
        if known is None or not one["title"]:
            added.append(one)
        elif known["start"] is None:
            known["start"] = one["start"]
    timed = sorted((one for one in topics + added if one["start"] is not None), key=lambda one: one["start"])
    if added and timed:
        topics[:] = timed + [one for one in topics + added if one["start"] is None]
    else:
        topics += added
    rest: list[dict[str, Any]] = []
    for quote in record.lists.get("quotes", ()):
        over = [one for one in timed if quote["start"] is not None and one["start"] <= quote["start"]]
        (over[-1]["passages"] if over else rest).append(quote)
    if rest:
        topics.append({"title": "Quotes", "start": None, "passages": rest, "topics": []})
    for name in ("clips", "questions", "related"):
        found[name] += record.lists.get(name, ())


def _walk(topics: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for topic in topics:
        yield topic
        yield from _walk(topic["topics"])


def _settle_duration(said: dict[str, Any], topics: Sequence[dict[str, Any]]) -> None:
    """Read a bare number as minutes where the times go past it; else it may be either, and says nothing."""
    latest = max((topic["start"] for topic in _walk(topics) if topic["start"] is not None), default=0)
    length = said.pop("duration")
    if length < latest < length * 60:
        said["duration"] = length * 60
    elif latest > 0 and latest > length / 2:
        said["duration"] = length


def finish(summary: Summary) -> Summary:
    """Fill in what the title says of show, number and guest, and drop citations that point at nothing."""
    show, number = show_of(summary.title)
    said = (p.text for _, _, topic in walk(summary.topics) for p in topic.passages)
    guest = guest_of(summary.title, " ".join((summary.abstract or "", *said)))
    return replace(
        summary,
        podcast=summary.podcast or show,
        number=summary.number if summary.number is not None else number,
        people=summary.people or ((guest,) if guest else ()),
        citations={n: c for n, c in summary.citations.items() if c != Citation()},
    )
