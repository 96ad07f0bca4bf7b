"""Commands that only look at the database read what they need of it, and leave no trace."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enricher.model.feed import Document
from enricher.store.store import Store
from tests.hostile.answers import feed
from tests.workshop import Workshop

PEAK = """
import re, sys
from pathlib import Path
from enricher.cli import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""
SIZE = 48_000_000


def peak(workshop: Workshop, *arguments: str) -> int:
    """Run a command; return the most memory that it took, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *arguments], cwd=workshop.folder, capture_output=True, text=True, check=True
    )
    return 1024 * int(done.stderr.split()[-1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_large_database_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    """Hundreds of stored documents and transcripts stay on the disk, and the file is as it was to the byte."""
    workshop = Workshop(tmp_path)
    (tmp_path / "a.xml").write_bytes(feed(1, 2))
    workshop.add_feed("a", "a.xml")
    workshop.add_summary("1.json", {"title": "Episode 1", "guid": "show-1", "abstract": "Of bees."})
    workshop.add_summary("1.srt", "1\n00:00:01,000 --> 00:00:02,000\nbees\n")
    assert workshop.run()["exit"] == 0
    commands = (("status",), ("explain", "a"), ("run", "--dry-run", "--force"))
    small = [peak(workshop, *command) for command in commands]
    with Store.open(f"sqlite:///{tmp_path}/enricher.db") as store:
        for n in range(12):
            body = os.urandom(SIZE // 24)
            store.save_document(f"https://a.example/{n}", Document(f"https://a.example/{n}", body), 1_800_000_000.0)
            row = dict.fromkeys(("outline_path", "outline", "stamp")) | {
                "transcript_path": f"{n}.srt",
                "transcript": body,
            }
            store.summaries.put([row | {"path": str(n), "folder": "", "show": "", "digest": "", "document": BEES % n}])
    before = (tmp_path / "enricher.db").read_bytes()
    assert len(before) > SIZE
    large = [peak(workshop, *command) for command in commands]
    assert [after - first for first, after in zip(small, large, strict=True) if after - first > SIZE / 4] == []
    assert (tmp_path / "enricher.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("enricher.db*")) == ["enricher.db"]


BEES = '{"title": "A conversation %d of something else", "abstract": "Of wasps."}'


def test_threads_share_the_empty_database_that_stands_for_none(tmp_path: Path) -> None:
    """A first dry run reads with a thread per host; one transaction must not begin within another's."""
    with Store.open(f"sqlite:///{tmp_path / 'none.db'}", read_only=True) as store, ThreadPoolExecutor(8) as threads:
        states = list(threads.map(lambda number: store.read_states([f"feed-{number}"]), range(500)))
    assert [list(state) for state in states] == [[f"feed-{number}"] for number in range(500)]
    assert not list(tmp_path.iterdir())
