"""What is sent and what is taken in: validators, passwords, connections, files, settings."""

from __future__ import annotations

import base64
import gzip
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

import pytest

from enricher.errors import FetchError
from enricher.http.client import AnswerError, Client, ClientSettings, Validators, WaitError, read_file
from tests.hostile.answers import NEW, answer, head, hop, packed, raw
from tests.hostile.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.hostile.server import Talk

NEVER_SHOWN = "hunter2hunter2x"
STUCK, PATIENCE = 40, 10.0


def _closes_after_one(talk: Talk) -> None:
    """Answer as if the connection were to be kept, and close it."""
    talk.send(head(200, f"Content-Length: {len(NEW)}", "Connection: keep-alive") + NEW)


def _keeps(talk: Talk) -> None:
    """Answer twice on one connection, then close it when the third request has come."""
    for _ in range(2):
        talk.send(head(200, f"Content-Length: {len(NEW)}") + NEW)
        if not talk.sock.recv(65536):
            return
        talk.server.requests.append(talk.request)


def _unchanged(talk: Talk) -> None:
    """Say twice on one connection that nothing has changed."""
    for _ in range(2):
        talk.send(head(304, 'ETag: "1"'))
        if not talk.sock.recv(65536):
            return


def _unchanged_with_a_body(talk: Talk) -> None:
    """Send another answer with the one that has no body: it stands where the next one is looked for."""
    talk.send(head(304, 'ETag: "1"') + head(200, "Content-Length: 4") + b"evil")
    talk.hung_up()


def _breaks_the_second(talk: Talk) -> None:
    """Keep the connection until the next request comes, and break off then, unanswered."""
    talk.send(head(200, f"Content-Length: {len(NEW)}") + NEW)
    talk.sock.recv(65536)
    talk.reset()


def _sends_away(talk: Talk) -> None:
    """Redirect to the bytes that the path holds."""
    talk.send(head(302, "Content-Length: 0")[:-2] + b"Location: " + unquote_to_bytes(talk.rest) + b"\r\n\r\n")


@pytest.fixture
def server() -> Iterator[Server]:
    """Open two doors."""
    behaviours = {
        "feed": answer(200, 'ETag: W/"\xe9\xff \\x"', "Last-Modified: not a date, but \xe4", "Content-Type: text/xml"),
        "closes": _closes_after_one,
        "keeps": _keeps,
        "breaks": _breaks_the_second,
        "unchanged": _unchanged,
        "wordy": _unchanged_with_a_body,
        "away": hop(302, "http://{other}/feed"),
        "home": hop(302, "http://{http}/home/end"),
        "busy": answer(503, "Retry-After: 7"),
        "broken": raw(head(200, "Content-Length: 999"), b"<rss"),
        "nowhere": _sends_away,
        "large": packed("gzip", b"\x1f\x8b" + b"x" * 2000),
    }
    with Server(behaviours) as server:
        server.open("http")
        server.open("other")
        yield server


def fetcher(server: Server, **settings: float) -> Client:
    """Make a fetcher that may use the doors."""
    pairs = tuple(door.pair for door in server.doors.values())
    return Client(ClientSettings(user_agent="enricher/9", allow_private=pairs, **settings))  # type: ignore[arg-type]


def test_validators_go_back_byte_for_byte(server: Server) -> None:
    """Bytes outside of ASCII, a date that is none, a weak mark: nothing is understood, nothing is changed."""
    url = f"http://{server.doors['http'].pair}/feed"
    with fetcher(server) as one:
        document = one.fetch(url).document
        assert document
        one.fetch(url, validators=Validators(document.etag, document.last_modified))
    assert document.content_type == "text/xml"
    assert server.requests[1].headers["if-none-match"] == b'W/"\xe9\xff \\x"'
    assert server.requests[1].headers["if-modified-since"] == b"not a date, but \xe4"
    assert "if-none-match" not in server.requests[0].headers


def test_a_password_goes_to_its_own_origin_alone(server: Server) -> None:
    """As a header, decoded; kept on a redirect within the origin, left out on one to another port or host."""
    url = f"http://me%40home:{NEVER_SHOWN}%3A@{server.doors['http'].pair}"
    with fetcher(server) as one:
        document = one.fetch(f"{url}/home#part").document
        one.fetch(f"{url}/away")
    said = b"Basic " + base64.b64encode(f"me@home:{NEVER_SHOWN}:".encode())
    assert [request.headers.get("authorization") for request in server.requests] == [said, said, said, None]
    assert document
    assert document.url == f"http://{server.doors['http'].pair}/home/end"
    assert NEVER_SHOWN not in repr(document)


def test_headers_of_a_feed_go_to_its_own_origin_alone(server: Server) -> None:
    """In place of ours; not to where a redirect leads."""
    with fetcher(server) as one:
        for path in ("home", "away"):
            one.fetch(f"http://{server.doors['http'].pair}/{path}", headers={"Cookie": "a=b", "user-agent": "Me/1"})
    said = [(request.headers.get("cookie"), request.headers["user-agent"]) for request in server.requests]
    assert said == [(b"a=b", b"Me/1")] * 3 + [(None, b"enricher/9")]


def test_nothing_is_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """Libraries log addresses and headers; theirs are silent even where somebody asks for everything."""
    caplog.set_level(logging.DEBUG)
    with fetcher(server) as one:
        one.fetch(f"http://me:{NEVER_SHOWN}@{server.doors['http'].pair}/feed?key={NEVER_SHOWN}")
        with pytest.raises(FetchError):
            one.fetch(f"http://me:{NEVER_SHOWN}@{server.doors['http'].pair}/busy?key={NEVER_SHOWN}")
    assert NEVER_SHOWN not in caplog.text


@pytest.mark.parametrize("name", ["closes", "breaks"])
def test_a_connection_that_was_closed_meanwhile_is_made_anew(server: Server, name: str) -> None:
    """A server may close what it said it would keep, before the next request or upon it."""
    with fetcher(server) as one:
        for _ in range(2):
            document = one.fetch(f"http://{server.doors['http'].pair}/{name}").document
            assert document
            assert document.body == NEW
    assert server.doors["http"].connections == 2


def test_a_connection_is_used_again(server: Server) -> None:
    """Two documents of one host take one connection."""
    with fetcher(server) as one:
        for _ in range(2):
            assert one.fetch(f"http://{server.doors['http'].pair}/keeps").document
    assert server.doors["http"].connections == 1


def test_a_connection_over_which_nothing_has_changed_is_used_again(server: Server) -> None:
    """Most feeds of a host are unchanged in most runs."""
    with fetcher(server) as one:
        for _ in range(2):
            assert not one.fetch(f"http://{server.doors['http'].pair}/unchanged", validators=Validators('"1"')).document
    assert server.doors["http"].connections == 1


def test_an_answer_that_nobody_asked_for_is_nobody_s(server: Server) -> None:
    """What follows a 304 on its connection costs the connection and is never read."""
    with fetcher(server) as one:
        pair = server.doors["http"].pair
        assert not one.fetch(f"http://{pair}/wordy", validators=Validators('"1"')).document
        document = one.fetch(f"http://{pair}/feed").document
    assert document
    assert document.body == NEW
    assert [request.path for request in server.requests] == ["/wordy", "/feed"]


def test_hosts_that_never_answer_keep_no_other_from_being_asked() -> None:
    """Each costs its own thread alone, however many there are."""
    arrived, over = threading.Semaphore(0), threading.Event()

    def hang(_: Talk) -> None:
        arrived.release()
        over.wait(PATIENCE)

    with Server({"hangs": hang, "feed": answer(200)}) as server, ThreadPoolExecutor(STUCK) as threads:
        pair = server.open("http").pair
        with fetcher(server, deadline=PATIENCE) as one:
            stuck = [threads.submit(one.fetch, f"http://{pair}/hangs/{n}") for n in range(STUCK)]
            try:
                assert all(arrived.acquire(timeout=PATIENCE) for _ in stuck)
                assert one.fetch(f"http://{pair}/feed").document
                assert not any(future.done() for future in stuck)
            finally:
                over.set()


class Turns:
    """Notes which hosts' turns are taken and how each ends; lets `seconds` pass on the clock before each."""

    def __init__(self, clock: Clock | None = None, seconds: float = 0.0) -> None:
        self.clock, self.seconds = clock, seconds
        self.log: list[str] = []
        self.held = 0

    @contextmanager
    def __call__(self, host: str) -> Iterator[None]:
        """Take a turn."""
        if self.clock:
            self.clock.ahead += self.seconds
        self.held += 1
        assert self.held == 1
        try:
            yield
        except FetchError as error:
            self.log.append(f"{host}: {type(error).__name__}")
            raise
        else:
            self.log.append(host)
        finally:
            self.held -= 1


@dataclass
class Clock:
    """A monotonic clock that can be put ahead."""

    ahead: float = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replace the monotonic clock."""
    one, real = Clock(), time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + one.ahead)
    return one


def test_no_host_is_asked_before_its_turn(server: Server) -> None:
    """Where the turn raises, nothing is sent."""

    def busy(host: str) -> AbstractContextManager[None]:
        raise WaitError(f"{host} wants no request yet", 9.0)

    with fetcher(server) as one, pytest.raises(WaitError) as caught:
        one.fetch(f"http://{server.doors['http'].pair}/feed", turn=busy)
    assert caught.value.until == 9.0
    assert not caught.value.asked
    assert server.requests == []


def test_each_hop_takes_the_turn_of_its_own_host() -> None:
    """The first is left before the second is taken, so that two fetches never wait for each other."""
    away = hop(302, "http://B.example:{port[http]}/feed")
    with Server({"away": away, "feed": answer()}) as server:
        port = server.open("http").pair.rpartition(":")[2]
        names = (f"a.example:{port}", f"b.example:{port}")
        turns = Turns()
        with Client(ClientSettings(allow_private=names), resolve=lambda _host, _port: ["127.0.0.1"]) as one:
            fetched = one.fetch(f"http://a.example:{port}/away", turn=turns)
    assert turns.log == ["a.example", "b.example"]
    assert fetched.answer.host == "b.example"


@pytest.mark.parametrize(("name", "error"), [("busy", "AnswerError"), ("broken", "FetchError")])
def test_a_turn_lasts_until_the_answer_is_read(server: Server, name: str, error: str) -> None:
    """Whoever holds it sees a Retry-After before the next request, and a body that breaks off."""
    turns = Turns()
    with fetcher(server) as one, pytest.raises(FetchError):
        one.fetch(f"http://{server.doors['http'].pair}/{name}", turn=turns)
    assert turns.log == [f"127.0.0.1: {error}"]


def test_the_deadline_does_not_count_the_wait_for_a_turn(server: Server, clock: Clock) -> None:
    """A busy host must not make its other feeds time out, at any hop."""
    with fetcher(server, deadline=5.0) as one:
        assert one.fetch(f"http://{server.doors['http'].pair}/away", turn=Turns(clock, 1000.0)).document
    assert clock.ahead == 2000.0


def test_the_deadline_holds_for_all_hops_together(server: Server, clock: Clock) -> None:
    """Each hop has what the ones before it left."""

    def slow(talk: Talk) -> None:
        clock.ahead += 3.0
        hop(302, "http://{http}/slow")(talk)

    server.behaviours = {"slow": slow}
    with fetcher(server, deadline=5.0) as one, pytest.raises(FetchError, match="longer than `timeout`"):
        one.fetch(f"http://{server.doors['http'].pair}/slow")
    assert len(server.requests) <= 2


def test_the_deadline_holds_for_decompressing(server: Server, clock: Clock) -> None:
    """Which may take long, and reads from no socket."""

    def late(talk: Talk) -> None:
        clock.ahead += 9.0
        packed("gzip", gzip.compress(NEW))(talk)

    server.behaviours = {"late": late}
    with fetcher(server, deadline=5.0) as one, pytest.raises(FetchError, match="longer than `timeout`"):
        one.fetch(f"http://{server.doors['http'].pair}/late")


def test_an_answer_that_is_no_document_says_what_it_said(server: Server) -> None:
    """The status and headers go with the error, for the schedule."""
    with fetcher(server) as one, pytest.raises(AnswerError, match="503") as caught:
        one.fetch(f"http://{server.doors['http'].pair}/busy?key={NEVER_SHOWN}")
    assert caught.value.answer.status == 503
    assert caught.value.answer.header("retry-after") == "7"
    assert caught.value.answer.host == "127.0.0.1"
    assert NEVER_SHOWN not in str(caught.value)


def test_the_packed_size_is_bounded_too(server: Server) -> None:
    """A body that unpacks to nothing could go on for ever."""
    with fetcher(server, max_size=1000) as one, pytest.raises(FetchError, match="more than 1,000 bytes"):
        one.fetch(f"http://{server.doors['http'].pair}/large")


UNREADABLE = [
    "http://",
    "http://[::1",
    "http://[x]/",
    "http://]/",
    "http://a b/",
    "http://\u2100/",
    "http://\u2100.test/",
    "ftp://x/",
    "http://x:y/",
    "http://x:99999/",
    "http://\ud800/",
    "http://\ud800@[x]/",
]


@pytest.mark.parametrize("url", [*UNREADABLE, ""])
def test_what_is_no_url_is_an_error_of_ours(server: Server, url: str) -> None:
    """Whatever the libraries raise."""
    with fetcher(server) as one, pytest.raises(FetchError):
        one.fetch(url)


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_redirect_to_what_is_no_url_is_an_error_of_ours(server: Server, url: str) -> None:
    """`http://` alone means the same page again by RFC 3986, and ends with the redirects."""
    location = quote(url, safe="", errors="surrogatepass")
    with fetcher(server) as one, pytest.raises(FetchError):
        one.fetch(f"http://{server.doors['http'].pair}/nowhere/{location}")
    assert {request.path for request in server.requests} == {f"/nowhere/{location}"}


def test_a_password_of_any_characters_raises_nothing_foreign(server: Server) -> None:
    """Such as one that is no UTF-8 in the environment."""
    with fetcher(server) as one:
        assert one.fetch(f"http://me:\udcff@{server.doors['http'].pair}/feed").document


def test_authorities_that_cannot_be_read_are_an_error_of_ours(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE names a file that is not there, or holds no certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    for _ in range(2):
        with fetcher(server) as one, pytest.raises(FetchError, match="SSL_CERT_FILE"):
            one.fetch(f"http://{server.doors['http'].pair}/feed")
        (tmp_path / "authorities.pem").write_text("none", "utf-8")


def test_files_are_read_within_the_bound_and_only_files(tmp_path: Path) -> None:
    """A folder, a device and what is missing are errors that name the configuration."""
    path = tmp_path / "feed.xml"
    path.write_bytes(b"x" * 10)
    assert read_file(str(path), 10).body == b"x" * 10
    with pytest.raises(FetchError, match="max_size"):
        read_file(str(path), 9)
    for bad in (tmp_path, tmp_path / "missing", "/dev/zero"):
        with pytest.raises(FetchError, match="`url` in the configuration"):
            read_file(str(bad), 10)
