"""Splitting, comparing and redacting URLs; nothing raises for any text."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher import redaction
from enricher.redaction import hide, holds_hidden, holds_secret, redact, secrets_of, stable, token_of
from enricher.text import BIDI
from enricher.urls import absolute, audio_key, audio_query, host_of, is_web_address, join, link_key, split
from tests.examples import examples

NEVER_SHOWN = "hunter2hunter2x"
REAL = "host.example/show/a%20b.mp3"
UNREADABLE = [
    "http://[x]/",
    "http://]/",
    "http://[::1",
    "http://\u2100.test/",
    "http://h.example:99999/",
    "http://h.example:y/",
    "https://user:pw@[h.example/a",
]
# What URLs are made of, surrogates and what urllib takes for no host among it.
TEXT = st.text() | st.text(alphabet="htps:/.?&=#%3aAF2 @[]\\\t\u2100xmp${}\ud800")


@pytest.mark.parametrize("url", UNREADABLE)
def test_what_cannot_be_parsed_is_none(url: str) -> None:
    """Where urllib raises, at once or when the port is looked at (C57)."""
    assert split(url) is None
    assert join("https://h.example/", url) is None
    assert join(url, "a.xml") is None
    assert host_of(url) == ""
    assert absolute(url) is None
    assert not is_web_address(url)
    assert redact(url) == "an address that cannot be read"


def test_urls_are_joined_and_split() -> None:
    """As the standard says."""
    assert join("https://h.example/a/b", "../c?d") == "https://h.example/c?d"
    assert host_of("https://me:pw@H.Example:8443/") == "h.example"
    parts = split("https://h.example:8443/a")
    assert parts
    assert (parts.port, parts.path) == (8443, "/a")


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


@pytest.mark.parametrize("character", sorted(BIDI))
@pytest.mark.parametrize("address", ["https://n.example/a{}gpj.exe", "https://{}n.example/", "mailto:a{}@n.example"])
def test_an_address_that_shows_another_is_no_link(address: str, character: str) -> None:
    """Bidirectional controls turn round what a reader sees of it; encoded, they are seen as they are."""
    assert absolute(address.format(character)) is None
    assert absolute("https://n.example/a%E2%80%AEgpj.exe") == "https://n.example/a%E2%80%AEgpj.exe"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://user:hunter2@feeds.example/show.xml", "https://feeds.example/show.xml"),
        ("https://feeds.example/show?token=hunter2&page=2#hunter2", "https://feeds.example/show?token=…&page=…"),
        ("https://feeds.example/show?hunter2", "https://feeds.example/show?…"),
        ("https://feeds.example:8443/a", "https://feeds.example:8443/a"),
        ("http://hunter2@[::1]:8000/a", "http://[::1]:8000/a"),
        ("//user:hunter2@feeds.example/a", "//feeds.example/a"),
        ("user:hunter2@feeds.example/a", "an address that cannot be read"),
        ("hunter2@feeds.example/a", "feeds.example/a"),
        ("weird:user:hunter2@host", "an address that cannot be read"),
        ("https://user:hunter2@[feeds.example/a", "an address that cannot be read"),
        ("https://user:hunter2@feeds.example:99999/a", "an address that cannot be read"),
        ("https://feeds.example/${TOKEN}/rss", "https://feeds.example/…/rss"),
        ("https://feeds.example/8f14e45fceea167a5a36dedd4bea2543/rss", "https://feeds.example/…/rss"),
        ("https://feeds.example/private/ac0f2a1e-5a0c-4f0e-9b1d-0123456789ab", "https://feeds.example/private/…"),
        (
            "https://lexfridman.com/feed/podcast/episode-333-andrej",
            "https://lexfridman.com/feed/podcast/episode-333-andrej",
        ),
        ("https://op3.dev/e/https://user:hunter2@feeds.example/a.mp3", "https://op3.dev/e/https://feeds.example/a.mp3"),
        (" https://user:hunter2@feeds.example/a#hunter2", "https://feeds.example/a"),
        ("hearts user:hunter2@feeds.example", "feeds.example"),
        ("me@home.xml", "me@home.xml"),
        ("https://feeds.example/rss/aB3-_x9Zk-4fQw82mV_c/show", "https://feeds.example/rss/…/show"),
        ("https://feeds.example/rss/ab12-cd34-ef56-gh78", "https://feeds.example/rss/…"),
        ("https://feeds.example/rss;key=hunter2/a&token=hunter2", "https://feeds.example/rss;key=…/a&token=…"),
        ("https://feeds.example/token=hunter2~x/a.mp3", "https://feeds.example/token=…/a.mp3"),
        ("https://feeds.example/s2e03-the-year-of-bees", "https://feeds.example/s2e03-the-year-of-bees"),
        ("https://me.supercast.com/feeds/hunter2/rss", "https://me.supercast.com/…"),
        ("/srv/feeds/show.xml", "/srv/feeds/show.xml"),
        ("shows/one.xml", "shows/one.xml"),
        ("file:///srv/show.xml", "file:///srv/show.xml"),
    ],
)
def test_what_is_shown_of_an_address_holds_no_secret(address: str, shown: str) -> None:
    """User names, passwords, query values, fragments and tokens go; what tells the address from others stays."""
    assert redact(address) == shown
    assert redact(redact(address)) == shown


def test_hidden_values_go_wherever_they_stand() -> None:
    """A value that came from `${NAME}` is left out of path and host too, raw or percent-encoded."""
    hide(["swordfish", "pass word/1", "abc"])
    assert redact("https://feeds.example/swordfish/rss") == "https://feeds.example/…/rss"
    assert "word" not in redact("https://feeds.example/" + quote("pass word/1", safe="") + "/rss")
    assert redact("https://feeds.example/abc") == "https://feeds.example/abc"


def test_a_secret_is_seen_in_the_configuration() -> None:
    """Userinfo and `${NAME}` are secrets; an @ in a path is none."""
    assert holds_secret("https://a:b@feeds.example/")
    assert holds_secret("https://feeds.example/?t=${TOKEN}")
    for tail in ("?auth=x", "?page=1&authToken=x", ";key=x", "/a&token=x", "?X-Amz-Signature=x", "?api_key=x", "#x"):
        assert holds_secret(f"https://feeds.example/rss{tail}"), tail
    for host in (
        *(
            "www.patreon.com/rss/a",
            "feeds.supercast.tech/feeds/a",
            "a.supportingcast.fm/content/a",
            "a.memberful.com/rss/1",
        ),
        *("api.substack.com/feed/podcast/1/private/a.rss", "access.acast.com/rss/a/b"),
    ):
        assert holds_secret(f"https://{host}"), host
    for public in (
        *(
            "feeds.acast.com/public/shows/63f7c6e9a6a5c40011c1d2e3",
            "api.substack.com/feed/podcast/1.rss",
            "www.patreon.com",
        ),
        *("a.example/?id=8f14e45fceea167a5a36dedd4bea2543&format=rss", "a.example/?keyword=b&author=c&design=d&auth="),
    ):
        assert not holds_secret(f"https://{public}"), public
    assert not holds_secret("https://feeds.example/@show")
    assert not holds_secret("shows/me@home.xml")


def test_the_token_of_a_private_feed_stays_and_nobody_guesses_it() -> None:
    """It depends on the name and the secret, or the URL where there is none."""
    token = token_of("show", "https://h.example/a", "secret")
    assert len(token) == 32
    assert token == token_of("show", "https://h.example/b", "secret")
    assert len({token, token_of("other", "", "secret"), token_of("show", "https://h.example/a", "")}) == 3


@settings(max_examples=examples(300))
@given(TEXT)
def test_no_text_raises(url: str) -> None:
    """In any function; a key is never empty."""
    for key in (audio_key, link_key):
        found = key(url)
        assert found is None or found
    for function in (split, host_of, absolute, is_web_address, audio_query, redact, holds_secret):
        function(url)
    join(url, url)
    join("https://h.example/", url)
    token_of(url, url, url)


@settings(max_examples=examples(100))
@given(TEXT)
def test_any_value_can_be_hidden(value: str) -> None:
    """Such as one that is no UTF-8 in the environment."""
    before = set(redaction._hidden)  # noqa: SLF001 the values are hidden for the whole process
    try:
        hide([value])
        assert len(value) < 4 or value not in redact(f"https://h.example/{value}/a")
    finally:
        redaction._hidden.clear()  # noqa: SLF001
        redaction._hidden.update(before)  # noqa: SLF001


@settings(max_examples=examples(500))
@given(TEXT, TEXT)
def test_no_password_and_no_query_value_is_ever_shown(before: str, after: str) -> None:
    """Whatever stands around them, an unreadable scheme or another URL's path."""
    for scheme in ("https://", "http:", "//", ""):
        assert NEVER_SHOWN not in redact(f"{before}{scheme}user:{NEVER_SHOWN}@feeds.example/{after}")
    assert NEVER_SHOWN not in redact(f"https://feeds.example/?{quote(before, errors='replace')}={NEVER_SHOWN}")
    assert redact(redact(before)) == redact(before)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://cdn.example/1.mp3?token=0&expires=7", "https://cdn.example/1.mp3"),
        (
            "https://cdn.example/1.mp3?id=1&Expires=7&Signature=a%3D&Key-Pair-Id=b&x=2",
            "https://cdn.example/1.mp3?id=1&x=2",
        ),
        ("https://cdn.example/1.mp3?X-Amz-Date=1&X-Amz-Signature=2&id=3", "https://cdn.example/1.mp3?id=3"),
        ("https://cdn.example/hdnts=exp=1~hmac=2/1.mp3", "https://cdn.example/1.mp3"),
        (
            "https://t.example/r.mp3?https://cdn.example/1.mp3?token=1",
            "https://t.example/r.mp3?https://cdn.example/1.mp3",
        ),
        ("https://cdn.example/1.mp3?id=1&&x#t=1", "https://cdn.example/1.mp3?id=1&&x#t=1"),
    ],
)
def test_what_changes_at_every_fetch_is_left_out_of_an_identity(address: str, kept: str) -> None:
    """C8: signatures, tokens and until when they hold; all else stays to the letter."""
    assert stable(address) == kept


def test_a_hidden_value_is_found_as_a_word_of_its_own() -> None:
    """In a URL, in quotes; not inside of another word."""
    hide(secrets_of("https://me:hunter2seven@feeds.example/rss?auth=sw0rd-fish"))
    assert holds_hidden('<link href="https://feeds.example/?auth=sw0rd-fish"/>')
    assert holds_hidden("hunter2seven")
    assert not holds_hidden("xsw0rd-fish sw0rd-fishes")


def test_a_password_that_is_a_word_takes_no_sentence_away() -> None:
    """Letters alone count where an address or a header has its values: another feed's title may say the word."""
    hide(secrets_of("https://me:sunshine@feeds.example/rss"))
    assert not holds_hidden("<title>Walking on sunshine</title> <title>sunshine</title>")
    assert holds_hidden("https://me:sunshine@feeds.example/rss")
    assert holds_hidden("https://t.example/?u=https%3A%2F%2Fme%3Asunshine%40feeds.example")
    assert holds_hidden("https://feeds.example/?key=sunshine")
