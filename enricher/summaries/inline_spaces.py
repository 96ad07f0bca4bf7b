"""What parts the inline elements of a page from the text before them."""

from __future__ import annotations

import re

from lxml import etree

from enricher.text import one_line

NUMBER = re.compile(r"\[?(\d{1,3})\]?")
"""What a citation looks like."""
_CELLS = {"td", "th"}
_INLINE = {"span", "strong", "small"}
_POWERED = re.compile(r"(?:\d|\b(?:[kcdmn]?m|ft|mi|mc|[a-zA-Z]))$")
"""What is raised to a power, or a unit squared."""
_STOPPED = re.compile(r"[.!?。！？][”\"’]?\s?$")


def apart(element: etree._Element, before: str) -> str:
    """Return what parts an element from the text `before` it.

    A raised number is a citation and has a gap; powers, squared units and ordinals have none.
    """
    if element.tag == "sup":
        # A number stands in it by itself or in one link: no more is looked at, since raised ones may nest deep.
        shallow = [element, *element.iterchildren()] if len(element) <= 1 else []
        said = "".join(one.text or "" for one in shallow if isinstance(one.tag, str))
        number = NUMBER.fullmatch(one_line(said))
        beside = element.getprevious()
        several = beside is not None and beside.tag == "sup" and not (beside.tail or "").strip()
        return " " if number and (several or not _POWERED.search(before)) else ""
    if element.tag == "br" or (element.tag == "time" and _follows(element)):
        return "\n"
    if element.tag in _CELLS and element.getprevious() is not None:
        return " | "
    return " " if element.tag in _INLINE and _follows(element) else ""


def ends_a_sentence(text: str) -> bool:
    """Return whether a text ends where a sentence does."""
    return bool(_STOPPED.search(text))


def text_of(element: etree._Element) -> str:
    """Return all text of an element."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def _follows(element: etree._Element) -> bool:
    """Return whether an element stands right behind another, from which only its style parts it."""
    before = element.getprevious()
    if before is None or (before.tail or "").strip():
        return False
    return len("".join(map(str, before.itertext("*"))).strip()) > 1  # one letter may be a word's first, set large
