"""The page of an episode: what stands on it, with which times, and that nothing foreign is markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.model.edition import Chapter, ChapterList
from enricher.model.page import Episode, PageLink
from enricher.model.timeline import Cue
from enricher.pages.episode import entry, episode_page, page_name, teaser
from enricher.translations import LANGUAGES, words_for
from tests.examples import examples
from tests.hostile.payloads import PAYLOADS
from tests.pages.samples import CHAPTERS, CUES, DOCUMENT, MOMENTS, SHOW, THEME, episode, item, summary, timeline
from tests.test_xss import poisoned

if TYPE_CHECKING:
    from enricher.model.page import Show

CLOCK = re.compile(r"\d{2,}:\d{2}:\d{2}")


def read(one: Episode, show: Show = SHOW) -> lxml.html.HtmlElement:
    """Make a page and parse it."""
    return lxml.html.document_fromstring(episode_page(show, one, THEME))


def texts(page: lxml.html.HtmlElement, path: str) -> list[str]:
    """Return the text of each element that an XPath finds."""
    return [" ".join(found.text_content().split()) for found in page.xpath(path)]


def found(page: lxml.html.HtmlElement, path: str) -> list[str]:
    """Return the attributes that an XPath finds."""
    return [str(one) for one in cast("list[str]", page.xpath(path))]


PAGE = read(episode())


def test_everything_stands_on_the_page_in_its_order() -> None:
    """Date and title, label, abstract, player, chapters, clips, questions, highlights, transcript, related."""
    assert texts(PAGE, "//h1 | //h2 | //h3 | //h4") == [
        "Ann Lee: How Bees Choose a Home | Field Notes #12",
        *("Chapters", "Popular clips", "The dance", "Without a time", "Questions from this episode"),
        *("Who decides? 00:01:30", "Highlights", "Swarming 00:01:00", "Scouts", "Silence"),
        *("Transcript", "Related episodes"),
    ]
    order = ["meta", "label", "abstract", "player", "chapters", "clips", "questions", "highlights", "quote"]
    found = [one.get("class") for one in PAGE.xpath("//*[@class]")]
    places = [found.index(name) for name in (*order, "transcript", "related", "foot")]
    assert places == sorted(places)
    assert texts(PAGE, "//p[@class='meta']") == ["May 2, 2024 · 2 min"]
    assert texts(PAGE, "//p[@class='label']") == ["Highlights by Meadow Digest. Not written by the publisher."]
    assert PAGE.xpath("//p[@class='label']/a/@href") == ["https://digest.example/12"]


def test_times_are_links() -> None:
    """To whole seconds, the end of a clip rounded up; a citation's are raised."""
    links = {
        a.get("href"): " ".join(a.text_content().split()) for a in PAGE.xpath("//main//a[starts-with(@href,'#t=')]")
    }
    assert links["#t=60"] == "00:01:00"
    assert links["#t=65"] == "00:01:05"
    assert links["#t=70,100"] == "00:01:10–00:01:39"
    assert texts(PAGE, "//sup/a[@href='#t=62']") == ["1", "1", "1"]
    assert PAGE.xpath("//sup/a[@href='https://digest.example/play']/@rel") == ["nofollow"]
    assert PAGE.xpath("//nav//a/@href") == ["#t=0", "#t=60", "#t=90"]
    assert PAGE.xpath("//figure//button/@data-copy") == ["#t=65", "#quote-2"]


def test_a_citation_that_points_at_nothing_is_not_printed() -> None:
    """And lists stay lists."""
    assert texts(PAGE, "//div[@class='abstract']/p") == ["A swarm decides1. Slowly.Second paragraph."]
    assert texts(PAGE, "//section[@class='highlights']/ul/li") == ["in the rain", "in the sun"]


def test_one_player_on_the_publishers_enclosure() -> None:
    """Which loads nothing by itself."""
    (audio,) = PAGE.xpath("//audio")
    assert dict(audio.attrib) == {
        "controls": "",
        "preload": "none",
        "src": "https://media.example/12.mp3",
        "title": item().title,
    }


def test_without_audio_times_are_text() -> None:
    """There is nothing to seek in."""
    page = read(episode(item=item(audio=None)))
    assert not page.xpath("//audio | //a[starts-with(@href,'#t=')]")
    assert "00:01:00" in page.text_content()


def test_an_episode_of_little_is_a_page() -> None:
    """Without times, date, source or audio."""
    one = Episode(
        item(published=None, audio=None, link=None, duration=None, title=""), summary({"title": "A", "abstract": "B"})
    )
    page = read(one, replace(SHOW, cover=None, language="", link=None, description=""))
    assert texts(page, "//h1") == ["A"]
    assert page.get("lang") == "en"
    assert not page.xpath("//h2 | //audio | //nav | //img")


def test_the_page_says_what_it_is_to_those_that_link_to_it() -> None:
    """JSON-LD, Open Graph, its address, its feed."""
    data = json.loads(PAGE.xpath("//script[@type='application/ld+json']/text()")[0])
    assert data["@type"] == "PodcastEpisode"
    assert data["identifier"] == "field-notes-12"
    assert data["datePublished"] == "2024-05-02"
    assert data["hasPart"] == [{"@type": "Clip", "name": "The dance", "startOffset": 70, "endOffset": 99}]
    meta = {one.get("property"): one.get("content") for one in PAGE.xpath("//meta[@property]")}
    assert meta["og:url"] == PAGE.xpath("//link[@rel='canonical']/@href")[0] == SHOW.home + page_name(item())
    assert meta["og:description"] == "A swarm decides. Slowly. Second paragraph."
    assert PAGE.xpath("//link[@rel='alternate']/@href") == [SHOW.feed_url]
    assert not PAGE.xpath("//meta[@name='robots']")
    assert read(episode(), replace(SHOW, noindex=True)).xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_a_page_may_load_little() -> None:
    """The policy names no scheme that nothing needs, and nothing inline."""
    policy = dict(rule.split(" ", 1) for rule in PAGE.xpath("//meta[@http-equiv]/@content")[0].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["connect-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["img-src"]) == ("'self'", "'self'", "https:")
    assert not PAGE.xpath("//style | //@style | //@onclick | //script[not(@src) and @type!='application/ld+json']")
    assert PAGE.xpath("//script/@src") == [f"../{THEME.script}"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("#333 – Andrej Karpathy: Tesla AI", "333-andrej-karpathy-tesla-ai-KEY.html"),
        ("Don’t panic", "dont-panic-KEY.html"),
        ("Über Äpfel", "uber-apfel-KEY.html"),
        ("播客", "KEY.html"),
        ("../../etc/passwd\x00", "etc-passwd-KEY.html"),
        ("a" * 100, "KEY.html"),
        ("word " * 30, "-".join(["word"] * 12) + "-KEY.html"),
    ],
)
def test_the_name_of_a_page(title: str, name: str) -> None:
    """Is made of ASCII, and the item's key tells items of one title apart."""
    one = item(title=title)
    assert page_name(one) == name.replace("KEY", one.key)
    assert page_name(one) != page_name(item(title=title, guid="another"))


def test_a_name_that_a_page_has_stays() -> None:
    """Though the title has changed since."""
    one = episode(name="old-0a1b2c3d4e5f.html")
    assert read(one).xpath("//link[@rel='canonical']/@href") == [f"{SHOW.home}old-0a1b2c3d4e5f.html"]
    assert entry(one).url == "old-0a1b2c3d4e5f.html"


def test_a_teaser_is_whole_sentences() -> None:
    """Where there are any."""
    assert teaser(summary({"title": "a", "abstract": "One [1]. Two."})) == "One. Two."
    long = f"{'First words. ' * 10}{'b' * 300}."
    assert teaser(summary({"title": "a", "abstract": long})) == ("First words. " * 10).strip()
    assert len(teaser(summary({"title": "a", "abstract": "word " * 100}))) <= 240


def test_a_topic_that_is_a_chapter_alone_is_not_said_twice() -> None:
    """One of which nothing is said stands in the list of chapters."""
    chapters = ChapterList((*CHAPTERS.chapters, Chapter(100.0, "silence")))
    assert not read(episode(chapters=chapters)).xpath("//h3[contains(.,'Silence')]")


def test_deep_topics_are_no_trouble() -> None:
    """Neither to headings, which end at h6, nor to the stack."""
    topic: dict[str, Any] = {"title": "deep", "passages": [{"kind": "text", "text": "said"}]}
    for level in range(38):
        topic = {"title": f"level {level}", "topics": [topic]}
    page = read(episode(summary=summary({"title": "a", "topics": [topic]}), timeline=timeline({})))
    assert len(page.xpath("//section[@class='highlights']//h6")) == 36
    assert len(set(page.xpath("//@id"))) == len(page.xpath("//@id"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_the_feeds_language(language: str) -> None:
    """With words of its own, from the right where it is written so."""
    page, words = read(episode(), replace(SHOW, language=language)), words_for(language)
    assert (page.get("lang"), page.get("dir")) == (language, "rtl" if language in {"ar", "he"} else "ltr")
    assert texts(page, "//nav//h2") == [words["chapters"]]
    assert "Meadow Digest" in texts(page, "//p[@class='label']")[0]
    assert "2024" in texts(page, "//time")[0]
    if language != "en":
        assert "Chapters" not in page.text_content()


def test_a_configured_label_stays_as_it_is() -> None:
    """In whatever language; its link is there too where the source has no place in it."""
    page = read(episode(label="Made by me <b>"), replace(SHOW, language="de"))
    assert texts(page, "//p[@class='label']") == ["Made by me <b> https://digest.example/12"]


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_nothing_foreign_is_markup(payload: str) -> None:
    """In every field of summary, item, show, chapters, related episodes and transcript."""
    dirty = page_of(payload)
    assert shape(dirty) - shape(page_of("a")) - shape(page_of("https://a.example/")) == set()
    for address in dirty.xpath("//@href | //@src"):
        assert re.match(r"https?://|#|\.\./|[a-z0-9-]+\.html(#|$)", address), address
    assert json.loads(dirty.xpath("//script[@type='application/ld+json']/text()")[0])["@type"] == "PodcastEpisode"


def page_of(x: str) -> lxml.html.HtmlElement:
    """Make a page with a text in every field."""
    one = Episode(
        item(title=x, link=x, guid=x, audio=f"https://a.example/{x}"),
        summary(poisoned(x)),
        timeline(MOMENTS),
        ChapterList((Chapter(0.0, x, url=x, image=x),)),
        label=f"{x} {{source}} {x}",
        source_name=x,
        related=(PageLink(x, x), PageLink(x, f"https://a.example/{x}")),
        cues=(Cue(0.0, 9.0, x, x), Cue(9.0, 12.0, f"{x}.")),
    )
    show = replace(SHOW, title=x, feed_url=x, home=x, language=x, cover=x, link=x, description=x)
    return read(one, show)


def shape(page: lxml.html.HtmlElement) -> set[tuple[str, str]]:
    """Return each kind of element with each name of an attribute."""
    return {(str(one.tag), name) for one in page.iter() for name in (*one.keys(), "")}


seconds = st.floats(0, 100_000)
moments = st.dictionaries(
    st.sampled_from([*MOMENTS, "topics/1", "topics/0/passages/2", "clips/1", "citations/2", "topics/0/topics/0"]),
    st.tuples(seconds, st.one_of(st.none(), seconds)),
)


@settings(max_examples=examples(60))
@given(moments, st.lists(seconds, max_size=5), st.booleans())
def test_no_time_is_printed_that_no_evidence_bears_out(
    known: dict[str, tuple[float, float | None]], starts: list[float], cued: bool
) -> None:
    """Whatever has a time: each clock and each link is a moment's, a chapter's or a cue's."""
    chapters = ChapterList(tuple(Chapter(start, f"c {start}") for start in starts))
    cues = CUES if cued else ()
    page = read(episode(timeline=timeline(known), chapters=chapters, cues=cues))
    allowed = {int(start) for start, _end in known.values()} | {int(start) for start in starts}
    allowed |= {int(cue.start) for cue in cues}
    ends = {end for _start, end in known.values() if end is not None}
    for link in page.xpath("//@href[starts-with(.,'#t=')]"):
        start, _, end = link.removeprefix("#t=").partition(",")
        assert int(start) in allowed
        assert not end or any(0 <= int(end) - one <= 1 for one in ends)
    allowed |= {int(end) for end in ends}
    for clock in CLOCK.findall(" ".join(page.xpath("//main//text() | //main//@title"))):
        hours, minutes, rest = map(int, clock.split(":"))
        assert hours * 3600 + minutes * 60 + rest in allowed


words = st.text(st.characters(exclude_categories=()), max_size=40)


@settings(max_examples=examples(80))
@given(words, words, words)
def test_any_text_comes_out_as_text(title: str, said: str, speaker: str) -> None:
    """Also control characters, lone surrogates and noncharacters; and the same text gives the same bytes."""
    quote = {"kind": "quote", "text": said, "speaker": speaker}
    document = {**DOCUMENT, "topics": [{"title": title, "passages": [quote]}], "abstract": said}
    one = episode(summary=summary({"title": "a"}), item=item(title=title), cues=(Cue(0.0, 1.0, said, speaker),))
    with_all = replace(one, summary=read_all(document))
    body = episode_page(SHOW, with_all, THEME)
    assert body == episode_page(SHOW, with_all, THEME)
    page = lxml.html.document_fromstring(body)
    assert shape(page) <= shape(PAGE) | {("br", ""), ("footer", ""), ("ul", "")}
    wanted = " ".join(title.split())
    if wanted and title.isprintable():
        assert " ".join(texts(page, "//h1")[0].split()) == wanted


def read_all(document: dict[str, Any]) -> Any:
    """Read a document though JSON of lone surrogates is none, which no reader of documents gives."""
    clean = json.dumps(document).encode("utf-8", "replace").decode()
    return summary(json.loads(re.sub(r"\\ud[89a-f][0-9a-f]{2}", "?", clean)))
