"""The page of highlights as Markdown (CommonMark), which is HTML written by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from enricher.errors import SummaryError
from enricher.summaries import html
from enricher.summaries.blocks import Page
from enricher.summaries.front_matter import read_front_matter
from enricher.summaries.text import stands_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LARGEST = 1_000_000
_WIKI_LINK = re.compile(r"!?\[\[(?:[^\[\]|\n]{0,200}\|)?([^\[\]|\n]{1,200})\]\](?!\()")
_IMPORT = re.compile(r"^(?:import|export)\s[^\n]*\n", re.MULTILINE)
_CODE = {"fence", "code_block"}


def read(text: str) -> Page:
    """Render to HTML and cut that into pieces; what the front matter says counts more. Raises SummaryError.

    Departs from CommonMark where pages of highlights do: indented lines are text and no code, a line ends where it
    ends, and `---` below a sentence marks a pull quote and makes no heading of it. Code is left out.
    """
    if len(text) > _LARGEST:
        raise SummaryError(f"has {len(text):,} characters; no page of highlights has more than {_LARGEST:,}")
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).use(front_matter_plugin)
    parser.enable("table").disable("code")
    tokens = parser.parse(_tidied(text))
    said: dict[str, Any] = {}
    if tokens and tokens[0].type == "front_matter":
        said = read_front_matter(tokens[0].content)
        tokens = tokens[1:]
    page = html.read(parser.renderer.render(list(_without_setext(tokens)), parser.options, {}))
    return Page(page.pieces, page.said | said)


def _tidied(text: str) -> str:
    """Take off what other tools put into Markdown: MDX imports at the top, links between notes of a vault."""
    text = _WIKI_LINK.sub(r"\1", text)
    while found := _IMPORT.match(text.lstrip()):
        text = text.lstrip()[found.end() :]
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
