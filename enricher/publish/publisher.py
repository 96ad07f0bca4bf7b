"""Artifacts to where they are published: whole or not at all, only what differs, the feed after the files it names.

A file's age is renewed when an edition comes that has it no more: so its 30 days begin when it stops being pointed to,
and a killed or repeated run cannot shorten them.
"""

from __future__ import annotations

import re
from contextlib import nullcontext, suppress
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING

from enricher.errors import PublishError
from enricher.publish.atomic import TEMPORARY
from enricher.publish.file_names import FOLDERS, PAGE, check_name, is_ours, is_shared
from enricher.publish.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from enricher.model.edition import Artifact
    from enricher.model.state import Stamp
    from enricher.publish.storage import Storage

_INDEX = re.compile(r"(?:[a-z0-9-]+/)?(?:index|older-\d+)\.html")
_KEPT_SECONDS = 30 * 86400
# Two, each with a plain beginning, which is found ten times as fast as an alternative.
_POINTED = re.compile(rb"chapters/[0-9a-f]{16}\.json"), re.compile(rb"transcripts/[0-9a-f]{16}\.vtt")


class Publisher:
    """Publishes into a storage; where it is `dry`, it only says what it would write."""

    def __init__(self, storage: Storage, *, dry: bool = False) -> None:
        self._storage, self.dry = storage, dry
        self._one_by_one = Lock()

    def staging(self, known: Mapping[str, Stamp]) -> Staging:
        """Return where files of an edition wait until it is published; `known`: what is published already."""
        return Staging(self._storage, known, dry=self.dry)

    def publish(
        self, artifacts: Sequence[Artifact], now: float, staging: Staging | None = None, files: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Write the files that differ, the feed last; return their paths. Raises PublishError.

        `staging` has waiting files; `files` are the paths of all that the edition has beside the artifacts. Killed at
        any moment this leaves the old or the new feed, whole, and every file it points to. Files that nothing points
        to any more stay for 30 days. `now` is in epoch seconds.
        """
        staging = staging or self.staging({})
        for artifact in artifacts:
            check_name(artifact.path)
        bodies = {artifact.path: artifact.body for artifact in artifacts}
        differ = (path for path, body in bodies.items() if not staging.equals(path, body))
        changed = sorted(dict.fromkeys([*staging.changed, *differ]), key=rank)
        if self.dry:
            return tuple(changed)
        current = {*bodies, *files, *staging.changed}
        self._storage.renew(sorted(set(staging.known) - current), now)
        for _, turn in groupby(changed, key=rank):
            paths = list(turn)
            # What stands there is known, unless the state was lost, or a run killed before it was saved.
            for feed in (path for path in paths if path.endswith(".xml") and not staging.is_as_known(path)):
                self._storage.renew(sorted(self._pointed(feed) - current), now)
            shared = [path for path in paths if is_shared(path)]
            with self._one_by_one if shared else nullcontext():
                # Another feed may have written it meanwhile, and remembers when.
                missing = {path: bodies[path] for path in shared if not staging.equals(path, bodies[path])}
                if missing:
                    self._storage.write(missing)
            own = [path for path in paths if path not in shared]
            if own:
                self._storage.write({path: bodies[path] if path in bodies else staging.waiting(path) for path in own})
        self._sweep(current, now)
        if changed:
            self._storage.tidy(changed, now)
        return tuple(changed)

    def read(self, path: str) -> bytes | None:
        """Return a published file, None where there is none. Raises PublishError."""
        return self._storage.read(path)

    def has(self, path: str) -> bool:
        """Check whether a file is published. Raises PublishError."""
        return self._storage.stat(path) is not None

    def shown(self, path: str = "") -> str:
        """Return where a file is published, for people."""
        return self._storage.shown(path)

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, in order. Raises PublishError."""
        return sorted(self._storage.files(folder))

    def stamps(self, digests: Mapping[str, str]) -> dict[str, Stamp] | None:
        """Return the stamps of published files, from the SHA-256 of each by path; None where one is missing.

        Raises PublishError.
        """
        found: dict[str, Stamp] = {}
        for path, digest in digests.items():
            if (known := self._storage.stat(path)) is None:
                return None
            found[path] = (digest, known.size, known.version)
        return found

    def stand(self, stamps: Mapping[str, Stamp]) -> bool:
        """Check whether files are published as they were when their stamps were taken. Raises PublishError."""
        for path, (_, size, version) in stamps.items():
            found = self._storage.stat(path)
            if found is None or (found.size, found.version) != (size, version):
                return False
        return True

    def try_writing(self) -> None:
        """Write a file and delete it again. Raises PublishError."""
        trial = f"{TEMPORARY}trial"
        self._storage.write({trial: b"trial"})
        self._storage.delete([trial])

    def clean_up(self) -> None:
        """Delete what a killed run has left half-written; only for the holder of the run's lock."""
        self._storage.clean_up()

    def _pointed(self, feed: str) -> set[str]:
        """Return the files that the published edition of a feed points to: its state may be lost."""
        folder, body = feed.removesuffix(".xml"), self._storage.read(feed) or b""
        names = [found for pattern in _POINTED for found in pattern.findall(body)]
        pages = re.compile(f"{re.escape(folder)}/({PAGE})".encode())
        names += [found[1] for found in pages.finditer(body)]
        return {f"{folder}/{name.decode()}" for name in names}

    def _sweep(self, current: Collection[str], now: float) -> None:
        """Delete files that nothing has pointed to for 30 days.

        What cannot be deleted now is deleted another time: the feed is published.
        """
        with suppress(PublishError):
            self._storage.delete(list(self._old(current, now - _KEPT_SECONDS)))

    def _old(self, current: Collection[str], before: float) -> Iterable[str]:
        for feed in (path.removesuffix(".xml") for path in current if path.endswith(".xml")):
            for below in FOLDERS:
                folder = f"{feed}/{below}".rstrip("/")
                for name, found in self._storage.files(folder).items():
                    if is_ours(below, name) and found.modified < before and f"{folder}/{name}" not in current:
                        yield f"{folder}/{name}"


def rank(path: str) -> int:
    """Return in which turn a file is written: after those that it points to."""
    if path.endswith((".xml", ".opml")):
        return 3
    if _INDEX.fullmatch(path):
        return 2
    return int(path.endswith("/search/pagefind-entry.json"))
