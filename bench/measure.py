"""Time taken by contenders in turn, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Contender:
    """Work to be timed; what has to be got ready before each round is not."""

    work: Callable[[], object]
    ready: Callable[[int], object] = lambda _: None


def alternate(contenders: Mapping[str, Contender], rounds: int) -> dict[str, float]:
    """Let all contenders work in turn, so many times; give each one's median in seconds."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, one in contenders.items():
            one.ready(number)
            gc.collect()
            start = time.perf_counter()
            one.work()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}
