"""Files of this machine that the configuration names; no feed ever names one."""

from __future__ import annotations

import stat
from pathlib import Path

from enricher.errors import FetchError
from enricher.model.feed import Document


def read_file(path: str, max_size: int) -> Document:
    """Read a file that the configuration names. Raises FetchError."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise FetchError(f"{path}: is no file; see `url` in the configuration")
        with Path(path).open("rb") as file:
            body = file.read(max_size + 1)
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {error.strerror}; see `url` in the configuration") from error
    if len(body) > max_size:
        raise FetchError(too_large(path, max_size))
    return Document(path, body, shown=path)


def too_large(shown: str, max_size: int) -> str:
    """Say that a document is too large, and what to do."""
    return f"{shown}: has more than {max_size:,} bytes; raise `max_size` if that is right"
