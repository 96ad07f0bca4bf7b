"""Whole processes: what a cron job pays for a run, and how much memory it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench.contenders import Ours
from bench.many_feeds import HOSTS, write_config
from bench.measure import Contender, alternate
from bench.one_feed import ms
from bench.server import SAME, hosts, serving
from bench.subjects import ROOT, edited, generated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.subjects import Subject

_RUN = ("-m", "enricher", "run")
_LEAST = "import httpx, sqlalchemy"
_SAME = (
    "import enricher.cli, enricher.run.run, enricher.pipeline.edition; from bench.plain import bare_lxml; import sys; "
)
_SAME += "open('out.xml', 'wb').write(bare_lxml(open(sys.argv[1], 'rb').read()))"


def python(arguments: Sequence[str], folder: Path) -> None:
    """Run an interpreter to its end."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=_environment(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()  # noqa: S101 a benchmark of nothing is none


def _environment() -> dict[str, str]:
    """Let modules be compiled once, as in every installation: to compile ours takes longer than to run them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT)}


def rows(subject: Subject, rounds: int) -> Iterator[tuple[str, ...]]:
    """Time runs over one feed: what, ms, against what, its ms, the ratio; in one run, by turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = str(folder / "feed.xml")
        (folder / "feed.xml").write_bytes(subject.body)
        with serving(1, folder) as port:
            host = f"{hosts(1)[0]}:{port}"
            same = Ours(folder / "same", b"", subject.pages, urls=[f"http://{host}/{SAME}.xml"], opened=host)
            fresh = Ours(folder / "fresh", subject.body, subject.pages)
            cold = Ours(folder / "cold", subject.body, subject.pages)
            for one in (same, fresh, cold):
                one.close()
                python(_RUN, one.feed.parent)
            contenders = {
                "plain pipe": Contender(lambda: python(("-m", "bench.plain", "pipe", source), folder)),
                "cold": Contender(lambda: python(_RUN, cold.feed.parent), lambda _: _forget(cold.feed.parent)),
                "bare lxml, the same imports": Contender(lambda: python(("-c", _SAME, source), folder)),
                "one item changed": Contender(
                    lambda: python(_RUN, fresh.feed.parent),
                    lambda n: fresh.feed.write_bytes(edited(subject.body, n)),
                ),
                _LEAST: Contender(lambda: python(("-c", _LEAST), folder)),
                "nothing changed (304)": Contender(lambda: python(_RUN, same.feed.parent)),
            }
            found = alternate(contenders, rounds)
    names = list(contenders)
    for other, ours in zip(names[::2], names[1::2], strict=True):
        ratio = f"{found[ours] / found[other]:.2f}"
        yield (subject.name, ours, ms(found[ours]), other, ms(found[other]), ratio)


def _forget(folder: Path) -> None:
    """Let the next run be a first one."""
    shutil.rmtree(folder / "public", ignore_errors=True)
    for path in folder.glob("enricher.db*"):
        path.unlink()


_PEAK = r"""
import re, sys
from pathlib import Path
from bench.contenders import Ours
def peak(): return 1024 * int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
folder = Path(sys.argv[1])
ours = Ours(folder / "small", (folder / "small.xml").read_bytes(), ())
ours.run("published")
before = peak()
ours = Ours(folder / "large", b"", (), urls=[str(folder / "feed.xml")])
ours.run("published")
print(before, peak())
"""


def peak(subject: Subject) -> tuple[str, ...]:
    """Give a feed's size and how much a process grows that makes it, in MB and in sizes of the feed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feed.xml").write_bytes(subject.body)
        (folder / "small.xml").write_bytes(generated(5, 10_000, 0).body)
        command = [sys.executable, "-c", _PEAK, name]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    before, after = map(int, said.split())
    size = len(subject.body)
    return (subject.name, mb(size), mb(before), mb(after), f"{(after - before) / size:.1f}")


def mb(size: float) -> str:
    """Write bytes as megabytes."""
    return f"{size / 1e6:,.1f}"


def fleet_peaks() -> Iterator[tuple[str, ...]]:
    """Watch the memory of a run over 100 and over 1,000 feeds: the run's own process, and the largest of its others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feed.xml").write_bytes(generated(30, 30_000, 1).body)
        with serving(HOSTS, folder) as port:
            for count in (100, 1000):
                path = write_config(folder / str(count), port, 2, count)
                own, other = _watch([sys.executable, *_RUN], path.parent)
                yield (f"{count:,} feeds", mb(own), mb(other))


def _watch(command: Sequence[str], folder: Path) -> tuple[int, int]:
    own = other = 0
    with subprocess.Popen(command, cwd=folder, env=_environment()) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                own = max(own, watched.memory_info().rss)
                other = max([other, *(one.memory_info().rss for one in watched.children(recursive=True))])
            except psutil.Error:
                break
            time.sleep(0.02)
    assert process.returncode == 0  # noqa: S101 a benchmark of nothing is none
    return own, other
