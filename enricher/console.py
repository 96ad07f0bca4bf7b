"""Progress and tables at a terminal of 80 columns."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from enricher.text import printable_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enricher.model.edition import Report
    from enricher.report import LastOutcome

_BAR_WIDTH = 12
_STYLES = {"published": "green", "unchanged": "dim", "held": "yellow", "failed": "red"}


class _Screen(Console):
    """The console that tables are printed on; `enricher status | head` ends quietly."""

    def on_broken_pipe(self) -> NoReturn:
        """Exit with 0, and keep Python from complaining when it flushes at the end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0)


@contextmanager
def progress(total: int) -> Iterator[Callable[[Report], None]]:
    """Show how many feeds are done, changed and failed during a run."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(_BAR_WIDTH),
        MofNCompleteColumn(),
        TextColumn("{task.fields[said]}"),
    )
    counts = dict.fromkeys(_STYLES, 0)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("feeds", total=total, said="")

        def advance(report: Report) -> None:
            counts[report.outcome] += 1
            said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
            bar.update(task, advance=1, said=said)

        yield advance


def show_reports(reports: Sequence[Report], *, dry_run: bool = False) -> None:
    """Print a table of the outcome of every feed, and the files that were written."""
    console = _Screen()
    table = Table(box=None, pad_edge=False)
    table.add_column("feed", overflow="ellipsis", no_wrap=True, max_width=28)
    table.add_column("would be" if dry_run else "outcome")
    for name in ("items", "matched", "timed", "chapters", "files"):
        table.add_column(name, justify="right")
    for one in reports:
        numbers = map(str, (one.items, one.matched, one.timed, one.chapters, len(one.written)))
        table.add_row(one.name, f"[{_STYLES[one.outcome]}]{one.outcome}[/]", *numbers)
    console.print(table)
    for one in reports:
        for path in one.written:
            _print(console, f"{'would write' if dry_run else 'wrote'} {path}")
        for note in one.notes:
            _print(console, f"{one.name}: {note}")


def show_status(rows: Sequence[LastOutcome]) -> None:
    """Print a table of the last outcomes and the next requests; reasons are long and follow in lines."""
    console = _Screen()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("feed", overflow="ellipsis", no_wrap=True, max_width=20)
    for name in ("outcome", "last run", "last success", "next"):
        table.add_column(name, no_wrap=True)
    now = time.time()
    for row in rows:
        outcome = f"[{_STYLES.get(row.outcome, 'dim')}]{row.outcome}[/]"
        table.add_row(row.name, outcome, _when(row.at), _when(row.success_at), _until(row.next_at, now))
    console.print(table)
    for row in rows:
        for line in (*([row.error] if row.error else ()), *row.problems):
            _print(console, f"{row.name}: {line}")


def _print(console: Console, line: str) -> None:
    """Print a line as it is: rich lets the control characters of a title pass, and takes `[…]` for markup."""
    console.print(printable_line(line), highlight=False, soft_wrap=True, markup=False)


def _until(at: float | None, now: float) -> str:
    """Return in how long a server may be asked again; nothing for files and for feeds that are gone (410)."""
    if at is None:
        return ""
    minutes = ceil(max(0.0, at - now) / 60)
    return "now" if not minutes else f"in {minutes} min" if minutes < 100 else f"in {minutes / 60:.0f} h"  # noqa: PLR2004 two digits


def _when(at: float | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at)) if at else "never"
