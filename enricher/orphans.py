"""Nothing to say where the run is gone: loaded by the server that forks the workers, before all else, for its effect.

A run that is killed in the middle of asking for a worker leaves half a message behind, and `multiprocessing` would
tell of it with a traceback, on the stderr of a run that is no more.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

# Who has lost its parent already cannot ask for it; makers.py says who it is.
_RUN = int(os.environ.get("ENRICHER_RUN") or os.getppid())
_GOING_SECONDS = 1.0


def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of an error that nobody caught, unless the run is gone; one that ends closes its files before it is."""
    end = time.monotonic() + _GOING_SECONDS
    while _is_alive(_RUN):
        if time.monotonic() > end:
            sys.__excepthook__(kind, error, trace)
            return
        time.sleep(_GOING_SECONDS / 20)


def _is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody has asked for yet (Z) does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


sys.excepthook = tell
