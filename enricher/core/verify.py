"""The golden rule, checked before anything is published: take away what we added and the publisher's feed is left.

What must survive is recorded before generation and held against the finished bytes. It is written anew here, apart
from what `generate.py` does, so that one mistake cannot hide the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from enricher.core import namespaces as ns
from enricher.core.canonical import canonical, parse_strict, same, serialize, surroundings
from enricher.core.errors import LossError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.core.model import Artifact, Enriched, Feed, FeedConfig

_CONTENT = ns.tag(ns.CONTENT, "encoded")
_SOUNDBITE = ns.tag(ns.PODCAST, "soundbite")
_CHAPTERS = (ns.tag(ns.PODCAST, "chapters"), ns.tag(ns.PSC, "chapters"))
_NOTES = ("description", _CONTENT)
_FREE = {*_NOTES, *_CHAPTERS, _SOUNDBITE}
_REWRITTEN = {
    "title",
    "generator",
    "lastBuildDate",
    ns.tag(ns.ITUNES, "new-feed-url"),
    ns.tag(ns.ITUNES, "block"),
    ns.tag(ns.PODCAST, "podping"),
    ns.tag(ns.PODCAST, "block"),
    ns.tag(ns.PODCAST, "guid"),
    ns.tag(ns.PODCAST, "locked"),
    ns.tag(ns.ATOM, "link"),
}
_TXT = ns.tag(ns.PODCAST, "txt")
_APPLE = ns.tag(ns.ITUNES, "applepodcastsverify")
_OWN_KEEPS = {"title", ns.tag(ns.PODCAST, "guid"), ns.tag(ns.PODCAST, "locked")}


@dataclass(frozen=True, slots=True)
class Child:
    """One child of an item or channel as it was: its tag, itself as bytes, its text."""

    tag: str
    xml: bytes
    text: str
    proof: bool
    """It proves the publisher's ownership of their own address, which a mirror must not."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What must survive."""

    around: bytes
    """The declarations that the items' bytes stand in; see `canonical.surroundings`."""
    channel: tuple[Child, ...]
    items: tuple[tuple[bytes, tuple[Child, ...] | None], ...]
    """Each item as bytes, and its children where something will be added to it."""


def record(feed: Feed, enriched: Sequence[Enriched]) -> Ledger:
    """Write down what must survive, before generation moves it."""
    return Ledger(
        around=surroundings(feed.root),
        channel=_children(feed.root[0], but="item"),
        items=tuple((one.item.xml, _children(one.item.element) if _changes(one) else None) for one in enriched),
    )


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
    _verify_channel(ledger.channel, channel, config)
    if surroundings(root) != ledger.around:
        raise _lost("the namespaces around the items would change")
    for (_, children), item in zip(ledger.items, items, strict=True):
        if children is not None:
            _verify_item(children, item, config)
    _verify_bytes(ledger.items, artifacts[-1].body)


def _verify_bytes(items: Sequence[tuple[bytes, tuple[Child, ...] | None]], body: bytes) -> None:
    """Find every item that stays as it is in the finished bytes, each behind the one before it."""
    end, touching = 0, False
    for xml, children in items:
        if children is not None:
            touching = False
            continue
        start = body.find(xml, end)
        if start < 0 or (touching and b"<" in body[end:start]):
            raise _lost(
                f"the item that begins with {xml[:300].decode(errors='replace')!r} would change without a summary"
            )
        end, touching = start + len(xml), True


def _lost(what: str) -> LossError:
    return LossError(f"{what}; this is a bug of this program, nothing was published")


def _children(parent: etree._Element, but: str = "") -> tuple[Child, ...]:
    return tuple(
        Child(str(x.tag), serialize(x), x.text or "", _proves(x)) for x in parent.iterchildren("*") if x.tag != but
    )


def _proves(node: etree._Element) -> bool:
    return node.tag == _APPLE or (node.tag == _TXT and node.get("purpose", "").strip().lower().endswith("verify"))


def _changes(one: Enriched) -> bool:
    """Tell whether anything will be added to the item, a guid included, or a proof of ownership taken from it."""
    item = one.item
    return (
        one.match.stored is not None
        or (item.guid is None and item.element.find("guid") is None)
        or (
            (b"applepodcastsverify" in item.xml or b"txt" in item.xml)
            and any(map(_proves, item.element.iter(_APPLE, _TXT)))
        )
    )


def _verify_channel(before: Sequence[Child], channel: etree._Element, config: FeedConfig) -> None:
    mirror = config.mode == "mirror"
    kept = _REWRITTEN - (set() if mirror else _OWN_KEEPS)
    wanted = [(x.tag, canonical(x.xml)) for x in before if x.tag not in kept and not (mirror and x.proof)]
    found = [(x.tag, canonical(x.xml)) for x in _children(channel, but="item") if x.tag not in kept]
    missing = Counter(wanted) - Counter(found)
    if missing:
        raise _lost(f"the channel's {next(iter(missing))[0]} would be lost")
    if wanted != [x for x in found if x in set(wanted)]:
        raise _lost("the channel's elements would change their order")


def _name(item: etree._Element) -> str:
    return " ".join((item.findtext("title") or item.findtext("guid") or "untitled").split())[:60]


def _verify_item(before: Sequence[Child], item: etree._Element, config: FeedConfig) -> None:
    name = _name(item)
    after = _children(item)
    had_guid = any(x.tag == "guid" for x in before)
    mirror = config.mode == "mirror"
    wanted = [x.xml for x in before if x.tag not in _FREE and not (mirror and x.proof)]
    found = [x.xml for x in after if x.tag not in _FREE and (had_guid or x.tag != "guid")]
    if len(wanted) != len(found) or not all(map(same, wanted, found)):
        raise _lost(f"an element of the item “{name}” would be lost, changed or moved")
    for tag in _NOTES:
        old = next((x.text for x in before if x.tag == tag), "")
        new = next((x.text for x in after if x.tag == tag), "")
        if old.strip() not in new:
            raise _lost(f"the publisher's {tag} of the item “{name}” would not be whole")
    _verify_added(before, after, config, name)


def _verify_added(before: Sequence[Child], after: Sequence[Child], config: FeedConfig, name: str) -> None:
    """Hold soundbites and chapters against the source: ours may join them, and replace chapters only where told."""
    replaceable = _CHAPTERS if config.chapters in {"merge", "summary"} else ()
    kept = {_SOUNDBITE, *_CHAPTERS} - set(replaceable)
    wanted = Counter(canonical(x.xml) for x in before if x.tag in kept)
    if wanted - Counter(canonical(x.xml) for x in after if x.tag in kept):
        raise _lost(f"a soundbite or chapter list of the publisher's item “{name}” would be lost")
    for tag in replaceable:
        if any(x.tag == tag for x in before) and not any(x.tag == tag for x in after):
            raise _lost(f"the chapter list of the item “{name}” would be lost")
