"""The publisher's markup: what stands in a field, and whether it is closed where it ends."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.sax.saxutils import escape

from lxml import etree

_DECLARATION = re.compile(r"\sxmlns(?::[\w.-]+)?=\"[^\"]*\"")

# Void elements, and those whose end tags HTML lets be left out where the next one begins.
_CLOSED = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_CLOSED |= {"p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "tfoot"}


class _Reader(HTMLParser):
    """Counts what is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _CLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no such thing: the slash says nothing.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]


def is_open(html: str) -> bool:
    """Tell whether a comment, a tag or an element of some HTML has no end."""
    if "<" not in html:
        return False
    reader = _Reader()
    reader.feed(html)
    # What is left unread is a tag or comment without an end, or a text that ends in what may be a character reference.
    return bool(reader.open) or reader.rawdata.startswith("<")


def inner(element: etree._Element | None) -> str | None:
    """Give what stands in an element: its text, or the markup that was not escaped in it."""
    if element is None or not len(element):
        return None if element is None else element.text or ""
    inside = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return escape(element.text or "") + _DECLARATION.sub("", inside)
