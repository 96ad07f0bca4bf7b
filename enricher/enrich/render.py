"""The two tongues that notes are written in: HTML with the few tags that every app knows, and plain text.

An HTML field gets HTML, a plain-text field gets plain text: AntennaPod stops honouring line breaks in a text once it
holds a tag.
"""

from __future__ import annotations

import html
import re
from typing import Protocol

import nh3

from enricher.text import one_line, untagged, xml_safe
from enricher.urls import absolute

_TAGS = {"p", "br", "a", "ul", "ol", "li", "strong", "em"}
_BEGINS_WITH_A_TIME = re.compile(r"\W*\d{1,3}:\d{2}")


class Voice(Protocol):
    """How words, links, headings and lists are said in one tongue; every method gives finished markup."""

    gap: str
    """What stands between our block and the publisher's notes in content:encoded."""
    less: str
    """And in the description, which must stay the shorter of the two."""
    links_inline: bool
    """Whether words can be links, or addresses have to be written out."""

    def words(self, text: str) -> str:
        """Say text that is one line."""
        ...

    def link(self, text: str, url: str | None) -> str:
        """Say text that leads somewhere; `text` is finished markup."""
        ...

    def section(self, text: str) -> str:
        """Head a section."""
        ...

    def topic(self, text: str, *, deep: bool) -> str:
        """Head a topic or, `deep`, a subtopic; `text` is finished markup."""
        ...

    def paragraph(self, *lines: str) -> str:
        """Say finished lines as one paragraph."""
        ...

    def item(self, *lines: str) -> str:
        """Say finished lines as one entry of a list."""
        ...

    def listed(self, items: str) -> str:
        """Put finished entries into a list."""
        ...

    def quote(self, text: str) -> str:
        """Say somebody's very words."""
        ...

    def aside(self, text: str) -> str:
        """Say something about the text itself; `text` is finished markup."""
        ...


class Html:
    """HTML of `p br a ul ol li strong em`, no attribute but an absolute href."""

    gap = "\n"
    less = ""
    links_inline = True

    def words(self, text: str) -> str:
        """Escape one tidy line."""
        return html.escape(_defused(one_line(text)), quote=False)

    def link(self, text: str, url: str | None) -> str:
        """Link to an http, https or mailto address, to nothing else."""
        address = absolute(url)
        return f'<a href="{html.escape(address)}">{text}</a>' if address else text

    def section(self, text: str) -> str:
        """Set in bold."""
        return f"<p><strong>{self.words(text)}</strong></p>"

    def topic(self, text: str, *, deep: bool) -> str:
        """Set in bold, a subtopic in italics too."""
        name, time = _split_time(text)
        return f"<p><strong><em>{name}</em></strong>{time}</p>" if deep else f"<p><strong>{name}</strong>{time}</p>"

    def paragraph(self, *lines: str) -> str:
        """Break lines inside one paragraph."""
        return f"<p>{'<br>'.join(lines)}</p>"

    def item(self, *lines: str) -> str:
        """Break lines inside one entry."""
        return f"<li>{'<br>'.join(lines)}</li>"

    def listed(self, items: str) -> str:
        """Make a list without numbers."""
        return f"<ul>{items}</ul>"

    def quote(self, text: str) -> str:
        """Set in italics, within quotation marks."""
        return f"<em>“{self.words(text)}”</em>"

    def aside(self, text: str) -> str:
        """Set a paragraph in italics."""
        return f"<p><em>{text}</em></p>"


class Plain:
    """Plain text with line breaks, without anything that looks like a tag."""

    gap = "\n\n\n"
    less = "\n\n"
    links_inline = False

    def words(self, text: str) -> str:
        """Give one tidy line; what would look like a tag gets other brackets."""
        return untagged(_defused(one_line(text)))

    def link(self, text: str, url: str | None) -> str:
        """Write the address out."""
        address = absolute(url)
        return f"{text}: {address}" if address else text

    def section(self, text: str) -> str:
        """Set in capitals."""
        return self.words(text).upper() + "\n\n"

    def topic(self, text: str, *, deep: bool) -> str:
        """Give a line of its own."""
        return (f"- {text}" if deep else text) + "\n\n"

    def paragraph(self, *lines: str) -> str:
        """Break lines."""
        return "\n".join(lines) + "\n\n"

    def item(self, *lines: str) -> str:
        """Begin with a bullet."""
        return "• " + "\n  ".join(lines) + "\n"

    def listed(self, items: str) -> str:
        """End the list."""
        return items + "\n"

    def quote(self, text: str) -> str:
        """Set within quotation marks."""
        return f"“{self.words(text)}”"

    def aside(self, text: str) -> str:
        """Give a paragraph."""
        return text + "\n\n"


def as_html(text: str) -> str:
    """Turn the publisher's plain text into HTML with the same words: paragraphs, line breaks."""
    paragraphs = re.split(r"\n\s*\n", xml_safe(text).strip())
    lines = ([html.escape(line.strip(), quote=False) for line in one.splitlines()] for one in paragraphs if one.strip())
    return "\n".join(f"<p>{'<br>'.join(one)}</p>" for one in lines)


def tamed(markup: str) -> str:
    """Reduce the publisher's HTML to the tags that we may add, for repeating it in another field."""
    return nh3.clean(
        xml_safe(markup),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        attribute_filter=lambda _tag, _name, value: absolute(value),
    )


def _defused(text: str) -> str:
    """Keep a text that begins with a time from being read as a chapter."""
    return f"– {text}" if _BEGINS_WITH_A_TIME.match(text) else text


def _split_time(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*)( \(\d{2,}:\d{2}:\d{2}\))", text)
    return (found[1], found[2]) if found else (text, "")
