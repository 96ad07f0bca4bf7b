"""Measure everything and write bench/RESULTS.md: `make bench`, or `python -m bench --rounds N [--only PART]`."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bench import alignment, many_feeds, one_feed, pages, scale, whole_process
from bench.subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RESULTS = Path(__file__).with_name("RESULTS.md")
_LIBRARIES = ("lxml", "feedparser", "feedgen", "httpx", "SQLAlchemy")


def main() -> None:
    """Measure what is asked for; the results file is written only when everything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="of each measurement, whose median counts")
    parser.add_argument("--only", choices=PARTS, help="measure one part, and print it alone")
    options = parser.parse_args()
    names = [options.only] if options.only else list(PARTS)
    texts = []
    for name in names:
        texts.append(PARTS[name](options.rounds))
        print(texts[-1], flush=True)
    if not options.only:
        RESULTS.write_text("\n".join([_head(options.rounds), *texts]), "utf-8")


def _head(rounds: int) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        "# Measured\n\n"
        f"By `make bench`: medians of {rounds} rounds in which the contenders take turns.\n"
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {libraries}.\n"
    )


def table(title: str, text: str, heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table under its title."""
    lines = [f"## {title}\n", f"{text}\n", "| " + " | ".join(heads) + " |", "|" + "---|" * len(tuple(heads))]
    for row in rows:
        print(".", end="", file=sys.stderr, flush=True)
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


def _one_feed(rounds: int) -> str:
    return table(
        "One feed, in process",
        "Milliseconds, publishing and verification included, with 20 summaries. The plain pipe is feedparser's\n"
        "defaults and feedgen with title, guid, link, notes, date and enclosure; bare lxml parses and serialises.",
        ("feed", "what", "enricher", "plain pipe", "bare lxml", "to plain pipe", "to bare lxml"),
        (row for subject in subjects() for row in one_feed.rows(subject, rounds)),
    )


def _nothing_changed(rounds: int) -> str:
    return table(
        "Nothing changed, in process",
        "Milliseconds for each of 20 feeds of a loopback server, against the fetch and the digest alone.",
        ("feed", "the server gives", "enricher", "fetch and digest", "ratio"),
        (row for subject in list(subjects())[:1] for row in one_feed.idle_rows(subject, rounds)),
    )


def _growth(rounds: int) -> str:
    return table(
        "Growth",
        "Cold runs in milliseconds; an exponent of 1 is linear.",
        ("with", "500", "5,000", "exponent"),
        one_feed.growth(max(3, rounds // 2)),
    )


def _whole_process(rounds: int) -> str:
    return table(
        "Whole process",
        "Milliseconds of `enricher run` from start to end, against another process over the same feed.",
        ("feed", "what", "ms", "against", "ms", "ratio"),
        (row for subject in list(subjects())[:1] for row in whole_process.rows(subject, rounds)),
    )


def _pages(rounds: int) -> str:
    return table(
        "Pages",
        f"Seconds of CPU with {pages.SUMMARIES} summaries of six topics. The search's indexer is a process of its own.",
        ("Lex", "without pages", "with pages", "what pages add", "the indexer"),
        (row for subject in list(subjects())[:1] for row in pages.rows(subject, max(3, rounds // 2))),
    )


def _memory(rounds: int) -> str:
    del rounds
    one = table(
        "Memory",
        "MB. By how many sizes of a feed a process grows that makes it anew, after it has made a small one.",
        ("feed", "size", "before", "peak", "sizes of the feed"),
        (whole_process.peak(subject) for subject in subjects()),
    )
    many = table(
        "Memory of many feeds",
        "MB at most, of the run's own process and of the largest of its two processes.",
        ("run over", "own", "share"),
        whole_process.fleet_peaks(),
    )
    return f"{one}\n{many}"


def _many_feeds(rounds: int) -> str:
    return table(
        "Many feeds",
        f"{many_feeds.FEEDS:,} feeds on {many_feeds.HOSTS} loopback hosts, nine of ten answered with 304, the tenth\n"
        "with a changed item, against a bare loop of httpx over the same addresses. Feeds per second.",
        ("who", "feeds per second", "ratio"),
        many_feeds.rows(max(3, rounds // 2)),
    )


def _scale(rounds: int) -> str:
    rounds = max(1, rounds // 3)
    dask = table(
        "Dask",
        f"The same {many_feeds.FEEDS:,} feeds, state in PostgreSQL, all on this machine: feeds per second of processes "
        "(`workers`)\nand of as many workers of a Dask cluster, and the seconds of a run by Dask.",
        ("workers", "processes", "Dask", "a run by Dask, s"),
        scale.dask_rows(rounds),
    )
    return (
        dask
        + "\n"
        + table(
            "A slow network",
            f"{many_feeds.FEEDS:,} feeds on {scale.FAR_HOSTS} hosts that answer late, nine of ten with 304; SQLite. "
            "Processor time is\nthat of the run's processes.",
            ("delay, ms", "workers", "feeds per second", "feeds per hour", "processor ms per feed"),
            scale.delay_rows(rounds),
        )
    )


def _alignment(rounds: int) -> str:
    del rounds
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        alignment.main([])
    return f"## Quotes found in transcripts\n\n```text\n{said.getvalue()}```\n"


PARTS: dict[str, Callable[[int], str]] = {
    "one-feed": _one_feed,
    "nothing-changed": _nothing_changed,
    "growth": _growth,
    "whole-process": _whole_process,
    "pages": _pages,
    "memory": _memory,
    "many-feeds": _many_feeds,
    "scale": _scale,
    "alignment": _alignment,
}


if __name__ == "__main__":
    main()
