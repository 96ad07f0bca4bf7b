"""What every form has in common: show and number from the title, the guest, citations that say something."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from enricher.core.summary import Citation, Summary
from enricher.core.text import one_line

_SHOW = re.compile(
    r"^.*\S\s+[|｜]\s+(?P<show>[^|｜]*?)\s*(?:[-–—,:]?\s*(?:#|(?:Ep(?:isode)?\.?|No\.?)\s*#?)(?P<number>\d{1,5}))?\s*$",
    re.IGNORECASE,
)
_GUEST = re.compile(r"^(?:[#(]?\d+\)?\s*[-–—:.|]\s*)?(?P<guest>[^\W\d_][\w.'’-]*(?:\s(?:[^\W\d_][\w.'’-]*)){1,4}):\s")
_SEVERAL = re.compile(r"\b(and|und|et|y|with)\b|[&,/+]", re.IGNORECASE)
_LONGEST = 400
_SMALL = {"de", "da", "van", "von", "der", "den", "del", "la", "le", "bin", "ibn", "al", "el", "di", "du", "ter"}


def finish(summary: Summary) -> Summary:
    """Fill in what the title says, and drop citations that point at nothing."""
    # What the title says stands at its end; a very long one must not make the search slow.
    show = _SHOW.match(one_line(summary.title)[-_LONGEST:])
    guest = guest_of(summary.title)
    named = {n: c for n, c in summary.citations.items() if c != Citation()}
    return replace(
        summary,
        podcast=summary.podcast or (show["show"].strip() or None if show else None),
        number=summary.number if summary.number is not None else _number(show),
        people=summary.people or ((guest,) if guest else ()),
        citations=MappingProxyType(named),
    )


def _number(show: re.Match[str] | None) -> int | None:
    return int(show["number"]) if show and show["number"] else None


def guest_of(title: str) -> str | None:
    """Give the one guest that a title names before its colon ("Guest: …"), else None."""
    found = _GUEST.match(title[:_LONGEST])
    if not found or _SEVERAL.search(found["guest"]):
        return None
    words = found["guest"].split()
    return found["guest"] if all(word[0].isupper() or word in _SMALL for word in words) else None
