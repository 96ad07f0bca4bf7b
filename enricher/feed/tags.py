"""Tags and comments as HTML allows them, mended for XML."""

from __future__ import annotations

import re

_OPAQUE = {"<!--": "-->", "<![CDATA[": "]]>"}
_OPENS = re.compile(r"<!--|<!\[CDATA\[")
START_TAG = re.compile(r"<[A-Za-z_][\w.:-]*(?:\s[^<>]*)?>")
_WHOLE_TAG = re.compile(r"<[A-Za-z_][\w.:-]*(?:\s+[\w.:-]+\s*=\s*(?:\"[^\">]*\"|'[^'>]*'))+\s*/?>")
"""A tag in whose values a sign may stand that is none of a tag."""
_TAG_PARTS = re.compile(r"<([^\s<>/]+)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r"(?:^|\s+|(?<=[\"']))(?P<name>[\w:.-]+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+)")
_VOID = {"br", "hr", "img", "wbr"}
_HYPHENS = re.compile(r"-(?=-|$)")


def parted(text: str) -> list[str]:
    """Part a text at its comments and CDATA, in which nothing is markup: markup, opaque, markup, … markup.

    What is opened and never closed is markup.
    """
    parts, done, start = list[str](), 0, 0
    closed = dict.fromkeys(_OPAQUE, True)
    while found := _OPENS.search(text, start):
        close = _OPAQUE[found[0]]
        end = text.find(close, found.end()) if closed[found[0]] else -1
        closed[found[0]] = end >= 0
        start = found.end()
        if end >= 0:
            parts += [text[done : found.start()], text[found.start() : end + len(close)]]
            done = start = end + len(close)
    return [*parts, text[done:]]


def mend_comments(text: str) -> str:
    """Part the double hyphens in comments, which XML does not allow."""
    parts = parted(text)
    parts[1::2] = [
        f"<!--{_HYPHENS.sub('- ', part[4:-3])}-->" if part.startswith("<!--") else part for part in parts[1::2]
    ]
    return "".join(parts)


def mend_tags(text: str) -> str:
    """Quote attributes, keep the last of several alike, close what HTML never closes; a bare `]]>` is text.

    feedparser keeps the last one, too.
    """
    parts = parted(text)
    parts[::2] = [_WHOLE_TAG.sub(lambda found: f"<{found[0][1:].replace('<', '&lt;')}", part) for part in parts[::2]]
    parts[::2] = [START_TAG.sub(_mend_tag, part.replace("]]>", "]]&gt;")) for part in parts[::2]]
    return "".join(parts)


def _mend_tag(found: re.Match[str]) -> str:
    name, rest, end = _TAG_PARTS.fullmatch(found[0]).groups()  # type: ignore[union-attr] # every start tag has these
    attributes: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(rest):
        value = attribute["value"]
        attributes[attribute["name"]] = value if value[0] in "\"'" else f'"{value}"'
    if _ATTRIBUTE.sub("", rest).strip():
        return found[0]  # there is something else in it, which is not understood
    void = "/" if name.lower() in _VOID else end
    return f"<{name}{''.join(f' {name}={value}' for name, value in attributes.items())}{void}>"
