"""The page of highlights as Markdown (CommonMark), which is HTML written by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token

from enricher.errors import SummaryError
from enricher.summaries import html
from enricher.summaries.blocks import stands_alone
from enricher.summaries.markup import without_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.blocks import Page

_LARGEST = 1_000_000
_IMPORT = re.compile(r"^(?:import|export)\s[^\n]*\n", re.MULTILINE)
_CLOSING = re.compile(r"\{\{([<%])\s*/([\w.-]{1,40})\s*[>%]\}\}")
_PAIRS, _BETWEEN = 50, 5000
_TEMPLATE = re.compile(r"\{\{[^{}\n]{0,500}\}\}|\{%[^{}\n]{0,500}%\}|\{:[^{}\n]{0,200}\}")
"""Shortcodes of Hugo, Liquid of Jekyll, attributes of kramdown."""
_CODE = {"fence", "code_block"}


def read(text: str) -> Page:
    """Render to HTML and cut that into pieces. Raises SummaryError.

    Departs from CommonMark where pages of highlights do: indented lines are text and no code, a line ends where it
    ends, and `---` below a sentence marks a pull quote and makes no heading of it. Code is left out.
    """
    if len(text) > _LARGEST:
        raise SummaryError(f"has {len(text):,} characters; no page of highlights has more than {_LARGEST:,}")
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("table").disable("code")
    tokens = list(_without_setext(parser.parse(_tidied(text))))
    for token in tokens:
        for child in token.children or ():
            if child.type == "text" and "*" in child.content:
                # CommonMark opens no emphasis between CJK letters and punctuation: stray ** are nobody's words.
                child.content = child.content.replace("**", "")
    return html.read(parser.renderer.render(tokens, parser.options, {}))


def _tidied(text: str) -> str:
    """Take off what other tools put into Markdown."""
    text = without_marks(text)
    while found := _IMPORT.match(text.lstrip()):
        text = text.lstrip()[found.end() :]
    if "{{" in text or "{%" in text or "{:" in text:
        for closing in list(_CLOSING.finditer(text))[:_PAIRS][::-1]:
            # {{< top5 >}} … {{< /top5 >}} of Hugo: what stands between is data for the template.
            begun = text.rfind(f"{{{{{closing[1]} {closing[2]}", max(0, closing.start() - _BETWEEN), closing.start())
            text = text[:begun] + text[closing.end() :] if begun >= 0 else text
        text = _TEMPLATE.sub("", text)
    return text


def _without_setext(tokens: Sequence[Token]) -> Iterator[Token]:
    """Undo headings made by `---` below what is no heading by its looks."""
    undone = False
    for i, token in enumerate(tokens):
        if token.type in _CODE:
            continue
        if token.type == "heading_open" and token.markup == "-" and not stands_alone(tokens[i + 1].content.strip()):
            undone = True
            yield Token("paragraph_open", "p", 1, block=True)
        elif token.type == "heading_close" and undone:
            undone = False
            yield Token("paragraph_close", "p", -1, block=True)
            yield Token("hr", "hr", 0, markup="---", block=True)
        else:
            yield token
