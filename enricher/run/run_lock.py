"""The lock of a run: a second one beside it is refused, on this machine by a file, on several by the database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from enricher.errors import EnricherError, LockedError
from enricher.store.locks import run_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.config import Config


@contextmanager
def locked(config: Config) -> Iterator[None]:
    """Hold the run's lock. Raises LockedError where another run holds it."""
    path = config.local_state.parent / f".{config.local_state.name}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file keeps runs of this machine apart, the database those of several.
        with FileLock(path, blocking=False), run_lock(config.database, config.base_url):
            yield
    except Timeout as error:
        raise LockedError from error
    except OSError as error:
        raise EnricherError(
            f"{path}: cannot be written: {error.strerror}; see `output` in the configuration"
        ) from error
