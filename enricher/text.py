"""What text is made of: characters that XML can carry, folded words, cuts at a word, HTML and plain text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Said by what is illegal: to compile it by what is legal takes 25 times as long.
_NOT_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_ILLEGAL = re.compile(f"[{_NOT_XML}]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_APOSTROPHES = re.compile("['\u2019\u02bc`]")
_INVISIBLE = re.compile(f"[{_NOT_XML}\u200b\u2060\ufeff\u00ad\x7f-\x84\x86-\x9f]")
_TAG_LIKE = re.compile(r"<(?:[A-Za-z/!?]|$)")
_HTML_TAG = re.compile(
    r"<(p|br|a|ul|ol|li|div|b|i|u|strong|em|span|h[1-6]|img|table|blockquote|pre|code|hr|dl|dt|dd|center|font|u|small"
    r"|section|article|figure)\b[^>]*>",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"(?i)<br\s*/?>|</?(?:p|li|ul|ol|div|h[1-6]|blockquote|tr|table|pre|hr|dl|dt|section|article|figure|center)\b[^>]*>"
)

_CELL = re.compile(r"(?i)</t[dh]\s*>|<dd\b[^>]*>")


def xml_safe(text: str) -> str:
    """Drop the characters that XML 1.0 cannot carry: control characters, lone surrogates, U+FFFE, U+FFFF.

    https://www.w3.org/TR/xml/#charsets
    """
    return _ILLEGAL.sub("", text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Reduce text to what titles are compared by: NFKC, no case, no Latin accents, words parted by one space."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKC", _ACCENTS.sub("", text))
    text = _APOSTROPHES.sub("", text)
    return " ".join("".join(c if _is_word(c) else " " for c in text).split())


def _is_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def one_line(text: str) -> str:
    """Fold white space, no-break spaces, invisible and control characters away: one tidy line."""
    return " ".join(_INVISIBLE.sub("", text).split())


def untagged(text: str) -> str:
    """Give plain text in which nothing is a tag to those who take it for HTML: such brackets become others.

    A `<` at the end counts: what stands there is not known here.
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
    """Tell whether a notes field speaks HTML: whether it holds a tag that notes are written with."""
    return bool(_HTML_TAG.search(text))


def lines_of(text: str) -> list[str]:
    """Give the visible, non-empty lines of notes, HTML or plain."""
    if looks_html(text):
        from lxml import etree, html  # plain text needs neither

        text = _CELL.sub(" ", _BREAK.sub("\n", text))
        try:
            text = etree.tostring(html.fromstring(f"<div>{xml_safe(text)}</div>"), method="text", encoding="unicode")
        except etree.ParserError:
            return []
    return [line for line in (one_line(x) for x in text.splitlines()) if line]
