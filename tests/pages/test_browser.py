"""Pages in a real browser: links seek, copies are made, nothing is asked of third hosts, nothing foreign runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from enricher.model.edition import Chapter, ChapterList
from enricher.model.page import Episode, PageLink
from enricher.model.timeline import Cue
from enricher.pages.episode import episode_page
from enricher.pages.shows import show_pages
from enricher.pages.theme import make_theme
from enricher.pipeline.search import executable
from enricher.translations import LANGUAGES
from tests.corpus import few_fast
from tests.hostile.payloads import PAYLOADS
from tests.pages.conftest import watch
from tests.pages.samples import MOMENTS, SHOW, THEME, entries, episode, item, summary, timeline
from tests.pages.test_episode import page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.pages.conftest import Site, Window

HERE = Path(__file__).parent
MODULES = Path(os.environ.get("PAGES_NPM", HERE)) / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
VNU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
THERE = (
    "(time) => { const a = document.querySelector('audio'); return a.currentTime >= time && a.currentTime < time + 5; }"
)
SCRIPT = dict(THEME.files)[THEME.script].decode()
PLAYING = "() => !document.querySelector('audio').paused"


def at(page: Page, seconds: float) -> None:
    """Wait until the player is there."""
    page.wait_for_function(THERE, arg=seconds)


@pytest.mark.parametrize(
    ("link", "seconds", "address"),
    few_fast(
        [
            (".clips .play", 70, "#t=70,100"),
            (".cues [data-t='12.5']", 12.5, ""),
            (".quote a.time", 65, "#t=65"),
            (".chapters li:nth-child(2) a", 60, "#t=60"),
            (".clips a.time", 70, "#t=70,100"),
            (".questions a.time", 90, "#t=90"),
            (".highlights h3 a.time", 60, "#t=60"),
            (".highlights .cite[href^='#']", 62, "#t=62"),
            (".cues p:nth-child(3) a.time", 60, "#t=60"),
        ],
        3,
    ),
)
def test_a_link_to_a_time_plays_from_there(window: Window, site: Site, link: str, seconds: float, address: str) -> None:
    """Each kind of link; the address says where, for sharing."""
    page = window.page
    page.goto(site.url)
    page.locator(".transcript summary").click()
    page.locator(link).first.click()
    at(page, seconds)
    page.wait_for_function(PLAYING)
    assert page.evaluate("location.hash") == address


def test_a_link_works_by_keyboard_and_twice(window: Window, site: Site) -> None:
    """The second time the address is there already."""
    page = window.page
    page.goto(site.url)
    link = page.locator(".chapters a").nth(1)
    for _turn in range(2):
        page.evaluate("document.querySelector('audio').currentTime = 0")
        link.focus()
        page.keyboard.press("Enter")
        at(page, 60)


@pytest.mark.parametrize(
    ("address", "seconds"),
    few_fast([("#t=npt:65.5,70", 65.5), ("#t=1:05", 65), ("#t=,70", 0), ("#t=65", 65)], 2),
)
def test_a_page_opened_at_a_time_is_there(window: Window, site: Site, address: str, seconds: float) -> None:
    """Before anything is loaded, and when playing begins."""
    page = window.page
    page.goto(site.url + address)
    assert page.evaluate("document.querySelector('audio').currentTime") == seconds
    assert site.media.asked in ([], [("/cover.png", 200)])
    page.evaluate("document.querySelector('audio').play()")
    page.wait_for_function("() => document.querySelector('audio').readyState > 2")
    at(page, seconds)


@pytest.mark.parametrize(
    "address",
    few_fast(["#t=%", "#topic-1", "#t=", "#t=x", "#t=1:2:3:4", "#", "#t=99999999999999999999999999"], 2),
)
def test_an_address_without_a_time_moves_nothing(window: Window, site: Site, address: str) -> None:
    """And is no error."""
    page = window.page
    page.goto(site.url + address)
    assert page.evaluate("document.querySelector('audio').currentTime") in {0, 1e26}


def test_a_changed_address_seeks(window: Window, site: Site) -> None:
    """As when a link is pasted, or the reader goes back."""
    page = window.page
    page.goto(site.url)
    page.evaluate("location.hash = '#t=90'")
    at(page, 90)
    page.locator(".chapters a").nth(1).click()
    at(page, 60)
    page.go_back()
    at(page, 90)


def test_a_clip_ends_where_it_ends(window: Window, site: Site) -> None:
    """Unless the reader has moved elsewhere."""
    page = window.page
    page.goto(site.url)
    page.locator(".clips .play").click()
    page.wait_for_function(PLAYING)
    page.evaluate("document.querySelector('audio').currentTime = 99.4")
    page.wait_for_function("() => document.querySelector('audio').paused")
    assert 99.9 < page.evaluate("document.querySelector('audio').currentTime") < 101
    page.locator(".clips .play").click()
    page.wait_for_function(PLAYING)
    page.evaluate("document.querySelector('audio').currentTime = 105")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 105.3")
    assert not page.evaluate("document.querySelector('audio').paused")


def test_the_current_chapter_and_sentence_are_marked(window: Window, site: Site) -> None:
    """Also before anything is played."""
    page = window.page
    page.goto(f"{site.url}#t=61")
    assert page.locator(".chapters [aria-current]").inner_text().split() == ["00:01:00", "Swarming"]
    assert page.locator(".now").inner_text() == "Swarming"
    assert page.locator(".spoken").all_text_contents() == ["They vote with their feet."]
    page.locator(".chapters a").first.click()
    page.wait_for_function("() => document.querySelector('.now').textContent === 'Intro'")
    assert page.locator(".spoken").all_text_contents() == ["Good morning."]


@pytest.mark.parametrize("clipboard", few_fast([False, True]))
def test_a_quotes_link_is_copied(window: Window, site: Site, *, clipboard: bool) -> None:
    """To its time, or to itself; without a clipboard, as on http, too."""
    page = window.page
    page.goto(site.url)
    for place, address in enumerate(("#t=65", "#quote-2")):
        if not clipboard:
            page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
        button = page.locator(".quote button").nth(place)
        button.click()
        page.wait_for_function("() => document.querySelector('.told').textContent === 'Copied'")
        assert button.inner_text() == "Copied"
        page.evaluate("delete navigator.clipboard")
        assert page.evaluate("navigator.clipboard.readText()") == site.url + address
        page.wait_for_function("() => document.querySelector('.told').textContent === ''")


def test_the_index_copies_and_filters(window: Window, site: Site) -> None:
    """The feed's address, and titles as one types."""
    page = window.page
    page.goto(site.pages.url("/show/index.html"))
    page.locator(".address button").click()
    page.wait_for_function("() => document.querySelector('.told').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == SHOW.feed_url
    field = page.get_by_label("Search")
    for words, left in (("under", ["Ünder Ground"]), ("WASPS swarm", ["Wasps"]), ("zebra", []), ("", None)):
        field.fill(words)
        titles = page.locator(".entries > li:not([hidden]) h3")
        page.wait_for_function(
            "(n) => document.querySelectorAll('.entries > li:not([hidden])').length === n",
            arg=3 if left is None else len(left),
        )
        assert left is None or titles.all_text_contents() == left
        assert page.locator(".nothing").is_visible() == (left == [])


def test_a_search_finds_a_word_of_a_quote(window: Window, site: Site, tmp_path: Path) -> None:
    """By Pagefind, and leads to its topic; times are neither found nor shown, transcripts not searched."""
    pytest.importorskip("pagefind_bin", reason="Pagefind is not here (pip install pagefind-bin)")
    for path, body in site.pages.pages.items():
        if path.startswith("/show/"):
            (tmp_path / path.removeprefix("/show/")).write_bytes(body)
    command = [str(executable()), "--site", str(tmp_path), "--output-path", str(tmp_path / "search")]
    subprocess.run(command, check=True, capture_output=True)
    for file in (tmp_path / "search").rglob("*"):
        if file.is_file():
            path = f"/show/{file.relative_to(tmp_path).as_posix()}"
            site.pages.pages[path] = file.read_bytes()
            site.pages.types[path] = "text/javascript" if file.suffix == ".js" else "application/octet-stream"
    index = dict(show_pages(site.show, entries(3), THEME, search=True))["index.html"]
    page = window.page
    page.goto(site.put("index.html", index))
    field = page.get_by_label("Search")
    for words, topics in (("feet", ["Swarming"]), ("morning", []), ("00:01:05", [])):
        field.fill(words)
        wanted = ".found li" if topics else ".nothing:not([hidden])"
        page.wait_for_selector(wanted)
        assert page.locator(".found ul a").all_text_contents() == topics
    field.fill("feet")
    page.wait_for_selector(".found ul a")
    assert page.locator(".found mark").first.inner_text().strip(".") == "feet"
    page.locator(".found ul a").click()
    assert page.url == f"{site.url}#topic-1"


def test_a_cover_that_cannot_be_had_leaves_no_frame(window: Window, site: Site) -> None:
    """On any page."""
    page = window.page
    for there in (True, False):
        for path in ("index.html", "show/index.html"):
            page.goto(site.pages.url(f"/{path}"))
            page.wait_for_load_state("networkidle")
            assert page.locator("main img").is_visible() == there, path
        site.media.pages.pop("/cover.png", None)
        site.media.types.clear()
    window.faults.clear()


def test_the_way_through_the_site(window: Window, site: Site) -> None:
    """From the list of shows to a show, to an episode, and back to the ways to subscribe."""
    page = window.page
    page.goto(site.pages.url("/index.html"))
    page.get_by_role("link", name=SHOW.title).click()
    page.get_by_role("link", name=re.compile("How Bees")).click()
    assert page.url == site.url
    page.get_by_role("link", name="Subscribe").click()
    assert page.url == site.pages.url("/show/index.html#subscribe")


def test_without_script_the_page_is_whole(browser: Browser, site: Site) -> None:
    """Links are links, buttons that could do nothing are not there, the transcript opens."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    assert page.locator("audio").is_visible()
    assert page.locator("button").all() != []
    assert not any(button.is_visible() for button in page.locator("button").all())
    page.locator(".quote a.time").first.click()
    assert page.url.endswith("#t=65")
    page.locator(".transcript summary").click()
    assert page.locator(".cues").is_visible()
    page.goto(site.pages.url("/show/index.html"))
    assert not page.locator(".search").is_visible()
    assert page.locator(".entries li").count() == 3
    context.close()


def test_a_page_opened_from_the_disk(window: Window, tmp_path: Path) -> None:
    """Has its look and its script: a folder can be looked at before it is served."""
    (tmp_path / "show").mkdir()
    (tmp_path / "show" / "a.html").write_bytes(episode_page(replace(SHOW, cover=None), episode(), THEME))
    for name, body in THEME.files:
        (tmp_path / name).write_bytes(body)
    page = window.page
    page.goto((tmp_path / "show" / "a.html").as_uri() + "#t=65")
    assert page.evaluate("getComputedStyle(document.querySelector('.player')).position") == "fixed"
    assert page.evaluate("document.querySelector('audio').currentTime") == 65
    window.hosts.clear()


@pytest.mark.parametrize("language", few_fast(dict.fromkeys(("en", "ar", *LANGUAGES)), 2))
@pytest.mark.parametrize("width", few_fast([320, 360, 800, 1280]))
def test_no_page_scrolls_sideways(window: Window, site: Site, language: str, width: int) -> None:
    """Neither with long words, addresses and names."""
    page = window.page
    page.set_viewport_size({"width": width, "height": 740})
    word = "Donaudampfschifffahrtsgesellschaftskapitänskajütentürschlüssel" * 2
    show = replace(site.show, language=language, title=word, feed_url=f"https://feeds.example/{word}", description=word)
    document = {
        "title": word, "abstract": word, "source": {"name": word},
        "topics": [{"title": word, "start": 60, "passages": [{"kind": "quote", "text": word, "speaker": word}]}],
        "clips": [{"title": word, "start": 70, "end": 90, "quote": word}],
        "questions": [{"question": word, "answer": word}],
    }  # fmt: skip
    one = replace(site.episode, summary=summary(document), item=item(title=word), related=(PageLink(word, "a.html"),))
    one = replace(one, chapters=ChapterList((Chapter(0, word), Chapter(60, word))), cues=(Cue(0, 9, word, word),))
    urls = [site.put("wide.html", episode_page(show, one, THEME)), site.url, site.pages.url("/index.html")]
    urls += [site.put(name, body) for name, body in show_pages(show, entries(120, word), THEME, search=False)]
    for url in urls:
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url


def test_a_theme_of_few_elements_has_a_player(window: Window, site: Site) -> None:
    """The script does what it can with a template that somebody else wrote."""
    bare = (
        "{% extends 'base.html' %}{% block body %}<audio src='{{ audio }}'></audio><a href='#t=60'>x</a>{% endblock %}"
    )
    search = "<input type='search'><ol class='entries'><li>one</li></ol>"
    theme = make_theme({"episode.html": bare.replace("{% endblock %}", f"{search}{{% endblock %}}"), "page.js": SCRIPT})
    site.pages.pages[f"/{theme.script}"] = SCRIPT.encode()
    window.page.goto(site.put("bare.html", episode_page(site.show, site.episode, theme)))
    window.page.locator("a").click()
    at(window.page, 60)
    window.page.locator("input").fill("two")
    window.page.wait_for_selector("li[hidden]", state="attached")


def test_print_has_the_text_alone(window: Window, site: Site) -> None:
    """Transcript and chapters unfolded, no player, no buttons."""
    page = window.page
    page.goto(site.url)
    page.emulate_media(media="print")
    assert not page.locator(".player").is_visible()
    assert not any(button.is_visible() for button in page.locator("button").all())
    assert page.get_by_text("What are we looking at?").is_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here (npm ci in tests/pages, or set PAGES_NPM)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious(window: Window, site: Site, scheme: Any, width: int) -> None:
    """On any page, in the light and in the dark, everything unfolded and marked."""
    page = window.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    for url in (f"{site.url}#t=61", site.pages.url("/show/index.html"), site.pages.url("/index.html")):
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], url


@pytest.mark.skipif(not VNU.is_file(), reason="vnu-jar is not here (npm ci in tests/pages, or set PAGES_NPM)")
@pytest.mark.skipif(shutil.which("java") is None, reason="java is not here")
def test_html_and_css_are_valid(site: Site, tmp_path: Path) -> None:
    """Of every page, in every language, of an episode with everything and of one with little."""
    little = Episode(item(audio=None, link=None, duration=None), summary({"title": "A", "abstract": "B"}))
    for language in LANGUAGES:
        show = replace(SHOW, language=language)
        (tmp_path / f"{language}.html").write_bytes(episode_page(show, episode(), THEME))
        (tmp_path / f"{language}-little.html").write_bytes(episode_page(show, little, THEME))
        (tmp_path / f"{language}-index.html").write_bytes(show_pages(show, entries(120), THEME, search=True)[0][1])
    (tmp_path / "index.html").write_bytes(site.pages.pages["/index.html"])
    for name, body in THEME.files:
        (tmp_path / name).write_bytes(body)
    java = [
        "java",
        "-jar",
        str(VNU),
        "--errors-only",
        "--also-check-css",
        "--skip-non-html",
        "--format",
        "json",
        str(tmp_path),
    ]
    done = subprocess.run(java, capture_output=True, text=True, check=False)
    assert json.loads(done.stderr)["messages"] == []
    assert done.returncode == 0


def everywhere(payloads: tuple[str, ...], audio: str) -> Episode:
    """Make an episode with all payloads in everything that there can be many of."""
    passages = [{"kind": kind, "text": x, "speaker": x} for x in payloads for kind in ("text", "quote")]
    document = {
        "version": 1, "title": "a", "abstract": "\n".join(re.sub(r"[\r\n]", " ", x) for x in payloads),
        "topics": [{"title": x, "passages": passages[2 * i : 2 * i + 2]} for i, x in enumerate(payloads)],
        "clips": [{"title": x, "quote": f"{x}.", "start": 10, "end": 40} for x in payloads],
        "questions": [{"question": x, "answer": x} for x in payloads],
    }  # fmt: skip
    return Episode(
        item(audio=audio),
        summary(document),
        timeline({**MOMENTS, **{f"clips/{i}": (10.0, 40.0) for i in range(len(payloads))}}),
        ChapterList(tuple(Chapter(i, x) for i, x in enumerate(payloads))),
        related=tuple(PageLink(x, x) for x in payloads),
        cues=tuple(Cue(i, i + 1, x, x) for i, x in enumerate(payloads)),
    )


@pytest.mark.parametrize("guarded", [True, False])
def test_nothing_foreign_runs(window: Window, site: Site, *, guarded: bool) -> None:
    """Whatever is in a page; its policy is a second line: without it nothing runs either."""
    body = episode_page(replace(SHOW, cover=None), everywhere(PAYLOADS, site.media.url("/12.wav")), THEME)
    if not guarded:
        body = re.sub(rb'<meta http-equiv="Content-Security-Policy"[^>]*>', b"", body)
    window.page.goto(site.put("x.html", body))
    window.page.wait_for_load_state("networkidle")
    clips = window.page.locator(".clips .play")
    assert clips.count() > 0.9 * len(PAYLOADS)
    clips.last.click()
    at(window.page, 10)
    assert window.page.url.startswith(site.pages.url("/show/x.html"))


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_nothing_foreign_runs_in_any_field(browser: Browser, site: Site, payload: str) -> None:
    """Titles, addresses, languages, names: each payload in all of them, without the policy."""
    context = browser.new_context()
    context.route(lambda url: not url.startswith(site.pages.url("/")), lambda route: route.abort())
    one = watch(context)
    body = html.tostring(page_of(payload), doctype="<!doctype html>")
    one.page.goto(site.put("y.html", re.sub(rb"<meta http-equiv[^>]*>", b"", body)))
    assert [fault for fault in one.faults if "dialog" in fault] == []
    context.close()
