"""Nothing that summaries, transcripts, chapters or the configuration's words hold is executable in what we add."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import lxml.html
import nh3
import pytest
from msgspec import structs

from enricher.cli import _complain, _print
from enricher.errors import SummaryError
from enricher.feed import xml as ns
from enricher.feed.xml import parse_strict
from enricher.model.feed import Document, FeedConfig
from enricher.model.summary import Companion, StoredSummary, Summary
from enricher.report import explain
from enricher.summaries.document import read_summary
from enricher.urls import absolute
from tests.corpus import few_fast
from tests.hostile.payloads import PAYLOADS
from tests.summaries.test_summaries import FORMS, PAGES
from tests.workshop import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.edition import Edition

ALLOWED = {"p", "br", "a", "ul", "ol", "li", "strong", "em"}
NOTES = {"html": "<p>The publisher's own.</p>", "plain": "The publisher's own.", "both": "<p>The publisher's own.</p>"}
CONTENT = {"both": "The publisher's own & longer, as plain text."}
CONFIG = FeedConfig("show", "/feed.xml", "https://feeds.example", notes_limit=200_000, summaries=("/s",))
TRANSCRIPT, CHAPTERS = "https://a.example/t.srt", "https://a.example/c.json"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
TAG = re.compile(r"<[A-Za-z/!?]")


def feed(more: str = "") -> bytes:
    """Write a feed with an item for each tongue that notes are written in, and one without notes."""
    items = "".join(
        f"<item><title>{name}</title><guid>{name}</guid><itunes:duration>3600</itunes:duration>{more}"
        f"<enclosure url='https://a.example/{name}.mp3' type='audio/mpeg' length='1'/>"
        + (f"<description>{html.escape(NOTES[name])}</description>" if name in NOTES else "")
        + (f"<content:encoded>{html.escape(CONTENT[name])}</content:encoded>" if name in CONTENT else "")
        + "</item>"
        for name in ("html", "plain", "both", "none")
    )
    names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in ns.PREFIXES.items())
    return f"<rss version='2.0'{names}><channel><title>Show</title>{items}</channel></rss>".encode()


def poisoned(x: str) -> dict[str, Any]:
    """Make a summary with a text in every field, times aside."""
    passages = [
        {"kind": "text", "text": f"{x} [1]. And {x}"},
        {"kind": "quote", "text": f"{x} and so on", "speaker": x, "start": 40},
        {"kind": "text", "text": x},
    ]
    topics = [
        {"title": f"{x} {i}", "start": 60.0 * i, "passages": passages, "topics": [{"title": x, "passages": passages}]}
        for i in range(4)
    ]
    return {
        "version": 1,
        "title": f"t{x}",
        "podcast": x,
        "link": x,
        "audio": x,
        "source": {"name": x, "url": x},
        "people": [x],
        "abstract": f"{x}\n{x}",
        "topics": topics,
        "clips": [{"title": f"c{x}", "start": 10, "end": 50, "quote": x}, {"title": x}],
        "questions": [{"question": x, "answer": x, "start": 30}],
        "related": [{"title": x, "url": x, "podcast": x}, {"title": "a", "url": x, "podcast": "b"}],
        "citations": {"1": {"start": 5, "url": x}, "2": {"url": x}},
    }


def tail(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what comes first, so that even a short description has what comes last."""
    return {**document, "topics": [], "abstract": None, "clips": []}


def stored(summary: Summary, companion: bytes = b"") -> list[StoredSummary]:
    """Give it to every item."""
    transcript = Companion("/s/a.srt", companion) if companion else None
    return [
        StoredSummary(
            f"/s/{name}",
            "/s",
            f"d{name}",
            structs.replace(summary, guid=name, podcast=None, audio=None, link=None),
            transcript,
        )
        for name in ("html", "plain", "both", "none")
    ]


def enrich(stories: list[StoredSummary], config: FeedConfig = CONFIG, more: str = "", **files: bytes) -> Edition:
    """Make an edition."""
    addresses = {"transcript": TRANSCRIPT, "chapters": CHAPTERS}
    bench = Bench(Document(config.url, feed(more)), stories, {addresses[k]: body for k, body in files.items()})
    result = bench.republish(config)
    assert result.report.error is None, result.report.error
    assert result.report.matched == 4
    assert result.edition is not None
    return result.edition


def judge(edition: Edition) -> None:
    """Find nothing executable in anything that was added, whatever reads it."""
    channel = parse_strict(edition.artifacts[-1].body)[0]
    for item in channel.findall("item"):
        name = item.findtext("guid") or ""
        description, content = item.findtext("description"), item.findtext(ns.tag(ns.CONTENT, "encoded"))
        judge_field(description, NOTES.get(name, ""), is_html=name in {"html", "both", "none"})
        judge_field(content, CONTENT.get(name) or NOTES.get(name, ""), is_html=name != "both")
        for element in (*item.iter(ns.tag(ns.PSC, "chapter")), *item.iter(ns.tag(ns.PODCAST, "soundbite"))):
            judge_mark(element.get("title") or element.text or "", element.get("href"), element.get("image"))
    for artifact in (one for one in edition.artifacts if one.path.endswith(".json")):  # pages have tests of their own
        for chapter in json.loads(artifact.body)["chapters"]:
            judge_mark(chapter["title"], chapter.get("url"), chapter.get("img"))
    for wanted in (None, "html"):
        for line in explain(edition.matching, edition.enriched, wanted):
            assert not CONTROL.search(line), line


def judge_field(field: str | None, theirs: str, *, is_html: bool) -> None:
    """Judge one notes field by two parsers of HTML, the publisher's part aside."""
    if field is None or field == theirs:
        return
    part = next((part for part in (f"<p>{theirs}</p>", theirs) if part in field), "")
    ours = field.replace(part, "", 1)
    assert ours != field or not theirs, field
    root = lxml.html.fragment_fromstring(ours, create_parent="div")
    links = []
    for element in root.iterdescendants():
        assert is_html, ours
        assert element.tag in ALLOWED, ours
        assert set(element.keys()) <= ({"href"} if element.tag == "a" else set()), ours
        links += element.values()
    for link in links:
        judge_link(link)
    # nh3 parses as browsers do: what it finds to clean, they would find to run.
    tags = ALLOWED if is_html else set()
    cleaned = nh3.clean(ours, tags=tags, attributes={"a": {"href"}} if is_html else {}, link_rel=None)
    assert html.unescape(cleaned) == html.unescape(ours), ours
    assert is_html or not TAG.search(ours), ours


def judge_link(link: str) -> None:
    """Read an address as browsers do: without white space at its ends, without tabs and line breaks."""
    seen = re.sub(r"[\t\r\n]", "", link.strip("".join(map(chr, range(33)))))
    assert re.match(r"https?://[^/\\?#\s]|mailto:[^@]+@", seen, re.IGNORECASE), link
    assert not re.search(r"[\s<>\"]", link), link


def judge_mark(title: str, *addresses: str | None) -> None:
    """Judge a chapter or soundbite: its title is plain text everywhere, its addresses are links."""
    assert not TAG.search(title), title
    assert not CONTROL.search(title.replace("\x85", "")), title
    for address in addresses:
        if address is not None:
            judge_link(address)


FEW = PAYLOADS[::18]
some_or_all = pytest.mark.parametrize(
    "payloads", [pytest.param(FEW, id="some"), pytest.param(PAYLOADS, id="all", marks=pytest.mark.slow)]
)


@pytest.mark.parametrize("payload", few_fast(PAYLOADS, len(FEW)), ids=range(len(PAYLOADS)))
def test_nothing_in_a_summary_is_executed(payload: str) -> None:
    """Whatever stands in every field of it, in fields of HTML and of plain text, in chapters, soundbites, words."""
    for document in (poisoned(payload), tail(poisoned(payload))):
        judge(enrich(stored(read_summary("a.json", json.dumps(document).encode()))))


WORDS = (
    *("Bees, Wasps", "finds a new home", "The dance of the scouts", "Is honey too cheap?", "Swarming", "Old scouts"),
    *("A swarm decides", "They vote", "Ann Lee", "Wasps, Our Friends", "The Moss Report", "Meadow Digest", "Honey is"),
)
ADDRESSES = ("https://digest.example/field-notes/12", "https://digest.example/field-notes/11",
             "https://digest.example/play#t=318", "https://digest.example/play?start=500&end=520")  # fmt: skip


def pages(form: str, payload: str) -> Iterator[bytes]:
    """Write the page of highlights with a payload behind its words and in its addresses: as it is, and quoted."""
    text = (PAGES / f"field-notes.{form}").read_text("utf-8")
    quoted = json.dumps(payload)[1:-1] if form == "json" else html.escape(payload)
    for said in dict.fromkeys((quoted,) if form == "json" else (payload, quoted)):
        page = text
        for word in WORDS:
            page = page.replace(word, f"{word}{said}")
        for address in ADDRESSES:
            page = page.replace(address, said).replace(html.escape(address), said)
        yield page.encode("utf-8", "surrogatepass")


@some_or_all
@pytest.mark.parametrize("form", FORMS)
def test_nothing_in_a_page_is_executed(form: str, payloads: Sequence[str]) -> None:
    """In each of the four forms, whether its reader takes the payload for markup or for text."""
    read = 0
    for payload in payloads:
        for page in pages(form, payload):
            try:
                summary = read_summary(f"a.{form}", page)
            except SummaryError:
                continue
            read += 1
            judge(enrich(stored(summary)))
    assert read > 0.9 * len(payloads)


@some_or_all
def test_nothing_in_the_label_is_executed(payloads: Sequence[str]) -> None:
    """Nor in the name of the first chapter."""
    for number, payload in enumerate(payloads):
        label = payload if number % 2 else f"{payload} {{source}} {payload}"
        judge(enrich(stored(small()), replace(CONFIG, label=label, intro=payload)))


def small() -> Summary:
    """Make a summary of few words, with times for four chapters."""
    topics = [{"title": f"T {i}", "start": 200 * i + 50} for i in range(4)]
    return read_summary("a.json", json.dumps({"title": "a", "abstract": "b", "topics": topics}).encode())


def cues() -> bytes:
    """Write a transcript whose every line holds another payload."""
    lines = []
    for i, payload in enumerate(PAYLOADS):
        spoken = re.sub(r"[\r\n]", " ", payload)
        times = f"00:{i * 18 // 60:02}:{i * 18 % 60:02}"
        lines.append(f"{i + 1}\n{times},000 --> {times},900\n{spoken}: they vote with {i} feet each {spoken}\n")
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def test_nothing_in_a_transcript_is_executed() -> None:
    """Neither of the item nor beside the summary, though every quote is found in it."""
    quotes = [f"they vote with {i} feet each" for i in range(len(PAYLOADS))]
    topics = [{"title": f"T {i}", "passages": [{"kind": "quote", "text": quote}]} for i, quote in enumerate(quotes)]
    clips = [{"title": f"c {i}", "start": 20 * i, "end": 20 * i + 16} for i in range(30)]
    summary = read_summary("a.json", json.dumps({"title": "a", "topics": topics, "clips": clips}).encode())
    link = f"<podcast:transcript url='{TRANSCRIPT}' type='application/x-subrip'/>"
    for edition in (enrich(stored(summary, cues())), enrich(stored(summary), more=link, transcript=cues())):
        judge(edition)
        assert len(edition.enriched[0].timeline.moments) > 0.8 * len(PAYLOADS)


@some_or_all
@pytest.mark.parametrize("chapters", few_fast(["merge", "publisher", "summary"]))
def test_nothing_in_a_chapters_file_is_executed(chapters: str, payloads: Sequence[str]) -> None:
    """Neither in its titles nor in its links and images, whichever list is taken."""
    link = f"<podcast:chapters url='{CHAPTERS}' type='application/json+chapters'/>"
    config = replace(CONFIG, chapters=chapters)  # type: ignore[arg-type] # one of the literals
    carried = 0
    for payload in payloads:
        marks = [
            {"startTime": 100 * i, "title": title, "url": payload, "img": payload, "endTime": 100 * i + 9}
            for i, title in enumerate(("One", "Two", f"Three {payload}", payload, "Five"))
        ]
        for file in (marks, marks[:2] + marks[4:] + [{"startTime": 450, "title": "Last", "url": payload}]):
            edition = enrich(stored(small()), config, link, chapters=json.dumps({"chapters": file}).encode())
            judge(edition)
            carried += any(one.chapters.psc for one in edition.enriched)
    assert carried > len(payloads)


@pytest.mark.parametrize("payload", ["\x1b[31mred", "\x9b31mred", "\x1b]8;;javascript:alert(1)\x07x", "\x7f\x85"])
def test_no_command_reaches_the_terminal(payload: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a feed or a summary says is printed without control characters, and JSON of it is still JSON."""
    _print(json.dumps([f"a\n{payload}"], ensure_ascii=False, indent=1))
    _complain([f"show: {payload}"])
    out, err = capsys.readouterr()
    assert json.loads(out) == [f"a\n{payload}"]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out + err)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/<svg/onload=x>", "https://a.example/%3Csvg/onload=x%3E"),
        ('https://a.example/"x"', "https://a.example/%22x%22"),
        ("https://a.example/ä?b=ö#c", "https://a.example/ä?b=ö#c"),
        ("mailto:ann@a.example?subject=a|b", "mailto:ann@a.example?subject=a%7Cb"),
        ("https://<svg>.example/", None),
        ("javascript:alert(1)", None),
        ("https:javascript:alert(1)", None),
    ],
)
def test_a_link_holds_no_markup(url: str, link: str | None) -> None:
    """What no address holds is written as browsers write it."""
    assert absolute(url) == link
