"""`enricher serve`: the output folder over real sockets, with types, validators and ranges; nothing beside it."""

from __future__ import annotations

import re
import signal
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from enricher.serve import span_of
from tests.workshop import Workshop

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "show.xml": b"<rss/>",
    "index.html": b"<p>All shows",
    "feeds.opml": b"<opml/>",
    "style-01.css": b"p {}",
    "page-01.js": b"//",
    "show/index.html": b"<p>The show",
    "show/a b.html": b"<p>\xc3\xa9",
    "show/chapters/0123456789abcdef.json": b"{}",
    "show/transcripts/0123456789abcdef.vtt": b"WEBVTT",
    "show/search/pagefind-entry.json": b"{}",
    "show/search/wasm.en.pagefind": b"\0",
    ".enricher-00": b"half a file",
    "show/.hidden": b"x",
}


@dataclass
class Served:
    """The program at work on a folder."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str]


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Start it on any free port, and end it as Ctrl-C does."""
    shop = Workshop(folder)
    shop.add_feed("show", "show.xml")
    shop.add_feed("other", "other.xml")
    shop.write_config()
    process = shop.start("serve", "--port", "0")
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline(), process.stdout.readline()]
        found = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
        assert found, (lines, process.poll())
        yield Served(process, found[0], lines)
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a folder of one file of each kind."""
    folder = tmp_path_factory.mktemp("serve")
    for name, body in FILES.items():
        path = folder / "public" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (folder / "public" / "out.html").symlink_to(folder / "config.toml")
    with serving(folder) as served:
        yield served


def get(served: Served, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask once."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, f"{served.address}{path}", headers=names)


def raw(served: Served, target: str) -> bytes:
    """Ask for a target that no client would ask for as it stands; return the answer's first line."""
    host, port = served.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return connection.makefile("rb").readline()


def test_it_prints_where_it_is_and_each_shows_page(served: Served) -> None:
    """Of those that have one, and nothing more until it ends."""
    assert served.lines[1:] == [f"show: {served.address}/show/\n"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/show.xml", "application/rss+xml; charset=UTF-8"),
        ("/show/chapters/0123456789abcdef.json", "application/json+chapters"),
        ("/show/search/pagefind-entry.json", "application/json"),
        ("/show/transcripts/0123456789abcdef.vtt", "text/vtt; charset=UTF-8"),
        ("/show/index.html", "text/html; charset=UTF-8"),
        ("/style-01.css", "text/css; charset=UTF-8"),
        ("/page-01.js", "text/javascript; charset=UTF-8"),
        ("/feeds.opml", "text/x-opml; charset=UTF-8"),
        ("/show/search/wasm.en.pagefind", "application/octet-stream"),
    ],
)
def test_each_file_has_its_type(served: Served, path: str, kind: str) -> None:
    """As apps and browsers want it, for pages of any origin; HEAD says the same and sends nothing."""
    answer = get(served, path)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, kind, FILES[path[1:]])
    assert answer.headers["access-control-allow-origin"] == "*"
    head = get(served, path, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "last-modified"):
        assert head.headers[name] == answer.headers[name]


def test_a_folder_is_its_index(served: Served) -> None:
    """Without a slash it is elsewhere, lest its links lead beside it; blanks in names are escaped."""
    assert get(served, "/").content == FILES["index.html"]
    assert get(served, "/show/?q=1#x").content == FILES["show/index.html"]
    moved = get(served, "/show")
    assert (moved.status_code, moved.headers["location"]) == (301, "/show/")
    assert get(served, "/show/a%20b.html").content == FILES["show/a b.html"]
    assert get(served, "/show/chapters/").status_code == 404


def test_what_a_client_has_is_not_sent_again(served: Served) -> None:
    """By ETag, else by date."""
    first = get(served, "/show.xml").headers
    for headers in (
        {"if_none_match": first["etag"]},
        {"if_none_match": f'"other", W/{first["etag"]}'},
        {"if_none_match": "*"},
        {"if_modified_since": first["last-modified"]},
    ):
        answer = get(served, "/show.xml", **headers)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", first["etag"])
    for headers in (
        {"if_none_match": '"other"'},
        {"if_none_match": '"other"', "if_modified_since": first["last-modified"]},
        {"if_modified_since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"if_modified_since": "once"},
    ):
        assert get(served, "/show.xml", **headers).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ("bytes=0-2", 206, b"<rs"),
        ("bytes=2-", 206, b"ss/>"),
        ("bytes=-2", 206, b"/>"),
        ("bytes=-99", 206, b"<rss/>"),
        ("bytes=4-99", 206, b"/>"),
        ("bytes=6-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=3-2", 200, b"<rss/>"),
        ("bytes=0-1,3-4", 200, b"<rss/>"),
        ("words=1-2", 200, b"<rss/>"),
        ("bytes=-", 200, b"<rss/>"),
    ],
)
def test_a_part_can_be_had(served: Served, wanted: str, status: int, body: bytes) -> None:
    """Players seek by ranges; what is no range, or several, is the whole."""
    answer = get(served, "/show.xml", range=wanted)
    assert (answer.status_code, answer.content) == (status, body)
    if status == 206:
        first = b"<rss/>".index(body)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(body) - 1}/6"
    elif status == 416:
        assert answer.headers["content-range"] == "bytes */6"


def test_a_part_of_another_version_is_not_mixed_in(served: Served) -> None:
    """If-Range that does not fit gives the whole."""
    etag = get(served, "/show.xml").headers["etag"]
    assert get(served, "/show.xml", range="bytes=0-2", if_range=etag).status_code == 206
    assert get(served, "/show.xml", range="bytes=0-2", if_range='"old"').status_code == 200


def test_an_empty_file_has_no_part() -> None:
    """Not even its first byte."""
    assert span_of("bytes=0-", 0) == ()
    assert span_of("bytes=-5", 0) == ()
    assert span_of(None, 0) is None


@pytest.mark.parametrize(
    "target",
    [
        "/../config.toml",
        "/show/../../config.toml",
        "/%2e%2e/config.toml",
        "/..%2fconfig.toml",
        "/show/..%5c..%5cconfig.toml",
        "/.enricher-00",
        "/%2eenricher-00",
        "/show/.hidden",
        "/out.html",
        "/show.xml%00.html",
        "/nothing",
        "//etc/passwd",
        "/show.xml/x",
        "/" + "a" * 5000,
        "/\u00e9".encode().decode("latin-1"),
    ],
)
def test_nothing_else_is_served(served: Served, target: str) -> None:
    """Nothing outside of the folder, nothing that leads out of it, no lock and no half-written file."""
    assert raw(served, target).split()[1:2] == [b"404"]


def test_what_is_no_reading_is_refused(served: Served) -> None:
    """Nothing is written by it."""
    for method in ("POST", "PUT", "DELETE"):
        assert get(served, "/show.xml", method).status_code == 501
    assert raw(served, "nonsense").split()[1:2] == [b"404"]


def test_a_client_that_hangs_up_ends_nothing(served: Served) -> None:
    """Nor is it told."""
    host, port = served.address.removeprefix("http://").split(":")
    for said in (b"", b"GET", b"GET /show.xml HTTP/1.1\r\n", b"\0\0\0\r\n\r\n"):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(said)
    assert get(served, "/show.xml").status_code == 200


def test_what_cannot_be_served_is_said_in_a_line(tmp_path: Path) -> None:
    """No output folder yet; a port that is taken."""
    shop = Workshop(tmp_path)
    shop.add_feed("show", "show.xml")
    shop.write_config()
    done = shop.call("serve")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{shop.output}: nothing is published yet; say: enricher run\n"
    shop.output.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = shop.call("serve", "--port", str(port))
    assert done.returncode == 1
    assert (
        done.stderr
        == f"cannot listen on 127.0.0.1:{port}: Address already in use; name another with --port or --host\n"
    )
