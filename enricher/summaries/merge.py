"""What the text of a document says, section by section, and what its data says, as one summary in the JSON form."""

from __future__ import annotations

import re
from itertools import islice, pairwise, zip_longest
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from enricher.errors import SummaryError
from enricher.model.summary import Citation, Summary, parts
from enricher.summaries.abstracts import add_abstract, choose_abstract, keep_rest, without_abstract
from enricher.summaries.boilerplate import without_boilerplate
from enricher.summaries.by_shape import Notes, without_signs
from enricher.summaries.entries import find_times, times_first
from enricher.summaries.fields import without_fields
from enricher.summaries.head import read_head
from enricher.summaries.inline_transcript import without_speech
from enricher.summaries.links import without_numbered_links
from enricher.summaries.lists import read_clips, read_questions, read_related, say_more
from enricher.summaries.narrative import TIME_CITED, Narrative
from enricher.summaries.record_lists import is_web, topic
from enricher.summaries.record_values import is_audio
from enricher.summaries.sections import content, section_of, sections, unfolded, unfolded_page
from enricher.summaries.shared_lines import Shared, forget_shared, without_shared
from enricher.summaries.title_parts import FileName, guest_of
from enricher.summaries.topics import Topics
from enricher.summaries.vocabulary import is_junk, is_one_of
from enricher.text import fold
from enricher.titles.numbers import leading_number, show_and_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.blocks import Page, Piece
    from enricher.summaries.records import Record

_LISTS = ("topics", "clips", "questions", "related")
_IDENTITIES, _TITLES = 50, 6
_LIST, _ASCENDING = 3, 0.6  # topics with times are a list, and this share of its steps goes on
_CUT = 60  # so long a title may be the beginning of another


def merge(stem: str, pages: Sequence[Page], record: Record, shared: Shared) -> dict[str, Any]:
    """Return the summary of a document in the JSON form. Raises SummaryError where it has no title.

    `shared` is what other documents in its folder say too, as `shared_keys` finds it.
    """
    forget_shared(record, shared)
    found: dict[str, Any] = {name: [] for name in _LISTS} | {"citations": {}}
    titles: list[str] = []
    written: str | None = None
    said: dict[str, Any] = {}
    is_page = False
    name = FileName(stem)
    for page in pages:
        read = _interpret(page, record, shared, named=name.is_title)
        is_page |= read["is_page"]
        for part in _LISTS:
            found[part] += read[part]
        found["citations"] |= read["citations"]
        titles += read["titles"]
        if written and read["abstract"]:
            add_abstract(record, read["abstract"], written)
        written = written or read["abstract"]
        said = {"published": read["published"]} | page.said | {k: v for k, v in said.items() if v}
    said |= record.said
    unsure = said.pop("duration_unsure", False)
    heading = said.pop("fallback_abstract", "")
    # What the head of a web page says may be of the site: only the documents around it tell.
    about = heading if shared.keys and not shared.has_line(heading) else ""
    found["abstract"] = choose_abstract(record, written) or about
    keep_rest(found, written or "", record)
    found["topics"] = without_abstract(found["topics"], found["abstract"])
    _drop_unordered(found["topics"])
    _add_data(found, record)
    if unsure:
        _settle_duration(said, found["topics"])
    found |= _identity(said, titles, name, record, shared)
    if is_page:
        found["titles"] = []  # the same summary in every form, whatever its file is called
    return {k: v for k, v in (found | said).items() if v or k == "citations"}


def _identity(
    said: dict[str, Any], titles: Sequence[str], name: FileName, record: Record, shared: Shared
) -> dict[str, Any]:
    """Return title, other titles and addresses, and complete what is `said` by the name of the file."""
    titles = name.titles([said.pop("title", None), *titles, said.pop("fallback_title", None)])
    titles.sort(key=shared.has_title)
    titles = (
        _uncut(titles) or list(filter(is_web, record.identities))[:1]
    )  # a model knew no more than a video's address
    if not titles:
        raise SummaryError(
            "has no title: name the file after the episode, or begin with `Published …` and the episode's title"
        )
    if record.is_post and name.published and not said.get("published"):
        said["published"] = name.published
    if name.number is not None and name.words in titles[:1]:
        said.setdefault("number", name.number)
    known = {said.get("guid"), said.get("audio"), said.get("link"), said.get("source", {}).get("url")}
    identities = [one for one in record.identities if one not in known and one not in shared.keys]
    return {"title": titles[0], "titles": titles[1:_TITLES], "identities": identities[:_IDENTITIES]}


def _uncut(titles: list[str]) -> list[str]:
    """Put first what goes on where the first title is cut: "… Founder & CEO @ Ca" of a script, before its heading."""
    cut = titles[0] if titles and len(titles[0]) >= _CUT else ""
    return sorted(titles, key=lambda one: not (cut and one.startswith(cut) and re.match(r"\s?\w", one[len(cut) :])))


def _interpret(page: Page, record: Record, shared: Shared, *, named: bool) -> dict[str, Any]:
    """Return one page in the JSON form, with the candidates for its title under `titles`.

    `named` says that the file's name could be its title. What is left out and why is added to the record. Raises
    SummaryError where the page is none of one episode.
    """
    links = [link for piece in page.pieces for link in piece.links if is_audio(link.url)]
    if len({link.url for link in links}) == 1 and any(is_one_of("downloads", link.text) for link in links):
        record.identities[links[0].url] = None
    record.identities |= dict.fromkeys(page.identities)
    pieces = without_fields(
        unfolded_page(list(content(without_numbered_links(without_speech(page.pieces, record))))), record
    )
    known = record.said.get("title")
    fallback = page.said.get("fallback_title", "")
    head = read_head(pieces, known, shared, named=named or bool(fallback), fallback=fallback)
    title = next(iter(head.titles), "")
    words = " ".join(piece.text for piece in head.rest)
    show = record.said.get("podcast") or page.said.get("podcast") or show_and_number(title)[0]
    is_page = any(section_of(piece) == "highlights" for piece in head.rest)
    times = len(TIME_CITED.findall(words)) > 2  # noqa: PLR2004
    narrative = Narrative(guest_of(known or title, words), cites_times=times, numbers=is_page)
    found = _sections_of(head.rest, narrative, show, record, shared, is_page=is_page)
    about = {"is_page": is_page, "titles": head.titles, "published": head.published}
    return found | about | {"citations": narrative.citations()}


def _sections_of(
    pieces: Sequence[Piece],
    narrative: Narrative,
    show: str | None,
    record: Record,
    shared: Shared,
    *,
    is_page: bool,
) -> dict[str, Any]:
    """Read a page section by section, in its order; what stands in no named one is notes."""
    found: dict[str, Any] = {"abstract": None, "topics": [], "clips": [], "questions": [], "related": []}
    parts = [
        (role, without_boilerplate(here, None if role == "related" else show, beside=role != "highlights"))
        for role, here in sections(pieces)
    ]
    parts = [(None if role == "clips" and say_more(here) else role, here) for role, here in parts]
    if shared.keys and not is_page:  # what people write by hand has no greeting
        noted = {None, "questions"}
        parts = [(x, list(without_shared(here, shared, record)) if x in noted else here) for x, here in parts]
    parts = [(role, here if role else times_first(unfolded(list(map(without_signs, here))))) for role, here in parts]
    times = iter(find_times([piece for role, here in parts if role is None for piece in here]))
    for role, here in parts:
        spoken = [piece for piece in here if piece.kind != "rule" and piece.text]
        if role == "clips":
            found["clips"] += read_clips(spoken)
        elif role == "questions":
            found["questions"] += read_questions(spoken, narrative.read)
        elif role == "related":
            found["related"] += read_related(spoken)
        elif role == "highlights":
            topics = Topics(narrative, here)
            for piece, following in zip_longest(here, here[1:]):
                topics.take(piece, following)
            found["topics"] += topics.found
        elif is_page and not any(piece.kind == "heading" and piece.level for piece in here):
            said = [narrative.read(piece.text, piece.links) for piece in spoken if not is_junk(piece.text)]
            found["abstract"] = "\n".join(filter(None, said)) or None
        else:
            read = Notes(narrative, record, here).read(list(islice(times, len(here))))
            found["abstract"] = found["abstract"] or read["abstract"]
            found["topics"] += read["topics"]
            found["questions"] += read["questions"]
    return found


def _drop_unordered(topics: Sequence[dict[str, Any]]) -> None:
    """Take their times from topics that are not in time order: they are the lengths of other videos, or the like."""
    timed = [one for one in topics if one["start"] is not None]
    steps = [a["start"] <= b["start"] for a, b in pairwise(timed)]
    if len(timed) >= _LIST and sum(steps) < len(steps) * _ASCENDING:
        for one in timed:
            one["start"] = None


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
        topics.append(topic("Quotes", None) | {"passages": rest})
    for name in ("clips", "questions", "related"):
        found[name] += record.lists.get(name, ())


def _walk(topics: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in topics:
        yield one
        yield from _walk(one["topics"])


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
    show, number = show_and_number(summary.title)
    number = leading_number(summary.title) if number is None else number
    said = (part.text for part in parts(summary) if part.kind in {"text", "quote"})
    guest = guest_of(summary.title, " ".join((summary.abstract or "", *said)))
    return replace(
        summary,
        podcast=summary.podcast or show,
        number=summary.number if summary.number is not None else number,
        people=summary.people or ((guest,) if guest else ()),
        citations={n: c for n, c in summary.citations.items() if c != Citation()},
    )
