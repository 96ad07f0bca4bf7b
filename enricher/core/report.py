"""Reports as a line for people, as JSON for programs, and as an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.core.model import Report

VERSION = 1
_BAD = {"held", "failed"}


def as_json(reports: Sequence[Report], problems: Sequence[str] = ()) -> dict[str, Any]:
    """Give the object that `--json` prints: what became of every feed, and problems that concern no feed."""
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
            "notes": list(report.notes),
        }
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
