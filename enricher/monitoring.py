"""What a run leaves behind for those who watch over it: metrics, a heartbeat, a log. Their failure changes nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from enricher.errors import EnricherError, PublishError
from enricher.http.client import AnswerError, Client
from enricher.publish.atomic import refuse_foreign, write_whole
from enricher.report import to_lines, to_prometheus
from enricher.text import printable_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from enricher.http.client import ClientSettings
    from enricher.model.edition import Report
    from enricher.report import FeedStatus, RunEnd


def write_metrics(
    path: Path, reports: Sequence[Report], statuses: Mapping[str, FeedStatus], run: RunEnd
) -> Iterator[str]:
    """Write a file for Prometheus's textfile collector; return what went wrong."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, to_prometheus(reports, statuses, run).encode())
    except OSError as error:
        yield f"metrics: {path.parent}: cannot be made: {error.strerror}; see `metrics` in the configuration"
    except EnricherError as error:
        yield f"metrics: {error}"


def heartbeat(url: str, status: int, settings: ClientSettings) -> Iterator[str]:
    """Request the heartbeat's address, with the exit code in place of `{status}`, else behind its path.

    healthchecks.io, whose form this is, takes `/0` for success: https://healthchecks.io/docs/signaling_failures/.
    Returns what went wrong.
    """
    if "{status}" in url:
        url = url.replace("{status}", str(status))
    else:
        parts = urlsplit(url)  # the configuration was refused if it could not be parsed
        url = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{status}"))
    try:
        with Client(settings) as client:
            client.fetch(url)
    except AnswerError as error:
        if not 200 <= error.answer.status < 300:  # noqa: PLR2004 202 and 204 have no body, and are a yes
            yield f"heartbeat: {error}"
    except EnricherError as error:
        yield f"heartbeat: {error}"


class Log:
    """A log file that may be moved away or emptied at any time (logrotate); without a path it is silent.

    Each line is appended to whatever file has the name then. That it cannot be written is told once.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.faults: dict[str, None] = {}
        """Why lines are missing, each reason once."""

    def write(self, text: str, level: str = "INFO") -> None:
        """Append a line with the time and its level: a name in it that has lines forges none."""
        if self._path is None:
            return
        head = f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {level}"
        try:
            refuse_foreign(self._path)
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(f"{head} {printable_line(text)}\n")
        except (OSError, PublishError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is a link, a pipe or a device"
            self.faults[f"{self._path}: cannot be written: {why}; see --log-file"] = None

    def warning(self, text: str) -> None:
        """Append what a person should see."""
        self.write(text, "WARNING")

    def write_report(self, report: Report) -> None:
        """Append what became of a feed."""
        counts = f"items {report.items}, matched {report.matched}, timed {report.timed}, chapters {report.chapters}"
        self.write(f"{report.name}: {report.outcome}: {counts}, written {len(report.written)}")
        for line in (*to_lines(report), *(f"{report.name}: {note}" for note in report.notes)):
            self.warning(line)
