"""How far one machine goes, and what Dask costs: feeds per hour by the network's delay, and by workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.many_feeds import FEEDS, HOSTS, run, write_config
from bench.measure import Contender, alternate
from bench.server import serving
from bench.subjects import ROOT, generated
from tests.postgresql import create_database, postgresql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORKERS = (1, 2, 4)
DELAYS = (0.05, 0.2, 0.5)
FAR_HOSTS = 200
_PATIENCE = 60.0


def dask_rows(rounds: int) -> Iterator[tuple[str, ...]]:
    """Measure runs over PostgreSQL; give workers, and feeds per second of processes and of a cluster's workers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "feed.xml").write_bytes(generated(30, 30_000, 1).body)
        server = stack.enter_context(postgresql())
        port = stack.enter_context(serving(HOSTS, folder))
        for count in WORKERS:
            with _cluster(folder / f"dask-{count}", count) as address:
                paths = {}
                for kind in ("local", "dask"):
                    path = write_config(folder / f"{kind}-{count}", port, count)
                    database = create_database(server, f"{kind}{count}")
                    _change(path, database, address if kind == "dask" else "", count)
                    run(path)
                    paths[kind] = path
                found = alternate({kind: Contender(partial(run, path)) for kind, path in paths.items()}, rounds)
            rates = {kind: FEEDS / seconds for kind, seconds in found.items()}
            yield str(count), *(f"{rates[kind]:,.0f}" for kind in ("local", "dask")), f"{found['dask']:.2f}"


def _change(path: Path, database: str, address: str, workers: int) -> None:
    """Let a configuration use PostgreSQL and perhaps a cluster."""
    text = path.read_text("utf-8")
    text = f"database = {json.dumps(database)}\n{text}"
    if address:
        engine = f'[engine]\nkind = "dask"\nscheduler = "{address}"\n[defaults]'
        text = text.replace(f"workers = {workers}\n", "").replace("[defaults]", engine)
    path.write_text(text, "utf-8")


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    """Run a scheduler with so many workers; give its address when all are there."""
    folder.mkdir()
    known = folder / "scheduler.json"
    command = [sys.executable, "-m", "dask"]
    with ExitStack() as stack, (folder / "log").open("wb") as log:

        def start(*arguments: str) -> None:
            process = subprocess.Popen([*command, *arguments, "--no-dashboard"], cwd=ROOT, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)

        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(known))
        _await(lambda: known.exists() and known.read_text("utf-8").rstrip().endswith("}"))
        address = json.loads(known.read_text("utf-8"))["address"]
        for _ in range(workers):
            start("worker", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")
        _await(lambda: (folder / "log").read_bytes().count(b"Registered to") >= workers)
        yield address


def _await(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not what():
        assert time.monotonic() < deadline  # noqa: S101 nothing is measured without it
        time.sleep(0.05)


def delay_rows(rounds: int) -> Iterator[tuple[str, ...]]:
    """Measure runs on this machine alone against hosts that answer late; give the delay and what was done."""
    for delay in DELAYS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "feed.xml").write_bytes(generated(30, 30_000, 1).body)
            with serving(FAR_HOSTS, folder, delay) as port:
                paths = {n: write_config(folder / str(n), port, n, hosts_used=FAR_HOSTS) for n in (2, 4, 8)}
                for path in paths.values():
                    run(path)
                for workers, path in paths.items():
                    before = _cpu()
                    found = alternate({"": Contender(partial(run, path))}, rounds)
                    cpu = (_cpu() - before) / rounds / FEEDS
                    rate = FEEDS / found[""]
                    yield (
                        f"{delay * 1000:.0f}",
                        str(workers),
                        f"{rate:,.0f}",
                        f"{rate * 3600:,.0f}",
                        f"{cpu * 1000:.1f}",
                    )


def _cpu() -> float:
    """Return the seconds of processor time of this process and of all that it began and that have ended."""
    return sum(os.times()[:4])
