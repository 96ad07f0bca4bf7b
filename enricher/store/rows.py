"""Documents as rows: what is kept of their addresses, and how their bodies are packed."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlunsplit

from enricher.redaction import redact
from enricher.urls import split

if TYPE_CHECKING:
    from enricher.model.feed import Document

_DAY = 86_400


def day_of(now: float) -> int:
    """Return the day since 1970 of a moment in epoch seconds."""
    return int(now // _DAY)


def document_row(key: str, url: str, document: Document, now: float) -> dict[str, Any]:
    """Return the columns of schema.DOCUMENTS for a document of an address, whose key is its digest."""
    return {
        "key": key,
        "shown": redact(document.shown or url),
        "address": _harmless(document.url) if document.url != url else None,
        "digest": hashlib.sha256(document.body).hexdigest(),
        # 18 ms for 3.5 MB; a higher level takes twice as long for a fifth less.
        "body": zlib.compress(document.body, 1),
        "content_type": document.content_type,
        "etag": document.etag,
        "last_modified": document.last_modified,
        "fetched_at": now,
        "schedule": "{}",
        "used_on": day_of(now),
    }


def _harmless(url: str) -> str | None:
    """Return what relative links are resolved by, None where it holds a secret."""
    parts = split(url)
    if parts is None:
        return None
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return plain if redact(plain).casefold() == plain.casefold() else None
