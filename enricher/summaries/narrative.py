"""Narrative text: citations that continue the page's count, and the guest's name where the page lost it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enricher.summaries.blocks import Link
from enricher.summaries.vocabulary import NAMES, expression
from enricher.text import one_line
from enricher.timestamps import parse_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBERS = r"\d{1,3}(?:,\s?\d{1,3}){0,5}"
_CITATION = re.compile(
    rf"\s?\[\^?(?P<bracketed>{_NUMBERS})\]"
    rf"|(?<=\S)(?:(?P<run>(?:\s{_NUMBERS}(?!\d)){{1,6}})|\s?\((?P<round>{_NUMBERS})\))(?=[。！？]|[.!?](?:\s|$|[”\"’)\[]))"
    # "mc²." is no citation.
    r"|(?:(?<=[^\W\d_]{4})|(?<=[.!?”]))(?P<raised>[⁰¹²³⁴-⁹]{1,3}(?:[,\s]{1,2}[⁰¹²³⁴-⁹]{1,3}){0,5})(?=[.!?,;:]|\s|$)"
)
TIME_CITED = re.compile(r"\s?\[@?(?P<clock>(?:\d{1,2}:)?\d{1,3}:\d\d)(?:[\s,–-][^\[\]]{0,30})?\](?!\()")
"""A time within a sentence: "… [03:35 Unknown]." of digests that models write."""
_ADDRESS = re.compile(
    r"\[(?P<named>[^\[\]\n]{1,200})\]\(https?://[^\s()<>]{1,500}\)|\s?(?:\((?:https?://|/)[^\s()<>]{1,500}\)|<(?:https?://|/)[^\s()<>]{1,500}>)"
)
_LONGEST_COUNTED = 8
_UNIT = re.compile(rf"\s?(?P<numbers>{_NUMBERS})")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LOST_NAME = re.compile(rf"(?:^|(?<=[.!?]\s))(?=(?:{'|'.join(NAMES['verbs'])})\b)")


class Narrative:
    """The narrative of one page, read in its order."""

    def __init__(self, guest: str | None, *, cites_times: bool = False, numbers: bool = True) -> None:
        self._guest = guest
        self._cites_times = cites_times
        self._numbers = numbers
        """Whether numbers without brackets may be citations: "im 1. Semester" is an ordinal."""
        self._highest = 0
        self._links: dict[int, Link] = {}
        self._last: tuple[str, Sequence[Link], int, set[int]] = ("", (), 0, set())

    def read(self, text: str, links: Sequence[Link] = ()) -> str:
        """Make one line of it, bracket the citations, and name the guest where a sentence begins with a lost name."""
        before, added = self._highest, set[int]()
        if self._cites_times:
            text, links = self._number_times(text, links)
        by_number = {link.text.strip("[] "): link for link in links if link.url or link.start is not None}

        def bracket(found: re.Match[str]) -> str:
            written = found[found.lastgroup or 0].translate(_RAISED)
            units = list(_UNIT.finditer(" ".join(written.split()) if found["raised"] else written))
            while units and not self._continues(units):
                units.pop(0)
            if found["run"] and not (self._numbers or any(unit["numbers"] in by_number for unit in units)):
                return found[0]
            if not units or (_counts(found) if found["run"] else units[0].start() > 0):
                return found[0]
            numbers = _numbers(units)
            self._highest = max(self._highest, *numbers)
            for number in numbers:
                if str(number) in by_number and number not in self._links:
                    self._links[number] = by_number[str(number)]
                    added.add(number)
            kept = written[: units[0].start()] if found["run"] else ""
            return "".join([kept, *(f" [{number}]" for number in numbers)])

        def name(found: re.Match[str]) -> str:
            shortened = expression("shortened").search(found.string[max(0, found.start() - 12) : found.start()])
            return "" if shortened or not self._guest else f"[{self._guest}] "

        said = _LOST_NAME.sub(name, _CITATION.sub(bracket, one_line(_ADDRESS.sub(r"\g<named>", text))))
        self._last = (text, links, before, added)
        return said.strip()

    def _number_times(self, text: str, links: Sequence[Link]) -> tuple[str, Sequence[Link]]:
        """Put numbers in place of the times that stand as citations in a text."""
        found: list[Link] = []

        def number(time: re.Match[str]) -> str:
            start = parse_clock(time["clock"])
            if start is None:
                return ""
            found.append(Link(str(self._highest + len(found) + 1), "", start))
            return f" [{found[-1].text}]"

        text = TIME_CITED.sub(number, text)
        return text, [*links, *found]

    def _continues(self, units: Sequence[re.Match[str]]) -> bool:
        highest = self._highest
        for number in _numbers(units):
            if not 1 <= number <= highest + 1:
                return False
            highest = max(highest, number)
        return True

    def take_back(self) -> tuple[str, Sequence[Link]]:
        """Return the very words of the last passage, and forget the citations that were seen in it."""
        text, links, self._highest, added = self._last
        for number in added:
            self._links.pop(number, None)
        return text, links

    def citations(self) -> dict[str, dict[str, Any]]:
        """Return what the page's citations point at, in the JSON form."""
        return {
            str(number): {"start": link.start, "end": link.end, "url": link.url or None}
            for number, link in sorted(self._links.items())
        }


def _counts(found: re.Match[str]) -> bool:
    """Distinguish a number that belongs to the word beside it, such as a figure's or a day's, from a citation."""
    before = found.string[max(0, found.start() - _LONGEST_COUNTED) : found.start()]
    return bool(expression("counted").search(before) or expression("of_a_month").match(found.string, found.end()))


def _numbers(units: Sequence[re.Match[str]]) -> list[int]:
    """Return the numbers of several citations, each one or some with commas between them."""
    return [int(number) for unit in units for number in unit["numbers"].split(",")]
