"""When two addresses mean one thing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.urls import audio_key, audio_query, is_web_address, link_key

REAL = "host.example/show/a%20b.mp3"


@pytest.mark.parametrize(
    "url",
    [
        "https://host.example/show/a%20b.mp3",
        "HTTP://WWW.Host.Example:80/show/a%20b.mp3?source=feed#t=1",
        " https://user:pass@host.example/show/a b.mp3 ",
        "https://dts.podtrac.com/redirect.mp3/chrt.fm/track/9EE2G/pdst.fm/e/host.example/show/a%20b.mp3?x=1",
        "https://www.podtrac.com/pts/redirect.mp3/host.example/show/a%20b.mp3",
        "http://www.podtrac.com/pts/redirect.mp3?http://host.example/show/a%20b.mp3",
        "https://media.blubrry.com/bees/host.example/show/a%20b.mp3",
        "https://op3.dev/e/host.example/show/a%20b.mp3",
        "https://op3.dev/e,pg=7a2d292c-8656-5fcf-88d2-31b10e54d7c7/https://host.example/show/a%20b.mp3",
        "https://pscrb.fm/rss/p/mgln.ai/e/1/arttrk.com/p/X/verifi.podscribe.com/rss/p/host.example/show/a%20b.mp3",
        "https://prfx.byspotify.com/e/clrtpod.com/m/swap.fm/track/x/gum.fm/host.example/show/a%20b.mp3",
        "https://track.example/play?url=https%3A%2F%2Fhost.example%2Fshow%2Fa%2520b.mp3",
        "https://anchor.fm/s/1/podcast/play/2/https%3A%2F%2Fhost.example%2Fshow%2Fa%2520b.mp3",
    ],
)
def test_audio_is_the_same_behind_every_tracker(url: str) -> None:
    """The innermost address counts, without scheme, query, port and user."""
    assert audio_key(url) == REAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h.example/1.mp3", "https://h.example/2.mp3"),
        ("https://h.example/a.mp3", "https://h.example/A.mp3"),
        ("https://h.example/get.php?id=1", "https://h.example/get.php?id=2"),
        ("https://h.example/stream?id=1", "https://h.example/stream?id=2"),
        ("https://t.example/r.mp3?http://h.example/ep1", "https://t.example/r.mp3?http://h.example/ep2"),
        ("https://h.example/%E0.mp3", "https://h.example/%E1.mp3"),
        (
            "https://h.example/a.mp3?referrer=https://s.example/x",
            "https://h.example/b.mp3?referrer=https://s.example/x",
        ),
    ],
)
def test_two_files_stay_two(one: str, other: str) -> None:
    """Also where only the query tells them apart."""
    assert audio_key(one) != audio_key(other)


def test_an_address_without_a_file_is_no_evidence() -> None:
    """A host alone, a word, or nothing."""
    for url in ("", "x", "https://h.example", "https://h.example/", "http://[::1"):
        assert audio_key(url) is None


def test_the_query_without_campaigns_parts_files_that_share_a_path() -> None:
    """That of the innermost address."""
    assert audio_query("https://t.example/r.mp3?http://h.example/x.mp3?id=1&utm_source=rss#t") == "id=1"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://n.example/12/", "n.example/12"),
        ("http://www.N.example/12?utm_source=rss&UTM_medium=x#top", "n.example/12"),
        ("https://n.example/?p=5252&utm_source=rss", "n.example/?p=5252"),
        ("https://n.example/caf%c3%a9", "n.example/caf%C3%A9"),
        ("https://n.example/caf\u00e9", "n.example/caf%C3%A9"),
        ("https://n.example/", None),
        ("https://n.example", None),
        ("/12", None),
        ("", None),
    ],
)
def test_links_are_compared_without_what_means_nothing(url: str, key: str | None) -> None:
    """Scheme, www, utm_*, fragment and trailing slash go; other parameters count; a mere host is no page."""
    assert link_key(url) == key


def test_only_absolute_web_addresses_are_links() -> None:
    """With http or https and a host."""
    assert is_web_address("HTTPS://n.example/1")
    for url in (None, "", "/1", "//n.example", "javascript:alert(1)", "mailto:a@n.example", "https://", "http:///x"):
        assert not is_web_address(url)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text() | st.text(alphabet="htps:/.?&=#%3aAF2 xmp\ud800"))
def test_any_text_may_be_an_address(url: str) -> None:
    """Nothing raises, and a key is its own key's spelling."""
    for key in (audio_key, link_key):
        found = key(url)
        assert found is None or found
    assert isinstance(audio_query(url), str)
