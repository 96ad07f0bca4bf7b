"""Which names mean one show."""

from __future__ import annotations

import pytest

from enricher.matching.shows import show_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Bee Podcast", "bee"),
        ("Bee", "bee"),
        ("Bee (MP3)", "bee"),
        ("Bee [HD] (Video)", "bee"),
        ("Bee （Video）", "bee"),
        ("(Bee)", "bee"),
        ("Bee: The Podcast", "bee"),
        ("Notes from the Bee Podcast Network", "notes from the bee podcast network"),
        ("\U0001f41d", ""),
        ("Podcast", "podcast"),
        ("The The", "the"),
        ("The Daily", "daily"),
        ("", ""),
    ],
)
def test_show_names_differ_by_more_than_the_and_podcast(name: str, key: str) -> None:
    """Nothing else is left out, so a daily edition is another show."""
    assert show_key(name) == key


def test_the_key_of_a_show_fits_the_stores_column() -> None:
    """PostgreSQL refuses longer ones; NFKC and case folding may lengthen a name eighteen times."""
    assert len(show_key("\ufdfa" * 5000)) <= 1000
