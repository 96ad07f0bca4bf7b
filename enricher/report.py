"""Reports as a line for people, as JSON for programs, and as an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enricher.errors import HeldError
from enricher.model.edition import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.errors import FeedError
    from enricher.model.edition import Outcome

VERSION = 1
_BAD = {"held", "failed"}
_TOLD = {
    "items": "Items of the feed.",
    "matched": "Items with a summary.",
    "timed": "Items with a time that something bears out.",
    "chapters": "Items with chapters that were written by us.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed stands after a run."""

    outcome: str | None
    """The last one, None where it never had a turn."""
    success_at: float | None
    """When it was last published or found unchanged, in epoch seconds."""
    seconds: float | None
    """How long this run took over it, None where it had no turn."""


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


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is told of a run as a whole: its end (epoch seconds), how many seconds it took, its exit code."""

    ended_at: float
    seconds: float
    exit_code: int


def as_metrics(reports: Sequence[Report], standings: Mapping[str, Standing], run: RunFacts) -> str:
    """Give what Prometheus's textfile collector reads.

    How a feed stands is told of every configured feed, its counts of those that had a turn. Names of feeds are
    lower-case letters, digits and hyphens, so that no label has to be escaped.
    https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
    """
    standing = {name: one for name, one in standings.items() if one.outcome}
    up = {name: float(one.outcome not in _BAD) for name, one in standing.items()}
    success = {name: one.success_at for name, one in standing.items() if one.success_at is not None}
    seconds = {name: one.seconds for name, one in standing.items() if one.seconds is not None}
    outcomes = [(f'{{feed="{name}",outcome="{one.outcome}"}}', 1.0) for name, one in standing.items()]
    lines = list(_gauge("last_run_timestamp_seconds", "When the last run ended.", [("", run.ended_at)]))
    lines += _gauge("last_run_duration_seconds", "How long the last run took.", [("", run.seconds)])
    lines += _gauge("last_run_exit_code", "What the last run exited with.", [("", float(run.exit_code))])
    lines += _gauge("feed_up", "1 where the feed is published or unchanged.", _by_feed(up))
    lines += _gauge("feed_outcome", "The last outcome, as a label.", outcomes)
    lines += _gauge("feed_last_success_timestamp_seconds", "When it was last as it should be.", _by_feed(success))
    lines += _gauge("feed_duration_seconds", "How long the last run took over it.", _by_feed(seconds))
    for field, told in _TOLD.items():
        lines += _gauge(f"feed_{field}", told, _by_feed({one.name: float(getattr(one, field)) for one in reports}))
    problems = {one.name: float(len(one.problems)) for one in reports}
    lines += _gauge("feed_problems", "Problems that spoiled nothing else.", _by_feed(problems))
    return "\n".join(lines) + "\n"


def _by_feed(values: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(f'{{feed="{name}"}}', value) for name, value in values.items()]


def _gauge(name: str, told: str, values: Sequence[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP enricher_{name} {told}"
    yield f"# TYPE enricher_{name} gauge"
    yield from (f"enricher_{name}{labels} {value:.17g}" for labels, value in values)
