"""What is shared by threads is never overdrawn, and nobody waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.budget import Budget

MOST, PATIENCE = 100, 10.0


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(1, MOST), min_size=1, max_size=30))
def test_no_more_is_held_than_there_is_and_everybody_has_a_turn(amounts: list[int]) -> None:
    """Whatever is wanted by however many threads."""
    budget, lock = Budget(MOST), threading.Lock()
    held, seen = 0, list[int]()

    def use(amount: int) -> None:
        nonlocal held
        budget.take(amount)
        with lock:
            held += amount
            seen.append(held)
        with lock:
            held -= amount
        budget.give(amount)

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(use, amount) for amount in amounts]:
            done.result(PATIENCE)
    assert len(seen) == len(amounts)
    assert max(seen) <= MOST


def test_what_is_larger_than_all_of_it_goes_alone() -> None:
    """Nobody else has anything meanwhile, and afterwards all is there again."""
    budget = Budget(MOST)
    budget.take(3 * MOST)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(budget.take, 1)
        assert not waiting.done()
        budget.give(3 * MOST)
        waiting.result(PATIENCE)
    budget.take(MOST - 1)
