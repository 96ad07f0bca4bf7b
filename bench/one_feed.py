"""One feed in process: cold, one item changed, one summary changed, nothing changed; and how it grows."""

from __future__ import annotations

import math
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contenders import Ours, fetch_and_digest
from bench.measure import Contender, alternate
from bench.plain import bare_lxml, plain_pipe
from bench.server import PLAIN, SAME, hosts, serving
from bench.subjects import edited, generated, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.subjects import Subject

Row = tuple[str, ...]
_IDLE = 20


class Case:
    """One subject, published in a folder for the warm runs, and in a new one for each cold run."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        self.subject, self.folder = subject, folder
        self.warm = Ours(folder / "warm", subject.body, subject.pages)
        self.warm.run("published")
        self.cold: Ours | None = None

    def ready_cold(self, number: int) -> None:
        """Begin a new folder with an empty store."""
        if self.cold is not None:
            self.cold.close()
        self.cold = Ours(self.folder / f"cold-{number}", self.subject.body, self.subject.pages)

    def run_cold(self) -> None:
        """Make everything."""
        assert self.cold is not None  # noqa: S101 ready_cold comes first
        self.cold.run("published")

    def change_item(self, number: int) -> None:
        """Change one item of the source."""
        self.warm.feed.write_bytes(edited(self.subject.body, number))

    def change_summary(self, number: int) -> None:
        """Change one summary; the source is as it was at the last item's change."""
        document = self.warm.summaries / "0.json"
        document.write_bytes(page("", "Untitled", "again") if not self.subject.pages else self.rewritten(number))

    def rewritten(self, number: int) -> bytes:
        """Give the first summary with another text."""
        return self.subject.pages[0].replace(b"dancing", b"dancing %d times" % number)

    def with_summary(self) -> None:
        """Read the changed summary, then publish."""
        self.warm.sync()
        self.warm.run("published")


def rows(subject: Subject, rounds: int) -> Iterator[Row]:
    """Measure one subject; give what, our time, the plain pipe's, bare lxml's, and the ratios to either."""
    with tempfile.TemporaryDirectory() as folder:
        case = Case(subject, Path(folder))
        found = alternate(
            {
                "plain": Contender(lambda: plain_pipe(subject.body)),
                "lxml": Contender(lambda: bare_lxml(subject.body)),
                "cold": Contender(case.run_cold, case.ready_cold),
                "one item changed": Contender(lambda: case.warm.run("published"), case.change_item),
                "one summary changed": Contender(case.with_summary, case.change_summary),
                "nothing changed": Contender(lambda: case.warm.run("unchanged")),
            },
            rounds,
        )
    plain, lxml = found["plain"], found["lxml"]
    for name in ("cold", "one item changed", "one summary changed", "nothing changed"):
        ours = found[name]
        yield (subject.name, name, *map(ms, (ours, plain, lxml)), f"{ours / plain:.3f}", f"{ours / lxml:.2f}")


def idle_rows(subject: Subject, rounds: int) -> Iterator[Row]:
    """Measure what each feed costs a run that finds nothing changed, against the fetch and the digest alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feed.xml").write_bytes(subject.body)
        with serving(1, folder) as port:
            host = f"{hosts(1)[0]}:{port}"
            for what, number, tag in (("same bytes", PLAIN, None), ("304", SAME, '"1"')):
                urls = [f"http://{host}/{number}.xml?{n}" for n in range(_IDLE)]
                ours = Ours(folder / what, b"", subject.pages, urls=urls, opened=host)
                ours.run_all("published")
                found = alternate(
                    {
                        "ours": Contender(partial(ours.run_all, "unchanged")),
                        "bare": Contender(partial(fetch_and_digest, ours.client, urls, tag)),
                    },
                    rounds,
                )
                each = {who: seconds / _IDLE for who, seconds in found.items()}
                ratio = f"{each['ours'] / each['bare']:.2f}"
                yield (subject.name, what, ms(each["ours"]), ms(each["bare"]), ratio)


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:,.1f}" if seconds < 0.1 else f"{seconds * 1000:,.0f}"


def growth(rounds: int) -> Iterator[Row]:
    """Measure cold runs from 500 to 5,000 items and summaries; give times and the exponent of growth."""
    for what, of in (("items", lambda n: (n, 20)), ("items and summaries", lambda n: (n, n))):
        times = {}
        for count in (500, 5000):
            items, summaries = of(count)
            subject = generated(items, items * 2000, summaries)
            with tempfile.TemporaryDirectory() as folder:
                case = Case(subject, Path(folder))
                times[count] = alternate({"cold": Contender(case.run_cold, case.ready_cold)}, rounds)["cold"]
        exponent = math.log10(times[5000] / times[500])
        yield (what, ms(times[500]), ms(times[5000]), f"{exponent:.2f}")
