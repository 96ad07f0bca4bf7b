"""Ten thousand seeded mutations of real feeds and summaries: no foreign exception, no hang, no loss."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from html import unescape
from random import Random
from typing import TYPE_CHECKING

import feedparser
import pytest
from lxml import etree

from enricher.errors import SummaryError
from enricher.feed import xml as ns
from enricher.feed.rss_tree import SEVERAL_CHANNELS
from enricher.feed.salvage import NOT_WELL_FORMED
from enricher.feed.xml import parse_strict
from enricher.model.feed import Document, FeedConfig
from enricher.model.summary import StoredSummary
from enricher.summaries.document import read_summary
from enricher.summaries.json_form import dump, load
from tests.corpus import SEED, few_fast, files, needs_corpus
from tests.growth import watchdog
from tests.hostile.mutations import OF_TEXT, OF_XML, mutate
from tests.summaries.test_summaries import FORMS, PAGES
from tests.workshop import Bench, seconds_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.edition import Edition, Report

CHUNKS, FEEDS, SUMMARIES = 80, 100, 25
"""So many test cases, each of so many mutated feeds and summaries: 10,000 together."""
SLICE = 15_000
"""Bytes of a feed above which only some of its items are taken."""
ITEM = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)
CONFIGURATIONS = tuple(
    FeedConfig("show", "/feed.xml", "https://feeds.example", mode=mode, chapters=chapters)
    for mode in ("mirror", "own")
    for chapters in ("publisher", "merge", "summary")
)


def seeded(seed: str | int) -> Random:
    """Give chance that is the same in every run."""
    return Random(seed)  # noqa: S311 no secret is made of it


@cache
def originals() -> tuple[tuple[str, bytes, tuple[StoredSummary, ...]], ...]:
    """Read the corpus feeds, a few items of the large ones, each with summaries for its first and last item."""
    found = []
    for path in (*files("feeds"), *files("edge")):
        body = slice_of(path.read_bytes(), seeded(path.name))
        if len(body) <= 2 * SLICE and ITEM.search(body):
            found.append((path.name, body, stored_for(body)))
    return tuple(found)


def slice_of(body: bytes, random: Random) -> bytes:
    """Take of a large feed one to four items that follow each other, with everything around them."""
    items = list(ITEM.finditer(body))
    if len(body) <= SLICE or len(items) < 2:
        return body
    first = random.randrange(len(items))
    last = min(first + random.randrange(4), len(items) - 1)
    return body[: items[0].start()] + body[items[first].start() : items[last].end()] + body[items[-1].end() :]


def stored_for(body: bytes) -> tuple[StoredSummary, ...]:
    """Make summaries that belong to a feed's first and last item, where it has any that are well-formed."""
    try:
        items = list(parse_strict(body).iter("item"))
    except (etree.XMLSyntaxError, ValueError):
        return ()
    made = [summary_of(item, seconds_of(item) or 3600.0) for item in dict.fromkeys([*items[:1], *items[-1:]])]
    return tuple(
        StoredSummary(f"/s/{n}", "/s", f"d{n}", read_summary("a.json", json.dumps(one).encode()))
        for n, one in enumerate(made)
    )


def run(body: bytes, stored: Sequence[StoredSummary], config: FeedConfig) -> tuple[Report, Edition | None]:
    """Republish one document."""
    bench = Bench(Document(config.url, body, "application/rss+xml"), stored)
    result = bench.republish(config)
    return result.report, result.edition


def entries_of(body: bytes) -> list[tuple[str, list[str]]]:
    """Give each entry that feedparser finds: its identity and its enclosures."""
    headers = {"content-type": "application/rss+xml"}
    try:
        found = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 where it stumbles, it reads nothing
        return []
    return [
        (plain(entry.get("id")), [plain(x.get("href")) for x in entry.get("enclosures") or ()])
        for entry in found.entries
    ]


def items_of(body: bytes) -> list[tuple[set[str], list[str]]]:
    """Give what may be the identity of each published item, and its enclosures.

    feedparser does not mind the case of names, nor where in an item a guid stands.
    """
    found = []
    for item in parse_strict(body)[0].findall("item"):
        named = [(etree.QName(child).localname.lower(), child) for child in item.iter("{*}*")]
        guids = {
            plain(text)
            for name, child in named
            if name == "guid"
            for text in (etree.tostring(child, method="text", encoding="unicode", with_tail=False), child.text)
        }
        attributes = [{k.lower(): v for k, v in child.attrib.items()} for name, child in named if name == "enclosure"]
        found.append((guids, [plain(one.get("url") or one.get("href")) for one in attributes]))
    return found


def plain(text: object) -> str:
    """Leave only what no guess of an encoding, and no other reading of references, can change."""
    return "".join(re.findall(r"[A-Za-z0-9/:.?=_-]+", unescape(unescape(str(text or "")))))


def fault_of(body: bytes, report: Report, edition: Edition | None) -> str:
    """Say what is wrong with what became of a document; nothing where all is well."""
    if report.error and "a bug of this program" in report.error:
        return f"bug: {report.error}"
    wanted = entries_of(body)
    if edition is None:
        return f"refused: {len(wanted)} items, {report.error}" if wanted and not may_be_refused(body, report) else ""
    found = items_of(edition.artifacts[-1].body)
    # Read field by field, and once, or parted where feedparser makes one item of two: no file is lost.
    if {NOT_WELL_FORMED, SEVERAL_CHANNELS} & set(edition.source.repairs) or len(found) > len(wanted):
        # feedparser does not mind where in a channel an enclosure stands, nor the case of its name.
        elements = parse_strict(edition.artifacts[-1].body).iter("{*}enclosure")
        files = [*(plain(one.get("url")) for one in elements), *(url for _, urls in found for url in urls)]
        urls = {url for _, enclosures in wanted for url in enclosures if url}
        lost = {url for url in urls if not any(one.endswith(url) for one in files)}
        return f"lost: {lost} of {wanted} in {found}" if lost else ""
    rest = iter(found)
    for guid, enclosures in wanted:
        if not any(alike(guid, enclosures, one) for one in rest):
            return f"lost: {guid} {enclosures} of {wanted} in {found} {edition.source.rebuilt} {edition.source.repairs}"
    return ""


def alike(guid: str, enclosures: list[str], item: tuple[set[str], list[str]]) -> bool:
    """Tell whether an item is an entry: with its identity, which feedparser may have made absolute, and enclosures.

    We make the addresses of enclosures absolute (contract C10).
    """
    rest = iter(item[1])
    kept = (any(one.endswith(url) for one in rest) for url in enclosures if url)
    return (not guid or any(map(guid.endswith, item[0]))) and all(kept)


def may_be_refused(body: bytes, report: Report) -> bool:
    """Tell whether there is a reason that nobody may pass over: the end is missing, or there are entities in it."""
    said, text = report.error or "", body.replace(b"\0", b"").lower()
    if "cut short" in said:
        root = re.search(rb"<(rss|feed|rdf:rdf)[\s>]", text)
        open_cdata = text.rfind(b"<![cdata[") > text.rfind(b"]]>")
        channel = re.search(rb"</channel\s*>", text[text.rfind(b"<item") :])
        return root is None or open_cdata or not (channel or re.search(rb"</" + root[1] + rb"\s*>", text[root.end() :]))
    # A document that calls itself Atom in no namespace and no encoding that there is.
    nameless = "no items" in said and b"<feed" in text and b"/atom" not in text
    return ("entities" in said and b"<!ENTITY" in body) or "would be lost" in said or nameless


@needs_corpus
@pytest.mark.parametrize("chunk", few_fast(range(CHUNKS)))
def test_a_mutated_feed_is_published_whole_or_refused_with_a_reason(chunk: int) -> None:
    """Well-formed, with every item that feedparser reads, its identity and enclosures, in order."""
    faults = []
    for number in range(FEEDS * chunk, FEEDS * (chunk + 1)):
        random = seeded(number)
        name, body, stored = random.choice(originals())
        mutant, how = mutate(body, random, OF_XML)
        with watchdog(f"{number} ({name}, {how})"):
            config = random.choice(CONFIGURATIONS)
            # Pages and the index of their search would take most of the time; a tenth of the feeds has them.
            report, edition = run(mutant, stored, replace(config, pages="off") if number % 10 else config)
        fault = fault_of(mutant, report, edition)
        if fault:
            faults.append(f"{number} ({name}, {how}): {fault}")
    assert not faults, "\n".join(faults)


@cache
def pages() -> tuple[tuple[str, bytes], ...]:
    """Read pages of highlights: our own in four forms, the seed, the corpus's notes."""
    paths = [*(PAGES / f"field-notes.{form}" for form in FORMS), SEED, *files("summaries")]
    return tuple((f"a{path.suffix.replace('.mdx', '.md')}", path.read_bytes()) for path in paths if path.is_file())


@pytest.mark.parametrize("chunk", few_fast(range(CHUNKS)))
def test_a_mutated_page_is_read_or_refused(chunk: int) -> None:
    """A summary that can be kept and comes back the same, or SummaryError, which says why in few words."""
    for number in range(SUMMARIES * chunk, SUMMARIES * (chunk + 1)):
        random = seeded(number)
        name, body = random.choice(pages())
        mutant, how = mutate(body, random, OF_TEXT)
        try:
            with watchdog(f"{number} ({name}, {how})"):
                summary = read_summary(name, mutant)
        except SummaryError as error:
            said = str(error)
        else:
            said = ""
            assert load(dump(summary)) == summary, (number, name, how)
        assert len(said) < 2000, (number, name, how)


@pytest.mark.parametrize("place", ["root", "channel", "item"])
@pytest.mark.parametrize(
    "names", ["itunes='urn:a'", "foo='urn:a'", f"foo='{ns.ITUNES}'", f"atom='{ns.ITUNES}'", "ns1='urn:a'"]
)
def test_a_prefix_may_mean_something_else_anywhere(place: str, names: str) -> None:
    """Declared anew on the channel or an item, it loses nothing."""
    outer = f"xmlns:itunes='{ns.ITUNES}' xmlns:foo='urn:b' xmlns:ns1='urn:c'"
    root, channel, item = (f" xmlns:{names}" if place == one else "" for one in ("root", "channel", "item"))
    root = root or f" {outer}"
    inside = "<itunes:image href='y'/><foo:z foo:a='b'><foo:y/></foo:z><ns1:x ns1:w='v'/>"
    if place == "root":
        inside = re.sub(r"(?<=[</ ])(itunes|foo|ns1):", names.partition("=")[0] + ":", inside)
    feed = (
        f"<rss{root} version='2.0'><channel{channel}><title>a</title>{inside}<item{item}><title>b</title><guid>g</guid>"
        f"{inside}</item></channel></rss>"
    ).encode()
    for stored in ((), stored_for(feed)):
        report, edition = run(feed, stored, CONFIGURATIONS[0])
        assert (report.error, report.matched) == (None, len(stored))
        assert edition is not None
        assert not edition.source.rebuilt
