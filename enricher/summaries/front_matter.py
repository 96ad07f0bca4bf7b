"""Front matter above a text: YAML, TOML or JSON."""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import suppress
from typing import Any

import yaml

from enricher.summaries.vocabulary import key_role
from enricher.text import one_line

_MARK = re.compile(r"(---|\+\+\+|;;;)[ \t]*(?:json|ya?ml|(toml))?[ \t]*\r?\n", re.IGNORECASE)
"""`---`, or `---json` as Eleventy has it."""
_TOML_KEY = re.compile(r"^(?=[\w-]{1,40}[ \t]*=|\[)", re.MULTILINE)
_NESTED = re.compile(r"^[\w-]{1,40}:[ \t]*\n[ \t]*- ", re.MULTILINE)
_TOP_KEY = re.compile(r"^[^\s#\-'\"][^:\n]{0,80}:(?=\s|$)")
_UNOPENED = re.compile(r"((?:[^\W\d_][\w .-]{0,40}(?::[ \t]|=)[^\n]*\n){3,60})[-~]{3,}[ \t]*\n")
"""Lines of metadata that a rule ends and none begins: MultiMarkdown's, and `key=value` of JBake."""
_OSF = re.compile(r"HEADER[ \t]*\r?\n((?:[^\n]*\n){1,40}?)/HEADER[ \t]*$", re.MULTILINE)
"""The head of the Open Shownote Format, https://github.com/shownotes/OSF-in-a-Nutshell."""
_TIGHT = re.compile(r"^([A-Za-z_]{2,30}):(?=[^\s:/])", re.MULTILINE)
"""`title:How bees choose`, which is no key to YAML."""
_PROPERTY = re.compile(r"^([^\W\d_][\w.-]{0,40})=(.*)$", re.MULTILINE)
_MODULE = re.compile(
    r"(?:(?:import|export)\b[^\n]*\n|[ \t]*\n){0,50}?export[ ]+(?:const|let)[ ]+\w+(?:[ ]*:[ ]*\w+)?[ ]*=[ ]*(?=\{)"
)
"""What begins metadata of MDX, https://mdxjs.com/guides/frontmatter/: `export const metadata = { … }`."""
_MODULE_END = re.compile(r"^\}(?:\s+(?:as|satisfies)\s+\w+)?;?[ \t]*$", re.MULTILINE)


def split_front_matter(text: str) -> tuple[dict[str, Any], str, list[str]]:
    """Part front matter from the rest: YAML between `---`, TOML between `+++`, JSON in `{ }`; and what is broken in it.

    An indented `---` is part of a value and ends nothing.
    """
    head = text.lstrip("\ufeff\n\r ")
    mark = _MARK.match(head)
    end_mark = mark and re.search(
        rf"^{re.escape(mark[1])}[ \t]*\r?$|^\.\.\.[ \t]*\r?$", head[mark.end() :], re.MULTILINE
    )
    if not mark or not end_mark:
        return _without_marks(head) or ({}, text, [])
    inside, rest = head[mark.end() : mark.end() + end_mark.start()], head[mark.end() + end_mark.end() :]
    if mark[1] == "+++" or mark[2]:
        return _toml(inside.replace("\r\n", "\n"), rest)
    inside = _TIGHT.sub(lambda line: f"{line[1]}: " if key_role(line[1]) else line[0], inside)
    keys = _TOP_KEY.search(inside.lstrip()) or inside.lstrip().startswith("{")
    if inside.strip() and not keys and "\n#" not in f"\n{inside}":
        return {}, text, []  # a rule, text, and another rule
    return _yaml(inside, rest)


def _without_marks(head: str) -> tuple[dict[str, Any], str, list[str]] | None:
    """Part metadata that no mark begins: JSON, lines that a rule ends, an object of JavaScript, YAML alone."""
    if head.startswith("{"):
        with suppress(ValueError, RecursionError):
            found, end = json.JSONDecoder(strict=False).raw_decode(head)
            return (found, head[end:], []) if found and isinstance(found, dict) else None
        return None
    if shownotes := _OSF.match(head):
        return _yaml(shownotes[1], head[shownotes.end() :])
    if lines := _UNOPENED.match(head):
        tree = _unopened(lines[1])
        if sum(key_role(str(key)) is not None for key in tree) > 1:
            return tree, head[lines.end() :], []
    if (module := _MODULE.match(head)) and (closing := _MODULE_END.search(head, module.end())):
        # An object of JavaScript is a flow mapping of YAML, more often than not.
        return _yaml(head[module.end() : closing.start() + 1], head[closing.end() :])
    whole = _whole_tree(head)
    return (whole, "", []) if whole else None


def _yaml(text: str, rest: str) -> tuple[dict[str, Any], str, list[str]]:
    """Parse YAML key by key where it is broken: one bad line costs that key alone."""
    found = _parsed(text)
    if found is not None:
        return (found if isinstance(found, dict) else {}), rest, []
    parts: list[list[str]] = []
    for line in text.splitlines():
        if _TOP_KEY.match(line) or not parts:
            parts.append([])
        parts[-1].append(line)
    whole: dict[str, Any] = {}
    faults = []
    for lines in parts:
        one = _parsed("\n".join(lines))
        key, _, value = lines[0].partition(":")
        if isinstance(one, dict):
            whole |= one
        elif len(lines) == 1 and not set("\"'[]{}&*|>") & set(value):
            whole[key.strip()] = value.strip()  # "title: Bees: a life" is what many write
        elif "".join(lines).strip():
            faults.append(f"front matter that is not YAML: “{one_line(key)[:60]}”")
    return whole, rest, faults


def _toml(text: str, rest: str) -> tuple[dict[str, Any], str, list[str]]:
    """Parse TOML key by key where it is broken: one bad line costs that key alone."""
    try:
        return tomllib.loads(text), rest, []
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        fault = f"the front matter is not TOML: {one_line(str(error))[:200]}"
    whole: dict[str, Any] = {}
    for lines in _TOML_KEY.split(text)[1:]:
        with suppress(tomllib.TOMLDecodeError, RecursionError):
            whole |= tomllib.loads(lines)
            continue
        key, _, value = lines.partition("=")
        if not set("\"'[]{}") & set(value) and "\n" not in value.strip():
            whole[key.strip()] = value.strip()  # `host = Ann Lee`
    return whole, rest, [fault]


def _unopened(lines: str) -> dict[str, Any]:
    """Parse lines of metadata: `title: Bees`, or `audio.url=…`, whose points part the keys of tables."""
    if len(_PROPERTY.findall(lines)) < len(lines.splitlines()):
        return _yaml(lines, "")[0]
    tree: dict[str, Any] = {}
    for name, value in _PROPERTY.findall(lines):
        *above, key = name.split(".")
        table = tree
        for one in above:
            table = table.setdefault(one, {})
            if not isinstance(table, dict):
                break
        else:
            table[key] = _parsed(value) if value.strip().isdecimal() else value.strip()
    return tree


def _whole_tree(text: str) -> dict[str, Any] | None:
    """Parse YAML that has no text below it: a table with lists of tables, which no text looks like."""
    found = _parsed(text) if _NESTED.search(text) and "\n#" not in text else None
    if not isinstance(found, dict):
        return None
    tables = [one for value in found.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    return found if any(len(one) > 1 for one in tables) else None


def _parsed(text: str) -> object:
    """Parse YAML; None where it is broken."""
    try:
        return yaml.load(text, yaml.CSafeLoader) or {}
    except (yaml.YAMLError, ValueError, ArithmeticError, TypeError, AttributeError, LookupError, RecursionError):
        return None
