"""An RSS tree as it should be: one rss, one channel in it, every item directly in that, under our prefixes."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from lxml import etree

from enricher.feed.xml import aliases_in, rename, serialize, with_our_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIKES_OF_ITEM = tuple("{*}" + "".join(letters) for letters in product("iI", "tT", "eE", "mM"))
SEVERAL_CHANNELS = "several channels"
"""What is told of a feed whose channels were joined, each item once."""
_OF_AN_ITEM = ("title", "guid", "enclosure", "link")


def rss_tree(root: etree._Element, body: bytes) -> tuple[etree._Element | None, tuple[str, ...]]:
    """Return the RSS tree, and what was mended of it; None where there is not one channel with every item in it.

    `body` is what `root` was parsed from.
    """
    repairs: list[str] = []
    if not _is_rss(root):
        # Whole in other markup, such as SOAP or a page.
        inner = [one for one in root.iterdescendants("{*}rss", "{*}RSS") if _is_rss(one)]
        if len(inner) != 1:
            return None, ()
        root = inner[0]
        repairs.append("markup around the feed")
    likes = _name_as_usual(root)
    channel = root.find("channel")
    if channel is None:
        return None, ()
    if _join(root, channel):
        repairs.append(SEVERAL_CHANNELS)
        likes = _likes_of_item(root)
    channel[:0] = reversed(list(channel.itersiblings("item", preceding=True)))  # some write `rss/item`
    channel.extend(root.findall("item"))
    if _raise_items(channel, likes):
        repairs.append("items in odd places")
    if len(channel.findall("item")) != len(likes):
        return None, ()
    if aliases := aliases_in(body):
        rename(root, aliases)
    return with_our_prefixes(root, channel), tuple(repairs)


def _is_rss(root: etree._Element) -> bool:
    return isinstance(root.tag, str) and etree.QName(root).localname.lower() == "rss"


def _name_as_usual(root: etree._Element) -> list[etree._Element]:
    """Write the names of RSS's own elements in lower case and without a namespace; return what is an item.

    Some feeds put them into one: xmlns="http://backend.userland.com/rss2". feedparser and apps do not mind `<Item>`.
    """
    likes = _likes_of_item(root)
    for top in (root, *likes):
        for element in list(top.iter(f"{str(top.tag).partition('}')[0]}}}*")) if str(top.tag)[0] == "{" else ():
            element.tag = etree.QName(element).localname
    for element in (*likes, *root.iterchildren("Channel", "CHANNEL")):
        if element.tag not in {"item", "channel"}:
            element.tag = str(element.tag).lower()
    return likes


def _likes_of_item(root: etree._Element) -> list[etree._Element]:
    """Find what readers take for an item, whatever its case, and whatever namespace it is in without a prefix."""
    return [element for element in root.iter(*_LIKES_OF_ITEM) if not element.prefix]


def _join(root: etree._Element, channel: etree._Element) -> bool:
    """Take the items that are new from other channels, such as those of the same feed once more, and drop the rest."""
    # Without items it is somebody's own element, such as a radio station's `<channel>` in an item.
    found = (one for one in root.iter("channel") if one is not channel)
    others = [one for one in found if one.getparent() is root or one.find("item") is not None]
    seen = {mark for item in channel.findall("item") for mark in _marks_of(item)} if others else set()
    for other in others:
        channel.extend([item for item in other.findall("item") if not seen.issuperset(_marks_of(item))])
    for other in others:
        parent = other.getparent()
        gone = other if parent is root or parent is None or parent.tag != "rss" else parent
        if (holder := gone.getparent()) is not None:
            holder.remove(gone)
    return bool(others)


def _marks_of(item: etree._Element) -> Iterator[str | bytes]:
    """Visit what an item is known by, and its files: none is lost."""
    yield (item.findtext("guid") or "").strip() or serialize(item)
    yield from (enclosure.get("url", "") for enclosure in item.findall("enclosure"))


def _raise_items(channel: etree._Element, likes: Sequence[etree._Element]) -> bool:
    """Move items that stand in items or other elements of the channel behind these, as feedparser reads them."""
    odd = [one for one in likes if one.getparent() is not channel and _is_an_item(one)]
    last: dict[etree._Element, etree._Element] = {}
    for one in odd:
        holder = next((above for above in one.iterancestors() if above.getparent() is channel), None)
        if holder is not None:
            last.get(holder, holder).addnext(one)
            last[holder] = one
    return bool(odd)


def _is_an_item(element: etree._Element) -> bool:
    return any(element.find(name) is not None for name in _OF_AN_ITEM)
