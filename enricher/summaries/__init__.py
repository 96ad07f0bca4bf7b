"""Summary documents in four forms (text, HTML, Markdown, JSON) to one `Summary`."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from enricher.errors import SummaryError
from enricher.model.summary import SUFFIXES
from enricher.summaries import document, html, interpret, markdown, text
from enricher.summaries.document import dump, json_schema, load
from enricher.summaries.finish import finish
from enricher.text import xml_safe

if TYPE_CHECKING:
    from enricher.model.summary import Summary

__all__ = ["dump", "json_schema", "load", "read_summary"]

_LARGEST = 5_000_000


def read_summary(name: str, body: bytes) -> Summary:
    """Read a document; its form is told by the end of its name.

    Raises SummaryError, which says where in the document and why.
    """
    suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)
    if suffix is None:
        raise SummaryError(f"expected one of {', '.join(SUFFIXES)}")
    if len(body) > _LARGEST:
        raise SummaryError(f"has {len(body):,} bytes; no page of highlights has more than {_LARGEST:,}")
    if not body.strip(b"\0\r\n\t \xef\xbb\xbf\xfe\xff"):
        raise SummaryError("is empty")
    try:
        summary = _read(suffix, body)
    except RecursionError as error:
        raise SummaryError("nests too deep") from error
    if not any(character.isalnum() for character in summary.title):
        raise SummaryError("title: is empty")
    return finish(summary)


def _read(suffix: str, body: bytes) -> Summary:
    if suffix == ".json":
        return document.from_object(document.read_json(_decode(body)))
    if suffix == ".html":
        page = html.read(body)
    else:
        page = (markdown if suffix == ".md" else text).read(xml_safe(_decode(body)))
    return document.from_object(interpret.interpret(page))


def _decode(body: bytes) -> str:
    """Decode UTF-8, UTF-16 with its mark, or else Windows-1252."""
    if body[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
