"""Lines that documents of one folder share: the site's greeting, its sponsors and ways to follow, in any language.

No list of words knows them all; that other episodes' documents say the same word for word does. Documents are compared
by keys: of their lines and long sentences, of what heads them, of the addresses in them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.summaries.blocks import ASKS, is_wrapped
from enricher.summaries.dates import read_date
from enricher.summaries.quotes import is_quoted
from enricher.summaries.record_lists import is_web
from enricher.summaries.vocabulary import ASKED_AND_ANSWERED, role_of
from enricher.text import fold, one_line
from enricher.timestamp_lines import time_alone, time_behind, titled_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from enricher.summaries.blocks import Page, Piece
    from enricher.summaries.records import Record

_SENTENCES = re.compile(r"((?<!Prof\.)(?<!Capt\.)(?<=\w\w\w[.!?])\s+(?=[^\Wa-zà-ÿа-я]|[“\"„«(])|(?<=[。！？]))")
"""Where sentences part: not behind "Dr.", "U.S." and "e.g."."""
_BRACKETED = re.compile(r"[(\[（【][^()\[\]（）【】]{0,40}[)\]）】]")
_LINE, _SENTENCE = 15, 25
"""Lines and sentences of so many letters are not the same by chance, as "Elections" and "It depends." are."""
_NUMBERS = re.compile(r"\d+(?=#)|(?<=#)\d+")
_TITLE = 8
"""So long a title is no word of a line."""
_FEW, _SOME, _SHARE = 2, 3, 0.3
_COPY = 0.8
"""What shares so much with another document is of the same episode, in another form."""
_HEAD = 6
"""A title stands among so many pieces."""
_TOLD = 8
"""A heading of so many words is no name of a part."""
_WHY = "what other documents in its folder say too"
_EPISODE = ("guid", "audio")
_OWN = (*_EPISODE, "link")


@dataclass(frozen=True, slots=True)
class Names:
    """What a document calls its episode, which others have in the place of theirs: "Episode 12 was made by …"."""

    number: str = ""
    title: str = ""
    """Folded, without blanks."""
    published: str = "-"

    def key(self, line: str) -> str:
        """Return a line without what differs: these names, a word in brackets, blanks."""
        words = self._without_day(fold(_BRACKETED.sub("", line)).split())
        number = self.number
        key = "".join("#" if number and word.lstrip("0") == number else word for word in words)
        if len(self.title) >= _TITLE and self.title in key:
            key = _NUMBERS.sub("#", key.replace(self.title, "#"))  # beside its title, it is the episode's
        return key if any(map(str.isalpha, key)) else ""

    def _without_day(self, words: list[str]) -> list[str]:
        """Put a sign in place of the day of publication: "26 06 2018", "June 26 2018"."""
        if self.published[:4] not in words:
            return words
        for i in range(len(words) - 2):
            three = words[i : i + 3]
            if self.published in (read_date(" ".join(three)), read_date(".".join(three)), read_date("-".join(three))):
                return [*words[:i], "#", *words[i + 3 :]]
        return words


@dataclass(frozen=True, slots=True)
class Shared:
    """What other documents say too."""

    keys: Collection[str] = frozenset()
    names: Names = Names()

    def has_title(self, title: str) -> bool:
        """Recognise the name of the show or of a part, which heads other documents too."""
        return f"# {fold(title)}" in self.keys

    def has_heading(self, heading: str) -> bool:
        """Recognise a heading that stands in other documents too."""
        return f"## {fold(heading)}" in self.keys

    def has_line(self, line: str) -> bool:
        """Recognise a line or a sentence."""
        return self.names.key(line) in self.keys


def keys_of(pages: Sequence[Page], record: Record, names: Names) -> frozenset[str]:
    """Return the keys of what a document says."""
    pieces = [piece for page in pages for piece in page.pieces]
    said = [record.said, *(page.said for page in pages)]
    texts = [piece.text for piece in pieces if piece.kind != "heading"] + record.sentences
    texts += [text for _, text in record.abstracts] + [str(one.get("fallback_abstract", "")) for one in said]
    lines = [line for text in texts for line in _lines(text)]
    keys = {names.key(part) for line in lines for part in (line, *_long_sentences(line))}
    keys |= {f"## {fold(piece.text)}" for piece in pieces if piece.is_marked}
    heads = [piece.text for page in pages for piece in page.pieces[:_HEAD] if piece.kind == "heading"]
    keys |= {f"# {fold(one)}" for one in (*heads, str(record.said.get("title", "")))}
    keys |= {f"{name} {one[name]}" for one in said for name in _OWN if one.get(name)}
    mentioned = [*record.identities, *(one for page in pages for one in page.identities)]
    return frozenset(keys.difference({"", "# "}) | set(filter(is_web, mentioned)))


def shared_keys(own: Collection[str], others: Sequence[Collection[str]]) -> frozenset[str]:
    """Return the keys that three of the other documents have too, or two of a few, and three in ten of all.

    Documents of the same episode do not count, nor what would leave nothing of the document.
    """
    episodes = {key for key in own if key.startswith(tuple(f"{name} " for name in _EPISODE))}
    counts = Counter[str]()
    counted: list[Collection[str]] = []
    for other in others:
        both = [key for key in own if key in other]
        if len(both) < len(own) * _COPY and episodes.isdisjoint(both):
            counts.update(both)
            counted.append(other)
    least = _FEW if len(counted) < _SOME + _FEW else max(_SOME, len(counted) * _SHARE)
    found = {key for key, count in counts.items() if count >= least}
    found |= {one for one in own if is_web(one) and any(f"{name} {one}" in other for other in counted for name in _OWN)}
    left = (key for key in own if key not in found and " " not in key and not is_web(key))
    return frozenset(found) if any(left) else frozenset()


def forget_shared(record: Record, shared: Shared) -> None:
    """Take from the data what descriptions of other episodes say too, and addresses that are theirs or everybody's."""
    record.identities = {one: None for one in record.identities if one not in shared.keys}
    abstracts = ((rank, _without(text, shared, record)) for rank, text in record.abstracts)
    record.abstracts = [(rank, text) for rank, text in abstracts if text]
    record.sentences = list(filter(None, (_without(text, shared, record) for text in record.sentences)))


def without_shared(pieces: Sequence[Piece], shared: Shared, record: Record) -> Iterator[Piece]:
    """Leave out shared lines and sentences of notes; not headings, times, questions and answers."""
    alone = [bool(time_alone(piece.text)) for piece in pieces]
    for i, piece in enumerate(pieces):
        timed = any(alone[max(0, i - 1) : i + 2]) or any(link.start is not None for link in piece.links)
        if piece.is_marked and len(piece.text.split()) >= _TOLD and shared.has_heading(piece.text):
            record.leave(_WHY, piece.text)
            yield replace(piece, text="", links=())  # "See the video of this episode on our channel"
        elif piece.kind in {"heading", "rule"} or piece.is_bold or timed or not piece.text or _asks(piece):
            yield piece
        else:
            whole = is_quoted(piece.text) or (piece.kind == "quote" and "\n" not in piece.text)
            text = _without(piece.text, shared, record, whole=whole, linked=bool(piece.links))
            if text == piece.text:
                yield piece
            elif text:
                yield replace(piece, text=text, links=tuple(one for one in piece.links if one.text in text))


def _asks(piece: Piece) -> bool:
    lines = _lines(piece.text)
    return any(line[-1:] in ASKS or line.partition(":")[0] in ASKED_AND_ANSWERED for line in lines)


def _without(text: str, shared: Shared, record: Record, *, whole: bool = False, linked: bool = False) -> str:
    """Leave out the shared lines of a text, or nothing but the `whole` of it; `linked` lines may be short."""
    lines = _lines(text)
    if any(map(time_alone, lines)) or (whole and not all(map(shared.has_line, lines))):
        return text
    left = [_line_without(line, shared, record, linked=linked) for line in lines]
    return text if left == lines else "\n".join(filter(None, left))


def _line_without(line: str, shared: Shared, record: Record, *, linked: bool) -> str:
    label = line.endswith((":", "：")) or role_of(line)
    if titled_line(line) or time_behind(line) or (label and len(line.split()) < _TOLD):
        return line
    if shared.has_line(line) and (linked or _is_long(line, _LINE)):
        record.leave(_WHY, line)
        return ""
    parts = _SENTENCES.split(line)
    for i in range(0, len(parts), 2):
        if len(parts) > 1 and _is_long(parts[i], _SENTENCE) and shared.has_line(parts[i]):
            record.leave(_WHY, parts[i])
            parts[i : i + 2] = [""] * len(parts[i : i + 2])
    return "".join(parts).strip()


def _lines(text: str) -> list[str]:
    """Return the lines of a text, or one where its sentences are wrapped: a piece of a sentence is nobody's."""
    lines = text.splitlines()
    wrapped = any(below[:1].islower() or is_wrapped(line, below) for line, below in pairwise(lines))
    return [one_line(text)] if wrapped else lines


def _long_sentences(line: str) -> list[str]:
    parts = _SENTENCES.split(line)[::2]
    return [part for part in parts if _is_long(part, _SENTENCE)] if len(parts) > 1 else []


def _is_long(text: str, letters: int) -> bool:
    """Count letters; one of Chinese or Japanese says as much as two."""
    return sum(1 if letter.isascii() else 2 for letter in text if letter.isalpha()) >= letters
