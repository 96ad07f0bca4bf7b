"""The index of a show, the list of shows, OPML, and themes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
import pytest

from enricher.errors import ConfigError, FeedError
from enricher.model.page import EpisodeEntry, ListedShow
from enricher.pages.episode import episode_page
from enricher.pages.shows import apps, opml, qr_code, show_pages, site_page
from enricher.pages.theme import FILES, make_theme
from enricher.theme_files import load_theme
from tests.hostile.payloads import PAYLOADS
from tests.pages.samples import SHOW, THEME, entries, episode
from tests.pages.test_episode import found, shape, texts

if TYPE_CHECKING:
    from collections.abc import Sequence


def index(listed: Sequence[EpisodeEntry], *, search: bool = False) -> dict[str, lxml.html.HtmlElement]:
    """Make the pages of an index and parse them."""
    made = show_pages(SHOW, listed, THEME, search=search)
    return {name: lxml.html.document_fromstring(body) for name, body in made}


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (3, [3]), (99, [99]), (100, [50, 50]), (420, [70, *[50] * 7])])
def test_the_index_has_its_pages(count: int, sizes: list[int]) -> None:
    """Newest first, 50 to 99 on the first page; together they have every entry once."""
    pages = index(entries(count))
    assert list(pages) == ["index.html", *(f"older-{n}.html" for n in range(len(sizes) - 1, 0, -1))]
    titles = [texts(page, "//ol[@class='entries']//h3") for page in pages.values()]
    assert [len(one) for one in titles] == sizes
    assert [title for one in titles for title in one] == [f"Episode {i}" for i in reversed(range(count))]
    for page in pages.values():
        assert set(page.xpath("//ul[@class='pager']//a/@href")) <= set(pages)


def test_a_new_episode_changes_the_first_page_alone() -> None:
    """Older pages are numbered from the oldest."""
    before = dict(show_pages(SHOW, entries(420), THEME, search=False))
    after = dict(show_pages(SHOW, entries(421), THEME, search=False))
    assert [name for name, body in after.items() if before.get(name) != body] == ["index.html"]


def test_undated_episodes_come_last() -> None:
    """In the order that they were given in."""
    listed = [replace(entries(1)[0], title=name, published=None) for name in ("a", "b")]
    assert texts(index([*listed, *entries(2)])["index.html"], "//h3")[-4:] == ["Episode 1", "Episode 0", "a", "b"]


def test_ways_to_subscribe() -> None:
    """The address, a code, and links that open it in apps."""
    page = index(entries(1))["index.html"]
    assert page.xpath("//input[@readonly]/@value") == [SHOW.feed_url]
    assert page.xpath("//svg[@class='qr']")
    assert dict(apps(SHOW.feed_url)) == {
        "Apple Podcasts": "podcast://feeds.example.com/field-notes.xml",
        "Pocket Casts": "pktc://subscribe/feeds.example.com/field-notes.xml",
        "Overcast": "overcast://x-callback-url/add?url=https%3A%2F%2Ffeeds.example.com%2Ffield-notes.xml",
        "AntennaPod": "https://antennapod.org/deeplink/subscribe?url=https%3A%2F%2Ffeeds.example.com%2Ffield-notes.xml",
    }
    assert qr_code(SHOW.feed_url) == qr_code(SHOW.feed_url)


def test_search_is_allowed_where_there_is_an_index() -> None:
    """WebAssembly and requests to our own host are not allowed for nothing."""
    policies = [
        index(entries(1), search=on)["index.html"].xpath("//meta[@http-equiv]/@content")[0] for on in (True, False)
    ]
    assert "'wasm-unsafe-eval'" in policies[0]
    assert "connect-src 'self'" in policies[0]
    assert "wasm" not in policies[1]
    assert "connect-src 'none'" in policies[1]


def test_the_list_of_shows_and_its_opml() -> None:
    """Names the folders and the feeds."""
    shows = [ListedShow(SHOW, "field-notes", 4), ListedShow(replace(SHOW, title='A & "B" <c>', cover=None), "b", 1)]
    page = lxml.html.document_fromstring(site_page(shows, THEME))
    assert page.xpath("//li//h2/a/@href") == ["field-notes/index.html", "b/index.html"]
    assert page.xpath("//link[@rel='stylesheet']/@href") == [THEME.style]
    root = ET.fromstring(opml(shows, THEME))  # noqa: S314 ours
    assert root.get("version") == "2.0"
    assert [one.attrib for one in root.iter("outline")][1] == {
        "type": "rss",
        "text": 'A & "B" <c>',
        "title": 'A & "B" <c>',
        "xmlUrl": SHOW.feed_url,
        "htmlUrl": SHOW.home,
    }


def test_nothing_foreign_is_markup_in_indexes() -> None:
    """Neither in entries nor in shows."""
    for x in PAYLOADS:
        show = replace(SHOW, title=x, feed_url=x, home=x, language=x, link=x, description=x)
        listed = [EpisodeEntry(x, x, 1.0, x, 60.0), EpisodeEntry(x, "a.html", None, x)]
        made = [body for _name, body in show_pages(show, listed, THEME, search=True)]
        made.append(site_page([ListedShow(show, "a", 1)], THEME))
        clean = shape(index(entries(1), search=True)["index.html"])
        clean |= shape(lxml.html.document_fromstring(site_page([ListedShow(SHOW, "a", 1)], THEME)))
        for body in made:
            page = lxml.html.document_fromstring(body)
            assert shape(page) - clean == set(), x
            for address in found(page, "//@src | //h3/a/@href | //h2/a/@href"):
                assert re.match(r"https?://|\.\./[a-z]|[a-z0-9-]+\.(html|js)$|a/index\.html$", address), address
        ET.fromstring(opml([ListedShow(show, "a", 1)], THEME))  # noqa: S314 ours


def test_one_template_is_replaced(tmp_path: Path) -> None:
    """By a file of its name in the theme's folder; all else stays."""
    (tmp_path / "style.css").write_text("body { color: red }", "utf-8")
    (tmp_path / "episode.html").write_text("<h1>{{ title }}</h1>{% include '_own.html' %}", "utf-8")
    (tmp_path / "_own.html").write_text("<p>{{ '<' }}</p>", "utf-8")
    (tmp_path / "README").write_text("not a template", "utf-8")
    theme = load_theme(tmp_path)
    assert (
        episode_page(SHOW, episode(), theme) == b"<h1>Ann Lee: How Bees Choose a Home | Field Notes #12</h1><p>&lt;</p>"
    )
    assert theme.style != THEME.style
    assert theme.script == THEME.script
    assert dict(theme.files)[theme.style] == b"body { color: red }"
    assert theme.digest != THEME.digest
    assert load_theme(None).digest == THEME.digest


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("episode.html", "{% if %}", "episode.html, line 1"),
        ("epsiode.html", "", "did you mean episode.html"),
        ("show.html", b"\xff", "cannot be read"),
    ],
)
def test_a_theme_that_cannot_be_used(tmp_path: Path, name: str, text: str | bytes, said: str) -> None:
    """Is a fault of the configuration."""
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError, match=said):
        load_theme(tmp_path)


def test_a_theme_that_is_not_there() -> None:
    """Likewise."""
    with pytest.raises(ConfigError, match="cannot be read"):
        load_theme(Path("/nowhere/at/all"))


@pytest.mark.parametrize(
    "template",
    [
        "{{ titel }}",
        "{{ title.x.y }}",
        "{% include 'none.html' %}",
        "{{ 1 / 0 }}",
        "{{ title + 1 }}",
        "{{ title[9:].index('x') }}",
    ],
)
def test_a_template_that_does_not_fit_costs_its_feed(template: str) -> None:
    """And says what it lacks."""
    with pytest.raises(FeedError, match=r"episode\.html cannot be filled in"):
        episode_page(SHOW, episode(), make_theme({"episode.html": template}))


def test_every_file_of_the_theme_is_there() -> None:
    """And packed: an empty one would be a page without anything."""
    folder = Path(__file__).parents[2] / "enricher" / "pages" / "templates"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert all(body for _name, body in THEME.files)
