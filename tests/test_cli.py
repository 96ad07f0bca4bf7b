"""What a person at the command line meets, whatever the command."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

FEED = (
    """<rss version="2.0"><channel><title>Notes</title><item><title>One</title><guid>1</guid></item></channel></rss>"""
)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Give a workplace with one small feed."""
    (tmp_path / "feed.xml").write_text(FEED, "utf-8")
    shop = Workshop(tmp_path)
    shop.add_feed("notes", tmp_path / "feed.xml")
    shop.write_config()
    return shop


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--feed", "other"], "no feed is named “other”; did you mean “notes”?\n"),
        (["explain", "other"], "no feed is named “other”; did you mean “notes”?\n"),
    ],
)
def test_trouble_is_said_once(shop: Workshop, arguments: list[str], said: str) -> None:
    """In one line on standard error."""
    done = shop.call(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["run", "--nonsense"], ["run", "--feed"], ["run", "--max-runtime", "-1"], ["explain"], []],
)
def test_wrong_usage_shows_the_usage(shop: Workshop, arguments: list[str]) -> None:
    """Exit code 2, without a traceback."""
    done = shop.call(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(("Usage: enricher", "Error: Option"))
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_enough_is_no_trouble(shop: Workshop) -> None:
    """`enricher explain NAME | head -1` ends well."""
    command = [sys.executable, "-m", "enricher", "schema"]
    with subprocess.Popen(command, cwd=shop.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_an_interrupt_while_the_program_loads_is_no_traceback() -> None:
    """Whoever presses ctrl-C at once sees nothing, and the exit code is that of any interrupt."""
    early = """
import runpy, sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "enricher.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
runpy.run_module("enricher", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", early], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
