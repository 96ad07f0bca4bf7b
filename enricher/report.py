"""What a run and a feed are told as: lines and explanations for people, JSON, Prometheus, the exit code."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from enricher.errors import HeldError
from enricher.model.edition import Report
from enricher.model.summary import parts
from enricher.model.timeline import Marks
from enricher.text import counted, cut, fold, one_line
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.errors import FeedError
    from enricher.model.edition import Enriched, Matching, Outcome
    from enricher.model.summary import Summary

VERSION = 1
BAD = {"held", "failed"}
"""Outcomes of which whoever runs it should hear."""
_SHORT = 60
_MANY = 5
_INDEX = re.compile(r"(?:index|older-\d+)\.html")
_KINDS = {"chapters": "chapters file", "transcripts": "transcript", "search": "search file"}
_PUBLISHERS_CHAPTERS = {
    "psc": "the publisher has psc:chapters",
    "json": "the publisher has a chapters file",
    "notes": "the publisher has times in the notes",
    "none": "the publisher has none",
}


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How a feed is after a run, whether it had its turn in it or not."""

    outcome: str | None
    """The last one, None if it never had a turn."""
    success_at: float | None
    """When it was last published or found unchanged, in epoch seconds."""
    seconds: float | None
    """How long this run took over it, None if it had no turn."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """A run as a whole: its end (epoch seconds), how many seconds it took, its exit code."""

    ended_at: float
    seconds: float
    exit_code: int


@dataclass(frozen=True, slots=True)
class LastOutcome:
    """The last outcome of one feed; times in epoch seconds."""

    name: str
    outcome: str
    error: str | None
    at: float | None
    success_at: float | None
    next_at: float | None
    """When a server may be asked again; None for files."""
    problems: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the object that `status --json` prints."""
        return asdict(self)


def failure(name: str, error: FeedError, *, published: bool) -> Report:
    """Return the report of a feed that cannot be republished now: held if an edition is published, else failed."""
    outcome: Outcome = "held" if published and isinstance(error, HeldError) else "failed"
    return Report(name, outcome, error=str(error))


def to_lines(report: Report, *, again: bool = True) -> Iterator[str]:
    """Return what a person should see on standard error: the error, and each problem, or each that is new."""
    if report.error:
        yield f"{report.name}: {report.outcome}: {report.error}"
    for problem in report.problems:
        if again or str(problem) not in report.told:
            yield f"{report.name}: {problem}"


def written_lines(paths: Sequence[str]) -> Iterator[str]:
    """Return the paths of written files in order; where there are many of a kind, how many instead."""
    kinds = [_kind(path) for path in paths]
    for i, (path, (folder, kind)) in enumerate(zip(paths, kinds, strict=True)):
        count = kinds.count((folder, kind))
        if not kind or count <= _MANY:
            yield path
        elif kinds.index((folder, kind)) == i:
            yield f"{folder}: {counted(count, kind)}"


def _kind(path: str) -> tuple[str, str]:
    """Return a file's folder below the output folder, and what the many files of its kind are called."""
    folder, _, rest = path.partition("/")
    below = rest.partition("/")[0]
    if below in _KINDS:
        return folder, _KINDS[below]
    return folder, "page" if rest.endswith(".html") and not _INDEX.fullmatch(rest) else ""


def to_json(reports: Sequence[Report], problems: Sequence[str] = ()) -> dict[str, Any]:
    """Return the object that `--json` prints.

    `notes` of a feed and `problems` of the run came later, so they are there only if they are not empty.
    """
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


def to_prometheus(reports: Sequence[Report], statuses: Mapping[str, FeedStatus], run: RunEnd) -> str:
    """Return the text that Prometheus's textfile collector reads.

    The status is there for every configured feed, so that a run of one feed ends no alarm about another; the counts for
    those that had their turn. Names of feeds are lower-case letters, digits and hyphens: no label needs escaping.
    https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
    """
    lines: list[str] = []

    def gauge(name: str, told: str, values: Mapping[str, float | None]) -> None:
        lines.extend((f"# HELP enricher_{name} {told}", f"# TYPE enricher_{name} gauge"))
        lines.extend(f"enricher_{name}{label} {value:.17g}" for label, value in values.items() if value is not None)

    def label(name: str, more: str = "") -> str:
        return f'{{feed="{name}"{more}}}'

    known = {name: one for name, one in statuses.items() if one.outcome}
    gauge("last_run_timestamp_seconds", "When the last run ended.", {"": run.ended_at})
    gauge("last_run_duration_seconds", "How long the last run took.", {"": run.seconds})
    gauge("last_run_exit_code", "The exit code of the last run.", {"": run.exit_code})
    up = {label(name): int(one.outcome not in BAD) for name, one in known.items()}
    gauge("feed_up", "1 if the feed is published or unchanged.", up)
    outcomes = {label(name, f',outcome="{one.outcome}"'): 1 for name, one in known.items()}
    gauge("feed_outcome", "The last outcome, as a label.", outcomes)
    success = {label(name): one.success_at for name, one in known.items()}
    gauge("feed_last_success_timestamp_seconds", "When it was last published or unchanged.", success)
    gauge(
        "feed_duration_seconds",
        "How long the last run took over it.",
        {label(name): one.seconds for name, one in known.items()},
    )
    for name, told, counts in (
        ("items", "Items of the feed.", [one.items for one in reports]),
        ("matched", "Items with a summary.", [one.matched for one in reports]),
        ("timed", "Items with a time that has evidence.", [one.timed for one in reports]),
        ("chapters", "Items with chapters that we wrote.", [one.chapters for one in reports]),
        ("problems", "Problems that spoiled nothing else.", [len(one.problems) for one in reports]),
    ):
        gauge(f"feed_{name}", told, dict(zip((label(one.name) for one in reports), counts, strict=True)))
    return "\n".join(lines) + "\n"


# `enricher explain`


def explain(matching: Matching, enriched: Sequence[Enriched], wanted: str | None) -> Iterator[str]:
    """Return lines about every item, or about those whose title, guid or number is `wanted`.

    Each item has its summary and the rule, or why it has none; if a time was found or refused, or the item is
    wanted, then every topic, quote, clip and question with its time and evidence.
    """
    for one in enriched:
        if wanted is not None and not is_wanted(one, wanted):
            continue
        yield _short(one.item.title or one.item.identity)
        stored = one.match.stored
        name = f"{stored.path}, by {one.match.rule}" if stored else "none"
        yield f"  summary: {name}. {one.match.reason}"
        if stored and (wanted is not None or one.timeline.moments or one.timeline.refusals):
            yield from _details(one, stored.summary)
    if wanted is None:
        yield from explain_unused(matching)
        matched, unused = sum(one.match.stored is not None for one in enriched), len(matching.unused)
        said = f"{counted(len(enriched), 'item')}: {matched} with a summary, {len(enriched) - matched} without"
        yield said + (f"; {counted(unused, 'summary')} without an item" if unused else "")


def explain_unused(matching: Matching) -> Iterator[str]:
    """Return a line about every summary that may be this feed's and has no item."""
    return (f"unused: {stored.path}: {reason}" for stored, reason in matching.unused)


def is_wanted(one: Enriched, wanted: str) -> bool:
    """Check whether a person means this item: by guid, link, audio, title, whole words of the title, or #number."""
    if wanted.strip() in {one.item.guid, one.item.link, one.item.audio}:
        return True
    folded = fold(wanted)
    return bool(folded) and f" {folded} " in f" {fold(one.item.title)} "


def _details(one: Enriched, summary: Summary) -> Iterator[str]:
    for part in parts(summary):
        if part.kind == "text":
            continue
        what = f"citation {part.text}" if part.kind == "citation" else f"{part.kind} “{_short(part.text)}”"
        moment = one.timeline.moments.get(part.path)
        if moment is not None:
            yield f"  {clock(moment.start)} {what} [{moment.rule}]: {moment.evidence}"
        else:
            yield f"  --:--:-- {what}: {one.timeline.refusals.get(part.path, 'no evidence of a time')}"
    made, clips = len(one.soundbites), len(summary.clips)
    if clips:
        lacking = " (one needs a start and an end, 15 to 120 seconds apart, and none of the publisher's own there)"
        yield f"  soundbites: {made} of {counted(clips, 'clip')}{lacking if made < clips else ''}"
    yield f"  chapters: {_chapters(one)}"
    for problem in one.problems:
        yield f"  problem: {problem.message}"


def _chapters(one: Enriched) -> str:
    """Return how many chapters there are, where the publisher has them, and where we write the list."""
    chapters, theirs = one.chapters, _PUBLISHERS_CHAPTERS[one.marks.source]
    if not chapters.chapters:
        return f"none of ours; {theirs}" + (" (a list needs three topics with times)" if one.marks == Marks() else "")
    places = {"psc:chapters": chapters.psc, "a chapters file": chapters.json, "the notes": chapters.lines}
    written = ", ".join(name for name, there in places.items() if there)
    return f"{len(chapters.chapters)} in the list; {theirs}; written by us: {written or 'nothing'}"


def _short(text: str) -> str:
    return cut(one_line(text), _SHORT)
