"""Which names mean one show; apart from titles, for every run asks it, and reading titles takes 10 ms to import."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from enricher.text import BRACKETED, fold

if TYPE_CHECKING:
    from enricher.model.feed import FeedConfig

_KEY_LENGTH = 1000  # the column `show` holds 1,024 characters


def show_keys(feed: FeedConfig, title: str) -> list[str]:
    """Return the keys of the shows whose summaries may belong to a feed; "" for those that name none."""
    return sorted({"", *(show_key(name) for name in (title, *feed.aliases))})


def show_key(name: str) -> str:
    """Return what names of one show have in common; empty where a name has no letter or digit.

    Everybody who asks whether two names mean one show compares this key, the store's column `show` included. It is
    rather too wide than too narrow: a summary that is offered in vain is refused by the rules, one that is not
    offered is lost even where its guid is an item's.
    """
    # "Field Notes (Video)" and "Field Notes [HD] Podcast" are the same episodes in another format.
    whole = unicodedata.normalize("NFKC", name[:_KEY_LENGTH])
    words = (fold(BRACKETED.sub(" ", whole)) or fold(whole)).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    # "Field Notes Podcast", and "Field Notes: The Podcast".
    for word in ("podcast", "the"):
        if len(words) > 1 and words[-1] == word:
            words = words[:-1]
    return " ".join(words)[:_KEY_LENGTH]
