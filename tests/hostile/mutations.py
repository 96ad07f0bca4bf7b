"""Seeded mutations of documents: bytes flipped, cut, doubled, inserted; tags, attributes, names and encodings upset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Mutator = Callable[[bytes, Random], bytes]

_TAG = re.compile(rb"<[^<>]{1,2000}>")
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*("[^"<]*"|'[^'<]*')""")
_WHOLE = re.compile(rb"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>(?:(?!<\1[\s>]).){0,20000}?</\1>", re.DOTALL)
_NAMESPACE = re.compile(rb"""\bxmlns(?::([\w.-]+))?=("[^"]*"|'[^']*')""")
_DECLARED = re.compile(rb"""(<\?xml[^>]*?encoding\s*=\s*["'])([^"']*)""")
_WORD = re.compile(rb"\w{3,}")

PIECES = (
    *(b"<", b">", b"&", b'"', b"'", b"/", b"=", b"]]>", b"<!--", b"-->", b"<![CDATA[", b"<![CDATA[]]>", b"<?", b"?>"),
    *(b"&nbsp;", b"&#0;", b"&#xD800;", b"&#x110000;", b"&#99999999999;", b"&unknown;", b"&amp", b"&#", b"&lt;b&gt;"),
    *(
        b"\0",
        b"\x0b",
        b"\x1b",
        b"\x7f",
        b"\xff",
        b"\xfe\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n\n",
    ),
    *(b"<br>", b"<p>", b"</p>", b"<b>", b"<img src=x>", b"<script>", b"</script>", b"<a b=c d>", b"<x:y>", b"< p >"),
    *(b"<item>", b"</item>", b"<item/>", b"<entry>", b"</entry>", b"<channel>", b"</channel>", b"<rss>", b"</rss>"),
    *(b"<guid>", b"</guid>", b"<guid/>", b"<title>", b"</title>", b"<enclosure url='x'/>", b"<enclosure/>"),
    *(b"<?xml version='1.0'?>", b"<!DOCTYPE html>", b"<!DOCTYPE rss [ ]>", b"<?php echo 1 ?>", b"<html>", b"</html>"),
    *(
        b' xmlns="urn:x"',
        b' xmlns:itunes="urn:x"',
        b" xml:base='http://a.example/'",
        b" xml:lang='en'",
        b" a='1' a='2'",
    ),
    *("\u202e".encode(), "\ufffe".encode(), "\U0001f41d".encode(), "\u2028".encode(), b"%00", b"{}", b"\\u0000"),
)
ENCODINGS = (
    *(b"utf-8", b"UTF8", b"utf-16", b"utf-16-le", b"utf-32", b"utf-7", b"iso-8859-1", b"iso-8859-15", b"latin1"),
    *(b"us-ascii", b"windows-1252", b"windows-1251", b"koi8-r", b"big5", b"gb2312", b"gb18030", b"shift_jis"),
    *(b"iso-2022-jp", b"euc-kr", b"cp037", b"cp437", b"mac-roman", b"hz", b"idna", b"punycode", b"zlib", b"hex"),
    *(b"base64", b"rot13", b"undefined", b"unicode_escape", b"raw_unicode_escape", b"mbcs", b"x-nothing", b""),
)  # fmt: skip
REAL = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "koi8-r", "cp037", "utf-7", "shift_jis", "utf-8-sig")


def _span(body: bytes, random: Random, most: int) -> tuple[int, int]:
    start = random.randrange(len(body) + 1)
    return start, min(len(body), start + 1 + int(random.random() ** 3 * most))


def flip(body: bytes, random: Random) -> bytes:
    """Give a few bytes other values."""
    changed = bytearray(body)
    for _ in range(random.choice((1, 1, 2, 5, 20)) if body else 0):
        changed[random.randrange(len(body))] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(body: bytes, random: Random) -> bytes:
    """Leave a stretch out."""
    start, end = _span(body, random, 2000)
    return body[:start] + body[end:]


def cut_off(body: bytes, random: Random) -> bytes:
    """End too early, or begin too late."""
    start = random.randrange(len(body) + 1)
    return body[start:] if random.random() < 0.2 else body[:start]


def double(body: bytes, random: Random) -> bytes:
    """Say a stretch twice."""
    start, end = _span(body, random, 3000)
    return body[:end] + body[start:end] + body[end:]


def insert(body: bytes, random: Random) -> bytes:
    """Put pieces of markup or junk anywhere."""
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(body) + 1)
        body = body[:at] + random.choice(PIECES) + body[at:]
    return body


def insert_at_tag(body: bytes, random: Random) -> bytes:
    """Put a piece before or after a tag, where it means most."""
    tags = list(_TAG.finditer(body))
    at = random.choice((*random.choice(tags).span(),)) if tags else 0
    return body[:at] + random.choice(PIECES) + body[at:]


def _swap(body: bytes, one: tuple[int, int], other: tuple[int, int]) -> bytes:
    (a, b), (c, d) = sorted((one, other))
    return body[:a] + body[c:d] + body[b:c] + body[a:b] + body[d:] if b <= c else body


def shuffle_tags(body: bytes, random: Random) -> bytes:
    """Exchange two tags."""
    tags = [found.span() for found in _TAG.finditer(body)]
    return _swap(body, *random.sample(tags, 2)) if len(tags) > 1 else body


def drop_tag(body: bytes, random: Random) -> bytes:
    """Leave a tag out, or say it twice."""
    tags = [found.span() for found in _TAG.finditer(body)]
    if not tags:
        return body
    start, end = random.choice(tags)
    return body[:start] + body[start:end] * random.choice((0, 0, 2)) + body[end:]


def swap_attributes(body: bytes, random: Random) -> bytes:
    """Exchange the names or the values of two attributes."""
    found = list(_ATTRIBUTE.finditer(body))
    if len(found) < 2:
        return body
    one, other = random.sample(found, 2)
    group = random.choice((0, 1, 2))
    return _swap(body, one.span(group), other.span(group))


def nest(body: bytes, random: Random) -> bytes:
    """Move an element, or a copy of it, to another place: mostly into another element."""
    found = [one.span() for one in _WHOLE.finditer(body)]
    tags = [one.end() for one in _TAG.finditer(body)]
    if not found or not tags:
        return body
    start, end = random.choice(found)
    at, piece = random.choice(tags), body[start:end]
    if random.random() < 0.5 or start < at < end:
        return body[:at] + piece + body[at:]
    rest = body[:start] + body[end:]
    at -= len(piece) if at >= end else 0
    return rest[:at] + piece + rest[at:]


def declare_wrongly(body: bytes, random: Random) -> bytes:
    """Declare another encoding, or be in another than is declared."""
    if random.random() < 0.3:
        return body.decode("utf-8", "replace").encode(random.choice(REAL), "xmlcharrefreplace")
    name = random.choice(ENCODINGS)
    if _DECLARED.search(body):
        return _DECLARED.sub(lambda found: found[1] + name, body, count=1)
    return b'<?xml version="1.0" encoding="' + name + b'"?>' + body


def upset_cdata(body: bytes, random: Random) -> bytes:
    """Open CDATA and do not close it, or the other way round."""
    marks = [one.span() for one in re.finditer(rb"<!\[CDATA\[|\]\]>", body)]
    if marks and random.random() < 0.6:
        start, end = random.choice(marks)
        return body[:start] + body[end:]
    at = random.choice([one.end() for one in _TAG.finditer(body)] or [0])
    return body[:at] + random.choice((b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<![CDATA[ <![CDATA[ ]]>")) + body[at:]


def rename_namespaces(body: bytes, random: Random) -> bytes:
    """Change a namespace's address or prefix, leave its declaration out, or make it the default."""
    found = list(_NAMESPACE.finditer(body))
    if not found:
        return body
    one = random.choice(found)
    name, (start, end) = one[1] or b"", one.span()
    new = random.choice(
        (
            b"",
            one[0][:-2] + one[0][-1:],
            b'xmlns="' + one[2][1:-1] + b'"',
            b"xmlns:ns0=" + one[2],
            b"xmlns:podcast=" + one[2],
            b"xmlns:" + name + b'=""',
            b"xmlns:" + name + b'="' + random.choice(found)[2][1:-1] + b'"',
            b"xmlns:" + name.upper() + b"=" + one[2],
        )
    )
    body = body[:start] + new + body[end:]
    if name and random.random() < 0.3:
        body = body.replace(b"<" + name + b":", b"<q1:").replace(b"</" + name + b":", b"</q1:")
    return body


def shuffle_words(body: bytes, random: Random) -> bytes:
    """Exchange two words, wherever they stand."""
    words = [found.span() for found in _WORD.finditer(body)]
    return _swap(body, *random.sample(words, 2)) if len(words) > 1 else body


def shuffle_lines(body: bytes, random: Random) -> bytes:
    """Bring some lines into another order."""
    lines = body.splitlines(keepends=True)
    start, end = _span(b"x" * len(lines), random, 40)
    some = lines[start:end]
    random.shuffle(some)
    return b"".join([*lines[:start], *some, *lines[end:]])


OF_XML: Sequence[Mutator] = (
    flip, cut, cut_off, double, insert, insert_at_tag, shuffle_tags, drop_tag, swap_attributes, nest, declare_wrongly,
    upset_cdata, rename_namespaces, shuffle_words,
)  # fmt: skip
OF_TEXT: Sequence[Mutator] = (
    flip, cut, cut_off, double, insert, shuffle_tags, nest, declare_wrongly, shuffle_words, shuffle_lines,
)  # fmt: skip


def mutate(body: bytes, random: Random, mutators: Sequence[Mutator]) -> tuple[bytes, str]:
    """Apply one to three mutations; give the result and the names of what was done."""
    chosen = random.choices(mutators, k=random.choice((1, 1, 1, 2, 3)))
    for mutator in chosen:
        body = mutator(body, random)
    return body, "+".join(mutator.__name__ for mutator in chosen)
