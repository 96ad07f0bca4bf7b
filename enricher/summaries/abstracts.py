"""The abstract of a document: what its data says of the episode, or what its text begins with, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz

from enricher.summaries.record_lists import topic
from enricher.summaries.vocabulary import is_junk
from enricher.text import fold, one_line

if TYPE_CHECKING:
    from enricher.summaries.records import Record

_SENTENCE = 40
_ALIKE, _ARTICLE = 85, 100
_WORDS = 3
_NEARLY = 1.05
_LONG = 1000
"""Characters: an article and no abstract, where another text is one."""
_OF_A_VALUE = 5
"""How good an abstract is that needed reading as a page."""


def add_abstract(record: Record, abstract: str, written: str) -> None:
    """Add the abstract of a value that was read as a page, where it says more than the text of the document."""
    if len(abstract) > len(written) or len(written) > _SENTENCE * 2:
        record.abstracts.append((_OF_A_VALUE, abstract))
    else:
        record.leave("a few words beside the abstract", abstract)


def choose_abstract(record: Record, written: str | None) -> str | None:
    """Choose the abstract: what the data says first, unless the text says more."""
    every = [one_line(one) for _, one in sorted(record.abstracts, key=lambda one: one[0])]
    sound = [one for one in every if not is_junk(one)]
    for one in every:
        if one not in sound:
            record.leave("sponsors and ways to follow", one)
    named = next((one for one in sound if len(one) >= _SENTENCE), None) or next(iter(sound), None)
    short = not named or len(named) < (_SENTENCE if named.isascii() else _SENTENCE / 2)
    if named and short and written and len(named.split()) >= _WORDS and fold(named) not in fold(written):
        return f"{named}\n{written}"
    if written and (short or (len(written) <= _LONG and _goes_on(named or "", written))):
        return written
    return named or next(map(one_line, record.sentences), None)


def keep_rest(found: dict[str, Any], written: str, record: Record) -> None:
    """Begin the topics with what the text says and the abstract, which is from the data, does not."""
    if written == found["abstract"]:
        return
    abstract = fold(found["abstract"] or "")
    lines = [line for line in written.splitlines() if fold(line) not in abstract]
    # A long text is an article and no repetition.
    article, longest = len(lines) > _ARTICLE, len(abstract) * 1.2
    more = [x for x in lines if article or len(x) > longest or fuzz.partial_ratio(fold(x), abstract) < _ALIKE]
    if sum(map(len, more)) > _SENTENCE * 2:
        found["topics"].insert(0, topic("", None, more))
    elif more:
        record.leave("a few words beside the abstract", more[0])


def _goes_on(cut: str, whole: str) -> bool:
    """Return whether a text says what another begins with at more length: descriptions are cut for search engines."""
    begins, written = fold(cut), fold(whole)
    alike = fuzz.partial_ratio(begins, written[: len(begins) * 2]) > _ALIKE
    return len(cut) < len(whole) * _NEARLY and (alike or written.startswith(begins[:_SENTENCE]))


def without_abstract(topics: list[dict[str, Any]], abstract: str | None) -> list[dict[str, Any]]:
    """Leave out topics that say the abstract again, and nothing else."""
    again = [{"kind": "text", "text": abstract, "speaker": None, "listed": False}]
    return [one for one in topics if one["start"] is not None or one["topics"] or one["passages"] != again]
