"""Many feeds: 1,000 on 50 loopback hosts, nine of ten unchanged, against a bare loop of httpx over their addresses."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bench.measure import Contender, alternate
from bench.server import hosts, serving
from bench.subjects import generated
from enricher.config import load
from enricher.run.run import Options, run_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FEEDS, HOSTS = 1000, 50


class Bare:
    """A loop of httpx that asks with the validators of the last answers, and does nothing with what comes."""

    def __init__(self, urls: list[str]) -> None:
        self._urls = urls
        self._tags: dict[str, str] = {}

    def run(self) -> None:
        """Ask for everything, one after another."""
        with httpx.Client() as client:
            for url in self._urls:
                tag = self._tags.get(url)
                answer = client.get(url, headers={"If-None-Match": tag} if tag else {})
                self._tags[url] = answer.headers["etag"]


def urls(port: int, used: int = HOSTS) -> list[str]:
    """Give every feed's address."""
    names = hosts(used)
    return [f"http://{names[n % used]}:{port}/{n}.xml" for n in range(FEEDS)]


def write_config(folder: Path, port: int, workers: int, feeds: int = FEEDS, *, hosts_used: int = HOSTS) -> Path:
    """Configure the feeds for so many workers."""
    allowed = ", ".join(f'"{name}:{port}"' for name in hosts(hosts_used))
    lines = [
        'base_url = "https://feeds.example.com"',
        "min_interval = 0",
        f"workers = {workers}",
        f"allow_private = [{allowed}]",
        '[defaults]\npages = "off"',
        *(f'[[feed]]\nname = "feed-{n}"\nurl = "{url}"' for n, url in enumerate(urls(port, hosts_used)[:feeds])),
    ]
    (folder / "summaries").mkdir(parents=True)
    path = folder / "config.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def run(path: Path) -> Mapping[str, int]:
    """Do a whole run in this process; count the outcomes."""
    done = run_all(load(path), (), Options())
    found = [report.outcome for report in done.reports]
    assert set(found) <= {"published", "unchanged"}, [r for r in done.reports if r.error][:3]  # noqa: S101 or it is none
    return {name: found.count(name) for name in set(found)}


def rows(rounds: int) -> Iterator[tuple[str, ...]]:
    """Measure; give who, feeds per second, and the ratio to the bare loop's rate."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feed.xml").write_bytes(generated(30, 30_000, 1).body)
        with serving(HOSTS, folder) as port:
            bare = Bare(urls(port))
            bare.run()
            paths = {count: write_config(folder / str(count), port, count) for count in (1, 2)}
            for path in paths.values():
                run(path)
            found = alternate(
                {
                    "bare httpx loop": Contender(bare.run),
                    "enricher, 1 worker": Contender(lambda: run(paths[1])),
                    "enricher, 2 workers": Contender(lambda: run(paths[2])),
                },
                rounds,
            )
    rate = FEEDS / found["bare httpx loop"]
    for who, seconds in found.items():
        yield (who, f"{FEEDS / seconds:,.0f}", f"{FEEDS / seconds / rate:.2f}")
