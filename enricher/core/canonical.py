"""XML as a value: strict parsing, and the forms by which elements are known and held against each other."""

from __future__ import annotations

import hashlib

from lxml import etree


def parse_strict(body: bytes) -> etree._Element:
    """Parse well-formed XML with no entity expanded, no network and no DTD read; CDATA stays CDATA.

    Raises lxml's XMLSyntaxError.
    """
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
    return etree.fromstring(body, parser)


def serialize(element: etree._Element) -> bytes:
    """Write an element out with the namespaces of its surroundings: equal bytes are equal elements."""
    return etree.tostring(element, encoding="UTF-8", with_tail=False)


def canonical(xml: bytes) -> bytes:
    """Bring a serialized element into canonical form, where elements that mean the same are equal.

    Exclusive XML Canonicalization without comments, https://www.w3.org/TR/xml-exc-c14n/
    """
    root = parse_strict(xml)
    try:
        return etree.tostring(root, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError:
        # A namespace that is a mere word, a relative address, has no canonical form.
        steps = etree.iterwalk(root, events=("start", "end", "pi"))
        spelt = [(event, str(x.tag), sorted(x.attrib.items()), x.text, x.tail) for event, x in steps]
        return repr(spelt).encode("utf-8", "surrogatepass")


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two serialized elements mean the same."""
    return one == other or canonical(one) == canonical(other)


def digest_of(xml: bytes) -> str:
    """Digest a serialized element."""
    return hashlib.blake2b(xml, digest_size=16).hexdigest()
