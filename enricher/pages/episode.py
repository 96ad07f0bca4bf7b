"""The page of one enriched item: played, shared and searched; whole without script."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from enricher.model.page import EpisodeEntry
from enricher.model.summary import parts
from enricher.pages.head import json_ld, of_show
from enricher.pages.markup import fragment, inline, page_address, plain, prose, seek, web
from enricher.pages.transcript import paragraphs
from enricher.text import cut, fold, one_line
from enricher.translations import day_of, language_tag, words_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from enricher.model.feed import Item
    from enricher.model.page import Episode, PageLink, Show
    from enricher.model.summary import Part, Summary
    from enricher.pages.theme import Theme
    from enricher.translations import Words

_DECORATION = 60
"""Characters of a title in a page's address."""
_TEASER = 240
_SENTENCE_END = re.compile(r"[.!?…]['\"’”)]*\s+|[。！？]")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that stands on the page below a heading: what templates print."""

    kind: str
    """"topic", "text", "entry", "quote", "clip" or "question"."""
    text: str
    """Plain text, of a heading or quotation."""
    id: str = ""
    level: int = 0
    """Of a heading in HTML."""
    body: Markup = Markup()
    """Finished markup."""
    speaker: str = ""
    time: Markup = Markup()
    """A link to the time, empty where no evidence bears one out (contract C40)."""
    link: str = ""
    """A link to the part within the page: to its time, else to its id."""


def page_name(item: Item) -> str:
    """Return the file name of an item's page: by what it is known by, its title only as decoration."""
    letters = unicodedata.normalize("NFKD", item.title.replace("'", "").replace("’", "")).encode("ascii", "ignore")
    words = re.findall(r"[a-z0-9]+", letters.decode().lower())
    while words and len("-".join(words)) > _DECORATION:
        words.pop()
    return "-".join((*words, item.key)) + ".html"


def teaser(summary: Summary) -> str:
    """Return the first sentences of the abstract, as plain text."""
    text = plain(summary.abstract or "")
    if len(text) <= _TEASER:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text[:_TEASER])]
    return text[: ends[-1]].rstrip() if ends and ends[-1] > _TEASER // 3 else cut(text, _TEASER)


def entry(episode: Episode) -> EpisodeEntry:
    """Return an episode's line of the show's index."""
    item = episode.item
    name = episode.name or page_name(item)
    return EpisodeEntry(_title(episode), name, item.published, teaser(episode.summary), item.duration)


def episode_page(show: Show, episode: Episode, theme: Theme) -> bytes:
    """Write the page of an enriched item; raises FeedError where a replaced template does not fit."""
    view = _View(show, episode)
    item, summary = episode.item, episode.summary
    page = episode.name or page_name(item)
    title, said = _title(episode), teaser(summary)
    head = of_show(
        show,
        title,
        page,
        audio=view.audio,
        description=said,
        kind="article",
        site=one_line(show.title),
        data=_data(show, episode, title, page),
    )
    blocks = list(view.blocks())
    return theme.render(
        "episode.html",
        head=head,
        words=view.words,
        show=show,
        title=title,
        day=day_of(item.published),
        length=view.words.length(item.duration) if item.duration else "",
        label=view.label(),
        abstract=prose(summary.abstract or "", view.citations),
        audio=view.audio,
        chapters=[(fragment(c.start), seek(c.start, linked=False), c.title) for c in episode.chapters.chapters],
        clips=[block for block in blocks if block.kind == "clip"],
        questions=[block for block in blocks if block.kind == "question"],
        highlights=[block for block in blocks if block.kind in {"topic", "text", "quote"}],
        transcript=view.transcript(),
        related=[_related(link, view.words) for link in episode.related],
        related_heading=view.words["related" if episode.related_is_named else "by_topic"],
        publisher=web(item.link),
    )


class _View:
    """The parts of a summary as blocks, with links to those of their times that evidence bears out."""

    def __init__(self, show: Show, episode: Episode) -> None:
        self.words = words_for(show.language)
        self.audio = web(episode.item.audio)
        self._episode = episode
        self._moments = episode.timeline.moments
        self._numbers: dict[str, int] = {}
        self.citations: Mapping[int, Markup] = dict(self._cited())

    def _cited(self) -> Iterator[tuple[int, Markup]]:
        """Return the mark of each citation that points at something (contract C26)."""
        for number, citation in self._episode.summary.citations.items():
            moment = self._moments.get(f"citations/{number}")
            if moment and self.audio:
                time = seek(moment.start, moment.end, linked=False).striptags()
                link = f'href="{fragment(moment.start, moment.end)}" title="{time}"'
            elif address := web(citation.url):
                link = f'href="{escape(address)}" rel="nofollow"'
            else:
                continue
            yield number, Markup(f'<sup data-pagefind-ignore><a class="cite" {link}>{number}</a></sup>')  # noqa: S704 digits, and escaped

    def _time(self, path: str) -> tuple[Markup, str]:
        """Return a part's time, and the link to it."""
        moment = self._moments.get(path)
        if moment is None:
            return Markup(), ""
        # A quote's end is when the cue ends that it stands in; only a clip is played to its end.
        end = moment.end if path.startswith("clips/") else None
        time = seek(moment.start, end, linked=bool(self.audio))
        return time, fragment(moment.start, end) if self.audio else ""

    def blocks(self) -> Iterator[Block]:
        """Make every block in the document's order."""
        chapters = {fold(chapter.title) for chapter in self._episode.chapters.chapters}
        every = [part for part in parts(self._episode.summary) if part.kind != "citation"]
        full: set[str] = set()
        for part in every:
            for topic in part.topics if part.kind in {"text", "quote"} else ():
                if topic.path in full:
                    break
                full.add(topic.path)
        yield from _with_lists(self._blocks(every, full, chapters))

    def _blocks(self, every: Sequence[Part], full: Collection[str], chapters: Collection[str]) -> Iterator[Block]:
        for part in every:
            # A topic of which nothing is said stands in the chapter list already, if there is one.
            if part.kind == "topic" and part.path not in full and fold(part.text) in chapters:
                continue
            if block := self._block(part):
                yield block

    def _block(self, part: Part) -> Block | None:
        if part.kind == "text":
            body = (inline if part.listed else prose)(part.text, self.citations)
            return Block("entry" if part.listed else "text", "", body=body) if body else None
        text = one_line(part.text).strip('“”"' if part.kind == "quote" else "")
        quote = one_line(part.quote or "").strip('“”"')
        if not text and not quote:
            return None
        time, link = self._time(part.path)
        if part.kind == "topic":
            numbers = [int(number) + 1 for number in re.findall(r"\d+", part.path)]
            level = min(len(numbers) + 2, _DEEPEST)
            return Block("topic", text, "-".join(("topic", *map(str, numbers))), level, time=time)
        number = self._numbers[part.kind] = self._numbers.get(part.kind, 0) + 1
        here = f"{part.kind}-{number}"
        if part.kind == "question":
            answer = self._episode.summary.questions[int(part.path.rpartition("/")[2])].answer or ""
            return Block("question", text, here, body=prose(answer, self.citations), time=time, link=link or f"#{here}")
        if part.kind == "clip":
            said = Markup() if fold(quote) == fold(text) else inline(quote, self.citations)
            return Block("clip", text, here, body=said, time=time, link=link)
        return Block("quote", text, here, speaker=one_line(part.speaker or ""), time=time, link=link or f"#{here}")

    def label(self) -> Markup:
        """Write who summarised and that it is not the publisher's text, with a link where the summary has one (C25)."""
        source, words = self._episode.summary.source, self.words.label(self._episode.label)
        name, address = one_line(source.name or self._episode.source_name), web(source.url)
        before, there, after = one_line(words).partition("{source}")
        link = f'<a href="{escape(address)}" rel="nofollow">' if address else ""
        if not there and address:
            return Markup(f"{escape(before)} {link}{escape(address)}</a>")  # noqa: S704 escaped
        linked = f"{link}{escape(name)}</a>" if link else escape(name)
        return Markup(f"{escape(before)}{linked if there else ''}{escape(after.replace('{source}', name))}")  # noqa: S704 escaped

    def transcript(self) -> Markup:
        """Write the transcript, a paragraph for each turn; every sentence has its time, for the script."""
        said: list[str] = []
        for one in paragraphs(self._episode.cues):
            speaker = f"<b>{escape(one.speaker)}</b> " if one.speaker else ""
            # Rounded down, as all beginnings: the first syllable is heard.
            spoken = " ".join(f'<span data-t="{int(t * 10) / 10}">{escape(text)}</span>' for t, text in one.sentences)
            said.append(f"<p>{seek(one.start, linked=bool(self.audio))} {speaker}{spoken}</p>\n")
        return Markup("".join(said))  # noqa: S704 escaped


def _with_lists(blocks: Iterable[Block]) -> Iterator[Block]:
    """Make one block of the entries of a list that follow one another."""
    for is_list, group in groupby(blocks, key=lambda block: block.kind == "entry"):
        if is_list:
            entries = "".join(f"<li>{block.body}</li>" for block in group)
            yield Block("text", "", body=Markup(f"<ul>{entries}</ul>"))  # noqa: S704 escaped
        else:
            yield from group


def _title(episode: Episode) -> str:
    return one_line(episode.item.title) or one_line(episode.summary.title)


def _related(link: PageLink, words: Words) -> tuple[str, str | None, str]:
    day = day_of(link.published)
    return one_line(link.title), page_address(link.url), words.date(day) if day else ""


def _data(show: Show, episode: Episode, title: str, page: str) -> Markup:
    """Write JSON-LD, https://schema.org/PodcastEpisode."""
    item, day = episode.item, day_of(episode.item.published)
    moments = ((i, clip, episode.timeline.moments.get(f"clips/{i}")) for i, clip in enumerate(episode.summary.clips))
    clips: list[dict[str, Any]] = [
        {"@type": "Clip", "name": name, "startOffset": int(moment.start), "endOffset": int(moment.end)}
        for _i, clip, moment in moments
        if moment and moment.end is not None and (name := one_line(clip.title))
    ]
    audio, duration = web(item.audio), item.duration
    series = {"@type": "PodcastSeries", "name": one_line(show.title), "url": web(show.link), "webFeed": show.feed_url}
    return json_ld(
        {
            "@type": "PodcastEpisode",
            "name": title,
            "url": web(item.link) or (web(show.home) and f"{show.home}{page}"),
            "identifier": one_line(item.guid or ""),
            "datePublished": day.isoformat() if day else None,
            "duration": f"PT{int(duration)}S" if duration else None,
            "inLanguage": language_tag(show.language),
            "abstract": plain(episode.summary.abstract or ""),
            "associatedMedia": {"@type": "AudioObject", "contentUrl": audio} if audio else None,
            "partOfSeries": {name: value for name, value in series.items() if value},
            "hasPart": clips,
        }
    )
