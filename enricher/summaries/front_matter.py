"""Front matter of Markdown: YAML under the JSON names, and under the names that other tools use for them."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import yaml

from enricher.errors import SummaryError
from enricher.text import one_line
from enricher.timestamps import parse_clock, read_date

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = {
    *("title", "podcast", "published", "guid", "audio", "link", "duration", "source", "people", "abstract", "number"),
    "citations",
}
_ALIASES = {
    **dict.fromkeys(("date", "published_at", "pubdate"), "published"),
    **dict.fromkeys(("guest", "guests", "speakers"), "people"),
    **dict.fromkeys(("show", "series"), "podcast"),
    **dict.fromkeys(("episode", "episode_number"), "number"),
    **dict.fromkeys(("audio_url", "enclosure"), "audio"),
}
_EPOCH_MS = 10**11
_LARGEST = 100_000


class _Loader(yaml.SafeLoader):
    """Plain YAML without aliases: a few of them, nested, can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (`*name`) are not read")
        return super().compose_node(parent, index)


def read_front_matter(text: str) -> dict[str, Any]:
    """Read front matter to the JSON names; keys that mean nothing here are passed over. Raises SummaryError."""
    if len(text) > _LARGEST:
        raise SummaryError(f"the front matter has {len(text):,} characters; {_LARGEST:,} are read")
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 it is a SafeLoader
    except RecursionError as error:
        raise SummaryError("the front matter nests too deep") from error
    except (yaml.YAMLError, ValueError, ArithmeticError, TypeError, AttributeError, LookupError) as error:
        raise SummaryError(f"the front matter is not YAML: {one_line(str(error))[:300]}") from error
    if not isinstance(found, dict):
        return {}
    names = {str(key).strip().lower(): value for key, value in found.items()}
    said = {alias: _plain(alias, names[name]) for name, alias in _ALIASES.items() if name in names}
    exact = {name: _plain(name, names[name]) for name in _NAMES & names.keys()}
    return {name: value for name, value in (said | exact).items() if value not in (None, "", [], {})}


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 whatever YAML gives
    """Give a value as the JSON form has it, where what was meant is plain."""
    if name in _READERS:
        return _READERS[name](value)
    if name in {"audio", "podcast"} and isinstance(value, dict):
        return _name(value)
    return one_line(str(value)) if isinstance(value, str | dt.date | int | float) else None


def _people(value: Any) -> list[str]:  # noqa: ANN401 whatever YAML gives
    people = value if isinstance(value, list) else [value]
    return [said for said in map(_name, people) if said]


def _number(value: Any) -> int | None:  # noqa: ANN401 whatever YAML gives
    text = str(value).lstrip("#")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None  # noqa: PLR2004


def _duration(value: Any) -> Any:  # noqa: ANN401 whatever YAML gives
    return None if isinstance(value, bool) else parse_clock(value) if isinstance(value, str) else value


def _citations(value: Any) -> dict[str, Any] | None:  # noqa: ANN401 whatever YAML gives
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        return None
    return {str(number): one for number, one in value.items()}


def _name(value: Any) -> str:  # noqa: ANN401 whatever YAML gives
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "title", "url") if value.get(key)), "")
    return one_line(str(value)) if isinstance(value, str | int | float) else ""


def _source(value: Any) -> Any:  # noqa: ANN401 whatever YAML gives
    if not isinstance(value, str):
        return value
    return {"url": value.strip()} if value.strip().startswith(("http://", "https://")) else {"name": value}


def _date(value: Any) -> str | None:  # noqa: ANN401 whatever YAML gives
    """Read a date, or milliseconds since 1970; a bare year is no date."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return read_date(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < _EPOCH_MS:
        return None
    try:
        return dt.datetime.fromtimestamp(value / 1000, tz=dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


_READERS: dict[str, Callable[[Any], Any]] = {
    "published": _date,
    "people": _people,
    "number": _number,
    "duration": _duration,
    "source": _source,
    "citations": _citations,
}
