"""Names of speakers that a page lost within its sentences, for those who print it; the document stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from enricher.summaries.vocabulary import NAMES

if TYPE_CHECKING:
    from enricher.model.summary import Passage, Summary, Topic

# "Comparing bees to wasps, notes that": who compares and who notes can only be one person. Not "In his book, notes that
# he kept are printed", where they are pieces of paper.
_GAP = re.compile(
    rf"(?:^|(?<=[.!?]\s))(?P<opening>[A-Z][a-z]+ing\s[^,.;:!?]{{3,120}},\s)(?=(?:{'|'.join(NAMES['verbs'])})\sthat\b)"
)


def close_gaps(summary: Summary) -> Summary:
    """Name the guest in square brackets where a sentence of the narrative allows only one reading without the name.

    Only where the summary names one person alone.
    """
    if len(summary.people) != 1:
        return summary
    name = summary.people[0]

    def closed(passage: Passage) -> Passage:
        if passage.kind != "text":
            return passage
        return replace(passage, text=_GAP.sub(lambda found: f"{found[0]}[{name}] ", passage.text))

    def told(topic: Topic) -> Topic:
        return replace(topic, passages=tuple(map(closed, topic.passages)), topics=tuple(map(told, topic.topics)))

    return replace(summary, topics=tuple(map(told, summary.topics)))
