"""One feed's requests in one run: what is asked, with which validators, what comes from the store instead."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from enricher.errors import FetchError, HeldError
from enricher.http.client import AnswerError, Fetched, Validators
from enricher.http.feed_fetcher import FeedFetcher, Fetcher
from enricher.http.host_limits import Hosts
from enricher.http.schedule import DAY, HOUR, Answer
from enricher.model.feed import Document, FeedConfig
from enricher.model.state import FeedState, Schedule
from enricher.pipeline.republish import republish
from enricher.pipeline.tools import Tools
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher
from enricher.store.database import memory
from enricher.store.store import Store
from enricher.urls import host_of
from tests.hostile.answers import GOOD, NEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from enricher.http.feed_fetcher import Mode
    from enricher.pipeline.republish import Result

NOW = 1_800_000_000.0
FEED, PAGE, FILE, CDN = (
    *("https://show.example/feed", "https://show.example/feed?page=2", "https://files.example/1.vtt"),
    "https://cdn.example/feed",
)
GONE = Answer(404)


class Web:
    """A client of servers that say what the test sets: a body with an ETag, an answer that is no document, or a URL."""

    def __init__(self) -> None:
        self.says: dict[str, bytes | Answer | str] = {}
        self.asked: list[tuple[str, str | None]] = []
        """Each request and its If-None-Match."""

    def fetch(
        self,
        url: str,
        *,
        validators: Validators | None,
        turn: Callable[[str], AbstractContextManager[object]],
        **_: object,
    ) -> Fetched:
        """Answer as a client does."""
        with turn(host_of(url)):
            tag = validators.etag if validators else None
            self.asked.append((url, tag))
            says = self.says[url]
            if isinstance(says, Answer):
                if says.status == 304:
                    return Fetched(None, says)
                raise AnswerError(url, says)
            if isinstance(says, bytes):
                etag = f'"{hash(says)}"'
                if tag == etag:
                    return Fetched(None, Answer(304))
                return Fetched(Document(url, says, etag=etag, shown=url), Answer(200))
        return self.fetch(says, validators=validators, turn=turn)


class Run:
    """One feed run by run, with a store that stays."""

    def __init__(self, folder: Path) -> None:
        self.web, self.store, self.folder = Web(), Store(memory()), folder
        self.feed = FeedConfig("show", FEED, "https://feeds.example")
        self.waited: list[str] = []

    def fetcher(self) -> Fetcher:
        """Make what a run fetches with."""

        @contextmanager
        def idle() -> Iterator[None]:
            self.waited.append("idle")
            yield

        hosts = Hosts(self.store.host_waits(), self.store.save_host_wait)
        return Fetcher(self.web, self.store, hosts, jitter=lambda: 0.0, idle=idle)  # type: ignore[arg-type] # its one method

    def fetch(self, now: float, mode: Mode = "due", state: FeedState | None = None) -> FeedFetcher:
        """Begin a run; the feed's state is that of the store, or another one."""
        return self.fetcher().for_feed(self.feed, state or self.store.feed_state("show"), now, mode)

    def run(self, now: float, mode: Mode = "due") -> Result:
        """Do what a run does."""
        tools = Tools(self.fetcher(), self.store, Publisher(Folder(self.folder)))
        result = republish(self.feed, tools, now, mode)
        self.store.save_feed("show", result.state, result.documents, now, result.stored)
        return result


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Make a feed whose server has a good document."""
    run = Run(tmp_path)
    run.web.says[FEED] = GOOD
    with run.store:
        yield run


def test_changes_alone_are_asked_for_and_once_a_day_the_whole(run: Run) -> None:
    """With the validators of the document that is stored; `--force` asks for the whole."""
    for now, mode in ((0, "due"), (HOUR, "due"), (2 * HOUR, "whole"), (25 * HOUR, "due"), (26 * HOUR + 1, "due")):
        assert run.run(NOW + now, mode).report.outcome in {"published", "unchanged"}  # type: ignore[arg-type]
    tag = f'"{hash(GOOD)}"'
    assert run.web.asked == [(FEED, None), (FEED, tag), (FEED, None), (FEED, tag), (FEED, None)]
    assert run.waited == ["idle"] * 5


def test_what_is_not_modified_comes_from_the_store(run: Run) -> None:
    """The same bytes, known by their digest without being read."""
    run.run(NOW)
    source = run.fetch(NOW + HOUR).source()
    assert source.read().body == GOOD
    assert run.store.find_document(FEED) is not None
    run.store.read_document = lambda _: pytest.fail("it was read")  # type: ignore[method-assign,assignment]
    assert run.fetch(NOW + HOUR).source().digest == source.digest


def test_a_304_to_an_unconditional_request_is_no_document(run: Run) -> None:
    """There is nothing that could stand."""
    run.web.says[FEED] = Answer(304)
    with pytest.raises(FetchError, match="unexpected 304"):
        run.fetch(NOW).source()


def test_another_url_is_asked_at_once(run: Run) -> None:
    """What is known of the first, a failure or a document, says nothing of it."""
    run.web.says[FEED] = GONE
    assert "404" in (run.run(NOW).report.error or "")
    assert "asked again after" in (run.run(NOW + 60).report.error or "")
    run.feed = FeedConfig("show", CDN, "https://feeds.example")
    run.web.says[CDN] = GOOD
    assert run.run(NOW + 120).report.outcome == "published"
    run.feed = FeedConfig("show", FEED, "https://feeds.example")
    run.web.says[FEED] = NEW
    assert run.run(NOW + 180).report.outcome == "published"
    assert run.web.asked == [(FEED, None), (CDN, None), (FEED, None)]


def test_a_url_that_cannot_be_had_forgets_nothing_of_the_edition(run: Run) -> None:
    """A wrong one is held, and the right one is unchanged."""
    run.run(NOW)
    run.feed = FeedConfig("show", CDN, "https://feeds.example")
    run.web.says[CDN] = GONE
    assert run.run(NOW + 60).report.outcome == "held"
    run.feed = FeedConfig("show", FEED, "https://feeds.example")
    assert run.run(NOW + 120).report.outcome == "unchanged"


@pytest.mark.parametrize("known", [False, True])
def test_a_redirect_to_a_host_that_wants_no_request(run: Run, *, known: bool) -> None:
    """The stored copy stands, the first host is left alone too, and afterwards both are asked."""
    if known:
        run.run(NOW - HOUR)
        run.web.asked.clear()
    run.web.says |= {FEED: CDN, CDN: GOOD}
    run.fetcher().hosts.set_wait("cdn.example", NOW + HOUR)
    for now in (NOW, NOW + 60):
        result = run.run(now)
        assert result.report.outcome == ("unchanged" if known else "failed")
        said = result.report.notes[0] if known else result.report.error or ""
        assert ("not due before" if known else "cdn.example is rate-limited by the server (asked again after") in said
        assert result.state.next_at == NOW + HOUR
    assert [url for url, _ in run.web.asked] == [FEED]
    assert run.run(NOW + HOUR + 1).report.outcome == ("unchanged" if known else "published")
    assert [url for url, _ in run.web.asked] == [FEED, FEED, CDN]


def test_a_retry_after_is_meant_for_the_host_that_said_it(run: Run) -> None:
    """Behind a redirect it is not the feed's own."""
    run.web.says |= {FEED: CDN, CDN: Answer(503, {"retry-after": "7200"}, "cdn.example")}
    with pytest.raises(AnswerError):
        run.fetch(NOW).source()
    hosts = run.fetcher().hosts
    assert (hosts.wait_until("cdn.example", NOW), hosts.wait_until("show.example", NOW)) == (NOW + 7200, 0.0)


def test_pages_are_asked_for_when_the_feed_is(run: Run) -> None:
    """For changes, with their own validators; while the feed is not due they come from the store."""
    run.web.says[PAGE] = b"page"
    fetch = run.fetch(NOW)
    fetch.source()
    assert (fetch.has_pages, fetch.page(PAGE).body, fetch.has_pages) == (False, b"page", True)
    assert set(fetch.pages()) == {FEED, PAGE}
    state = FeedState(schedule=fetch.succeeded(0.0), copy=fetch.copy)
    run.store.save_feed("show", state, fetch.pages(), NOW)
    early = run.fetch(NOW + 60)
    early.source()
    assert early.page(PAGE).body == b"page"
    late = run.fetch(NOW + HOUR)
    late.source()
    assert late.page(PAGE).body == b"page"
    assert late.pages() == {}
    tags = [None, None, f'"{hash(GOOD)}"', f'"{hash(b"page")}"']
    assert [tag for _, tag in run.web.asked] == tags


def test_a_file_is_asked_for_once_a_day_for_changes(run: Run) -> None:
    """`until` says when the edition has to be looked at again because of it."""
    run.web.says[FILE] = b"WEBVTT"
    first = run.fetch(NOW)
    assert (first.attachment(FILE).read().body, first.until) == (b"WEBVTT", NOW + DAY)
    later = run.fetch(NOW + HOUR)
    assert (later.attachment(FILE).read().body, later.until) == (b"WEBVTT", NOW + DAY)
    for now in (NOW + DAY, NOW + DAY + HOUR, NOW + DAY - 60):  # the last one's turn began before, on another host
        assert run.fetch(now).attachment(FILE).read().body == b"WEBVTT"
    assert run.web.asked == [(FILE, None), (FILE, f'"{hash(b"WEBVTT")}"')]


def test_a_file_that_could_not_be_had_is_looked_for_soon(run: Run) -> None:
    """A quarter of an hour later, so that it comes as soon as its server allows."""
    run.web.says[FILE] = Answer(503, {"retry-after": "60"}, "files.example")
    fetch = run.fetch(NOW)
    with pytest.raises(FetchError, match="503"):
        fetch.attachment(FILE)
    assert fetch.until == NOW + HOUR / 4
    with pytest.raises(FetchError, match="asked again after"):
        run.fetch(NOW + 61).attachment(FILE)
    other = "https://files.example/2.vtt"
    with pytest.raises(FetchError, match="rate-limited by the server"):
        run.fetch(NOW + 59).attachment(other)
    assert len(run.web.asked) == 1


def test_a_store_that_is_only_read_asks_once_for_each_file(tmp_path: Path) -> None:
    """What came is kept for the run, and nothing is written."""
    run = Run(tmp_path)
    run.store = Store(memory(), read_only=True)
    run.web.says[FILE] = b"WEBVTT"
    with run.store:
        fetch = run.fetch(NOW)
        assert [fetch.attachment(FILE).read().body for _ in range(2)] == [b"WEBVTT"] * 2
        assert run.web.asked == [(FILE, None)]
        assert run.store.find_document(FILE) is None


def test_a_feed_that_was_never_had_is_held_while_its_host_wants_no_request(run: Run) -> None:
    """With advice; and a copy that was lost is fetched though the feed is not due."""
    run.fetcher().hosts.set_wait("show.example", NOW + HOUR)
    with pytest.raises(HeldError, match=r"rate-limited by the server until .*; use --force to fetch now"):
        run.fetch(NOW).source()
    assert run.web.asked == []
    lost = FeedState(schedule=Schedule(next_at=NOW + 3 * HOUR))
    assert run.fetch(NOW + 2 * HOUR, state=lost).source().read().body == GOOD
    failing = replace(lost, schedule=replace(lost.schedule, error="down"))
    with pytest.raises(HeldError, match=r"down \(asked again after .*; --force asks now\)"):
        run.fetch(NOW + 2 * HOUR, state=failing).source()
    assert run.fetch(NOW, "now", failing).source().read().body == GOOD


def test_a_file_has_no_server_to_wait_for(tmp_path: Path) -> None:
    """It is read at each run."""
    run = Run(tmp_path)
    (tmp_path / "a.xml").write_bytes(GOOD)
    run.feed = FeedConfig("show", str(tmp_path / "a.xml"), "https://feeds.example")
    for outcome in ("published", "unchanged"):
        result = run.run(NOW)
        assert (result.report.outcome, result.state.next_at, result.documents) == (outcome, None, {})
    run.store.close()
