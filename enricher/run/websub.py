"""WebSub: the hub that a feed names is told of each new edition, once its files stand (contract C54).

https://www.w3.org/TR/websub/#publishing leaves open how. Hubs take what PubSubHubbub had, a form that says publish and
the feed's address, as `hub.url` (Google's, Superfeedr) or `hub.topic` (websubhub.com): both are sent.
"""

from __future__ import annotations

import dataclasses
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from enricher.errors import FetchError
from enricher.http.client import AnswerError, WaitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from enricher.http.client import Client
    from enricher.http.host_limits import Hosts
    from enricher.model.feed import FeedConfig
    from enricher.pipeline.republish import Result

_SECONDS = 5.0
"""Less than the grace that a run has to its end, so that a hub which hangs costs no state."""


class Hubs:
    """The hubs that a share's feeds name. `idle` is entered while one is waited for."""

    def __init__(self, client: Client, hosts: Hosts, idle: Callable[[], AbstractContextManager[object]]) -> None:
        self._client, self._hosts, self._idle = client, hosts, idle
        self._down: dict[str, str] = {}
        """Hubs that did not answer, and why: none of them is waited for twice in a run."""

    def tell(self, feed: FeedConfig, result: Result, now: float) -> Result:
        """Notify the feed's hub of an edition that it was not told of yet; what goes wrong is a note.

        A hub that could not be told, or a run that was killed after it published, is made up for by the next run. A
        private feed is told to no hub: its address is its secret.
        """
        if feed.hub is None or feed.private or result.report.outcome not in {"published", "unchanged"}:
            return result
        state, edition = result.state, _edition(feed, result)
        if edition and edition != state.hub_told:
            try:
                form = {"hub.mode": "publish", "hub.url": feed.public_url, "hub.topic": feed.public_url}
                with self._idle():
                    self._client.post(feed.hub, form, seconds=_SECONDS, turn=self._turn(feed.hub, now))
                state = replace(state, hub_told=edition)
            except FetchError as error:
                said = str(error).removesuffix("; tried again later")
                notes = (*result.report.notes, f"its hub was not told, the next run tries again: {said}")
                result = dataclasses.replace(result, report=dataclasses.replace(result.report, notes=notes))
        return dataclasses.replace(result, state=replace(state, edition=edition))

    def _turn(self, hub: str, now: float) -> Callable[[str], AbstractContextManager[None]]:
        @contextmanager
        def turn(host: str) -> Iterator[None]:
            with self._hosts.request(host, now):
                if hub in self._down:
                    raise FetchError(self._down[hub])
                try:
                    yield
                except (AnswerError, WaitError):
                    raise
                except FetchError as error:
                    self._down[hub] = str(error)
                    raise

        return turn


def _edition(feed: FeedConfig, result: Result) -> str:
    """Return the digest of the edition that stands: of the one that was made, else the one before."""
    if result.edition is None:
        return result.state.edition
    (body,) = (one.body for one in result.edition.artifacts if one.path == f"{feed.file_name}.xml")
    return hashlib.sha256(body + (feed.hub or "").encode()).hexdigest()[:32]
