"""Summary documents of any form and making to one `Summary`.

Text, HTML and Markdown become blocks, and these are read section by section (merge.py); front matter (YAML, TOML or
JSON above the text), JSON and JSON-LD become one tree of records (records.py). Words are data: vocabulary.toml.
"""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml
from rapidfuzz import fuzz

from enricher.errors import SummaryError
from enricher.model.summary import MAX_SIZE, SUFFIXES, Summary
from enricher.summaries import html, markdown, text
from enricher.summaries.blocks import Page
from enricher.summaries.chapter_files import as_lines
from enricher.summaries.json_form import from_object, read_json
from enricher.summaries.merge import finish, merge
from enricher.summaries.records import Record, add_tree
from enricher.summaries.vocabulary import key_role
from enricher.text import decode, one_line, xml_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_HTML = (".html", ".htm", ".xhtml")
_LIKE_A_KEY = 80
_NAMELESS = {"index", "_index", "readme"}
_LOOKED_AT = 4000  # bytes
_MAGIC = (b"PK\3\4", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF-", b"ID3", b"\x1f\x8b", b"RIFF", b"OggS", b"{\\rtf")
_MARKDOWN = re.compile(r"^#{1,4} \S|^\*\*[^*\n]{2,80}\*\*:?$", re.MULTILINE)
_NESTED = re.compile(r"^[\w-]{1,40}:[ \t]*\n[ \t]*- ", re.MULTILINE)
_TOP_KEY = re.compile(r"^[^\s#\-'\"][^:\n]{0,80}:(?=\s|$)")
_UNOPENED = re.compile(r"((?:[^\W\d_][\w -]{0,40}:[ \t][^\n]*\n){3,60})-{3,}[ \t]*\n")
"""Lines of metadata that a rule ends and none begins."""
_KEYS = ("version", *Summary.__struct_fields__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document gave, and what was left out of it and why."""

    summary: Summary
    left_out: tuple[str, ...] = ()


def read_summary(name: str, body: bytes) -> Summary:
    """Read a document to its summary alone. Raises SummaryError."""
    return read_document(name, body).summary


def read_document(name: str, body: bytes) -> Reading:
    """Read a document; its form is told by the end of its name, which may be a path: `142/index.md`.

    Raises SummaryError, which says where in the document and why: it cannot be read, is a transcript, or holds several
    episodes.
    """
    suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)
    if suffix is None:
        raise SummaryError(f"expected one of {', '.join(SUFFIXES)}")
    if len(body) > MAX_SIZE:
        raise SummaryError(f"has {len(body):,} bytes; no page of highlights has more than {MAX_SIZE:,}")
    if not body.strip(b"\0\r\n\t \xef\xbb\xbf\xfe\xff"):
        raise SummaryError("is empty")
    if _is_binary(body):
        raise SummaryError("is no text but a picture, an archive or the like, whatever its name ends with")
    record = Record()
    try:
        found = _read(_stem(name[: -len(suffix)]), suffix, decode(body).replace("\0", ""), record)
    except RecursionError as error:
        raise SummaryError("nests too deep") from error
    if not any(character.isalnum() for character in found.title):
        raise SummaryError("title: is empty")
    return Reading(finish(found), tuple(_told(record.left_out)))


def _stem(path: str) -> str:
    """Return the name of a file, or of its folder where the file's says nothing: `142/index.md`."""
    *above, stem = re.split(r"[/\\]", path)
    return above[-1] if above and stem.lower() in _NAMELESS else stem


def _is_binary(body: bytes) -> bool:
    """Recognise what is no text by its first bytes, or by control characters, which no text is full of."""
    if body.startswith(_MAGIC):
        return True
    start = decode(body[:_LOOKED_AT]).replace("\0", "")
    controls = sum((c < " " and c not in "\t\n\r\f\x1b") or "\x7f" <= c < "\xa0" or c == "\ufffd" for c in start)
    return controls > len(start) / 20


def _told(left_out: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Return each reason with what it was given for: the first three of many."""
    for reason, texts in left_out.items():
        every = [f"“{text}”" for text in texts if text]
        more = f" and {len(every) - 3} more" if len(every) > 3 else ""  # noqa: PLR2004
        yield f"{reason}: {', '.join(every[:3])}{more}" if every else reason


def _read(stem: str, suffix: str, body: str, record: Record) -> Summary:
    if suffix == ".json":
        return _read_json(stem, body, record)
    body = xml_safe(body)
    tree, rest, faults = _split_front_matter(body)
    if tree.get("draft") is True:  # as Hugo has it, and our own template until it is filled in
        raise SummaryError("is a draft; take `draft: true` out of it when it is finished")
    for fault in faults:
        record.leave(fault)
    if suffix in _HTML:
        add_tree(record, tree)
        return from_object(merge(stem, [html.read(rest)], record))
    properties, rest = markdown.split_properties(as_lines(rest))
    rest = markdown.as_markdown(rest)
    add_tree(record, properties | tree)
    is_markdown = suffix != ".txt" or tree or properties or len(_MARKDOWN.findall(rest)) > 1
    page = (markdown if is_markdown else text).read(rest) if rest.strip() else Page(())
    return from_object(merge(stem, [page, *map(_body, record.bodies)], record))


def _read_json(stem: str, body: str, record: Record) -> Summary:
    """Read JSON: the form of our own, in which every fault is told, or a tree of any other making."""
    found: Any = read_json(body)
    if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
        if len({str(one["title"]) for one in found if "title" in one}) > 1 and not any(
            "start" in one or "time" in one for one in found
        ):
            raise SummaryError("holds several episodes, it seems; write one file for each")
        # What every row of a table says alike is said of the episode.
        alike = {key: value for key, value in found[0].items() if all(one.get(key) == value for one in found)}
        same = alike if len(found) > 1 else {}
        found = same | {"items": [{key: one[key] for key in one if key not in same} for one in found]}
    if not isinstance(found, dict) or _is_ours(found):
        return from_object(found)
    add_tree(record, found)
    if not record.says_something:
        if sum(key in _KEYS for key in found) * 2 >= len(found):
            from_object(found)  # which says what is wrong with it
        raise SummaryError("says nothing that could be added: no abstract, topics, quotes or questions are known in it")
    return from_object(merge(stem, [Page(()), *map(_body, record.bodies)], record))


def _is_ours(found: dict[str, Any]) -> bool:
    """Recognise our own JSON form: it says its version, or has no key that is not one of ours or nearly so."""
    if isinstance(found.get("version"), int):
        return True
    lists = ("topics", "clips", "questions", "related")
    if any(isinstance(one, str) for key in lists if isinstance(found.get(key), list) for one in found[key]):
        return False
    return all(key in _KEYS or any(fuzz.ratio(key, known) >= _LIKE_A_KEY for known in _KEYS) for key in found)


def _body(written: str) -> Page:
    """Read Markdown or HTML that stood in a value: one line by itself is what it says, and heads nothing."""
    page = markdown.read(written) if not written.lstrip().startswith("<") else html.read(written)
    alone = len(page.pieces) == 1 and page.pieces[0].kind == "heading"
    return replace(page, pieces=(replace(page.pieces[0], kind="text", level=0),)) if alone else page


def _split_front_matter(text: str) -> tuple[dict[str, Any], str, list[str]]:
    """Part front matter from the rest: YAML between `---`, TOML between `+++`, JSON in `{ }`; and what is broken in it.

    An indented `---` is part of a value and ends nothing.
    """
    head = text.lstrip("\ufeff\n\r ")
    if head.startswith("{"):
        found: Any = None
        end = 0
        with suppress(ValueError, RecursionError):
            found, end = json.JSONDecoder(strict=False).raw_decode(head)
        return (found, head[end:], []) if found and isinstance(found, dict) else ({}, text, [])
    mark = re.match(r"(---|\+\+\+)[ \t]*\r?\n", head)
    end_mark = mark and re.search(
        rf"^{re.escape(mark[1])}[ \t]*\r?$|^\.\.\.[ \t]*\r?$", head[mark.end() :], re.MULTILINE
    )
    if not mark or not end_mark:
        if unopened := _UNOPENED.match(head):
            tree, rest, faults = _yaml(unopened[1], head[unopened.end() :])
            if sum(key_role(str(key)) is not None for key in tree) > 1:
                return tree, rest, faults
        whole = _whole_tree(text)
        return (whole, "", []) if whole else ({}, text, [])
    inside, rest = head[mark.end() : mark.end() + end_mark.start()], head[mark.end() + end_mark.end() :]
    if mark[1] == "+++":
        try:
            found, faults = tomllib.loads(inside.replace("\r\n", "\n")), []
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            found, faults = {}, [f"the front matter is not TOML: {one_line(str(error))[:200]}"]
        return found, rest, faults
    if inside.strip() and not _TOP_KEY.search(inside.lstrip()) and "\n#" not in f"\n{inside}":
        return {}, text, []  # a rule, text, and another rule
    return _yaml(inside, rest)


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
