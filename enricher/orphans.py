"""Nothing to say where the run is gone: loaded by the server that forks the workers, before all else, for its effect.

A run that is killed in the middle of asking for a worker leaves half a message behind, and `multiprocessing` would
tell of it with a traceback, on the stderr of a run that is no more.
"""

from __future__ import annotations

import sys
from pickle import UnpicklingError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

GONE = (EOFError, ConnectionError, FileNotFoundError, UnpicklingError)
"""What half a message ends in: no bytes, nobody at the other end, a semaphore that is cleaned up, a pickle cut off."""


def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of an error that nobody caught, unless it says just that the run is gone."""
    if not issubclass(kind, GONE):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = tell
