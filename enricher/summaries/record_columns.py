"""Records of one list whose keys no word knows: what all values under a key are says what it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enricher.summaries.blocks import SENTENCE_ENDS
from enricher.summaries.record_lists import seconds
from enricher.summaries.vocabulary import data_role, key_role, part_of_record
from enricher.text import one_line
from enricher.timestamp_lines import time_alone
from enricher.timestamp_lists import find_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PARTS = {"title": "title", "abstract": "text", "quotes": "quote", "people": "speaker", "duration": "length"}
"""What a key that is known of whole documents stands for in a record."""
_SENTENCE, _TITLE = 40, 100
_NAME = 4
_LIST = 3
_LATE = 900.0


def with_known_keys(tables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with known words for the keys that no word knows: `zeit`, `gist`, `sprecher`."""
    tables = [_lifted(table) for table in tables]
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


def _lifted(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with what tables in it say: `{"start": 0, "tags": {"title": …}}` of ffprobe."""
    inner = [value for name, value in table.items() if isinstance(value, dict) and not part_of_record(str(name))[0]]
    said = {name: value for one in inner for name, value in one.items() if isinstance(value, str)}
    return said | dict(table)


def pairs_as_tables(found: Sequence[Any], *, named: bool) -> list[dict[str, Any]]:
    """Return `[["Intro", 0], ["The dance", 312]]`, or the other way round, as tables; empty for anything else.

    `named` says that they are called chapters or the like: else mere numbers may be counts of anything.
    """
    pairs = [one for one in found if isinstance(one, list) and len(one) == 2]  # noqa: PLR2004 a title and a time
    turned = [pair if isinstance(pair[0], str) and time_alone(pair[0]) is None else pair[::-1] for pair in pairs]
    starts = [start for _, time in turned if (start := seconds(time)) is not None]
    titled = len(starts) == len(pairs) == len(found) and all(isinstance(title, str) for title, _ in turned)
    if not titled or len(pairs) < _LIST or starts != sorted(starts):
        return []
    if not named and not find_list([f"{time} {title}" for title, time in turned]):
        return []
    return [{"title": title, "start": time} for title, time in turned]


def beside_its_show(tables: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the episode of two tables of which the other is its show, as Apple's lookup returns them."""
    said = [{key_role(str(key)): value for key, value in table.items()} for table in tables]
    for one, other in ((0, 1), (1, 0)) if len(tables) == 2 else ():  # noqa: PLR2004 the show and the episode
        show = said[one].get("guid") and said[one].get("podcast")
        if show and show in (said[other].get("title"), said[other].get("podcast")):
            return tables[one]
    return None


def by_time(table: Mapping[Any, Any]) -> list[str]:
    """Return `{"0:00": "Opening", …}` as a list of times; empty where a table is anything else."""
    lines = [f"{time} {one}" for time, one in table.items() if isinstance(one, str) and ":" in str(time)]
    return lines if len(lines) == len(table) and find_list(lines) else []


def _part_of(name: str) -> str | None:
    """Return what a key stands for, "" for nothing of ours; None where no word knows it."""
    if part := part_of_record(name)[0]:
        return part
    role = data_role(name)
    return None if role is None else _PARTS.get(role, "")


def _texts(tables: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """Return what all records that have a key say under it; empty where that is not all text."""
    values = [table[name] for table in tables if table.get(name) not in (None, "", [])]
    texts = ["\n".join(one) if _are_texts(one) else one for one in values]
    every = [line for one in texts if isinstance(one, str) and (line := one_line(one))]
    whole = len(every) == len(texts) and len(every) * 2 > len(tables)
    return every if whole and every and "://" not in every[0] else []


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _by_value(columns: Mapping[str, list[str]], parts: set[str]) -> list[tuple[str, str]]:
    """Find times, then texts, then titles and names, as far as they are not among the `parts` that are known."""
    clocks = [name for name, texts in columns.items() if all(map(time_alone, texts))]
    starts = "time" not in parts and clocks and _are_starts(columns[clocks[0]])
    found = list(zip(clocks, ("time", "end"), strict=False)) if starts else []
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
    elif "title" not in parts and ("time" in parts or found) and short:
        found.append((short[0], "title"))
    return found


def _are_starts(texts: Sequence[str]) -> bool:
    """Distinguish times of a list of chapters from lengths and results: from 0 on, or on to the end."""
    entries = find_list([f"{text} {i}. entry" for i, text in enumerate(texts)])
    return len(entries) == len(texts) and (entries[0].start == 0 or entries[-1].start >= _LATE)


def _are_sentences(texts: Sequence[str]) -> bool:
    ended = sum(text.endswith(SENTENCE_ENDS) for text in texts)
    long = sum(len(text) >= _SENTENCE and text.count(" ") > 3 for text in texts)  # noqa: PLR2004 words
    return ended * 2 > len(texts) or long * 2 > len(texts)
