"""Transcripts and chapters files that items link to: asked for once a day, the last good copy where that fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from enricher.errors import FeedError, FetchError
from enricher.http.fetcher import when
from enricher.http.schedule import DAY, HOUR, Visit

if TYPE_CHECKING:
    from enricher.http.fetcher import Visitor
    from enricher.model.feed import Document
    from enricher.store.copies import Kept
    from enricher.store.store import Store


class Attachments:
    """Those of one feed in one run; `now` is in epoch seconds."""

    def __init__(self, store: Store, visitor: Visitor, now: float, *, force: bool, dry: bool) -> None:
        self._store, self._visitor, self._now = store, visitor, now
        self._force, self._dry = force, dry
        self.until = now + DAY
        """When the first of them has to be asked for again, in epoch seconds."""

    def fetch(self, url: str) -> Document:
        """Give a file; the last good copy where it is fresh or cannot be had. Raises FeedError where there is none."""
        kept = self._store.document(url)
        if kept and 0 <= self._now - kept.fetched_at < DAY and not self._force:
            self.until = min(self.until, kept.fetched_at + DAY)
            return kept.document
        if urlsplit(url).scheme not in {"http", "https"}:
            raise FetchError("a transcript or chapters file has no web address; it is left out")
        visit = self._visitor.recall(url)
        try:
            at = self._visitor.due_at(url, visit)
            if at > self._now and not self._force:
                raise FetchError(f"{visit.error or 'its host is busy'} (asked again after {when(at)})")
            document = self._ask(url, kept, visit)
        except FeedError:
            at = self._visitor.due_at(url, self._visitor.recall(url))
            self.until = min(self.until, max(at, self._now + HOUR / 4))
            if kept is None:
                raise
            return kept.document
        if not self._dry:
            self._store.keep(url, document, self._now)
            if visit.errors:
                self._visitor.save(url, Visit())
        return document

    def _ask(self, url: str, kept: Kept | None, visit: Visit) -> Document:
        """Ask for it; a failure is remembered, so that the next runs leave its host in peace."""
        try:
            fetched = self._visitor.ask(url, kept, impatient=self._force)
            document = fetched.document or (kept.document if kept else None)
            if document is None:
                raise FetchError("a transcript's server says “not modified” to a first question")
            if _is_page(document.body) and not _CUES.search(document.body):
                raise FetchError(f"{document.shown}: the server gives a web page in place of the file")
        except FeedError as error:
            if not self._dry:
                self._visitor.save(url, self._visitor.failed(visit, error, str(error)))
            raise
        return document


_CUES = re.compile(rb"<(?:time|cite)\b", re.IGNORECASE)
"""What a transcript in HTML has in it, which may be a whole page."""


def _is_page(body: bytes) -> bool:
    return body[:500].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))
