"""What stands over all shows: the page that lists them, and the OPML file that any app imports."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enricher.errors import PublishError
from enricher.model.edition import Artifact
from enricher.model.page import ListedShow
from enricher.pipeline.unchanged import code_digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enricher.model.feed import FeedConfig
    from enricher.model.state import FeedState
    from enricher.pages.theme import Theme
    from enricher.pipeline.templates import Templates
    from enricher.publish.publisher import Publisher
    from enricher.store.store import Store

_SHOWN = 3
_INDEX, _OPML = "index.html", "feeds.opml"
_MADE, _WRITTEN = "site", "site index"
_NOTED = {_INDEX: _WRITTEN, _OPML: "site opml"}
"""Where the digest of each is noted, by which it is known as ours whatever a theme makes of it."""
_FOREIGN = "somebody else's"
_GENERATOR = re.compile(rb'<meta name="generator" content="enricher[^"]*">|<!-- generator: enricher -->')


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is published, and with what."""

    feeds: Sequence[FeedConfig]
    store: Store
    publisher: Publisher
    templates: Templates


def publish_site(site: Site, now: float, *, changed: bool) -> tuple[str, ...]:
    """Publish the list of all shows that have pages, private ones left out; return what was written.

    Unless a feed `changed` in this run, the configuration did, or a file is missing, nothing is looked at: the states
    of thousands of feeds would be read for nothing. Raises PublishError, ConfigError, StoreError.
    """
    meta, publisher, inputs = site.store.meta, site.publisher, _inputs(site)
    if (
        not changed
        and meta.get(_MADE) == inputs
        and (not meta.get(_WRITTEN) or all(map(publisher.has, (_INDEX, _OPML))))
    ):
        return ()
    states, standing = _states(site), publisher.read(_INDEX)
    unknown = [one for one in _listed(site) if states[one.name].success_at is None and _stands(one, publisher)]
    if standing and unknown:  # the database was lost, and they would be left out of the list that stands
        names = ", ".join(one.name for one in unknown[:_SHOWN])
        why = f"the database knows nothing of {names}, whose pages are published and whose source cannot be had now"
        raise PublishError(f"stays as it is: {why}")
    meta.put(_MADE, "")  # what fails now is done by the next run
    shows = _shows(site, states)
    written: tuple[str, ...] = ()
    if shows or standing is not None:
        files = [
            one
            for one in _files(shows, site.templates.theme())
            if one.path not in _NOTED or not _is_foreign(publisher, site.store, one.path)
        ]
        written = publisher.publish(files, now)
        digests = {one.path: hashlib.sha256(one.body).hexdigest() for one in files}
        for name, noted in _NOTED.items():
            meta.put(noted, digests.get(name, _FOREIGN))
    meta.put(_MADE, inputs)
    return written


def is_foreign_index(publisher: Publisher, store: Store) -> bool:
    """Check whether the page at the root of the output folder is somebody else's, which is never replaced."""
    return _is_foreign(publisher, store, _INDEX)


def _is_foreign(publisher: Publisher, store: Store, name: str) -> bool:
    body = publisher.read(name)
    if body is None or hashlib.sha256(body).hexdigest() == store.meta.get(_NOTED[name]):
        return False
    return not _GENERATOR.search(body)


def _inputs(site: Site) -> str:
    feeds = [(one.public_url, one.private, one.pages) for one in site.feeds]
    parts = (code_digest(), site.templates.digest(), feeds)
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _listed(site: Site) -> list[FeedConfig]:
    return [one for one in site.feeds if one.pages == "on" and not one.private]


def _stands(feed: FeedConfig, publisher: Publisher) -> bool:
    return publisher.has(f"{feed.file_name}/{_INDEX}")


def _states(site: Site) -> Mapping[str, FeedState]:
    names, store = [one.name for one in _listed(site)], site.store
    # What a dry run made is in memory alone; what other processes saved is in the database alone.
    return {name: store.feed_state(name) for name in names} if store.read_only else store.read_states(names)


def _shows(site: Site, states: Mapping[str, FeedState]) -> list[ListedShow]:
    return [
        ListedShow(found.show, feed.file_name, found.episodes)
        for feed in _listed(site)
        if (found := states[feed.name].site).show is not None and found.show.feed_url == feed.public_url
    ]


def _files(shows: Sequence[ListedShow], theme: Theme) -> list[Artifact]:
    from enricher.pages.shows import opml, site_page  # Jinja2, as in templates.py

    look = [Artifact(name, body) for name, body in theme.files]
    return [*look, Artifact(_INDEX, site_page(shows, theme)), Artifact(_OPML, opml(shows, theme))]
