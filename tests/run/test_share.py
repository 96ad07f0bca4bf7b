"""One process's share of the feeds: few compute at once, and one that computes for too long is abandoned."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from enricher.config import load
from enricher.model.edition import Report
from enricher.model.state import FeedState
from enricher.pipeline.republish import Result
from enricher.run.share import ShareOptions, Stop, run_share
from enricher.run.slots import Slots
from tests.hostile.answers import feed
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from enricher.model.feed import FeedConfig

PATIENCE = 30.0
LIMIT = 0.1


def compute() -> None:
    """Take more processor time in this thread than the limit."""
    began = time.thread_time()
    while time.thread_time() - began < 2 * LIMIT:
        pass


def free(slots: Slots) -> int:
    """Count the free slots by taking them."""
    count = 0
    while slots._free.acquire(blocking=False):  # noqa: SLF001 to look inside
        count += 1
    for _ in range(count):
        slots._free.release()  # noqa: SLF001 to look inside
    return count


def in_thread(work: Callable[[], None]) -> threading.Thread:
    """Begin work in a thread of its own."""
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_feed_that_waits_for_the_network_gives_its_slot_to_another() -> None:
    """And takes it again afterwards."""
    slots = Slots(1, 100.0)
    with slots.computing("a"):
        assert free(slots) == 0
        with slots.idle():
            assert free(slots) == 1
        assert free(slots) == 0
    assert free(slots) == 1
    with slots.idle():
        assert free(slots) == 1, "who does not compute has no slot to give"


def test_a_feed_that_is_abandoned_gives_its_slot_back_once() -> None:
    """Whether it computes or waits for the network when that is found out."""
    for waits in (False, True):
        slots, computed, told = Slots(1, LIMIT), threading.Event(), threading.Event()

        def work(
            waits: bool = waits,
            slots: Slots = slots,
            computed: threading.Event = computed,
            told: threading.Event = told,
        ) -> None:
            with slots.computing("a"):
                compute()
                if waits:
                    with slots.idle():
                        computed.set()
                        told.wait(PATIENCE)
                else:
                    computed.set()
                    told.wait(PATIENCE)

        thread = in_thread(work)
        assert computed.wait(PATIENCE)
        assert slots.abandon_overdue() == ["a"]
        assert slots.abandon_overdue() == []
        assert (free(slots), slots.abandoned()) == (1, 1)
        told.set()
        thread.join(PATIENCE)
        assert (free(slots), slots.abandoned()) == (1, 0)


class CountingStop(Stop):
    """Never set; tells how often the run's own thread has asked."""

    def __init__(self) -> None:
        super().__init__()
        self.ticks = 0

    def is_set(self) -> bool:
        """Count the calls of the thread that watches."""
        self.ticks += threading.current_thread() is threading.main_thread()
        return False


def test_an_abandoned_feed_that_ends_after_all_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Feeds of other hosts that take long without computing are waited for."""
    workshop = Workshop(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.xml").write_bytes(feed(1, 2))
        workshop.add_feed(name, f"{name}.xml")
    config = replace(load(workshop.write_config(), {}), feed_limit=LIMIT)  # type: ignore[arg-type] # a short one
    stop, told, ended = CountingStop(), threading.Event(), threading.Event()

    def work(one: FeedConfig, *_: object, **__: object) -> Result:
        if one.name == "a":
            compute()
            told.wait(PATIENCE)
            ended.set()
        else:
            ended.wait(PATIENCE)
            then = stop.ticks
            until = time.monotonic() + PATIENCE
            while stop.ticks < then + 3 and time.monotonic() < until:
                threading.Event().wait(0.01)
        return Result(Report(one.name, "published"), FeedState())

    monkeypatch.setattr("enricher.run.share.republish", work)
    monkeypatch.setattr(Slots, "watch", lambda _: None)  # which would end the tests on a machine that is too busy
    heard: list[Report] = []

    def tell(report: Report) -> None:
        heard.append(report)
        if report.name == "a":
            told.set()

    result = run_share(config, config.feeds, ShareOptions(), stop, tell=tell)
    assert {name: report.outcome for name, report in result.reports.items()} == {"a": "failed", "b": "published"}
    assert "took longer than 0.1 s of computing" in (result.reports["a"].error or "")
    assert not result.cut_off
    assert [report.name for report in heard] == ["a", "b"]
