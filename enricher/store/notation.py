"""JSON as the store keeps it: by msgspec, several times faster; by the standard library what UTF-8 cannot hold."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_write = msgspec.json.Encoder(order="deterministic").encode
_read = msgspec.json.Decoder().decode


def write(value: Any) -> str:  # noqa: ANN401 whatever JSON can hold
    """Write a value; equal values are written alike."""
    try:
        return _write(value).decode()
    except UnicodeEncodeError:  # half a character, such as a broken file name has
        return json.dumps(value, sort_keys=True)


def read(text: str) -> Any:  # noqa: ANN401 whatever JSON can hold
    """Read what was written. Raises ValueError for what was not."""
    try:
        return _read(text)
    except ValueError:
        return json.loads(text)
