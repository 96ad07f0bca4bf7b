"""What the title of a document, and the name of its file, say besides: show, number, guest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.summaries.dates import read_date
from enricher.summaries.vocabulary import GENERIC, LABELS, NAMES, expression
from enricher.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_GUEST = re.compile(
    r"^(?:(?:[#(]|Ep(?:isode)?\.?\s?#?|E)?\d+\)?\s*[-–—:.|]\s*)?(?P<guest>[^\W\d_][\w.'’-]*(?:\s(?:[^\W\d_][\w.'’-]*)){1,4}):\s"
)
_SEVERAL = re.compile(r"\b(and|und|et|y|with)\b|[&,/+]", re.IGNORECASE)
_NO_NAMES = LABELS.union(NAMES["never"])
_CODE = re.compile(r"\d|\b[A-Z]{3,}\b.*[a-z]|[a-z].*\b[A-Z]{3,}\b|[a-z]{3}[A-Z]")  # "S01E03", "Gemini CLI", "OpenAI"
_LONGEST_TITLE = 400
_BRACKETED_END = re.compile(r"(?<=\S)\s?[(\[]([^()\[\]]{1,40})[)\]]$")
_DANGLING = re.compile(r"\s+[-–—|:]$")
"""What a template puts before a name that is missing: "Episode 12 — "."""
_STEM_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?!\d)[ _-]*")
_STEM_NUMBER = re.compile(
    r"(?:^|[\s_-]|\bep?)#?(\d{1,4})$|^(?:episode|ep|folge)[\s_-]?#?(\d{1,4})(?=[\s_-])", re.IGNORECASE
)
_STEM_LEADING = re.compile(r"(0\d{1,3}|\d{1,4}(?=\s[-–—]|\.\s))(?:\s?[-–—.]\s|[_-])(?=[^\W\d_])()")
"""A number before a title: "044 - Why tides matter"."""
_STEM_KIND = re.compile(
    r"(?<=\w)\.(?:chapters|summary|highlights|(?:show-?)?notes|snips|episode|podcast)$", re.IGNORECASE
)
"""What a file holds: "Swarms.chapters.json"."""
_WORD = 3
_YEARS = range(1900, 2100)
_STEM_SEASON = re.compile(r"s\d{1,2}e\d{1,3}", re.IGNORECASE)


def guest_of(title: str, text: str = "") -> str | None:
    """Return the one guest that a title names before its colon ("Guest: …"), else None.

    What the text says without a capital too, such as "machine learning", is nobody's name.
    """
    found = _GUEST.match(expression("behind_a_name").sub("", title[:_LONGEST_TITLE], count=1))
    if not found or _SEVERAL.search(found["guest"]):
        return None
    guest = found["guest"]
    words = guest.split()
    lower = [word.lower() for word in words]
    said = guest.lower() != guest and guest.lower() in text
    doing = len(words[0]) > len("Qing") + 1 and lower[0].endswith("ing")  # "Making Robot Arms Work: …"
    if said or doing or lower[0] in NAMES["never_first"] or not _NO_NAMES.isdisjoint(lower) or _CODE.search(guest):
        return None
    return guest if all(a != b or b in NAMES["small"] for a, b in zip(words, lower, strict=True)) else None


class FileName:
    """What the name of a file says: "2024-05-02-field-notes-12" the title "field notes 12" and the number."""

    def __init__(self, stem: str) -> None:
        stem, self._is_named = _STEM_KIND.subn("", stem)
        dated = _STEM_DATE.match(stem)
        self.published = read_date(dated[0][:10]) if dated and dated[0].endswith("-") else None
        """The day that Jekyll begins a post's name with; before a blank it is a note's own."""
        undated = _STEM_DATE.sub("", stem)
        number = _STEM_NUMBER.search(stem)
        leading = _STEM_LEADING.match(undated)
        telling = leading and any(
            word not in GENERIC for word in fold(undated[leading.end() :]).split() if word.isalpha()
        )
        if leading and telling and int(leading[1]) not in _YEARS and not (number and number[2]):
            undated = undated[leading.end() :]
            # "10 - Things I learned" are ten, perhaps.
            number = leading if leading[1].startswith("0") and not _STEM_SEASON.fullmatch(undated) else number
        self.words = re.sub(r"[\s_-]+", " ", undated).strip()
        # "Ann Lee 2" is a copy of "Ann Lee", "retrospective 2015" is of a year.
        found = int(number[1] or number[2]) if number and not re.fullmatch(r" \d", number[0]) else None
        self.number = None if found in _YEARS else found
        self._telling = [word for word in fold(self.words).split() if word not in GENERIC and not word.isdecimal()]

    @property
    def is_title(self) -> bool:
        """Whether it could be the episode's title: of one word, with a number alone."""
        numbered = self.number is not None or _STEM_SEASON.fullmatch(self.words)
        return self._says_much or bool(self._telling and (numbered or self._is_named))

    @property
    def _says_much(self) -> bool:
        # Chinese and Japanese write no blanks between words.
        return len(self._telling) > 1 or any(len(word) > _WORD and not word.isascii() for word in self._telling)

    def titles(self, written: Sequence[str | None]) -> list[str]:
        """Return the candidates for the title, best first, itself among them if it could be one."""
        found = list(dict.fromkeys(_bare(one_line(one)) for one in written if one and any(map(str.isalnum, one))))
        alone = not found and (self.is_title or self.words.isdecimal())  # "001.md" in the show's folder
        if alone or (self._says_much and fold(self.words) not in map(fold, found)):
            found.append(self.words)
        return found


def _bare(title: str) -> str:
    """Take off what notes call themselves: "How bees choose a home (highlights)"."""
    title = _DANGLING.sub("", title)
    behind = _BRACKETED_END.search(title)
    words = fold(behind[1]).split() if behind else []
    # "The waggle dance [a]" is the first of several parts, which only the letter tells apart.
    names_itself = any(len(word) > 1 for word in words) and all(word in GENERIC for word in words)
    return title[: behind.start()] if behind and names_itself else title
