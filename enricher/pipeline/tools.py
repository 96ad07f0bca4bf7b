"""What feeds are republished with: a fetcher, a store and a publisher, the same for every feed of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from enricher.pipeline.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Callable

    from enricher.http.feed_fetcher import Fetcher
    from enricher.publish.publisher import Publisher
    from enricher.store.store import Store


@dataclass(frozen=True, slots=True)
class Tools:
    """What feeds are republished with."""

    fetcher: Fetcher
    store: Store
    publisher: Publisher
    reserved: frozenset[str] = frozenset()
    """The folders whose summaries belong to one show alone, whichever it is."""
    making: Callable[[str], None] = lambda _: None
    """Called with a feed's name before anything is made of it."""
    templates: Templates = Templates()
    """Where the pages' theme comes from."""
