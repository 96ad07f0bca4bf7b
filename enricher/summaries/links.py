"""Links and addresses in notes: what is said beside them stays, what does no more than lead elsewhere goes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from enricher.summaries.blocks import ASKS

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from enricher.summaries.blocks import Piece

LONGEST = 4000
"""A paragraph of so many characters is what was said and no summary."""
_FEW_WORDS, _LETTERS = 2, 8
_ADDRESS = r"<?(?:https?://|[\w-]{1,60}\.[a-z]{2,6}/)\S*"
_ADDRESS_LINE = re.compile(rf"(?:[^:：\n]{{1,60}}?\s?[-–—:：]\s?)?{_ADDRESS}(?:\s+{_ADDRESS})*\s*", re.IGNORECASE)
"""An address, or several, and what they are of: "Telegram - https://…"."""
_BARE_ADDRESS = re.compile(r"\s?<?https?://[^\s<>]+>?", re.IGNORECASE)
_AT_END = re.compile(r"\s?[:：–—>-]?(?<!\()\s?<?https?://[^\s<>]+>?$", re.IGNORECASE)
_BEHIND_A_NAME = re.compile(r"(?<!\S)([A-ZÀ-ÞА-Я][^\s/:]*|[^\s/:]*\))\s<?https?://[^\s<>]+>?(?=\s)")
_IN_BRACKETS = re.compile(r"(?<!\])\s?\(\s*https?://[^\s()<>]+\s*\)", re.IGNORECASE)
_LEADS_TO = re.compile(r"(?:^|(?<=[.!?] ))[^.!?]{0,60}\s[a-zà-ÿ]{1,4}:?\s<?https?://[^\s<>]+>?\.?$")
_NUMBER = re.compile(r"\[?\d{1,3}\]?")


def words_beside_links(piece: Piece) -> int | None:
    """Count the words of a piece that stand in none of its links; None where it is long or no link shows a word."""
    links = [link for link in piece.links if any(map(str.isalpha, link.text))]  # no time
    if len(piece.text) > LONGEST:
        return None
    left = piece.text
    for link in links:
        left = left.replace(link.text, " ", 1)
    words = re.findall(r"[^\W\d_]+", _BARE_ADDRESS.sub(" ", left))
    # Chinese and Japanese have no spaces: eight letters count as a word.
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
    return [_without_numbers(piece, shown) if len(piece.text) <= LONGEST else piece for piece in pieces]


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
    if text == piece.text:
        return piece
    return replace(piece, text=text.rstrip(" :：–—|-") if sum(map(str.isalpha, text)) > _FEW_WORDS else "")


def are_addresses(piece: Piece) -> bool:
    """Recognise a line of nothing but addresses, names of accounts and the names of what they lead to."""
    web = any(link.text.startswith(("http", "@", "www.")) or "@" in link.text for link in piece.links)
    alone = bool(piece.text) and all(map(_ADDRESS_LINE.fullmatch, piece.text.splitlines()))
    # An entry of a list goes with the list, or stays.
    return alone or (((len(piece.links) > 1 and piece.kind != "bullet") or web) and is_links(piece))
