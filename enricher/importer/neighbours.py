"""The documents around one in its series: what they share is the site's, and says nothing of one episode."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from enricher.errors import SummaryError
from enricher.importer.files import read_bytes
from enricher.importer.series import AROUND
from enricher.model.summary import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from enricher.importer.files import Files
    from enricher.summaries.document import Document

_KEPT = AROUND * 12
"""Documents are read in the order of their names, so what stands beside the next one was beside this one too."""
_LARGEST = 300_000
"""Bytes; what is larger is a transcript or a page full of scripts, and its neighbours are not compared with it."""
_Found = TypeVar("_Found")


class Neighbours:
    """What the documents around each say, where many are read one after the other: each is parsed once."""

    def __init__(self) -> None:
        self._digests: OrderedDict[Path, str] = OrderedDict()
        self._keys: OrderedDict[Path, frozenset[str]] = OrderedDict()
        self._parsed: OrderedDict[Path, tuple[str, Document]] = OrderedDict()

    def digests(self, files: Files) -> list[tuple[str, str]]:
        """Return the name and a digest of each document around one."""
        found = (_kept(self._digests, path, lambda at: _digest(_bytes(at))) for path in files.around.paths)
        return [(path.name, digest) for path, digest in zip(files.around.paths, found, strict=True)]

    def keys(self, files: Files) -> Iterator[frozenset[str]]:
        """Return the keys of what each document around one says; none where it cannot be read, or is large."""
        return (_kept(self._keys, path, self._find_keys) for path in files.around.paths)

    def parse(self, path: Path, body: bytes) -> Document:
        """Parse a document that is going to be read. Raises SummaryError."""
        digest, parsed = self._parsed.pop(path, ("", None))
        if parsed is None or digest != _digest(body):
            from enricher.summaries.document import Document  # most runs read none

            parsed = Document(str(path), body)
        # The same whether it is read itself or only looked at.
        keys = parsed.keys if len(body) <= _LARGEST else frozenset()
        self._keys.pop(path, None)
        _kept(self._keys, path, lambda _: keys)
        # Of the same bytes: what changes now is found by the next run.
        self._digests.pop(path, None)
        _kept(self._digests, path, lambda _: _digest(body))
        return parsed

    def _find_keys(self, path: Path) -> frozenset[str]:
        body = _bytes(path)
        if len(body) > _LARGEST:
            return frozenset()
        with suppress(SummaryError):
            self._parsed[path] = (_digest(body), self.parse(path, body))
            while len(self._parsed) > AROUND * 2:
                self._parsed.popitem(last=False)
            return self._keys[path]
        return frozenset()


def _kept(known: OrderedDict[Path, _Found], path: Path, find: Callable[[Path], _Found]) -> _Found:
    """Return what is found for a path, of the last paths that were asked for without finding it again."""
    found = known[path] if path in known else find(path)
    known[path] = found
    known.move_to_end(path)
    while len(known) > _KEPT:
        known.popitem(last=False)
    return found


def _bytes(path: Path) -> bytes:
    try:
        return read_bytes(path, MAX_SIZE)
    except SummaryError:
        return b""


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
