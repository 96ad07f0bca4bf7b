"""Names of speakers that a page lost within its sentences, for those who print it; the document stays as it is."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from enricher.model.summary import parts
from enricher.summaries.vocabulary import NAMES
from enricher.text import fold

if TYPE_CHECKING:
    from enricher.model.summary import Passage, Summary, Topic


@cache
def _gap() -> re.Pattern[str]:
    """Compile, when it is first needed, what finds the place of a lost name.

    "Comparing bees to wasps, notes that": who compares and who notes can only be one person. Not "During the middle
    ages, claims that", nor "In his book, notes that he kept": what opens the sentence is a verb of saying or thinking.
    """
    verbs = NAMES["verbs"]
    stems = (re.sub("(?<=[sxh])es$|(?<!s)s$", "", verb).removesuffix("e").capitalize() for verb in verbs)
    return re.compile(
        rf"(?:^|(?<=[.!?]\s))(?:{'|'.join(sorted({stem + 'ing' for stem in stems}))})\s"
        rf"(?P<object>[^,.;:!?]{{3,120}}),\s(?=(?:{'|'.join(verbs)})\sthat\b)"
    )


def name_the_guest(summary: Summary) -> Summary:
    """Name the guest in square brackets where a sentence of the narrative allows only one reading without the name.

    Only where the summary names one person alone, and its reader has found that the page lost this name: it stands in
    brackets before other sentences.
    """
    name = summary.people[0] if len(summary.people) == 1 else ""
    if not name or not any(part.kind == "text" and f"[{name}] " in part.text for part in parts(summary)):
        return summary
    words = set(fold(name).split())

    def close(found: re.Match[str]) -> str:
        # Who challenges her optimism is not she.
        return found[0] if words & set(fold(found["object"]).split()) else f"{found[0]}[{name}] "

    def closed(passage: Passage) -> Passage:
        return replace(passage, text=_gap().sub(close, passage.text)) if passage.kind == "text" else passage

    def told(topic: Topic) -> Topic:
        return replace(topic, passages=tuple(map(closed, topic.passages)), topics=tuple(map(told, topic.topics)))

    return replace(summary, topics=tuple(map(told, summary.topics)))
