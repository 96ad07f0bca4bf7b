"""Whether the publisher's markup is closed where it ends: what stands behind an open tag is inside of it."""

from __future__ import annotations

from html.parser import HTMLParser

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
