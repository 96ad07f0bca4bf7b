"""What the title of an episode says besides: the show, the episode's number, its guest."""

from __future__ import annotations

import re

from enricher.summaries.vocabulary import LABELS, NAMES
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
_BEHIND_A_NAME = re.compile(r",\s(?:Ph\.?\s?D|M\.?D|Dr|Jr|Sr|Esq|M\.?Sc|MBA|R\.?N)\b\.?")
_NO_NAMES = LABELS.union(NAMES["never"])
_LONGEST = 400


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
    guest = found["guest"]
    words = guest.split()
    lower = [word.lower() for word in words]
    if lower[0] in NAMES["never_first"] or not _NO_NAMES.isdisjoint(lower):
        return None
    if guest.lower() != guest and guest.lower() in text:
        return None
    return guest if all(a != b or b in NAMES["small"] for a, b in zip(words, lower, strict=True)) else None
