"""The companion pages of one feed: what each is made of, the pages, and the indexes that lead to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from enricher.enrich.item import signature
from enricher.feed.show import read_show
from enricher.matching.match import page_of
from enricher.model.edition import Artifact
from enricher.model.page import Episode, EpisodeEntry, PageLink, Show
from enricher.pages.episode import entry, episode_page, page_name
from enricher.pages.related import most_alike
from enricher.pages.shows import show_pages
from enricher.pages.verify import times_of, verify_links, verify_page
from enricher.publish.file_names import PAGE
from enricher.redaction import refuse_hidden
from enricher.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from enricher.model.edition import ChapterList, Enriched, Match
    from enricher.model.feed import Feed, FeedConfig, Item
    from enricher.model.summary import Summary
    from enricher.model.timeline import Cue, Timeline
    from enricher.pages.theme import Theme
    from enricher.pipeline.tools import Tools

_NAMED = re.compile(PAGE)
Related = tuple[tuple[PageLink, ...], bool]
"""Links to related episodes, and whether the summary names them; else they are the most alike."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages of one feed are made of."""

    config: FeedConfig
    show: Show
    theme: Theme
    names: Mapping[str, str]
    """What each item's page is called, by `Item.key`."""
    owners: Mapping[str, str]
    """Which summary (its path) a page is of, by `Item.key`: items of one guid have one page."""
    related: Mapping[str, Related]
    links: set[str] = field(default_factory=set)
    """Files of the site that the pages made in this run link to."""

    def path(self, item: Item, summary: str) -> str | None:
        """Return where the page of an item is published; None where another item has its guid and page."""
        owns = self.owners.get(item.key) == summary
        return f"{self.config.file_name}/{self.names[item.key]}" if owns else None

    def key(self, item: Item) -> str:
        """Return what a page is made of beside the item and its summary."""
        common = (self.theme.digest, replace(self.show, description=""))
        return repr((*common, self.names.get(item.key), self.related.get(item.key)))

    def make(
        self, item: Item, summary: Summary, timeline: Timeline, chapters: ChapterList, cues: Sequence[Cue]
    ) -> bytes:
        """Make and verify an item's page. Raises FeedError."""
        name = self.names[item.key]
        links, named = self.related.get(item.key, ((), True))
        episode = Episode(
            item,
            summary,
            replace(timeline, cues=(), beside=()),
            chapters,
            name=name,
            label=self.config.label,
            source_name=signature(self.config),
            related=links,
            related_is_named=named,
            cues=tuple(cues),
        )
        body = episode_page(replace(self.show, description=""), episode, self.theme)
        self._verify(f"{self.config.file_name}/{name}", body, times_of(episode))
        return body

    def indexes(self, enriched: Sequence[Enriched], *, search: bool) -> tuple[Artifact, ...]:
        """Make the show's own pages, newest episode first."""
        made = show_pages(self.show, self._entries(enriched), self.theme, search=search)
        pages = tuple(Artifact(f"{self.config.file_name}/{name}", body) for name, body in made)
        for page in pages:
            self._verify(page.path, page.body, ())
        return pages

    def look(self) -> tuple[Artifact, ...]:
        """Return the stylesheet and the script that all pages have."""
        return tuple(Artifact(name, body) for name, body in self.theme.files)

    def verify(self, enriched: Iterable[Enriched], files: Collection[str], has: Callable[[str], bool]) -> None:
        """Check that every page is there, and each file that one links to (contract C53). Raises LossError."""
        pages = {
            path for one in enriched if (stored := one.match.stored) and (path := self.path(one.item, stored.path))
        }
        wanted = {*self.links, *pages} - {self.config.file_name, "index.html"}  # the page of all shows comes last
        verify_links({path for path in wanted if path in files or not has(path)}, files)

    def _verify(self, path: str, body: bytes, times: Collection[int]) -> None:
        self.links.update(verify_page(path, body, times))
        refuse_hidden(body)

    def _entries(self, enriched: Sequence[Enriched]) -> list[EpisodeEntry]:
        found = {
            one.item.key: entry(Episode(one.item, stored.summary, name=self.names[one.item.key]))
            for one in reversed(enriched)
            if (stored := one.match.stored) is not None and self.path(one.item, stored.path)
        }
        entries = list(found.values())[::-1]
        return sorted(entries, key=lambda one: -(one.published or 0.0))


def plan_pages(
    feed: FeedConfig,
    source: Feed,
    matches: Sequence[Match],
    known: Mapping[str, str],
    find: Callable[[str], Item | None],
    tools: Tools,
) -> Pages:
    """Prepare the pages of a feed; `known` are the names that they have already."""
    summarised = [(match.item, match.stored) for match in reversed(matches) if match.stored is not None]
    names = dict(_names({item.key: item for item, _ in summarised}, known, tools, feed.file_name))
    owners = {item.key: stored.path for item, stored in summarised}
    alike = most_alike({item.key: stored.summary for item, stored in reversed(summarised)})
    items = {item.key: item for item, _ in summarised}
    related: dict[str, Related] = {}
    for item, stored in summarised:
        if stored.summary.related:
            related[item.key] = (tuple(_named(item, stored.summary, find, names)), True)
        else:
            others = (items[key] for key in alike.get(item.key, ()))
            related[item.key] = (tuple(PageLink(one.title, names[one.key], one.published) for one in others), False)
    return Pages(feed, read_show(source, feed), tools.templates.theme(), names, owners, related)


def _names(items: Mapping[str, Item], known: Mapping[str, str], tools: Tools, folder: str) -> Iterator[tuple[str, str]]:
    """Name the pages: as they were named first, for an address must stay; else by what lies in the output folder."""
    standing: dict[str, str] = {}
    if any(key not in known for key in items):  # a new item, or the database was lost
        standing = {found[1]: name for name in tools.publisher.names(folder) if (found := _NAMED.fullmatch(name))}
    for key, item in items.items():
        yield key, known.get(key) or standing.get(key) or page_name(item)


def _named(
    item: Item, summary: Summary, find: Callable[[str], Item | None], names: Mapping[str, str]
) -> Iterator[PageLink]:
    """Link the episodes that a summary names: to our page, else to the publisher's, else to where it says."""
    for one in summary.related:
        other = find(one.title)
        if not one_line(one.title) or (other is not None and other.key == item.key):
            continue
        published = other.published if other else None
        page = names.get(other.key) if other else None
        yield PageLink(one.title, page or page_of(other) or one.url or "", published)
