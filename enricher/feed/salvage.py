"""One broken item costs itself alone: a document that stays broken is taken apart into fields, each mended by itself.

A field that is not well-formed becomes text: most are notes whose HTML nobody escaped. One with elements of its own
(`itunes:owner`, `media:group`) is taken apart likewise. What stands in no field goes.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from enricher.feed.repair import parted, root_of
from enricher.text import looks_html

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_WELL_FORMED = "fields that are not well-formed"
"""What is told of a document that was taken apart."""

# No value of an attribute holds `<`, so that an odd quote does not reach into the next tags.
_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)((?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*+|[^<>]*)>")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.:-]*)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_CHANNEL = re.compile(r"<channel(?:\s[^<>]*)?>", re.IGNORECASE)
_CHANNEL_END = re.compile(r"</channel\s*>", re.IGNORECASE)
_ITEM = re.compile(r"<item(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE)
_ITEM_END = re.compile(r"</item\s*>", re.IGNORECASE)
_ENCLOSURE = re.compile(r"<enclosure\b[^<>]*?\burl\s*=\s*[\"']([^\"'<>]*)[\"']", re.IGNORECASE)
_GUID_END = re.compile(r"</guid\s*>", re.IGNORECASE)
_GUID = re.compile(r"<guid(?:\s[^<>]*)?>(.*?)</guid\s*>", re.DOTALL | re.IGNORECASE)
# Where a field has no end tag, it ends where one of these begins: what else begins may be HTML in it.
_FIELD = re.compile(
    r"<(?:[A-Za-z_][\w.-]*:[A-Za-z_]|(?:title|link|description|author|category|comments|enclosure|guid|pubDate|source)\b)",
    re.IGNORECASE,
)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_LONGEST_ROOT = 20_000  # characters of a start tag that stands around everything that is tried
_TRIES = 3  # end tags of one name, where a field has children of its own name
_TEXTS = {"category", "comments", "description", "encoded", "guid", "link", "pubdate", "subtitle", "summary", "title"}
_DEEPEST = 6  # fields in fields: `podcast:liveItem` has four
_END_TAG = re.compile(r"</[A-Za-z_][\w.:-]*\s*>")


def salvage(text: str) -> str:
    """Return the text of an RSS document with each field of its channel and items well-formed; empty for any other.

    Empty, too, where that would lose an enclosure. Of what stands behind the channel, or in another one, such as the
    same document once more, only whole items that are new are taken; one that another channel cuts off is none.
    """
    masked = _masked(text)
    root, channel = _TAG.search(masked), _CHANNEL.search(masked)
    if not root or not channel or root[1].lower() != "rss" or root.end() > _LONGEST_ROOT:
        return ""
    before, made, at = text[root.start() : root.end()], [text[: channel.end()]], channel.end()
    ends = (_CHANNEL_END.search(masked, at), _CHANNEL.search(masked, at))
    end = min((found.start() for found in ends if found), default=len(text))
    seen = set[str]()
    for start, inside, stop, is_whole in _items(text, masked, at):
        made += _mended(text[at : min(start.start(), end)], before)
        # Without an end tag every start tag would be looked at to the end of the item.
        guid = _GUID.search(inside) if _GUID_END.search(inside) else None
        known = (guid[1].strip() if guid else "") or inside
        is_cut = not is_whole and (start.start() > end or _CHANNEL.search(inside))
        if not is_cut and (start.start() < end or known not in seen):
            made += [f"<item{_start_tag(start[0], before)[5:]}", *_mended(inside, before), "</item>"]
            seen.add(known)
        at = stop
    made += _mended(text[at:end], before)
    whole = "".join([*made, "</channel></", root[1], ">"])
    # Where an enclosure would be lost (contract C15), feedparser may still find it.
    return "" if set(_ENCLOSURE.findall(text)) - set(_ENCLOSURE.findall(whole)) else whole


def _items(text: str, masked: str, at: int) -> Iterator[tuple[re.Match[str], str, int, bool]]:
    """Visit each item's start tag, what stands in it, where it ends, and whether that is its end tag.

    Without one it ends where the channel does or another item begins.
    """
    starts = list(_ITEM.finditer(masked, at))
    for start, following in zip_longest(starts, starts[1:]):
        limit = following.start() if following else len(text)
        own = _ITEM_END.search(masked, start.end(), limit)
        close = own or _CHANNEL_END.search(masked, start.end(), limit)
        inside = text[start.end() : close.start() if close else limit]
        yield start, inside, close.end() if close else limit, own is not None


def _masked(text: str) -> str:
    """Blank out comments and CDATA, in which nothing is markup; every other character keeps its place."""
    parts = parted(text)
    parts[1::2] = [" " * len(part) for part in parts[1::2]]
    return "".join(parts)


def _mended(inside: str, root: str) -> Iterator[str]:
    """Visit what stands in an item or between items: as it is where it is well-formed, else field by field."""
    if _is_sound(inside, root):
        yield inside
    else:
        yield from (field for _, field in _fields(inside, root))


def _fields(inside: str, root: str, depth: int = 1) -> Iterator[tuple[str, str]]:
    """Visit what stands before each field, and the field mended; at last what stands behind all of them."""
    masked, at, closed = _masked(inside), 0, dict[str, bool]()
    while found := _TAG.search(masked, at):
        before, at = inside[at : found.start()], found.end()
        start = _start_tag(inside[found.start() : at], root)
        if start.endswith("/>"):
            yield before, start
            continue
        ends = list(_ends(masked, at, found[1])) if closed.get(found[1], True) else []
        closed[found[1]] = bool(ends)
        whole = next((end for end in ends if _is_sound(start + inside[at : end.end()], root)), None)
        if whole is not None:
            yield before, start + inside[at : whole.end()]
            at = whole.end()
            continue
        name = re.split(r"[\s/>]", start[1:], maxsplit=1)[0]
        following = _FIELD.search(masked, at)
        stop = ends[0].start() if ends else following.start() if following else len(inside)
        yield before, f"{start}{_content(name, inside[at:stop], root, depth)}</{name}>"
        at = ends[0].end() if ends else stop
    yield inside[at:], ""


def _content(name: str, inside: str, root: str, depth: int) -> str:
    """Mend what stands in a field: its own fields, if nothing else is in it and it is no notes; else it is text."""
    first = _TAG.search(_masked(inside))
    may_have_fields = name.rpartition(":")[2].lower() not in _TEXTS and depth < _DEEPEST
    if first and may_have_fields and not looks_html(first[0]):
        fields = list(_fields(inside, root, depth + 1))
        if not any(_END_TAG.sub("", before).strip() for before, _ in fields):
            return "".join(field for _, field in fields)
    return _as_text(inside)


def _ends(masked: str, at: int, name: str) -> Iterator[re.Match[str]]:
    close = re.compile(rf"</{re.escape(name)}\s*>")
    for _ in range(_TRIES):
        found = close.search(masked, at)
        if found is None:
            return
        at = found.end()
        yield found


def _is_sound(inside: str, root: str) -> bool:
    return root_of(f"{root}{inside}</{root[1:4]}>".encode()) is not None


def _start_tag(tag: str, root: str) -> str:
    """Return a start tag with its sound attributes alone, and a name that may stand in XML: not `a:b:c`, not `a:`."""
    closing = "/" if tag.endswith("/>") else ""
    if _is_sound(tag if closing else f"{tag[:-1]}/>", root):
        return tag
    attributes = {name: one or other for name, one, other in _ATTRIBUTE.findall(_CDATA.sub("", tag))}
    name = tag[1:].split(maxsplit=1)[0].rstrip("/>")
    if not _is_sound(f"<{name}/>", root):
        prefix, *rest = filter(None, name.split(":"))
        name = f"{prefix}:{'-'.join(rest)}" if rest and _is_sound(f"<{prefix}:x/>", root) else "-".join([prefix, *rest])
    return f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}{closing}>"


def _as_text(inside: str) -> str:
    """Escape what was not; where somebody put CDATA into CDATA, all of it was meant."""
    if inside.lstrip().startswith("<![CDATA["):
        return escape(_CDATA.sub("", inside).replace("]]&gt;", ""))
    return escape("".join(part.removeprefix("<![CDATA[").removesuffix("]]>") for part in parted(inside)))
