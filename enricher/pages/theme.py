"""A theme: Jinja2 templates with autoescape everywhere, one stylesheet, one script; any of them can be replaced."""

from __future__ import annotations

import hashlib
import pkgutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined, TemplateError
from jinja2 import TemplateSyntaxError as SyntaxFault

from enricher.errors import ConfigError, FeedError
from enricher.text import xml_safe

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = ("base.html", "episode.html", "show.html", "site.html", "feeds.opml")
STYLE, SCRIPT = "style.css", "page.js"
FILES = (*TEMPLATES, STYLE, SCRIPT)
"""The names of what a theme is made of."""
_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What a template raises that asks for something that is not there, or calculates with what is no number."""


@dataclass(frozen=True, slots=True)
class Theme:
    """How pages look."""

    environment: Environment = field(repr=False, compare=False)
    style: str
    """The stylesheet's published file name, at the site's root: with a digest, so that it can be cached for good."""
    script: str
    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    """Stylesheet and script under these names, to be published beside the shows' folders."""
    digest: str
    """Hex digest of everything in it."""
    is_replaced: bool = False
    """Whether any template is not the program's own."""

    def render(self, template: str, **values: object) -> bytes:
        """Fill a template in; raises FeedError where a replaced one does not fit."""
        try:
            text = self.environment.get_template(template).render(theme=self, **values)
        except _FAULTS as error:
            if not self.is_replaced:
                raise  # a bug of ours
            raise FeedError(f"the template {template} cannot be filled in: {error}") from error
        # Neither HTML nor XML carries control characters and half characters, wherever they came from.
        return xml_safe(text).encode()


def make_theme(replaced: Mapping[str, str] | None = None) -> Theme:
    """Make a theme of the package's files, those in `replaced` (name to text) in place of them; raises ConfigError."""
    texts = {name: _own(name) for name in FILES} | dict(replaced or {})
    environment = Environment(
        loader=DictLoader(texts),
        autoescape=True,  # whatever a template is called: there is no text of ours that holds markup unmarked
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in (name for name in replaced or () if name not in {STYLE, SCRIPT}):
        try:
            environment.get_template(name)
        except SyntaxFault as error:
            raise ConfigError(f"the template {error.name or name}, line {error.lineno}: {error.message}") from error
    published = tuple((_named(name, texts[name]), texts[name].encode()) for name in (STYLE, SCRIPT))
    digest = hashlib.blake2b(repr(sorted(texts.items())).encode(), digest_size=16).hexdigest()
    return Theme(environment, published[0][0], published[1][0], published, digest, bool(replaced))


def _own(name: str) -> str:
    return (pkgutil.get_data(__name__, f"templates/{name}") or b"").decode()


def _named(name: str, text: str) -> str:
    stem, _, suffix = name.partition(".")
    return f"{stem}-{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}.{suffix}"
