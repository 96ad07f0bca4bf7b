"""Documents that tests write: each fails with the command that renews it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.corpus import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def holds(path: Path, text: str, test: str) -> None:
    """Check that a generated document is current; with WRITE_DOCS in the environment, write it first."""
    if os.environ.get("WRITE_DOCS"):
        path.write_text(text, "utf-8")
    current = path.is_file() and path.read_text("utf-8") == text
    assert current, f"{path.relative_to(ROOT)} is out of date; renew it: WRITE_DOCS=1 .venv/bin/pytest {test}"
