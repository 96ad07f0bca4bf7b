"""Compressed bodies: whole within the bounds, and bombs take no more than an honest body may."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.http.decompress import BrokenError, TooLargeError, inflate
from tests.examples import examples
from tests.hostile.answers import gzip_bomb, raw_deflate

if TYPE_CHECKING:
    from collections.abc import Callable

PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
LIMIT = 25_000_000


def test_a_bomb_is_refused_and_takes_no_more_memory_than_an_honest_body() -> None:
    """400 MB in 400 KB: it is left when it is larger than allowed."""
    bomb = gzip_bomb()
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError, match="max_size"):
            inflate(bomb, "gzip", LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 1.5 * LIMIT
    finally:
        tracemalloc.stop()


def test_no_more_members_are_decompressed_than_an_honest_body_has() -> None:
    """A member for each 64 KB, as bgzip writes them; 600,000 empty ones took seconds of CPU and gave nothing."""
    assert inflate(gzip.compress(b"a") * 1000, "gzip", LIMIT) == b"a" * 1000
    with pytest.raises(BrokenError, match="1,000 gzip members"):
        inflate(gzip.compress(b"") * 600_000, "gzip", LIMIT)


def test_whoever_waits_may_end_the_work() -> None:
    """The check is called for every 64 KB that are read."""
    calls = []
    packed = gzip.compress(bytes(range(256)) * 10, 0) * 200
    inflate(packed, "gzip", LIMIT, lambda: calls.append(1))
    assert len(calls) >= 200

    def late() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        inflate(packed, "gzip", LIMIT, late)


@settings(max_examples=examples(60))
@given(st.binary(max_size=300_000), st.sampled_from(sorted(PACKERS)))
def test_what_is_packed_comes_out_as_it_went_in(body: bytes, name: str) -> None:
    """Any bytes, up to the very limit; one byte more is too much."""
    packed = PACKERS[name](body)
    assert inflate(packed, name, len(body)) == body
    if body:
        with pytest.raises(TooLargeError):
            inflate(packed, name, len(body) - 1)


@settings(max_examples=examples(60))
@given(st.binary(min_size=1, max_size=5000), st.sampled_from(sorted(PACKERS)), st.integers(1, 40))
def test_what_is_cut_short_is_never_taken_for_whole(body: bytes, name: str, missing: int) -> None:
    """Some bytes missing at the end: an error, unless so little is left that nothing tells it from a plain body."""
    packed = PACKERS[name](body)
    cut = packed[: max(len(packed) - missing, 0)]
    if len(cut) < 5 or cut[:1] in b"<{[" or cut[:6] == b"WEBVTT":
        return
    with pytest.raises(BrokenError):
        inflate(cut, name, LIMIT)


@settings(max_examples=examples(300))
@given(st.binary(max_size=500), st.sampled_from(["gzip", "deflate", "br", "zstd", "", "x", "gzip, br", "identity"]))
def test_noise_raises_nothing_foreign(body: bytes, name: str) -> None:
    """Whatever is sent under whatever name."""
    for raw in (body, b"\x1f\x8b\x08" + body):
        with suppress(BrokenError, TooLargeError):
            inflate(raw, name, 1000)


def test_deflate_comes_with_and_without_zlibs_header() -> None:
    """The standard wants the header; some servers leave it out."""
    body = b"<rss>" + b"bees " * 50_000 + b"</rss>"
    assert inflate(zlib.compress(body), "deflate", LIMIT) == body
    assert inflate(raw_deflate(body), "deflate", LIMIT) == body


def test_deflate_without_header_is_whole_wherever_a_step_ends() -> None:
    """It has no trailer, so that the last symbols may be read before there is room for what they stand for."""
    for length in range(65530, 65536 + 300):
        body = b"a" * length
        assert inflate(raw_deflate(body), "deflate", LIMIT) == body


def test_a_body_that_is_not_what_its_server_says_is_taken_as_it_is() -> None:
    """Plain under every name, gzip without its name; `identity` is no compression."""
    for name in ("gzip", "deflate", "br", "zstd", "utf-8", "identity", ""):
        assert inflate(b"<rss/>", name, LIMIT) == b"<rss/>"
        assert inflate(b'\xef\xbb\xbf {"a": 1}', name, LIMIT) == b'\xef\xbb\xbf {"a": 1}'
        assert inflate(b"", name, LIMIT) == b""
    assert inflate(gzip.compress(b"<rss/>"), "", LIMIT) == b"<rss/>"
    assert inflate(gzip.compress(b"<rss/>"), "identity, gzip", LIMIT) == b"<rss/>"


@pytest.mark.parametrize("name", ["br", "zstd", "BR"])
def test_what_was_not_asked_for_is_said(name: str) -> None:
    """Rather than be read as a feed that is none."""
    with pytest.raises(BrokenError, match="gzip alone"):
        inflate(bytes(range(128, 256)), name, LIMIT)


def test_packings_of_packings_are_refused() -> None:
    """A bomb in a bomb; no feed needs that."""
    with pytest.raises(BrokenError, match="several times"):
        inflate(gzip.compress(gzip.compress(b"<rss/>")), "gzip, gzip", LIMIT)
