"""What a run is asked to do, how it is told to end, and what it did."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enricher.errors import Problem
    from enricher.model.edition import Report
    from enricher.report import Standing


class Stop:
    """Set from outside: no further feed is begun, and what is in flight has 7 s left.

    No lock is in it: a signal may come while another one is handled.
    """

    def __init__(self) -> None:
        self.code = 0
        """What the run exits with, once it is set by a signal."""
        self.grace = 7.0
        """The seconds that are left to what is in flight."""
        self._set = False

    def set(self) -> None:
        """Let the run end."""
        self._set = True

    def is_set(self) -> bool:
        """Tell whether the run is to end."""
        return self._set

    def heed(self, number: int, _frame: object) -> None:
        """Handle a signal; an interrupt that comes again is meant."""
        if self.is_set() and number == signal.SIGINT:
            self.grace = 0.0
        self.code = self.code or 128 + number
        self.set()


def _untold(_report: Report) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Options:
    """What `enricher run` was asked for."""

    force: bool = False
    dry_run: bool = False
    accept: frozenset[str] = frozenset()
    max_runtime: float | None = None
    """Seconds after which no further feed is begun."""
    stop: Stop = field(default_factory=Stop)
    tell: Callable[[Report], None] = _untold
    """Hears of every feed as soon as its outcome is known, from whatever thread, one at a time."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a whole run did."""

    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]
    bugs: tuple[str, ...] = ()
    """Tracebacks of bugs of ours."""
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """How every feed stands that had its turn and, where metrics are wanted, the others."""
    unstored: bool = False
    """The database did not take everything, so the next run knows less than it should."""
    cut_off: bool = False
    """Threads are still at work that may not be waited for: end the process without them."""
