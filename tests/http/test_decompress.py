"""Packed bodies: unpacked whole within the bound, and bombs take no memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.http.decompress import BrokenError, TooLargeError, inflate
from tests.hostile.answers import brotli_bomb, gzip_bomb, raw_deflate, zstd_bomb

PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
LIMIT = 25_000_000
FEW_MEGABYTES = 4_000_000


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_a_bomb_is_refused_and_takes_a_few_megabytes_at_most(name: str) -> None:
    """400 MB in at most 400 KB: seen before any of it is kept."""
    bomb = {"gzip": gzip_bomb, "br": brotli_bomb, "zstd": zstd_bomb}[name]()
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError, match="max_size"):
            inflate(bomb, name, LIMIT)
        assert tracemalloc.get_traced_memory()[1] < FEW_MEGABYTES
    finally:
        tracemalloc.stop()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.binary(max_size=300_000), st.sampled_from(sorted(PACKERS)))
def test_what_is_packed_comes_out_as_it_went_in(body: bytes, name: str) -> None:
    """Any bytes, by every packer that we offer, up to the very limit; one byte more is too much."""
    packed = PACKERS[name](body)
    assert inflate(packed, name, len(body)) == body
    if body:
        with pytest.raises(TooLargeError):
            inflate(packed, name, len(body) - 1)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=5000), st.sampled_from(sorted(PACKERS)), st.integers(1, 40))
def test_what_is_cut_short_is_never_taken_for_whole(body: bytes, name: str, missing: int) -> None:
    """Some bytes missing at the end: an error, unless so little is left that nothing tells it from a plain body."""
    packed = PACKERS[name](body)
    cut = packed[: max(len(packed) - missing, 0)]
    if len(cut) < 5 or cut[:1] in b"<{[" or cut[:6] == b"WEBVTT":
        return
    with pytest.raises(BrokenError):
        inflate(cut, name, LIMIT)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary(max_size=500), st.sampled_from(["gzip", "deflate", "br", "zstd", "", "x", "gzip, br", "identity"]))
def test_noise_raises_nothing_foreign(body: bytes, name: str) -> None:
    """Whatever is sent under whatever name."""
    for raw in (body, b"\x1f\x8b\x08" + body, b"\x28\xb5\x2f\xfd" + body):
        with suppress(BrokenError, TooLargeError):
            inflate(raw, name, 1000)


def test_deflate_comes_with_and_without_zlibs_header() -> None:
    """The standard wants the header; some servers leave it out."""
    body = b"<rss>" + b"bees " * 50_000 + b"</rss>"
    assert inflate(zlib.compress(body), "deflate", LIMIT) == body
    assert inflate(raw_deflate(body), "deflate", LIMIT) == body


def test_a_body_that_is_not_what_its_server_says_is_taken_as_it_is() -> None:
    """Plain under every name, gzip without its name; `identity` is no packing."""
    for name in ("gzip", "deflate", "br", "zstd", "utf-8", "identity", ""):
        assert inflate(b"<rss/>", name, LIMIT) == b"<rss/>"
        assert inflate(b'\xef\xbb\xbf {"a": 1}', name, LIMIT) == b'\xef\xbb\xbf {"a": 1}'
        assert inflate(b"", name, LIMIT) == b""
    assert inflate(gzip.compress(b"<rss/>"), "", LIMIT) == b"<rss/>"
    assert inflate(gzip.compress(b"<rss/>"), "identity, gzip", LIMIT) == b"<rss/>"


def test_packings_of_packings_are_refused() -> None:
    """A bomb in a bomb; no feed needs that."""
    with pytest.raises(BrokenError, match="several times"):
        inflate(gzip.compress(gzip.compress(b"<rss/>")), "gzip, gzip", LIMIT)
