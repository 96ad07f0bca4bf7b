"""The words that pages use for their parts: hints only, kept as data in vocabulary.toml."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from functools import cache, lru_cache
from typing import Literal, cast

from enricher import translations
from enricher.text import fold

Role = Literal["abstract", "topics", "clips", "questions", "quotes", "highlights", "related", "metadata", "skip"]

_WORDS = tomllib.loads((pkgutil.get_data(__name__, "vocabulary.toml") or b"").decode())
_ROLES = {word: cast("Role", role) for role, words in _WORDS["sections"].items() for word in words}
_KEYS: dict[str, str] = {word: role for role, words in _WORDS["keys"].items() for word in words}
_PARTS: dict[str, tuple[str, int]] = {
    word: (part, rank) for part, words in _WORDS["record"].items() for rank, word in enumerate(words)
}
_OTHERS = {"private", "podcast", "people", "audio", "related", "source", "clips", "topics"}
_EPISODE = frozenset(_WORDS["titles"]["episode"])
_NOT_OF_IT = {"project", "channel", "site", "company", "product", "sponsor", "author", "host", "image", "cover"}
_ADDRESS = {"url", "link", "post", "page", "title"}
_SECTION_KEYS = {"abstract": "abstract", "topics": "takeaways", "clips": "clips", "questions": "questions"}
_SECTION_KEYS |= {"quotes": "quotes", "related": "related"}
"""What a key is that is called as a section of notes is, in the languages of those."""
_UNITS: dict[str, float] = _WORDS["units"]
_LONGEST = 500
_VAGUE = frozenset(_WORDS["markup"]["vague"])
PLATFORMS = frozenset(map(fold, _WORDS["markup"]["platforms"]))
GENERIC = frozenset(_WORDS["titles"]["generic"])
TASKS: list[str] = _WORDS["markup"]["tasks"]
ASKED_AND_ANSWERED: list[str] = _WORDS["markup"]["asked"]
LABELS = frozenset(_WORDS["titles"]["labels"])
NAMES: dict[str, list[str]] = _WORDS["names"]
MONTHS = {
    fold(name): n
    for n, names in enumerate(zip(_WORDS["dates"]["months"], translations.MONTHS, strict=True), 1)
    for name in (*names[0], *names[1])
    if not fold(name)[:1].isdecimal()
}
"""Months by their names, abbreviations and cases."""
DATE_WORDS = frozenset(map(fold, _WORDS["dates"]["words"]))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Compile a pattern when it is first asked for: a run in which no document changed needs none."""
    return re.compile("|".join(_WORDS["patterns"][name]), re.DOTALL)


@cache
def expression(name: str) -> re.Pattern[str]:
    """Compile a regular expression of vocabulary.toml for text as it is written."""
    return re.compile("".join(_WORDS["expressions"][name]), re.IGNORECASE | re.DOTALL)


def is_one_of(pattern: str, text: str) -> bool:
    """Match a whole text, or the beginning of a long one, with a pattern of vocabulary.toml."""
    return bool(_pattern(pattern).fullmatch(fold(text[:_LONGEST])))


def is_junk(text: str) -> bool:
    """Recognise a paragraph of a sponsor, of ways to follow, or of the site, by how it begins."""
    return bool(_pattern("junk").match(fold(text[:_LONGEST])))


@lru_cache(maxsize=4096)
def role_of(heading: str) -> Role | None:
    """Return what a heading of notes stands over; None for a topic."""
    name = fold(heading)
    bare = re.sub(r"^(?:\d{1,3} )?(.*?)(?: \d{1,3})?$", r"\1", name) or name
    return _ROLES.get(bare) or ("skip" if bare and _pattern("skipped").fullmatch(bare) else None)


@lru_cache(maxsize=4096)
def key_role(key: str) -> str | None:
    """Return what a key hints at: `episode_guid`, `startTime` and `Episode title` are read alike."""
    name = _folded(key)
    of_episode = " ".join(word for word in name.split() if word not in _EPISODE)
    for one in (name, _without_unit(key)[0], of_episode):
        if found := _KEYS.get(one):
            return "title" if found == "podcast" and one != name else found  # podcast_episode_title
    bare = " ".join(word for word in of_episode.split() if word not in _ADDRESS)
    return "related" if _KEYS.get(bare) == "related" else None  # previous_url


def data_role(key: str) -> str | None:
    """Return what a key of data hints at, which may be called as a section of notes is: `preguntas`."""
    name = _folded(key)
    of_episode = " ".join(word for word in name.split() if word not in _EPISODE)
    sections = (_SECTION_KEYS.get(_ROLES.get(one, "skip")) for one in (name, of_episode))
    return key_role(key) or next(filter(None, sections), None)


def unit_of(key: str) -> float | None:
    """Return what a key says its number is in, as seconds: 0.001 for `duration_ms`."""
    return _without_unit(key)[1]


def rank_of(key: str) -> int:
    """Return how good a name a key is among those of its role: 0 is best."""
    name = _folded(key)
    return next((words.index(name) for words in _WORDS["keys"].values() if name in words), len(_KEYS))


def leads_on(key: str) -> bool:
    """Recognise a key of what is mentioned, is not the episode's own, and would not be printed: `links`, `sponsors`."""
    return role_of(_folded(key)) == "skip"


def list_role(key: str) -> str | None:
    """Return what the last word of a key says of a list: `summary_points`."""
    role = _KEYS.get(_folded(key).rpartition(" ")[2])
    return role if role in {"topics", "clips", "quotes", "questions", "takeaways"} else None


def text_role(key: str) -> str | None:
    """Return "abstract" where the last word of a key says so, and nothing before it that it is of something else."""
    *before, last = _folded(key).split() or [""]
    of_another = any(_KEYS.get(word) in _OTHERS or word in _VAGUE or word in _NOT_OF_IT for word in before)
    return "abstract" if before and not of_another and _KEYS.get(last) == "abstract" else None


def part_of_record(key: str) -> tuple[str, int, str]:
    """Return what a key of one record hints at, how good a hint it is (0 is best), and the folded key."""
    name = _without_unit(key)[0]
    *before, last = name.split() or [""]
    if name in _PARTS or not before or last in _VAGUE or any(_KEYS.get(word) == "private" for word in before):
        return *_PARTS.get(name, ("", 0)), name
    part, rank = _PARTS.get(last, ("", 0))  # "segment_title"
    return part, rank + len(_PARTS), name


def _without_unit(key: str) -> tuple[str, float | None]:
    name = _folded(key)
    rest, _, last = name.rpartition(" ")
    return (rest or name, _UNITS[last]) if last in _UNITS else (name, None)


@lru_cache(maxsize=4096)
def _folded(key: str) -> str:
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).replace("_", " "))
