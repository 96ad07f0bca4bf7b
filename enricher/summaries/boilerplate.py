"""What pages put beside their content: navigation, buttons, counts, placeholders, lines of metadata."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from enricher.summaries.blocks import SENTENCE_ENDS
from enricher.summaries.dates import read_date
from enricher.summaries.links import LONGEST, are_addresses
from enricher.summaries.vocabulary import PLATFORMS, is_junk, is_one_of, role_of
from enricher.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enricher.summaries.blocks import Piece

_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b).{0,100}", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"[(\[<][^()\[\]<>]{0,200}[)\]>]"
    r"|(?:[←⬅‹]|«(?![^«»]*»)).{0,300}"
    r"|(?:back|return|go) to(?::|\s(?:top|home|all|the (?:top|list|index|home))\b).{0,300}",
    re.IGNORECASE,
)
_CELLS = re.compile(r"\s[|·•]\s")
_LINE = 120
_LEADS_ON = re.compile(r"@\w|://|\w\.\w{2,6}/")
_NAME = 60
"""No name of a part is longer."""
_MAIL = re.compile(r"[\w.+-]{1,60}(?:@| ?[(\[]at[)\]] ?)[\w-]{1,60}(?:\.[\w-]{2,60}){1,3}")


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
        heads = piece.is_marked and role_of(piece.text) == "skip"  # "Todo" heads what is left out below it
        left = [line for line in lines if heads or not (is_empty(line) or (not strict and _is_button(line, show)))]
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
    if _follows(text) or _is_labelled(text) or (piece.kind == "bullet" and len(text) < _LINE and _MAIL.search(text)):
        return "sponsors and ways to follow"
    sentence = text[-1] in SENTENCE_ENDS
    if len(text) < _LINE and not piece.is_marked and not sentence and is_one_of("counted", text):
        return "other pages of the site"
    if any(read_date(cell) or is_one_of("buttons", cell) for cell in cells[1:]) or are_addresses(piece):
        return "metadata and addresses"
    return "what looks like a raw transcript" if len(text) > LONGEST else None


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


def _is_labelled(text: str) -> bool:
    """Recognise a line behind the name of a part for listeners of the original: "Werbung: …"."""
    label, colon, rest = text.partition(":")
    if not colon or len(label) > _NAME / 2 or len(text) >= _LINE * 2 or role_of(label) != "skip":
        return False
    return is_one_of("advertised", label) or bool(_LEADS_ON.search(rest))


def _follows(text: str) -> bool:
    """Recognise a line of nothing but names of platforms, perhaps behind a label of any language."""
    label, _, behind = text.rpartition(":") if len(text) <= _LINE * 2 else ("", "", "")
    cells = [fold(cell) for cell in re.split(r"[,;|/·•、，\n]|\s(?:and|und|y|e|et|и)\s", behind) if cell.strip()]
    if label and fold(label) in PLATFORMS and len(behind.split()) == 1:
        return True  # "Twitch: twitch.tv/field-notes"
    several = len(cells) > (0 if label else 2)  # "Apple and Google" may be what is spoken of
    return several and len(label) <= _NAME and all(cell in PLATFORMS for cell in cells)
