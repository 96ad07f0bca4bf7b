"""What the workers of a Dask cluster must have as the run's own machine has it."""

from __future__ import annotations

import signal
import threading
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from enricher import __version__
from enricher.errors import ConfigError, EnricherError, PublishError
from enricher.pipeline.templates import Templates
from enricher.publish.outputs import publisher_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import distributed

    from enricher.config import Config
    from enricher.model.output import Bucket, ObjectStoreSettings


@dataclass(frozen=True, slots=True)
class _Needs:
    """What every worker must have as the run's own machine has it."""

    version: str
    output: Path | Bucket
    object_store: ObjectStoreSettings
    token: Path | None
    """A file beside the output folder, which all machines share; None for an object store."""
    files: tuple[str, ...]
    """Feeds that are files."""
    templates: Templates
    theme: str
    local: bool


def look_at_workers(client: distributed.Client, config: Config) -> int:
    """Check that every worker can do shares; return their number. Raises ConfigError."""
    files = tuple(feed.url for feed in config.feeds if not feed.is_web)
    theme = Templates(config.templates)
    try:
        with _token(config) as token:
            needs = _Needs(
                __version__,
                config.output,
                config.object_store,
                token,
                files,
                theme,
                theme.digest(),
                config.engine.scheduler is None,
            )
            lacks: dict[str, str] = client.run(_lacks, needs)
        threads: dict[str, int] = client.nthreads()
    except OSError as error:
        raise EnricherError(f"{config.output}: cannot be written: {error.strerror}; see `output`") from error
    except Exception as error:  # the worker could not even read the question
        raise ConfigError(
            f"the Dask workers cannot run enricher ({type(error).__name__}: {error}); "
            f"install enricher {__version__} on each: pip install 'enricher[dask,postgresql]=={__version__}'"
        ) from error
    lacks |= {
        name: f"has {count} threads, and a share is a whole process; start it with --nthreads 1"
        for name, count in threads.items()
        if count > 1
    }
    if faults := [f"Dask worker {name}: {said}" for name, said in sorted(lacks.items()) if said]:
        raise ConfigError("\n".join(faults))
    return len(threads)


@contextmanager
def _token(config: Config) -> Iterator[Path | None]:
    """Lay a file beside the output folder, by which a worker knows that it sees the same one. Raises OSError."""
    if not isinstance(config.output, Path):
        yield None
        return
    token = config.output.parent / f".{config.output.name}.{uuid.uuid4().hex}"
    token.parent.mkdir(parents=True, exist_ok=True)
    token.touch()
    try:
        yield token
    finally:
        with suppress(OSError):
            token.unlink(missing_ok=True)


def _lacks(needs: _Needs) -> str:
    """Return what this worker lacks, empty if nothing."""
    if needs.local and threading.current_thread() is threading.main_thread():
        # systemd and terminals signal every process of a run. The run tells its workers by itself to end.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    if needs.version != __version__:
        return f"runs enricher {__version__}, and this is {needs.version}; install the same on all machines"
    if said := _lacks_output(needs):
        return said
    if missing := next((name for name in needs.files if not Path(name).is_file()), None):
        return f"has no file {missing}; feeds that are files must lie in a folder that all machines share"
    if needs.templates.digest() != needs.theme:
        return f"has other files in {needs.templates.folder} (`templates`); share that folder among all machines"
    return ""


def _lacks_output(needs: _Needs) -> str:
    """Return why this worker cannot publish, empty if it can."""
    if needs.token is not None:
        there = needs.token.exists()
        return (
            ""
            if there
            else f"does not see the folder {needs.token.parent}; share it among all machines at the same path"
        )
    if find_spec("obstore") is None:
        return "has no obstore for the object store; install it: pip install 'enricher[dask,object-store,postgresql]'"
    try:  # with the credentials of this machine's environment
        publisher_of(needs.output, needs.object_store).has("index.html")
    except PublishError as error:
        return f"does not reach the object store: {error}"
    return ""
