"""XML as a value: strict parsing, and the forms by which elements are known and held against each other."""

from __future__ import annotations

import hashlib
from xml.sax.saxutils import quoteattr

from lxml import etree

_MARK = "\uf8ff"  # for private use, so feeds do not have it


def parse_strict(body: bytes) -> etree._Element:
    """Parse well-formed XML with no entity expanded, no network and no DTD read; CDATA stays CDATA.

    Raises lxml's XMLSyntaxError.
    """
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
    return etree.fromstring(body, parser)


def serialize(element: etree._Element) -> bytes:
    """Write an element out with the namespaces of its surroundings: equal bytes are equal elements."""
    return etree.tostring(element, encoding="UTF-8", with_tail=False)


def pieces(root: etree._Element) -> list[bytes]:
    """Write a feed out once and cut it where its items begin and end: what stands before, item, between, item, … after.

    Each item is written in the surroundings of its feed: with equal `surroundings`, equal bytes are equal items.
    """
    channel, mark = root[0], _MARK
    nodes = [(node, node.tail) for node in channel]
    for _ in range(2):
        found = _marked(root, nodes, mark).split(mark.encode())
        if len(found) == 2 * sum(node.tag == "item" for node, _ in nodes) + 1:
            break
        # The feed has such a mark in it, but it cannot have one that is made of all of it.
        mark += hashlib.sha256(b"".join(found)).hexdigest()
    return found


def _marked(root: etree._Element, nodes: list[tuple[etree._Element, str | None]], mark: str) -> bytes:
    """Write a feed out with marks in the texts around its items; `nodes` are its channel's, with their tails."""
    channel, before = root[0], None
    head = channel.text
    for node, tail in nodes:
        if node.tag == "item":
            if before is None:
                channel.text = (head or "") + mark
            else:
                before.tail = (before.tail or "") + mark
            node.tail = mark + (tail or "")
        before = node
    written = etree.tostring(root, encoding="UTF-8", with_tail=False)
    channel.text = head
    for node, tail in nodes:
        node.tail = tail
    return written


def surroundings(root: etree._Element) -> bytes:
    """Give the namespace declarations that stand around what `pieces` gives."""
    return "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in root.nsmap.items()).encode()


def canonical(xml: bytes) -> bytes:
    """Bring a serialized element into canonical form, where elements that mean the same are equal.

    Exclusive XML Canonicalization without comments, https://www.w3.org/TR/xml-exc-c14n/
    """
    root = parse_strict(xml)
    try:
        return etree.tostring(root, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError:
        # A namespace that is a mere word, a relative address, has no canonical form.
        return _spelt(root)


def _spelt(root: etree._Element) -> bytes:
    """Spell an element out by names and namespaces, whatever the prefixes."""
    steps = etree.iterwalk(root, events=("start", "end", "pi", "comment"))
    spelt = [(event, str(x.tag), sorted(x.attrib.items()), x.text, x.tail) for event, x in steps]
    return repr(spelt).encode("utf-8", "surrogatepass")


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two serialized elements mean the same; a namespace may have several prefixes."""
    return (
        one == other or canonical(one) == canonical(other) or _spelt(parse_strict(one)) == _spelt(parse_strict(other))
    )


def digest_of(xml: bytes, around: bytes) -> str:
    """Digest a piece and its surroundings."""
    return hashlib.blake2b(xml, digest_size=16, key=hashlib.blake2b(around, digest_size=32).digest()).hexdigest()
