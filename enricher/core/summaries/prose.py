"""Narrative text: citations that continue the page's count, and the guest's name where the page lost it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.core.summaries.pieces import Link

_CITATION = re.compile(r"(?<=\S)\s?(?P<open>\[)?(?P<number>(?<!\d)\d{1,3})(?(open)\])(?=[.!?。](?:\s|$|[”\"’)]))")
_VERBS = (
    "acknowledges|adds|addresses|admits|advises|advocates|agrees|analyzes|argues|asserts|asks|believes|cautions|"
    "challenges|claims|clarifies|comments|compares|concludes|considers|contends|criticizes|debates|delves|describes|"
    "details|discusses|elaborates|emphasizes|emphasises|encourages|envisions|examines|explains|explores|expresses|"
    "highlights|illustrates|insists|introduces|mentions|muses|notes|observes|offers|outlines|points|ponders|praises|"
    "predicts|presents|proposes|questions|recalls|recommends|recounts|reflects|remarks|reveals|says|sees|shares|"
    "speculates|states|stresses|suggests|talks|tells|thinks|touches|underscores|urges|views|warns|wonders|writes"
)
_LOST_NAME = re.compile(rf"(?:^|(?<=[.!?]\s))(?=(?:{_VERBS})\b)")


class Prose:
    """The narrative of one page, read in its order."""

    def __init__(self, guest: str | None) -> None:
        self._guest = guest
        self._highest = 0
        self._links: dict[int, Link] = {}
        self._raw: dict[int, tuple[str, Sequence[Link], int, set[int]]] = {}

    def narrative(self, text: str, links: Sequence[Link]) -> str:
        """Bracket the citations, and name the guest where a sentence begins with a lost name."""
        self._before = self._highest
        self._added: set[int] = set()
        by_text = {link.text.strip("[]"): link for link in links}

        def bracket(found: re.Match[str]) -> str:
            number = int(found["number"])
            if not 1 <= number <= self._highest + 1:
                return found[0]
            self._highest = max(self._highest, number)
            link = by_text.get(found["number"])
            if link is not None and number not in self._links and (link.url or link.start is not None):
                self._links[number] = link
                self._added.add(number)
            return f" [{number}]"

        text = _CITATION.sub(bracket, text)
        return _LOST_NAME.sub(f"[{self._guest}] ", text) if self._guest else text

    def remember(self, passage: dict[str, Any], text: str, links: Sequence[Link]) -> None:
        """Keep the very words of the passage that was read last, in case it turns out to be a quote."""
        self._raw = {id(passage): (text, links, self._before, self._added)}

    def take_back(self, passage: dict[str, Any]) -> tuple[str, Sequence[Link]]:
        """Give the very words of the last passage, and forget the citations that were seen in it."""
        text, links, highest, added = self._raw.get(id(passage), (passage["text"], (), self._highest, set()))
        self._highest = highest
        for number in added:
            self._links.pop(number, None)
        return text, links

    def citations(self) -> dict[str, dict[str, Any]]:
        """Give what the page's citations point at, in the JSON form."""
        return {
            str(number): {"start": link.start, "end": link.end, "url": link.url or None}
            for number, link in sorted(self._links.items())
        }
