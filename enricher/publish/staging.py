"""Files of one edition that wait, whole, beside their places until it is published, or are thrown away with it.

Pages and transcripts of hundreds of items would not fit into memory; and an edition that is refused leaves no page.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from enricher.model.edition import File
from enricher.publish.atomic import TEMPORARY, make_folder, place, refuse_foreign, refused, stands, write_aside
from enricher.publish.names import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Stamp = tuple[str, int, int]
"""SHA-256, size and time of change (nanoseconds) of a file."""


class Staging:
    """The waiting files of one edition; `known` are stamps of what was published before. `dry`: nothing is written."""

    def __init__(self, output: Path, known: Mapping[str, Stamp], *, dry: bool) -> None:
        self._output, self.known, self.dry = output, known, dry
        self._waiting: dict[str, Path | None] = {}
        """Where each file waits, by its path below the output folder; None in a dry run."""

    def __enter__(self) -> Self:
        """Use it in a `with`: what was not put in place is deleted at its end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete what still waits."""
        for path in filter(None, self._waiting.values()):
            path.unlink(missing_ok=True)
            with suppress(OSError):  # others are in it
                for folder in path.relative_to(self._output).parents[:-1]:
                    (self._output / folder).rmdir()

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths of the files that differ from what is published, in the order in which they came."""
        return tuple(self._waiting)

    def holds(self, file: File) -> bool:
        """Check whether a file is published with the bytes that are remembered, or waits."""
        if file.path in self._waiting:
            return True
        path = self._output / file.path
        try:
            found = path.lstat()
            if self.known.get(file.path) == (file.digest, found.st_size, found.st_mtime_ns):
                return True  # 400 pages are looked at in a millisecond; to read them takes 50
            return found.st_size == file.size and _digest(path.read_bytes()) == file.digest
        except OSError:
            return False

    def kept(self, start: str) -> tuple[File, ...]:
        """Return the files that were published before whose paths begin so."""
        return tuple(File(path, *stamp[:2]) for path, stamp in self.known.items() if path.startswith(start))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Make a folder for what is made in between, which is deleted again."""
        make_folder(self._output)
        with TemporaryDirectory(prefix=TEMPORARY, dir=self._output) as folder:
            yield Path(folder)

    def add(self, path: str, body: bytes) -> File:
        """Take a file in. Raises PublishError."""
        check_name(path)
        file = File(path, _digest(body), len(body))
        if path in self._waiting or stands(self._output, path, body):
            return file
        self._waiting[path] = None
        if not self.dry:
            try:
                # Not in the output folder itself, where other feeds look for what killed runs left.
                self._waiting[path] = write_aside((self._output / path).parent, body, self._output / path)
            except OSError as error:
                raise refused(error, self._output) from error
        return file

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that waits or is published; none where it is neither."""
        try:
            return (self._waiting.get(path) or self._output / path).read_bytes()
        except OSError:
            return b""

    def put(self, path: str) -> None:
        """Put a file that waits in place. Raises OSError, PublishError."""
        target, temporary = self._output / path, self._waiting[path]
        refuse_foreign(target, self._output)
        make_folder(target.parent)
        if temporary is not None:
            place(temporary, target)
            del self._waiting[path]


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
