"""Narrative text: citations that continue the page's count, and the guest's name where the page lost it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enricher.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.core.summaries.pieces import Link

_CITATION = re.compile(
    r"\s?\[(?P<bracketed>\d{1,3})\]"
    r"|(?<=\S)(?P<run>(?:\s\d{1,3}(?!\d)){1,6})(?=[.!?。！？](?:\s|$|[”\"’)\[]))"
)
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
        self._last: tuple[str, Sequence[Link], int, set[int]] = ("", (), 0, set())

    def narrative(self, text: str, links: Sequence[Link] = ()) -> str:
        """Make one line of it, bracket the citations, and name the guest where a sentence begins with a lost name."""
        before, added = self._highest, set[int]()
        by_number = {link.text.strip("[] "): link for link in links}

        def bracket(found: re.Match[str]) -> str:
            numbers = [int(number) for number in (found["bracketed"] or found["run"]).split()]
            while numbers and not self._continues(numbers):
                numbers.pop(0)
            if not numbers:
                return found[0]
            self._highest = max(self._highest, *numbers)
            for number in numbers:
                link = by_number.get(str(number))
                if link is not None and number not in self._links and (link.url or link.start is not None):
                    self._links[number] = link
                    added.add(number)
            kept = found[0].split()[: -len(numbers)] if found["run"] else []
            return "".join([f" {number}" for number in kept] + [f" [{number}]" for number in numbers])

        said = self.named(_CITATION.sub(bracket, one_line(text)))
        self._last = (text, links, before, added)
        return said.strip()

    def _continues(self, numbers: Sequence[int]) -> bool:
        highest = self._highest
        for number in numbers:
            if not 1 <= number <= highest + 1:
                return False
            highest = max(highest, number)
        return True

    def named(self, text: str) -> str:
        """Name the guest, in brackets, where a sentence begins with a verb whose subject the page lost."""
        return _LOST_NAME.sub(lambda _: f"[{self._guest}] ", text) if self._guest else text

    def take_back(self) -> tuple[str, Sequence[Link]]:
        """Give the very words of the last passage, and forget the citations that were seen in it."""
        text, links, self._highest, added = self._last
        for number in added:
            self._links.pop(number, None)
        return text, links

    def citations(self) -> dict[str, dict[str, Any]]:
        """Give what the page's citations point at, in the JSON form."""
        return {
            str(number): {"start": link.start, "end": link.end, "url": link.url or None}
            for number, link in sorted(self._links.items())
        }
