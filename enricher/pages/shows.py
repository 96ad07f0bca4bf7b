"""The index of a show's enriched episodes, the list of all shows, and that list as OPML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import segno
from markupsafe import Markup

from enricher.pages.head import Head, of_show, policy
from enricher.pages.markup import page_address, web
from enricher.text import lines_of, one_line
from enricher.translations import Words, day_of, direction, language_tag, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.page import EpisodeEntry, ListedShow, Show
    from enricher.pages.theme import Theme

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of an index: what templates print."""

    title: str
    url: str | None
    day: str = ""
    iso: str = ""
    length: str = ""
    teaser: str = ""
    cover: str | None = None
    episodes: int = 0


def show_pages(show: Show, entries: Sequence[EpisodeEntry], theme: Theme, *, search: bool) -> list[tuple[str, bytes]]:
    """Write a show's index: `index.html` with the newest 50 to 99 entries, the others in `older-1.html` and so on.

    These are numbered from the oldest, so that a new episode changes the first page alone. Undated ones come last.
    """
    newest_first = sorted(entries, key=lambda one: (one.published is None, -(one.published or 0.0)))
    older = max(0, (len(newest_first) - _PAGE) // _PAGE)
    first = len(newest_first) - older * _PAGE
    names = ["index.html", *(f"older-{number}.html" for number in range(older, 0, -1))]
    words, pages = words_for(show.language), []
    for place, name in enumerate(names):
        begins, ends = (first + (place - 1) * _PAGE, first + place * _PAGE) if place else (0, first)
        lines = [_line(one, words) for one in newest_first[begins:ends]]
        newer, further = names[place - 1] if place else None, names[place + 1] if place < older else None
        pages.append((name, _show_page(show, lines, theme, (name, newer, further), search=search)))
    return pages


def _show_page(
    show: Show, lines: Sequence[Line], theme: Theme, names: tuple[str, str | None, str | None], *, search: bool
) -> bytes:
    name, newer, older = names
    title, said = one_line(show.title), lines_of(show.description)
    # The folder is the index's own address; what describes the show describes no further page of it.
    own = "" if name == "index.html" else name
    head = of_show(show, title, own, search=search, description=" ".join(said) if not own else "")
    feed = one_line(show.feed_url)
    return theme.render(
        "show.html",
        head=head,
        words=head.words,
        show=show,
        title=title,
        description=said,
        publisher=web(show.link),
        feed=feed,
        apps=apps(feed) if not own else [],
        code=qr_code(feed) if not own else None,
        entries=lines,
        newer=newer,
        older=older,
        search=search,
    )


def site_page(shows: Sequence[ListedShow], theme: Theme) -> bytes:
    """Write the list of shows, in the language of all of them if they have one."""
    languages = {language_tag(one.show.language) for one in shows}
    language = languages.pop() if len(languages) == 1 else ""
    words, covers = words_for(language), [web(one.show.cover) for one in shows]
    title = words["podcasts"]
    head = Head(
        title,
        "",
        language or words.language,
        direction(language),
        words,
        policy(*covers),
        noindex=any(one.show.noindex for one in shows),
    )
    listed = [
        Line(
            one_line(one.show.title),
            f"{quote(one.folder)}/index.html",
            cover=cover,
            episodes=one.episodes,
            teaser=" ".join(lines_of(one.show.description)),
        )
        for one, cover in zip(shows, covers, strict=True)
    ]
    return theme.render("site.html", head=head, words=words, title=title, shows=listed)


def opml(shows: Sequence[ListedShow], theme: Theme) -> bytes:
    """Write the list of shows for import into any app, http://opml.org/spec2.opml; without a date, as all we write."""
    outlines = [(one_line(one.show.title), one.show.feed_url, one.show.home, web(one.show.link)) for one in shows]
    return theme.render("feeds.opml", outlines=outlines)


def apps(feed: str) -> list[tuple[str, str]]:
    """Return the names of apps and the links that open a feed in each.

    Apple's scheme opens any app for podcasts on Android. https://overcast.fm/podcasterinfo,
    https://support.pocketcasts.com/knowledge-base/app-url-schemes/ (the feed's own scheme left out),
    https://antennapod.org/documentation/podcasters-hosters/add-on-antennapod
    """
    bare = feed.partition("://")[2]
    whole = quote(feed, safe="")
    return [
        ("Apple Podcasts", f"podcast://{bare}"),
        ("Pocket Casts", f"pktc://subscribe/{bare}"),
        ("Overcast", f"overcast://x-callback-url/add?url={whole}"),
        ("AntennaPod", f"https://antennapod.org/deeplink/subscribe?url={whole}"),
    ]


def qr_code(text: str) -> Markup:
    """Draw a QR code as SVG, black on white in dark mode too: not every camera reads it the other way round."""
    code = segno.make(text, micro=False, boost_error=False)
    drawn = code.svg_inline(border=3, light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 made of modules, not of the text


def _line(one: EpisodeEntry, words: Words) -> Line:
    day = day_of(one.published)
    return Line(
        one_line(one.title),
        page_address(one.url),
        words.date(day) if day else "",
        day.isoformat() if day else "",
        words.length(one.duration) if one.duration else "",
        one_line(one.teaser),
    )
