"""What pages put beside their content: navigation, buttons, counts, placeholders, addresses, lines of metadata."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from enricher.summaries.blocks import ASKS, SENTENCE_ENDS
from enricher.summaries.dates import read_date
from enricher.summaries.vocabulary import PLATFORMS, is_junk, is_one_of, role_of
from enricher.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from enricher.summaries.blocks import Piece

_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b).{0,100}", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"[(\[<][^()\[\]<>]{0,200}[)\]>]"
    r"|(?:[←⬅]|«(?![^«»]*»)).{0,300}"
    r"|(?:back|return|go) to(?::|\s(?:top|home|all|the (?:top|list|index|home))\b).{0,300}",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[\d.,]+\s?[km]?\s(?:views?|likes?|plays?|comments?)\b"
    r"|\b\d+ (?:hours?|days?|weeks?|months?|years?) ago|\b\d+ min(?:ute)?s? read",
    re.IGNORECASE,
)
_CELLS = re.compile(r"\s[|·•]\s")
_LINE = 120
_NAME = 60
"""No name of a part is longer."""
_TRANSCRIBED = 4000
"""A paragraph of so many characters is what was said and no summary."""
_FEW_WORDS, _LETTERS = 2, 8
_MAIL = re.compile(r"[\w.+-]{1,60}(?:@| ?[(\[]at[)\]] ?)[\w-]{1,60}(?:\.[\w-]{2,60}){1,3}")
_ADDRESS = r"<?(?:https?://|[\w-]{1,60}\.[a-z]{2,6}/)\S*"
_ADDRESS_LINE = re.compile(rf"(?:[^:：\n]{{1,60}}?\s?[-–—:：]\s?)?{_ADDRESS}(?:\s+{_ADDRESS})*\s*", re.IGNORECASE)
"""An address, or several, and what they are of: "Telegram - https://…"."""
_BARE_ADDRESS = re.compile(r"\s?<?https?://[^\s<>]+>?", re.IGNORECASE)
_AT_END = re.compile(r"\s?[:：–—>-]?(?<!\()\s?<?https?://[^\s<>]+>?$", re.IGNORECASE)
_BEHIND_A_NAME = re.compile(r"(?<!\S)([A-ZÀ-ÞА-Я][^\s/:]*|[^\s/:]*\))\s<?https?://[^\s<>]+>?(?=\s)")
_IN_BRACKETS = re.compile(r"(?<!\])\s?\(\s*https?://[^\s()<>]+\s*\)", re.IGNORECASE)
_LEADS_TO = re.compile(r"(?:^|(?<=[.!?] ))[^.!?]{0,60}\s[a-zà-ÿ]{1,4}:?\s<?https?://[^\s<>]+>?\.?$")
_NUMBER = re.compile(r"\[?\d{1,3}\]?")


def is_empty(line: str) -> bool:
    """Recognise what is content nowhere: placeholders, counts, ways back, copyright."""
    return len(line) <= _LINE and (is_one_of("empty", line) or bool(_COPYRIGHT.fullmatch(line)))


def is_placeholder(text: str) -> bool:
    """Recognise what stands in place of an entry of notes: `(to be added)`, a label of nothing, a way back."""
    return is_empty(text) or bool(_PLACEHOLDER.fullmatch(text))


def without_boilerplate(pieces: Iterable[Piece], show: str | None = None, *, beside: bool = True) -> list[Piece]:
    """Leave out buttons, counts, placeholders, the name of the show alone.

    Where it is content that is read (not `beside`), and in entries of lists, only what can be nothing else.
    """
    kept: list[Piece] = []
    for piece in pieces:
        strict = not beside or piece.kind == "bullet" or piece.level > 0
        lines = piece.text.splitlines()
        left = [line for line in lines if not (is_empty(line) or (not strict and _is_button(line, show)))]
        if left or not lines:
            kept.append(piece if left == lines else replace(piece, text="\n".join(left)))
        elif kept and not any(x.start is not None for x in kept[-1].links):
            # A button "Play" leads to the time of what it stands below.
            timed = tuple(x for x in piece.links if x.start is not None)
            kept[-1] = replace(kept[-1], links=kept[-1].links + timed)
    return kept


def _is_button(line: str, show: str | None) -> bool:
    return len(line) <= _LINE and (is_one_of("buttons", line) or (show is not None and fold(line) == fold(show)))


def why_boilerplate(piece: Piece) -> str | None:
    """Return why a piece of notes is no content; an empty text where nobody needs to be told."""
    text = piece.text
    cells = _CELLS.split(text) if len(text) < _LINE * 3 else []
    if not any(map(str.isalpha, text)) or is_placeholder(one_line(text)):
        return ""
    # "Its sponsor, a senator, had never seen a queen." has a word of a part's name and is none.
    if is_junk(text) or (len(text) <= _NAME and text[-1] not in SENTENCE_ENDS and role_of(text) == "skip"):
        return "sponsors and ways to follow"
    if _follows(text) or (piece.kind == "bullet" and len(text) < _LINE and _MAIL.search(text)):
        return "sponsors and ways to follow"
    if len(text) < _LINE and _COUNTED.search(text):
        return "other pages of the site"
    if any(read_date(cell) or is_one_of("buttons", cell) for cell in cells[1:]) or _are_addresses(piece):
        return "metadata and addresses"
    return "what looks like a raw transcript" if len(text) > _TRANSCRIBED else None


def without_junk(text: str) -> tuple[str, list[str]]:
    """Part a paragraph from its sentences of a sponsor or of ways to follow; where these are most of it, all goes."""
    sentences = re.split(r"(?<=[.!?。！？])\s+", text)
    junk = [one for one in sentences if is_junk(one) or _MAIL.search(one)]
    if not junk:
        return text, []
    if len(junk) * 2 > len(sentences):
        return "", [text]
    left = set(junk)
    return " ".join(one for one in sentences if one not in left), junk


def _follows(text: str) -> bool:
    """Recognise a line of nothing but names of platforms, perhaps behind a label of any language."""
    label, _, behind = text.rpartition(":") if len(text) <= _LINE * 2 else ("", "", "")
    cells = [fold(cell) for cell in re.split(r"[,;|/·•、，\n]|\s(?:and|und|y|e|et|и)\s", behind) if cell.strip()]
    several = len(cells) > (0 if label else 2)  # "Apple and Google" may be what is spoken of
    return several and len(label) <= _NAME and all(cell in PLATFORMS for cell in cells)


def words_beside_links(piece: Piece) -> int | None:
    """Count the words of a piece that stand in none of its links; None where it is long or no link shows a word."""
    links = [link for link in piece.links if any(map(str.isalpha, link.text))]  # no time
    if len(piece.text) > _TRANSCRIBED:
        return None
    left = piece.text
    for link in links:
        left = left.replace(link.text, " ", 1)
    words = re.findall(r"[^\W\d_]+", _BARE_ADDRESS.sub(" ", left))
    # Chinese and Japanese have no spaces: two letters are a word.
    return sum(1 if word.isascii() else max(1, len(word) // _LETTERS) for word in words) if links else None


def is_links(piece: Piece) -> bool:
    """Recognise what is links and says hardly a word beside them."""
    beside = words_beside_links(piece)
    asks = bool(beside) and piece.text[-1:] in ASKS  # "How [fragile is value](…), really?"
    return beside is not None and beside <= _FEW_WORDS and not asks


def without_numbered_links(pieces: Sequence[Piece]) -> list[Piece]:
    """Take out links that show a number which elsewhere leads elsewhere: they are no citations of a page's list."""
    shown: dict[str, set[str]] = {}
    for link in (link for piece in pieces for link in piece.links if _NUMBER.fullmatch(link.text)):
        shown.setdefault(link.text.strip("[]"), set()).add(link.url)
    if all(len(addresses) == 1 for addresses in shown.values()):
        return list(pieces)
    return [_without_numbers(piece, shown) if len(piece.text) <= _TRANSCRIBED else piece for piece in pieces]


def _without_numbers(piece: Piece, shown: Container[str]) -> Piece:
    left, end = [], 0
    for link in piece.links:
        place = piece.text.find(link.text, end)
        if link.text.strip("[]") in shown and place >= 0:
            left.append(piece.text[end:place].rstrip())
            end = place + len(link.text)
    links = tuple(link for link in piece.links if link.text.strip("[]") not in shown)
    return replace(piece, text="".join([*left, piece.text[end:]]), links=links) if left else piece


def without_addresses(piece: Piece) -> Piece:
    """Take addresses from the ends of lines, out of brackets and from behind names.

    So goes the sentence that does no more than lead to one: "All of it is on https://…"; within a sentence an address
    is a word of it.
    """
    lines = [_LEADS_TO.sub("", _IN_BRACKETS.sub("", line)) for line in piece.text.splitlines()]
    lines = [_BEHIND_A_NAME.sub(r"\1", _AT_END.sub("", line)).strip() for line in lines]
    text = "\n".join(filter(None, lines))
    return (
        piece if text == piece.text else replace(piece, text=text if sum(map(str.isalpha, text)) > _FEW_WORDS else "")
    )


def _are_addresses(piece: Piece) -> bool:
    """Recognise a line of nothing but addresses, names of accounts and the names of what they lead to."""
    web = any(link.text.startswith(("http", "@", "www.")) or "@" in link.text for link in piece.links)
    alone = bool(piece.text) and all(map(_ADDRESS_LINE.fullmatch, piece.text.splitlines()))
    # An entry of a list goes with the list, or stays.
    return alone or (((len(piece.links) > 1 and piece.kind != "bullet") or web) and is_links(piece))
