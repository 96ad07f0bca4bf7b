"""The finished feed: what is added, and that everything else stands where it stood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from enricher.errors import LossError
from enricher.feed.verify import verify
from enricher.model.edition import Artifact
from tests.edition import MIRROR, make

if TYPE_CHECKING:
    from enricher.model.feed import FeedConfig

SOURCE = b"""<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="style.xsl"?>
<!-- published by Ann --><!-- made on Thu, 31 Jan 2019 23:58:21 GMT --><!-- and Lee --><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
<channel><title>S</title><description>d</description>
<item><title>a</title><guid>1</guid></item> <!-- between --> <itunes:author>Ann</itunes:author>
<item><title>b</title></item><?between?>
<item><title>c</title><guid>3</guid></item><itunes:owner><itunes:name>Ann</itunes:name></itunes:owner><!-- end -->
</channel></rss><!-- cached at noon -->"""
SUMMARIES = {0: {"title": "a", "abstract": "On bees."}}
OWN = replace(MIRROR, mode="own")


def order(body: bytes) -> list[str]:
    """Write a channel down as the names of its children; comments and instructions as they stand."""
    nodes = etree.fromstring(body).iter("{*}channel")
    return [
        etree.QName(node).localname if isinstance(node.tag, str) else etree.tostring(node, with_tail=False).decode()
        for node in next(nodes)
    ]


@pytest.mark.parametrize("config", [MIRROR, OWN], ids=["mirror", "own"])
def test_channel_elements_stay_among_the_items_as_they_stood(config: FeedConfig) -> None:
    """Contract C10: before, between and behind the items, comments too; what is ours comes before the first item."""
    snapshot, artifacts = make(SOURCE, SUMMARIES, config)
    verify(snapshot, artifacts, config)
    found = order(artifacts[-1].body)
    first = found.index("item")
    assert found[first:] == [
        "item", "<!-- between -->", "author", "item", "<?between?>", "item", "owner", "<!-- end -->"
    ]  # fmt: skip
    assert {"title", "description", "generator", "link"} <= set(found[:first])


def test_comments_before_the_feed_stay_and_a_stylesheet_does_not() -> None:
    """The stylesheet is made for the publisher's host; behind the feed a cache writes when it was filled.

    Squarespace writes such a time before it: each fetch would make another edition.
    """
    _, artifacts = make(SOURCE, SUMMARIES)
    head, _, rest = artifacts[-1].body.partition(b"<rss")
    assert head.split(b"\n", 1)[1].replace(b"\n", b"") == b"<!-- published by Ann --><!-- and Lee -->"
    assert b"stylesheet" not in artifacts[-1].body
    assert rest.endswith(b"</rss>")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<itunes:author>Ann</itunes:author>\n<item>", "<item>"),
        ("<!-- between -->", ""),
        ("<!-- end -->", "<!-- ends -->"),
        ("<?between?>", ""),
        ("<!-- published by Ann -->", ""),
        ("<!-- and Lee -->", "<!-- or Lee -->"),
    ],
)
def test_what_stood_among_the_items_or_before_the_feed_and_moved_is_refused(old: str, new: str) -> None:
    """The golden rule sees it, whatever generation does."""
    snapshot, artifacts = make(SOURCE, SUMMARIES, OWN)
    body = artifacts[-1].body.decode()
    assert old in body
    moved = body.replace(old, new).replace("</channel>", f"{old.removesuffix('<item>')}</channel>")
    for damaged in (body.replace(old, new), moved):
        with pytest.raises(LossError, match="would"):
            verify(snapshot, (*artifacts[:-1], Artifact(artifacts[-1].path, damaged.encode())), OWN)
