"""The judge of manners: two days of a server's life with 200 feeds on 40 hosts, and no rule is broken."""

from __future__ import annotations

import calendar
import random
import ssl
from collections import defaultdict
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from enricher.config import Config
from enricher.errors import FeedError
from enricher.feed.parse import parse
from enricher.http.client import Client
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts
from enricher.http.schedule import DAY, HOUR
from enricher.model.feed import FeedConfig
from enricher.pipeline import edition as editions
from enricher.publish.outputs import publisher_of
from enricher.run.share import client_settings
from enricher.store.database import memory
from enricher.store.store import Store
from tests.hostile.answers import feed, head
from tests.hostile.server import Server, Talk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from enricher.model.feed import Document

pytestmark = pytest.mark.slow  # tests/http/test_schedule.py has each decision alone

BEGIN = float(calendar.timegm((2027, 1, 15, 8, 3, 0)))  # a Friday: the second day is a Saturday
EVERY = 3600.0
HOURS = 48
LEAST = 4000
FEEDS, HOSTS = 200, 40
SKEW = 5 * HOUR
"""The clock of every server is wrong."""


@dataclass
class Heard:
    """One request, and what was answered."""

    at: float
    run: int
    feed: str
    host: str
    headers: Mapping[str, bytes]
    status: int
    said: Mapping[str, str]
    on_the_way: bool

    @property
    def conditional(self) -> bool:
        """Tell whether only changes were asked for."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


Plan = "Callable[[float, int], tuple[int, dict[str, str], str]]"


def _plain(_hours: float, _number: int) -> tuple[int, dict[str, str], str]:
    return 200, {}, ""


def _when(
    first: float, last: float, status: int, **said: str
) -> Callable[[float, int], tuple[int, dict[str, str], str]]:
    """Fail from one hour to another."""
    headers = {name.replace("_", "-"): value for name, value in said.items()}
    return lambda hours, _number: (status, headers, "") if first <= hours < last else (200, {}, "")


def _says(more: str = "", **said: str) -> Callable[[float, int], tuple[int, dict[str, str], str]]:
    """Answer with headers, and with elements in the channel."""
    headers = {name.replace("_", "-"): value for name, value in said.items()}
    return lambda _hours, _number: (200, headers, more)


KINDS: dict[str, Callable[[float, int], tuple[int, dict[str, str], str]]] = {
    "plain": _plain,
    "modified": _plain,
    "bare": _plain,
    "liar": _plain,
    "max-age": _says(Cache_Control="max-age=7200"),
    "year": _says(Cache_Control="max-age=31536000"),
    "no-cache": _says(Cache_Control="no-cache"),
    "expires": _says(Expires="in 3 hours"),
    "ttl": _says("<ttl>240</ttl>"),
    "busy": _when(10, 11, 429, Retry_After="9000"),
    "down": _when(20, 26, 503, Retry_After="in 3 hours"),
    "broken": _when(5, 40, 500),
    "missing": _when(3, 20, 404),
    "gone": _when(6, 99, 410),
    "moved": _plain,
    "found": _plain,
    "cookies": _says(Set_Cookie="id=1; Max-Age=999999"),
    "dead": _when(30, 99, 0),
}


@dataclass
class Town:
    """The servers of all feeds, on one socket; the clock is set from outside."""

    now: float = BEGIN
    run: int = 0
    heard: list[Heard] = field(default_factory=list)

    def play(self, talk: Talk) -> None:
        """Answer one request by the feed's kind."""
        name = talk.name
        kind, number = name.rpartition("-")[0], int(name.rpartition("-")[2])
        hours = (self.now - BEGIN) / HOUR
        status, headers, more = KINDS[kind](hours, number)
        date = self.now + SKEW
        said = {k: formatdate(date + 3 * HOUR, usegmt=True) if v == "in 3 hours" else v for k, v in headers.items()}
        said["Date"] = formatdate(date, usegmt=True)
        body = b""
        if kind in {"moved", "found"} and talk.rest != "there":
            status = 301 if kind == "moved" else 302
            said["Location"] = f"/{name}/there"
        elif status == 200:
            status, body = self._feed(talk, kind, number, said, more)
        self.heard.append(
            Heard(
                self.now,
                self.run,
                name,
                talk.request.headers["host"].decode(),
                talk.request.headers,
                status,
                said,
                talk.rest == "there",
            )
        )
        if status:
            said["Content-Length"] = str(len(body))
            talk.send(head(status, *(f"{key}: {value}" for key, value in said.items())) + body)

    def _feed(self, talk: Talk, kind: str, number: int, said: dict[str, str], more: str) -> tuple[int, bytes]:
        """Give the edition of this hour: every feed changes three times a day, each at an hour of its own."""
        edition = int((self.now - BEGIN + number * 1000) // (8 * HOUR))
        since = BEGIN - number * 1000 + edition * 8 * HOUR + SKEW
        if kind not in {"bare", "modified"}:
            said["ETag"] = '"always"' if kind == "liar" else f'W/"{edition} \xe4 \\"'
        if kind not in {"bare", "plain", "liar"}:
            said["Last-Modified"] = formatdate(since, usegmt=True)
        asked = talk.request.headers.get("if-none-match", b"").decode("latin-1")
        since_asked = talk.request.headers.get("if-modified-since", b"").decode()
        if (asked and asked == said.get("ETag")) or (
            not asked and since_asked and since_asked == said.get("Last-Modified")
        ):
            return 304, b""
        return 200, feed(*range(edition + 5, 0, -1), title=talk.name, more=more)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Live through two days, a run every hour."""
    folder: Path = tmp_path_factory.mktemp("town")
    town = Town()
    kinds = list(KINDS)
    names = [f"{kinds[i % len(kinds)]}-{i}" for i in range(FEEDS)]
    with Server(dict.fromkeys(names, town.play)) as server:
        port = server.open("http").pair.rpartition(":")[2]
        hosts = [f"h{i}.example:{port}" for i in range(HOSTS)]
        # Feeds of different kinds share a host: what one does to its host, the others have to bear.
        feeds = tuple(
            FeedConfig(name, f"http://{hosts[(i + i // HOSTS) % HOSTS]}/{name}", "https://feeds.example")
            for i, name in enumerate(names)
        )
        config = Config(
            folder / "config.toml", "https://feeds.example", folder / "public", "", (), feeds,
            contact="https://me.example/", min_interval=LEAST, allow_private=tuple(hosts),
        )  # fmt: skip
        jitter = random.Random(4).random  # noqa: S311 the same two days every time
        with Store(memory()) as store:
            for run in range(int(HOURS * HOUR / EVERY)):
                town.now, town.run = BEGIN + run * EVERY, run
                _run(town, config, store, jitter)
    return town


def _run(town: Town, config: Config, store: Store, jitter: Callable[[], float]) -> None:
    """Do one run with a client of its own; what is not asked is not made, and what is made is not enriched."""
    # Nothing here speaks TLS: an empty context saves the reading of the authorities.
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    settings = replace(client_settings(config), user_agent=f"enricher/9.9 (+{config.contact})")
    publisher = publisher_of(config.output, config.object_store)
    with Client(settings, resolve=lambda _host, _port: ["127.0.0.1"], tls=tls) as client:
        hosts = Hosts(store.host_waits(), store.save_host_wait)
        fetcher = Fetcher(client, store, hosts, min_interval=LEAST, jitter=jitter)
        for one in config.feeds:
            state = store.feed_state(one.name)
            fetch = fetcher.for_feed(one, state, town.now)
            pages: Mapping[str, Document] = {}
            try:
                document = fetch.source()
                if not fetch.notes:
                    source = parse(document.read())
                    assert not editions.check(source, state, one, publisher, town.now, accept=False).reason
                    pages = fetch.pages()
                    known = tuple(item.key for item in source.items)
                    schedule = fetch.succeeded(source.ttl)
                    state = structs.replace(state, schedule=schedule, copy=fetch.copy, known=known)
            except FeedError as error:
                state = structs.replace(state, schedule=fetch.failed(error))
            store.save_feed(one.name, state, pages, town.now)


def by_feed(town: Town, *kinds: str) -> dict[str, list[Heard]]:
    """Give the first requests of each visit, by feed."""
    found: dict[str, list[Heard]] = defaultdict(list)
    for one in town.heard:
        if not one.on_the_way and (not kinds or one.feed.rpartition("-")[0] in kinds):
            found[one.feed].append(one)
    return found


def gaps(heard: list[Heard]) -> list[float]:
    """Give the seconds between requests."""
    return [after.at - before.at for before, after in pairwise(heard)]


def test_every_feed_is_asked_at_most_once_in_a_run_and_not_before_the_configured_interval(town: Town) -> None:
    """67 minutes are configured, a run comes every hour: so every other run asks, at most."""
    assert len(by_feed(town)) == FEEDS
    for heard in by_feed(town).values():
        assert len({one.run for one in heard}) == len(heard)
        assert min(gaps(heard), default=LEAST) >= LEAST
    assert min(len(heard) for heard in by_feed(town, "plain", "bare", "no-cache", "cookies").values()) >= 20


def test_no_feed_is_asked_while_its_last_answer_is_fresh(town: Town) -> None:
    """max-age, Expires by the server's own wrong clock, ttl; a year counts as a day."""
    for kind, wait in (("max-age", 2 * HOUR), ("expires", 3 * HOUR), ("ttl", 4 * HOUR), ("year", DAY)):
        for heard in by_feed(town, kind).values():
            assert min(gaps(heard)) >= wait
            assert max(gaps(heard)) <= wait + 6 * HOUR, "too shy"


def test_no_host_is_asked_while_it_wants_to_be_left_alone(town: Town) -> None:
    """Retry-After in seconds and as a date; it is meant for every feed of the host."""
    waits = [
        (one.host, one.at, one.at + (9000 if one.status == 429 else 3 * HOUR))
        for one in town.heard
        if one.status in {429, 503}
    ]
    assert len(waits) >= 20
    for host, since, until in waits:
        assert [one.feed for one in town.heard if one.host == host and since < one.at < until] == []


def test_validators_come_back_byte_for_byte_and_are_never_invented(town: Town) -> None:
    """Both from the last 200, or none."""
    known: dict[str, tuple[bytes, bytes]] = {}
    conditional = 0
    for one in town.heard:
        asked = one.headers.get("if-none-match", b""), one.headers.get("if-modified-since", b"")
        if asked != (b"", b""):
            conditional += 1
            assert asked == known[one.feed]
        if one.status == 200:
            known[one.feed] = one.said.get("ETag", "").encode("latin-1"), one.said.get("Last-Modified", "").encode()
    assert conditional > 1000


def test_the_whole_is_asked_for_once_a_day(town: Town) -> None:
    """Validators or not: no feed that answers goes for longer without an unconditional request or a new document."""
    for heard in by_feed(town, "plain", "modified", "max-age", "expires", "cookies").values():
        full = [one.at for one in heard if one.status == 200]
        assert max(after - before for before, after in pairwise(full)) <= DAY + 4 * HOUR


def test_validators_that_lie_hide_a_change_for_a_day_at_most(town: Town) -> None:
    """Feeds that keep an ETag while they change: the daily request for the whole finds the change."""
    for heard in by_feed(town, "liar").values():
        full = [one.at for one in heard if not one.conditional]
        assert len(full) >= 2
        assert max(after - before for before, after in pairwise(full)) <= DAY + 2 * HOUR


def test_failures_are_answered_with_patience(town: Town) -> None:
    """Each failure in a row at least doubles the wait; a feed that is well again is asked as before."""
    for heard in by_feed(town, "broken", "missing", "dead").values():
        failed = [one for one in heard if one.status in {0, 404, 500}]
        for i, gap in enumerate(gaps(failed)):
            assert gap >= min(600.0 * 2**i, DAY)
        assert 3 <= len(failed) <= 9
    for heard in by_feed(town, "missing").values():
        assert sum(one.status in {200, 304} for one in heard if one.at > BEGIN + 20 * HOUR) > 5


def test_what_is_gone_is_asked_for_once_a_day(town: Town) -> None:
    """A day passes between two answers of 410."""
    for heard in by_feed(town, "gone").values():
        gone = [one for one in heard if one.status == 410]
        assert gone
        assert all(gap >= DAY for gap in gaps(gone))


def test_permanent_redirects_are_followed_at_once_and_others_every_time(town: Town) -> None:
    """The new address is asked directly from the second request on; a temporary one is asked for where it was."""
    for name, heard in by_feed(town, "moved").items():
        there = [one for one in town.heard if one.feed == name and one.on_the_way]
        assert len(heard) == 1
        assert len(there) >= 20
    for name, heard in by_feed(town, "found").items():
        there = [one for one in town.heard if one.feed == name and one.on_the_way]
        assert len(there) == len(heard) >= 20


def test_every_request_says_who_asks_and_no_more(town: Town) -> None:
    """A User-Agent with version and contact, the packings that are understood; no cookie, no referrer."""
    allowed = {"host", "user-agent", "accept", "accept-encoding", "connection", "if-none-match", "if-modified-since"}
    for one in town.heard:
        assert one.headers["user-agent"] == b"enricher/9.9 (+https://me.example/)"
        assert one.headers["accept-encoding"] == b"gzip"
        assert b"rss" in one.headers["accept"]
        assert one.headers.keys() <= allowed
