"""The words that titles use beside their own: labels of numbers, parts, numerals, and what any show may say."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbered(*rows: str) -> Mapping[str, int]:
    return MappingProxyType({word: n for row in rows for n, word in enumerate(row.split(), start=1)})


SEP, HASH = "|", "#"
"""What parts a title's pieces, and what marks a number, among its words."""

LABELS = _set(
    "episode ep eps folge episodio odcinek odc aflevering avsnitt capitulo puntata bolum jakso epizoda epizod "
    "выпуск эпизод серия الحلقة פרק"
)
"""What stands before an episode's number and nothing else."""
WEAK_LABELS = _set("no nr num number show podcast e")
"""What may, but means other things too."""
GLUED = re.compile(r"(?:episode|eps?|e|folge)(\d{1,5})|第(\d{1,5})[期集回话話]")
SEASONED = re.compile(r"s(\d{1,4})e(\d{1,5})")
YEARS = range(1900, 2100)
MOST_DIGITS = 4
"""Of a number without a label."""

JOINING = _set("and und et")
"""What "&", a comma, or nothing may stand for."""
PARTS = _set("part parts pt pts vol volume teil parte partie chapter book season series act round day week level phase")
ROMAN = _numbered("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi")
NUMERALS = _numbered(
    "one two three four five six seven eight nine ten eleven twelve",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
)
FOREIGN = _numbered("eins zwei drei vier", "uno dos tres cuatro", "un deux trois quatre", "uno due tre quattro")
"""Read as numbers only after a word such as "Teil", because alone they mean other things elsewhere."""

KINDS = _set(
    "bonus trailer teaser preview rerun rebroadcast repeat replay encore revisited redux continued followup extended "
    "uncut unedited excerpt clip clips recap aftershow minisode compilation commentary throwback flashback rewind "
    "archive archives vault update updated reissue reair rereleased remastered live best outtakes bloopers supercut "
    "debrief epilogue prologue postscript wiederholung rediffusion reprise herhaling repris "
    "repeticion reposicion replica"
)
"""What makes it another thing than the plain episode."""
REPEATED = re.compile(r"\bre[- \u2010\u2011](run|air|broadcast|issue|play|release|post)(?:s|ed)?\b", re.IGNORECASE)
"""What is one of these in two words."""
TELLING = KINDS | PARTS | NUMERALS.keys() | ROMAN.keys() | FOREIGN.keys()
"""What no site is called."""
SITES = _set(
    "notes highlights summary summaries transcript transcripts digest podcasts blog insights takeaways com youtube "
    "spotify dexa snipd podwise podscribe castbox deezer audible stitcher"
)
"""What sites that write about podcasts are called; anything else behind a show's name may be a guest's."""
GENERIC = _set(
    "a an the of to our my in for with all this new welcome intro introduction introducing trailer teaser preview "
    "bonus pilot special update updates announcement episode episodes podcast show season finale part best year "
    "review recap q qa ama ask me us you anything question questions answer answers mailbag live news about hello "
    "goodbye test coming soon first last final"
)
"""What titles are made of that any show may have."""
