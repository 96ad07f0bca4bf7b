"""A summary as blocks in reading order, each with the rank by which it is cut."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from enricher.model.summary import parts
from enricher.text import cut, fold, one_line
from enricher.timestamps import clock
from enricher.urls import absolute

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from enricher.enrich.render import Renderer
    from enricher.model.edition import ChapterList
    from enricher.model.summary import Part, Related, Summary
    from enricher.model.timeline import Timeline
    from enricher.translations import Words

_PARAGRAPH = 3000
"""No paragraph of an abstract is longer; a longer one would push everything else out."""
_CITATION = re.compile(r"\s?\[(\d{1,4})\]")


class Rank(IntEnum):
    """What is kept first; once anything of a rank is cut, every later rank is cut whole.

    But for chapters, a list that is printed whole or not at all: what it would have taken, highlights take.
    """

    LABEL = 0
    ABSTRACT = 1
    CHAPTERS = 2
    TIMES = 3
    TOPIC = 4
    QUOTE = 5
    SUBTOPIC = 6
    MORE = 7
    SUBTOPIC_MORE = 8
    CITED = 9
    CLIPS = 10
    QUESTIONS = 11
    RELATED = 12


@dataclass(frozen=True, slots=True)
class Block:
    """Finished markup that is kept or cut whole."""

    rank: Rank
    text: str
    headings: tuple[str, ...] = ()
    """The finished headings that it stands under, outermost first."""
    chain: str = ""
    """Blocks of one chain are cut from its end: none is kept after one that was cut."""
    is_item: bool = False
    """An entry of a list."""

    @property
    def is_front(self) -> bool:
        """Whether it stands before the publisher's notes where ours stand around them: what it is about, and when."""
        return self.rank <= Rank.TIMES


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the feed says to the notes of one of its items."""

    words: Words
    """The words of the feed's language."""
    links: Mapping[int, str] = field(default_factory=dict)
    """Of related episodes, by their place in the summary, to pages of the same feed."""
    page: str | None = None
    """The URL of the item's own page, which the label links."""


@dataclass(frozen=True, slots=True)
class Highlights:
    """What the blocks are made of."""

    summary: Summary
    timeline: Timeline
    chapters: ChapterList
    surroundings: Surroundings
    label: str
    """The configured line that says who summarised, with `{source}`."""
    source_name: str
    """What fills `{source}` where the summary names none."""

    def cited(self) -> frozenset[int]:
        """Return the citations that point at something: a time on this audio, or a link (contract C26)."""
        citations, moments = self.summary.citations, self.timeline.moments
        return frozenset(n for n in citations if f"citations/{n}" in moments or absolute(citations[n].url))


@dataclass(frozen=True, slots=True)
class Layout:
    """Highlights laid out for one field."""

    highlights: Highlights
    renderer: Renderer
    citations: Collection[int] = ()
    """The numbers whose marks are kept in the text and listed below it."""
    around: bool = False
    """The times stand together, a line each, apart from the narrative: the publisher's notes come between."""

    def blocks(self) -> Iterator[Block]:
        """Make every block in reading order."""
        write, summary, chapters = self.renderer, self.highlights.summary, self.highlights.chapters
        for line in filter(None, map(one_line, (summary.abstract or "").splitlines())):
            if text := self._narrative(cut(line, _PARAGRAPH)):
                yield Block(Rank.ABSTRACT, write.paragraph(text), chain="abstract")
        # Near the beginning, and above whatever is cut: readers know at once whose words they read (contract C25).
        yield Block(Rank.LABEL, write.label(self._label()))
        if chapters.lines and chapters.chapters:
            lines = (f"{clock(one.start)} {write.text(one.title, inside=True)}" for one in chapters.chapters)
            yield Block(Rank.CHAPTERS, write.paragraph(*lines), (write.section(self._word("chapters")),))
        if self.around:
            yield from self._times()
        yield from self._topics()
        yield from self._clips()
        yield from self._questions()
        yield from self._citations()
        yield from self._related()

    def _word(self, name: str) -> str:
        return self.highlights.surroundings.words[name]

    def _time(self, path: str) -> str:
        moment = self.highlights.timeline.moments.get(path)
        return f" ({clock(moment.start)})" if moment else ""

    def _head(self) -> tuple[str, ...]:
        """Repeat whose words these are where the publisher's notes have come between."""
        return (self.renderer.label(self._signature()),) if self.around else ()

    def _times(self) -> Iterator[Block]:
        """List the timed topics that no chapter list of ours has, and the timed clips, each in the order of time."""
        moments = self.highlights.timeline.moments
        every = list(parts(self.highlights.summary))
        full = {part.parent.path for part in every if part.parent is not None}
        # A bare topic that the publisher's own list has says nothing that they do not say below.
        theirs = {fold(one.title) for one in self.highlights.chapters.chapters}
        timed = [part for part in every if part.path in moments and one_line(part.text)]
        timed = [part for part in timed if part.path in full or part.kind != "topic" or fold(part.text) not in theirs]
        for kind, section in (("topic", "topics"), ("clip", "clips")):
            if kind == "topic" and self.highlights.chapters.lines:
                continue
            for part in sorted((one for one in timed if one.kind == kind), key=lambda one: moments[one.path].start):
                yield self._entry(Rank.TIMES, section, self.renderer.text(part.text) + self._time(part.path))

    def _listed(self) -> set[str]:
        """Return the folded titles of topics that stand in a list, ours or theirs: a bare heading would repeat them."""
        chapters, moments = self.highlights.chapters.chapters, self.highlights.timeline.moments
        timed = {part.text for part in parts(self.highlights.summary) if self.around and part.path in moments}
        return {fold(title) for title in (*timed, *(one.title for one in chapters))}

    def _topics(self) -> Iterator[Block]:
        """Lay out topics, their subtopics and passages; headings are left out where nothing stands under them."""
        under: dict[str, tuple[str, ...]] = {}  # a topic's headings, its own included
        subtopics: set[str] = set()
        texts: Counter[str] = Counter()
        listed, top = self._listed(), self._head() or (self.renderer.section(self._word("highlights")),)
        every = [part for part in parts(self.highlights.summary) if part.kind in {"topic", "text", "quote"}]
        full = {part.parent.path for part in every if part.parent is not None}
        for part in every:
            if part.kind == "topic":
                above = under[part.parent.path] if part.parent else top
                # What stands below a topic without a title is no subtopic.
                if deep := len(above) > 1:
                    subtopics.add(part.path)
                heading = self.renderer.topic(self.renderer.text(part.text) + self._time(part.path), deep=deep)
                under[part.path] = (*above, heading) if one_line(part.text) else above
                # A topic of which nothing is said stands in the chapter list already, if there is one.
                if part.path not in full and one_line(part.text) and fold(part.text) not in listed:
                    yield Block(Rank.SUBTOPIC if deep else Rank.TOPIC, "", under[part.path], part.path)
            elif part.parent is not None:
                topic = part.parent.path
                deep = topic in subtopics
                texts[topic] += part.kind == "text"
                # A subtopic's quote goes with its text: alone it would stand below a heading that nobody explains.
                chain = topic if deep else f"{topic} {part.kind}"
                if text := self._passage(part):
                    rank = _rank(part, texts[topic], deep=deep)
                    yield Block(rank, text, under[topic], chain, is_item=part.kind == "text" and part.listed)

    def _passage(self, part: Part) -> str:
        if part.kind == "quote":
            quote = self._quote(part.text, part.speaker) + self._time(part.path)
            return self.renderer.paragraph(quote) if one_line(part.text) else ""
        text = self._narrative(part.text)
        return (self.renderer.list_item if part.listed else self.renderer.paragraph)(text) if text else ""

    def _narrative(self, text: str) -> str:
        """Render narrative with those of its citation marks that point at something."""
        write = self.renderer
        pieces = _CITATION.split(text)
        said = [write.text(pieces[0])] if pieces[0].strip() else []
        for number, after in zip(pieces[1::2], pieces[2::2], strict=True):
            if int(number) in self.citations:
                said.append(f" {write.text(f'[{number}]')}" if said else write.text(f"[{number}]"))
            if after.strip():
                lead = " " if after[:1].isspace() else ""
                said.append(lead + write.text(after, inside=bool(said)))
        return "".join(said).strip()

    def _quote(self, text: str, speaker: str | None = None) -> str:
        quote = self.renderer.quote(text.strip().strip('“”"'))
        return f"{quote} — {self.renderer.text(speaker)}" if speaker and one_line(speaker) else quote

    def _entry(self, rank: Rank, section: str, *lines: str) -> Block:
        """Make an entry of one of the lists that are cut from their end."""
        above = (*(self._head() if rank > Rank.TIMES else ()), self.renderer.section(self._word(section)))
        return Block(rank, self.renderer.list_item(*lines), above, section, is_item=True)

    def _clips(self) -> Iterator[Block]:
        """List the popular clips; a quote that stands among the highlights, which are cut later, is not said again."""
        summary = self.highlights.summary
        said = {fold(part.text) for part in parts(summary) if part.kind == "quote"}
        for i, clip in enumerate(summary.clips):
            quote = one_line(clip.quote or "")
            if not one_line(clip.title) and not quote:
                continue
            fresh = [self._quote(clip.quote or "")] if quote and fold(quote) not in {*said, fold(clip.title)} else []
            time = self._time(f"clips/{i}")
            if self.around and time and one_line(clip.title) and not fresh:
                continue  # it stands among the times
            title = self.renderer.text(clip.title) + time
            yield self._entry(Rank.CLIPS, "clips", title, *fresh)

    def _questions(self) -> Iterator[Block]:
        for i, one in enumerate(self.highlights.summary.questions):
            if one_line(one.question):
                question = self.renderer.text(one.question) + self._time(f"questions/{i}")
                answer = filter(None, [self._narrative(one.answer or "")])
                yield self._entry(Rank.QUESTIONS, "questions", question, *answer)

    def _citations(self) -> Iterator[Block]:
        for number in sorted(self.citations):
            name = self.renderer.link(self.renderer.text(f"[{number}]"), self.highlights.summary.citations[number].url)
            yield self._entry(Rank.CITED, "citations", name + self._time(f"citations/{number}"))

    def _related(self) -> Iterator[Block]:
        for i, one in enumerate(self.highlights.summary.related):
            if one_line(one.title):
                line = self._related_line(one, self.highlights.surroundings.links.get(i) or one.url)
                yield self._entry(Rank.RELATED, "related", line)

    def _related_line(self, related: Related, url: str | None) -> str:
        date = related.published.isoformat() if related.published else ""
        about = ", ".join(filter(None, (one_line(related.podcast or ""), date)))
        where = f" ({self.renderer.text(about)})" if about else ""
        return self.renderer.link(self.renderer.text(related.title) + where, url)

    def _label(self) -> str:
        """Write who summarised and that it is not the publisher's text, with a link where the summary has one (C25).

        Behind it stands the link to the item's page, which so is never cut (C21).
        """
        page = self.highlights.surroundings.page
        link = self.renderer.link(self.renderer.text(self._word("page")), page)
        return f"{self._signature()} {link}" if page else self._signature()

    def _signature(self) -> str:
        write, source = self.renderer, self.highlights.summary.source
        name = source.name or self.highlights.source_name
        before, there, after = self.highlights.surroundings.words.label(self.highlights.label).partition("{source}")
        after = after.replace("{source}", name)
        behind = (" " if after[:1].isspace() else "") + write.text(after)
        if there and write.links_inline:
            return f"{write.text(before)} {write.link(write.text(name), source.url)}{behind}".strip()
        said = f"{write.text(before)} {write.text(name) if there else ''}{behind}".strip()
        address = absolute(source.url)
        if not address:
            return said
        return f"{said} {write.link(write.text(address), address) if write.links_inline else address}"


def _rank(passage: Part, texts: int, *, deep: bool) -> Rank:
    if passage.kind == "quote":
        return Rank.SUBTOPIC if deep else Rank.QUOTE
    if texts <= 1:
        return Rank.SUBTOPIC if deep else Rank.TOPIC
    return Rank.SUBTOPIC_MORE if deep else Rank.MORE
