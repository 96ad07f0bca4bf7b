"""Transcripts to cues: SubRip, WebVTT, podcast-namespace JSON and HTML, sound or broken.

SubRip and WebVTT are read by one reader of our own. On trial pysubs2 lost every cue of a file with two-part times or
bare carriage returns and took a cue with a short fraction for text; webvtt-py lost cues with decimal commas and
refused a file without its first line. Both are the measure of this reader on sound files, in the tests.
"""

from __future__ import annotations

import codecs
import hashlib
import html
import json
import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from enricher.clock import parse_clock
from enricher.errors import TranscriptError
from enricher.feed.namespaces import PODCAST, PODCAST_ALIAS
from enricher.model.timeline import Cue, Transcript
from enricher.text import one_line, xml_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enricher.model.feed import Item

_TIMING = re.compile(r"\s*(\d[\d:.,]*)\s*-{1,3}>\s*(\d[\d:.,]*)")
_HALF = re.compile(r"\d{1,3}:[\d:.,]*\s*(?:-{1,3}>?\s*[\d:.,]*)?")  # a timing line that the file's end cut off
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[\d:.]+>|\{\\[^{}]*\}")
_ROLLING = re.compile(r"<\d[\d:.]+>")
_SPEAKER = re.compile(
    r"(?:-\s*)?(?:\[([^\[\]:]{1,40})\]|>{2,3}\s*([^:<>]{1,40}):|([^\W\d_][^:\[\]<>?!,]{0,40})[:\uff1a])\s+(?=\S)"
)
_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")
_UNNAMED = frozenset({"unknown", "unknown speaker", "speaker"})
_LONGEST_NAME, _SHOWN = 4, 4  # words of a name, lines that a rolling caption shows at once
_PACE = 15.0  # characters a second, where a transcript shows no pace of its own


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A podcast:transcript of an item.

    https://podcasting2.org/docs/podcast-namespace/tags/transcript
    """

    url: str
    kind: str
    """Its MIME type as declared; may be wrong or empty."""
    language: str | None = None


def read_transcript(body: bytes, kind: str, origin: str) -> Transcript:
    """Read a transcript; `kind` is a MIME type or file suffix that the content may overrule, times are seconds.

    Broken files give what is sound in them: cues in time order, none ending before it starts or after the next
    one's start. `origin` names the document for people. Raises TranscriptError where there is no cue at all.
    """
    text = _decode(body).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    cues = _in_order(_read(text, kind.lower()))
    if not cues:
        raise TranscriptError(
            f"{origin}: no line of speech with a time in it; give SubRip (.srt), WebVTT (.vtt), "
            "podcast-namespace JSON (.transcript.json) or HTML with <time> elements"
        )
    return Transcript(cues, origin, hashlib.sha256(body).hexdigest())


def transcript_links(item: Item, language: str | None) -> tuple[TranscriptLink, ...]:
    """Give an item's podcast:transcript links, best first: in the feed's `language`, then JSON, VTT, SRT, HTML."""
    links: dict[str, TranscriptLink] = {}
    for child in item.element:
        if isinstance(child.tag, str) and _is_transcript(etree.QName(child)):
            url = (child.get("url") or "").strip()
            kind = (child.get("type") or "").strip().lower()
            if url:
                links.setdefault(url, TranscriptLink(url, kind, (child.get("language") or "").strip() or None))
    return tuple(sorted(links.values(), key=lambda link: (_foreign(link.language, language), _rank(link))))


def _is_transcript(name: etree.QName) -> bool:
    space = name.namespace or ""
    return name.localname == "transcript" and (space == PODCAST or bool(PODCAST_ALIAS.fullmatch(space)))


def _foreign(language: str | None, wanted: str | None) -> bool:
    """Tell whether a transcript is in another language than the feed's, which it has where it names none."""
    if not language or not wanted:
        return False
    return re.split("[-_]", language.lower())[0] != re.split("[-_]", wanted.strip().lower())[0]


def _rank(link: TranscriptLink) -> int:
    path = link.url.partition("?")[0].partition("#")[0].lower()
    formats = (("json",), ("vtt",), ("srt", "subrip"), ("html",))
    for described in (link.kind, path.rsplit(".", 1)[-1]):
        for rank, names in enumerate(formats):
            if any(name in described for name in names):
                return rank
    return len(formats)


def _decode(body: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return body[2:].decode(encoding, "replace")
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        return decoder.decode(body)  # not final: a file cut inside its last character is UTF-8 still
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _read(text: str, kind: str) -> Iterable[Cue]:
    start = text.lstrip()[:200].lower()
    if start.startswith(("{", "[")) and "-->" not in start:
        return _json_cues(text)
    if start.startswith("<") and ("html" in start or "<time" in text or "html" in kind):
        return _html_cues(text)
    return _timed_lines(text, start.startswith("webvtt") or "vtt" in kind)


def _timed_lines(text: str, vtt: bool) -> list[Cue]:
    """Read SubRip and WebVTT: what stands between two timing lines, less the next one's number, was said."""
    lines = text.split("\n")
    timings = [(i, found) for i, line in enumerate(lines) if "->" in line and (found := _TIMING.match(line))]
    spans = pairwise([*(i for i, _ in timings), len(lines)])
    blocks = [list(filter(None, _spoken(lines[i + 1 : until], n, vtt))) for n, (i, until) in enumerate(spans, start=2)]
    rolling = (vtt and bool(_ROLLING.search(text))) or _rolls(blocks)
    cues, said = list[Cue](), list[str]()
    for (_, found), block in zip(timings, blocks, strict=True):
        start, end = parse_clock(found[1].rstrip(".,:")), parse_clock(found[2].rstrip(".,:"))
        new = block[_repeated(said, block) :] if rolling else block
        said = [_plain(line) for line in block]
        if start is not None:
            cues.append(_cue(start, start if end is None else end, "\n".join(new)))
    return cues


def _spoken(block: list[str], number: int, vtt: bool) -> list[str]:
    """Drop what follows a WebVTT cue's blank line, and the number (or half the times) of the next SubRip cue."""
    if vtt and block and block[0].isspace():
        block = block[1:]  # rolling captions begin with a line of one space
    if vtt and "" in (stripped := [line.strip() for line in block]):
        return block[: stripped.index("")]
    kept = _filled(block)
    if kept and _HALF.fullmatch(kept[-1]):
        kept = _filled(kept[:-1])
        block = [*kept, ""]
    if len(block) > 1 and kept and kept[-1].isdecimal() and (kept[-1] == str(number) or not "".join(kept[-2:-1])):
        kept.pop()
    return kept


def _filled(block: Sequence[str]) -> list[str]:
    kept = [line.strip() for line in block]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _rolls(blocks: Sequence[Sequence[str]]) -> bool:
    """Tell rolling captions, most of which show lines of the one before again."""
    shown = [[_plain(line) for line in block] for block in blocks if block]
    again = sum(bool(_repeated(a, b)) and len(b) > 1 for a, b in pairwise(shown))
    return again * 2 > len(shown) > _SHOWN


def _repeated(said: Sequence[str], block: Sequence[str]) -> int:
    """Count the lines that a rolling caption shows again from the cue before."""
    lines = [_plain(line) for line in block]
    return next((n for n in range(min(len(said), len(lines), _SHOWN), 0, -1) if list(said[-n:]) == lines[:n]), 0)


def _plain(line: str) -> str:
    return one_line(html.unescape(_TAG.sub("", line)))


def _cue(start: float, end: float, text: str, speaker: str | None = None) -> Cue:
    voice = _VOICE.search(text)
    said = _plain(text)
    if not (speaker := speaker or (one_line(html.unescape(voice[1])) if voice else None)):
        speaker, said = _split_speaker(said)
    return Cue(start, end, said, None if speaker and speaker.casefold() in _UNNAMED else speaker)


def _split_speaker(said: str) -> tuple[str | None, str]:
    """Part `Ann Lee: …`, `- [Ann] …` and `>> ANN: …` into the name and what was said."""
    found = _SPEAKER.match(said)
    name = (found[1] or found[2] or found[3]).strip() if found else ""
    words = name.split()
    if not found or not words or len(words) > _LONGEST_NAME or any(word[0].islower() for word in words):
        return None, said
    return name, said[found.end() :]


def _json_cues(text: str) -> list[Cue]:
    """Read podcast-namespace JSON, or the like with `start`, `end` and `text`; of a broken file its whole segments.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#json
    """
    try:
        document: Any = json.loads(text)
        segments = document.get("segments", ()) if isinstance(document, dict) else document
    except (ValueError, RecursionError):
        segments = list(_whole_objects(text))
    cues = []
    for segment in segments if isinstance(segments, list) else ():
        if isinstance(segment, dict) and (start := _seconds(segment, "startTime", "start")) is not None:
            end = _seconds(segment, "endTime", "end")
            said = segment.get("body", segment.get("text"))
            speaker = segment.get("speaker")
            name = one_line(speaker) if isinstance(speaker, str) else None
            cues.append(_cue(start, start if end is None else end, said if isinstance(said, str) else "", name))
    return cues


def _whole_objects(text: str) -> Iterator[Any]:
    for found in _FLAT_OBJECT.finditer(text):
        try:
            yield json.loads(found[0])
        except ValueError:
            continue


def _seconds(segment: dict[str, Any], *names: str) -> float | None:
    value = next((segment[name] for name in names if name in segment), None)
    if isinstance(value, str):
        return parse_clock(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**7:
        return None
    return float(value) if math.isfinite(value) else None


def _html_cues(text: str) -> list[Cue]:
    """Read `<cite>` (who), `<time>` (when) and whatever text follows; a cue lasts until the next one's time.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#html
    """
    try:
        root = lxml_html.document_fromstring(xml_safe(text))
    except (etree.ParserError, ValueError):
        return []
    cues: list[tuple[float, str | None, list[str]]] = []
    speaker: str | None = None
    for what, piece in _html_pieces(root):
        if what == "cite":
            speaker = piece.strip(" :\uff1a") or None
        elif what == "time" and (start := parse_clock(piece.strip("[]() "))) is not None:
            cues.append((start, speaker, []))
        elif what == "text" and cues:
            cues[-1][2].append(piece)
    return _ended([Cue(start, start, one_line("".join(said)), who) for start, who, said in cues])


def _html_pieces(root: etree._Element) -> Iterator[tuple[str, str]]:
    inside = ""
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else "comment"
        if event == "end" or name == "comment":
            inside = "" if name == inside else inside
            yield "skip" if inside else "text", (element.tail or "") + (" " if name in {"p", "div", "li"} else "")
        elif name in {"cite", "time"} and not inside:
            inside = name
            yield name, one_line("".join(element.itertext()))
        else:
            inside = inside or (name if name in {"script", "style", "head"} else "")
            yield "skip" if inside else "text", element.text or ""


def _ended(cues: Sequence[Cue]) -> list[Cue]:
    """Give cues without an end the next one's start; the last lasts as long as its text at the pace of the others."""
    ended = [Cue(a.start, max(a.start, b.start), a.text, a.speaker) for a, b in pairwise(cues)]
    spoken = sum(cue.end - cue.start for cue in ended)
    pace = sum(len(cue.text) for cue in ended) / spoken if spoken else _PACE
    return [*ended, *(Cue(c.start, c.start + len(c.text) / (pace or _PACE), c.text, c.speaker) for c in cues[-1:])]


def _in_order(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Sort cues by time, and end each where the next begins at the latest: words then follow one another."""
    said = sorted((cue for cue in cues if cue.text), key=lambda cue: (cue.start, cue.end))
    ordered: list[Cue] = []
    after = math.inf  # the next start that differs
    for i in range(len(said) - 1, -1, -1):
        cue = said[i]
        if i + 1 < len(said) and said[i + 1].start > cue.start:
            after = said[i + 1].start
        end = min(cue.end, after)
        if end <= cue.start and math.isfinite(after) and cue.end < cue.start:
            end = after
        ordered.append(Cue(cue.start, max(cue.start, end), cue.text, cue.speaker))
    return tuple(reversed(ordered))
