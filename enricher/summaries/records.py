"""What documents say as data: front matter and JSON of any schema are one tree of records, typed by value."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from enricher.summaries.dates import read_date
from enricher.summaries.quotes import read_quote
from enricher.summaries.record_lists import LATEST, SENTENCE, is_web, read_rows, row_of, seconds, topic
from enricher.summaries.vocabulary import is_one_of, key_role, list_role
from enricher.text import fold, one_line, xml_safe
from enricher.timestamp_lists import find_list
from enricher.timestamps import parse_clock, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_MOST = 20_000  # leaves of one tree: YAML's aliases can make gigabytes of a few lines
_DEEPEST = 8
_EPOCH_MS, _EPOCH_S = 10**11, 10**9
_BODY = 1200
_LINE = 500
_SHORTEST_ID = 6
_AUDIO = re.compile(r"\.(?:mp3|m4[abv]|og[gav]|opus|aac|wav|flac|mp4|mov|webm)(?:$|\?)", re.IGNORECASE)
_PART = re.compile(r"[(\[](?:[^\W\d_]+\.? )?\d{1,3} ?(?:[^\W\d_]{1,12} |/ ?)\d{1,3}[)\]]$")
"""The end of "Looking Forward (Episode 1 of 5)"."""
_MARKUP = re.compile(r"^#{1,6}\s|\n\s*\n|<p>", re.MULTILINE)
_VAULT_LINK = re.compile(r"^\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]$")
_NAMED = {"podcast", "audio", "people", "source"}
"""Things that may be tables: {"podcast": {"title": …}} names the show, {"audio": {"url": …}} the audio."""


@dataclass(slots=True)
class Record:
    """What the data of one document says, under the names of the JSON form."""

    said: dict[str, Any] = field(default_factory=dict)
    identities: dict[str, None] = field(default_factory=dict)
    abstracts: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    """Long sentences under keys that mean nothing: an abstract, if nothing else is."""
    bodies: list[str] = field(default_factory=list)
    """Markdown or HTML that stands in a value."""
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Topics, clips, quotes, questions, related episodes."""
    left_out: dict[str, dict[str, None]] = field(default_factory=dict)
    """What is left out of the document, by the reason why."""

    @property
    def says_something(self) -> bool:
        """Whether there is content beside names and addresses."""
        return bool(self.abstracts or self.bodies or self.sentences or any(self.lists.values()))

    def leave(self, why: str, text: str = "") -> None:
        """Note that something is left out, and why."""
        self.left_out.setdefault(why, {})[one_line(text)[:60]] = None

    def add(self, found: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        """Add to the lists, by name."""
        for name, entries in found.items():
            self.lists.setdefault(name, []).extend(entries)


def add_tree(record: Record, tree: Mapping[str, Any]) -> None:
    """Add what a tree says to what is known, which counts. Raises SummaryError where it is a transcript."""
    _Walk(record).table(tree, None, 0)
    by_name = {fold(str(name)): value for name, value in tree.items()}
    if "author" in by_name and str(by_name.get("category", "")).lstrip("#").startswith("podcast"):
        show = _VAULT_LINK.sub(r"\1", one_line(str(by_name["author"])))
        record.said.setdefault("podcast", show)  # so Readwise calls the show


class _Walk:
    """One walk over a tree, bounded in leaves and in depth."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._left = _MOST

    def table(self, table: Mapping[str, Any], role: str | None, depth: int) -> None:
        """Read a table; `role` is what its own key hints at."""
        for name, value in table.items():
            self._left -= 1
            if self._left < 0 or depth > _DEEPEST:
                return
            key = str(name)
            own = key_role(key)
            hint = role if role in _NAMED and own in {"title", "link", None} else own
            if key == "@type" or (role == "people" and own != "title"):
                continue
            if own == "guid" and depth and role != "number":
                continue  # the id of a contributor, of the show; "episode": {"id": …} is the episode's
            if isinstance(value, list):
                self._list(key, hint or list_role(key), value, depth)
            elif hint == "citations" and isinstance(value, dict):
                self._record.said["citations"] = _citations(value)
            elif isinstance(value, dict) and (timed := _by_time(value)):
                self._texts(key, hint, timed)
            elif isinstance(value, dict):
                if hint != "private":
                    self.table(value, hint, depth + 1)
            else:
                self.leaf(hint, value)

    def leaf(self, role: str | None, value: object) -> None:
        """Read one value: what it looks like decides, its key hints."""
        said = self._record.said
        if role == "private" or isinstance(value, bool) or (role == "guid" and not str(value).strip("0-")):
            return
        if isinstance(value, dt.date | int | float):
            said |= _of_number(role, value) | said
            if role == "guid":
                self._record.identities[str(value)] = None
        if not isinstance(value, str) or value in {"true", "false"}:
            return
        text = xml_safe(value).strip()
        line = _VAULT_LINK.sub(r"\1", one_line(text))
        if role in {"published", "number", "duration"} and len(line) <= _LINE:
            found = _of_text(role, line)
            if found is not None:
                said.setdefault(role, found)
            elif role == "number" and " " in line:
                said.setdefault("fallback_title", line)  # "Episode: How bees choose a home"
        elif line and (" " in line or len(line) > _LINE * 4 or not self._address(role, line)):
            self._sentence(role, line, text)

    def _address(self, role: str | None, line: str) -> bool:
        """Read an address or an id, which may be the item's whatever its key is; tell whether it is one."""
        said, web = self._record.said, is_web(line)
        if role == "source" or not (web or role in {None, "guid", "link", "audio"}):
            return False
        if role or web or (len(line) >= _SHORTEST_ID and not line.isalpha()):  # "size: 1" is nobody's guid
            self._record.identities[line] = None
        if _AUDIO.search(line) or (web and role == "audio"):
            said.setdefault("audio", line)
        elif role == "guid" or (web and role == "link"):
            said.setdefault(role, line)
        return True

    def _sentence(self, role: str | None, line: str, text: str) -> None:
        record, said = self._record, self._record.said
        if role == "source":
            said.setdefault("source", {}).setdefault("url" if is_web(line) else "name", line)
        elif role == "podcast" and _PART.search(line):
            pass  # a series within a show
        elif role in {"title", "podcast"}:
            said.setdefault(role, line)
        elif role == "people":
            said.setdefault("people", []).append(line)
        elif role == "abstract":
            (record.bodies if len(text) > _BODY or _MARKUP.search(text) else record.abstracts).append(text)
        elif role is None and len(line) > SENTENCE * 2 and line[-1] in ".!?。！？":
            record.sentences.append(text)

    def _list(self, key: str, role: str | None, found: Sequence[Any], depth: int) -> None:
        self._left -= len(found)
        tables = [one for one in found if isinstance(one, dict)]
        texts = [xml_safe(one).strip() for one in found if isinstance(one, str) and one.strip()]
        timed = any(row_of(table).is_timed for table in tables)
        advertised = is_one_of("advertised", key.replace("_", " "))  # their times are no chapters
        if self._left < 0 or advertised or (role == "private" and not timed):
            return
        if role in _NAMED:
            for one in found:
                self.table(one, role, depth + 1) if isinstance(one, dict) else self.leaf(role, one)
        elif len(tables) == 1 and not timed and role not in {"quotes", "questions", "related"}:
            self.table(tables[0], role, depth + 1)
        elif tables:
            rows = read_rows(role, tables)
            self._record.add(rows or {})
            if rows is None:
                self._record.leave(f"“{one_line(key)[:60]}”: a list of no known kind")
        elif texts:
            self._texts(key, role, texts)

    def _texts(self, key: str, role: str | None, texts: list[str]) -> None:
        timed = find_list(texts)
        # Chinese and Japanese say as much in half the letters, and have no spaces.
        long = sum(
            len(text) >= SENTENCE and text.count(" ") > 3 if text.isascii() else len(text) >= SENTENCE / 2  # noqa: PLR2004
            for text in texts
        )
        if timed:
            self._record.add({"topics": [topic(one.title, one.start) for one in timed]})
        elif role == "quotes":
            self._record.add({"quotes": list(map(read_quote, texts))})
        elif role == "questions":
            self._record.add({"questions": [{"question": one_line(text)} for text in texts]})
        elif role in {"takeaways", "topics", "clips", "abstract"} and long * 3 >= len(texts) * 2:
            title = re.sub(r"[-_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key)).capitalize()
            self._record.add({"topics": [topic(title, None, texts)]})
        self._record.identities |= dict.fromkeys(filter(is_web, texts))


def _by_time(table: Mapping[Any, Any]) -> list[str]:
    """Return `{"0:00": "Opening", …}` as a list of times; empty where a table is anything else."""
    lines = [f"{time} {one}" for time, one in table.items() if isinstance(one, str) and ":" in str(time)]
    return lines if len(lines) == len(table) and find_list(lines) else []


def _of_number(role: str | None, value: dt.date | float) -> dict[str, Any]:
    """Return what a number or a date says under a key that hints at one."""
    if role == "published":
        day = _day(value)
        return {"published": day} if day else {}
    if isinstance(value, dt.date):
        return {}
    if role == "number" and isinstance(value, int) and 0 <= value < 10**5:
        return {"number": value}
    if role == "duration" and 0 < value < LATEST * 1000:
        # 62 may be minutes or seconds: which, the times of the page or the item tell. No episode lasts ten hours.
        return {"duration": value / (1000 if value > LATEST else 1), "duration_unsure": value < 600}  # noqa: PLR2004
    return {role: str(value)} if role == "guid" or (role == "title" and isinstance(value, int)) else {}


def _of_text(role: str, line: str) -> object:
    """Read a date, a number or a length that is text."""
    if role == "published":
        return read_date(line)
    if role == "number":
        found = re.fullmatch(r"#?(\d{1,5})", line)
        return int(found[1]) if found else None
    if line.isdecimal():
        return parse_clock(line) if len(line) > 3 else None  # noqa: PLR2004 62 may be anything
    return parse_time(line) or None


def _day(value: dt.date | float) -> str | None:
    """Read a date, or seconds or milliseconds since 1970; a bare year is no date."""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if not math.isfinite(value) or value < _EPOCH_S:
        return None
    try:
        return dt.datetime.fromtimestamp(value / (1000 if value >= _EPOCH_MS else 1), tz=dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _citations(table: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(number): {"start": seconds(one.get("start")), "end": seconds(one.get("end"))}
        | {"url": one.get("url") if is_web(one.get("url")) else None}
        for number, one in table.items()
        if isinstance(one, dict) and str(number).isdecimal()
    }
