"""feedgen extensions that move the publisher's own elements into the feed that feedgen builds.

Each puts a mark behind what it has filled, by which generate.py finds the places of the items that stay as they are.

feedgen alone cannot write them: it knows one enclosure, no podcast: or psc:, and rejects some explicit values.
https://feedgen.kiesow.be/extensions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedgen.ext.base import BaseEntryExtension, BaseExtension

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml import etree


class PublisherExtension(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """The channel: the publisher's nodes in place of feedgen's own, under the publisher's prefixes."""

    def __init__(self) -> None:
        self.names: Mapping[str, str] = {}
        self.mark = ""
        self.root: etree._Element | None = None
        self.nodes: Sequence[etree._Element] = ()

    def extend_ns(self) -> dict[str, str]:
        """Declare the source's namespaces, in its fixed order."""
        return dict(self.names)

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Move the nodes into the channel, before feedgen appends the items."""
        if self.root is not None:
            _adopt(feed, self.root)
            _adopt(feed[0], self.root[0])
        feed[0][:] = list(self.nodes)
        feed[0][-1].tail = (feed[0][-1].tail or "") + self.mark
        return feed


class PublisherEntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen has no types
    """An item: the publisher's nodes, in place of feedgen's own."""

    def __init__(self) -> None:
        self.item: etree._Element | None = None
        self.nodes: Sequence[etree._Element] = ()
        self.mark = ""

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Move the nodes into the item."""
        if self.item is not None:
            _adopt(item, self.item)
        item[:] = list(self.nodes)
        item.tail = self.mark
        return item


def _adopt(mine: etree._Element, theirs: etree._Element) -> None:
    """Take over attributes and layout."""
    for name, value in theirs.attrib.items():
        mine.set(name, value)
    mine.text = theirs.text
