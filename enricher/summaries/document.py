"""Summary documents of any form and making to one `Summary`.

Text, HTML and Markdown become blocks, and these are read section by section (merge.py); front matter (YAML, TOML or
JSON above the text), JSON and JSON-LD become one tree of records (records.py). Words are data: vocabulary.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz

from enricher.errors import SummaryError
from enricher.model.summary import MAX_SIZE, NAMELESS, SUFFIXES, Summary
from enricher.summaries import html, markdown, text
from enricher.summaries.blocks import Page
from enricher.summaries.chapter_files import as_lines
from enricher.summaries.front_matter import split_front_matter
from enricher.summaries.head import SEVERAL
from enricher.summaries.json_form import from_object, read_json
from enricher.summaries.merge import finish, merge
from enricher.summaries.records import Record, add_tree
from enricher.summaries.shared_lines import Names, Shared, keys_of, shared_keys
from enricher.summaries.title_parts import FileName
from enricher.text import decode, fold, xml_safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_HTML = (".html", ".htm", ".xhtml")
_LIKE_A_KEY = 80
_DAY = re.compile(r"[12]\d{3}-[01]\d-[0-3]\d")
_LOOKED_AT = 4000  # bytes
_MAGIC = (b"PK\3\4", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF-", b"ID3", b"\x1f\x8b", b"RIFF", b"OggS", b"{\\rtf")
_MARKDOWN = re.compile(r"^#{1,4} \S|^={3,}$|^\*\*[^*\n]{2,80}\*\*:?$", re.MULTILINE)
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
    """Read a document by itself. Raises SummaryError."""
    return Document(name, body).read()


class Document:
    """A document parted into text and data. It is read once: what is left out of it is noted on the way."""

    def __init__(self, name: str, body: bytes) -> None:
        """Decode it; its form is told by the end of its name, which may be a path: `142/index.md`.

        Raises SummaryError, which says where in the document and why it cannot be read.
        """
        suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)
        if suffix is None:
            raise SummaryError(f"expected one of {', '.join(SUFFIXES)}")
        self._stem, is_post = _stem(name[: -len(suffix)])
        self._record = Record(is_post=is_post)
        text = _text(body)
        try:
            found = _open_json(text, self._record) if suffix == ".json" else _open_text(suffix, text, self._record)
            self._pages = [] if isinstance(found, Summary) else [*found, *map(_body, self._record.bodies)]
            self._summary = found if isinstance(found, Summary) else None
        except RecursionError as error:
            raise SummaryError("nests too deep") from error

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of what it says, for other documents to be compared with; our own JSON has none."""
        return keys_of(self._pages, self._record, self._names)

    @cached_property
    def _names(self) -> Names:
        said = self._record.said
        heads = (piece.text for page in self._pages for piece in page.pieces if piece.level == 1)
        number = said.get("number", FileName(self._stem).number)
        title = fold(said.get("title") or next(heads, "")).replace(" ", "")
        return Names(str(number or ""), title, said.get("published", "-"))

    def read(self, others: Iterable[Collection[str]] = ()) -> Reading:
        """Return its summary, without what several of the `others` say too, whose keys these are.

        Raises SummaryError: it has no title, is a transcript, or holds several episodes.
        """
        around = list(others)
        shared = Shared(shared_keys(self.keys, around), self._names) if around else Shared()
        found = self._summary or from_object(merge(self._stem, self._pages, self._record, shared))
        if not any(character.isalnum() for character in found.title):
            raise SummaryError("title: is empty")
        return Reading(finish(found), tuple(_told(self._record.left_out)))


def _text(body: bytes) -> str:
    if len(body) > MAX_SIZE:
        raise SummaryError(f"has {len(body):,} bytes; no page of highlights has more than {MAX_SIZE:,}")
    if not body.strip(b"\0\r\n\t \xef\xbb\xbf\xfe\xff"):
        raise SummaryError("is empty")
    if _is_binary(body):
        raise SummaryError("is no text but a picture, an archive or the like, whatever its name ends with")
    return decode(body).replace("\0", "")


def _stem(path: str) -> tuple[str, bool]:
    """Return the name of a file, and whether its day, if it begins with one, is that of the episode.

    `142/index.md` is called as its folder, `2024/05/02/bees.html` as posts are.
    """
    *above, stem = re.split(r"[/\\]", path)
    if above and stem.lower() in NAMELESS:
        return above[-1], True
    day = _DAY.fullmatch("-".join(above[-3:]))
    return (f"{day[0]}-{stem}", True) if day else (stem, False)


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


def _open_text(suffix: str, body: str, record: Record) -> Sequence[Page]:
    body = xml_safe(body)
    tree, rest, faults = split_front_matter(body)
    if tree.get("draft") is True:  # as Hugo has it, and our own template until it is filled in
        raise SummaryError("is a draft; take `draft: true` out of it when it is finished")
    for fault in faults:
        record.leave(fault)
    if suffix in _HTML:
        add_tree(record, tree)
        return [html.read(rest)]
    properties, rest = markdown.split_properties(as_lines(rest))
    rest = markdown.as_markdown(rest)
    add_tree(record, properties | tree)
    is_markdown = suffix != ".txt" or tree or properties or len(_MARKDOWN.findall(rest)) > 1
    return [(markdown if is_markdown else text).read(rest) if rest.strip() else Page(())]


def _open_json(body: str, record: Record) -> Sequence[Page] | Summary:
    """Read JSON: the form of our own, in which every fault is told, or a tree of any other making."""
    found: Any = read_json(body)
    if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
        if len({str(one["title"]) for one in found if "title" in one}) > 1 and not any(
            "start" in one or "time" in one for one in found
        ):
            raise SummaryError(SEVERAL)
        # What every row of a table says alike is said of the episode.
        alike = {key: value for key, value in found[0].items() if all(one.get(key) == value for one in found)}
        same = alike if len(found) > 1 else {}
        found = same | {"items": [{key: one[key] for key in one if key not in same} for one in found]}
    if not isinstance(found, dict) or _is_ours(found):
        return from_object(found)
    add_tree(record, found)
    if not record.says_something:
        if any(map(_are_episodes, found.values())):
            raise SummaryError(SEVERAL)
        if sum(key in _KEYS for key in found) * 2 >= len(found):
            from_object(found)  # which says what is wrong with it
        raise SummaryError("says nothing that could be added: no abstract, topics, quotes or questions are known in it")
    return [Page(())]


def _are_episodes(value: object) -> bool:
    """Recognise a list of tables that each have a title and lists of their own."""
    tables = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    whole = [one for one in tables if any(isinstance(inner, list) for inner in one.values())]
    return len(whole) > 1 and len({str(one["title"]) for one in whole if one.get("title")}) > 1


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
