"""The bytes of a feed to text: by byte order mark, what the bytes themselves say, HTTP header, declaration."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
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
# Half of a character beyond U+FFFF as CESU-8 writes it, https://www.unicode.org/reports/tr26/: MySQL's old "utf8".
_HALVES = re.compile(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])+")
# What is meant by the names of smaller character sets, as browsers read them: https://encoding.spec.whatwg.org
_LARGER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "big5": "big5hkscs"}
# What Python calls encodings and no document is in; reading punycode takes the square of its length.
_LATIN = {"iso8859-1", "ascii"}
# Names that browsers know and Python does not: `x-gbk`, `windows-949`, `cp-1251`, `win1251`, `iso-8859-8-i`, `latin-9`.
_CODE_PAGE = re.compile(r"(?:windows|win|cp|ms|ibm|dos)[-_]?(\d{3,5})")
_OTHER_NAMES = {"windows-31j": "cp932", "sjis": "shift_jis", "unicode-1-1-utf-8": "utf-8", "logical": "iso-8859-8"}
# The first character of a document in UTF-16 or UTF-32 without a mark, https://www.w3.org/TR/xml/#sec-guessing
_FIRST = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_NO_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read what is not UTF-8 by the pairs of CESU-8, else as Windows-1252 byte by byte: texts pasted into a feed."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 a decoder's handler gets nothing else
    if halves := _HALVES.match(error.object, error.start):
        joined = halves[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
        return joined.decode("utf-16-le", "replace"), halves.end()
    return "".join(map(_western, error.object[error.start : error.end])), error.end


def _western(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error("enricher.windows-1252", _windows_1252)


def decode(document: Document) -> tuple[str, list[str]]:
    """Decode by byte order mark; strict UTF-8 is UTF-8 whatever is declared; else by HTTP header, then declaration.

    So https://www.rfc-editor.org/rfc/rfc7303#section-3.2, but for headers and declarations that the bytes belie. What
    nothing fits is read byte by byte. Returns the text and, for the report, what was wrong with the encoding.
    """
    body = document.body
    for first, name in (*_BYTE_ORDER_MARKS, *_FIRST):
        if body.startswith(first):
            return body.removeprefix(codecs.BOM_UTF8).decode(name, "replace"), []
    said = encodings_of(document)
    declared = said[-1]
    repairs = [] if declared else ["an unknown encoding"]
    wide = b"\0" in body[:200]
    if not wide and not body.isascii() and _is("utf-8", body):
        return body.decode(), repairs or ["a wrong encoding"] * (declared != "utf-8")
    for errors in ("strict", "replace"):
        for codec in dict.fromkeys(said):
            # "utf-16" without a zero byte: the declaration was copied, and the document was converted since.
            # Latin-1 is what servers say unasked; a text pasted into UTF-8 is read byte by byte below.
            in_name_only = codec.startswith(("utf-16", "utf-32")) and not wide
            if codec in {"", "utf-8"} or in_name_only or (declared == "utf-8" and codec in _LATIN):
                continue
            text = _decoded(body, codec, errors)
            if ROOT.search(text) or (codec == declared and text and not ROOT.search(_decoded(body, "utf-8"))):
                wrong = ["bytes that its encoding has no character for"] if "\ufffd" in text else []
                return text, wrong or ["a wrong encoding"] * (codec != declared and not body.isascii())
    repairs = repairs or ["a wrong encoding"] * (declared != "utf-8")
    try:
        return body.decode("utf-8"), repairs
    except UnicodeDecodeError:
        return body.decode("utf-8", "enricher.windows-1252"), repairs or ["a wrong encoding"]


def is_declared(document: Document) -> bool:
    """Check whether a document declares an encoding other than UTF-8, in bytes of one."""
    found = _DECLARED.search(document.body[:1000])
    return found is not None and _codec(found[1].decode()) != "utf-8"


def encodings_of(document: Document) -> tuple[str, str]:
    """Return Python's names of the encodings that the HTTP header and the declaration say, "" for an unknown one."""
    declared = _DECLARED.search(document.body[:1000])
    header = _CHARSET.search(document.content_type)
    by_header = header[1] if header else ""
    return _codec(by_header), _codec(declared[1].decode() if declared else by_header or "utf-8")


def _codec(name: str) -> str:
    label = name.lower().removeprefix("x-").removesuffix("-i").removesuffix("-e").replace("latin-", "latin")
    for known in (name, _OTHER_NAMES.get(label, label), _CODE_PAGE.sub(r"cp\1", label)):
        with suppress(LookupError, UnicodeError):
            found = codecs.lookup(known).name
            return "" if found in _NO_ENCODINGS else _LARGER.get(found, found)
    return ""


def _decoded(body: bytes, codec: str, errors: str = "replace") -> str:
    """Decode with what cannot be read replaced; nothing where the codec gives no text (`hex`, `rot13`)."""
    if codec in _LATIN and (errors == "replace" or codec != "ascii" or body.isascii()):
        return "".join(map(_western, body))  # as browsers read both; most such feeds mean the quotes of Windows-1252
    try:
        return body.decode(codec, errors)
    except (LookupError, UnicodeError):
        return ""


def _is(codec: str, body: bytes) -> bool:
    """Check whether a document can be in an encoding."""
    return bool(_decoded(body, codec, "strict"))
