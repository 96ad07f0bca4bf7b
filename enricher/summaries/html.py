"""The page of highlights as HTML."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from lxml import etree, html

from enricher.summaries import text
from enricher.summaries.blocks import RULE, Kind, Link, Page, Piece, headed, link, stands_alone
from enricher.summaries.sections import CALLOUT, called_out
from enricher.summaries.tables import rewrite_tables
from enricher.summaries.vocabulary import is_one_of
from enricher.summaries.web_page import Around, heads_table, main_part, mark_title, played_audio, read_metadata
from enricher.text import one_line, xml_safe
from enricher.timestamps import part_time

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCKS = {
    *_HEADINGS,
    *("p", "li", "ul", "ol", "div", "section", "article", "main", "blockquote", "figure", "figcaption", "hr", "dl"),
    *("dt", "dd", "table", "tr", "body", "html", "details", "summary", "pre", "address", "header", "footer"),
}
_STRUCTURE = ("li", "h2", "h3", "h4", "h5", "h6", "blockquote", "dt", "tr")
_IGNORED = {"script", "style", "nav", "aside", "form", "button", "noscript", "template", "svg", "head", "iframe"}
_IGNORED |= {"select", "video", "audio", "title", "object", "dialog", "s", "del", "strike"}
_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "complementary"}
_BOLD = {"b", "strong"}
_INLINE = {"span", "strong", "small", "time"}
_NUMBER = re.compile(r"\[?(\d{1,3})\]?")
"""What a citation looks like."""
_POWERED = re.compile(r"(?:\d|\b(?:[kcdmn]?m|ft|mi|mc|[a-zA-Z]))$")
"""What is raised to a power, or a unit squared."""
_STOPPED = re.compile(r"[.!?。！？][”\"’]?\s?$")
_SPEAKERS = {"cite", "footer", "figcaption"}
_IN_A_WORK = re.compile(r"\s[a-z]{1,4}$")  # “Ann Lee in <cite>Bees</cite>”, whose cite is read before
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CLOCK = re.compile(r"\d:\d\d")
_LIST = 3
"""So many times are a list of them, wherever they stand."""
_HANDLE = re.compile(r"(?<=\w)\s\[?@\w{2,30}\]?$")
_BULLET = re.compile(r"[•●▪◦‣∙]\s*(?=\S)")


def read(body: str) -> Page:
    """Cut a page into pieces, and read its metadata. Anything parses; a page without text has no pieces."""
    try:
        # lxml takes text with a declared encoding for broken; its bytes have the encoding that we say.
        root = html.document_fromstring(xml_safe(body).encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Page(())
    mark_title(root)
    main = main_part(root)
    rewrite_tables(main)
    pieces = _Walk(root).pieces(main)
    is_flat = next(main.iter(*_STRUCTURE), None) is None
    return Page(tuple(text.flat(pieces) if is_flat else pieces), read_metadata(root), played_audio(root))


class _Walk:
    """One walk over a page, gathering the text between the borders of blocks."""

    def __init__(self, root: etree._Element) -> None:
        self._around = Around(root)
        self._text: list[str] = []
        self._links: list[Link] = []
        self._speaker: str | None = None
        self._opened: dict[str, int] = {}
        """Where in the text the last `a`, and the last that may name a speaker, began."""
        self._items: list[bool] = []
        """Of each open `li`, whether something of it was given."""
        self._anchor: etree._Element | None = None
        """The link that is open, until something of it was given: it may hold whole blocks."""
        self._quote: etree._Element | None = None
        self._bold = ""
        """The letters of the text that are bold, outside of links or within."""
        self._bold_depth = 0
        self._was_bold, self._bold_lead = False, ""
        """Of the last text, whether all of it was bold, and which letters."""
        self._figure: etree._Element | None = None
        """The figure of the last quote: what stands below it there says who speaks."""

    def pieces(self, root: etree._Element) -> Iterator[Piece]:
        """Walk without recursion: hostile pages nest deep."""
        skipping: etree._Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if skipping is not None:
                if event == "end" and element is skipping:
                    skipping = None
                    self._say(element.tail)
            elif not isinstance(element.tag, str):
                self._say(element.tail)
            elif event == "end":
                yield from self._leave(element)
            elif self._is_ignored(element):
                skipping = element
            else:
                yield from self._enter(element)
        yield from self._flush(root)

    def _say(self, text: str | None) -> None:
        """Add text; a line break of the source is white space and no more."""
        if text:
            self._text.append(text.replace("\n", " ").replace("\r", " "))
            if self._bold_depth:
                self._bold += "".join(filter(str.isalnum, text))

    def _is_ignored(self, element: etree._Element) -> bool:
        tag = element.tag
        if tag in {"header", "footer", "figcaption"} and not self._names_speaker(element):
            # The caption of a picture that is a link is a title, and an article has a header as a site does.
            article = tag == "header" and next(element.iterancestors("article", "main"), None) is not None
            titled = tag == "header" and element.find(".//h1") is not None
            listed = tag == "footer" and len(_CLOCK.findall("".join(map(str, element.itertext("*"))))) >= _LIST
            return not (article or titled or listed or (tag == "figcaption" and self._anchor is not None))
        if tag == "details" and is_one_of("transcript", element.findtext("summary") or ""):
            return True
        if tag in {"thead", "tr"} and heads_table(element):
            return True
        if tag in _IGNORED or element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        return (
            element.get("role") in _ROLES
            or self._around.has(element)
            or bool(_HIDDEN.search(element.get("style") or ""))
        )

    def _names_speaker(self, element: etree._Element) -> bool:
        """Return whether this stands in a quote, or below it in its figure."""
        figure = self._figure is not None and any(x is self._figure for x in element.iterancestors("figure"))
        return element.tag in _SPEAKERS and (self._quote is not None or figure)

    def _enter(self, element: etree._Element) -> Iterator[Piece]:
        tag = str(element.tag)
        if tag in _BLOCKS:
            yield from self._flush(element.getparent())
        self._bold_depth += tag in _BOLD
        if tag == "li":
            self._items.append(False)
            if self._quote is not None and element.getprevious() is None and element.getnext() is None:
                self._text.append("- ")  # who said it, in a list of one
        elif tag == "blockquote" and self._quote is None:
            self._quote = element
        elif tag == "br" and next((one for one in reversed(self._text) if one == "\n" or one.strip()), "") == "\n":
            # A line was broken and nothing said since: a second break begins a paragraph.
            yield from self._flush(element.getparent())
        else:
            self._text.append(_apart(element))
        if tag in {"a", "sup"} or tag in _SPEAKERS:
            self._opened[tag] = len(self._text)
        if tag == "a":
            self._anchor = element
        self._say(element.text)

    def _leave(self, element: etree._Element) -> Iterator[Piece]:
        tag = str(element.tag)
        self._bold_depth -= tag in _BOLD
        if tag == "a" and element is self._anchor:
            self._anchor = None
            if element.get("href"):
                self._link(element)
        elif tag in _SPEAKERS and self._names_speaker(element):
            said = one_line("".join(self._text[self._opened.get(tag, 0) :]))
            said = part_time(said.strip("—–- ,")).title.strip("—–- ,")
            said = _IN_A_WORK.sub("", said) if self._speaker else said
            self._speaker = said if any(map(str.isalpha, said)) else self._speaker
            del self._text[self._opened.get(tag, 0) :]
            if self._quote is None:
                yield Piece("quote", speaker=self._speaker)
                self._speaker = None
        elif element is self._quote:
            yield from self._end_quote(element)
        elif tag in _BLOCKS:
            yield from self._flush(element)
        if tag == "hr":
            yield Piece("rule")
        elif tag == "li" and self._items:
            self._items.pop()
        elif tag == "sup":
            self._end_raised(element)
        self._say(element.tail)

    def _end_raised(self, element: etree._Element) -> None:
        """Part a raised number, which is a citation, from the text; powers, squared units, ordinals have no gap."""
        began = self._opened.get("sup", 0)
        before = "".join(self._text[max(0, began - 3) : began])
        number = _NUMBER.fullmatch(one_line("".join(self._text[began:])))
        beside = element.getprevious()
        several = beside is not None and beside.tag == "sup" and not (beside.tail or "").strip()
        if number and _STOPPED.search(before):
            self._text[began:] = [f" [{number[1]}]"]  # behind the end of a sentence it is nothing else
        elif number and (several or not _POWERED.search(before)):
            self._text.insert(began, " ")

    def _link(self, element: etree._Element) -> None:
        """Keep a link; one that is a mere number and leads to a time, or stands raised, is a citation."""
        began = self._opened.get("a", 0)
        said = one_line("".join(self._text[began:]))
        address = (element.get("href") or "").strip()
        found = link(said, address)
        if found.start is not None or not address.startswith(("#", "javascript:")):  # into this page
            self._links.append(found)
        number = _NUMBER.fullmatch(said)
        cites = found.start is not None or next(element.iterancestors("sup"), None) is not None
        if number and cites and not "".join(self._text[max(0, began - 1) : began]).endswith("["):
            self._text[began:] = [f" [{number[1]}]"]

    def _end_quote(self, element: etree._Element) -> Iterator[Piece]:
        text, links = self._gathered()
        self._quote, self._figure = None, next(element.iterancestors("figure"), None)
        callout = CALLOUT.match(text)
        if callout:
            yield from called_out(callout, Piece("text", text[callout.end() :], links=links, depth=len(self._items)))
        elif self._was_bold and not self._speaker and stands_alone(text):
            yield Piece("text", text, links=links, depth=len(self._items), is_bold=True)  # so Snipd sets titles off
        elif text or self._speaker:
            yield Piece("quote", text, links=links, speaker=self._speaker, depth=len(self._items))
        if self._items:
            self._items[-1] = True
        self._speaker = None

    def _gathered(self) -> tuple[str, tuple[Link, ...]]:
        text = "\n".join(filter(None, map(one_line, "".join(self._text).split("\n"))))
        if self._anchor is not None and text:
            began = self._opened.get("a", 0)
            said = one_line("".join(self._text[began:]))
            if said:
                self._links.append(link(said, (self._anchor.get("href") or "").strip()))
                self._anchor = None
        links, self._text, self._links, self._opened = tuple(self._links), [], [], {}
        self._was_bold = 0 < len(self._bold) >= sum(map(str.isalnum, text))
        self._bold_lead, self._bold = self._bold, ""
        return text, links

    def _flush(self, where: etree._Element | None) -> Iterator[Piece]:
        """Return what was gathered as one piece of the block `where`; a quote is one piece whatever it holds."""
        if self._quote is not None:
            self._text.append("\n")
            return
        whole, links = self._gathered()
        for is_rule, lines in groupby(whole.splitlines(), key=lambda line: bool(RULE.fullmatch(line))):
            text = "\n".join(lines)
            if is_rule:
                yield Piece("rule")
            elif any(character.isalnum() for character in text):
                own = tuple(x for x in links if x.text in text)
                yield from headed(self._piece(text, own, where), self._bold_lead)

    def _piece(self, text: str, links: tuple[Link, ...], where: etree._Element | None) -> Piece:
        begins = bool(self._items) and not self._items[-1]
        if self._items:
            self._items[-1] = True
        tags = [] if where is None else [str(where.tag), *(str(x.tag) for x in where.iterancestors(*_HEADINGS))]
        heading = next((_HEADINGS[tag] for tag in tags if tag in _HEADINGS), None)
        depth = len(self._items)
        kind: Kind = "heading" if heading else "bullet" if begins else "text"
        bullet = _BULLET.match(text)
        if kind == "text" and bullet and "\n" not in text:
            return Piece("bullet", text[bullet.end() :], depth + 1, links, depth=depth + 1)
        if heading:
            return Piece(kind, _HANDLE.sub("", text.rstrip(" ¶#")), heading, links, depth=depth)
        bold = self._was_bold and kind == "text" and "\n" not in text
        if bold and stands_alone(text.rstrip(":：")):
            text = text.rstrip(":：")
        return Piece(kind, text, depth if begins else 0, links, depth=depth, is_bold=bold)


def _apart(element: etree._Element) -> str:
    """Return what parts an inline element from the text before it, where only its style does."""
    before = element.getprevious()
    if element.tag == "br":
        return "\n"
    if before is not None and element.tag in {"td", "th"}:
        return " | "
    if before is None or not isinstance(before.tag, str) or element.tag not in _INLINE or (before.tail or "").strip():
        return ""
    # One letter may be a word's first, set large.
    said = "".join(map(str, before.itertext("*"))).strip()
    follows = len(said) > 1 or said.isdecimal()
    return ("\n" if element.tag == "time" else " ") if follows else ""
