"""The bytes of a feed to text: by byte order mark, declaration, HTTP header, and what the bytes themselves say."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enricher.model.feed import Document

ROOT = re.compile(r"<(?:rss|feed|rdf:rdf|[a-z]\w*:rss)[\s>]", re.IGNORECASE)
"""The start of a feed's root element; text without one was decoded wrongly, or is no feed."""
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as that of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What is meant by the names of smaller character sets, as browsers read them: https://encoding.spec.whatwg.org
_LARGER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "big5": "big5hkscs"}
# What Python calls encodings and no document is in; reading punycode takes the square of its length.
NO_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read what is not UTF-8 as Windows-1252, byte for byte: texts pasted into a UTF-8 feed."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 a decoder's handler gets nothing else
    return "".join(map(_western, error.object[error.start : error.end])), error.end


def _western(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error("enricher.windows-1252", _windows_1252)


def decode(document: Document) -> tuple[str, list[str]]:
    """Decode by byte order mark, declaration, HTTP header; what claims to be UTF-8 and is not, byte by byte.

    Returns the text and, for the report, what was wrong with the encoding.
    """
    body = document.body
    for mark, name in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.removeprefix(codecs.BOM_UTF8).decode(name, "replace"), []
    codec = encoding_of(document)
    if codec in {"iso8859-1", "ascii"}:  # browsers read both as Windows-1252; most such feeds mean its quotes
        return "".join(map(_western, body)), []
    codec = "" if codec in NO_ENCODINGS else codec
    repairs = [] if codec else ["an unknown encoding"]
    # "utf-16" without a zero byte: the declaration was copied, and the document was converted since.
    wide_in_name_only = codec.startswith(("utf-16", "utf-32")) and b"\0" not in body[:200]
    if codec and codec != "utf-8" and not wide_in_name_only:
        text, strict = _decoded(body, codec), _is(codec, body) or not _is("utf-8", body)
        if (ROOT.search(text) and strict) or not ROOT.search(_decoded(body, "utf-8")):
            return text, ["bytes that its encoding has no character for"] if "\ufffd" in text else []
        repairs = ["a wrong encoding"]
    try:
        return body.decode("utf-8"), repairs
    except UnicodeDecodeError:
        return body.decode("utf-8", "enricher.windows-1252"), repairs or ["a wrong encoding"]


def encoding_of(document: Document) -> str:
    """Return Python's name of the encoding that a document says it is in; nothing where Python has none."""
    declared = _DECLARED.search(document.body[:1000])
    header = _CHARSET.search(document.content_type)
    name = declared[1].decode() if declared else header[1] if header else "utf-8"
    try:
        found = codecs.lookup(name.lower().replace("x-sjis", "shift_jis")).name
    except (LookupError, UnicodeError):
        return ""
    return _LARGER.get(found, found)


def _decoded(body: bytes, codec: str) -> str:
    """Decode with what cannot be read replaced; nothing where the codec gives no text (`hex`, `rot13`)."""
    try:
        return body.decode(codec, "replace")
    except (LookupError, UnicodeError):
        return ""


def _is(codec: str, body: bytes) -> bool:
    """Check whether a document can be in an encoding."""
    try:
        body.decode(codec)
    except (LookupError, UnicodeError):
        return False
    return True
