"""Reports as a line for people, as JSON for programs, and as an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enricher.core.errors import HeldError
from enricher.core.model import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.core.errors import FeedError
    from enricher.core.model import Outcome

VERSION = 1
_BAD = {"held", "failed"}
_TOLD = {
    "items": "Items of the feed.",
    "matched": "Items with a summary.",
    "timed": "Items with a time that something bears out.",
    "chapters": "Items with chapters that were written by us.",
}


def of_error(name: str, error: FeedError, *, published: bool) -> Report:
    """Give the report of a feed that cannot be republished now: held where an edition stands, else failed."""
    outcome: Outcome = "held" if published and isinstance(error, HeldError) else "failed"
    return Report(name, outcome, error=str(error))


def as_json(reports: Sequence[Report], problems: Sequence[str] = ()) -> dict[str, Any]:
    """Give the object that `--json` prints; what else is good to know is in it only where there is something to say."""
    feeds = [
        {
            "name": report.name,
            "outcome": report.outcome,
            "items": report.items,
            "matched": report.matched,
            "timed": report.timed,
            "chapters": report.chapters,
            "written": list(report.written),
            "problems": [str(problem) for problem in report.problems],
            "error": report.error,
        }
        | ({"notes": list(report.notes)} if report.notes else {})
        for report in reports
    ]
    return {"version": VERSION, "feeds": feeds} | ({"problems": list(problems)} if problems else {})


def as_lines(report: Report) -> Iterator[str]:
    """Give the lines that a person should see on standard error: the error, and each problem."""
    if report.error:
        yield f"{report.name}: {report.outcome}: {report.error}"
    for problem in report.problems:
        yield f"{report.name}: {problem}"


def exit_code(reports: Sequence[Report]) -> int:
    """Give 0 where every feed is published or unchanged, else 1."""
    return int(any(report.outcome in _BAD for report in reports))


def as_metrics(reports: Sequence[Report], *, now: float, seconds: float) -> str:
    """Give what Prometheus's textfile collector reads; `now` in epoch seconds, `seconds` is how long the run took.

    https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
    """
    lines = list(_gauge("enricher_last_run_timestamp_seconds", "When the last run ended.", [("", now)]))
    lines += _gauge("enricher_last_run_duration_seconds", "How long the last run took.", [("", seconds)])
    names = [report.name for report in reports]
    up = [float(report.outcome not in _BAD) for report in reports]
    lines += _gauge("enricher_feed_up", "1 where the feed is published or unchanged.", _by_feed(names, up))
    for field, told in _TOLD.items():
        values = [float(getattr(report, field)) for report in reports]
        lines += _gauge(f"enricher_feed_{field}", told, _by_feed(names, values))
    problems = [float(len(report.problems)) for report in reports]
    lines += _gauge("enricher_feed_problems", "Problems that spoiled nothing else.", _by_feed(names, problems))
    return "\n".join(lines) + "\n"


def _by_feed(names: Sequence[str], values: Sequence[float]) -> list[tuple[str, float]]:
    return [(f'{{feed="{name}"}}', value) for name, value in zip(names, values, strict=True)]


def _gauge(name: str, told: str, values: Sequence[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} gauge"
    yield from (f"{name}{labels} {value:.17g}" for labels, value in values)
