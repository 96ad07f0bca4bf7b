"""The golden rule, checked before anything is published: take away what we added and the publisher's feed is left.

A snapshot is taken of the source before generation moves its elements. What may change is told anew here, apart from
what generate.py and channel.py do, so that one mistake cannot hide the other.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from enricher.errors import LossError
from enricher.feed.xml import (
    ATOM,
    CONTENT,
    ITUNES,
    PODCAST,
    PSC,
    attributes_of,
    canonical,
    parse_strict,
    serialize,
    surroundings,
    tag,
)
from enricher.urls import holds_hidden

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from enricher.model.edition import Artifact, Enriched
    from enricher.model.feed import Feed, FeedConfig

_CONTENT = tag(CONTENT, "encoded")
_NOTES = ("description", _CONTENT)
_SOUNDBITE, _JSON_CHAPTERS = tag(PODCAST, "soundbite"), tag(PODCAST, "chapters")
_CHAPTERS = (_JSON_CHAPTERS, tag(PSC, "chapters"))
_GUID, _LOCKED, _LINK = tag(PODCAST, "guid"), tag(PODCAST, "locked"), tag(ATOM, "link")
_BLOCKS = (tag(ITUNES, "block"), tag(PODCAST, "block"))
_TXT, _APPLE = tag(PODCAST, "txt"), tag(ITUNES, "applepodcastsverify")
_AWAY = {tag(ITUNES, "new-feed-url"), tag(PODCAST, "podping")}
_FEED_TYPES = {"text/xml", "application/xml", "application/json"}
_AWAY_RELS = {"self", "hub", "next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"}


@dataclass(frozen=True, slots=True)
class Child:
    """One child of an item or channel."""

    tag: str
    """Empty for comments and processing instructions."""
    xml: bytes
    """What has to survive of it; empty for nothing."""
    text: str
    shell: bytes
    """Notes without their text: attributes, and whatever else stands in them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """An element's attributes and children."""

    attributes: dict[str, str]
    children: tuple[Child, ...]

    def first(self, name: str) -> Child | None:
        """Return the first child of a name. A block of one directory alone is not the block."""
        named = (child for child in self.children if child.tag == name)
        return next((child for child in named if not (name in _BLOCKS and b" id=" in child.xml)), None)

    def all(self, names: Collection[str]) -> list[Child]:
        """Return the children of some names."""
        return [child for child in self.children if child.tag in names]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What must survive of a source."""

    root: dict[str, str]
    """The attributes of the `rss` element."""
    surroundings: bytes
    """Its namespaces; see xml.py."""
    before: tuple[bytes, ...]
    """Comments before it."""
    channel: Parts
    """Its items are places without content."""
    items: tuple[tuple[bytes, Parts | None], ...]
    """Each item as bytes, and its parts where something will be added to it."""


def take_snapshot(feed: Feed, enriched: Sequence[Enriched], config: FeedConfig) -> Snapshot:
    """Write down what must survive, before generation moves it."""
    mirrored = config.mode == "mirror"
    proofs = filter(_proves, feed.root.iter(_APPLE, _TXT))
    touched = {item for proof in proofs for item in proof.iterancestors("item")}
    return Snapshot(
        root=attributes_of(feed.root),
        surroundings=surroundings(feed.root),
        before=_before(feed.root),
        channel=_parts(feed.root[0], mirrored=mirrored),
        items=tuple(
            (one.item.xml, _parts(one.item.element, mirrored=mirrored) if _may_change(one, touched) else None)
            for one in enriched
        ),
    )


def _may_change(one: Enriched, touched: Collection[etree._Element]) -> bool:
    """Check whether anything will be added to the item, a guid included, or a proof of ownership taken from it."""
    element = one.item.element
    has_guid = one.item.guid is not None or element.find("guid") is not None
    return one.match.stored is not None or not has_guid or element in touched


def _before(root: etree._Element) -> tuple[bytes, ...]:
    return tuple(reversed([serialize(node) for node in root.itersiblings(etree.Comment, preceding=True)]))


def _parts(parent: etree._Element, *, mirrored: bool = False) -> Parts:
    """Take an element down; `mirrored`: as a mirror may have it, without what proves the publisher's ownership."""
    return Parts(attributes_of(parent), tuple(_children(parent, mirrored=mirrored)))


def _children(parent: etree._Element, *, mirrored: bool) -> Iterator[Child]:
    for node in parent:
        if not isinstance(node.tag, str):
            yield Child("", _unhidden(node), "", b"")  # type: ignore[unreachable] # a comment's tag is a function
        elif node.tag == "item":
            yield Child("item", b"<item/>", "", b"")
        else:
            shell = b""
            if node.tag in _NOTES:
                bare = deepcopy(node)
                bare.text = None
                shell = serialize(bare)
            yield Child(node.tag, _lasting(node, mirrored=mirrored), node.text or "", shell)


def _lasting(node: etree._Element, *, mirrored: bool) -> bytes:
    if _leads_away(node) or (mirrored and _proves(node)):
        return b""
    if not mirrored or not (node.tag == _LOCKED or any(map(_proves, node.iter(_APPLE, _TXT)))):
        return _unhidden(node)
    copy = deepcopy(node)
    for proof in list(filter(_proves, copy.iter(_APPLE, _TXT))):
        proof.getparent().remove(proof)  # type: ignore[union-attr] # it stands below the copy
    if copy.tag == _LOCKED:
        copy.attrib.pop("owner", "")
    return serialize(copy)


def _unhidden(node: etree._Element) -> bytes:
    """Write out what may be published of an element or comment: nothing where it holds a secret."""
    xml = serialize(node)
    return b"" if holds_hidden(xml.decode()) else xml


def _proves(node: etree._Element) -> bool:
    return node.tag == _APPLE or (node.tag == _TXT and node.get("purpose", "").strip().lower().endswith("verify"))


def _leads_away(node: etree._Element) -> bool:
    """Check whether an element speaks for the address of the unenriched feed."""
    if node.tag != _LINK:
        return node.tag in _AWAY or (node.tag == "link" and bool(node.get("rel")))
    rels = set(node.get("rel", "alternate").lower().split())
    mime = node.get("type", "").lower().split(";")[0].strip()
    is_feed = mime in _FEED_TYPES or mime.endswith(("rss+xml", "atom+xml", "rdf+xml", "feed+json"))
    return bool(rels & _AWAY_RELS) or (is_feed and (not rels or bool(rels & {"alternate", "archives"})))


# The check


def verify(source: Snapshot, artifacts: Sequence[Artifact], config: FeedConfig) -> None:
    """Hold the finished feed against its source. Raises LossError where something was lost, changed or moved."""
    body = artifacts[-1].body
    try:
        root = parse_strict(body)
    except etree.XMLSyntaxError as error:
        raise LossError(
            f"the generated feed is not well-formed ({error}); this is a bug, nothing was published"
        ) from error
    items = root[0].findall("item")
    if len(items) != len(source.items):
        raise _lost(f"{len(source.items)} items became {len(items)}")
    if source.root != attributes_of(root):
        raise _lost("an attribute of the feed would be lost or changed")
    if source.surroundings != surroundings(root):
        raise _lost("the namespaces around the items would change")
    if source.before != _before(root):
        raise _lost("a comment before the feed would be lost or changed")
    _verify_channel(source.channel, _parts(root[0]), config)
    files, end = {f"{config.base_url}/{artifact.path}" for artifact in artifacts}, 0
    for (xml, before), item in zip(source.items, items, strict=True):
        if before is not None:
            _verify_item(before, _parts(item), config, files)
            continue
        # An item that stays as it is stands in the finished bytes as it came, behind the one before it.
        start = body.find(b"<item", end)  # to look for a whole item is slower than to find its start and compare
        if not body.startswith(xml, start):
            start = body.find(xml, end)
        if start < 0:
            raise _lost(f"the item {_name(_parts(item))} would change without a summary")
        end = start + len(xml)


def _lost(what: str) -> LossError:
    return LossError(f"{what}; this is a bug of this program, nothing was published")


def _verify_channel(before: Parts, after: Parts, config: FeedConfig) -> None:
    """Hold everything but what is ours against the source, in its order and place; nothing else may have come."""
    if before.attributes != after.attributes:
        raise _lost("an attribute of the channel would be lost or changed")
    rewritten = _verify_rewritten(before, after, config)
    left: list[list[Child]] = []
    for one in (before, after):
        ours = {id(one.first(name)) for name in rewritten}
        ours |= {id(child) for child in one.all({_GUID})} if config.mode == "mirror" else set()
        ours |= {id(child) for child in one.all({_BLOCKS[1]}) if config.unlisted and _says_no(child)}
        left.append([child for child in one.children if child.xml and id(child) not in ours])
    if [child.xml for child in left[0]] == [child.xml for child in left[1]]:
        return
    wanted, found = ([canonical(child.xml) for child in children] for children in left)
    names = {canonical(x.xml): x.tag.rpartition("}")[2] or "comment" for children in left for x in children}
    if missing := Counter(wanted) - Counter(found):
        raise _lost(f"the channel's {names[next(iter(missing))]} would be lost or changed")
    if surplus := Counter(found) - Counter(wanted):
        raise _lost(f"the channel would get a {names[next(iter(surplus))]} that nobody wrote")
    if wanted != found:
        raise _lost("the channel's elements would change their order")


def _says_no(block: Child) -> bool:
    return b" id=" in block.xml and block.text.strip().lower() == "no"


def _verify_rewritten(before: Parts, after: Parts, config: FeedConfig) -> set[str]:
    """Return the elements whose first one may say something of ours, after a check that what it said is left."""
    names = {"generator", "lastBuildDate", *_BLOCKS}
    if config.mode == "mirror" or before.first("title") is None:
        names.add("title")
    for name in names:
        old, new = before.first(name), after.first(name)
        if old is None:
            continue
        said, says = old.text.strip(), new.text.strip() if new else ""
        is_lost = new is None or (name == "generator" and said not in says)
        if is_lost or (name in _BLOCKS and says.lower() not in {"yes", said.lower()}):
            raise _lost(f"the channel's {name.rpartition('}')[2]} would be lost or changed")
    return names


def _name(item: Parts) -> str:
    named = item.first("title") or item.first("guid")
    return f"“{' '.join((named.text if named else 'untitled').split())[:60]}”"


def _verify_item(before: Parts, after: Parts, config: FeedConfig, files: Collection[str]) -> None:
    name = _name(after)
    if before.attributes != after.attributes:
        raise _lost(f"an attribute of the item {name} would be lost or changed")
    wanted, found = _outline(before, before), _outline(after, before)
    if wanted != found and [*map(canonical, wanted)] != [*map(canonical, found)]:
        raise _lost(f"an element of the item {name} would be lost, changed or moved")
    for field in _NOTES:  # whole, and no more of them than there were; one where there was none
        old, new = ([x.text for x in one.all({field})] for one in (before, after))
        if len(new) > max(len(old), 1) or not all(a.strip() in b for a, b in zip(old, new, strict=False)):
            raise _lost(f"the publisher's {field.rpartition('}')[2]} of the item {name} would not be whole")
    # Our soundbites and chapters may join the publisher's, and replace chapters only where told.
    replaceable = _CHAPTERS if config.chapters in {"merge", "summary"} else ()
    kept = {_SOUNDBITE, *_CHAPTERS} - set(replaceable)
    had, has = ([x.xml for x in one.all(kept)] for one in (before, after))
    if Counter(had) - Counter(has) and Counter(map(canonical, had)) - Counter(map(canonical, has)):
        raise _lost(f"a soundbite or chapter list of the publisher's item {name} would be lost")
    if any(before.first(one) is not None and after.first(one) is None for one in replaceable):
        raise _lost(f"the chapter list of the item {name} would be lost")
    known = {x.xml for x in before.all({_JSON_CHAPTERS})}
    for child in after.all({_JSON_CHAPTERS}):
        address = parse_strict(child.xml).get("url", "") if child.xml not in known else ""
        if address.startswith(f"{config.base_url}/") and address not in files:
            raise _lost(f"the item {name} would point to a chapters file that there is not")


def _outline(one: Parts, source: Parts) -> list[bytes]:
    """Return what has to be the same before and after: elements, and for notes that were there their place."""
    children = list(one.children)
    tags = [child.tag for child in children]
    if "description" in tags and _CONTENT in tags and tags.index("description") > tags.index(_CONTENT):
        children.insert(tags.index(_CONTENT), children.pop(tags.index("description")))
    free = {"guid", *_NOTES} - {child.tag for child in source.children}  # what we may add
    wanted = (x.shell or x.xml for x in children if x.tag not in {*free, _SOUNDBITE, *_CHAPTERS})
    return [xml for xml in wanted if xml]
