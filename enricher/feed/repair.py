"""Mend what is really broken in the wild, so that lxml can read it and nothing of it is dropped.

lxml's own recovery silently loses a bare `&` and mangles Windows-1252, so it is never used.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from enricher.errors import SourceError
from enricher.feed import namespaces as ns
from enricher.feed.prefixes import declared
from enricher.feed.tags import START_TAG, mend_comments, mend_tags, parted
from enricher.feed.xml import parse_strict
from enricher.text import xml_safe

if TYPE_CHECKING:
    from enricher.model.feed import Document

_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf|[a-z]\w*:rss)[\s>]", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,500}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]{0,1000}(?:\[[^\]]{0,10000}\]\s*)?>", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(?:#(\d{1,8});|#[xX]([0-9a-fA-F]{1,8});|(\w{1,40};))?")
_CHANNEL_END = re.compile(r"</channel\s*>", re.IGNORECASE)
_ITEM = re.compile(r"<item[\s/>]", re.IGNORECASE)
_PART = re.compile(r"</?(?:item|entry|channel)[\s/>]", re.IGNORECASE)
_BARE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*(?=[\s=/>])")
_XML_NAMES = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_PROLOG = 100_000
UNCLOSED = "a missing end tag"
"""The repair of a document that may have been cut short behind its last item."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as that of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LARGER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "big5": "big5hkscs"}
"""What is meant by the names of smaller character sets, as browsers read them: https://encoding.spec.whatwg.org."""
NO_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
"""What Python calls encodings and no document is in; reading punycode takes the square of its length."""

WELL_KNOWN = {
    **ns.PREFIXES,
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


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read what is not UTF-8 as Windows-1252, byte for byte: texts pasted into a UTF-8 feed."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 a decoder's handler gets nothing else
    wrong = error.object[error.start : error.end]
    return "".join(_western(byte) for byte in wrong), error.end


def _western(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error("enricher.windows-1252", _windows_1252)


def parse_xml(document: Document) -> tuple[etree._Element | None, tuple[str, ...], str]:
    """Parse a document strictly, else mended; give its root (None: beyond repair), what was mended, and the text.

    The text is empty where nothing had to be mended. Raises SourceError for entity declarations,
    for what was cut short, and for what is nested too deep.
    """
    refuse_entities(document.body)
    root = _root_of(declared(document.body))
    if root is not None and not _unresolved(root) and not _undeclared(root):
        return root, (), ""
    text, repairs = mend(document)
    refuse_cut(text)
    return _root_of(text.encode()), repairs, text


def _root_of(body: bytes) -> etree._Element | None:
    """Parse strictly; None for what is not well-formed. Raises SourceError for what is nested too deep to be a feed."""
    try:
        return parse_strict(body)
    except etree.XMLSyntaxError as error:
        if "xcessive depth" in str(error):
            raise SourceError("the document is nested thousands of levels deep, as no feed is; refused") from None
    except ValueError:
        pass
    return None


def refuse_cut(text: str) -> None:
    """Refuse a document whose root element has no end tag: it was cut short, and its last items are missing."""
    start = _ROOT.search(text)
    if start is None:
        return
    if not _end_tags(text, start):
        name = text[start.start() + 1 : start.end() - 1]
        raise SourceError(f"the document ends before </{name}>: it was cut short; tried again later")


def _end_tags(text: str, root: re.Match[str]) -> list[re.Match[str]]:
    """Find the end tags of the root element's name."""
    name = text[root.start() + 1 : root.end() - 1]
    return list(re.finditer(rf"</{re.escape(name)}\s*>", text[root.end() :], re.IGNORECASE))


def refuse_entities(body: bytes) -> None:
    """Refuse a document that declares entities: a feed has no use for them, and bombs are made of them."""
    prolog = body[:_PROLOG].replace(b"\0", b"")
    found = re.search(rb"<(?:rss|feed|rdf|channel|\w+:rdf)\b", prolog, re.IGNORECASE)
    if b"<!ENTITY" in prolog[: found.start() if found else None].upper():
        raise SourceError("the document declares XML entities, which no feed needs; refused unread")


def _unresolved(root: etree._Element) -> bool:
    """Tell whether named entities were left unread, as happens under a DOCTYPE whose DTD is not loaded."""
    return bool(root.getroottree().docinfo.internalDTD) and next(root.iter(etree.Entity), None) is not None


def _undeclared(root: etree._Element) -> bool:
    """Tell whether an attribute of the root or the channel has a prefix that means nothing, which lxml lets pass."""
    tops = (root, *root.iterchildren("channel"))
    return any(":" in name and name[0] != "{" for one in tops for name in map(str, one.attrib))


def mend(document: Document) -> tuple[str, tuple[str, ...]]:
    """Give the document's text with everything mended that we know how to mend, and what that was."""
    text, repairs = _decode(document)
    text = _DECLARATION.sub("", text, count=1).strip() if text.startswith("<?xml") else text.rstrip()
    steps = (
        (UNCLOSED, _close),
        ("junk before or after the feed", _trim),
        ("a DOCTYPE", lambda t: _DOCTYPE.sub("", t, count=1)),
        ("characters that XML cannot carry", xml_safe),
        ("comments with double hyphens", mend_comments),
        ("bare & and <, or HTML entities", _mend_markup),
        ("tags as HTML allows them", mend_tags),
        ("undeclared namespace prefixes", _declare),
    )
    for name, step in steps:
        better = step(text)
        if better != text:
            repairs.append(name)
        text = better
    return text, tuple(repairs)


def _decode(document: Document) -> tuple[str, list[str]]:
    """Decode by byte order mark, declaration, HTTP header; what claims to be UTF-8 and is not, byte by byte."""
    body = document.body
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.removeprefix(codecs.BOM_UTF8).decode(name, "replace"), []
    codec = encoding_of(document)
    if codec in {"iso8859-1", "ascii"}:
        return "".join(map(_western, body)), []
    repairs = [] if codec and codec not in NO_ENCODINGS else ["an unknown encoding"]
    if not repairs and codec != "utf-8" and not _not_wide(codec, body):
        text, strict = _decoded(body, codec), _is(codec, body) or not _is("utf-8", body)
        if (_ROOT.search(text) and strict) or not _ROOT.search(_decoded(body, "utf-8")):
            return text, ["bytes that its encoding has no character for"] if "\ufffd" in text else []
        repairs = ["a wrong encoding"]
    try:
        return body.decode("utf-8"), repairs
    except UnicodeDecodeError:
        return body.decode("utf-8", "enricher.windows-1252"), repairs or ["a wrong encoding"]


def encoding_of(document: Document) -> str:
    """Give Python's name of the encoding that a document says it is in; nothing where Python has none."""
    declared = _DECLARED.search(document.body[:1000])
    header = _CHARSET.search(document.content_type)
    name = declared[1].decode() if declared else header[1] if header else "utf-8"
    try:
        found = codecs.lookup(name.lower().replace("x-sjis", "shift_jis")).name
        return _LARGER.get(found, found)
    except (LookupError, UnicodeError):
        return ""


def _decoded(body: bytes, codec: str) -> str:
    """Decode with what cannot be read replaced; nothing where the codec gives no text, or will not do even that."""
    try:
        return body.decode(codec, "replace")
    except (LookupError, UnicodeError):
        return ""


def _is(codec: str, body: bytes) -> bool:
    """Tell whether a document can be in an encoding."""
    try:
        body.decode(codec)
    except (LookupError, UnicodeError):
        return False
    return True


def _not_wide(codec: str, body: bytes) -> bool:
    return codec.startswith(("utf-16", "utf-32")) and b"\0" not in body[:200]


def _trim(text: str) -> str:
    """Cut what stands before the root element and after its end tag, but for what may be a part of the feed."""
    start = _ROOT.search(text)
    if not start:
        return _DECLARATION.sub("", text, count=1).lstrip()
    ends = _end_tags(text, start)
    end = start.end() + ends[-1].end() if ends else len(text)
    if _PART.search(text, 0, start.start()) or _PART.search(text, end):
        return text
    return text[start.start() : end]


def _close(text: str) -> str:
    """Close an RSS root that is left open behind its closed channel: every item is there, nothing was cut off."""
    root, channels = _ROOT.search(text), list(_CHANNEL_END.finditer(text))
    if root is None or root[0][1:4].lower() != "rss" or not channels or _end_tags(text, root):
        return text
    end = channels[-1].end()
    in_cdata = text.rfind("<![CDATA[", 0, end) > text.rfind("]]>", 0, end)
    return text if in_cdata or _ITEM.search(text, end) else f"{text[:end]}</{root[0][1:4]}>"


def _mend_markup(text: str) -> str:
    """Escape a bare `&` or `<` and write HTML's named characters out, outside CDATA and comments."""
    parts = parted(text)
    parts[::2] = [_BARE_LESS.sub("&lt;", _AMPERSAND.sub(_mend_reference, part)) for part in parts[::2]]
    return "".join(parts)


def _mend_reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        legal = code <= 0x10FFFF and xml_safe(chr(code))  # noqa: PLR2004 the last code point of Unicode
        return found[0] if legal else ""
    if name and name not in _XML_NAMES:
        character = html5.get(name)
        return _escape(character) if character else "&amp;" + found[0][1:]
    return found[0] if name else "&amp;"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _declare(text: str) -> str:
    """Declare on the root element the prefixes that are used and nowhere declared there."""
    root = START_TAG.search(text)
    if not root:
        return text
    tags = "".join(START_TAG.findall("".join(parted(text)[::2])))
    used = set(_PREFIX.findall(tags)) - {"xml", "xmlns"}
    missing = sorted(p for p in used if f"xmlns:{p}" not in tags)
    added = "".join(f' xmlns:{p}="{WELL_KNOWN.get(p, "urn:undeclared:" + p)}"' for p in missing)
    at = root.end() - (2 if root[0].endswith("/>") else 1)
    return text[:at] + added + text[at:]
