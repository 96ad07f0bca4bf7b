"""What companion pages cost: CPU of a feed with a summary for every item, with its pages and without them."""

from __future__ import annotations

import gc
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contenders import Ours
from bench.subjects import edited, pages_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.subjects import Subject

SUMMARIES = 400


@dataclass
class Taken:
    """CPU seconds of each round, ours and that of the search's indexer, a process of its own."""

    ours: list[float] = field(default_factory=list)
    indexer: list[float] = field(default_factory=list)

    def of(self, work: Callable[[], object]) -> None:
        """Measure one round."""
        gc.collect()
        before, start = _children(), time.process_time()
        work()
        self.ours.append(time.process_time() - start)
        self.indexer.append(_children() - before)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rows(subject: Subject, rounds: int) -> Iterator[tuple[str, ...]]:
    """Measure cold runs and runs with one changed item; give what, without, with, what pages add, and the indexer's."""
    summaries = tuple(pages_for(subject.body, SUMMARIES))
    taken: dict[tuple[str, bool], Taken] = {}
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            for pages in (False, True):
                ours = Ours(Path(name) / f"{number}-{pages}", subject.body, summaries, pages=pages)
                taken.setdefault(("cold", pages), Taken()).of(lambda ours=ours: ours.run("published"))  # type: ignore[misc]
                ours.feed.write_bytes(edited(subject.body, number))
                changed = taken.setdefault(("one item changed", pages), Taken())
                changed.of(lambda ours=ours: ours.run("published"))  # type: ignore[misc]
                ours.close()
    for what in ("cold", "one item changed"):
        without, whole = (statistics.median(taken[what, pages].ours) for pages in (False, True))
        indexer = statistics.median(taken[what, True].indexer)
        yield (what, *(f"{seconds:.2f}" for seconds in (without, whole, whole - without, indexer)))
