"""No test asks anything outside this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.loopback import Loopback

TRACE = """
import sys, threading

def trace():
    for _ in range(5_000):
        sys.settrace(None)

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=trace) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
OUTSIDE = ["example.com", "192.0.2.1", "2001:db8::1"]


@pytest.mark.parametrize("host", OUTSIDE)
def test_a_test_reaches_no_other_machine(host: str) -> None:
    """The name is unknown and the address is not connected to."""
    with pytest.raises(OSError, match="outside this machine"):
        socket.create_connection((host, 9), timeout=5)


@pytest.mark.parametrize("host", OUTSIDE)
def test_a_program_that_a_test_runs_reaches_no_other_machine(host: str) -> None:
    """Every interpreter is kept inside."""
    code = f"import socket; socket.create_connection(({host!r}, 9), timeout=5)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "outside this machine" in done.stderr


def test_this_machine_is_reached() -> None:
    """The servers of the tests are on loopback."""
    with Loopback() as server:
        host, port = server.host.split(":")
        socket.create_connection((host, int(port)), timeout=5).close()


def test_threads_are_traced_side_by_side() -> None:
    """Coverage needs it; before Python 3.12 a thread dies whose tracing begins within an audit hook of another."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", TRACE], capture_output=True, text=True, check=False, env=surroundings)
    assert not done.stderr
