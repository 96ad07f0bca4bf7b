"""What holds for every test: it and all that it runs stay on this machine, and chance is the same each time."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

from hypothesis import settings

from tests import program

OFFLINE = Path(__file__).parent / "offline"

# Every interpreter that a test starts loads it; this one has started already.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH")]))
runpy.run_path(str(OFFLINE / "sitecustomize.py"))

settings.register_profile("seeded", derandomize=True, deadline=None)
settings.load_profile("seeded")


def pytest_sessionfinish() -> None:
    """End what the tests' runs were forked from, in time for its coverage to be counted."""
    program.stop()
