"""The documents beside a document in its folder: what they share is the site's, and says nothing of one episode."""

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
    from enricher.summaries.document import Opened

_KEPT = AROUND * 12
"""Documents are read in the order of their names, so what stands beside the next one was beside this one too."""
_Found = TypeVar("_Found")


class Neighbours:
    """What stands beside each of the documents that are read one after the other: each is opened once."""

    def __init__(self) -> None:
        self._digests: OrderedDict[Path, str] = OrderedDict()
        self._said: OrderedDict[Path, frozenset[str]] = OrderedDict()
        self._opened: OrderedDict[Path, tuple[str, Opened]] = OrderedDict()

    def digests(self, files: Files) -> list[tuple[str, str]]:
        """Return the name and a digest of each document beside one."""
        return [(path.name, _kept(self._digests, path, lambda at: _digest(_bytes(at)))) for path, _ in files.beside]

    def said(self, files: Files) -> Iterator[frozenset[str]]:
        """Return what each document beside one says; nothing where it cannot be read."""
        return (_kept(self._said, path, self._say) for path, _ in files.beside)

    def open(self, path: Path, body: bytes) -> Opened:
        """Open a document that is going to be read. Raises SummaryError."""
        digest, opened = self._opened.pop(path, ("", None))
        if opened is None or digest != _digest(body):
            from enricher.summaries.document import Opened  # most runs read none

            opened = Opened(str(path), body)
        new = opened
        _kept(self._said, path, lambda _: new.said)
        return opened

    def _say(self, path: Path) -> frozenset[str]:
        body = _bytes(path)
        with suppress(SummaryError):
            self._opened[path] = (_digest(body), self.open(path, body))
            while len(self._opened) > AROUND * 2:
                self._opened.popitem(last=False)
            return self._said[path]
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
