"""The names that this program gives to published files: which are ours, which are of all feeds."""

from __future__ import annotations

import re

from enricher.errors import PublishError

_NAME = re.compile(
    r"(?:[a-z0-9-]+/)*[a-z0-9-]+\.(?:xml|json|html|vtt|css|js|opml)"
    # https://pagefind.app names its files, such as fragment/en_3f2a1bc.pf_fragment and wasm.en.pagefind.
    r"|[a-z0-9-]+/search/(?:[a-z]+/)?[\w-]+(?:\.[\w-]+)+",
    re.ASCII,
)
_HASHED = {"chapters": re.compile(r"[0-9a-f]{16}\.json"), "transcripts": re.compile(r"[0-9a-f]{16}\.vtt")}
PAGE = r"(?:[a-z0-9-]+-)?([0-9a-f]{12})\.html"
"""What an episode's page is called; the group is what its guid gives."""
_PAGE = re.compile(rf"{PAGE}|(?:index|older-\d+)\.html")
SEARCH_FILE = re.compile(
    r"(?:(?:index|fragment|filter)/)?[\w-]+(?:\.[\w-]+)*\.(?:pf_[a-z]+|pagefind)|pagefind(?:-worker)?\.js|pagefind-entry\.json",
    re.ASCII,
)
"""The files of a search's index, below its folder."""
FOLDERS = ("", "chapters", "transcripts", "search", "search/index", "search/fragment", "search/filter")
"""The folders below a feed's own in which files of ours are."""


_SHARED = re.compile(r"[a-z]+-[0-9a-f]{12}\.(?:css|js)")


def is_shared(path: str) -> bool:
    """Check whether a file is of the pages of all feeds, and named by its content."""
    return bool(_SHARED.fullmatch(path))


def check_name(path: str) -> None:
    """Raise PublishError for a name that is not ours."""
    if not _NAME.fullmatch(path):
        raise PublishError(f"{path!r} is no name that this program gives to a file")


def is_ours(folder: str, name: str) -> bool:
    """Check whether a file in one of the FOLDERS below a feed's own has a name that we give."""
    if folder in _HASHED:
        return bool(_HASHED[folder].fullmatch(name))
    if not folder:
        return bool(_PAGE.fullmatch(name))
    return bool(SEARCH_FILE.fullmatch(f"{folder}/{name}".removeprefix("search/")))
