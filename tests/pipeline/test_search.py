"""The index of the search: made where a page changed, of the pages that there are, and of no account where it fails."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from enricher.model.edition import File
from enricher.model.state import FeedSite
from enricher.pipeline import search
from enricher.pipeline.search import SearchError, index_of, inputs_of
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher
from tests.pipeline.test_pages import Shop

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
needs_pagefind = pytest.mark.skipif(not search.version(), reason="pagefind_bin is not installed")


def page(number: int, words: str = "") -> bytes:
    """Write a page."""
    return f'<html lang="en"><main data-pagefind-body><h1>Bees {number}</h1><p>word{number} {words}</main>'.encode()


def make(output: Path, bodies: dict[str, bytes], known: FeedSite = FeedSite()) -> tuple[File, ...]:
    """Publish pages and their index; give the index's files."""
    publisher = Publisher(Folder(output))
    with publisher.staging({}) as staging:
        pages = [staging.add(f"show/{name}-0123456789ab.html", body) for name, body in bodies.items()]
        files = index_of("show", pages, known, staging)
        publisher.publish([], NOW, staging, [file.path for file in (*pages, *files)])
    return files


@needs_pagefind
def test_the_same_pages_make_the_same_index(tmp_path: Path) -> None:
    """In whatever order they come, to the byte; the entry is written last, and nothing of it is left beside."""
    bodies = {f"n{i}": page(i, f"common {'x' * (i % 7)}") for i in range(60)}
    found = [make(tmp_path / str(i), dict(some)) for i, some in enumerate((bodies.items(), reversed(bodies.items())))]
    assert found[0] == found[1]
    names = {file.path.removeprefix("show/search/") for file in found[0]}
    assert {"pagefind.js", "pagefind-entry.json", "pagefind-worker.js"} < names
    assert sum(name.startswith("fragment/") for name in names) == 60
    assert not [name for name in names if "ui" in name]
    assert not list(tmp_path.rglob(".enricher-*"))


@needs_pagefind
def test_an_index_is_made_where_a_page_changed(tmp_path: Path) -> None:
    """Or where a file of it is gone; else what stands is kept without a look into it."""
    shop = Shop(tmp_path)
    shop.run()
    folder = shop.output / "a" / "search"
    entry = folder / "pagefind-entry.json"
    before = entry.read_bytes()
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    shop.titles[5] = "Episode 5 has no summary"
    shop.run()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == times
    shop.summarise(1, abstract="Of hornets.")
    shop.run()
    assert entry.read_bytes() != before
    (lost,) = list((folder / "index").iterdir())[:1]
    lost.unlink()
    shop.run()
    assert lost.is_file()
    assert 'data-index="search/pagefind.js"' in (shop.output / "a" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("#!/bin/sh\necho 'no room' >&2\nexit 3\n", "no room"),
        ("#!/bin/sh\nexit 0\n", "it ended with 0"),
        ("#!/bin/sh\nexec sleep 60\n", "timed out"),
        ("no program", "Exec format error"),
    ],
)
def test_an_index_that_cannot_be_made_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    """It is a note; the page of the show filters titles, and the next change tries again."""
    fake = tmp_path / "pagefind"
    fake.write_text(program, "utf-8")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(search, "executable", lambda: fake)
    monkeypatch.setattr(search, "version", lambda: "1")
    monkeypatch.setattr("enricher.pipeline.edition.version", lambda: "1")
    monkeypatch.setattr(search, "SECONDS", 0.5)
    shop = Shop(tmp_path)
    (report,) = shop.run().reports
    assert (report.outcome, report.error, report.problems) == ("published", None, ())
    (note,) = report.notes
    assert note.startswith("its pages cannot be searched, the page of the show filters titles instead: ")
    assert said in note
    assert "data-index" not in (shop.output / "a" / "index.html").read_text("utf-8")
    assert not list(shop.output.rglob(".enricher-*"))


def test_without_pagefind_titles_are_filtered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is said of it."""
    monkeypatch.setattr("enricher.pipeline.edition.version", lambda: "")
    shop = Shop(tmp_path)
    (report,) = shop.run().reports
    assert (report.outcome, report.notes) == ("published", ())
    assert not (shop.output / "a" / "search").exists()
    assert "data-index" not in (shop.output / "a" / "index.html").read_text("utf-8")


@needs_pagefind
def test_an_index_holds_the_pages_that_there_are(tmp_path: Path) -> None:
    """A page that stays for a while after its item went is not found any more."""
    known = FeedSite()
    first = make(tmp_path, {"a": page(1), "b": page(2)})
    os.utime(tmp_path / "show" / "b-0123456789ab.html", (NOW, NOW))
    second = make(tmp_path, {"a": page(1)}, known)
    count = [sum("/fragment/" in file.path for file in files) for files in (first, second)]
    assert count == [2, 1]


def test_inputs_are_the_pages_and_the_program() -> None:
    """In any order."""
    one, other = File("a", "1", 1), File("b", "2", 1)
    assert inputs_of([one, other]) == inputs_of([other, one]) != inputs_of([one])


def test_an_error_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is not there."""
    monkeypatch.setattr(search, "executable", lambda: tmp_path / "nothing")
    with pytest.raises(SearchError, match="No such file"):
        make(tmp_path, {"a": page(1)})
