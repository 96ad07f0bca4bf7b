"""The words of pages and notes: whole in every language, and the language that a feed names found."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from enricher.model.feed import FeedConfig
from enricher.translations import LANGUAGES, day_of, direction, language_tag, words_for

LABEL = FeedConfig("show", "/f", "https://feeds.example").label


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_word(language: str) -> None:
    """Each once, months and date too; the label says who and that it is not the publisher."""
    words, english = words_for(language), words_for("en")
    assert words.language == language
    assert words.table.keys() == english.table.keys()
    assert all(words.table.values())
    assert len(set(words.table["months"])) == 12
    assert words.label(LABEL).count("{source}") == 1
    assert words.label("Mine, {source}") == "Mine, {source}"
    assert len({words.date(dt.date(2024, month, 31 - 3 * (month == 2) - 1)) for month in range(1, 13)}) == 12
    assert re.search(r"\b7\b.*\b2024\b|2024\D.*7\D?", words.date(dt.date(2024, 3, 7)))
    if language != "en":
        assert words["chapters"] != english["chapters"]


@pytest.mark.parametrize(
    ("said", "words", "tag"),
    [
        ("en-US", "en", "en-US"),
        ("de_AT", "de", "de-AT"),
        ("PT-br", "pt", "PT-br"),
        ("no", "nb", "no"),
        ("nn-NO", "nb", "nn-NO"),
        ("iw", "he", "iw"),
        ("zh-cn", "zh", "zh-cn"),
        ("zh-TW", "zh-hant", "zh-TW"),
        ("zh-Hant-HK", "zh-hant", "zh-Hant-HK"),
        ("fi", "en", "fi"),
        ("English", "en", ""),
        ('"><script>', "en", ""),
        ("", "en", ""),
        (" de ", "de", "de"),
    ],
)
def test_the_language_of_a_feed(said: str, words: str, tag: str) -> None:
    """As feeds write it; English words where no table is its."""
    assert words_for(said).language == words
    assert language_tag(said) == tag


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("fa", "rtl"),
        ("az-Arab", "rtl"),
        ("ku-Latn", "ltr"),
        ("ur-Latn", "ltr"),
        ("de", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_direction_of_a_language(language: str, way: str) -> None:
    """By the language, or by the script that it names."""
    assert direction(language) == way


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(10, ""), (60, "1\u00a0min"), (3600, "1\u00a0h"), (12_880, "3\u00a0h 35\u00a0min"), (3599, "1\u00a0h")],
)
def test_lengths(seconds: float, said: str) -> None:
    """In hours and minutes."""
    assert words_for("en").length(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "day"),
    [
        (0, dt.date(1970, 1, 1)),
        (-1, dt.date(1969, 12, 31)),
        (None, None),
        (1e18, None),
        (float("nan"), None),
        (-1e12, None),
    ],
)
def test_days(seconds: float | None, day: dt.date | None) -> None:
    """Of times that a calendar has."""
    assert day_of(seconds) == day
