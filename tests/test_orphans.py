"""What forks the workers, and a worker just forked, where the run is killed in the middle of asking for one."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
import os, socket, sys
from multiprocessing import forkserver
from enricher.makers import begun
begun()
"""
HALF = {
    "before the server got a word": """
forkserver.ensure_running()
server = forkserver._forkserver
with socket.socket(socket.AF_UNIX) as run:
    run.connect(server._forkserver_address)
os.waitpid(server._forkserver_pid, 0)
""",
    "before the worker got a word": """
status, words = forkserver.connect_to_new_process([])
os.close(words)
forkserver.read_signed(status)
assert forkserver.read_signed(status) == 1, "the worker ended well"
""",
    "in the middle of a word": """
status, words = forkserver.connect_to_new_process([])
os.write(words, b"\\x80\\x04\\x95\\xff\\0\\0\\0\\0\\0\\0\\0half")
os.close(words)
forkserver.read_signed(status)
assert forkserver.read_signed(status) == 1, "the worker ended well"
""",
}


def errors_of(code: str) -> str:
    """Run a program that ends well; give what it and its processes say on stderr."""
    done = subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=True)
    return done.stderr


@pytest.mark.parametrize("when", HALF)
def test_a_run_that_is_gone_is_told_of_by_nobody(when: str) -> None:
    """Cron would mail a traceback of `multiprocessing`, about nothing that can be mended."""
    assert errors_of(HALF[when]) == ""


def test_any_other_error_of_a_worker_that_begins_is_told() -> None:
    """What is wrong with this program or this machine must be seen."""
    broken = 'import pickle\nwords_of = pickle.dumps({"init_main_from_name": 1})\n'
    send = """
status, words = forkserver.connect_to_new_process([])
os.write(words, words_of)
os.close(words)
forkserver.read_signed(status)
forkserver.read_signed(status)
"""
    assert "Traceback" in errors_of(broken + send)
