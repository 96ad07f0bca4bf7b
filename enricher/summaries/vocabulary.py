"""The words that pages use for their parts: hints only, kept as data in vocabulary.toml."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from functools import lru_cache
from typing import Literal, cast

from enricher.text import fold

Role = Literal["abstract", "topics", "clips", "questions", "quotes", "highlights", "related", "metadata", "skip"]

_WORDS = tomllib.loads((pkgutil.get_data(__name__, "vocabulary.toml") or b"").decode())
_ROLES = {word: cast("Role", role) for role, words in _WORDS["sections"].items() for word in words}
_KEYS: dict[str, str] = {word: role for role, words in _WORDS["keys"].items() for word in words}
_PARTS: dict[str, tuple[str, int]] = {
    word: (part, rank) for part, words in _WORDS["record"].items() for rank, word in enumerate(words)
}
GENERIC = frozenset(_WORDS["titles"]["generic"])
LABELS = frozenset(_WORDS["titles"]["labels"])

_SKIPPED = re.compile(
    r".*\b(?:sponsor(?:s|ed)?|advertisements?|patreon|transcript)\b.*|(?:x )*"
    r"|my (?:own )?(?:thoughts?|reflections?|notes?|takeaways?|opinions?|view|questions|todos?|ratings?|review)\b.*"
    r"|(?:personal|private) (?:thoughts?|reflections?|notes?|log|takeaways?)\b.*|\d* ?comments?(?: \d+)?"
    r"|(?:follow|connect|contact|contribut\w+|subscribe|join|tweet|email|support|find|rate|reach)"
    r" (?:us|me|to|with|on|the|our|your|at|in)\b.*"
    r"|(?:links|resources|books|people|things|tools) (?:mentioned|and|from|discussed)\b.*"
    r"|(?:get in touch|where to (?:find|listen)|you (?:may|might)(?: also)? (?:like|enjoy))\b.*"
    r"|more (?:from|episodes|like)\b.*"
    r"|(?:about|meet) (?:the|your|our) (?:host|hosts|show|podcast|author|guest|sponsor)s?\b.*"
    r"|assista a .*|(?:\S+ )?s[i1]+ck p[i1]+cks?(?: \S+)?"
)
"""Names of parts for listeners of the original only, or for the note-taker alone."""

JUNK = re.compile(
    r"(?:(?:this (?:episode|show|podcast) is )?(?:brought to you|sponsored|supported) by\b"
    r"|thank(?:s| you) to our sponsor|todays sponsor|our sponsors?\b"
    r"|use (?:the )?(?:code|coupon|promo)\b|support (?:us|our work|the show|this)\b"
    r"|(?:follow|find|join|email|tweet|contact|write to) (?:us|me|our|the hosts?)\b|connect with (?:us|the hosts?)\b"
    r"|(?:please )?(?:subscribe|rate and|leave (?:us )?a (?:review|rating|comment))\b|sign (?:up|in)\b|get in touch\b"
    r"|add your (?:name|email)\b|finally if you want an\b|(?:see|learn more about your ad) (?:privacy|choices)\b"
    r"|if we got something wrong\b|we use cookies\b|accept (?:all )?cookies|no notes yet\b|episode automatically\b"
    r"|it seems there (?:might|may) be\b|as an ai\b|im (?:sorry|unable)\b|special thanks to\b"
    r"|if youd like to suggest\b|check the show notes\b|listen (?:on|in|now)\b|all rights reserved"
    r"|unterstutz(?:e|t) uns|folg(?:e|t) uns|suivez nous|siguenos|siga nos|поддержать|подписывайтесь"
    r"|аудио radio t torrent|спонсор|本期节目由|关注我们|欢迎订阅).*",
    re.DOTALL,
)
"""What a paragraph of a sponsor, of ways to follow, of a site begins with."""

ADVERTISED = re.compile(
    r"(?:our |todays |this episodes )?(?:sponsors?|sponsored|sponsorship|advertisements?|ads?|ad break|werbung|anzeige"
    r"|publicite|реклама|спонсор\w*)(?: .{0,40})?"
)
"""Titles of entries of a list of times that are no topic."""


@lru_cache(maxsize=4096)
def role_of(heading: str) -> Role | None:
    """Return what a heading of notes stands over; None for a topic."""
    name = fold(heading)
    bare = re.sub(r"^(?:\d{1,3} )?(.*?)(?: \d{1,3})?$", r"\1", name) or name
    return _ROLES.get(bare) or ("skip" if _SKIPPED.fullmatch(bare) else None)


def key_role(key: str) -> str | None:
    """Return what a key hints at: `episode_guid`, `startTime` and `Episode title` are read alike."""
    return _KEYS.get(_folded(key))


def part_of_record(key: str) -> tuple[str, int, str]:
    """Return what a key of one record hints at, how good a hint it is (0 is best), and the folded key."""
    name = _folded(key)
    return *_PARTS.get(name, ("", 0)), name


@lru_cache(maxsize=4096)
def _folded(key: str) -> str:
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).replace("_", " "))
