"""Records of one list whose keys no word knows: what all values under a key are says what it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enricher.summaries.blocks import SENTENCE_ENDS
from enricher.summaries.record_lists import seconds
from enricher.summaries.vocabulary import key_role, part_of_record
from enricher.text import one_line
from enricher.timestamp_lines import time_alone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PARTS = {"title": "title", "abstract": "text", "quotes": "quote", "people": "speaker", "duration": "length"}
"""What a key that is known of whole documents stands for in a record."""
_SENTENCE, _TITLE = 40, 100
_NAME = 4
_LIST = 3


def with_known_keys(tables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with known words for the keys that no word knows: `zeit`, `gist`, `sprecher`."""
    known = {name: _part_of(name) for table in tables for name in map(str, table)}
    columns = {name: _texts(tables, name) for name, part in known.items() if part is None}
    renamed = {name: part for name, part in known.items() if part and not part_of_record(name)[0]}
    parts = {part for part in known.values() if part}
    for name, part in _by_value({name: texts for name, texts in columns.items() if texts}, parts):
        renamed[name] = part
        parts.add(part)
    # {"point": "Ports were built for mud", "explanation": "Ships lay …"}: what is explained is a title.
    explained = next((name for name, part in renamed.items() if part == "explanation"), None)
    if explained:
        renamed |= {name: "title" for name, part in known.items() if part == "text"} | {explained: "text"}
    return [{renamed.get(str(name), str(name)): value for name, value in table.items()} for table in tables]


def pairs_as_tables(found: Sequence[Any]) -> list[dict[str, Any]]:
    """Return `[["Intro", 0], ["The dance", 312]]`, or the other way round, as tables; empty for anything else."""
    pairs = [one for one in found if isinstance(one, list) and len(one) == 2]  # noqa: PLR2004 a title and a time
    turned = [pair if isinstance(pair[0], str) and time_alone(pair[0]) is None else pair[::-1] for pair in pairs]
    starts = [start for _, time in turned if (start := seconds(time)) is not None]
    named = len(starts) == len(pairs) == len(found) and all(isinstance(title, str) for title, _ in turned)
    if not named or len(pairs) < _LIST or starts != sorted(starts):
        return []
    return [{"title": title, "start": time} for title, time in turned]


def _part_of(name: str) -> str | None:
    """Return what a key stands for, "" for nothing of ours; None where no word knows it."""
    if part := part_of_record(name)[0]:
        return part
    role = key_role(name)
    return None if role is None else _PARTS.get(role, "")


def _texts(tables: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """Return what all records that have a key say under it; empty where that is not all text."""
    values = [table[name] for table in tables if table.get(name) not in (None, "", [])]
    texts = ["\n".join(one) if _are_texts(one) else one for one in values]
    every = [line for one in texts if isinstance(one, str) and (line := one_line(one))]
    return (
        every if every and len(every) == len(texts) and len(every) * 2 > len(tables) and "://" not in every[0] else []
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _by_value(columns: Mapping[str, list[str]], parts: set[str]) -> list[tuple[str, str]]:
    """Find times, then texts, then titles and names, as far as they are not among the `parts` that are known."""
    clocks = [name for name, texts in columns.items() if all(map(time_alone, texts))]
    found = list(zip(clocks, ("time", "end"), strict=False)) if "time" not in parts else []
    told = {name: texts for name, texts in columns.items() if name not in clocks and len(set(texts)) == len(texts)}
    said = [name for name in told if _are_sentences(told[name])]
    sentences = sorted(said, key=lambda name: sum(map(len, told[name])), reverse=True)
    if sentences and "text" not in parts:
        found.append((sentences[0], "text"))
    elif sentences and not {"title", "quote"} & parts:
        found.append((sentences[0], "explanation"))
    short = [name for name in told if name not in sentences and max(map(len, told[name])) <= _TITLE]
    names = [name for name in short if all(len(text.split()) <= _NAME and text[0].isupper() for text in told[name])]
    if "speaker" not in parts and "quote" in parts:
        found += [(name, "speaker") for name in names[:1]]
    elif "title" not in parts and ("time" in parts or clocks) and short:
        found.append((short[0], "title"))
    return found


def _are_sentences(texts: Sequence[str]) -> bool:
    ended = sum(text.endswith(SENTENCE_ENDS) for text in texts)
    long = sum(len(text) >= _SENTENCE and text.count(" ") > 3 for text in texts)  # noqa: PLR2004 words
    return ended * 2 > len(texts) or long * 2 > len(texts)
