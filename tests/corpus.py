"""Where the real feeds, transcripts and summaries are; tests that need them skip where they are absent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("ENRICHER_CORPUS", ROOT.parent / "shared" / "corpus"))
SEED = CORPUS.parent / "seed" / "episode-highlights.txt"
CHECKER = CORPUS.parent / "checks" / "contract.py"
LEX = CORPUS / "feeds" / "lexfridman_2023-11-26.xml"

needs_corpus = pytest.mark.skipif(
    not LEX.is_file(), reason="the corpus of real feeds is not here (set ENRICHER_CORPUS to its folder)"
)


def files(folder: str) -> list[Path]:
    """List a corpus folder's files in a fixed order; empty where the corpus is absent."""
    return sorted(path for path in (CORPUS / folder).glob("*") if path.is_file())


def few_fast(values: Iterable[Any], fast: int = 1) -> list[Any]:
    """Return parameters of which `make test` takes the first ones alone, and `make test-all` every one.

    A tuple has the values of several arguments.
    """
    rows = [one if isinstance(one, tuple) else (one,) for one in values]
    return [pytest.param(*row, marks=[pytest.mark.slow] if i >= fast else []) for i, row in enumerate(rows)]


def small_fast(paths: Iterable[Path], size: int = 300_000) -> list[Any]:
    """Return files as parameters; the large ones are slow."""
    return [one if one.stat().st_size <= size else pytest.param(one, marks=pytest.mark.slow) for one in paths]
