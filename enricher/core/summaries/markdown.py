"""The page of highlights as Markdown (CommonMark), which is HTML written by hand; front matter under the JSON names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from enricher.core.errors import SummaryError
from enricher.core.summaries import html
from enricher.core.summaries.pieces import Page

_NAMES = {
    "title", "podcast", "published", "guid", "audio", "link", "duration", "source", "people", "abstract", "number",
}  # fmt: skip
_ALIASES = {"date": "published", "episode": "number", "guest": "people", "guests": "people", "show": "podcast"}
_EPOCH_MS = 10**11


def read(text: str) -> Page:
    """Render to HTML and cut that into pieces; what the front matter says counts more. Raises SummaryError."""
    parser = MarkdownIt("commonmark", {"html": True}).use(front_matter_plugin)
    tokens = parser.parse(text)
    said: dict[str, Any] = {}
    if tokens and tokens[0].type == "front_matter":
        said = _front_matter(tokens[0].content)
        tokens = tokens[1:]
    page = html.read(parser.renderer.render(tokens, parser.options, {}))
    return Page(page.pieces, page.said | said)


def _front_matter(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SummaryError(f"the front matter is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        return {}
    said: dict[str, Any] = {}
    for key, value in found.items():
        name = _ALIASES.get(str(key).lower(), str(key).lower())
        if name in _NAMES and value not in (None, "", []):
            said.setdefault(name, _plain(name, value))
    return said


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 whatever YAML gives
    """Give a value as the JSON form has it."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if name == "people":
        people = value if isinstance(value, list) else [value]
        return [str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in people]
    if name == "published" and isinstance(value, int | float):
        return _epoch(value)
    return value


def _epoch(value: float) -> str | None:
    """Read milliseconds since 1970; a bare year is no date."""
    if value < _EPOCH_MS:
        return None
    try:
        return dt.datetime.fromtimestamp(value / 1000, tz=dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
