"""The words that titles use beside their own: labels of numbers, parts, numerals, and what any show may say.

All of them are folded: in small letters, without accents.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbered(*rows: str) -> Mapping[str, int]:
    return MappingProxyType({word: n for row in rows for n, word in enumerate(row.split(), start=1)})


LABELS = _set(
    "episode ep eps folge episodio odcinek odc aflevering avsnitt capitulo puntata bolum jakso epizoda epizod "
    "выпуск эпизод серия الحلقة פרק"
)
"""What stands before an episode's number and nothing else: "Episode 12", "Folge 12", "Выпуск 12"."""
WEAK_LABELS = _set("no nr num number show podcast e")
"""What may, but means other things too: "No 10 Downing Street", "E3 2019" (the fair)."""

# "Ann & Bob" is "Ann and Bob"; "Béla und Ann" is "Béla & Ann".
JOINING = _set("and und et")
FILLING = _set(
    "a an the of to in on at by for with from der die das dem den ein eine im am von mit le la les un une de du des "
    "el los las una en con il lo gli i uno di del della al"
)
"""Words that two spellings of one title may differ in."""
INFLECTIONS = _set("s es d ed n en r")
"""What one of two words may have at its end that are one word."""

PARTS = _set("part parts pt pts vol volume teil parte partie chapter book season series act round day week level phase")
"""A number behind them tells parts of one thing apart, and is never the episode's."""
# "Part II" is "Part Two" is "Part 2".
ROMAN = _numbered("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi")
NUMERALS = _numbered(
    "one two three four five six seven eight nine ten eleven twelve",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
)
FOREIGN = _numbered("eins zwei drei vier", "uno dos tres cuatro", "un deux trois quatre", "uno due tre quattro")
"""Read as numbers only after a word such as "Teil", because alone they mean other things: "Drei Freunde", "due"."""

KINDS = _set(
    "bonus trailer teaser preview rerun rebroadcast repeat replay encore revisited redux continued followup extended "
    "uncut unedited excerpt clip clips recap aftershow minisode compilation commentary throwback flashback rewind "
    "archive archives vault update updated reissue reair rereleased remastered live best outtakes bloopers supercut "
    "debrief epilogue prologue postscript wiederholung rediffusion reprise herhaling repris "
    "repeticion reposicion replica"
)
"""What makes it another thing than the plain episode: "BONUS: The Bees of Rome" is not "The Bees of Rome"."""
TELLING = KINDS | PARTS | NUMERALS.keys() | ROMAN.keys() | FOREIGN.keys()
"""What tells episodes apart, so no site is called by it: "Bees | Field Notes | Bonus"."""
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
"""What titles are made of that any show may have: "Trailer", "Ask Me Anything", "Best of 2019"."""
