"""The real world, as one feed's run sees it: the network, the store, the output folder."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from enricher.errors import FeedError, HeldError, Problem, PublishError, SummaryError
from enricher.feed.sanity import Hold, identities, judge
from enricher.http.attachments import Attachments
from enricher.http.calls import Call, Errand, digest_of
from enricher.http.fetcher import Visitor
from enricher.http.schedule import Hints, hints_of
from enricher.importer import show_key, stored_summary
from enricher.model.feed import Document
from enricher.publish import changes, publish
from enricher.settled import Settled, inputs_of, looks_of, summed_up
from enricher.store.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from enricher.config import Config
    from enricher.http.asking import Asker
    from enricher.model.edition import Report
    from enricher.model.feed import Feed, FeedConfig
    from enricher.model.summary import StoredSummary
    from enricher.pipeline import Edition
    from enricher.store.store import Store

_FRESH_SECONDS = 86_400.0
_GOOD = {"published", "unchanged"}
_OF_EVERY_ITEM = {"item/1", "episode/1"}
"""What is remembered of all items of a feed's page at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to make one feed's edition."""

    feed: FeedConfig
    now: float
    errand: Errand
    state: dict[str, Any]
    document: Document | None
    """What was fetched; None where the stored copy stands."""
    asked: bool
    """Whether the server was asked, so that it may be asked for the other pages too."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a worker did, and what is to be noted of it."""

    report: Report
    state: dict[str, Any]
    hints: Hints
    contents: str
    doubted: str | None
    bug: str = ""
    """The traceback of a bug of ours."""


class World:
    """`Doors` of pipeline.py for one feed of one run; `now` is in epoch seconds, `jitter` gives 0 to 1.

    The source may be asked for in one process and made into an edition in another: `job` and `made` carry over what
    is known.
    """

    def __init__(  # noqa: PLR0913 what a run has, and chance
        self,
        config: Config,
        feed: FeedConfig,
        store: Store,
        fetcher: Asker,
        now: float,
        errand: Errand,
        *,
        jitter: Callable[[], float] = random.random,
        job: Job | None = None,
    ) -> None:
        self._config, self._feed, self._store = config, feed, store
        self._now, self._errand = now, errand
        self._state: dict[str, Any] = store.state(feed.name) if job is None else job.state
        visitor = Visitor(store, fetcher, now, jitter)
        self._call = Call(config, feed, store, visitor, now, errand)
        self._attachments = Attachments(store, visitor, now, force=errand.force, dry=errand.dry)
        self._hints = Hints()
        self._contents = ""
        self._doubted: str | None = None
        self._pages: dict[str, int] = {}
        self.edition: Edition | None = None
        if job is not None:
            self._call.take(job.document, asked=job.asked)

    @property
    def feed(self) -> FeedConfig:
        """The feed itself."""
        return self._feed

    @property
    def notes(self) -> tuple[str, ...]:
        """What is good to know and no trouble."""
        return tuple(self._call.notes)

    @property
    def success_at(self) -> float | None:
        """When the feed was last published or found unchanged, in epoch seconds."""
        at: float | None = self._state.get("success_at")
        return at

    # One process asks, another makes

    def job(self) -> Job:
        """Ask for the source, and give what a worker needs to make an edition of it. Raises FeedError."""
        got = self._call.consult(self._feed.url)
        document = got if isinstance(got, Document) else None
        return Job(self._feed, self._now, self._errand, self._state, document, self._call.visit.asked)

    def made(self, report: Report, bug: str = "") -> Made:
        """Give what was done, and what is to be noted of it."""
        return Made(report, self._state, self._hints, self._contents, self._doubted, bug)

    def absorb(self, made: Made) -> None:
        """Take note of what a worker did."""
        self._state, self._hints = made.state, made.hints
        self._contents, self._doubted = made.contents, made.doubted

    # Nothing changed

    def settled(self) -> Report | None:
        """Give the report of the edition that stands where nothing that it was made of has changed, else None.

        Raises FeedError where the source cannot be had.
        """
        known = Settled.from_json(self._state.get("settled"))
        if known is None or self._errand.force or self._errand.accept:
            return None
        # What was noted for longer than that was noted before the clock was set back.
        if not known.until - _FRESH_SECONDS <= self._now < known.until:
            return None
        if known.inputs != self._inputs(known.title) or not known.stands(self._config.output):
            return None
        got = self._call.consult(self._feed.url)
        if digest_of(got) != known.source:
            return None
        if isinstance(got, Document) and self._feed.is_web and not self._errand.dry:
            self._store.renew(self._feed.url, got, self._now)
        self._state.pop("hold", None)
        self._hints = Hints(**self._state.get("hints", {}))
        self._contents = self._state.get("contents", "")
        return known.told(self._feed.name)

    def _inputs(self, title: str) -> str:
        summaries = self._store.summaries_digest(self._shows(title), self._feed.summaries)
        return inputs_of(self._feed, self._config.reserved, summaries)

    def settle(self, report: Report) -> None:
        """Remember what the edition was made of. A feed of several pages is made anew by every run."""
        self._state.pop("settled", None)
        edition = self.edition
        if edition is None or self._errand.dry or len(self._call.got) != 1 or report.outcome not in _GOOD:
            return
        files = looks_of(self._config.output, [artifact.path for artifact in edition.artifacts])
        if files is not None:
            title = edition.source.title
            source = digest_of(self._call.got[self._feed.url])
            told = summed_up(report, edition.news)
            known = Settled(self._inputs(title), source, title, self._attachments.until, files, told)
            self._state["settled"] = known.as_json()

    # Doors

    def remember(self, kind: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]], /) -> list[Any]:
        """Give remembered results of this very code."""
        code = f"{kind} {fingerprint()}"
        if kind not in _OF_EVERY_ITEM:
            return self._store.remember(code, keys, make)
        page = self._pages.get(kind, 0)
        self._pages[kind] = page + 1
        return self._store.remember_together(code, f"{self._feed.name}/{page}", keys, make)

    def fetch(self, url: str) -> Document:
        """Fetch the feed or one of its pages; the stored copy where it still stands or the feed is not due."""
        got = self._call.consult(url)
        return got if isinstance(got, Document) else got.document

    def attachment(self, url: str) -> Document:
        """Fetch a transcript or chapters file at most once a day; the last good copy where the host is down."""
        return self._attachments.fetch(url)

    def believe(self, source: Feed) -> None:
        """Raise HeldError where most of the known items are gone; remember how often the source says so."""
        self._hints = hints_of(source.root)
        self._contents = source.digest
        hold = Hold(**self._state["hold"]) if self._state.get("hold") else None
        whole = self._state.get("rebuilt") is False
        verdict = judge(source, self._known(), hold, self._now, accept=self._errand.accept, whole=whole)
        if verdict.hold is not None:
            self._state["hold"] = {
                "digest": verdict.hold.digest,
                "count": verdict.hold.count,
                "since": verdict.hold.since,
            }
        else:
            self._state.pop("hold", None)
        if verdict.reason:
            self._doubted = f"{verdict.reason}, or say: enricher run --accept {self._feed.name}"
            raise HeldError(self._doubted)

    def _known(self) -> Collection[str]:
        """Give the last edition's items; where the database was lost, the edition itself still knows them."""
        if "known" in self._state:
            return tuple(self._state["known"])
        from enricher.feed.parse import parse  # noqa: PLC0415 most runs read no feed here

        try:
            body = (self._config.output / f"{self._feed.file_name}.xml").read_bytes()
            return identities(parse(Document(self._feed.url, body), ours=True))
        except (OSError, FeedError):
            return ()

    def summaries(self, source: Feed) -> Sequence[StoredSummary]:
        """Give the summaries that name this show or none, and those of its own folders."""
        rows = self._store.summary_rows(self._shows(source.title), self._feed.summaries)
        return [self._stored(row) for row in rows]

    def _stored(self, row: Any) -> StoredSummary:  # noqa: ANN401 a row has the columns of schema.SUMMARIES
        try:
            return stored_summary(row)
        except SummaryError:
            # Were it removed, the other feeds of this run would go without it.
            self._store.doubt_summary(row.path)
            advice = "the next run reads it anew" if row.folder else "import it again"
            raise HeldError(f"{row.path}: its stored copy is damaged; {advice}") from None

    def _shows(self, title: str) -> list[str]:
        return sorted({"", *(show_key(name) for name in (title, *self._feed.aliases))})

    def reserved(self) -> Collection[str]:
        """Give the folders whose summaries belong to one show alone, this one's included."""
        return self._config.reserved

    def chapters_before(self) -> Mapping[str, int]:
        """Give how many chapters each item had in the edition that stands."""
        return dict(self._state.get("chapters", {}))

    def publish(self, edition: Edition) -> tuple[str, ...]:
        """Write what differs; then, and only then, keep the sources as the last good ones."""
        self.edition = edition
        try:
            if self._errand.dry:
                return self._shown(changes(self._config.output, edition.artifacts))
            written = publish(self._config.output, edition.artifacts, self._now)
        except PublishError as error:
            raise PublishError(*self._shown([str(error)])) from error.__cause__
        for url, document in self._call.fresh.items():
            self._store.keep(url, document, self._now)
        source = edition.source
        self._state |= {"known": list(identities(source)), "title": source.title, "rebuilt": source.rebuilt}
        listed = (one for one in edition.enriched if one.chapters.chapters)
        self._state["chapters"] = {one.item.key: len(one.chapters.chapters) for one in listed}
        return self._shown(written)

    def _shown(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Leave out of paths what makes a private feed's name unguessable: who reads a report may not hear the show."""
        token = self._feed.token
        return tuple(text.replace(token, "…") if token else text for text in texts)

    def leftover(self) -> Problem | None:
        """Tell of the edition that a private feed had under a name that can be guessed."""
        path = self._config.output / f"{self._feed.name}.xml"
        if self._feed.private and path.is_file():
            return Problem(f"{path}: is from before the feed was private, and public still; delete it and its folder")
        return None

    def published(self) -> bool:
        """Tell whether an earlier edition stands."""
        return (self._config.output / f"{self._feed.file_name}.xml").is_file()

    def note(self, outcome: str, error: str | None) -> None:
        """Note how the run ended, for the next one and for `enricher status`."""
        if outcome in _GOOD:
            self._call.visit.succeeded(self._hints, changed=self._contents != self._state.get("contents"))
            self._state |= {"success_at": self._now, "contents": self._contents, "hints": asdict(self._hints)}
        elif self._doubted:
            self._call.visit.unbelieved(self._hints, self._doubted)
        elif not self._contents:
            # What fails after the source was believed is no fault of its server: the next run may ask again.
            self._call.visit.failed(error or "")
        self._call.visit.save()
        next_at = None if not self._feed.is_web or self._call.visit.visit.gone else self._call.visit.due_at()
        self._state |= {"outcome": outcome, "error": error, "at": self._now, "next_at": next_at}
        self._store.set_state(self._feed.name, self._state)
