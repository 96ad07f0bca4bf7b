"""Every XML namespace that we name, once, with its specification."""

from __future__ import annotations

import re
from types import MappingProxyType

ATOM = "http://www.w3.org/2005/Atom"  # https://www.rfc-editor.org/rfc/rfc4287
CONTENT = "http://purl.org/rss/1.0/modules/content/"  # https://web.resource.org/rss/1.0/modules/content/
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"  # https://help.apple.com/itc/podcasts_connect/
MEDIA = "http://search.yahoo.com/mrss/"  # https://www.rssboard.org/media-rss
PODCAST = "https://podcastindex.org/namespace/1.0"  # https://podcasting2.org/docs/podcast-namespace
PSC = "http://podlove.org/simple-chapters"  # https://podlove.org/simple-chapters/

PREFIXES = MappingProxyType(
    {"atom": ATOM, "content": CONTENT, "itunes": ITUNES, "media": MEDIA, "podcast": PODCAST, "psc": PSC}
)
"""The literal prefixes that apps match (contract C2)."""

PODCAST_ALIAS = re.compile(
    r"https?://(www\.)?(github\.com/Podcastindex-org/podcast-namespace/.*|podcastindex\.org/namespace/1\.0/?)",
    re.IGNORECASE,
)
"""Other addresses under which feeds declare the podcast namespace."""

PSC_ALIAS = re.compile(r"https?://(www\.)?podlove\.org/simple-chapters/?", re.IGNORECASE)
"""Other addresses under which feeds declare Podlove Simple Chapters."""


def tag(namespace: str, name: str) -> str:
    """Give the lxml name of an element, `{namespace}name`."""
    return f"{{{namespace}}}{name}"
