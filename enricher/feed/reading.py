"""feedparser, which reads almost everything, with what it stumbles over taken for what it is: not read.

On documents that are broken enough it raises errors of many kinds from its inside: on numbers beyond Unicode, on tags
that close what was never opened, on encodings that give no text.
"""

from __future__ import annotations

from typing import Any

import feedparser


def read_entries(body: bytes, content_type: str | None = None) -> Any:  # noqa: ANN401 feedparser has no types
    """Give what feedparser finds in a document, nothing sanitised and nothing resolved; None where it stumbles."""
    headers = {"content-type": content_type} if content_type else {}
    try:
        return feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 there is no end to their kinds
        return None
