"""One feed's runs, one after another: what is asked, what is kept, what a run says of it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from enricher.config import load
from enricher.errors import ConfigError, FetchError
from enricher.http.client import Client, ClientSettings
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts
from enricher.http.schedule import DAY, HOUR
from enricher.importer.sync import sync
from enricher.model.feed import FeedConfig
from enricher.model.state import FeedState
from enricher.pipeline.republish import republish
from enricher.pipeline.tools import Tools
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher
from enricher.store.database import memory
from enricher.store.store import Store
from tests.hostile.answers import GOOD, NEW, PAGE, answer, feed, head, hop, raw
from tests.hostile.server import Server
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enricher.http.feed_fetcher import Mode
    from enricher.model.edition import Report
    from tests.hostile.answers import Behaviour
    from tests.hostile.server import Talk

NOW = 1_800_000_000.0


class Line:
    """One feed on one server, run by run."""

    def __init__(self, folder: Path) -> None:
        self.says: dict[str, Behaviour] = {}
        self.server = Server({"feed": self._play, "new": self._play, "file": self._play})
        pair = self.server.open("http").pair
        self.base = f"http://{pair}"
        self.folder, self.output = folder, folder / "public"
        self.feed = FeedConfig("show", f"{self.base}/feed", "https://feeds.example")
        self.allowed: tuple[str, ...] = (pair,)
        self.store = Store(memory())

    def _play(self, talk: Talk) -> None:
        self.says[talk.name](talk)

    @contextmanager
    def tools(self, *, dry: bool = False) -> Iterator[Tools]:
        """Open what a run has."""
        with Client(ClientSettings(allow_private=self.allowed)) as client:
            hosts = Hosts(self.store.host_waits(), self.store.save_host_wait)
            fetcher = Fetcher(client, self.store, hosts, jitter=lambda: 0.0)
            yield Tools(fetcher, self.store, Publisher(Folder(self.output), dry=dry))

    def run(self, now: float, mode: Mode = "due", *, accept: bool = False, dry: bool = False) -> Report:
        """Run once; return the report."""
        with self.tools(dry=dry) as tools:
            result = republish(self.feed, tools, now, mode, accept=accept)
            if not dry:
                self.store.save_feed(self.feed.name, result.state, result.documents, now, result.stored)
        return result.report

    def attach(self, now: float, mode: Mode = "due") -> bytes:
        """Fetch a file of an item in a run of its own."""
        with self.tools() as tools:
            return tools.fetcher.for_feed(self.feed, FeedState(), now, mode).attachment(f"{self.base}/file").read().body

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for so far."""
        return [request.path for request in self.server.requests]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """Make a feed that is well."""
    line = Line(tmp_path)
    line.says["feed"] = answer(200, 'ETag: "1"', "Cache-Control: max-age=3600", body=GOOD)
    with line.server:
        yield line


def test_a_feed_that_is_not_due_is_not_asked_for_and_the_run_says_so(line: Line) -> None:
    """It stays published, the exit is good, and `--force` asks all the same, for the whole."""
    assert line.run(NOW).outcome == "published"
    early = line.run(NOW + 600)
    assert (early.outcome, early.error) == ("unchanged", None)
    assert early.notes == ("not due before 2027-01-15 09:00 UTC; --force asks all the same",)
    assert len(line.asked) == 1
    assert line.run(NOW + 601, "whole").notes == ()
    assert "if-none-match" not in line.server.requests[1].headers
    assert line.run(NOW + 4300).notes == ()
    assert line.server.requests[2].headers["if-none-match"] == b'"1"'


def test_a_feed_that_is_not_due_is_made_anew_when_a_summary_comes(line: Line) -> None:
    """The last good copy is enriched, without a request."""
    line.run(NOW)
    folder = line.folder / "summaries"
    folder.mkdir()
    document = {"version": 1, "title": "Episode 4", "guid": "show-4", "abstract": "About the bees of the north."}
    (folder / "four.json").write_text(json.dumps(document), "utf-8")
    sync(line.store, [folder])
    report = line.run(NOW + 60)
    assert (report.outcome, report.matched) == ("published", 1)
    assert b"bees of the north" in (line.output / "show.xml").read_bytes()
    assert len(line.asked) == 1


def test_a_failing_feed_is_left_alone_and_stays_held(line: Line) -> None:
    """The earlier error and the next time stand in the report; no new run resets them."""
    line.run(NOW)
    line.says["feed"] = answer(500)
    assert line.run(NOW + 2 * HOUR).outcome == "held"
    again = line.run(NOW + 2 * HOUR + 599)
    assert again.outcome == "held"
    assert "500" in (again.error or "")
    assert "(asked again after 2027-01-15 10:10 UTC; --force asks now)" in (again.error or "")
    assert len(line.asked) == 2
    line.says["feed"] = answer(body=NEW)
    assert line.run(NOW + 2 * HOUR + 600).outcome == "published"


def test_a_hold_is_retried_as_often_as_any_feed_and_then_believed(line: Line) -> None:
    """Three agreeing fetches over six hours; in between no early run mistakes the stored copy for the source."""
    line.run(NOW)
    line.says["feed"] = answer(body=feed(91, 92))
    outcomes = [line.run(NOW + HOUR * hours).outcome for hours in (1, 1.05, 2, 2.05, 4, 7.1)]
    assert outcomes == ["held"] * 5 + ["published"]
    assert len(line.asked) == 5


def test_accept_asks_though_it_is_not_due(line: Line) -> None:
    """A person who believes the source wants it now."""
    line.run(NOW)
    line.says["feed"] = answer(200, "Cache-Control: max-age=9999", body=feed(91, 92))
    assert line.run(NOW + HOUR).outcome == "held"
    assert line.run(NOW + HOUR + 1, "now", accept=True).outcome == "published"


def test_explain_looks_at_the_stored_copy_without_asking(line: Line) -> None:
    """Also while the feed is held, and without leaving a trace."""
    line.run(NOW)
    line.says["feed"] = answer(500)
    line.run(NOW + 2 * HOUR)
    asked = len(line.asked)
    assert line.run(NOW + 2 * HOUR + 1, "stored", accept=True, dry=True).items == 4
    assert len(line.asked) == asked


def test_a_feed_that_is_gone_is_asked_for_once_a_day(line: Line) -> None:
    """410 waits for a day at once; a feed that comes back is published."""
    line.run(NOW)
    line.says["feed"] = answer(410)
    assert "gone for good" in (line.run(NOW + 2 * HOUR).error or "")
    line.run(NOW + DAY + HOUR)
    assert len(line.asked) == 2
    line.run(NOW + DAY + 3 * HOUR)
    assert len(line.asked) == 3
    line.says["feed"] = answer(body=NEW)
    assert line.run(NOW + 3 * DAY).outcome == "published"


def test_a_permanent_redirect_becomes_the_address_and_is_forgotten_when_it_fails(line: Line) -> None:
    """Once what is there was published; our own file keeps its name (contract C50)."""
    line.says["feed"] = raw(head(301, "Location: /new", "Content-Length: 0"))
    line.says["new"] = answer(body=GOOD)
    for i in range(3):
        assert line.run(NOW + i * 9 * HOUR).outcome in {"published", "unchanged"}
    assert line.asked == ["/feed", "/new", "/new", "/new"]
    line.says["new"] = answer(404)
    assert line.run(NOW + 20 * DAY).outcome == "held"
    line.says["feed"] = answer(body=NEW)
    assert line.run(NOW + 21 * DAY).outcome == "published"
    assert line.asked[-2:] == ["/new", "/feed"]
    assert [path.name for path in line.output.iterdir()] == ["show.xml"]


def test_a_disk_that_is_full_is_no_reason_to_wait(line: Line) -> None:
    """What fails here is tried again by the next run, and the validators of what was not published are not kept."""
    line.output.write_text("in the way")
    assert line.run(NOW).outcome == "failed"
    line.output.unlink()
    assert line.run(NOW + 1).outcome == "published"
    assert all("if-none-match" not in request.headers for request in line.server.requests)


def test_a_transcript_is_asked_for_once_a_day_and_its_last_good_copy_stands(line: Line) -> None:
    """A failure is remembered, so that the next run leaves the host in peace; a login page is no transcript."""
    line.says["file"] = answer(404)
    with pytest.raises(Exception, match="404"):
        line.attach(NOW)
    with pytest.raises(Exception, match=r"404.*asked again after"):
        line.attach(NOW + 60)
    assert len(line.asked) == 1
    line.says["file"] = answer(body=b"WEBVTT")
    assert line.attach(NOW + 700) == b"WEBVTT"
    assert line.attach(NOW + DAY) == b"WEBVTT"
    assert len(line.asked) == 2
    line.says["file"] = answer(body=PAGE)
    assert line.attach(NOW + 2 * DAY) == b"WEBVTT"
    line.says["file"] = answer(body=b"WEBVTT 2")
    assert line.attach(NOW + 2 * DAY + 60) == b"WEBVTT"
    assert line.attach(NOW + 2 * DAY + 60, "whole") == b"WEBVTT 2"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "ftp://x/y", "javascript:1", "http://[x]/"])
def test_an_attachment_that_is_no_web_address_is_left_out(line: Line, url: str) -> None:
    """Files are named by the configuration alone."""
    with line.tools() as tools, pytest.raises(FetchError, match="no web address"):
        tools.fetcher.for_feed(line.feed, FeedState(), NOW).attachment(url)


def write(folder: Path, *lines: str) -> Path:
    """Write a configuration."""
    path = folder / "config.toml"
    path.write_text("\n".join(['base_url = "https://feeds.example"', *lines]) + "\n", "utf-8")
    return path


PRIVATE = 'url = "https://me:${WORD}@pods.example/rss"'


def test_a_feed_with_a_secret_in_its_url_has_to_be_private(tmp_path: Path) -> None:
    """Anybody could read it otherwise."""
    with pytest.raises(ConfigError, match="private = true") as caught:
        load(write(tmp_path, "[[feed]]", 'name = "a"', PRIVATE), {"WORD": "swordfish"})
    assert "swordfish" not in str(caught.value)
    with pytest.raises(ConfigError, match="add secret"):
        load(write(tmp_path, "[[feed]]", 'name = "a"', 'url = "https://pods.example/rss"', "private = true"), {})
    with pytest.raises(ConfigError, match="NOWHERE"):
        load(write(tmp_path, 'secret = "${NOWHERE} and more"', "[[feed]]", 'name = "a"', 'url = "a.xml"'), {})


def test_a_private_feed_has_a_name_that_nobody_guesses_and_that_stays(tmp_path: Path) -> None:
    """Made of the address, or of `secret`, which outlives a change of the address."""
    text = ("[[feed]]", 'name = "a"', PRIVATE, "private = true")
    one = load(write(tmp_path, *text), {"WORD": "swordfish"}).feeds[0]
    assert load(write(tmp_path, *text), {"WORD": "swordfish"}).feeds[0] == one
    assert load(write(tmp_path, *text), {"WORD": "other"}).feeds[0].token != one.token
    assert len(one.token) == 32
    assert one.public_url == f"https://feeds.example/a-{one.token}.xml"
    assert one.token not in repr(one)
    with_secret = ('secret = "${KEY}"', *text)
    tokens = {
        load(write(tmp_path, *with_secret), {"WORD": word, "KEY": "k" * 20}).feeds[0].token for word in ("one1", "two2")
    }
    assert len(tokens) == 1
    with pytest.raises(ConfigError, match="at least 16"):
        load(write(tmp_path, *with_secret), {"WORD": "one1", "KEY": "short"})


def test_a_private_feed_is_published_under_that_name_and_blocked(line: Line) -> None:
    """Even in mode own; the report does not give the name away."""
    line.feed = replace(line.feed, private=True, token="0123456789abcdef" * 2, mode="own", listed=True)
    report = line.run(NOW)
    assert report.written == ("show-….xml",)
    body = (line.output / f"show-{line.feed.token}.xml").read_bytes()
    assert b"<itunes:block>Yes</itunes:block>" in body
    assert b"<podcast:block>yes</podcast:block>" in body
    line.says["feed"] = answer(500)
    assert line.run(NOW + 2 * HOUR).outcome == "held"
    (line.output / f"show-{line.feed.token}.xml").unlink()
    (line.output / f"show-{line.feed.token}.xml").mkdir()
    line.says["feed"] = answer(body=NEW)
    failed = line.run(NOW + 9 * HOUR)
    assert failed.outcome == "failed"
    assert line.feed.token not in (failed.error or "")


@pytest.mark.parametrize("pair", ["127.0.0.1", "http://127.0.0.1:80", "::1:80", "host:", ":80", "host:http"])
def test_an_opened_address_is_a_host_and_a_port(tmp_path: Path, pair: str) -> None:
    """Anything else would open nothing, or too much."""
    with pytest.raises(ConfigError, match="expected host:port"):
        load(write(tmp_path, f'allow_private = ["{pair}"]', "[[feed]]", 'name = "a"', 'url = "a.xml"'), {})


def test_bounds_are_configured(tmp_path: Path) -> None:
    """In whole seconds, with the host and port of single private addresses."""
    lines = ("min_interval = 0", "timeout = 9", 'allow_private = ["[::1]:80", "localhost:8000"]')
    config = load(write(tmp_path, *lines, "[[feed]]", 'name = "a"', 'url = "a.xml"'), {})
    assert (config.min_interval, config.timeout) == (0.0, 9.0)
    assert config.allow_private == ("[::1]:80", "localhost:8000")


def test_what_is_refused_by_us_is_tried_again_at_once(tmp_path: Path) -> None:
    """No server was asked, so none has to be left in peace: who opens the address need not wait."""
    line = Line(tmp_path)
    with line.server:
        line.says["feed"] = answer()
        opened, line.allowed = line.allowed, ()
        assert "allow_private" in (line.run(NOW).error or "")
        line.allowed = opened
        assert line.run(NOW + 1).outcome == "published"


def test_what_was_public_before_is_told(tmp_path: Path) -> None:
    """A feed that becomes private gets another name; the old edition is everybody's until it is deleted."""
    workshop = Workshop(tmp_path, settings={"secret": "0123456789abcdef"})
    (tmp_path / "a.xml").write_bytes(GOOD)
    workshop.add_feed("a", "a.xml")
    assert workshop.run()["a"]["problems"] == []
    workshop.feeds[0]["private"] = True
    (problem,) = workshop.run()["a"]["problems"]
    assert str(workshop.output / "a.xml") in problem
    (workshop.output / "a.xml").unlink()
    assert workshop.run()["a"]["problems"] == []


def page(*guids: str, rel: str = "next") -> bytes:
    """Write a page of a feed that goes on at /new."""
    link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="{rel}" href="/new"/>'
    items = "".join(f"<item><title>t</title><guid>{guid}</guid></item>" for guid in guids)
    return f'<rss version="2.0"><channel><title>Show</title>{link}{items}</channel></rss>'.encode()


def test_a_later_page_that_cannot_be_had_is_told_and_its_last_good_copy_serves(line: Line) -> None:
    """C5: a feed is not lost for its page 2; a page that is empty or has nothing new is the end."""
    line.says |= {"feed": answer(200, body=page("a")), "new": answer(404)}
    first = line.run(NOW)
    assert (first.outcome, first.items, len(first.problems)) == ("published", 1, 1)
    assert "/new: the server answered 404" in str(first.problems[0])
    for day, (body, items, problems) in enumerate([
        (page("b", "c", rel="prev-archive"), 3, 0),
        (b"<!doctype html><title>Log in</title>", 3, 1),
        (b"x", 3, 1),
    ]):  # fmt: skip
        line.says["new"] = answer(200, body=body)
        later = line.run(NOW + (day + 1) * DAY)
        assert (later.outcome == "held", later.items, len(later.problems)) == (False, items, problems), body


@pytest.mark.parametrize("last", [page(), page("a")])
def test_a_page_with_nothing_new_is_the_end(line: Line, last: bytes) -> None:
    """Hosts with an off-by-one name a page behind the last one."""
    line.says |= {"feed": answer(200, body=page("a")), "new": answer(200, body=last)}
    report = line.run(NOW)
    assert (report.outcome, report.items, report.problems) == ("published", 1, ())


def test_a_move_is_told_once(line: Line) -> None:
    """A permanent redirect, and what the feed says itself (C50)."""
    said = GOOD.replace(
        b"<item>",
        b'<new-feed-url xmlns="http://www.itunes.com/dtds/podcast-1.0.dtd">https://b.example/?auth=x1</new-feed-url><item>',
        1,
    )
    line.says |= {"feed": hop(301, "/new"), "new": answer(200, body=said)}
    assert [str(one) for one in line.run(NOW).problems] == [
        "it says that it has moved to https://b.example/?auth=… (itunes:new-feed-url); put that into `url`",
        f"it has moved for good to {line.base}/new; put that into `url`",
    ]
    assert line.run(NOW + 2 * HOUR).problems == ()


def test_headers_go_to_the_feeds_own_server(line: Line) -> None:
    """To its pages and files as well, and to no other origin."""
    line.feed = replace(line.feed, headers={"Cookie": "a=b"})
    line.run(NOW)
    assert line.server.requests[-1].headers["cookie"] == b"a=b"
    line.feed = replace(line.feed, url="https://other.example/feed")
    line.says["file"] = answer(200, body=b"x")
    line.attach(NOW)
    assert "cookie" not in line.server.requests[-1].headers
