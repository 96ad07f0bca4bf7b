"""A summary as blocks in reading order, each with the rank by which it is cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from enricher.clock import clock
from enricher.model.summary import walk
from enricher.text import cut, fold, one_line
from enricher.urls import absolute

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from enricher.enrich.render import Voice
    from enricher.model.edition import ChapterList
    from enricher.model.summary import Passage, Related, Summary, Topic
    from enricher.model.timeline import Timeline

_PARAGRAPH = 3000
"""No paragraph of an abstract is longer; a longer one would push everything else out."""
_MARK = re.compile(r"\s?\[(\d{1,4})\]")


class Rank(IntEnum):
    """What is kept first; once anything of a rank is cut, every later rank is cut whole.

    But for chapters, a list that is printed whole or not at all: what it would have taken, highlights take.
    """

    LABEL = 0
    ABSTRACT = 1
    CHAPTERS = 2
    TOPIC = 3
    QUOTE = 4
    SUBTOPIC = 5
    MORE = 6
    SUBTOPIC_MORE = 7
    CITED = 8
    CLIPS = 9
    QUESTIONS = 10
    RELATED = 11


@dataclass(frozen=True, slots=True)
class Block:
    """Finished markup that is kept or cut whole."""

    rank: Rank
    text: str
    path: tuple[str, ...] = ()
    """The finished headings that it stands under, outermost first."""
    chain: str = ""
    """Blocks of one chain are cut from its end: none is kept after one that was cut."""
    is_item: bool = False
    """An entry of a list."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What the blocks are made of."""

    summary: Summary
    timeline: Timeline
    chapters: ChapterList
    links: Mapping[int, str]
    """Of related episodes, by their place in the summary, to pages of the same feed."""
    label: str
    """The configured line that says who summarised, with `{source}`."""
    source_name: str
    """What fills `{source}` where the summary names none."""


def cited(matter: Matter) -> frozenset[int]:
    """Give the citations that point at something: a time on this audio, or a link."""
    citations, moments = matter.summary.citations, matter.timeline.moments
    return frozenset(n for n in citations if f"citations/{n}" in moments or absolute(citations[n].url))


def blocks(matter: Matter, voice: Voice, marks: Collection[int]) -> Iterator[Block]:
    """Make every block in reading order; citation marks are kept for the numbers in `marks`."""
    summary = matter.summary
    for line in filter(None, map(one_line, (summary.abstract or "").splitlines())):
        text = _narrative(cut(line, _PARAGRAPH), voice, marks)
        if text:
            yield Block(Rank.ABSTRACT, voice.paragraph(text), chain="abstract")
    if matter.chapters.lines and matter.chapters.chapters:
        lines = (f"{clock(chapter.start)} {_title(chapter.title, voice)}" for chapter in matter.chapters.chapters)
        yield Block(Rank.CHAPTERS, voice.paragraph(*lines), (voice.section("Chapters"),))
    for i, topic in enumerate(summary.topics):
        yield from _topic(topic, f"topics/{i}", (voice.section("Highlights"),), matter, voice, marks)
    yield from _clips(matter, voice)
    yield from _questions(matter, voice, marks)
    yield from _cited(matter, voice, marks)
    yield from _related(matter, voice)
    yield Block(Rank.LABEL, voice.aside(_label(matter, voice)))


def _title(text: str, voice: Voice) -> str:
    return voice.words(text).removeprefix("– ") if text[:1] != "–" else voice.words(text)


def _time(key: str, matter: Matter) -> str:
    moment = matter.timeline.moments.get(key)
    return f" ({clock(moment.start)})" if moment else ""


def _topic(
    topic: Topic, key: str, above: tuple[str, ...], matter: Matter, voice: Voice, marks: Collection[int]
) -> Iterator[Block]:
    """Tell a topic and the topics in it; headings go without saying where nothing stands under them."""
    stack = [(topic, key, above)]
    while stack:
        topic, key, above = stack.pop()
        deep = len(above) > 1
        heading = voice.topic(voice.words(topic.title) + _time(key, matter), deep=deep)
        path = (*above, heading) if one_line(topic.title) else above
        texts = 0
        for i, passage in enumerate(topic.passages):
            text = _passage(passage, f"{key}/passages/{i}", matter, voice, marks)
            texts += passage.kind == "text"
            if text:
                # A subtopic's quote goes with its text: alone it would stand below a heading that nobody explains.
                yield Block(_rank(passage, texts, deep=deep), text, path, key if deep else f"{key} {passage.kind}")
        if not topic.passages and not topic.topics and one_line(topic.title):
            yield Block(Rank.SUBTOPIC if deep else Rank.TOPIC, "", path, key)
        stack += [(sub, f"{key}/topics/{i}", path) for i, sub in reversed(list(enumerate(topic.topics)))]


def _rank(passage: Passage, texts: int, *, deep: bool) -> Rank:
    if passage.kind == "quote":
        return Rank.SUBTOPIC if deep else Rank.QUOTE
    if texts <= 1:
        return Rank.SUBTOPIC if deep else Rank.TOPIC
    return Rank.SUBTOPIC_MORE if deep else Rank.MORE


def _passage(passage: Passage, key: str, matter: Matter, voice: Voice, marks: Collection[int]) -> str:
    if passage.kind == "quote":
        if not one_line(passage.text):
            return ""
        return voice.paragraph(_quote(passage.text, passage.speaker, voice) + _time(key, matter))
    text = _narrative(passage.text, voice, marks)
    return voice.paragraph(text) if text else ""


def _narrative(text: str, voice: Voice, marks: Collection[int]) -> str:
    """Say narrative with those of its citation marks that point at something."""
    pieces = _MARK.split(text)
    said = [voice.words(pieces[0])] if pieces[0].strip() else []
    for number, after in zip(pieces[1::2], pieces[2::2], strict=True):
        if int(number) in marks:
            said.append(f" {voice.words(f'[{number}]')}" if said else voice.words(f"[{number}]"))
        lead = " " if after[:1].isspace() and after.strip() else ""
        said.append(lead + voice.words(after).removeprefix("– ") if after.strip() else "")
    return "".join(said).strip()


def _quote(text: str, speaker: str | None, voice: Voice) -> str:
    quote = voice.quote(text.strip().strip('“”"'))
    return f"{quote} — {voice.words(speaker)}" if speaker and one_line(speaker) else quote


def _clips(matter: Matter, voice: Voice) -> Iterator[Block]:
    """Tell the popular clips; a quote that stands among the highlights, which are cut later, is not said again."""
    passages = (one for _, _, topic in walk(matter.summary.topics) for one in topic.passages)
    said = {fold(one.text) for one in passages if one.kind == "quote"}
    for i, clip in enumerate(matter.summary.clips):
        if not one_line(clip.title + (clip.quote or "")):
            continue
        fresh = one_line(clip.quote or "") and fold(clip.quote or "") not in {*said, fold(clip.title)}
        quote = [_quote(clip.quote or "", None, voice)] if fresh else []
        text = voice.item(voice.words(clip.title) + _time(f"clips/{i}", matter), *quote)
        yield Block(Rank.CLIPS, text, (voice.section("Popular clips"),), "clips", is_item=True)


def _questions(matter: Matter, voice: Voice, marks: Collection[int]) -> Iterator[Block]:
    for i, question in enumerate(matter.summary.questions):
        if not one_line(question.question):
            continue
        answer = filter(None, [_narrative(question.answer or "", voice, marks)])
        text = voice.item(voice.words(question.question) + _time(f"questions/{i}", matter), *answer)
        yield Block(Rank.QUESTIONS, text, (voice.section("Questions from this episode"),), "questions", is_item=True)


def _cited(matter: Matter, voice: Voice, marks: Collection[int]) -> Iterator[Block]:
    for number in sorted(marks):
        name = voice.link(voice.words(f"[{number}]"), matter.summary.citations[number].url)
        text = voice.item(name + _time(f"citations/{number}", matter))
        yield Block(Rank.CITED, text, (voice.section("Clips cited"),), "cited", is_item=True)


def _related(matter: Matter, voice: Voice) -> Iterator[Block]:
    for i, related in enumerate(matter.summary.related):
        if not one_line(related.title):
            continue
        text = voice.item(_related_line(related, matter.links.get(i) or related.url, voice))
        yield Block(Rank.RELATED, text, (voice.section("Related episodes"),), "related", is_item=True)


def _related_line(related: Related, url: str | None, voice: Voice) -> str:
    date = related.published.isoformat() if related.published else ""
    about = ", ".join(filter(None, (one_line(related.podcast or ""), date)))
    where = f" ({voice.words(about)})" if about else ""
    return voice.link(voice.words(related.title) + where, url)


def _label(matter: Matter, voice: Voice) -> str:
    """Say who summarised and that it is not the publisher's text, with a link where the summary has one."""
    source = matter.summary.source
    name = voice.words(source.name or matter.source_name)
    before, there, after = matter.label.partition("{source}")
    after = after.replace("{source}", source.name or matter.source_name)
    if there and voice.links_inline:
        linked = voice.link(name, source.url)
        return f"{voice.words(before)} {linked}{_after(after, voice)}".strip()
    said = f"{voice.words(before)} {name if there else ''}{_after(after, voice)}".strip()
    address = absolute(source.url)
    if not address:
        return said
    return f"{said} {voice.link(voice.words(address), address) if voice.links_inline else address}"


def _after(text: str, voice: Voice) -> str:
    return (" " if text[:1].isspace() else "") + voice.words(text)
