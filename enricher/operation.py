"""What a run leaves behind for those who watch over it: metrics, a heartbeat, a log. Their failure changes nothing."""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import replace
from logging.handlers import WatchedFileHandler
from typing import TYPE_CHECKING

from enricher import __version__
from enricher.core.errors import EnricherError, LockedError, Problem
from enricher.core.report import as_lines, as_metrics, exit_code
from enricher.publish import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from enricher.config import Config
    from enricher.core.model import Report
    from enricher.fleet import Done, Options

BUG = 70
TERMINATED = 143
_HEARTBEAT_SECONDS = 10.0


def write_metrics(path: Path | None, done: Done, *, now: float, seconds: float) -> Iterator[str]:
    """Write a file for Prometheus's textfile collector; give what went wrong."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, as_metrics(done.reports, now=now, seconds=seconds).encode())
    except (OSError, EnricherError) as error:
        yield f"metrics: {error}"


def beat(config: Config, status: int) -> Iterator[str]:
    """Ask the heartbeat's address, with the exit status in it; give what went wrong."""
    if config.heartbeat is None:
        return
    from enricher.doors import fetch_settings
    from enricher.fetch import Fetcher

    url = config.heartbeat
    url = url.replace("{status}", str(status)) if "{status}" in url else f"{url.rstrip('/')}/{status}"
    settings = replace(fetch_settings(config, __version__), deadline=_HEARTBEAT_SECONDS)
    try:
        with Fetcher(settings) as fetcher:
            fetcher.fetch(url)
    except EnricherError as error:
        yield f"heartbeat: {error}"


def operate(config: Config, names: Sequence[str], options: Options, log_file: Path | None) -> tuple[Done, int]:
    """Do a whole run and leave word of it everywhere; give what it did and the exit code."""
    from enricher.fleet import run_all

    log, began = Log(log_file), time.monotonic()
    log.say(f"run of {len(names) or len(config.feeds)} feeds")
    try:
        done = run_all(config, names, options)
    except EnricherError as error:
        log.trouble(str(error))
        if not isinstance(error, LockedError) and not options.dry_run:
            deque(beat(config, error.exit_code), 0)
        raise
    code = TERMINATED if options.stop.is_set() else BUG if done.bugs else exit_code(done.reports)
    troubles = []
    if not options.dry_run:
        seconds = time.monotonic() - began
        troubles = [*write_metrics(config.metrics, done, now=time.time(), seconds=seconds), *beat(config, code)]
    for report in done.reports:
        log.tell(report)
    for line in (*map(str, done.problems), *done.bugs, *troubles):
        log.trouble(line)
    log.say(f"end of the run: exit code {code}")
    return replace(done, problems=(*done.problems, *map(Problem, troubles))), code


class Log:
    """A log file that may be moved away at any time (logrotate); without a path it is silent."""

    def __init__(self, path: Path | None) -> None:
        self._logger = logging.Logger("enricher")  # noqa: LOG001 its own, for one run
        if path is None:
            # A logger without a handler prints what is urgent: it would stand on standard error twice.
            self._logger.addHandler(logging.NullHandler())
        else:
            try:
                handler = WatchedFileHandler(path, encoding="utf-8", errors="replace")
            except OSError as error:
                raise EnricherError(f"{path}: cannot be written: {error.strerror}; see --log-file") from error
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
            self._logger.addHandler(handler)

    def say(self, line: str) -> None:
        """Write a line."""
        self._logger.info(line)

    def trouble(self, line: str) -> None:
        """Write a line that a person should see."""
        self._logger.warning(line)

    def tell(self, report: Report) -> None:
        """Write what became of a feed."""
        counts = f"items {report.items}, matched {report.matched}, timed {report.timed}, chapters {report.chapters}"
        self.say(f"{report.name}: {report.outcome}: {counts}, written {len(report.written)}")
        for line in (*as_lines(report), *(f"{report.name}: {note}" for note in report.notes)):
            self.trouble(line)
