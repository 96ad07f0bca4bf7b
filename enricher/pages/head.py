"""What stands in a page's head: its language, its address, what it may load, what it says to those that link to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from enricher.pages.markup import web
from enricher.translations import Words, direction, language_tag, words_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enricher.model.page import Show

# Within a script element `</script` and `<!--` are markup even in a string of JSON:
# https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
_IN_SCRIPT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


@dataclass(frozen=True, slots=True)
class Head:
    """A page's head, and the words that its body says."""

    title: str
    canonical: str
    """The page's own address; empty where it has none that is known."""
    language: str
    direction: str
    words: Words
    policy: str
    """The Content-Security-Policy."""
    root: str = ""
    """The way to the site's root, where stylesheet and script are: empty, or `../`."""
    description: str = ""
    kind: str = "website"
    """The type of Open Graph, https://ogp.me/#types."""
    cover: str | None = None
    audio: str | None = None
    feed: str | None = None
    """The feed's address."""
    site: str = ""
    """The show's title, on the page of an episode."""
    noindex: bool = False
    data: Markup | None = None
    """JSON-LD."""


def of_show(show: Show, title: str, page: str, *, audio: str | None = None, search: bool = False, **more: Any) -> Head:  # noqa: ANN401 the other fields
    """Make the head of a page in a show's folder."""
    words = words_for(show.language)
    cover = web(show.cover)
    return Head(
        title,
        (web(show.home) or "") and f"{show.home}{page}",
        language_tag(show.language) or words.language,
        direction(show.language),
        words,
        policy(cover, audio=bool(audio), search=search),
        root="../",
        cover=cover,
        audio=audio,
        feed=web(show.feed_url),
        noindex=show.noindex,
        **more,
    )


def policy(*covers: str | None, audio: bool = False, search: bool = False) -> str:
    """Write the strictest Content-Security-Policy that lets a page show its pictures, play its audio and search.

    Hosts are not named: audio and covers are redirected, through counters of downloads above all, to hosts that nobody
    knows before. Nothing foreign in a page can name one, as all of it is escaped.
    """
    schemes = sorted({cover.partition(":")[0].lower() + ":" for cover in covers if cover})
    # Pagefind is a script and WebAssembly of our own host that fetches parts of its index.
    rules = {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'" if search else "'self'",
        "style-src": "'self'",
        "img-src": " ".join(schemes) or "'none'",
        "media-src": "https: http:" if audio else "'none'",
        "connect-src": "'self'" if search else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def json_ld(data: Mapping[str, Any]) -> Markup:
    """Write data for a script element of JSON-LD, fields without a value left out."""
    kept = {name: value for name, value in data.items() if value not in (None, "", [], {})}
    text = json.dumps({"@context": "https://schema.org", **kept}, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_IN_SCRIPT))  # noqa: S704 nothing in it can end the element
