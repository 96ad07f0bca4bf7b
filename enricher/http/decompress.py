"""Decompress response bodies within a bound of size and of work."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from enricher.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

# Asked for alone: brotli and zstd save little of a feed beside gzip, and each is a decoder more that has to be bounded.
ACCEPTED = "gzip"
"""The value of Accept-Encoding."""
_GZIP = b"\x1f\x8b"
_STEP = 65536
# bgzip writes a member for each 64 KB. 600,000 empty members, 12 MB, took 7 s of CPU that no other limit sees.
_MEMBERS = 1000
_UNASKED = {"br", "zstd", "compress"}


class BrokenError(FetchError):
    """The body is cut short or not compressed as its server says."""


class TooLargeError(FetchError):
    """The body is larger than allowed."""


def inflate(raw: bytes, encoding: str, limit: int, check: Callable[[], object] = lambda: None) -> bytes:
    """Decompress a body by its Content-Encoding (https://www.rfc-editor.org/rfc/rfc9110#section-8.4).

    `check` is called for every 64 KB and may raise, such as where a deadline has passed. What is not compressed though
    its server says so is returned as it is. Raises BrokenError, TooLargeError.
    """
    names = [name for name in encoding.lower().replace("x-gzip", "gzip").replace(" ", "").split(",") if name]
    names = [name for name in names if name != "identity"]
    if len(names) > 1:
        raise BrokenError("is compressed several times over, which no feed needs")
    is_text = raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"<", b"{", b"[", b"WEBVTT"))
    if raw.startswith(_GZIP):  # some servers send a .gz file and do not say so
        wbits = 31
    elif names == ["deflate"] and raw:  # from servers that compress whatever is asked for
        # The standard wants zlib's header; some servers leave it out, as old browsers did want.
        wbits = 15 if raw[0] & 15 == zlib.DEFLATED and int.from_bytes(raw[:2]) % 31 == 0 else -15
    elif names and names[0] in _UNASKED and raw and not is_text:
        raise BrokenError(f"is compressed with {names[0]}, though {ACCEPTED} alone was asked for")
    else:
        return raw
    try:
        return _unzip(raw, wbits, limit, check)
    except (zlib.error, BrokenError) as error:
        if is_text:
            return raw
        why = str(error) if isinstance(error, BrokenError) else "it is damaged"
        raise BrokenError(f"cannot be decompressed: {why}") from None


def _unzip(raw: bytes, wbits: int, limit: int, check: Callable[[], object]) -> bytes:
    """Decompress in steps, since a bomb of 400 KB gives 400 MB at once; what follows the last member is ignored."""
    body, place = bytearray(), 0
    for _ in range(_MEMBERS):
        unpacker = zlib.decompressobj(wbits)
        while not unpacker.eof:
            check()
            data = raw[place : place + _STEP]
            place += len(data)
            if not data:
                # Raw deflate has no trailer: its last symbols may wait for room though all of it was read.
                tail = unpacker.flush()
                if not tail:
                    raise BrokenError("it is cut short")
                body += tail
            while data and not unpacker.eof and len(body) <= limit:
                body += unpacker.decompress(data, _STEP)
                data = unpacker.unconsumed_tail
            if len(body) > limit:
                raise TooLargeError(f"has more than {limit:,} bytes decompressed; raise `max_size` if that is right")
        place -= len(unpacker.unused_data)
        if not raw.startswith(_GZIP, place):
            return bytes(body)
    raise BrokenError(f"it has more than {_MEMBERS:,} gzip members")
