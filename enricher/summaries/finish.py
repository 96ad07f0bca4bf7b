"""What every form has in common: show and number from the title, the guest, citations that say something."""

from __future__ import annotations

import re

from msgspec.structs import replace

from enricher.model.summary import Citation, Summary, walk
from enricher.summaries.vocabulary import LABELS
from enricher.text import one_line

_PIECE = re.compile(r"\s+[|｜]\s+|[|｜](?=[^|｜]*#\s?\d)")
_NUMBERED = re.compile(
    r"(?P<show>.*?)\s*[-–—,:]?\s*(?:\(|\b)?(?:#|(?:Season\s\d{1,3},?\s)?"
    r"(?:[EÉ]p(?:isode|isodio|isódio)?\.?|N[or]\.?|Folge|Aflevering|Avsnitt|Odcinek|Puntata|Jakso|Выпуск|第)\s*#?"
    r"|\b(?:S\d{1,3}\s?)?E(?=\d))\s?(?P<number>\d{1,3},\d{3}|\d{1,5})\s?[期集回話话]?\)?"
    r"(?:\s[(\[][^()\[\]]{1,40}[)\]])?",
    re.IGNORECASE,
)
_GUEST = re.compile(
    r"^(?:(?:[#(]|Ep(?:isode)?\.?\s?#?|E)?\d+\)?\s*[-–—:.|]\s*)?(?P<guest>[^\W\d_][\w.'’-]*(?:\s(?:[^\W\d_][\w.'’-]*)){1,4}):\s"
)
_SEVERAL = re.compile(r"\b(and|und|et|y|with)\b|[&,/+]", re.IGNORECASE)
_LONGEST = 400
_SMALL = {"de", "da", "van", "von", "der", "den", "del", "la", "le", "bin", "ibn", "al", "el", "di", "du", "ter"}


_NO_FIRST_NAMES = {
    *("the", "a", "an", "how", "why", "what", "when", "where", "who", "is", "are", "part", "season", "bonus", "best"),
    *("new", "north", "south", "east", "west", "breaking", "listener", "listeners", "live", "inside", "from", "your"),
    *("ancient", "modern", "roman", "british", "american", "united", "last", "first", "special", "our"),
}
_NO_NAMES = {
    *("war", "wars", "empire", "news", "questions", "answers", "history", "episode", "special", "review", "guide"),
    *("recap", "roundup", "update", "updates", "edition", "preview", "stories", "lessons", "tips", "secrets", "rules"),
    *(
        "theory",
        "science",
        "intelligence",
        "learning",
        "computing",
        "energy",
        "states",
        "kingdom",
        "republic",
        "revolution",
    ),
    *("crisis", "economy", "market", "markets", "future", "ii", "iii", "live", "from", "with", "about", "vs"),
}
"""Words that are in the names of wars, cities and series, and in nobody's who is a guest."""
_BEHIND_A_NAME = re.compile(r",\s(?:Ph\.?\s?D|M\.?D|Dr|Jr|Sr|Esq|M\.?Sc|MBA|R\.?N)\b\.?")


def finish(summary: Summary) -> Summary:
    """Fill in what the title says, and drop citations that point at nothing."""
    show, number = show_of(summary.title)
    said = (p.text for _, _, topic in walk(summary.topics) for p in topic.passages)
    guest = guest_of(summary.title, " ".join((summary.abstract or "", *said)))
    named = {n: c for n, c in summary.citations.items() if c != Citation()}
    return replace(
        summary,
        podcast=summary.podcast or show,
        number=summary.number if summary.number is not None else number,
        people=summary.people or ((guest,) if guest else ()),
        citations=named,
    )


def show_of(title: str) -> tuple[str | None, int | None]:
    """Return show and number as a title ends with them: `… | Show #N`, `… | Show | Ep. N`.

    Behind the piece with the number stands the name of the site. Without a number what stands there may as well be a
    guest, who is in the item's title too: that is known where the feed is.
    """
    # It stands at the end; a very long title must not make the search slow.
    pieces = [piece.strip() for piece in _PIECE.split(one_line(title)[-_LONGEST:])]
    if len(pieces) == 1 or not pieces[0]:
        return None, None
    for i, piece in reversed(list(enumerate(pieces[1:], start=1))):
        found = _NUMBERED.fullmatch(piece)
        if found:
            show = found["show"].strip() or (pieces[i - 1] if i > 1 else "")
            return show or None, int(found["number"].replace(",", ""))
    return None, None


def guest_of(title: str, text: str = "") -> str | None:
    """Return the one guest that a title names before its colon ("Guest: …"), else None.

    What the text says without a capital too, such as "machine learning", is nobody's name.
    """
    found = _GUEST.match(_BEHIND_A_NAME.sub("", title[:_LONGEST], count=1))
    if not found or _SEVERAL.search(found["guest"]):
        return None
    words = found["guest"].split()
    if words[0].lower() in _NO_FIRST_NAMES or {word.lower() for word in words} & LABELS:
        return None
    if _NO_NAMES & {word.lower() for word in words}:
        return None
    if found["guest"].lower() != found["guest"] and found["guest"].lower() in text:
        return None
    return found["guest"] if all(word.lower() != word or word in _SMALL for word in words) else None
