"""What an object store has of its own: requests, headers, failures in the middle. test_publisher.py has the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from enricher.errors import PublishError
from enricher.model.edition import Artifact
from enricher.model.output import Bucket
from enricher.publish.media_types import A_MINUTE, FOR_GOOD, cache_control, media_type
from enricher.publish.outputs import publisher_of
from enricher.publish.staging import digest_of
from tests.corpus import ROOT, few_fast
from tests.object_store import BUCKET

if TYPE_CHECKING:
    from enricher.publish.publisher import Publisher
    from tests.object_store import StoreServer

FEED = Artifact("show.xml", b"<rss/>")
MANY = 30
CHAPTERS = [Artifact(f"show/chapters/{number:016x}.json", b"{%d}" % number) for number in range(MANY)]


def publisher(server: StoreServer, prefix: str = "") -> Publisher:
    """Make one that has seen nothing yet."""
    return publisher_of(Bucket("s3", BUCKET, prefix), server.settings)


def test_each_object_is_written_by_one_request(server: StoreServer) -> None:
    """And looked for by two lists; if the stamps fit, nothing is read."""
    one = publisher(server)
    one.publish([FEED, *CHAPTERS], time.time())
    assert server.counted() == {"PUT": MANY + 1, "LIST": 2}
    known = one.stamps({artifact.path: digest_of(artifact.body) for artifact in (FEED, *CHAPTERS)})
    assert known
    other = publisher(server)
    assert other.stand(known)
    assert other.publish([FEED, *CHAPTERS], time.time(), other.staging(known)) == ()
    assert server.counted() == {"LIST": 2}
    assert publisher(server).publish([FEED, *CHAPTERS], time.time()) == ()
    assert server.counted() == {"LIST": 2, "GET": MANY + 1}


def test_an_object_has_its_type(server: StoreServer) -> None:
    """And how long it may be kept."""
    publisher(server, "x").publish([FEED, CHAPTERS[0]], time.time())
    found = server.headers("x/show.xml")
    assert found == {"content-type": "application/rss+xml; charset=UTF-8", "cache-control": "public, max-age=60"}
    assert server.headers(f"x/{CHAPTERS[0].path}")["content-type"] == "application/json+chapters"


@pytest.mark.parametrize("after", few_fast([0, 20, 31, 1, 2, 5], 3))
def test_a_store_that_fails_in_the_middle_keeps_the_old_feed(server: StoreServer, after: int) -> None:
    """The error says what to do; the same publisher goes on once the store does."""
    publisher(server).publish([FEED], time.time())
    new = Artifact("show.xml", b"<rss>new</rss>")
    server.fails_after = after
    with pytest.raises(PublishError, match=rf"s3://{BUCKET}: cannot be .*: it answers 503 SlowDown, again and again"):
        publisher(server).publish([new, *CHAPTERS], time.time())
    server.fails_after = None
    assert server.objects()["show.xml"] == FEED.body
    assert set(publisher(server).publish([new, *CHAPTERS], time.time())) >= {"show.xml"}
    assert server.objects() == {one.path: one.body for one in (new, *CHAPTERS)}


def test_a_store_that_is_down_is_not_waited_for_by_every_feed(server: StoreServer) -> None:
    """After one has waited, the next ones fail at once."""
    server.fails_after = 0
    one = publisher(server)
    for _ in range(3):
        with pytest.raises(PublishError, match="503"):
            one.has("show.xml")
        asked = server.counted()
    assert asked == {}


def test_a_waiting_file_is_not_left_over(server: StoreServer) -> None:
    """What a killed run left of this store's on the disk is deleted by the next one."""
    one = publisher(server, "mine")
    with one.staging({}) as staging:
        staging.add("show/bees-0123456789ab.html", b"page")
        waiting = staging.waiting("show/bees-0123456789ab.html")
        publisher(server, "other").clean_up()
        assert waiting.exists()
        publisher(server, "mine").clean_up()
        assert not waiting.parent.exists()


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("show.xml", "application/rss+xml; charset=UTF-8", A_MINUTE),
        ("show/chapters/0123456789abcdef.json", "application/json+chapters", FOR_GOOD),
        ("show/transcripts/0123456789abcdef.vtt", "text/vtt; charset=UTF-8", FOR_GOOD),
        ("show/bees-0123456789ab.html", "text/html; charset=UTF-8", A_MINUTE),
        ("style-0123456789ab.css", "text/css; charset=UTF-8", FOR_GOOD),
        ("page-0123456789ab.js", "text/javascript; charset=UTF-8", FOR_GOOD),
        ("show/search/pagefind.js", "text/javascript; charset=UTF-8", A_MINUTE),
        ("show/search/pagefind-entry.json", "application/json", A_MINUTE),
        ("show/search/wasm.en.pagefind", "application/octet-stream", A_MINUTE),
        ("feeds.opml", "text/x-opml; charset=UTF-8", A_MINUTE),
    ],
)
def test_types_and_caches(path: str, kind: str, cache: str) -> None:
    """One table, which the web servers' configurations have too."""
    assert (media_type(path), cache_control(path)) == (kind, cache)
    for name in ("nginx.conf", "Caddyfile"):
        text = (ROOT / "deploy" / name).read_text("utf-8")
        assert cache in text
        by_hand = ("text/html", "text/css", "text/javascript", "application/json", "application/octet-stream")
        assert kind.partition(";")[0] in text or (name == "Caddyfile" and kind.startswith(by_hand))
