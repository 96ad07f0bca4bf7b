"""The cases whose HTTP is as it should be, and whose feed is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.hostile.answers import NEW, PAGE, answer, feed, hop
from tests.hostile.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.hostile.answers import Behaviour
    from tests.hostile.server import Talk

GROUPS = {
    "n": "Documents around and instead of a feed",
    "p": "Feeds of several pages",
    "x": "Broken XML and character sets",
    "a": "Namespaces, links, addresses",
    "g": "What comes and goes",
    "o": "What operators have to hear",
}
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
HTML = "Content-Type: text/html"


def _pages(bodies: Mapping[str, bytes], link: str = "next", last: Behaviour | None = None) -> Behaviour:
    """Serve pages by what stands behind the case's name, each with a link to the next, and `last` behind them."""

    def behave(talk: Talk) -> None:
        if last and talk.rest == "last":
            last(talk)
            return
        body = bodies.get(talk.rest)
        if body is None:
            answer(404, body=b"nothing here")(talk)
            return
        names = list(bodies)
        at = names.index(talk.rest) + 1
        following = names[at] if at < len(names) else "last" if last else ""
        mark = f'<a:link xmlns:a="{ATOM}" rel="{link}" href="/{talk.name}/{following}"/>' if following else ""
        answer(body=body.replace(b"</title>", f"</title>{mark}".encode(), 1))(talk)

    return behave


def _items(*guids: int) -> str:
    return "<item>" + feed(*guids).decode().partition("<item>")[2].rpartition("</channel>")[0]


def _dated(*guids: int, day: int = 1) -> bytes:
    """Make hourly news: each item an hour younger than the one after it."""
    text = feed(*guids).decode()
    for guid in guids:
        date = f"<pubDate>Fri, {day:02} Jan 2027 {guid:02}:00:00 GMT</pubDate>"
        text = text.replace(f"show-{guid}</guid>", f"show-{guid}</guid>{date}")
    return text.encode()


def _signed(signature: str, *guids: int) -> bytes:
    """Make a feed without guids whose files have another address at each fetch."""
    items = "".join(
        f"<item><title>Episode {guid}</title><enclosure type='audio/mpeg' length='1'"
        f" url='https://cdn.example/show-{guid}.mp3?Expires={signature}1&amp;Signature={signature}'/></item>"
        for guid in guids
    )
    return f"<rss version='2.0'><channel><title>The Show</title>{items}</channel></rss>".encode()


def _with(*additions: str, names: str = "", inside: str = "", body: bytes = NEW) -> bytes:
    """Add something to the channel, to the root's declarations, to the first item."""
    text = body.decode().replace("<rss ", f"<rss {names} ", 1).replace("</title>", f"</title>{''.join(additions)}", 1)
    return text.replace("</item>", f"{inside}</item>", 1).encode()


def _around() -> Iterator[Case]:
    yield Case(
        "n",
        "doubled",
        "prints the feed twice",
        "published",
        answer(body=NEW + NEW),
        holds="count(//item) = 5",
        told="mended",
    )
    yield Case(
        "n", "warning", "prints a warning of PHP before it", "published", answer(body=b"<br/>\nWarning: x\n" + NEW)
    )
    wrapped = json.dumps({"status": 200, "contents": NEW.decode()}).encode()
    yield Case("n", "json-wrapped", "wraps the feed in JSON", "held", answer(body=wrapped), "it wraps a feed")
    padded = b'cb({"contents": "' + NEW.replace(b'"', b'\\"') + b'"});'
    yield Case("n", "jsonp-wrapped", "wraps the feed in a call", "held", answer(body=padded), "it wraps a feed")
    guarded = b")]}',\n" + wrapped.replace(b'"status": 200, ', b"")
    yield Case(
        "n", "json-guarded", "wraps the feed in JSON behind a guard", "held", answer(body=guarded), "wraps a feed"
    )
    soap = b"<s:Envelope xmlns:s='urn:s'><s:Body>" + NEW + b"</s:Body></s:Envelope>"
    five = "count(//item) = 5"
    yield Case("n", "soap", "wraps the feed in SOAP", "published", answer(body=soap), holds=five, told="markup around")
    inside = answer(body=NEW.replace(b"</channel>", NEW + b"</channel>"))
    yield Case(
        "n", "doubled-inside", "prints the feed in itself", "published", inside, holds=five, told="several channels"
    )
    json_feed = b'{"version": "https://jsonfeed.org/version/1.1", "title": "The Show", "items": []}'
    yield Case("n", "json-feed", "sends a JSON Feed", "held", answer(body=json_feed), "RSS feed")
    link = b"<link href='/feed.xml' type='application/rss+xml' rel='alternate'>"
    page = PAGE.replace(b"</head>", link + b"</head>")
    yield Case(
        "n", "page-of-feed", "sends a page that names the feed", "held", answer(200, HTML, body=page), "its feed is"
    )
    quoted = b"<html><body><pre>" + NEW.replace(b"<", b"&lt;") + b"</pre></body></html>"
    yield Case("n", "page-around", "shows the feed in a page", "held", answer(200, HTML, body=quoted), "web page")
    atom = f"<feed xmlns='{ATOM}'><title>The Show</title><entry><id>show-5</id><title>E</title></entry></feed>"
    yield Case("n", "atom", "sends Atom where RSS was", "held", answer(body=atom.encode()), "gone", new=True)
    other = _with("<generator>podcast-enricher/1.2</generator>")
    yield Case("n", "other-generator", "is made by podcast-enricher, another program", "published", answer(body=other))


def _paged() -> Iterator[Case]:
    first, second = feed(5, 4), feed(3, 2, 1)
    five = "count(//item) = 5 and not(//atom:link[@rel != 'self'])"
    pages = _pages({"": first, "2": second})
    yield Case("p", "pages", "has the feed on two pages", "published", pages, holds=five)
    archive = _pages({"": first, "2": second}, "prev-archive")
    yield Case("p", "pages-archive", "has old items in an archive (`prev-archive`)", "published", archive, holds=five)
    same = _pages({"": NEW, "2": NEW, "3": NEW})
    yield Case("p", "pages-same", "repeats the page at every further address", "published", same, holds=five)
    circle = _pages({"": first, "2": second}, last=hop(302, "/{name}/2"))
    yield Case("p", "pages-circle", "leads from the last page back to it", "published", circle, holds=five)
    empty = _pages({"": first, "2": second, "3": feed()})
    yield Case("p", "pages-empty", "has an empty page behind the last", "published", empty, holds=five)
    for status in (404, 410, 500):
        gone = _pages({"": first, "2": second}, last=answer(status))
        does = f"answers {status} for a page behind the last"
        yield Case("p", f"pages-{status}", does, "published", gone, holds=five, told=str(status))
    login = _pages({"": first, "2": second}, last=answer(200, HTML, body=PAGE))
    yield Case(
        "p", "pages-login", "sends a login page for a later page", "published", login, holds=five, told="web page"
    )
    private = _pages({"": first, "2": second}, last=hop(302, "http://{trap}/"))
    does = "leads from a later page to a private address"
    yield Case("p", "pages-inwards", does, "published", private, holds=five, told="private network")
    ours = _pages({"": first, "2": second}, last=answer(body=_with("<generator>enricher/0.1</generator>")))
    yield Case(
        "p", "pages-ours", "has a feed of this program for a page", "published", ours, holds=five, told="already"
    )
    endless = _pages({"": NEW} | {str(n): feed(n * 10) for n in range(2, 140)})
    yield Case("p", "pages-endless", "has pages without end", "held", endless, "more than 100 pages", patient=True)
    unread = answer(body=_with(f'<a:link xmlns:a="{ATOM}" rel="next" href="http://[x]/"/>'))
    yield Case("p", "pages-unread", "names a next page `http://[x]/`", "published", unread, holds=five)


def _broken() -> Iterator[Case]:
    def of_first(broken: str) -> Behaviour:
        return answer(body=NEW.replace(b"<title>Episode 5</title>", f"<title>Episode 5</title>{broken}".encode()))

    whole = "count(//item) = 5 and count(//enclosure) = 5"
    for name, does, broken in (
        ("stray", "has a stray `</p>` in an item", "<description></p>x</description>"),
        ("open", "never ends a field of an item", "<description><p>x"),
        ("ampersand", "has a bare `&` in an item", "<description>Q & A</description>"),
        ("nested-cdata", "has CDATA in CDATA", "<description><![CDATA[a <![CDATA[b]]> c]]></description>"),
        ("open-cdata", "never closes a CDATA section", "<description><![CDATA[<p>x</description>"),
        ("control", "has control characters in an item", "<description>a\x00b\x0bc&#x1F;</description>"),
        ("undeclared", "uses prefixes that it does not declare", "<itunes:author>x</itunes:author><a:b>c</a:b>"),
        ("comment", "has double hyphens in a comment", "<!-- a -- b -->"),
    ):
        yield Case("x", f"broken-{name}", does, "published", of_first(broken), holds=whole, told="mended")
    child = "<itunes:owner><itunes:name>Q<b></itunes:name><itunes:email>a@a.example</itunes:email></itunes:owner>"
    body = answer(body=_with(child, names=f'xmlns:itunes="{ITUNES}"'))
    held = f"{whole} and //itunes:owner/itunes:email = 'a@a.example'"
    yield Case(
        "x", "broken-child", "has one unsound child in `itunes:owner`", "published", body, holds=held, told="mended"
    )
    two = NEW.replace(b"</channel>", b"</channel><channel><title>B</title>" + _items(6).encode() + b"</channel>")
    joined = "count(//item) = 6 and count(//channel) = 1"
    yield Case("x", "two-channels", "has two channels", "published", answer(body=two), holds=joined, told="several")
    rdf = NEW.decode().replace('<rss version="2.0">', f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='http://purl.org/rss/1.0/'>")
    rdf = rdf.replace("</rss>", "</rdf:RDF>")
    does = "sends RSS 1.0, which can only be rebuilt"
    yield Case("x", "rebuilt", does, "held", answer(body=rdf.encode()), "could only be rebuilt", new=True)
    title = "\u041f\u0440\u0438\u0432\u0435\u0442"
    said = f"//item[1]/title = '{title}'"
    for name, does, header, declared, codec in (
        ("header", "says a wrong charset in the header", "windows-1251", "", "utf-8"),
        ("declaration", "declares a wrong encoding", "", "windows-1251", "utf-8"),
        ("both", "says a wrong charset in header and declaration", "koi8-r", "iso-8859-1", "utf-8"),
        ("header-alone", "says the right charset in the header alone", "koi8-r", "utf-8", "koi8-r"),
        ("unknown", "declares an encoding that there is not", "", "x-none", "utf-8"),
        ("utf-16", "sends UTF-16", "", "utf-16", "utf-16"),
    ):
        text = NEW.decode().replace("Episode 5", title)
        text = f"<?xml version='1.0' encoding='{declared}'?>{text}" if declared else text
        kind = f"Content-Type: text/xml{f'; charset={header}' if header else ''}"
        yield Case("x", f"charset-{name}", does, "published", answer(200, kind, body=text.encode(codec)), holds=said)
    for name, does, raw in (
        ("references", "writes an emoji as two references", b"&#55357;&#56898;"),
        ("cesu", "writes an emoji in CESU-8", b"\xed\xa0\xbd\xed\xb9\x82"),
    ):
        emoji = answer(body=NEW.replace(b"Episode 5", raw))
        yield Case("x", f"halves-{name}", does, "published", emoji, holds="//item[1]/title = '\U0001f642'")
    pasted = answer(body=NEW.replace(b"Episode 5", b"\x93\xc3\xa9\x94"))
    does = "has Windows-1252 pasted into UTF-8"
    yield Case("x", "charset-pasted", does, "published", pasted, holds="//item[1]/title = '\u201c\xe9\u201d'")


def _addresses() -> Iterator[Case]:
    moved = "not(//*[local-name() = 'new-feed-url'])"
    for name, uri in (
        ("capitals", "http://www.itunes.com/DTDs/Podcast-1.0.dtd"),
        ("https", "https://www.itunes.com/dtds/podcast-1.0.dtd"),
        ("slash", f"{ITUNES}/"),
        ("no-www", "http://itunes.com/dtds/podcast-1.0.dtd"),
    ):
        new = "<i:new-feed-url>https://elsewhere.example/</i:new-feed-url><i:author>A</i:author>"
        body = answer(body=_with(new, names=f'xmlns:i="{uri}"'))
        holds = f"{moved} and //itunes:author = 'A'"
        does = f"writes the namespace of itunes `{uri}`"
        yield Case("a", f"namespace-{name}", does, "published", body, holds=holds, told="moved to")
    links = "".join(
        f'<b:link rel="{rel}" type="{kind}" href="https://old.example/"/>'
        for rel, kind in (
            ("self", ""),
            ("hub", ""),
            ("first last", ""),
            ("alternate", "application/rss+xml; charset=utf-8"),
            ("Alternate payment", "application/feed+json"),
        )
    )
    body = answer(body=_with(links, names=f'xmlns:b="{ATOM}/"'))
    ours = "count(//atom:link) = 1 and not(//*[contains(@href, 'old.example')])"
    yield Case("a", "links", "links to itself in many ways, in `Atom/`", "published", body, holds=ours)
    inside = (
        f'<link>http://[x]/</link><p:chapters xmlns:p="{PODCAST}" url="http://]/" type="application/json+chapters"/>'
        f'<p:transcript xmlns:p="{PODCAST}" url="http://\u2100.test/" type="text/vtt"/>'
    )
    unread = answer(body=_with(inside=inside))
    holds = "//link = 'http://[x]/' and //podcast:chapters and //podcast:transcript"
    yield Case("a", "unread-addresses", "has addresses that cannot be parsed", "published", unread, holds=holds)
    relative = answer(body=_with("<link>/about</link>", body=NEW.replace(b"https://cdn.example/5", b"audio/show-5")))
    holds = "starts-with(//item[1]/enclosure/@url, 'http://127.0.0.1:') and starts-with(//channel/link, 'http')"
    yield Case("a", "relative", "writes relative addresses", "published", relative, holds=holds)
    block = f'<p:block xmlns:p="{PODCAST}" id="spotify">no</p:block>'
    holds = "not(//podcast:block = 'no')"
    yield Case(
        "a",
        "block-no",
        "invites one directory (`podcast:block` no)",
        "published",
        answer(body=_with(block)),
        holds=holds,
    )
    style = answer(body=b'<?xml version="1.0"?><?xml-stylesheet href="/a.xsl"?>' + NEW)
    yield Case("a", "stylesheet", "has a stylesheet of its host's", "published", style, told="xml-stylesheet")


def _turnover() -> Iterator[Case]:
    news, newer = _dated(4, 3, 2, 1), _dated(8, 7, 6, 5)
    yield Case("g", "turnover", "replaces all items by newer ones", "published", answer(body=newer), good=news)
    older = answer(body=_dated(8, 7, 6, 5))
    does = "replaces all items by older ones"
    yield Case("g", "turned-back", does, "held", older, "gone", good=_dated(4, 3, 2, 1, day=9), new=True)
    fewer = answer(body=_dated(6, 5))
    yield Case(
        "g", "turnover-fewer", "replaces all items by fewer, newer ones", "held", fewer, "gone", good=news, new=True
    )
    signed = answer(body=_signed("two", 5, 4, 3, 2, 1))
    does = "has no guids, and another signature in each address at every fetch"
    holds = "//item[1]/guid = 'https://cdn.example/show-5.mp3'"
    yield Case("g", "signatures", does, "published", signed, good=_signed("one", 4, 3, 2, 1), holds=holds)
    twice = answer(body=NEW.replace(b"<item>", _items(5).encode() + b"<item>", 1))
    does = "has an item twice"
    yield Case("g", "item-twice", does, "published", twice, holds="count(//guid[. = 'show-5']) = 2")
    turned = answer(body=feed(1, 2, 3, 4, 5))
    yield Case(
        "g", "order", "turns the order of its items round", "published", turned, holds="//item[5]/guid = 'show-5'"
    )


def _told() -> Iterator[Case]:
    wall = answer(403, "Set-Cookie: wall=1", "cf-mitigated: challenge", HTML, body=PAGE)
    yield Case(
        "o", "cookie-wall", "answers 403 with a page that sets a cookie", "held", wall, "such as a cookie, may help"
    )
    consent = hop(302, "/{name}/end", answer(200, "Set-Cookie: consent=0", HTML, body=PAGE))
    yield Case("o", "consent", "asks for consent on a page of its own", "held", consent, "web page")
    wants = answer(401, 'WWW-Authenticate: Basic realm="x"')
    yield Case("o", "password", "wants a password, and does not take this one", "held", wants, "password")
    address = "<i:new-feed-url>https://elsewhere.example/feed</i:new-feed-url>"
    said = _with(address, names=f'xmlns:i="{ITUNES}"')
    told = "moved to https://elsewhere.example/feed"
    yield Case(
        "o", "moved", "says that it has moved (`itunes:new-feed-url`)", "published", answer(body=said), told=told
    )
    moved = hop(301, "/{name}/end", answer(body=said))
    yield Case(
        "o", "moved-301", "says so, and redirects with 301", "published", moved, told="has moved for good to http"
    )
    yield Case("o", "moved-308", "redirects with 308", "published", hop(308, "/{name}/end"), told="has moved for good")


def _echo(place: str, *, in_item: bool = False) -> Behaviour:
    """Print the address that was asked for in the feed, as some servers do."""

    def behave(talk: Talk) -> None:
        said = place.format(f"https://feeds.example{talk.request.path}".replace("&", "&amp;"))
        answer(body=_with(inside=said) if in_item else _with(said))(talk)

    return behave


def _secrets() -> Iterator[Case]:
    own = f'<a:link xmlns:a="{ATOM}" rel="self" href="{{}}"/>'
    yield Case("o", "echo-self", "prints the secret address as its own", "published", _echo(own))
    yield Case("o", "echo-link", "prints the secret address as its page's", "published", _echo("<link>{}</link>"))
    yield Case("o", "echo-comment", "prints the secret address in a comment", "published", _echo("<!-- {} -->"))
    item, says = _echo('<source url="{}"/>', in_item=True), "of the configuration stands in its items"
    yield Case("o", "echo-item", "prints the secret address in an item", "failed", item, says)


CASES = (*_around(), *_paged(), *_broken(), *_addresses(), *_turnover(), *_told(), *_secrets())
