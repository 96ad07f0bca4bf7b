"""The page of highlights as Markdown (CommonMark), which is HTML written by hand.

What note apps write in Markdown's place or on top of it is made Markdown: Logseq, Roam, Obsidian, Org, AsciiDoc.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from enricher.errors import SummaryError
from enricher.summaries import html
from enricher.summaries.blocks import stands_alone
from enricher.summaries.record_values import name_of_slug
from enricher.summaries.vocabulary import TASKS, key_role
from enricher.text import one_line
from enricher.timestamp_lists import find_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.blocks import Page

_LARGEST = 1_000_000
_IMPORT = re.compile(r"^(?:import|export)\s[^\n]*\n", re.MULTILINE)
_CLOSING = re.compile(r"\{\{([<%])\s*/([\w.-]{1,40})\s*[>%]\}\}")
_PAIRS, _BETWEEN = 50, 5000
_PROSE = re.compile(r"[^\n<>{}|]{40}[.!?。！？](?:\s|$)")
_TEMPLATE = re.compile(
    r"\{\{[^{}\n]{0,500}\}\}|\{%[^{}\n]{0,500}%\}|\{:[^{}\n]{0,200}\}|[ \t]\{[#.][\w-][^{}\n]{0,200}\}[ \t]*$",
    re.MULTILINE,
)
"""Shortcodes of Hugo, Liquid of Jekyll, attributes of kramdown, those of Pandoc and Hugo behind a heading."""
_NOWHERE = re.compile(r"\[[^\[\]\n]{1,200}\]\(\s{0,9}\)")
"""A link whose address was a template's."""
_CODE = {"fence", "code_block"}
_EXPRESSION = re.compile(r"^[ \t]*\{[\w.]{1,80}\}[ \t]*$", re.MULTILINE)
"""An expression of MDX, https://mdxjs.com/docs/what-is-mdx/."""
_STARS_LEFT = re.compile(r"(?<![A-Za-z])\*\*|\*\*(?![A-Za-z])")
_CJK = r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]"
_EMPHASIS = re.compile(
    rf"(?<![\\*_])(?P<mark>\*|__)(?![*_\s])(?P<said>[^*_\n]{{1,200}}?)(?<![\\\s])(?P=mark)(?={_CJK})"
    rf"|(?<={_CJK})(?P<mark2>\*|__)(?![*_\s])(?P<said2>[^*_\n]{{1,200}}?)(?<![\\\s])(?P=mark2)(?![*_])"
)
"""Emphasis beside letters of Chinese, Japanese, Korean, where CommonMark sees none."""
_STRUCK = re.compile(r"(?<!\S)~~(?=\S)[^~\n]{1,300}(?<=\S)~~(?![^\s.,;:!?)])\s?")
"""What is struck out; in Korean and Japanese "~~" draws a word out."""
_CLOSE_HEADING = re.compile(r"^(#{2,6})(?=[^\s#])", re.MULTILINE)
"""`##Title`, as Markdown was before CommonMark; `#bees` is a tag."""

# `key:: value` of Logseq, Roam and Dataview, in an entry of a list or not; `#+KEY: value` of Org; `:key: value` of
# AsciiDoc, which looks like an emoji of a chat where its name means nothing.
_PROPERTY = re.compile(
    r"^[ \t]*(?:[-*][ \t]+)?(?:\*{0,2}(?P<key>[^\W\d_][\w /-]{0,40})\*{0,2}::|#\+(?P<org>\w{1,40}):"
    r"|:(?P<doc>[\w-]{1,40}):)(?=[ \t]|$)[ \t]*(?P<value>[^\n]*)\n?",
    re.MULTILINE,
)
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{1,200}\.\w{2,4}(?:\|[^\[\]\n]{0,40})?\]\]")
"""A picture in a note of Obsidian's."""
_WIKI_LINK = re.compile(
    r"!?\[\[(?:[^\[\]|\n]{1,200}\|([^\[\]\n]{1,200})|(?:[^\[\]|\n]{0,200}/)?([^\[\]|/\n]{1,200}))\]\](?!\()"
)
_BETWEEN_LINKS = re.compile(r"(?:[\s,;&]|and\b|und\b)*")

_BLOCK_ID = re.compile(r"[ \t]\^[\w-]{3,40}[ \t]*$|\(\([\w-]{9,40}\)\)", re.MULTILINE)
"""What links between blocks of a vault lead to, and such links."""
_TAGS = re.compile(r"#\[\[[^\[\]\n]{1,200}\]\]|^[ \t]*(?:#[^\s#]{1,60}#?[ \t]*)+$", re.MULTILINE)
_MARKED = re.compile(r"(\^\^|==)(?=\S)([^\n^=]{1,1000}?)(?<=\S)\1")
_TO_DO = "|".join(TASKS)
_TASK = re.compile(rf"^[ \t>]*[-*+] (?:\[[ xX]\]|(?:\{{\{{\[\[)?(?:{_TO_DO})\b)[^\n]*\n?", re.MULTILINE)
_INTO_VAULT = r"(?:\[\[[^\[\]/\n]{1,100}/[^\[\]\n]{1,200}\]\][ ,;·•|]*)"
_NAVIGATION = re.compile(
    rf"(?:^[ \t]*[-*+] {_INTO_VAULT}+\n){{3,}}|^(?:\*\*[^*\n]{{1,40}}\*\*:?[ \t]*)?{_INTO_VAULT}{{3,40}}$", re.MULTILINE
)
"""Three entries and more, or a line, that are links into the vault and nothing else."""
_ASIDE = re.compile(r"^[ \t]*</?aside>[ \t]*$", re.MULTILINE)
"""So Notion writes its callouts."""
_VAULT_COMMENT = re.compile(r"%%[^%]{0,5000}%%")

_STARS = re.compile(r"^(\*{1,6})[ \t]+(?P<text>\S[^\n]*)$", re.MULTILINE)
_ORG_TEXT = re.compile(r"^\*{1,6}[ \t][^\n]*\n(?=[^*\s])", re.MULTILINE)
_EQUALS = re.compile(r"^(={1,6})[ \t]+(?P<text>\S[^\n]*?)(?:[ \t]+=+)?[ \t]*$", re.MULTILINE)
"""A heading of AsciiDoc or MediaWiki."""
_QUOTE = re.compile(
    r"^\[quote(?:,[ \t]*(?P<who>[^\],\n]{1,80}))?[^\]\n]*\]\n_{4,}\n(?P<doc>.{1,2000}?)\n_{4,}$"
    r"|^#\+BEGIN_QUOTE[ \t]*\n(?P<org>.{1,2000}?)\n[ \t]*#\+END_QUOTE[ \t]*$",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)


def read(text: str) -> Page:
    """Render to HTML and cut that into pieces. Raises SummaryError.

    Departs from CommonMark where pages of highlights do: indented lines are text and no code, a line ends where it
    ends, and `---` below a sentence marks a pull quote and makes no heading of it. Code is left out.
    """
    if len(text) > _LARGEST:
        raise SummaryError(f"has {len(text):,} characters; no page of highlights has more than {_LARGEST:,}")
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("table").disable("code")
    tokens = list(_without_setext(_with_lists_of_code(parser, parser.parse(_tidied(text)))))
    for token in tokens:
        _join_links(token.children or ())
        for child in token.children or ():
            if child.type == "text" and "*" in child.content:
                # CommonMark opens no emphasis between CJK letters and punctuation: stray ** are nobody's words.
                child.content = _STARS_LEFT.sub("", child.content)
    return html.read(parser.renderer.render(tokens, parser.options, {}))


def _tidied(text: str) -> str:
    """Take off what other tools put into Markdown."""
    text = _without_marks(text)
    while found := _IMPORT.match(text.lstrip()):
        text = text.lstrip()[found.end() :]
    text = _STRUCK.sub("", text) if "~~" in text else text
    text = _EMPHASIS.sub(lambda one: one["said"] or one["said2"], text) if not text.isascii() else text
    text = _CLOSE_HEADING.sub(r"\1 ", _EXPRESSION.sub("", _without_comments(text)) if "{" in text else text)
    if any(mark in text for mark in ("{{", "{%", "{:", "{#", "{.")):
        for closing in list(_CLOSING.finditer(text))[:_PAIRS][::-1]:
            # {{< top5 >}} … {{< /top5 >}} of Hugo: what stands between is data for the template, unless it is prose.
            begun = text.rfind(f"{{{{{closing[1]} {closing[2]}", max(0, closing.start() - _BETWEEN), closing.start())
            prose = closing[1] == "%" or _PROSE.search(text, max(0, begun), closing.start())
            text = text[:begun] + text[closing.end() :] if begun >= 0 and not prose else text
        text = _NOWHERE.sub("", _TEMPLATE.sub("", text))
    return text


def _without_comments(text: str) -> str:
    """Leave out comments of MDX: `{/* … */}`."""
    before, *parts = text.split("{/*")
    for part in parts:
        _, end, rest = part.partition("*/}")
        before += rest if end else "{/*" + part
    return before


def _join_links(children: Sequence[Token]) -> None:
    """Make one line of a link's text that goes over two."""
    inside = False
    for child in children:
        inside = child.type == "link_open" or (inside and child.type != "link_close")
        if inside and child.type == "softbreak":
            child.type, child.content = "text", " "


def _with_lists_of_code(parser: MarkdownIt, tokens: Sequence[Token]) -> list[Token]:
    """Read a list of times for what it is where a model has written it as code."""
    read = (
        parser.parse(one.content) if one.type in _CODE and find_list(one.content.splitlines()) else [one]
        for one in tokens
    )
    return [token for every in read for token in every]


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


def split_properties(text: str) -> tuple[dict[str, Any], str]:
    """Take lines of properties off a text; the first of a name counts, which is the page's."""
    found: dict[str, Any] = {}

    def take(line: re.Match[str]) -> str:
        key = line["key"] or line["org"] or line["doc"]
        if line["doc"] and key_role(key) is None:
            return line[0]
        if line["value"].strip():
            found.setdefault(key, _property(line["value"]))
        return ""

    return found, _PROPERTY.sub(take, text) if "::" in text or "#+" in text or "\n:" in text else text


def _property(written: str) -> str | list[str]:
    """Read a property: several links are a list, one is what it shows."""
    links = _WIKI_LINK.findall(written)
    if len(links) > 1 and _BETWEEN_LINKS.fullmatch(_WIKI_LINK.sub("", written)):
        return [alias or name for alias, name in links]
    return one_line(_WIKI_LINK.sub(r"\1\2", written)).strip('"')


def as_markdown(text: str) -> str:
    """Write headings and quotes of Org, AsciiDoc and MediaWiki as Markdown; other text is left alone."""
    if "\n** " in text:
        # In a wiki `**` is a deeper bullet; what heads has text below it.
        text = _STARS.sub(_org_heading if _ORG_TEXT.search(text) else _deeper_bullet, text)
    if len(_EQUALS.findall(text)) > 1:
        text = _EQUALS.sub(lambda found: f"{'#' * len(found[1])} {found['text']}", text)
    return _QUOTE.sub(_quote, text)


def _deeper_bullet(found: re.Match[str]) -> str:
    return f"{'  ' * (len(found[1]) - 1)}* {found['text']}"


def _org_heading(found: re.Match[str]) -> str:
    task = found["text"].split(maxsplit=1)[0] in TASKS
    return f"{'#' * len(found[1])} {'Tasks' if task else found['text']}"


def _quote(found: re.Match[str]) -> str:
    lines = (found["doc"] or found["org"]).splitlines() + ([f"— {found['who']}"] if found["who"] else [])
    return "\n".join(f"> {line.strip()}" for line in lines)


def _shown(link: re.Match[str]) -> str:
    """Return what a link between notes shows; "people/ann-lee" is the address of Ann Lee."""
    folder = link[0].strip("![").partition("/")[0]
    return link[1] or (name_of_slug(link[2]) if key_role(folder) == "people" else link[2])


def _without_marks(text: str) -> str:
    """Take off tasks, tags, links between notes and the marks of a vault's own."""
    text = _NAVIGATION.sub("", _ASIDE.sub("", _TASK.sub("", text)))
    text = _WIKI_LINK.sub(_shown, _EMBEDDED.sub("", _BLOCK_ID.sub("", _TAGS.sub("", text))))
    return _MARKED.sub(r"\2", _VAULT_COMMENT.sub("", text))
