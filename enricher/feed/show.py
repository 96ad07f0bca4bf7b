"""What a feed's channel says of the show, for the pages that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enricher.feed.xml import ITUNES, tag
from enricher.model.page import Show
from enricher.redaction import holds_hidden
from enricher.urls import is_web_address

if TYPE_CHECKING:
    from lxml import etree

    from enricher.model.feed import Feed, FeedConfig


def read_show(feed: Feed, config: FeedConfig) -> Show:
    """Read the channel; what holds a secret of the feed's address is left out, as in the channel itself (C49)."""
    channel = feed.root[0]
    covers = [one.get("href") for one in channel.iterchildren(tag(ITUNES, "image"))]
    covers += [_text(one, "url") for one in channel.iterchildren("image")]
    name = feed.title or config.name
    return Show(
        title=config.title.replace("{title}", name) if config.mode == "mirror" else name,
        feed_url=config.public_url,
        home=f"{config.base_url}/{config.file_name}/",
        language=_text(channel, "language"),
        cover=next((one for one in map(_harmless, covers) if one), None),
        link=_harmless(_text(channel, "link")),
        description="" if holds_hidden(found := _text(channel, "description")) else found,
        noindex=config.unlisted,
        listed=not config.private,
    )


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _harmless(url: str | None) -> str | None:
    url = (url or "").strip()
    return url if is_web_address(url) and not holds_hidden(url) else None
