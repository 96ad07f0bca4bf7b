"""The golden rule, checked before anything is published: take away what we added and the publisher's feed is left."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from enricher.errors import LossError
from enricher.feed import namespaces as ns
from enricher.feed.ledger import CONTENT, NOTES, Parts, attributes, parts
from enricher.feed.xml import canonical, parse_strict, same, surroundings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from enricher.feed.ledger import Child, Ledger
    from enricher.model.edition import Artifact
    from enricher.model.feed import FeedConfig

_SOUNDBITE = ns.tag(ns.PODCAST, "soundbite")
_JSON_CHAPTERS = ns.tag(ns.PODCAST, "chapters")
_CHAPTERS = (_JSON_CHAPTERS, ns.tag(ns.PSC, "chapters"))
_FREE = {*NOTES, *_CHAPTERS, _SOUNDBITE}
_GUID = ns.tag(ns.PODCAST, "guid")
_BLOCKS = (ns.tag(ns.ITUNES, "block"), ns.tag(ns.PODCAST, "block"))


def verify(ledger: Ledger, artifacts: Sequence[Artifact], config: FeedConfig) -> None:
    """Hold the finished feed against the ledger. Raises LossError where something was lost or changed."""
    try:
        root = parse_strict(artifacts[-1].body)
    except etree.XMLSyntaxError as error:
        raise LossError(
            f"the generated feed is not well-formed ({error}); this is a bug, nothing was published"
        ) from error
    channel = root[0]
    items = channel.findall("item")
    if len(items) != len(ledger.items):
        raise _lost(f"{len(ledger.items)} items became {len(items)}")
    if ledger.root != attributes(root):
        raise _lost("an attribute of the feed would be lost or changed")
    if ledger.around != surroundings(root):
        raise _lost("the namespaces around the items would change")
    _verify_channel(ledger.channel, parts(channel, but="item"), config)
    files = {f"{config.base_url}/{artifact.path}" for artifact in artifacts}
    for (_, before), item in zip(ledger.items, items, strict=True):
        if before is not None:
            _verify_item(before, parts(item), config, files)
    _verify_bytes(ledger, items, artifacts[-1].body)


def _verify_bytes(ledger: Ledger, items: Sequence[etree._Element], body: bytes) -> None:
    """Find every item that stays as it is in the finished bytes, right behind the one before it."""
    end, follows = 0, False
    for (xml, before), item in zip(ledger.items, items, strict=True):
        if before is not None:
            follows = False
            continue
        start = body.find(b"<item", end) if follows else body.find(xml, end)
        if start < 0 or not body.startswith(xml, start) or (follows and b"<" in body[end:start]):
            raise _lost(f"the item {_name(parts(item))} would change without a summary")
        end, follows = start + len(xml), True


def _lost(what: str) -> LossError:
    return LossError(f"{what}; this is a bug of this program, nothing was published")


def _verify_channel(before: Parts, after: Parts, config: FeedConfig) -> None:
    """Hold everything but what is ours against the source, in its order; nothing else may have come."""
    if before.attributes != after.attributes:
        raise _lost("an attribute of the channel would be lost or changed")
    ours = _rewritten(before, after, config)
    wanted, found = ([canonical(xml) for xml in _others(one, ours, config)] for one in (before, after))
    if wanted == found:
        return
    if missing := Counter(wanted) - Counter(found):
        raise _lost(f"the channel's {_tag(next(iter(missing)))} would be lost or changed")
    if surplus := Counter(found) - Counter(wanted):
        raise _lost(f"the channel would get a {_tag(next(iter(surplus)))} that nobody wrote")
    raise _lost("the channel's elements would change their order")


def _rewritten(before: Parts, after: Parts, config: FeedConfig) -> set[str]:
    """Give the elements whose first one says something of ours; see that none of the publisher's is gone for it."""
    ours = {"generator", "lastBuildDate", *_BLOCKS}
    if config.mode == "mirror" or before.first("title") is None:
        ours.add("title")
    for tag in ours:
        old, new = _open(before, tag), _open(after, tag)
        if old is None:
            continue
        said, says = old.text.strip(), new.text.strip() if new else ""
        kept = {"generator": said in says, **{block: says.lower() in {"yes", said.lower()} for block in _BLOCKS}}
        if new is None or not kept.get(tag, True):
            raise _lost(f"the channel's {_tag(old.xml)} would be lost or changed")
    return ours


def _open(one: Parts, tag: str) -> Child | None:
    """Find the first of an element that may say something of ours; a block of one directory alone is no such."""
    return next((x for x in one.children if x.tag == tag and not (tag in _BLOCKS and b" id=" in x.xml)), None)


def _others(one: Parts, ours: Collection[str], config: FeedConfig) -> list[bytes]:
    """Give what has to be the same before and after."""
    first = {id(_open(one, tag)) for tag in ours}
    mirrored = {_GUID} if config.mode == "mirror" else set()
    left = (x for x in one.children if id(x) not in first and not x.away and x.tag not in mirrored)
    return [xml for xml in (child.lasting(config) for child in left) if xml]


def _tag(xml: bytes) -> str:
    return etree.QName(parse_strict(xml)).localname


def _name(item: Parts) -> str:
    named = item.first("title") or item.first("guid")
    return f"“{' '.join((named.text if named else 'untitled').split())[:60]}”"


def _verify_item(before: Parts, after: Parts, config: FeedConfig, files: Collection[str]) -> None:
    name = _name(after)
    if before.attributes != after.attributes:
        raise _lost(f"an attribute of the item {name} would be lost or changed")
    wanted, found = _outline(before, before, config), _outline(after, before, config)
    if len(wanted) != len(found) or not all(map(same, wanted, found)):
        raise _lost(f"an element of the item {name} would be lost, changed or moved")
    for tag in NOTES:
        _verify_notes(before, after, tag, name)
    _verify_added(before, after, config, name)
    _verify_files(before, after, files, config, name)


def _outline(one: Parts, source: Parts, config: FeedConfig) -> list[bytes]:
    """Give what has to be the same before and after: elements, and for notes that were there their place."""
    children = list(one.children)
    tags = [child.tag for child in children]
    if "description" in tags and CONTENT in tags and tags.index("description") > tags.index(CONTENT):
        children.insert(tags.index(CONTENT), children.pop(tags.index("description")))
    had = {child.tag for child in source.children}
    wanted = (x for x in children if x.tag in had or x.tag not in {"guid", *NOTES})
    return [x.shell or x.lasting(config) for x in wanted if x.shell or (x.tag not in _FREE and x.lasting(config))]


def _verify_notes(before: Parts, after: Parts, tag: str, name: str) -> None:
    """See that the publisher's notes are whole, and that there is one more of them at most where there was none."""
    old, new = ([x.text for x in one.children if x.tag == tag] for one in (before, after))
    if len(new) > max(len(old), 1) or not all(a.strip() in b for a, b in zip(old, new, strict=False)):
        raise _lost(f"the publisher's {tag.rpartition('}')[2]} of the item {name} would not be whole")


def _verify_added(before: Parts, after: Parts, config: FeedConfig, name: str) -> None:
    """Hold soundbites and chapters against the source: ours may join them, and replace chapters only where told."""
    replaceable = _CHAPTERS if config.chapters in {"merge", "summary"} else ()
    kept = {_SOUNDBITE, *_CHAPTERS} - set(replaceable)
    wanted = Counter(canonical(x.xml) for x in before.children if x.tag in kept)
    if wanted - Counter(canonical(x.xml) for x in after.children if x.tag in kept):
        raise _lost(f"a soundbite or chapter list of the publisher's item {name} would be lost")
    for tag in replaceable:
        if before.first(tag) is not None and after.first(tag) is None:
            raise _lost(f"the chapter list of the item {name} would be lost")


def _verify_files(before: Parts, after: Parts, files: Collection[str], config: FeedConfig, name: str) -> None:
    """See that every chapters file of ours that the item points to is published with it."""
    theirs = {x.xml for x in before.children if x.tag == _JSON_CHAPTERS}
    for child in after.children:
        if child.tag == _JSON_CHAPTERS and child.xml not in theirs:
            address = parse_strict(child.xml).get("url", "")
            if address.startswith(f"{config.base_url}/") and address not in files:
                raise _lost(f"the item {name} would point to a chapters file that there is not")
