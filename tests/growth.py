"""How work grows with its input: no test asserts a time, for a machine may be slow, or busy with other tests."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SHORT = 0.1


def calls(work: Callable[[], object]) -> int:
    """Count the calls, of C functions too, that some work makes: the same number on every machine."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def grows_faster(large: Callable[[], object], small: Callable[[], object], times: float) -> bool:
    """Check whether one work takes more than so many times as long as another.

    For what C does alone, such as regular expressions: CPU seconds of this process. A large one too short to measure
    does not, and what seems to may try twice more.
    """
    for _ in range(3):
        most = _seconds(large)
        if most < _SHORT or most < times * _seconds(small):
            return False
    return True


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@contextmanager
def watchdog(what: str, seconds: int = 120) -> Iterator[None]:
    """Fail if the block hangs."""

    def bark(*_: Any) -> NoReturn:
        raise TimeoutError(f"took longer than {seconds} s: {what}")

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
