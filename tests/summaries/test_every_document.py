"""Every document of the corpus goes through one run: no item with an enclosure is lost, every refusal is clear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import feedparser
import pytest

from enricher.errors import EnricherError
from enricher.feed.parse import parse
from enricher.model.feed import Document
from tests.corpus import files, needs_corpus
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from enricher.model.feed import Feed

DOCUMENTS = {f"{folder}-{number}": path for folder in ("feeds", "edge") for number, path in enumerate(files(folder))}
LIBRARY_TEXT = re.compile(
    r"[A-Za-z]+(?:Error|Exception|Warning)\b|lxml|libxml|feedparser|feedgen|\bline \d+|column|Traceback|None\b|<string>"
    r"|Namespace prefix|StartTag|not well-formed|Errno|codec"
)


def facts(body: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Give what an independent reader takes for each item's identity, and its enclosures, in order."""
    read = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    return [fact(entry) for entry in read.entries]


def fact(entry: Any) -> tuple[str, tuple[str, ...]]:
    """Give an entry's id, else its first enclosure, less what we may add to make it unique; and all enclosures."""
    enclosures = tuple(one["href"].strip() for one in entry.get("enclosures") or () if one.get("href"))
    return (entry.get("id") or (enclosures[0] if enclosures else "")).strip().partition("#")[0], enclosures


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Configure every document as a feed."""
    shop = Workshop(tmp_path_factory.mktemp("every"))
    for name, path in DOCUMENTS.items():
        shop.add_feed(name, path)
    return shop


@pytest.fixture(scope="module")
def reports(shop: Workshop) -> dict[str, Any]:
    """Run once over all of them."""
    return shop.run()


@needs_corpus
@pytest.mark.parametrize("name", DOCUMENTS, ids=lambda name: DOCUMENTS[name].name)
def test_a_document_is_republished_or_clearly_refused(shop: Workshop, reports: dict[str, Any], name: str) -> None:
    """The same identities and enclosures in the same order; where there is none, words of our own."""
    report, source = reports[name], facts(DOCUMENTS[name].read_bytes())
    if report["outcome"] == "published":
        assert facts((shop.output / f"{name}.xml").read_bytes()) == source
        assert report["error"] is None
        return
    assert report["outcome"] == "failed"
    assert not [enclosures for _, enclosures in source if enclosures]
    assert report["error"].startswith(f"{DOCUMENTS[name]}: ")
    assert not LIBRARY_TEXT.search(report["error"].removeprefix(f"{DOCUMENTS[name]}: ")), report["error"]
    assert not (shop.output / f"{name}.xml").exists()


@needs_corpus
def test_problems_are_told_in_our_own_words(reports: dict[str, Any]) -> None:
    """One line each on standard error, and nothing else there."""
    told = [line for name in DOCUMENTS for line in reports[name]["problems"]]
    assert told
    for line in (*told, *reports["stderr"].splitlines()):
        message = re.sub(r"/\S+", "", line)
        assert not LIBRARY_TEXT.search(message), line
        assert line.isprintable()
    failed = [f"{name}: failed: {reports[name]['error']}" for name in DOCUMENTS if reports[name]["error"]]
    problems = [f"{name}: {line}" for name in DOCUMENTS for line in reports[name]["problems"]]
    assert sorted(reports["stderr"].splitlines()) == sorted(failed + problems)


@needs_corpus
def test_a_second_run_over_everything_writes_nothing(shop: Workshop, reports: dict[str, Any]) -> None:
    """What was rebuilt or mended comes out the same."""
    before = shop.snapshot()
    again = shop.run("--force")
    assert {again[name]["outcome"] for name in DOCUMENTS if reports[name]["outcome"] == "published"} == {"unchanged"}
    assert shop.snapshot() == before


def halves(path: Path) -> list[bytes]:
    """Cut a document short in several places."""
    body = path.read_bytes()
    return [body[: len(body) * part // 7] for part in range(1, 7)] if len(body) < 50_000 else []


@needs_corpus
@pytest.mark.parametrize("name", DOCUMENTS, ids=lambda name: DOCUMENTS[name].name)
def test_a_document_that_is_cut_short_is_refused_or_whole(name: str) -> None:
    """In the core alone: whatever is left of it, there is our own error or every item that a reader finds."""
    for body in halves(DOCUMENTS[name]):
        found, refused = read(body)
        if found is None:
            assert refused
            assert not LIBRARY_TEXT.search(refused)
            continue
        wanted = [enclosures[0] for _, enclosures in facts(body) if enclosures]
        assert [item.audio for item in found.items if item.audio] == wanted


def read(body: bytes) -> tuple[Feed | None, str]:
    """Parse a document; give it, or why it is refused."""
    try:
        return parse(Document("https://a.example/feed", body)), ""
    except EnricherError as error:
        return None, str(error)
