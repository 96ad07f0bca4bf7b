"""No test asks anything outside this machine."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from tests.loopback import Loopback

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
