"""WebSub: a hub of the tests is told exactly once of each new edition, and of nothing else (contract C54)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.answers import GOOD, NEW, feed
from tests.loopback import Loopback
from tests.workshop import BASE, Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path


class Hubbed:
    """Three feeds of a server that name a hub."""

    def __init__(self, folder: Path, server: Loopback) -> None:
        self.server, self.shop = server, Workshop(folder)
        self.shop.settings |= {"allow_private": [server.host], "min_interval": 0}
        self.shop.defaults["hub"] = server.url("/hub")
        for name in ("a", "b", "c"):
            server.pages[f"/{name}.xml"] = GOOD
            self.shop.add_feed(name, server.url(f"/{name}.xml"))

    def told(self, *arguments: str) -> list[str]:
        """Do a run; return the names of the feeds that the hub was told of."""
        self.server.posted.clear()
        self.run = self.shop.run(*arguments)
        assert self.run["exit"] == 0
        for path, form in self.server.posted:
            assert path == "/hub"
            assert form == {"hub.mode": "publish", "hub.url": form["hub.url"], "hub.topic": form["hub.url"]}
        return sorted(form["hub.url"].removeprefix(f"{BASE}/") for _, form in self.server.posted)

    def notes(self, name: str) -> list[str]:
        """Return what the last run noted of a feed."""
        found: list[str] = self.run[name].get("notes", [])
        return found


@pytest.fixture
def hubbed(tmp_path: Path) -> Iterator[Hubbed]:
    """Serve the feeds and the hub."""
    with Loopback() as server:
        yield Hubbed(tmp_path, server)


def test_a_hub_is_told_once_of_each_new_edition(hubbed: Hubbed) -> None:
    """Never of an unchanged one, nor of what a dry run would write, whatever made the edition new."""
    assert hubbed.told("--dry-run") == []
    assert hubbed.told() == ["a.xml", "b.xml", "c.xml"]
    assert hubbed.told() == []
    assert hubbed.told("--force") == []
    hubbed.server.pages["/b.xml"] = NEW
    assert hubbed.told("--dry-run") == []
    assert hubbed.told() == ["b.xml"]
    hubbed.shop.add_summary("one.json", {"title": "x", "guid": "show-1", "abstract": "A.", "podcast": "The Show"})
    hubbed.server.pages["/c.xml"] = feed(4, 3, 2, 1, title="Another Show")
    assert hubbed.told() == ["a.xml", "b.xml", "c.xml"]
    assert hubbed.told() == []


def test_a_hub_is_told_when_the_files_stand(hubbed: Hubbed) -> None:
    """Whoever comes because of the hub finds the new edition."""
    seen: list[bool] = []
    take = hubbed.server.take

    def look(request: BaseHTTPRequestHandler) -> None:
        seen.append((hubbed.shop.output / "a.xml").is_file())
        take(request)

    hubbed.server.take = look  # type: ignore[method-assign]
    del hubbed.shop.feeds[1:]
    assert hubbed.told() == ["a.xml"]
    assert seen == [True]


@pytest.mark.parametrize("status", [500, 404, 301])
def test_a_hub_that_fails_costs_nothing(hubbed: Hubbed, status: int) -> None:
    """It is a note of each feed; they are published, and the next run makes up for it though nothing has changed."""
    hubbed.server.posted_status = status
    assert hubbed.told() == ["a.xml", "b.xml", "c.xml"]
    assert {hubbed.run[name]["outcome"] for name in "abc"} == {"published"}
    assert (hubbed.run["a"]["problems"], hubbed.run["stderr"]) == ([], "")
    (note,) = hubbed.notes("a")
    assert f"its hub was not told, the next run tries again: {hubbed.server.url('/hub')}: the server answered" in note
    hubbed.server.posted_status = 202
    assert hubbed.told() == ["a.xml", "b.xml", "c.xml"]
    assert {hubbed.run[name]["outcome"] for name in "abc"} == {"unchanged"}
    assert hubbed.told() == []


def test_a_hub_that_hangs_is_waited_for_once(hubbed: Hubbed) -> None:
    """The feeds after the first one do not ask it in this run."""
    hubbed.server.posted_status = None
    assert len(hubbed.told()) == 1
    for name in "abc":
        assert any("took longer than" in note for note in hubbed.notes(name))
    hubbed.server.posted_status = 204
    assert hubbed.told() == ["a.xml", "b.xml", "c.xml"]


def test_a_retry_after_of_the_hub_is_heard(tmp_path: Path) -> None:
    """By every feed, in this run and the next."""
    with Loopback() as server, Loopback() as hub:
        hubbed = Hubbed(tmp_path, server)
        hubbed.shop.settings["allow_private"] = [server.host, hub.host]
        # The same host by another name, so that its wait is not that of the feeds.
        hubbed.shop.settings["allow_private"] += [hub.host.replace("127.0.0.1", "localhost")]
        hubbed.shop.defaults["hub"] = hub.url("/hub").replace("127.0.0.1", "localhost")
        hub.posted_status, hub.retry_after = 503, "600"
        hubbed.told()
        assert len(hub.posted) == 1
        assert any("localhost is rate-limited by the server" in note for note in hubbed.notes("c"))
        hubbed.told()
        assert len(hub.posted) == 1


def test_a_run_that_was_killed_is_made_up_for(hubbed: Hubbed) -> None:
    """Where the files stand and nothing is stored of them, the next run publishes nothing and tells the hub."""
    assert hubbed.told() == ["a.xml", "b.xml", "c.xml"]
    for path in hubbed.shop.folder.glob("enricher.db*"):
        path.unlink()
    assert hubbed.told() == ["a.xml", "b.xml", "c.xml"]
    assert {hubbed.run[name]["outcome"] for name in "abc"} == {"unchanged"}


def test_no_hub_hears_of_a_private_feed(hubbed: Hubbed) -> None:
    """Its address is its secret: it names no hub either, which apps would tell."""
    url = hubbed.server.url("/a.xml?auth=sw0rdf1shyQ")
    hubbed.shop.feeds[0] = {"name": "a", "url": url, "private": True}
    assert hubbed.told() == ["b.xml", "c.xml"]
    (path,) = hubbed.shop.output.glob("a-*.xml")
    assert b"/hub" not in path.read_bytes()
    assert b"/hub" in (hubbed.shop.output / "b.xml").read_bytes()


def test_no_hub_is_reached_in_a_private_network(hubbed: Hubbed) -> None:
    """As no feed is."""
    hubbed.shop.feeds = [{"name": "a", "url": "a.xml"}]
    (hubbed.shop.folder / "a.xml").write_bytes(GOOD)
    del hubbed.shop.settings["allow_private"]
    assert hubbed.told() == []
    assert any("leads into a private network" in note for note in hubbed.notes("a"))
