"""Pages that tests write by hand, and what is said in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enricher.model.summary import parts
from enricher.summaries.document import read_summary

if TYPE_CHECKING:
    from enricher.model.summary import Summary

BEES = "How bees choose a home"
SWARM = "The swarm hangs on a branch and sends out scouts."


def read(text: str, name: str = "12.md") -> Summary:
    """Read a page that a test writes."""
    return read_summary(name, text.encode())


def texts(summary: Summary) -> list[str]:
    """Return what the topics say."""
    return [part.text for part in parts(summary) if part.kind in {"text", "quote"}]
