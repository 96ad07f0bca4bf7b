"""The few words that pages and notes say themselves, in the feed's language: data in translations.toml."""

from __future__ import annotations

import datetime as dt
import pkgutil
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache

from enricher.model.feed import FeedConfig

_TABLES: dict[str, dict[str, str | list[str]]] = tomllib.loads(
    (pkgutil.get_data(__name__, "translations.toml") or b"").decode()
)
_DEFAULT = "en"
# Tags that mean a language that has a table under another one, https://www.iana.org/assignments/language-subtag-registry
_MEANT = {"no": "nb", "nn": "nb", "iw": "he", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"})
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

LANGUAGES = tuple(_TABLES)
MONTHS = [tuple(table["months"][i] for table in _TABLES.values()) for i in range(12)]
"""The names of each month, in every language."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `words["chapters"]` is one."""

    language: str
    """The language of the words, a key of translations.toml."""
    table: dict[str, str | list[str]]

    def __getitem__(self, name: str) -> str:
        """Return a word; KeyError where translations.toml has none of that name."""
        return str(self.table[name])

    def label(self, configured: str) -> str:
        """Return the line that says who summarised: as it is configured, in this language where nobody changed it."""
        return self["label"] if configured == FeedConfig.__dataclass_fields__["label"].default else configured

    def date(self, day: dt.date) -> str:
        """Write a date with the month's name."""
        month = self.table["months"][day.month - 1]
        return self["date"].format(day=day.day, month=month, number=day.month, year=day.year)

    def length(self, seconds: float) -> str:
        """Write how long something lasts, in hours and minutes; empty where it is less than half a minute."""
        minutes = int(seconds / 60 + 0.5)
        hours, rest = divmod(minutes, 60)
        said = ((hours, self["hours"]), (rest, self["minutes"]))
        return " ".join(f"{number}\u00a0{unit}" for number, unit in said if number)


def words_for(language: str) -> Words:
    """Return the words of a language (BCP 47, `_` for `-` as feeds write it), English where no table is its."""
    parts = language_tag(language).lower().split("-")
    for length in range(len(parts), 0, -1):
        tag = "-".join(parts[:length])
        tag = _MEANT.get(tag, tag)
        if tag in _TABLES:
            return _words(tag)
    return _words(_DEFAULT)


@lru_cache(maxsize=64)
def _words(tag: str) -> Words:
    return Words(tag, _TABLES[tag])


def language_tag(language: str) -> str:
    """Return a language as HTML takes it, empty where it is none: feeds say `en_US`, and `English`."""
    tag = language.strip().replace("_", "-")
    return tag if _TAG.fullmatch(tag) else ""


def direction(language: str) -> str:
    """Return how a language is written: `rtl` or `ltr`."""
    parts = language_tag(language).lower().split("-")
    if "latn" in parts:
        return "ltr"
    return "rtl" if parts[0] in _RIGHT_TO_LEFT or {"arab", "hebr"} & set(parts) else "ltr"


def day_of(seconds: float | None) -> dt.date | None:
    """Return the day (UTC) of a time in seconds since 1970; None for one that no calendar has."""
    try:
        return None if seconds is None else (_EPOCH + dt.timedelta(seconds=seconds)).date()
    except (OverflowError, ValueError):
        return None
