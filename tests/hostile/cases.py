"""The cases: what the server does, and what the program must do."""

from __future__ import annotations

import gzip
import itertools
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.hostile.answers import (
    GOOD,
    GZIPPED,
    NEW,
    PAGE,
    answer,
    chunks,
    dripping,
    feed,
    flooding,
    gzip_bomb,
    head,
    hop,
    hops,
    packed,
    raw,
    raw_deflate,
    then_reset,
    then_silence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.answers import Behaviour

Must = Literal["published", "unchanged", "held", "failed"]
GROUPS = {
    "s": "Status codes",
    "w": "Retry-After",
    "r": "Redirects",
    "l": "Lengths and chunks",
    "e": "Packed bodies",
    "t": "Drips, silence, resets",
    "h": "No HTTP, odd HTTP",
    "c": "What is no feed, or not the feed",
    "v": "Validators",
    "k": "TLS",
}


@dataclass(frozen=True)
class Case:
    """One behaviour."""

    group: str
    name: str
    does: str
    must: Must
    behave: Behaviour
    says: str = ""
    """What the report's error must hold."""
    door: str = "http"
    waits: float | None = None
    """The seconds for which the whole host must be left alone."""
    told: str = ""
    """What a problem of the report must hold."""
    holds: str = ""
    """What must be true of the feed that is published, as XPath."""
    good: bytes = GOOD
    """The edition that stood before."""
    patient: bool = False
    """It ends by itself, and is not to be cut short by a time that passes on a busy machine."""
    new: bool = False
    """What is held is published where no edition stands."""


def _cases() -> Iterator[Case]:
    yield from itertools.chain(
        _statuses(), _waits(), _redirects(), _lengths(), _packed(), _times(), _odd(), _contents(), _validators(), _tls()
    )


def _statuses() -> Iterator[Case]:
    yield Case("s", "ok", "answers 200 with the feed", "published", answer())
    yield Case("s", "not-modified", "answers 304", "unchanged", raw(head(304)))
    for status, does in (
        (204, "nothing to send"),
        (206, "a part that nobody asked for"),
        (300, "a choice"),
        (400, "bad request"),
        (401, "wants a password"),
        (403, "forbidden"),
        (404, "not found"),
        (410, "gone, for the first time"),
        (429, "too many requests"),
        (451, "for legal reasons"),
        (500, "an error of its own"),
        (502, "bad gateway"),
        (503, "unavailable"),
        (520, "a number of its own"),
        (999, "a number that HTTP does not know"),
    ):
        behave = raw(head(status)) if status == 204 else answer(status)
        yield Case("s", str(status), f"answers {status}: {does}", "held", behave, str(status))
    yield Case("s", "1000", "answers with a status of four digits", "held", raw(head("1000 X")), "no HTTP")
    yield Case("s", "continue", "says 100 Continue first, unasked", "published", raw(head(100), head(), NEW))
    yield Case("s", "hints", "says 103 Early Hints first", "published", raw(head(103, "Link: </a>"), head(), NEW))


def _waits() -> Iterator[Case]:
    date = "Date: Sat, 01 Jan 2000 00:00:00 GMT"
    for name, status, said, waits in (
        ("seconds", 429, "120", 120.0),
        ("seconds-503", 503, "7200", 7200.0),
        ("date", 429, "Sat, 01 Jan 2000 00:10:00 GMT", 600.0),
        ("old-date", 429, "Saturday, 01-Jan-00 00:10:00 GMT", 600.0),
        ("past", 503, "Fri, 31 Dec 1999 00:00:00 GMT", 0.0),
        ("week", 429, "604800", 86400.0),
        ("year-3000", 503, "Wed, 01 Jan 3000 00:00:00 GMT", 86400.0),
        ("negative", 429, "-1", None),
        ("garbage", 429, "soon", None),
        ("fraction", 503, "1.5", None),
        ("huge", 503, "9" * 60, 86400.0),
        ("elsewhere", 404, "3600", None),
    ):
        does = f"answers {status} with `Retry-After: {said[:40]}` (its clock is in the year 2000)"
        yield Case(
            "w", f"retry-{name}", does, "held", answer(status, date, f"Retry-After: {said}"), str(status), waits=waits
        )


def _redirects() -> Iterator[Case]:
    for status in (301, 302, 303, 307, 308):
        yield Case("r", f"redirect-{status}", f"redirects with {status}", "published", hop(status, "/{name}/end"))
    yield Case("r", "redirect-relative", "redirects to a relative address", "published", hop(302, "{name}/end"))
    yield Case("r", "redirect-unicode", "redirects to `/…/end?ü`, not encoded", "published", hop(302, "/{name}/end?ü"))
    yield Case("r", "redirect-five", "redirects five times", "published", hops(5))
    yield Case("r", "redirect-six", "redirects six times", "held", hops(6), "more than 5 redirects")
    yield Case("r", "redirect-self", "redirects to itself", "held", hop(301, "/{name}"), "more than 5 redirects")
    yield Case("r", "redirect-nowhere", "redirects without saying where", "held", raw(head(302)), "302")
    for name, target in (
        ("file", "file:///etc/passwd"),
        ("ftp", "ftp://{http}/feed"),
        ("data", "data:text/xml,<rss/>"),
        ("script", "javascript:alert(1)"),
        ("gopher", "gopher://{trap}/_GET"),
    ):
        does = f"redirects to a `{target.partition(':')[0]}:` address"
        yield Case("r", f"redirect-{name}", does, "held", hop(302, target), "no web address")
    for name, target in (
        ("bad-port", "http://127.0.0.1:99999/"),
        ("bad-host", "http://[::zz]/"),
        ("empty-host", "http:///feed"),
        ("control", "http://exa\x01mple/"),
    ):
        yield Case(
            "r", f"redirect-{name}", f"redirects to an address with {name.replace('-', ' ')}", "held", hop(302, target)
        )
    yield Case(
        "r", "redirect-inwards", "redirects to a private address", "held", hop(302, "http://{trap}/"), "private network"
    )
    decimal = "http://2130706433:{port[trap]}/"
    yield Case(
        "r", "redirect-decimal", "redirects to 127.0.0.1 written as one number", "held", hop(302, decimal), "hides it"
    )
    name = "http://localhost:{port[trap]}/"
    yield Case(
        "r", "redirect-name", "redirects to a name of a private address", "held", hop(302, name), "private network"
    )
    late = _second_hop_inwards
    yield Case(
        "r", "redirect-late", "redirects to a private address at the second hop", "held", late, "private network"
    )
    yield Case("r", "redirect-other", "redirects to another port", "published", hop(302, "http://{other}/{name}/end"))
    userinfo = hop(302, "http://eve:secret@{other}/{name}/end")
    yield Case("r", "redirect-userinfo", "redirects with a user name and password of its choice", "published", userinfo)
    down = hop(302, "http://{http}/{name}/end")
    yield Case("r", "redirect-down", "redirects from https to http", "held", down, "from https to http", door="tls")
    yield Case("r", "redirect-up", "redirects from http to https", "published", hop(301, "https://{tls}/{name}/end"))
    long = hop(302, "/{name}/end?" + "x" * 200_000)
    yield Case("r", "redirect-long", "redirects to an address of 200 KB", "held", long, "no HTTP")


def _second_hop_inwards(talk: object) -> None:
    hop(302, "http://{trap}/" if getattr(talk, "rest", "") else "/{name}/on")(talk)  # type: ignore[arg-type]


def _lengths() -> Iterator[Case]:
    cut = NEW[:-40]
    more = f"Content-Length: {len(NEW) + 100}"
    yield Case(
        "l", "length-long", "promises more than it sends, and hangs up", "held", raw(head(200, more), NEW), "broke off"
    )
    yield Case(
        "l",
        "length-wait",
        "promises more than it sends, and waits",
        "held",
        then_silence(head(200, more), NEW),
        "in time",
    )
    less = f"Content-Length: {len(cut)}"
    yield Case("l", "length-short", "promises less than it sends", "held", raw(head(200, less), NEW), "end")
    for name, value in (("negative", "-5"), ("word", "many"), ("plus", "+5")):
        yield Case(
            "l",
            f"length-{name}",
            f"says `Content-Length: {value}`",
            "held",
            raw(head(200, f"Content-Length: {value}"), NEW),
        )
    two = raw(head(200, "Content-Length: 5", f"Content-Length: {len(NEW)}"), NEW)
    yield Case("l", "length-two", "says two different lengths", "held", two, "no HTTP")
    huge = then_silence(head(200, "Content-Length: 99999999999"))
    yield Case("l", "length-huge", "promises 100 GB", "held", huge, "more than")
    yield Case("l", "endless", "sends a feed that never ends", "held", flooding(head(), b"<item/>" * 9000), "more than")
    chunked = "Transfer-Encoding: chunked"
    parts = chunks(NEW[:50], NEW[50:])
    yield Case("l", "chunked", "sends chunks", "published", raw(head(200, chunked), parts))
    trailer = chunks(NEW, end=b"0\r\nX-More: yes\r\n\r\n")
    yield Case("l", "chunked-trailer", "sends chunks and a trailer", "published", raw(head(200, chunked), trailer))
    open_end = raw(head(200, chunked), chunks(NEW, end=b""))
    yield Case("l", "chunked-open", "sends the whole feed in chunks, but no last chunk", "held", open_end, "broke off")
    for name, size in (("word", b"zz"), ("negative", b"-4"), ("huge", b"f" * 30), ("none", b"")):
        bad = raw(head(200, chunked), size + b"\r\n" + NEW + b"\r\n0\r\n\r\n")
        yield Case("l", f"chunk-{name}", f"sends a chunk of size `{size.decode()}`", "held", bad)
    extension = flooding(head(200, chunked) + b"5;", b"a=b;" * 9000)
    yield Case("l", "chunk-extension", "sends a chunk's extensions without end", "held", extension, "no HTTP")
    both = raw(head(200, chunked, "Content-Length: 3"), parts)
    yield Case("l", "length-and-chunks", "says a length and sends chunks", "published", both)
    yield Case(
        "l", "transfer-unknown", "says `Transfer-Encoding: zip`", "held", raw(head(200, "Transfer-Encoding: zip"), NEW)
    )


def _packed() -> Iterator[Case]:
    yield Case("e", "gzip", "packs with gzip", "published", packed("gzip", GZIPPED))
    yield Case("e", "gzip-x", "calls it `x-gzip`, in capitals", "published", packed("X-GZIP", GZIPPED))
    yield Case("e", "deflate", "packs with deflate", "published", packed("deflate", zlib.compress(NEW)))
    yield Case(
        "e",
        "deflate-raw",
        "packs with deflate, without zlib's header",
        "published",
        packed("deflate", raw_deflate(NEW)),
    )
    for name in ("br", "zstd"):
        unasked = packed(name, bytes(range(128, 256)) * 3)
        yield Case("e", f"unasked-{name}", f"packs with {name}, unasked", "held", unasked, "gzip alone was asked for")
    for name in ("gzip", "deflate", "br", "zstd", "utf-8"):
        yield Case(
            "e", f"plain-as-{name}", f"says `Content-Encoding: {name}` of a plain feed", "published", packed(name, NEW)
        )
    yield Case("e", "gzip-unsaid", "packs with gzip and does not say so", "published", answer(body=GZIPPED))
    junk = packed("gzip", GZIPPED + b"\0\0 and more")
    yield Case("e", "gzip-junk", "sends junk behind the gzip", "published", junk)
    yield Case("e", "gzip-members", "sends gzip in two members", "published", packed("gzip", _members()))
    empty = packed("gzip", gzip.compress(b"") * 100_000)
    yield Case("e", "gzip-empties", "sends gzip in 100,000 empty members", "held", empty, "1,000 gzip members")
    for name, body in (("gzip", GZIPPED), ("deflate", zlib.compress(NEW))):
        yield Case("e", f"cut-{name}", f"sends {name} that is cut short", "held", packed(name, body[:-12]), "cut short")
    wrong = bytearray(GZIPPED)
    wrong[-6] ^= 255
    yield Case("e", "gzip-sum", "sends gzip whose checksum is wrong", "held", packed("gzip", bytes(wrong)), "damaged")
    yield Case("e", "stacked", "packs twice: `gzip, gzip`", "held", packed("gzip, gzip", GZIPPED), "several times")
    yield Case(
        "e", "bomb-gzip", "sends 400 KB of gzip that are 400 MB", "held", packed("gzip", gzip_bomb()), "more than"
    )


def _members() -> bytes:
    return gzip.compress(NEW[:100]) + gzip.compress(NEW[100:])


def _times() -> Iterator[Case]:
    def letters() -> Iterator[bytes]:
        return itertools.repeat(b"x")

    yield Case("t", "silence", "accepts and says nothing", "held", then_silence(), "in time")
    yield Case(
        "t", "silence-headers", "stops within the headers", "held", then_silence(b"HTTP/1.1 200 OK\r\nX:"), "in time"
    )
    yield Case(
        "t",
        "silence-body",
        "stops within the body",
        "held",
        then_silence(head(200, "Content-Length: 999"), b"<rss"),
        "in time",
    )
    yield Case("t", "drip-status", "drips the status line", "held", dripping(b"HTTP/1.1 200 ", letters), "longer than")
    yield Case(
        "t",
        "drip-headers",
        "drips headers, a byte at a time",
        "held",
        dripping(b"HTTP/1.1 200 OK\r\nX: ", letters),
        "longer than",
    )
    yield Case("t", "drip-body", "drips the body, a byte at a time", "held", dripping(head(), letters), "longer than")
    continues = dripping(b"", lambda: itertools.repeat(head(100)))
    yield Case("t", "drip-continue", "says 100 Continue for ever", "held", continues, "longer than")
    drip_chunks = dripping(head(200, "Transfer-Encoding: chunked"), lambda: itertools.repeat(b"1\r\nx\r\n"))
    yield Case("t", "drip-chunks", "drips chunks of one byte", "held", drip_chunks, "longer than")
    yield Case("t", "close", "hangs up without an answer", "held", raw(), "no HTTP")
    yield Case("t", "reset", "breaks off without an answer", "held", then_reset(), "cannot be reached")
    yield Case("t", "reset-headers", "breaks off within the headers", "held", then_reset(b"HTTP/1.1 200 OK\r\nCont"))
    yield Case(
        "t", "reset-body", "breaks off within the body", "held", then_reset(head(200, "Content-Length: 999"), NEW)
    )
    yield Case(
        "t", "close-headers", "hangs up within the headers", "held", raw(b"HTTP/1.1 200 OK\r\nCont"), "broke off"
    )
    yield Case("t", "refused", "does not listen at all", "held", answer(), "cannot be reached", door="closed")


def _odd() -> Iterator[Case]:
    yield Case("h", "ssh", "speaks SSH", "held", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "no HTTP")
    yield Case("h", "http-0-9", "sends the feed without any headers", "held", raw(NEW), "no HTTP")
    yield Case("h", "http-1-0", "speaks HTTP/1.0, without a length", "published", raw(head(version="1.0"), NEW))
    yield Case(
        "h",
        "http-1-0-cut",
        "speaks HTTP/1.0 and hangs up in mid-feed",
        "held",
        raw(head(version="1.0"), NEW[:-60]),
        "end",
    )
    yield Case("h", "http-7", "says HTTP/7.0", "published", raw(head(version="7.0"), NEW))
    bare = b"HTTP/1.1 200 OK\nContent-Type: text/xml\n\n" + NEW
    yield Case("h", "line-feeds", "ends its lines with LF alone", "published", raw(bare))
    yield Case(
        "h",
        "header-huge",
        "sends a header of 1 MB",
        "held",
        raw(head(200, "X-Big: " + "x" * 1_000_000), NEW),
        "no HTTP",
    )
    many = raw(head(200, *(f"X-{i}: {i}" for i in range(20_000))), NEW)
    yield Case("h", "headers-many", "sends 20,000 headers", "held", many, "no HTTP")
    yield Case(
        "h",
        "headers-endless",
        "sends headers without end",
        "held",
        flooding(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 999),
        "no HTTP",
    )
    yield Case(
        "h", "header-garbage", "sends a header without a colon", "held", raw(head(200, "what is this"), NEW), "no HTTP"
    )
    yield Case("h", "header-null", "sends a NUL in a header", "held", raw(head(200, "X-A: b\0c"), NEW), "no HTTP")
    yield Case("h", "header-fold", "folds a header over two lines", "published", raw(head(200, "X-A: b\r\n c"), NEW))
    yield Case(
        "h",
        "header-latin",
        "sends ISO 8859-1 in headers",
        "published",
        answer(200, "X-A: \xe4\xff", "Content-Type: text/xml; é"),
    )
    yield Case("h", "upgrade", "wants to speak WebSocket", "held", raw(head(101, "Upgrade: websocket")), "no HTTP")
    yield Case(
        "h",
        "early-data",
        "sends a second answer behind the first",
        "published",
        raw(head(200, f"Content-Length: {len(NEW)}"), NEW, head(500)),
    )


def _contents() -> Iterator[Case]:
    yield Case(
        "c",
        "login",
        "answers 200 with a login page",
        "held",
        answer(200, "Content-Type: text/html", body=PAGE),
        "web page",
    )
    yield Case(
        "c",
        "login-as-rss",
        "calls a login page application/rss+xml",
        "held",
        answer(200, "Content-Type: application/rss+xml", body=PAGE),
        "web page",
    )
    portal = hop(302, "http://{other}/{name}/end", answer(200, "Content-Type: text/html", body=PAGE))
    yield Case("c", "portal", "is a captive portal: redirects to a page of its own", "held", portal, "web page")
    refresh = b'<html><head><meta http-equiv="refresh" content="0;url=http://login.example/"></head></html>'
    yield Case(
        "c", "portal-meta", "is a captive portal: a page that refreshes", "held", answer(body=refresh), "web page"
    )
    yield Case("c", "json", "answers 200 with an error in JSON", "held", answer(body=b'{"error": "try later"}'), "JSON")
    yield Case("c", "empty", "answers 200 with nothing", "held", answer(body=b""), "empty")
    yield Case("c", "blank", "answers 200 with white space", "held", answer(body=b" \r\n" * 400), "empty")
    yield Case(
        "c",
        "image",
        "answers 200 with a picture",
        "held",
        answer(200, "Content-Type: image/png", body=b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
        "no RSS",
    )
    for kind in ("text/html", "text/plain", "application/octet-stream", "image/png", "nonsense"):
        behave = answer(200, f"Content-Type: {kind}")
        yield Case("c", f"as-{kind.replace('/', '-')}", f"calls the feed {kind}", "published", behave)
    yield Case("c", "no-items", "sends the feed without its items", "held", answer(body=feed()), "no items")
    yield Case("c", "shrunken", "sends the feed with one of four items", "held", answer(body=feed(4)), "gone", new=True)
    other = answer(body=feed(90, 91, 92, title="Else"))
    yield Case("c", "other-show", "sends another show", "held", other, "gone", new=True)
    yield Case(
        "c", "cut", "sends a feed that ends in mid-item, with a fitting length", "held", answer(body=NEW[:-150]), "end"
    )
    lacks = answer(body=NEW[:-1])
    yield Case("c", "cut-tag", "sends a feed that lacks its last character", "held", lacks, "end", new=True)
    yield Case(
        "c",
        "own-output",
        "sends a feed of this program",
        "failed",
        answer(body=feed(1, more="<generator>enricher/0.1</generator>")),
        "already",
    )
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
    yield Case("c", "entities", "sends a feed that declares entities", "held", answer(body=bomb + NEW), "entities")
    outside = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield Case(
        "c", "entity-file", "sends a feed with an entity that is a file", "held", answer(body=outside + NEW), "entities"
    )
    deep = feed(5, 4, 3, 2, 1, more="<a>" * 100_000 + "</a>" * 100_000)
    yield Case("c", "deep", "sends a feed that is nested 100,000 deep", "held", answer(body=deep), "deep")
    yield Case("c", "cookies", "sets a cookie", "published", answer(200, "Set-Cookie: id=1; Path=/", "Set-Cookie: b=2"))


def _validators() -> Iterator[Case]:
    yield Case(
        "v", "etag-odd", "gives an ETag of odd bytes, then wants it back byte for byte", "unchanged", _wants_its_etag
    )
    yield Case("v", "etag-unquoted", "gives an ETag without quotes", "published", answer(200, "ETag: W/x y,z"))
    yield Case(
        "v",
        "modified-odd",
        "gives a Last-Modified that is no date",
        "published",
        answer(200, "Last-Modified: yesterday"),
    )
    yield Case("v", "same-etag", "gives the same ETag with another feed", "published", answer(200, 'ETag: "one"'))
    yield Case("v", "not-modified-body", "answers 304 with a body all the same", "unchanged", raw(head(304), NEW))
    yield Case(
        "v", "not-modified-always", "answers 304 even to a first question", "unchanged", raw(head(304, 'ETag: "two"'))
    )
    yield Case("v", "old-again", "sends the feed as it was", "unchanged", answer(body=GOOD))


def _wants_its_etag(talk: object) -> None:
    asked = talk.request.headers.get("if-none-match") if hasattr(talk, "request") else None
    (raw(head(304)) if asked == b'"one"' else answer())(talk)  # type: ignore[arg-type]


def _tls() -> Iterator[Case]:
    yield Case("k", "tls", "speaks TLS with a good certificate", "published", answer(), door="tls")
    yield Case("k", "tls-name", "has a certificate of another name", "held", answer(), "certificate", door="tls-name")
    yield Case("k", "tls-expired", "has an expired certificate", "held", answer(), "expired", door="tls-expired")
    yield Case(
        "k",
        "tls-unknown",
        "has a certificate of an unknown authority",
        "held",
        answer(),
        "certificate",
        door="tls-unknown",
    )
    yield Case("k", "tls-plain", "speaks plain HTTP where TLS is due", "held", answer(), "", door="tls-plain")
    yield Case("k", "tls-silence", "accepts and never begins with TLS", "held", answer(), "in time", door="tls-silence")
    yield Case("k", "tls-reset", "breaks off within the TLS handshake", "held", answer(), "", door="tls-reset")
    yield Case(
        "k",
        "tls-cut",
        "hangs up in mid-body without TLS's good-bye",
        "held",
        then_reset(head(200, "Content-Length: 999"), NEW),
        door="tls",
    )
    yield Case("k", "ipv6", "listens on IPv6 alone", "published", answer(), door="ipv6")


CASES = tuple(_cases())
