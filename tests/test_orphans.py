"""What forks the workers, and a worker just forked, where the run is killed in the middle of asking for one."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
import os, signal, socket, sys
from multiprocessing import forkserver
from enricher.makers import begun
begun()
"""
KILLED = "\nos.kill(os.getpid(), signal.SIGKILL)\n"
HALF = {
    "before the server got a word": """
forkserver.ensure_running()
run = socket.socket(socket.AF_UNIX)
run.connect(forkserver._forkserver._forkserver_address)
""",
    "before the worker got a word": """
forkserver.connect_to_new_process([])
""",
    "in the middle of a word": """
_, words = forkserver.connect_to_new_process([])
os.write(words, b"\\x80\\x04\\x95\\xff\\0\\0\\0\\0\\0\\0\\0half")
""",
}
BROKEN = """
import pickle
status, words = forkserver.connect_to_new_process([])
os.write(words, pickle.dumps({"init_main_from_name": 1}))
os.close(words)
forkserver.read_signed(status)
forkserver.read_signed(status)
"""


def errors_of(code: str) -> str:
    """Run a program to its end, and its processes to theirs; give what all of them say on stderr."""
    done = subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=False, timeout=60)
    return done.stderr


@pytest.mark.parametrize("when", HALF)
def test_a_run_that_is_gone_is_told_of_by_nobody(when: str) -> None:
    """Cron would mail a traceback of `multiprocessing`, about nothing that can be mended."""
    assert "Traceback" not in errors_of(HALF[when] + KILLED)


def test_an_error_of_a_worker_whose_run_goes_on_is_told() -> None:
    """What is wrong with this program or this machine must be seen."""
    assert "Traceback" in errors_of(BROKEN)
