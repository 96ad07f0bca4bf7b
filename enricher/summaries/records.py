"""What documents say as data: front matter and JSON of any schema are one tree of records, typed by value."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from enricher.summaries.blocks import ASKS
from enricher.summaries.dates import read_date
from enricher.summaries.quotes import read_quote
from enricher.summaries.record_columns import beside_its_show, by_time, pairs_as_tables, with_known_keys
from enricher.summaries.record_lists import (
    LISTED,
    SENTENCE,
    are_notes,
    citations_of,
    is_web,
    read_rows,
    row_of,
    topic,
    unmarked,
)
from enricher.summaries.record_values import (
    is_audio,
    names_nobody,
    names_of,
    of_number,
    of_text,
    parsed_json,
    shown_value,
    without_vault_link,
)
from enricher.summaries.vocabulary import data_role, is_one_of, key_role, leads_on, list_role, rank_of, text_role
from enricher.text import fold, one_line, xml_safe
from enricher.timestamp_lists import find_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_MOST = 20_000  # leaves of one tree: YAML's aliases can make gigabytes of a few lines
_DEEPEST = 8
_BODY = 1200
_LINE = 500
_SHORTEST_ID, _SURE_ID = 6, 16
_NO_ID = re.compile(r"[^\W\d_]+|(?:audio|video|image|text|application)/[\w.+-]+")
_LISTS = {"quotes", "questions", "related", "topics", "clips", "takeaways"}
_RULE = re.compile(r"(?:^|\s)-{3,}(?=\s|$)")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|avif)(?:$|[?#])", re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|br|ul|ol|li|a|div|span|strong|em|img|h[1-6])\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"^(?:#{1,6}|[-*+]|\d{1,2}[.)])\s|\n\s*\n|<(?:p|br|ul|ol|li|a|div|strong|b|em|h[1-6])\b|\]\(http", re.MULTILINE
)
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_OF_EPISODE = {"title", "podcast", "guid", "audio", "link", "published", "number", "duration"}
_OF_THE_PAGE = {"guid", "id", "link", "number", "published", "duration"}
"""What a table within a page says of itself."""
_NAMED = {"podcast", "audio", "people", "source"}
"""Things that may be tables: {"podcast": {"title": …}} names the show, {"audio": {"url": …}} the audio."""


@dataclass(slots=True)
class Record:
    """What the data of one document says, under the names of the JSON form."""

    said: dict[str, Any] = field(default_factory=dict)
    identities: dict[str, None] = field(default_factory=dict)
    abstracts: list[tuple[int, str]] = field(default_factory=list)
    """Each with how good a name it has, 0 is best: a summary counts before a subtitle."""
    sentences: list[str] = field(default_factory=list)
    """Long sentences under keys that mean nothing: an abstract, if nothing else is."""
    bodies: list[str] = field(default_factory=list)
    """Markdown or HTML that stands in a value."""
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Topics, clips, quotes, questions, related episodes."""
    is_post: bool = False
    """Whether it is a post of Jekyll or the like, whose name begins with its day."""
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
    walk = _Walk(record)
    walk.table(tree, None, 0)
    if walk.ids:
        record.said.setdefault("guid", walk.ids[0])
    record.is_post |= "layout" in tree


class _Walk:
    """One walk over a tree, bounded in leaves and in depth."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._left = _MOST
        self.ids: list[str] = []
        """Values called `id` that could be a guid, if no other is."""

    def table(self, table: Mapping[str, Any], role: str | None, depth: int, *, apart: bool = False) -> None:
        """Read a table; `role` is what its own key hints at, `apart` that it is of something in the episode.

        Its values count before those of the tables in it, wherever they stand: many tools sort keys, cover, seo, title.
        """
        by_name = {fold(str(name)): value for name, value in table.items()}
        if "author" in by_name and str(by_name.get("category", "")).lstrip("#").startswith("podcast"):
            # so Readwise calls the show
            self._record.said.setdefault("podcast", without_vault_link(one_line(str(by_name["author"]))))
        for name, value in sorted(table.items(), key=lambda item: isinstance(item[1], dict | list)):
            self._left -= 1
            if self._left < 0 or depth > _DEEPEST:
                return
            key = str(name)
            own = data_role(key)
            hint = _within(role, own, value)
            if key == "@type" or (role == "people" and own != "title"):
                continue
            if own in {"guid", "id"} and role not in {None, "number"}:
                continue  # of the show, of a guest
            if apart and role is None and own in _OF_THE_PAGE:
                hint = None  # the number of a request, the id of a contributor, the address of a picture
            if isinstance(value, list):
                self._list(key, hint or list_role(key), value, depth)
            elif isinstance(value, dict):
                self._inner(key, hint, value, depth, apart=apart)
            else:
                self.leaf(None if hint == "page" else hint or text_role(key), value, key)

    def _inner(self, key: str, role: str | None, table: Mapping[str, Any], depth: int, *, apart: bool) -> None:
        rows = with_known_keys([one for one in table.values() if isinstance(one, dict)])
        if role == "published" and "start" in table:
            self.leaf(role, table.get("start"))  # "date": {"start": …, "end": …}
        elif role == "citations":
            self._record.said["citations"] = citations_of(table)
        elif timed := by_time(table):
            self._texts(key, role, timed)
        elif role == "related":
            self._list(key, role, [table], depth)  # the one before, the one behind
        elif rows and len(rows) == len(table) and all(row_of(row).is_timed for row in rows):
            self._list(key, role or list_role(key), rows, depth)
        elif role != "private":
            # A table of the episode's audio: {"title": …, "link": "….mp3", "duration": …}
            if role == "podcast" and any(key_role(str(x)) == "duration" or is_audio(str(y)) for x, y in table.items()):
                role = "page"
            page = role in {"page", "published"}  # {"data": {…}}
            self.table(table, None if page else role, depth + 1, apart=apart or role is None)

    def leaf(self, role: str | None, value: object, key: str = "") -> None:
        """Read one value: what it looks like decides, its key hints."""
        said = self._record.said
        if role == "private" or isinstance(value, bool) or (role in {"guid", "id"} and not str(value).strip("0-")):
            return
        if isinstance(value, dt.date | int | float):
            said |= of_number(role, value, key) | said
        if not isinstance(value, str) or value in {"true", "false"}:
            return
        text = xml_safe(value).strip()
        plain = html.unescape(text)
        text = text if "&lt;" in text and _TAG.search(plain) else plain  # markup that is shown is none
        if text[:1] in {"[", "{"} and (found := parsed_json(text)):
            self.table({key: found}, role, _DEEPEST)  # a list that a database keeps as text
            return
        role, line = shown_value(role, text)
        role = "podcast" if role == "series" and is_one_of("shows", line) else role
        if role in LISTED and len(lines := text.splitlines()) > 1:
            self._texts(key, role, [_BULLET.sub("", one) for one in lines if one.strip()])
            return
        if role in {"published", "number", "duration"} and len(line) <= _LINE:
            found = of_text(role, line)
            if found is not None:
                said.setdefault(role, found)
            elif role == "number" and any(map(str.isalpha, line)):
                said.setdefault("fallback_title", line)  # "Episode: How bees choose a home"
        elif line and (self._is_text(role, line) or not self._address(role, line)):
            self._sentence(role, line, text, key)

    def _is_text(self, role: str | None, line: str) -> bool:
        # A guid may have blanks: "123 at https://bees.example" (Drupal).
        # So may the name of a file: "Season 2_Episode 2.mp3".
        return len(line) > _LINE * 4 or (" " in line and role != "guid" and not (role == "audio" and is_audio(line)))

    def _address(self, role: str | None, line: str) -> bool:
        """Read an address or an id, which may be the item's whatever its key is; tell whether it is one."""
        said, web = self._record.said, is_web(line)
        if role == "related" and web:
            return True  # another episode's
        if role == "source" or not (web or role in {None, "guid", "id", "link", "audio"}):
            return False
        # "size: 1" and "id: 42" are nobody's guid, "recorded: 2024-05-02" neither.
        like_id = len(line) >= _SHORTEST_ID and any(map(str.isalpha, line)) and not _NO_ID.fullmatch(line)
        if not _PICTURE.search(line) and (web or role not in {None, "id"} or (like_id and read_date(line) is None)):
            self._record.identities[line] = None
        if role == "guid":
            said.setdefault(role, line)
        elif is_audio(line) or (web and role == "audio"):
            said.setdefault("audio", line)
        elif web and role == "link":
            said.setdefault(role, line)
        elif role == "id" and len(line) >= _SURE_ID:
            self.ids.append(line)
        return True

    def _sentence(self, role: str | None, line: str, text: str, key: str) -> None:
        record, said = self._record, self._record.said
        if names_nobody(role, line):
            return
        if role == "source":
            said.setdefault("source", {}).setdefault("url" if is_web(line) else "name", line)
        elif role in {"title", "podcast"}:
            said.setdefault(role, line)
        elif role == "people":
            known = said.setdefault("people", [])
            known += [name for name in names_of(line) if fold(name) not in map(fold, known)]
        elif role == "abstract" and not is_audio(line):
            if len(text) > _BODY or _MARKUP.search(text) or find_list(text.splitlines()):
                record.bodies.append(text)
            else:
                record.abstracts.append((rank_of(key), unmarked(_RULE.sub(" ", text))))
        elif role is None and len(line) > SENTENCE * 1.6 and line[-1] in ".!?。！？":
            record.sentences.append(text)

    def _list(self, key: str, role: str | None, found: Sequence[Any], depth: int) -> None:
        self._left -= len(found)
        tables = [one for one in found if isinstance(one, dict)] or pairs_as_tables(
            found, named=role in {"topics", "clips", "takeaways"}
        )
        tables = self._without_alike(tables, depth)
        rows = with_known_keys(tables)
        texts = [xml_safe(one).strip() for one in found if isinstance(one, str) and one.strip()]
        timed = any(row_of(row).is_timed for row in rows)
        advertised = is_one_of("advertised", key.replace("_", " "))  # their times are no chapters
        if self._left < 0 or advertised or (role == "private" and not timed):
            return
        if role in _NAMED:
            for one in found:
                self.table(one, role, depth + 1) if isinstance(one, dict) else self.leaf(role, one)
        elif episode := beside_its_show(tables):
            self.table(episode, role, depth + 1)
        elif len(tables) == 1 and not timed and role not in _LISTS and not leads_on(key):
            self.table(tables[0], role, depth + 1)
        elif tables:
            lists = read_rows(role, rows)
            self._record.add(lists or {})
            if lists is None and role is None and not leads_on(key):
                values = (value for one in tables for value in one.values())
                self._record.identities |= dict.fromkeys(filter(is_web, values))
            if lists is None:
                self._record.leave(f"“{one_line(key)[:60]}”: a list of no known kind")
        elif texts:
            self._texts(key, role, texts)

    def _without_alike(self, tables: list[dict[str, Any]], depth: int) -> list[dict[str, Any]]:
        """Read what all records say alike as said of the episode, if its title is among it (Readwise)."""
        first = tables[0] if tables else {}
        alike = (key for key, value in first.items() if all(one.get(key) == value for one in tables))
        same = {key: first[key] for key in alike if key_role(str(key)) in _OF_EPISODE or key in {"author", "category"}}
        if len(tables) < 2 or not any(key_role(str(key)) == "title" for key in same):  # noqa: PLR2004 one is like itself
            return tables
        self.table(same, None, depth + 1)
        return [{key: value for key, value in one.items() if key not in same} for one in tables]

    def _texts(self, key: str, role: str | None, texts: list[str]) -> None:
        texts = list(map(unmarked, texts))
        timed = find_list(texts)
        if timed:
            self._record.add({"topics": [topic(one.title, one.start) for one in timed]})
        elif role == "quotes":
            self._record.add({"quotes": list(map(read_quote, texts))})
        elif role == "questions" or (role is None and len(texts) > 1 and all(text.endswith(ASKS) for text in texts)):
            self._record.add({"questions": [{"question": one_line(text)} for text in texts]})
        elif are_notes(role, texts):
            title = re.sub(r"[-_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key)).capitalize()
            self._record.add({"topics": [topic(title, None, texts)]})
        if role != "related":
            self._record.identities |= dict.fromkeys(filter(is_web, texts))


def _within(role: str | None, own: str | None, value: object) -> str | None:
    """Return what a key hints at in a table of `role`: the title of a podcast names it, that of audio the episode."""
    inherits = own == "link" or (own == "title" and role != "audio")
    sources = role == "audio" and own is None and isinstance(value, list)
    return role if role in _NAMED and (inherits or sources) else own
