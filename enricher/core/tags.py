"""Tags and comments as HTML allows them, mended for XML."""

from __future__ import annotations

import re

OPAQUE = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)
"""CDATA and comments, in which nothing is markup."""
START_TAG = re.compile(r"<[A-Za-z_][\w.:-]*(?:\s[^<>]*)?>")
_WHOLE_TAG = re.compile(r"<[A-Za-z_][\w.:-]*(?:\s+[\w.:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+\s*/?>")
_TAG_PARTS = re.compile(r"<([^\s<>/]+)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r"(?:^|\s+|(?<=[\"']))(?P<name>[\w:.-]+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+)")
_VOID = {"br", "hr", "img", "wbr"}
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def mend_comments(text: str) -> str:
    """Part the double hyphens in comments, which XML does not allow."""
    return _COMMENT.sub(_mend_comment, text)


def _mend_comment(found: re.Match[str]) -> str:
    return f"<!--{re.sub('-(?=-|$)', '- ', found[1])}-->"


def mend_tags(text: str) -> str:
    """Quote attributes, keep the first of several alike, close what HTML never closes; a bare `]]>` is text."""
    parts = OPAQUE.split(text)
    parts[::2] = [_WHOLE_TAG.sub(lambda found: f"<{found[0][1:].replace('<', '&lt;')}", part) for part in parts[::2]]
    parts[::2] = [START_TAG.sub(_mend_tag, part.replace("]]>", "]]&gt;")) for part in parts[::2]]
    return "".join(parts)


def _mend_tag(found: re.Match[str]) -> str:
    name, rest, end = _TAG_PARTS.fullmatch(found[0]).groups()  # type: ignore[union-attr] # every start tag has these
    attributes: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(rest):
        value = attribute["value"]
        attributes.setdefault(attribute["name"], value if value[0] in "\"'" else f'"{value}"')
    if _ATTRIBUTE.sub("", rest).strip():
        return found[0]  # there is something else in it, which is not understood
    void = "/" if name.lower() in _VOID else end
    return f"<{name}{''.join(f' {name}={value}' for name, value in attributes.items())}{void}>"
