"""What the hostile server says: feeds, and the pieces that its behaviours are made of."""

from __future__ import annotations

import gzip
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.server import Talk

    Behaviour = Callable[[Talk], None]

ETAG = b'"one"'


def feed(*guids: int, title: str = "The Show", more: str = "") -> bytes:
    """Make a feed of items with these guids."""
    items = "".join(
        f"<item><title>Episode {guid}</title><guid isPermaLink='false'>show-{guid}</guid>"
        f"<enclosure url='https://cdn.example/{guid}.mp3' length='1' type='audio/mpeg'/></item>"
        for guid in guids
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{more}{items}</channel></rss>'.encode()


GOOD = feed(4, 3, 2, 1)
NEW = feed(5, 4, 3, 2, 1)
PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form>Your password</form></body></html>"
MEGABYTE = b"\0" * 1_000_000


def head(status: int | str = 200, *headers: str, version: str = "1.1") -> bytes:
    """Write a status line and headers."""
    reason = "" if isinstance(status, str) else " Whatever"
    lines = [f"HTTP/{version} {status}{reason}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def answer(status: int = 200, *headers: str, body: bytes = NEW) -> Behaviour:
    """Answer as a good server would."""
    return lambda talk: _send(talk, head(status, *headers, f"Content-Length: {len(body)}") + body)


def raw(*pieces: bytes) -> Behaviour:
    """Send bytes as they are, then hang up."""
    return lambda talk: _send(talk, b"".join(pieces))


def _send(talk: Talk, data: bytes) -> None:
    talk.send(data)


def hop(status: int, target: str, then: Behaviour | None = None) -> Behaviour:
    """Redirect to a target and serve what stands at `end`; {http}, {tls}, {trap} are the doors' pairs."""

    def behave(talk: Talk) -> None:
        if talk.rest == "end":
            (then or answer())(talk)
            return
        doors = {name: door.pair for name, door in talk.server.doors.items()}
        location = target.format(name=talk.name, port={k: v.rpartition(":")[2] for k, v in doors.items()}, **doors)
        talk.send(
            head(status).removesuffix(b"\r\n") + b"Location: " + location.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        )

    return behave


def hops(count: int) -> Behaviour:
    """Redirect so many times, then serve the feed."""

    def behave(talk: Talk) -> None:
        done = int(talk.rest or 0)
        if done == count:
            answer()(talk)
        else:
            talk.send(head(302, f"Location: /{talk.name}/{done + 1}", "Content-Length: 0"))

    return behave


def then_silence(*pieces: bytes) -> Behaviour:
    """Send something, then nothing more, and keep the connection."""

    def behave(talk: Talk) -> None:
        talk.send(b"".join(pieces))
        talk.hung_up()

    return behave


def then_reset(*pieces: bytes) -> Behaviour:
    """Send something, then break off."""

    def behave(talk: Talk) -> None:
        talk.send(b"".join(pieces))
        talk.reset()

    return behave


def dripping(first: bytes, pieces: Callable[[], Iterator[bytes]]) -> Behaviour:
    """Send something, then a piece at a time for as long as the client listens."""

    def behave(talk: Talk) -> None:
        talk.send(first)
        talk.drip(pieces())

    return behave


def flooding(first: bytes, piece: bytes) -> Behaviour:
    """Send something, then the same piece without end."""

    def behave(talk: Talk) -> None:
        talk.send(first)
        while talk.send(piece):
            pass

    return behave


def packed(name: str, body: bytes) -> Behaviour:
    """Answer with a packed body."""
    return answer(200, f"Content-Encoding: {name}", body=body)


def chunks(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Write a chunked body."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


def raw_deflate(body: bytes) -> bytes:
    """Pack without zlib's header, as some servers understand `deflate`."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def gzip_bomb() -> bytes:
    """Pack 400 MB into 400 KB: a megabyte, packed once, stands there 400 times."""
    packer, check = zlib.compressobj(9, wbits=-15), 0
    block = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)  # refers to nothing before it
    for _ in range(400):
        check = zlib.crc32(MEGABYTE, check)
    end = packer.flush() + struct.pack("<II", check, 400 * len(MEGABYTE))
    return gzip.compress(b"", mtime=0)[:10] + 400 * block + end


GZIPPED = gzip.compress(NEW)
