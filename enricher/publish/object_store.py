"""A prefix of a bucket as the place where files are published, by obstore: S3 and its like, Google’s, Azure’s.

An object is written by one request, so it is the old or the new one. What stands is known from listings: one of the
objects at the root in a run, and one of the objects below a show's folder for each feed. An object's age cannot be
set, and S3 refuses to copy one onto itself, so `renew` writes it again: its 30 days are kept by the store itself,
whatever becomes of the database.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from enricher import __version__
from enricher.errors import PublishError
from enricher.publish.media_types import cache_control, media_type
from enricher.publish.object_store_faults import is_missing, is_passing, why
from enricher.publish.storage import Stat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from obstore import ObjectMeta
    from obstore.store import ClientConfig, ObjectStore, RetryConfig, S3Config

    from enricher.model.output import Bucket, ObjectStoreSettings

T = TypeVar("T")
_AT_ONCE = 8
"""How many objects are written side by side: the first edition of 400 items has over 1,000."""
_FOLDERS_KEPT = 64
"""Of how many shows the listing is remembered: more than are made at the same time."""


class BucketPrefix:
    """Files below a prefix of a bucket. `idle` surrounds every wait for the store.

    It is not to be used before a process is forked: obstore has threads of its own.
    """

    def __init__(
        self,
        bucket: Bucket,
        settings: ObjectStoreSettings,
        idle: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._bucket, self._settings, self._idle = bucket, settings, idle
        self._listed: dict[str, dict[str, Stat]] = {}
        """Objects by path, by the show's folder that they are in; those at the root under the empty name."""
        self._lock, self._at_root = threading.Lock(), threading.Lock()
        self._down: tuple[float, PublishError] | None = None

    @cached_property
    def _store(self) -> ObjectStore:
        return _opened(self._bucket, self._settings)

    def shown(self, path: str = "") -> str:
        """Return the address of an object."""
        return f"{self._bucket}/{path}" if path else str(self._bucket)

    def stat(self, path: str) -> Stat | None:
        """Return what the listing tells of an object."""
        return self._listing(path.rpartition("/")[0].partition("/")[0]).get(path)

    def files(self, folder: str) -> dict[str, Stat]:
        """Return the objects in a folder by name."""
        found = self._listing(folder.partition("/")[0]).items()
        return {path.rpartition("/")[2]: stat for path, stat in found if path.rpartition("/")[0] == folder}

    def read(self, path: str) -> bytes | None:
        """Return an object; None where there is none."""
        return self._ask("read", lambda: self._read(path)) if self.stat(path) else None

    def write(self, files: Mapping[str, bytes | Path]) -> None:
        """Write objects, some at the same time."""
        self._ask("written", lambda: _side_by_side(lambda one: self._put(*one), list(files.items())))

    def renew(self, paths: Iterable[str], now: float) -> None:  # noqa: ARG002 the store has a clock of its own
        """Write objects again, as they are."""
        there = [path for path in paths if self.stat(path)]

        def again(path: str) -> None:
            if (body := self._read(path)) is not None:
                self._put(path, body)

        if there:
            self._ask("renewed", lambda: _side_by_side(again, there))

    def delete(self, paths: Iterable[str]) -> None:
        """Delete objects."""
        for path in paths:
            self._ask("deleted", lambda one=path: obstore.delete(self._store, one))  # type: ignore[misc]
            self._noted(path).pop(path, None)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Make a folder where the system has its temporary files."""
        with TemporaryDirectory(prefix=self._temporary(), ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def tidy(self, paths: Iterable[str], now: float) -> None:
        """Do nothing: an object is never half-written."""

    def clean_up(self) -> None:
        """Delete what waited on this machine."""
        for path in Path(gettempdir()).glob(f"{self._temporary()}*"):
            rmtree(path, ignore_errors=True)

    def _temporary(self) -> str:
        return f"enricher-{sha256(str(self._bucket).encode()).hexdigest()[:12]}-"

    def _listing(self, folder: str) -> Mapping[str, Stat]:
        known = self._listed.get(folder)
        return self._ask("listed", lambda: self._list(folder)) if known is None else known

    def _list(self, folder: str) -> Mapping[str, Stat]:
        # All feeds want that of the root at the same time; each thread is at one show's folder.
        with nullcontext() if folder else self._at_root:
            if (known := self._listed.get(folder)) is not None:
                return known
            found: Sequence[ObjectMeta]
            if folder:
                found = obstore.list(self._store, folder, chunk_size=1000).collect()
            else:
                found = obstore.list_with_delimiter(self._store)["objects"]
            listed = {one["path"]: _stat(one) for one in found}
            with self._lock:
                while len(self._listed) >= _FOLDERS_KEPT:
                    self._listed.pop(next(one for one in self._listed if one))
                self._listed[folder] = listed
            return listed

    def _noted(self, path: str) -> dict[str, Stat]:
        return self._listed.get(path.rpartition("/")[0].partition("/")[0], {})

    def _read(self, path: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except FileNotFoundError as error:
            if is_missing(error):
                raise
            return None

    def _put(self, path: str, content: bytes | Path) -> None:
        body = content.read_bytes() if isinstance(content, Path) else content
        headers: dict[Any, str] = {"Content-Type": media_type(path), "Cache-Control": cache_control(path)}
        # In one request: a killed run would leave pieces of several, invisible, and paid for.
        done = obstore.put(self._store, path, body, attributes=headers, use_multipart=False)
        self._noted(path)[path] = Stat(len(body), _version(done["e_tag"]), time.time())

    def _ask(self, what: str, act: Callable[[], T]) -> T:
        """Do what asks the store; raise PublishError where it fails.

        A store that is down costs one feed the time of its repetitions, and others for a while none.
        """
        if self._down and time.monotonic() < self._down[0]:
            raise PublishError(str(self._down[1]))
        try:
            with self._idle():
                return act()
        except (BaseError, OSError, ValueError) as error:
            with self._lock:
                self._listed.clear()  # what was written before it failed is not known
            said = f"{self._bucket}: cannot be {what}: {why(error)}; what was published stays"
            failed = PublishError(said)
            if is_passing(error):
                self._down = time.monotonic() + self._settings.timeout, failed
            raise failed from error


def _opened(bucket: Bucket, settings: ObjectStoreSettings) -> ObjectStore:
    wait = timedelta(seconds=settings.timeout)
    client: ClientConfig = {
        "timeout": wait,
        "connect_timeout": min(wait, timedelta(seconds=5)),
        "allow_http": (settings.endpoint or "").startswith("http://"),
        "user_agent": f"enricher/{__version__}",
    }
    retry: RetryConfig = {"retry_timeout": wait, "backoff": {"max_backoff": timedelta(seconds=5)}}
    given: dict[str, Any] = {"client_options": client, "retry_config": retry, "prefix": bucket.prefix or None}
    endpoint = settings.endpoint.rstrip("/") if settings.endpoint else None
    if bucket.kind == "gs":
        return GCSStore(bucket.name, config={"base_url": endpoint} if endpoint else {}, **given)
    if bucket.kind == "az":
        return AzureStore(bucket.name, config={"endpoint": endpoint} if endpoint else {}, **given)
    config: S3Config = {"virtual_hosted_style_request": settings.virtual_hosted}
    if endpoint:
        config["endpoint"] = endpoint
    if settings.region:
        config["region"] = settings.region
    return S3Store(bucket.name, config=config, **given)


def _stat(found: ObjectMeta) -> Stat:
    return Stat(found["size"], _version(found["e_tag"]), found["last_modified"].timestamp())


def _version(tag: str | None) -> str:
    """Return an ETag as listings and answers have it alike: Azure's listings leave the quotes out."""
    return (tag or "").removeprefix("W/").strip('"')


def _side_by_side(act: Callable[[Any], None], many: Sequence[Any]) -> None:
    """Do the same for many; the first that fails is raised when those under way are done."""
    if len(many) == 1:
        act(many[0])
        return
    with ThreadPoolExecutor(min(_AT_ONCE, len(many))) as threads:
        pending = [threads.submit(act, one) for one in many]
        try:
            for one in pending:
                one.result()
        finally:
            threads.shutdown(wait=True, cancel_futures=True)
