"""What may be shown of an address."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.secrets import hide, holds_secret, redact

NEVER_SHOWN = "hunter2hunter2x"


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
    assert not holds_secret("https://feeds.example/@show")
    assert not holds_secret("shows/me@home.xml")


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_text_raises(before: str, after: str) -> None:
    """Any text gives something that can be shown, and the password of an https address never comes out."""
    redact(before + after)
    assert NEVER_SHOWN not in redact(f"https://user:{NEVER_SHOWN}@feeds.example/{after}")
    assert NEVER_SHOWN not in redact(f"https://feeds.example/?{quote(before)}={NEVER_SHOWN}")
