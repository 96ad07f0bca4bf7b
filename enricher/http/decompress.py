"""Bodies as servers pack them to plain bytes, within a bound: a bomb is seen before it is unpacked."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import zstandard

from enricher.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

try:
    import brotli
except ImportError:  # pragma: no cover
    brotli = None

_STEP = 65536
_ZSTD_STEP = 32  # every 4 bytes may be a block of 128 KB
_ZSTD_WINDOW = 8 * 1024 * 1024  # https://www.rfc-editor.org/rfc/rfc9659
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_PLAIN = {"", "identity"}

OFFERED = "gzip, deflate, br, zstd" if brotli else "gzip, deflate, zstd"
"""What a server may pack with; the value of Accept-Encoding."""


class BrokenError(FetchError):
    """A body that is cut short or is not what its server says."""


class TooLargeError(FetchError):
    """A body that is larger than allowed."""


def inflate(raw: bytes, encoding: str, limit: int) -> bytes:
    """Unpack a body by its Content-Encoding (https://www.rfc-editor.org/rfc/rfc9110#section-8.4).

    It is unpacked twice: first only counted, so that memory is taken for bodies of at most `limit` bytes and never for
    bombs. What is not packed as the server says is given as it is. Raises BrokenError, TooLargeError.
    """
    unpack = _chosen(raw, encoding)
    if unpack is None:
        return raw
    size = 0
    try:
        for piece in unpack(raw):
            size += len(piece)
            if size > limit:
                raise TooLargeError(f"unpacks to more than {limit:,} bytes; raise `max_size` if that is right")
    except _errors() as error:
        if _is_text(raw):
            return raw
        raise BrokenError("cannot be unpacked: it is damaged or cut short") from error
    body = bytearray()
    for piece in unpack(raw):
        body += piece
    return bytes(body)


def _chosen(raw: bytes, encoding: str) -> Callable[[bytes], Iterator[bytes]] | None:
    """Give what unpacks a body; None where it is plain, whatever its server says of it."""
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name.removeprefix("x-") for name in names if name not in _PLAIN]
    if len(names) > 1:
        raise BrokenError("is packed several times over, which no feed needs")
    if raw.startswith(_GZIP):
        return _gunzip
    name = names[0] if names else ""
    if name == "zstd" and raw.startswith(_ZSTD):
        return _unzstd
    if name == "br" and brotli and raw:
        return _unbrotli
    if name == "deflate" and raw:
        return _undeflate
    return None


def _errors() -> tuple[type[Exception], ...]:
    return (zlib.error, zstandard.ZstdError, BrokenError, *((brotli.error,) if brotli else ()))


def _is_text(raw: bytes) -> bool:
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:6]
    return start[:1] in {b"<", b"{", b"["} or start == b"WEBVTT"


def _gunzip(raw: bytes) -> Iterator[bytes]:
    """Unpack gzip, members one after another; what follows the last is ignored."""
    place = 0
    while raw[place : place + 2] == _GZIP:
        place = yield from _zlib_pieces(raw, place, 31)


def _undeflate(raw: bytes) -> Iterator[bytes]:
    """Unpack deflate, with zlib's header as the standard wants it, or without as some servers send it."""
    has_header = len(raw) > 1 and raw[0] & 15 == zlib.DEFLATED and (raw[0] << 8 | raw[1]) % 31 == 0
    yield from _zlib_pieces(raw, 0, 15 if has_header else -15)


def _zlib_pieces(raw: bytes, place: int, wbits: int) -> Generator[bytes, None, int]:
    """Unpack one stream in bounded pieces; give the place behind it."""
    unpacker = zlib.decompressobj(wbits=wbits)
    while not unpacker.eof:
        data = raw[place : place + _STEP]
        if not data:
            raise BrokenError("is cut short")
        place += len(data)
        while data and not unpacker.eof:
            yield unpacker.decompress(data, _STEP)
            data = unpacker.unconsumed_tail
    return place - len(unpacker.unused_data)


def _unzstd(raw: bytes) -> Iterator[bytes]:
    """Unpack zstd, frames one after another."""
    view, place = memoryview(raw), 0
    while raw[place : place + 4] == _ZSTD:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        while not unpacker.eof:
            if place >= len(raw):
                raise BrokenError("is cut short")
            step = view[place : place + _ZSTD_STEP]
            yield unpacker.decompress(step)
            place += len(step)
        place -= len(unpacker.unused_data)


def _unbrotli(raw: bytes) -> Iterator[bytes]:
    unpacker, piece = brotli.Decompressor(), b""
    for start in range(0, len(raw), _STEP):
        data = raw[start : start + _STEP]
        while data or piece or not unpacker.can_accept_more_data():
            piece = unpacker.process(data, output_buffer_limit=_STEP)
            yield piece
            data = b""
            if unpacker.is_finished():
                return
    raise BrokenError("is cut short")
