"""XML as a value: strict parsing, and the digest by which items are known and held against each other."""

from __future__ import annotations

import hashlib

from lxml import etree


def parse_strict(body: bytes) -> etree._Element:
    """Parse well-formed XML with no entity expanded, no network and no DTD read; CDATA stays CDATA.

    Raises lxml's XMLSyntaxError.
    """
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
    return etree.fromstring(body, parser)


def digest_of(element: etree._Element) -> str:
    """Digest an element's canonical form (Exclusive XML Canonicalization, https://www.w3.org/TR/xml-exc-c14n/)."""
    tail, element.tail = element.tail, None
    canonical = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    element.tail = tail
    return hashlib.blake2b(canonical, digest_size=16).hexdigest()
