"""Shows that summaries name and no feed is called by: such summaries are candidates for no item, and nobody is told."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from enricher.errors import SummaryError
from enricher.explain import counted
from enricher.importer import show_key
from enricher.summaries import load
from enricher.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enricher.config import Config
    from enricher.store.store import Store

_TOLD = 10


def titles(config: Config, store: Store) -> dict[str, str]:
    """Give what each configured feed is called by, by name; not of feeds that were never read."""
    states = store.states([feed.name for feed in config.feeds])
    found = {name: state.get("title", (state.get("settled") or {}).get("title")) for name, state in states.items()}
    return {name: title for name, title in found.items() if title is not None}


def unclaimed(config: Config, store: Store, called: Mapping[str, str]) -> Iterator[str]:
    """Say which shows are named and are none of the feeds'; `called` gives the titles of feeds that were read.

    Nothing is said before any feed was read: its title is what summaries are found by.
    """
    if not called:
        return
    aliases = [alias for feed in config.feeds for alias in feed.aliases]
    claimed = {show_key(name) for name in (*called.values(), *aliases)}
    folders = {folder for feed in config.feeds for folder in feed.summaries}
    unread = len(config.feeds) - len(called)
    so_far = f" ({counted(unread, 'feed')} not read yet)" if unread else ""
    shows = ((show, count, path) for show, count, path in store.shows(folders) if show and show not in claimed)
    for _, count, path in islice(shows, _TOLD):
        many = f"{counted(count, 'summary')} name{'s' if count == 1 else ''}"
        yield f"{path}: {many} the show “{_name(store, path)}”, and no feed is called so{so_far}; see `aliases`"
    if more := sum(1 for _ in shows):
        yield f"{counted(more, 'further show')} that no feed is called by"


def _name(store: Store, path: str) -> str:
    """Give the show's name as a summary has it."""
    with suppress(SummaryError):
        return one_line(load(store.document_of(path)).podcast or "")
    return ""
