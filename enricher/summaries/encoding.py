"""A web page's bytes to its tree, in the encoding that it has or says it has."""

from __future__ import annotations

import codecs
import re

from lxml import etree, html

from enricher.text import xml_safe


def parse(body: bytes | str) -> etree._Element | None:
    """Parse a page; None where there is nothing to parse."""
    if isinstance(body, str):
        body = xml_safe(body).encode()
        encoding = "utf-8"
    else:
        encoding = _encoding(body)
    if encoding == "utf-16":
        body, encoding = xml_safe(body.decode("utf-16", "replace")).encode(), "utf-8"
    try:
        return html.document_fromstring(body.replace(b"\0", b""), parser=html.HTMLParser(encoding=encoding))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _encoding(body: bytes) -> str:
    if body[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        found = re.search(rb"charset\s*=\s*[\"']?([\w-]{1,30})", body[:4000])
        name = found[1].decode().lower() if found else "windows-1252"
        # Browsers take iso-8859-1 for Windows-1252, and what is not the UTF-8 that it claims to be mostly is that.
        return "windows-1252" if name.startswith(("utf", "iso-8859-1", "latin1")) or not _is_known(name) else name
    return "utf-8"


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True
