"""A feed's namespaces under the literal prefixes that apps match (contract C2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from enricher.feed import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ATTRIBUTE = rb"\s+([\w:.-]+)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')"
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml[^<>]{0,200}\?>)?(?:\s|<!--(?:[^-]|-[^-])*-->|<\?[^<>?]*\?>)*<rss(?=[\s>])"
    rb"(?P<attributes>(?:" + _ATTRIBUTE.replace(b"(", b"(?:", 1) + rb")*)\s*>"
)
_NAME = re.compile(_ATTRIBUTE)
_DECLARES = re.compile(rb" xmlns:([^=]+)=\"([^\"]*)\"")
_TAKES_OVER = re.compile(rb" xmlns=\"([^\"]*)\"")
_NUMBERED = re.compile(r"ns\d+")


def declared(body: bytes) -> bytes:
    """Declare our prefixes in the root's start tag where a well-formed RSS document lacks them.

    To move a parsed tree below a root that has them takes longer than to parse it. A document that begins in any
    unusual way is given as it is, and moved.
    """
    found = _ROOT.match(body, 0, 100_000)
    if found is None:
        return body
    names = [name.decode() for name in _NAME.findall(found["attributes"])]
    lacking = [(prefix, uri) for prefix, uri in ns.PREFIXES.items() if f"xmlns:{prefix}" not in names]
    used = [prefix for prefix, _ in lacking if f"{prefix}:".encode() in body]
    if any(f"{before}{prefix}:".encode() in body for prefix in used for before in "< "):
        return body  # what uses a prefix without declaring it has to be mended, and that has to be told
    at = found.start("attributes")
    return body[:at] + "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in lacking).encode() + body[at:]


def has_our_prefixes(root: etree._Element) -> bool:
    """Tell whether a root declares every literal prefix for its namespace, and none that has to be changed."""
    found = root.nsmap
    if root.get("version") != "2.0" or found != root[0].nsmap or None in found:
        return False
    return all(found.get(prefix) == uri for prefix, uri in ns.PREFIXES.items()) and not any(
        _has_to_go(str(prefix), uri) for prefix, uri in found.items()
    )


def agree(root: etree._Element, written: Sequence[bytes]) -> bool:
    """Tell whether nothing in a feed's pieces has another prefix for a namespace than its root, or the other way.

    Moved into another tree, such elements would change their prefix.
    """
    names = {str(prefix).encode(): uri.encode() for prefix, uri in root.nsmap.items()}
    uris = set(names.values())
    head = written[0].partition(b">")[2]  # behind the root's own declarations
    declaring = [piece for piece in (head, *written[1:]) if b" xmlns" in piece]
    if any(uri in uris or _is_podcast(uri) for piece in declaring for uri in _TAKES_OVER.findall(piece)):
        return False
    found = {pair for piece in declaring for pair in _DECLARES.findall(piece)}
    return not any(
        names.get(prefix, uri) != uri or (uri in uris and prefix not in names) or _is_podcast(uri)
        for prefix, uri in found
    )


def _is_podcast(uri: bytes) -> bool:
    return bool(ns.PODCAST_ALIAS.fullmatch(uri.decode("utf-8", "replace")))


def _has_to_go(prefix: str, uri: str) -> bool:
    if prefix in ns.PREFIXES:
        return False
    return uri in ns.PREFIXES.values() or bool(_NUMBERED.fullmatch(prefix) or ns.PODCAST_ALIAS.fullmatch(uri))


def with_our_prefixes(root: etree._Element, channel: etree._Element) -> etree._Element:
    """Move the channel below a root that declares the literal prefixes, the podcast namespace under its one name."""
    _rename_podcast(root)
    names, clash = dict(sorted(ns.PREFIXES.items())), False
    declared = {(prefix or "", uri) for element in (root, channel) for prefix, uri in element.nsmap.items()}
    for prefix, uri in sorted(declared):
        if not prefix or uri in ns.PREFIXES.values() or ns.PODCAST_ALIAS.fullmatch(uri):
            continue
        if uri in names.values() and names.get(prefix, uri) == uri:
            continue
        if prefix in names:
            clash = True
        elif not _NUMBERED.fullmatch(prefix):
            names[prefix] = uri
        else:
            names[f"x{prefix}"] = uri
    # Items are written out without what the channel declares.
    clash = clash or any(names.get(str(p)) != uri for p, uri in channel.nsmap.items() - root.nsmap.items())
    fresh = etree.Element("rss", attributes_of(root) | {"version": "2.0"}, nsmap=names)
    fresh.append(_transplant(channel) if clash else channel)
    return fresh


def attributes_of(element: etree._Element) -> dict[str, str]:
    """Give an element's attributes."""
    return {str(name): str(value) for name, value in element.attrib.items()}


def _rename_podcast(root: etree._Element) -> None:
    """Bring the elements of the podcast namespace, whatever alias it has, under its one name."""
    elements = list(root.iter("{*}*"))
    aliases = set(filter(ns.PODCAST_ALIAS.fullmatch, _uris(x.tag for x in elements)))
    for element in elements:
        if etree.QName(element).namespace in aliases:
            element.tag = ns.tag(ns.PODCAST, etree.QName(element).localname)
    aliases |= _rename_attributes(root)
    # A declaration of the alias further down would keep the prefix from them.
    for element in root.iterfind("*/*") if aliases else ():
        etree.cleanup_namespaces(element)


def _rename_attributes(root: etree._Element) -> set[str]:
    """Do the same with attributes; give the aliases that they had."""
    found: set[str] = set()
    for element in root.iter("*"):
        for name in [name for name in map(str, element.attrib) if name[0] == "{"]:
            qualified = etree.QName(name)
            if qualified.namespace != ns.PODCAST and ns.PODCAST_ALIAS.fullmatch(qualified.namespace or ""):
                found.add(qualified.namespace or "")
                element.set(ns.tag(ns.PODCAST, qualified.localname), element.attrib.pop(name))
    return found


def _uris(tags: Iterable[object]) -> set[str]:
    return {str(tag)[1:].partition("}")[0] for tag in tags} - {ns.PODCAST}


def _transplant(old: etree._Element) -> etree._Element:
    """Let every child carry its own declarations, where our root gives the source's prefixes another meaning.

    So elements of a misspelt namespace, such as itunes in capitals, keep both their namespace and their prefix.
    """
    fresh = etree.Element(old.tag, attributes_of(old))
    fresh.text, fresh.tail = old.text, old.tail
    for child in list(old):
        old.remove(child)
        fresh.append(_transplant(child) if child.tag == "item" else child)
    return fresh
