"""So many bytes at most are held at the same time, whoever holds them."""

from __future__ import annotations

import threading


class Budget:
    """Shared by threads: who wants more than is left waits until others have given back.

    What is larger than the whole budget is let in alone.
    """

    def __init__(self, most: int) -> None:
        self._most, self._used = most, 0
        self._changed = threading.Condition()

    def take(self, amount: int) -> None:
        """Take an amount as soon as it is there."""
        with self._changed:
            self._changed.wait_for(lambda: self._used == 0 or self._used + amount <= self._most)
            self._used += amount

    def give(self, amount: int) -> None:
        """Give back what was taken."""
        with self._changed:
            self._used -= amount
            self._changed.notify_all()
