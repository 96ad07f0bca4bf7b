"""Mend what is really broken in the wild, so that lxml can read it and nothing of it is dropped.

lxml's own recovery silently loses a bare `&` and mangles Windows-1252, so it is never used.
"""

from __future__ import annotations

import re
from html.entities import html5
from itertools import pairwise
from typing import TYPE_CHECKING

from lxml import etree

from enricher.errors import SourceError
from enricher.feed.encoding import ROOT, decode, is_declared
from enricher.feed.refusals import refuse_unread
from enricher.feed.xml import PREFIXES, parse_strict
from enricher.text import xml_safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from enricher.model.feed import Document

UNCLOSED = "a missing end tag"
"""The repair of a document that may have been cut short behind its last item."""
WELL_KNOWN = {
    **PREFIXES,
    "cc": "http://web.resource.org/cc/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
    "rawvoice": "http://www.rawvoice.com/rawvoiceRssModule/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "spotify": "http://www.spotify.com/ns/rss",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
"""Prefixes that feeds use without declaring them, and what they mean."""

# Bounded, so that they read any document in time that grows with its length alone.
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,500}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]{0,1000}(?:\[[^\]]{0,10000}\]\s*)?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#(\d{1,8});|#[xX]([0-9a-fA-F]{1,8});|(\w{1,40};))?")
_PAIR = re.compile(r"&#(5[5-7]\d{3}|[xX][dD][89aAbB][\da-fA-F]{2});&#(5[5-7]\d{3}|[xX][dD][c-fC-F][\da-fA-F]{2});")
_COMMENT = re.compile(r"<!--(?:[^-]|-[^-]){0,2000}-->")
_BARE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_CHANNEL_END = re.compile(r"</channel\s*>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ITEM_END = re.compile(r"</item\s*>", re.IGNORECASE)
_ITEM = re.compile(r"<item[\s/>]", re.IGNORECASE)
_PART = re.compile(r"</?(?:item|entry|channel)[\s/>]", re.IGNORECASE)
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*(?=[\s=/>])")
_XML_NAMES = {"amp;", "lt;", "gt;", "quot;", "apos;"}

_OPAQUE = {"<!--": "-->", "<![CDATA[": "]]>"}
_OPENS = re.compile(r"<!--|<!\[CDATA\[")
_START_TAG = re.compile(r"<[A-Za-z_][\w.:-]*(?:\s[^<>]*)?>")
# A tag in whose values a `<` may stand: `<podcast:chapters url="https://a.example/?a<b"/>`.
_WHOLE_TAG = re.compile(r"<[A-Za-z_][\w.:-]*(?:\s+[\w.:-]+\s*=\s*(?:\"[^\">]*\"|'[^'>]*'))+\s*/?>")
_TAG_PARTS = re.compile(r"<([^\s<>/]+)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r"(?:^|\s+|(?<=[\"']))(?P<name>[\w:.-]+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+)")
_VOID = {"br", "hr", "img", "wbr"}
_NO_URI = re.compile(r"[\x00-\x20\\^`{|}]")
_HYPHENS = re.compile(r"-(?=-|$)")


def parse_xml(document: Document) -> tuple[etree._Element | None, tuple[str, ...], str]:
    """Parse a document strictly, else mended; return its root (None: beyond repair), what was mended, and the text.

    The text is empty where the bytes themselves could be parsed. Raises SourceError for entity declarations,
    for what was cut short, and for what is nested too deep.
    """
    refuse_unread(document.body)
    text, repairs = decode(document) if is_declared(document) else ("", [])
    root = root_of(_undeclared(text).encode() if text else document.body)
    # Under a DOCTYPE whose DTD is not loaded, `&nbsp;` is no error to lxml: it is left as a node without text.
    if root is not None and root.getroottree().docinfo.internalDTD and next(root.iter(etree.Entity), None) is not None:
        root = None
    if root is not None and not (_has_undeclared_attributes(root) or _has_open_cdata(document)):
        return root, tuple(repairs), text
    text, mended = _mend(document)
    start = ROOT.search(text)
    if start is not None and not _end_tags(text, start):  # its last items are missing
        name = text[start.start() + 1 : start.end() - 1]
        raise SourceError(f"the document ends before </{name}>: it was cut short; tried again later")
    return root_of(text.encode()), mended, text


def root_of(body: bytes) -> etree._Element | None:
    """Parse strictly; None for what is not well-formed. Raises SourceError for what is nested too deep to be a feed."""
    try:
        return parse_strict(body)
    except etree.XMLSyntaxError as error:
        if "xcessive depth" in str(error):
            raise SourceError("the document is nested thousands of levels deep, as no feed is; refused") from None
    except ValueError:  # an encoding that libxml2 does not know
        pass
    return None


def _has_undeclared_attributes(root: etree._Element) -> bool:
    """Check root and channel for an attribute whose prefix means nothing (`length:itunes`), which lxml lets pass."""
    tops = (root, *root.iterchildren("channel"))
    return any(":" in name and name[0] != "{" for one in tops for name in map(str, one.attrib))


def _has_open_cdata(document: Document) -> bool:
    """Check for a section that swallows the next items up to the end of another one; all of it is well-formed."""
    if document.body.count(b"<![CDATA[") <= document.body.count(b"]]>"):
        return False
    text, _ = decode(document)
    return _end_cdata(text) != text


def _mend(document: Document) -> tuple[str, tuple[str, ...]]:
    """Return the document's text with everything mended that we know how to mend, and what that was."""
    text, repairs = decode(document)
    text = _undeclared(text).rstrip()
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (
        (UNCLOSED, _close),
        ("junk before or after the feed", _trim),
        ("a DOCTYPE", lambda t: _DOCTYPE.sub("", t, count=1)),
        ("characters that XML cannot carry", xml_safe),
        ("CDATA that is never closed", _end_cdata),
        ("comments with double hyphens", _mend_comments),
        ("bare & and <, or HTML entities", _mend_markup),
        ("tags as HTML allows them", _mend_tags),
        ("undeclared namespace prefixes", _declare),
    )
    for name, step in steps:
        better = step(text)
        if better != text:
            repairs.append(name)
        text = better
    return text, tuple(repairs)


def _undeclared(text: str) -> str:
    """Cut the XML declaration off a text, which is in no encoding any more."""
    return _DECLARATION.sub("", text, count=1).lstrip() if text.startswith("<?xml") else text


def _end_tags(text: str, root: re.Match[str]) -> list[re.Match[str]]:
    """Find the end tags of the root element's name."""
    name = text[root.start() + 1 : root.end() - 1]
    return list(re.finditer(rf"</{re.escape(name)}\s*>", text[root.end() :], re.IGNORECASE))


def _trim(text: str) -> str:
    """Cut a PHP warning before the root element, a cache's note after its end tag; not comments, nor what may be items.

    A note behind the feed may say when the cache was filled: kept, it would be a change at every fetch.
    """
    start = ROOT.search(text)
    if not start:
        return _DECLARATION.sub("", text, count=1).lstrip()
    ends = _end_tags(text, start)
    end = start.end() + ends[-1].end() if ends else len(text)
    if _PART.search(text, 0, start.start()) or _PART.search(text, end):
        return text
    return "".join(_COMMENT.findall(text, 0, start.start())) + text[start.start() : end]


def _close(text: str) -> str:
    """Close an RSS root that is left open behind its closed channel: every item is there, nothing was cut off."""
    root, channels = ROOT.search(text), list(_CHANNEL_END.finditer(text))
    if root is None or root[0][1:4].lower() != "rss" or not channels or _end_tags(text, root):
        return text
    end = channels[-1].end()
    in_cdata = text.rfind("<![CDATA[", 0, end) > text.rfind("]]>", 0, end)
    return text if in_cdata or _ITEM.search(text, end) else f"{text[:end]}</{root[0][1:4]}>"


def parted(text: str) -> list[str]:
    """Part a text at its comments and CDATA, in which nothing is markup: markup, opaque, markup, … markup.

    What is opened and never closed is markup.
    """
    parts, done, start = list[str](), 0, 0
    closed = dict.fromkeys(_OPAQUE, True)
    while found := _OPENS.search(text, start):
        close = _OPAQUE[found[0]]
        # After one that is never closed no other of its kind is: 100,000 `<!--` are searched for once.
        end = text.find(close, found.end()) if closed[found[0]] else -1
        closed[found[0]] = end >= 0
        start = found.end()
        if end >= 0:
            parts += [text[done : found.start()], text[found.start() : end + len(close)]]
            done = start = end + len(close)
    return [*parts, text[done:]]


def _end_cdata(text: str) -> str:
    """Drop the start of a CDATA section that is never closed, lest the end of another item's closes it."""
    marks, done, kept = list(_CDATA.finditer(text)), 0, list[str]()
    for one, other in pairwise(marks):
        if one[0] == other[0] != "]]>" and _ITEM_END.search(text, one.end(), other.start()):
            kept.append(text[done : one.start()])
            done = one.end()
    return "".join([*kept, text[done:]])


def _mend_comments(text: str) -> str:
    """Part the double hyphens in comments, which XML does not allow."""
    parts = parted(text)
    parts[1::2] = [
        f"<!--{_HYPHENS.sub('- ', part[4:-3])}-->" if part.startswith("<!--") else part for part in parts[1::2]
    ]
    return "".join(parts)


def _mend_markup(text: str) -> str:
    """Escape a bare `&` or `<` and write HTML's named characters out, outside CDATA and comments."""
    parts = parted(text)
    joined = (_PAIR.sub(_join_halves, part) for part in parts[::2])
    parts[::2] = [_BARE_LESS.sub("&lt;", _REFERENCE.sub(_mend_reference, part)) for part in joined]
    return "".join(parts)


def _join_halves(found: re.Match[str]) -> str:
    """Make one character of two references to the halves of a surrogate pair, as JavaScript writes an emoji."""
    halves = "".join(chr(int(code[1:], 16) if code[0] in "xX" else int(code)) for code in found.groups())
    try:
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeError:
        return found[0]


def _mend_reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        legal = code <= 0x10FFFF and xml_safe(chr(code))  # noqa: PLR2004 the last code point of Unicode
        return found[0] if legal else ""
    if name and name not in _XML_NAMES:
        character = html5.get(name)
        return character.replace("&", "&amp;").replace("<", "&lt;") if character else "&amp;" + found[0][1:]
    return found[0] if name else "&amp;"


def _mend_tags(text: str) -> str:
    """Quote attributes, keep the last of several alike, close what HTML never closes; a bare `]]>` is text.

    feedparser keeps the last one, too.
    """
    parts = parted(text)
    parts[::2] = [_WHOLE_TAG.sub(lambda found: f"<{found[0][1:].replace('<', '&lt;')}", part) for part in parts[::2]]
    parts[::2] = [_START_TAG.sub(_mend_tag, part.replace("]]>", "]]&gt;")) for part in parts[::2]]
    return "".join(parts)


def _mend_tag(found: re.Match[str]) -> str:
    name, rest, end = _TAG_PARTS.fullmatch(found[0]).groups()  # type: ignore[union-attr] # every start tag has these
    attributes: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(rest):
        value = attribute["value"] if attribute["value"][0] in "\"'" else f'"{attribute["value"]}"'
        if attribute["name"].startswith("xmlns"):  # what is no URI makes libxml2 refuse all of the document
            value = value[0] + _NO_URI.sub(lambda found: f"%{ord(found[0]):02X}", value[1:-1].strip()) + value[0]
        attributes[attribute["name"]] = value
    if _ATTRIBUTE.sub("", rest).strip():
        return found[0]  # there is something else in it, which is not understood
    void = "/" if name.lower() in _VOID else end
    return f"<{name}{''.join(f' {name}={value}' for name, value in attributes.items())}{void}>"


def _declare(text: str) -> str:
    """Declare on the root element the prefixes that are used and nowhere declared there."""
    root = _START_TAG.search(text)
    if not root:
        return text
    tags = "".join(_START_TAG.findall("".join(parted(text)[::2])))
    used = set(_PREFIX.findall(tags)) - {"xml", "xmlns"}
    missing = sorted(p for p in used if f"xmlns:{p}" not in tags)
    added = "".join(f' xmlns:{p}="{WELL_KNOWN.get(p, "urn:undeclared:" + p)}"' for p in missing)
    at = root.end() - (2 if root[0].endswith("/>") else 1)
    return text[:at] + added + text[at:]
