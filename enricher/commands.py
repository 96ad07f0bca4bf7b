"""What the commands beside `run` do: import, explain, check, status."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from enricher.errors import EnricherError, FeedError, LockedError, PublishError, SummaryError, UsageError
from enricher.http.client import Client, read_file
from enricher.importer.companions import look_at
from enricher.importer.sync import Imported, Shelved, import_paths, sync
from enricher.matching.shows import show_key
from enricher.model.summary import parts
from enricher.pipeline.republish import republish
from enricher.pipeline.site import is_foreign_index
from enricher.pipeline.templates import Templates
from enricher.publish.outputs import publisher_of
from enricher.report import LastOutcome, explain, explain_unused
from enricher.run.run import choose, folders
from enricher.run.run_lock import locked
from enricher.run.share import client_settings, dry_tools
from enricher.store.store import Store
from enricher.summaries.json_form import dump, load
from enricher.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from enricher.config import Config
    from enricher.importer.companions import Look
    from enricher.model.summary import Summary

_SHOWS_TOLD = 10


# import


def import_documents(config: Config | None, paths: Sequence[Path]) -> Iterator[Imported]:
    """Read documents into the store, or without a configuration nowhere; yield what became of each."""
    if config is None:
        yield from import_paths(None, paths)
        return
    with locked(config), Store.open(config.database) as store:
        yield from import_paths(store, paths)


def describe(one: Imported) -> Iterator[str]:
    """Return what a person should know of a document that was imported, the rest indented below the first line."""
    if one.summary is None:
        yield f"{one.path}: {one.error or one.note}"
        return
    yield f"{one.path}: “{one.summary.title}” ({_contents(one.summary)})" + (f"; {one.note}" if one.note else "")
    yield from (f"  left out: {what}" for what in one.left_out)


def import_to_json(one: Imported) -> dict[str, Any]:
    """Return the object that `import --json` prints of a document; `problems` only where there are any."""
    summary = json.loads(dump(one.summary)) if one.summary else None
    said = {"path": str(one.path), "summary": summary, "left_out": list(one.left_out), "error": one.error}
    return said | ({"problems": [one.note]} if one.note else {})


def _contents(summary: Summary) -> str:
    """Return what a summary holds; what it has none of is left out."""
    every = list(parts(summary))
    topics = [part for part in every if part.kind == "topic"]
    timed = sum(part.start is not None for part in topics)
    counts = {
        "quote": sum(part.kind == "quote" for part in every),
        "clip": len(summary.clips),
        "question": len(summary.questions),
        "related episode": len(summary.related),
    }
    said = ["an abstract"] if summary.abstract else []
    if topics:
        said.append(counted(len(topics), "topic") + (f", {timed} with a time" if timed else ""))
    said += [counted(count, what) for what, count in counts.items() if count]
    return ", ".join(said) or "nothing but a title"


# explain


def explain_feed(config: Config, name: str, episode: str | None, *, unused: bool = False) -> Iterator[str]:
    """Return why each item of a feed has its summary or none, and where each time comes from; publishes nothing.

    `unused`: only of the summaries that have no item.
    """
    feed = choose(config, [name])[0]
    with Store.open(config.database, read_only=True) as store, Client(client_settings(config)) as client:
        yield from (f"problem: {problem}" for problem in sync(store, folders(config)).problems)
        result = republish(feed, dry_tools(config, store, client), time.time(), "stored", accept=True)
        if result.edition is None:
            raise EnricherError(f"{name}: {result.report.error}")
        matching = result.edition.matching
        lines = list(explain_unused(matching) if unused else explain(matching, result.edition.enriched, episode))
        if episode is not None and not (lines or unused):
            raise UsageError(f"no item of “{name}” has “{episode}” in its title, guid, link or audio address")
        yield from lines
        called = _titles(config, store) | {name: result.edition.source.title}
        yield from (f"unused: {line}" for line in (_unclaimed(config, store, called) if episode is None else ()))


# check


def check_all(config: Config, looks: list[Look]) -> Iterator[tuple[str, bool]]:
    """Try configuration, database, output folder and summaries; yield a line for each, and whether it is usable.

    What can be read of each transcript is added to `looks`.
    """
    yield f"configuration: {config.path}: {counted(len(config.feeds), 'feed')}", True
    for feed in config.feeds:
        try:
            _ = None if feed.is_web else read_file(feed.url, config.max_size)
        except FeedError as error:
            yield f"configuration: {feed.name}: {error}", False
    try:
        with Store.open(config.database, read_only=True) as store:
            with Store.open(config.database) as real:
                real.try_writing()
            yield "database: usable", True
            shelved = sync(store, folders(config))
            yield from _check_summaries(shelved, store)
            looks += map(look_at, shelved.transcripts)
            yield from ((f"transcripts: {look.path}: {look.error}", False) for look in looks if look.error)
            if readable := sum(look.error is None for look in looks):
                yield f"transcripts: {readable} can be read", True
            for line in _unclaimed(config, store, _titles(config, store)):
                yield f"summaries: {line}", True
            with suppress(PublishError):  # an object store that is down, as is said below
                yield from _check_editions(config, store)
                yield from _check_site(config, store)
            for one in _outcomes(config, store):
                yield from ((f"{one.name}: {problem}", True) for problem in one.problems)
    except EnricherError as error:
        yield f"database: {error}", False
    try:
        with locked(config):
            publisher_of(config.output, config.object_store).try_writing()
        yield f"output: {config.output}: can be written", True
    except LockedError:
        yield f"output: {config.output}: a run is under way", True
    except EnricherError as error:
        yield f"output: {error}", False
    if config.engine.kind == "dask":
        yield from _check_engine(config)


def _check_engine(config: Config) -> Iterator[tuple[str, bool]]:
    """Ask every worker of the cluster whether it has what shares need."""
    try:
        # Dask takes 0.7 s to load.
        from enricher.run.dask import cluster
        from enricher.run.dask_workers import look_at_workers

        with cluster(config) as client:
            yield f"engine: {counted(look_at_workers(client, config), 'Dask worker')}", True
    except EnricherError as error:
        yield from ((f"engine: {line}", False) for line in str(error).splitlines())


def _check_editions(config: Config, store: Store) -> Iterator[tuple[str, bool]]:
    """Find what stands of feeds that are configured no more."""
    publisher = publisher_of(config.output, config.object_store)
    for name in sorted(set(store.feed_names()) - {feed.name for feed in config.feeds}):
        if publisher.has(f"{name}.xml"):
            path = publisher.shown(f"{name}.xml")
            yield f"output: {path}: no feed has this name any more, and who subscribed to it hears nothing new", True


def _check_site(config: Config, store: Store) -> Iterator[tuple[str, bool]]:
    """Try the theme, and find the page of somebody else's in whose place the list of all shows would be."""
    try:
        _ = Templates(config.templates).theme() if config.templates else None
    except EnricherError as error:
        yield str(error), False
    publisher = publisher_of(config.output, config.object_store)
    if is_foreign_index(publisher, store):
        yield (
            f"output: {publisher.shown('index.html')}: is none of ours and stays; so there is no list of all shows",
            True,
        )


def _check_summaries(shelved: Shelved, store: Store) -> Iterator[tuple[str, bool]]:
    faults = [f"{path}: {fault}" for path, fault in store.summaries.faults()]
    yield from ((f"summaries: {problem}", False) for problem in shelved.problems if str(problem) not in faults)
    yield from ((f"summaries: {fault}", True) for fault in faults)
    yield f"summaries: {store.summaries.count()} can be read", True
    yield from ((f"summaries: {path}: {why}", True) for path, why in shelved.idle)


def _titles(config: Config, store: Store) -> dict[str, str]:
    """Return what each configured feed is called in its source, by name; not of feeds that were never read."""
    states = store.read_states([feed.name for feed in config.feeds])
    return {name: state.title for name, state in states.items() if state.title is not None}


def _unclaimed(config: Config, store: Store, called: Mapping[str, str]) -> Iterator[str]:
    """Return which shows summaries name that no feed is called by: such summaries are candidates for no item.

    `called` has the titles of feeds that were read. Nothing is said before any feed was: by its title its summaries
    are found.
    """
    if not called:
        return
    aliases = [alias for feed in config.feeds for alias in feed.aliases]
    claimed = {show_key(name) for name in (*called.values(), *aliases)}
    own_folders = {folder for feed in config.feeds for folder in feed.summaries}
    unread = len(config.feeds) - len(called)
    so_far = f" ({counted(unread, 'feed')} not read yet)" if unread else ""
    shows = (row for row in store.summaries.shows(own_folders) if row[0] and row[0] not in claimed)
    for _, count, path in islice(shows, _SHOWS_TOLD):
        many = f"{counted(count, 'summary')} name{'s' if count == 1 else ''}"
        name = ""
        with suppress(SummaryError):
            name = one_line(load(store.summaries.document(path)).podcast or "")
        yield f"{path}: {many} the show “{name}”, and no feed is called so{so_far}; see `aliases`"
    if more := sum(1 for _ in shows):
        yield f"{counted(more, 'further show')} that no feed is called by"


# status


def last_outcomes(config: Config) -> tuple[list[LastOutcome], list[str]]:
    """Return the last outcome of every configured feed, and what the last run told of the summaries."""
    with Store.open(config.database, read_only=True) as store:
        return _outcomes(config, store), store.summaries.told()


def _outcomes(config: Config, store: Store) -> list[LastOutcome]:
    states = store.read_states([feed.name for feed in config.feeds])
    return [
        LastOutcome(name, one.outcome or "never run", one.error, one.at, one.success_at, one.next_at, one.told)
        for name, one in states.items()
    ]
