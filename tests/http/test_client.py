"""What is sent and what is taken in: validators, passwords, connections, files, settings."""

from __future__ import annotations

import base64
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from enricher.errors import FetchError
from enricher.http.asking import AnswerError, FetchSettings, Validators, WaitError
from enricher.http.client import Fetcher
from enricher.http.files import read_file
from tests.hostile.answers import NEW, answer, head, hop, packed
from tests.hostile.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        "large": packed("gzip", b"\x1f\x8b" + b"x" * 2000),
    }
    with Server(behaviours) as server:
        server.open("http")
        server.open("other")
        yield server


def fetcher(server: Server, **settings: float) -> Fetcher:
    """Make a fetcher that may use the doors."""
    pairs = tuple(door.pair for door in server.doors.values())
    return Fetcher(FetchSettings(user_agent="enricher/9", allow_private=pairs, **settings))  # type: ignore[arg-type]


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


def test_a_host_that_wants_to_be_left_alone_is_not_asked_even_by_a_redirect(server: Server) -> None:
    """The caller knows the hosts; the fetcher asks at every hop."""
    with fetcher(server) as one, pytest.raises(WaitError) as caught:
        one.fetch(f"http://{server.doors['http'].pair}/feed", now=5.0, wait=lambda host: 9.0 if host else 0.0)
    assert caught.value.until == 9.0
    assert server.requests == []


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


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1", "http://a b/", "http://\u2100/", "ftp://x/", "http://x:y/", "", "http://\ud800/"]
)
def test_what_is_no_url_is_an_error_of_ours(server: Server, url: str) -> None:
    """Nothing foreign comes out of the room."""
    with fetcher(server) as one, pytest.raises(FetchError):
        one.fetch(url)


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
