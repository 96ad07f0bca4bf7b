"""Remembered results of pure functions, by the code that made them and the digest of what went in."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from enricher.store import schema
from enricher.store.copies import day_of
from enricher.store.notation import read, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enricher.store.database import Database

_CHUNK = 500
# Made once: to make a statement takes longer than to carry it out.
_TABLE = schema.REMEMBERED
_THESE = (_TABLE.c.kind == sa.bindparam("of"), _TABLE.c.key.in_(sa.bindparam("keys", expanding=True)))
_FIND = sa.select(_TABLE.c.key, _TABLE.c.value, _TABLE.c.used_on).where(*_THESE)
_USE = _TABLE.update().where(*_THESE).values(used_on=sa.bindparam("today"))


class Remembered:
    """The table of remembered results."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def each(self, kind: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]], /) -> list[Any]:
        """Give each key's value, making and storing those that are not there: a `Remember` of model/feed.py."""
        if not keys:
            return []
        known = _decoded(self._texts(kind, keys))
        first = {key: i for i, key in reversed(list(enumerate(keys))) if key not in known}
        missing = sorted(first.values())
        if missing:
            # Written and read back, so that a value is the same when it is made as when it is remembered.
            texts = {keys[i]: write(value) for i, value in zip(missing, make(missing), strict=True)}
            today = day_of(time.time())
            rows = [{"kind": kind, "key": key, "value": text, "used_on": today} for key, text in texts.items()]
            self._database.upsert(schema.REMEMBERED, rows)
            known |= _decoded(texts)
        return [known[key] for key in keys]

    def together(
        self, kind: str, name: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]], /
    ) -> list[Any]:
        """Remember what is always asked for together in one row of that name; what is not asked for is forgotten."""
        lines = self._texts(kind, [name]).get(name, "").split("\n")  # no other line end is one of ours
        texts = {key: text for key, _, text in (line.partition(" ") for line in lines) if key}
        places = {key: i for i, key in reversed(list(enumerate(keys)))}
        known = _decoded({key: texts[key] for key in places if key in texts})
        missing = sorted(place for key, place in places.items() if key not in known)
        made = {keys[i]: write(value) for i, value in zip(missing, make(missing), strict=True)} if missing else {}
        if made or len(texts) > len(places):
            texts |= made
            text = "\n".join(f"{key} {texts[key]}" for key in places)
            row = {"kind": kind, "key": name, "value": text, "used_on": day_of(time.time())}
            self._database.upsert(schema.REMEMBERED, [row])
        known |= _decoded(made)
        return [known[key] for key in keys]

    def _texts(self, kind: str, keys: Sequence[str]) -> dict[str, str]:
        """Give what is stored under these keys, and note that it was used today."""
        found: dict[str, str] = {}
        stale: list[str] = []
        today = day_of(time.time())
        with self._database.reading() as connection:
            for chunk in _chunks(sorted(set(keys))):
                for key, value, used_on in connection.execute(_FIND, {"of": kind, "keys": chunk}):
                    found[key] = value
                    if used_on < today:
                        stale.append(key)
        if stale:
            with self._database.writing() as connection:
                for chunk in _chunks(stale):
                    connection.execute(_USE, {"of": kind, "keys": chunk, "today": today})
        return found


def _decoded(texts: Mapping[str, str]) -> dict[str, Any]:
    """Decode all at once: a decoder that is called for each takes longer to be called than to decode."""
    try:
        return dict(zip(texts, read(f"[{','.join(texts.values())}]"), strict=True))
    except ValueError:
        return dict(_decoded_singly(texts))


def _decoded_singly(texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Leave out what is damaged; it is made anew."""
    for key, text in texts.items():
        with suppress(ValueError):
            yield key, read(text)


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
