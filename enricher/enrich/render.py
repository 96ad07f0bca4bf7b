"""Renderers for notes: HTML with the few tags that every app knows (contract C22), and plain text.

An HTML field gets HTML, a plain-text field gets plain text: AntennaPod stops honouring line breaks in a text once it
holds a tag (contract C24). Every method returns finished markup; `text` takes one line, the others finished markup
where they say so.
"""

from __future__ import annotations

import html
import re

import nh3

from enricher.text import one_line, untagged, xml_safe
from enricher.urls import absolute

_TAGS = {"p", "br", "a", "ul", "ol", "li", "strong", "em"}
_BEGINS_WITH_A_TIME = re.compile(r"\W*\d{1,3}:\d{2}")
_TIMED = re.compile(r"(.*)( \(\d{2,}:\d{2}:\d{2}\))")


class HtmlRenderer:
    """HTML of `p br a ul ol li strong em`, no attribute but an absolute href."""

    gap = "\n<p>* * *</p>\n"
    """The visible break between our block and the publisher's notes in content:encoded (contract C25; no app that
    leaves `hr` out may lose it)."""
    description_gap = "<p>* * *</p>"
    """And in the description, which must stay the shorter of the two (contract C17)."""
    links_inline = True
    """Whether words can be links, or addresses have to be written out."""

    def text(self, text: str, *, inside: bool = False) -> str:
        """Escape one tidy line, or what stands inside one: behind other words, a time at its start is no chapter."""
        return html.escape(one_line(text) if inside else _no_chapter(one_line(text)), quote=False)

    def link(self, text: str, url: str | None) -> str:
        """Link finished markup to an http, https or mailto address, to nothing else."""
        address = absolute(url)
        return f'<a href="{html.escape(address)}">{text}</a>' if address else text

    def section(self, text: str) -> str:
        """Head a section, in bold."""
        return f"<p><strong>{self.text(text)}</strong></p>"

    def topic(self, text: str, *, deep: bool) -> str:
        """Head a topic with finished markup, in bold; a subtopic (`deep`) in italics too. The time stays plain."""
        found = _TIMED.fullmatch(text)
        name, time = (found[1], found[2]) if found else (text, "")
        return f"<p><strong><em>{name}</em></strong>{time}</p>" if deep else f"<p><strong>{name}</strong>{time}</p>"

    def paragraph(self, *lines: str) -> str:
        """Break finished lines inside one paragraph."""
        return f"<p>{'<br>'.join(lines)}</p>"

    def list_item(self, *lines: str) -> str:
        """Break finished lines inside one entry of a list."""
        return f"<li>{'<br>'.join(lines)}</li>"

    def list_of(self, items: str) -> str:
        """Put finished entries into a list without numbers."""
        return f"<ul>{items}</ul>"

    def quote(self, text: str) -> str:
        """Set somebody's words in italics, within quotation marks."""
        return f"<em>“{self.text(text)}”</em>"

    def label(self, text: str) -> str:
        """Set a finished paragraph about the text itself in italics."""
        return f"<p><em>{text}</em></p>"


class PlainRenderer:
    """Plain text with line breaks, without anything that looks like a tag."""

    gap = "\n\n* * *\n\n\n"
    description_gap = "\n\n* * *\n\n"
    links_inline = False

    def text(self, text: str, *, inside: bool = False) -> str:
        """Return one tidy line, or what stands inside one; what would look like a tag gets other brackets."""
        return untagged(one_line(text) if inside else _no_chapter(one_line(text)))

    def link(self, text: str, url: str | None) -> str:
        """Write the address out."""
        address = absolute(url)
        return f"{text}: {address}" if address else text

    def section(self, text: str) -> str:
        """Head a section, in capitals."""
        return self.text(text).upper() + "\n\n"

    def topic(self, text: str, *, deep: bool) -> str:
        """Head a topic with a line of its own."""
        return (f"- {text}" if deep else text) + "\n\n"

    def paragraph(self, *lines: str) -> str:
        """Break lines."""
        return "\n".join(lines) + "\n\n"

    def list_item(self, *lines: str) -> str:
        """Begin with a bullet."""
        return "• " + "\n  ".join(lines) + "\n"

    def list_of(self, items: str) -> str:
        """End the list."""
        return items + "\n"

    def quote(self, text: str) -> str:
        """Set somebody's words within quotation marks."""
        return f"“{self.text(text)}”"

    def label(self, text: str) -> str:
        """Return a paragraph."""
        return text + "\n\n"


Renderer = HtmlRenderer | PlainRenderer


def as_html(text: str) -> str:
    """Turn the publisher's plain text into HTML with the same words: paragraphs, line breaks."""
    paragraphs = re.split(r"\n\s*\n", xml_safe(text).strip())
    lines = ([html.escape(line.strip(), quote=False) for line in one.splitlines()] for one in paragraphs if one.strip())
    return "\n".join(f"<p>{'<br>'.join(one)}</p>" for one in lines)


def clean_html(markup: str) -> str:
    """Reduce the publisher's HTML to the tags that we may add, for repeating it in another field."""
    return nh3.clean(
        xml_safe(markup),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        attribute_filter=lambda _tag, _name, value: absolute(value),
    )


def _no_chapter(text: str) -> str:
    """Put a dash before a time at the start of a line, which Spotify and Apple take for a chapter (contract C38)."""
    return f"– {text}" if _BEGINS_WITH_A_TIME.match(text) else text
