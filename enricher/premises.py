"""What every command stands on: the lock, the store, the feeds that were named, the folders of summaries."""

from __future__ import annotations

from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from enricher.errors import EnricherError, LockedError, UsageError
from enricher.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.config import Config
    from enricher.model.feed import FeedConfig

_SHOWN = 10


def chosen(config: Config, names: Sequence[str], accepted: frozenset[str] = frozenset()) -> list[FeedConfig]:
    """Give the named feeds, all without names. Raises UsageError for a name that is not configured."""
    known = {feed.name: feed for feed in config.feeds}
    for name in (*names, *accepted):
        if name not in known:
            raise UsageError(f"no feed is named “{name}”; {_offer(name, list(known))}")
    return [feed for feed in config.feeds if not names or feed.name in names]


def _offer(name: str, known: Sequence[str]) -> str:
    """Offer what may have been meant."""
    near = get_close_matches(name, known)
    if near:
        return f"did you mean {' or '.join(f'“{one}”' for one in near)}?"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"known: {', '.join(known[:_SHOWN])}{more}"


def folders(config: Config) -> list[Path]:
    """Give every configured summaries folder once, in order."""
    own = [Path(folder) for feed in config.feeds for folder in feed.summaries]
    return list(dict.fromkeys([*config.summaries, *own]))


@contextmanager
def locked(config: Config) -> Iterator[None]:
    """Hold the run's lock. Raises LockedError where another run holds it."""
    path = config.output.parent / f".{config.output.name}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path, blocking=False):
            yield
    except Timeout as error:
        raise LockedError("another run is under way; this one does nothing") from error
    except OSError as error:
        raise EnricherError(
            f"{path}: cannot be written: {error.strerror}; see `output` in the configuration"
        ) from error


def opened(config: Config, *, dry: bool) -> Store:
    """Open the store; a dry run gets a copy that is thrown away, and leaves no file behind."""
    return Store.peek(config.database) if dry else Store.open(config.database)
