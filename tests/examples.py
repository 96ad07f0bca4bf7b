"""How many examples Hypothesis tries: a quarter in `make test`, all in `make test-all` (--hypothesis-profile=all)."""

from __future__ import annotations

from hypothesis import settings

_SHARES = {"quarter": 25, "all": 100}
"""Hypothesis' profiles; each has its share of a hundred as its own number of examples."""


def register() -> None:
    """Register the profiles; the same examples come each time, and none has a time to keep."""
    for name, share in _SHARES.items():
        settings.register_profile(name, derandomize=True, deadline=None, max_examples=share)
    settings.load_profile("quarter")


def examples(count: int) -> int:
    """Give how many of so many examples the profile that is loaded tries."""
    return count * settings().max_examples // 100
