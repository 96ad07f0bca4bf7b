"""Text: decoding, characters that XML can carry, folding for comparison, cutting at a word, HTML to plain lines."""

from __future__ import annotations

import codecs
import re
import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Written as what is illegal: compiling the class of what is legal takes 25 times as long.
_NOT_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_ILLEGAL = re.compile(f"[{_NOT_XML}]")
# Latin accents only: the marks of Hindi, Arabic or Thai are part of their words.
_ACCENTS = re.compile("[\u0300-\u036f]")
# "Don't" and "Don’t" and "Dont" are one word to those who type titles by hand.
_APOSTROPHES = re.compile("['\u2019\u02bc`]")
_ASCII = str.maketrans({c: None if c in "'`" else " " for c in map(chr, range(128)) if not c.isalnum()})
_NO_WORD = re.compile(r"[\W_]")
# C1 controls but U+0085, a line break to some; zero-width space, word joiner, BOM and soft hyphen are pasted with text.
_INVISIBLE = re.compile(f"[{_NOT_XML}\u200b\u2060\ufeff\u00ad\x7f-\x84\x86-\x9f]")
_TAG_LIKE = re.compile(r"<(?:[A-Za-z/!?]|$)")
# Not any tag: plain notes say "<3" and "List<String>".
_HTML_TAG = re.compile(
    r"<(p|br|a|ul|ol|li|div|b|i|u|strong|em|span|h[1-6]|img|table|blockquote|pre|code|hr|dl|dt|dd|center|font|u|small"
    r"|section|article|figure)\b[^>]*>",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"(?i)<br\s*/?>|</?(?:p|li|ul|ol|div|h[1-6]|blockquote|tr|table|pre|hr|dl|dt|section|article|figure|center)\b[^>]*>"
)
_SHORT = 40
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They change the order in which text is shown, so that one thing looks like another: https://trojansource.codes"""
_LINE_BREAKS = {0x2028, 0x2029}  # to many who read a log; NEL is among the C1 controls
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0), *_LINE_BREAKS, *map(ord, BIDI)} - {ord("\n"), ord("\t")}
_CELL = re.compile(r"(?i)</t[dh]\s*>|<dd\b[^>]*>")


BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")
"""What stands in brackets: "Field Notes (Video)" and "Field Notes [HD]" are one show."""


def decode(body: bytes, declared: str | None = None) -> str:
    """Decode a document of the web or of a person's disk; never raises, what no encoding has becomes U+FFFD.

    A byte order mark decides, https://encoding.spec.whatwg.org/#decode; then UTF-8, if there is anything but ASCII and
    all of it is UTF-8 (chance does not make that); then what is declared; then Windows-1252.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return body.removeprefix(mark).decode(encoding, "replace")
    # ISO-2022-JP is ASCII to look at.
    text = None if body.isascii() and _codec(declared) else _utf_8(body)
    return body.decode(_codec(declared) or "cp1252", "replace") if text is None else text


def _utf_8(body: bytes) -> str | None:
    """Decode UTF-8 with or without a byte order mark; None if it is not UTF-8."""
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(body)
    except UnicodeDecodeError:
        return None
    # A file cut inside its last character is UTF-8 still; a lone "é" of Windows-1252 at the end looks alike.
    return None if text.isascii() and not body.isascii() and not body.startswith(codecs.BOM_UTF8) else text


def _codec(declared: str | None) -> str | None:
    """Return the Python name of a declared encoding that may be believed.

    Browsers read ISO 8859-1 and ASCII as Windows-1252, https://encoding.spec.whatwg.org/#names-and-labels. A UTF that
    the bytes themselves do not show is a mistake, and UTF-7 an attack.
    """
    try:
        found = codecs.lookup(declared or "")
        "".encode(found.name)  # base64 and its like are codecs, but not of text
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if found.name.startswith("utf") or found.name in {"iso8859-1", "ascii"} else found.name


def printable(text: str) -> str:
    """Spell control characters out, which would command or upset a terminal; JSON reads them just the same."""
    spelt = (f"\\u{ord(c):04x}" if ord(c) in _CONTROLS else c for c in text)
    return "".join(spelt).encode("utf-8", "replace").decode()


def printable_line(text: str) -> str:
    """Spell line breaks out, too: the name of a file may have some, and would forge a line."""
    return printable(text).replace("\n", "\\u000a")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a mistyped one is most like, if one is like it at all."""
    return next(iter(get_close_matches(name, list(known), n=1)), None)


def counted(count: int, what: str) -> str:
    """Return "1 item", "2 items", "2 summaries"."""
    return f"{count} {what}" if count == 1 else f"{count} {what[:-1]}ies" if what[-1] == "y" else f"{count} {what}s"


def shown(value: object, table: str) -> str:
    """Return a number or a short word as it stands, else what kind of thing it is: it might be long, or a secret.

    For messages about what stands in a document; `table` is what its format calls keys with values.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"{value:,.9g}"
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= _SHORT and value.isprintable() else "this text"
    if isinstance(value, list | dict):
        return table if isinstance(value, dict) else "a list"
    return "a date or time"  # TOML has them


def xml_safe(text: str) -> str:
    """Drop the characters that XML 1.0 cannot carry: control characters, lone surrogates, U+FFFE, U+FFFF.

    https://www.w3.org/TR/xml/#charsets
    """
    return _ILLEGAL.sub("", text)


def fold(text: str) -> str:
    """Reduce text to what titles are compared by: NFKC, no case, no Latin accents, words parted by one space.

    Not cached: whole pages come here too, and a title of ASCII takes a microsecond.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKC", _ACCENTS.sub("", text))
    return " ".join(_NO_WORD.sub(_mark_or_space, _APOSTROPHES.sub("", text)).split())


def _mark_or_space(found: re.Match[str]) -> str:
    # Combining marks are no \w to Python, but without them Hindi words fall apart.
    return found[0] if unicodedata.category(found[0])[0] == "M" else " "


def one_line(text: str) -> str:
    """Fold white space, no-break spaces, invisible and control characters away."""
    return " ".join(_INVISIBLE.sub("", text).split())


def untagged(text: str) -> str:
    """Return plain text with other brackets where an app that takes it for HTML would see a tag.

    A `<` at the end counts: what follows it in the field is not known here.
    """
    return text.replace("<", "‹").replace(">", "›") if _TAG_LIKE.search(text) else text


def cut(text: str, limit: int) -> str:
    """Shorten to at most `limit` characters, at a word, with an ellipsis; text that fits is left alone."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    word = head.rsplit(None, 1)[0] if " " in head.strip() else head
    return word.rstrip(" ,;:-\u2013\u2014") + "\u2026"


def looks_html(text: str) -> bool:
    """Check whether a notes field is HTML: whether it holds a tag that notes are written with."""
    return bool(_HTML_TAG.search(text))


def lines_of(text: str) -> list[str]:
    """Return the visible, non-empty lines of notes, HTML or plain."""
    if looks_html(text):
        # lxml.html takes 24 ms to load, and every command loads this module: `status` and `schema` need no lxml.
        from lxml import etree, html

        text = _CELL.sub(" ", _BREAK.sub("\n", text))
        try:
            text = etree.tostring(html.fromstring(f"<div>{xml_safe(text)}</div>"), method="text", encoding="unicode")
        except etree.ParserError:
            return []
    return [line for line in (one_line(x) for x in text.splitlines()) if line]
