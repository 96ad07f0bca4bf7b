"""The golden rule, checked before anything is published: take away what we added and the publisher's feed is left."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from enricher.errors import LossError
from enricher.feed.snapshot import BLOCKS, CHAPTERS, NOTES, Child, Parts, Snapshot, comments_before, parts_of
from enricher.feed.xml import (
    CONTENT,
    PODCAST,
    attributes_of,
    canonical,
    parse_strict,
    surroundings,
    tag,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from enricher.model.edition import Artifact
    from enricher.model.feed import FeedConfig

_CONTENT = tag(CONTENT, "encoded")
_SOUNDBITE, _JSON_CHAPTERS = tag(PODCAST, "soundbite"), tag(PODCAST, "chapters")
_TRANSCRIPT = tag(PODCAST, "transcript")
_GUID = tag(PODCAST, "guid")


def verify(
    source: Snapshot, artifacts: Sequence[Artifact], config: FeedConfig, transcripts: Collection[str] = ()
) -> None:
    """Hold the finished feed against its source. Raises LossError where something was lost, changed or moved.

    `transcripts` are the paths of those that are published beside the artifacts.
    """
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
    if source.before != comments_before(root):
        raise _lost("a comment before the feed would be lost or changed")
    _verify_channel(source.channel, parts_of(root[0]), config)
    paths, end = (*(artifact.path for artifact in artifacts), *transcripts), 0
    files = {f"{config.base_url}/{path}" for path in paths}
    for (xml, before), item in zip(source.items, items, strict=True):
        if before is not None:
            _verify_item(before, parts_of(item), config, files)
            continue
        # An item that stays as it is stands in the finished bytes as it came, behind the one before it.
        start = body.find(b"<item", end)  # to look for a whole item is slower than to find its start and compare
        if not body.startswith(xml, start):
            start = body.find(xml, end)
        if start < 0:
            raise _lost(f"the item {_name(parts_of(item))} would change without a summary")
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
        ours |= {id(child) for child in one.all({BLOCKS[1]}) if config.unlisted and _says_no(child)}
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
    names = {"generator", "lastBuildDate", *BLOCKS}
    if config.mode == "mirror" or before.first("title") is None:
        names.add("title")
    for name in names:
        old, new = before.first(name), after.first(name)
        if old is None:
            continue
        said, says = old.text.strip(), new.text.strip() if new else ""
        is_lost = new is None or (name == "generator" and said not in says)
        if is_lost or (name in BLOCKS and says.lower() not in {"yes", said.lower()}):
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
    for field in NOTES:  # whole, and no more of them than there were; one where there was none
        old, new = ([x.text for x in one.all({field})] for one in (before, after))
        if len(new) > max(len(old), 1) or not all(a.strip() in b for a, b in zip(old, new, strict=False)):
            raise _lost(f"the publisher's {field.rpartition('}')[2]} of the item {name} would not be whole")
    # Our soundbites and chapters may join the publisher's, and replace chapters only where told.
    replaceable = CHAPTERS if config.chapters in {"merge", "summary"} else ()
    kept = {_SOUNDBITE, *CHAPTERS} - set(replaceable)
    had, has = ([x.xml for x in one.all(kept) if x.xml] for one in (before, after))
    if Counter(had) - Counter(has) and Counter(map(canonical, had)) - Counter(map(canonical, has)):
        raise _lost(f"a soundbite or chapter list of the publisher's item {name} would be lost")
    if any(before.first(one) is not None and after.first(one) is None for one in replaceable):
        raise _lost(f"the chapter list of the item {name} would be lost")
    known = {x.xml for x in before.all({_JSON_CHAPTERS})}
    for child in after.all({_JSON_CHAPTERS}):
        address = parse_strict(child.xml).get("url", "") if child.xml not in known else ""
        if address.startswith(f"{config.base_url}/") and address not in files:
            raise _lost(f"the item {name} would point to a chapters file that there is not")
    _verify_transcript(before, after, files, name)


def _verify_transcript(before: Parts, after: Parts, files: Collection[str], name: str) -> None:
    """Let an item that had no transcript have one of ours, whose file is there; theirs are never touched (C52)."""
    if before.all({_TRANSCRIPT}):
        return  # held against the source like any other element
    ours = [parse_strict(child.xml) for child in after.all({_TRANSCRIPT})]
    if len(ours) > 1 or any(one.get("type") != "text/vtt" or one.get("url") not in files for one in ours):
        raise _lost(f"the item {name} would get a transcript that there is not")


def _outline(one: Parts, source: Parts) -> list[bytes]:
    """Return what has to be the same before and after: elements, and for notes that were there their place."""
    children = list(one.children)
    tags = [child.tag for child in children]
    if "description" in tags and _CONTENT in tags and tags.index("description") > tags.index(_CONTENT):
        children.insert(tags.index(_CONTENT), children.pop(tags.index("description")))
    free = {"guid", _TRANSCRIPT, *NOTES} - {child.tag for child in source.children}  # what we may add
    wanted = (x.shell or x.xml for x in children if x.tag not in {*free, _SOUNDBITE, *CHAPTERS})
    return [xml for xml in wanted if xml]
