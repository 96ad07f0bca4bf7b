"""What a run leaves behind for those who watch over it: metrics, a heartbeat, a log. Their failure changes nothing."""

from __future__ import annotations

import time
import traceback
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from enricher import __version__
from enricher.errors import EnricherError, LockedError, Problem
from enricher.publish import write_whole
from enricher.report import RunFacts, as_lines, as_metrics, exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from enricher.config import Config
    from enricher.model.edition import Report
    from enricher.orders import Done, Options

BUG = 70
_HEARTBEAT_SECONDS = 10.0
_HURRIED_SECONDS = 1.0


def write_metrics(path: Path | None, done: Done, run: RunFacts) -> Iterator[str]:
    """Write a file for Prometheus's textfile collector; give what went wrong."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, as_metrics(done.reports, done.standings, run).encode())
    except OSError as error:
        yield f"metrics: {path.parent}: cannot be made: {error.strerror}; see `metrics` in the configuration"
    except EnricherError as error:
        yield f"metrics: {error}"


def beat(config: Config, status: int, seconds: float = _HEARTBEAT_SECONDS) -> Iterator[str]:
    """Ask the heartbeat's address, with the exit status in it; give what went wrong."""
    if config.heartbeat is None:
        return
    from enricher.http.asking import AnswerError, fetch_settings
    from enricher.http.client import Fetcher

    settings = replace(fetch_settings(config, __version__), deadline=seconds)
    try:
        with Fetcher(settings) as fetcher:
            fetcher.fetch(_address(config.heartbeat, status))
    except AnswerError as error:
        if not 200 <= error.answer.status < 300:  # noqa: PLR2004 whoever says yes without a word has heard it
            yield f"heartbeat: {error}"
    except EnricherError as error:
        yield f"heartbeat: {error}"


def _address(heartbeat: str, status: int) -> str:
    """Put the exit status where the address wants it, else behind its path."""
    if "{status}" in heartbeat:
        return heartbeat.replace("{status}", str(status))
    parts = urlsplit(heartbeat)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{status}"))


def operate(config: Config, names: Sequence[str], options: Options, log_file: Path | None) -> tuple[Done, int]:
    """Do a whole run and leave word of it everywhere; give what it did and the exit code."""
    from enricher.run import run_all

    log, began = Log(log_file), time.monotonic()
    log.say(f"run of {len(names) or len(config.feeds)} feeds")
    try:
        done = run_all(config, names, replace(options, tell=log.tell))
    except Exception as error:
        known = isinstance(error, EnricherError)
        log.trouble(str(error) if known else traceback.format_exc())
        if not isinstance(error, LockedError) and not options.dry_run:
            deque(beat(config, error.exit_code if isinstance(error, EnricherError) else BUG), 0)
        raise
    code = options.stop.code or (BUG if done.bugs else exit_code(done.reports) or int(done.unstored))
    troubles = []
    if not options.dry_run:
        run = RunFacts(time.time(), time.monotonic() - began, code)
        patience = _HURRIED_SECONDS if options.stop.is_set() else _HEARTBEAT_SECONDS
        troubles = [*write_metrics(config.metrics, done, run), *beat(config, code, patience)]
    for line in (*map(str, done.problems), *done.bugs, *troubles):
        log.trouble(line)
    log.say(f"end of the run: exit code {code}")
    return replace(done, problems=(*done.problems, *map(Problem, (*troubles, *log.faults)))), code


class Log:
    """A log file that may be moved away or emptied at any time (logrotate); without a path it is silent.

    Each line is appended to whatever file has the name then. One that cannot be written is told once.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.faults: dict[str, None] = {}
        """Why lines are missing, each reason once."""

    def say(self, text: str, level: str = "INFO") -> None:
        """Write a text; each of its lines says when and how grave."""
        if self._path is None:
            return
        head = f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {level}"
        lines = [f"{head} {line}\n" for line in text.splitlines()]
        try:
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write("".join(lines))
        except OSError as error:
            self.faults[f"{self._path}: cannot be written: {error.strerror}; see --log-file"] = None

    def trouble(self, text: str) -> None:
        """Write what a person should see."""
        self.say(text, "WARNING")

    def tell(self, report: Report) -> None:
        """Write what became of a feed."""
        if self._path is None:
            return
        counts = f"items {report.items}, matched {report.matched}, timed {report.timed}, chapters {report.chapters}"
        self.say(f"{report.name}: {report.outcome}: {counts}, written {len(report.written)}")
        for line in (*as_lines(report), *(f"{report.name}: {note}" for note in report.notes)):
            self.trouble(line)
