"""What documents say as data: front matter and JSON of any schema are one tree of records, typed by value."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any

from enricher.summaries.rows import Record, is_web, looks_timed, quote, read_records, seconds, topic
from enricher.summaries.vocabulary import key_role
from enricher.text import one_line, xml_safe
from enricher.timestamp_lists import find_list
from enricher.timestamps import parse_clock, parse_time, read_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST = 20_000  # leaves of one tree: YAML's aliases can make gigabytes of a few lines
_DEEPEST = 8
_EPOCH_MS, _EPOCH_S = 10**11, 10**9
_LATEST = 100_000.0  # later than 27 hours, a time is in milliseconds
_SENTENCE = 25
_BODY = 1200
_LINE = 500
_AUDIO = re.compile(r"\.(?:mp3|m4a|ogg|oga|opus|aac|wav|mp4)(?:$|\?)", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_MARKUP = re.compile(r"^#{1,6}\s|\n\s*\n|<p>", re.MULTILINE)


def read_tree(tree: Mapping[str, Any]) -> Record:
    """Read a tree of records. Raises SummaryError where it is a transcript, or holds several episodes."""
    record = Record()
    _Walk(record).table(tree, None, 0)
    if "author" in tree and str(tree.get("category", "")).startswith("podcast"):
        record.said.setdefault("podcast", one_line(str(tree["author"])))  # so Readwise calls the show
    return record


def set_field(record: Record, key: str, value: object) -> bool:
    """Read one `Name: value` line; tell whether the name means anything."""
    role = key_role(key)
    if role:
        _Walk(record).leaf(role, value)
    return role is not None


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
            # {"podcast": {"title": …}} names the show, {"audio": {"url": …}} the audio.
            own = key_role(key)
            hint = role if role in {"podcast", "audio", "people", "source"} and own in {"title", "link", None} else own
            if isinstance(value, dict):
                if hint == "citations":
                    self._citations(value)
                elif hint != "private":
                    self.table(value, hint, depth + 1)
            elif isinstance(value, list):
                self._list(key, hint, value, depth)
            elif role != "people" or own == "title":
                self.leaf(hint, value)

    def leaf(self, role: str | None, value: object) -> None:
        """Read one value: what it looks like decides, its key hints."""
        if isinstance(value, dt.date | int | float) and not isinstance(value, bool):
            self._number(role, value)
        if not isinstance(value, str) or role == "private":
            return
        text = xml_safe(value).strip()
        line = re.sub(r"^\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]$", r"\1", one_line(text))
        if not line or (len(line) <= _LINE and self._typed(role, line)):
            return
        if " " in line or len(line) > _LINE * 4 or not self._address(role, line):
            self._sentence(role, line, text)

    def _address(self, role: str | None, line: str) -> bool:
        """Read an address or an id, which may be the item's whatever its key is; tell whether it is one."""
        record, said = self._record, self._record.said
        web = bool(_WEB.fullmatch(line))
        if role == "source" or not (web or role in {None, "guid", "link", "audio"}):
            return False
        record.identities[line] = None
        if web and (role == "audio" or _AUDIO.search(line)):
            said.setdefault("audio", line)
        elif role in {"guid", "audio"} or (web and role == "link"):
            said.setdefault(role, line)
        return True

    def _sentence(self, role: str | None, line: str, text: str) -> None:
        record, said = self._record, self._record.said
        if role == "source":
            said.setdefault("source", {}).setdefault("url" if _WEB.fullmatch(line) else "name", line)
        elif role in {"title", "podcast"}:
            said.setdefault(role, line)
        elif role == "people":
            said.setdefault("people", []).append(line)
        elif role == "abstract":
            (record.bodies if len(text) > _BODY or _MARKUP.search(text) else record.abstracts).append(text)
        elif role is None and len(line) > _SENTENCE * 2 and line[-1] in ".!?。！？":
            record.sentences.append(text)

    def _typed(self, role: str | None, line: str) -> bool:
        """Read a date, a number or a length under a key that hints at one."""
        said = self._record.said
        value: object = None
        if role == "published":
            value = read_date(line)
        elif role == "number":
            found = re.fullmatch(r"#?(\d{1,5})", line)
            value = int(found[1]) if found else None
        elif role == "duration":
            value = read_length(line)
        else:
            return False
        if value is not None:
            said.setdefault(role, value)
        return True

    def _number(self, role: str | None, value: dt.date | float) -> None:
        said = self._record.said
        if role == "published":
            date = read_day(value)
            if date:
                said.setdefault(role, date)
        elif isinstance(value, int) and role == "number" and 0 <= value < 10**5:
            said.setdefault(role, value)
        elif isinstance(value, int | float) and role == "duration" and 0 < value < _LATEST * 1000:
            # 62 may be minutes or seconds: which, the times of the page or the item tell.
            said.setdefault("duration", float(value) / (1000 if value > _LATEST else 1))
            said["duration_unsure"] = value < 600  # noqa: PLR2004 no episode lasts ten hours, few less than ten minutes
        elif role == "guid":
            said.setdefault(role, str(value))
            self._record.identities[str(value)] = None
        elif role == "title" and isinstance(value, int):
            said.setdefault(role, str(value))

    def _citations(self, table: Mapping[Any, Any]) -> None:
        found = {}
        for number, one in table.items():
            if isinstance(one, dict) and str(number).isdecimal():
                start, end = seconds(one.get("start")), seconds(one.get("end"))
                found[str(number)] = {
                    "start": start,
                    "end": end,
                    "url": one.get("url") if is_web(one.get("url")) else None,
                }
        if found:
            self._record.said["citations"] = found

    def _list(self, key: str, role: str | None, found: Sequence[Any], depth: int) -> None:
        record = self._record
        self._left -= len(found)
        tables = [one for one in found if isinstance(one, dict)]
        texts = [xml_safe(one).strip() for one in found if isinstance(one, str) and one.strip()]
        if self._left < 0 or (role == "private" and not any(map(looks_timed, tables))):
            return
        if role == "people":
            names = (one if isinstance(one, str) else one.get("name") or one.get("title") or "" for one in found
                     if isinstance(one, str | dict))  # fmt: skip
            record.said.setdefault("people", []).extend(filter(None, (one_line(str(name)) for name in names)))
        elif len(tables) == 1 and not looks_timed(tables[0]) and role not in {"quotes", "questions", "related"}:
            self.table(tables[0], role, depth + 1)
        elif tables:
            read_records(record, key, role, tables)
        elif texts:
            self._texts(key, role, texts)

    def _texts(self, key: str, role: str | None, texts: list[str]) -> None:
        record = self._record
        timed = find_list(texts)
        # Chinese and Japanese say as much in half the letters, and have no spaces.
        long = sum(
            len(text) >= _SENTENCE and text.count(" ") > 3 if text.isascii() else len(text) >= _SENTENCE / 2  # noqa: PLR2004
            for text in texts
        )
        if timed:
            record.topics += [topic(one.title, one.start) for one in timed]
        elif role == "quotes":
            record.quotes += [quote(text, None, None) for text in texts]
        elif role == "questions":
            record.questions += [{"question": one_line(text), "answer": None, "start": None} for text in texts]
        elif role in {"takeaways", "topics", "clips", "abstract"} and long * 3 >= len(texts) * 2:
            title = one_line(re.sub(r"[-_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key))).capitalize()
            passages = [{"kind": "text", "text": one_line(text), "speaker": None} for text in texts]
            record.topics.append(topic(title, None, passages))
        for text in texts:
            if _WEB.fullmatch(text):
                record.identities[text] = None


def read_length(line: str) -> float | None:
    """Read a length in words: `1h 2m`, `70 mins 17 secs`, `1:02:05`, `PT1H`; a bare number may be anything."""
    found = re.fullmatch(
        r"P(?:(\d{1,3})D)?T?(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d{1,9})?S)?", line.strip(), re.IGNORECASE
    )
    if found and any(found.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds
    if line.strip().isdecimal():
        return parse_clock(line) if len(line) > 3 else None  # noqa: PLR2004
    return parse_time(line) or None


def read_day(value: object) -> str | None:
    """Read a date, or seconds or milliseconds since 1970; a bare year is no date."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < _EPOCH_S:
        return None
    try:
        return dt.datetime.fromtimestamp(value / (1000 if value >= _EPOCH_MS else 1), tz=dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
