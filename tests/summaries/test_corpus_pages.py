"""Real episode pages of ten sites: title, identity, abstract, times and nothing of junk; never a false time.

`python -m tests.summaries.test_corpus_pages` prints the table.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from enricher.errors import SummaryError
from enricher.model.summary import Summary, parts
from enricher.summaries.document import read_summary
from enricher.text import fold
from enricher.timestamps import clock
from tests.corpus import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted(path for path in (CORPUS / "pages").glob("*/*") if path.is_file())
ASPECTS = ("title", "identity", "says", "times", "no junk", "no false time")
JUNK = re.compile(
    r"\bsponsor(?:s|ed)?\b|patreon|follow us|subscribe to|privacy policy|\{\{|\{%|\*\*\S+\*\*|</?(?:p|br|div|b)>"
    r"|leave a comment"
    r"|\[\[|suggest someone|"
    r"@\w+\.(?:social|org)|hello@|No notes yet|Kind: captions|torrent",
    re.IGNORECASE,
)
LISTED = re.compile(
    r"^\W*(?:\d[.)]\s*)?\W*(?:\[\W*)?(?:(\d{1,2}):)?(\d{1,3}):(\d\d)\b(?!.*\b(?:am|pm)\b)", re.MULTILINE
)


def body_of(text: str) -> str:
    """Return a page without its front matter."""
    return re.sub(r"\A(---|\+\+\+)\n.*?\n\1\n", "", text, count=1, flags=re.DOTALL)


def titles_of(path: Path, text: str) -> set[str]:
    """Return what a person could take for the title: front matter, first heading, file name; folded."""
    found = re.findall(r"""^(?:title|"title_zh"|\s*"title_zh") ?[:=] ?["']?(.*?)["',]*$""", text, re.MULTILINE)[:1]
    found += re.findall(r"""title_zh": "(.*?)\"""", text)[:1]
    found += re.findall(r"^#{1,2} (.*)$", body_of(text), re.MULTILINE)[:1]
    return {fold(one.replace("''", "'").replace('\\"', '"')) for one in [*found, path.stem.replace("-", " ")]}


def printed(summary: Summary) -> str:
    """Return every word that could be printed of a summary."""
    said = [summary.abstract or "", *(part.text + (part.quote or "") for part in parts(summary))]
    return "\n".join([*said, *(one.answer or "" for one in summary.questions)])


def score(path: Path) -> dict[str, bool]:
    """Judge one page, by other means than the reader's."""
    text = path.read_text("utf-8")
    try:
        summary = read_summary(path.name, path.read_bytes())
    except SummaryError:
        return dict.fromkeys(ASPECTS, False)
    listed = [int(h or 0) * 3600 + int(m) * 60 + int(s) for h, m, s in LISTED.findall(body_of(text))]
    timed = [part for part in parts(summary) if part.kind == "topic" and part.start is not None]
    prose = any(len(line) > 80 and re.match(r"[^\W\d_]", line) for line in body_of(text).splitlines())
    prose = prose and "Full Transcript" not in text
    words = fold(re.sub(r"\]\(\S+?\)", "]", text))
    return {
        "title": fold(summary.title) in titles_of(path, text),
        "identity": bool(summary.number is not None or summary.published or summary.guid or summary.audio
                         or summary.link or summary.identities or re.search(r"\d", summary.title)),
        "says": not prose or len(printed(summary)) > 80,
        "times": len(set(listed)) < 3 or len(timed) >= 0.7 * len(set(listed)),
        "no junk": not JUNK.search(printed(summary)),
        "no false time": all(beside(part.start or 0, fold(part.text), words) for part in timed),
    }  # fmt: skip


def beside(start: float, title: str, words: str) -> bool:
    """Tell whether a page has this time near the first words of this title."""
    hours, minutes, seconds = (int(part) for part in clock(start).split(":"))
    written = {f"{hours:02} {minutes:02} {seconds:02}", f"{hours} {minutes:02} {seconds:02}",
               f"{hours * 60 + minutes} {seconds:02}", f"{hours * 60 + minutes:02} {seconds:02}"}  # fmt: skip
    near = " ".join(title.split()[:2])
    return any(
        near in words[max(0, found.start() - 120) : found.end() + 200]
        for time in written
        for found in re.finditer(rf"(?<!\d){time}(?!\d)", words)
    )


def table() -> tuple[list[str], int, int]:
    """Return the table by site, how many pages are read well, and how many have a false time."""
    scores: dict[str, Counter[str]] = {}
    well = false = 0
    for path in PAGES:
        found = score(path)
        site = scores.setdefault(path.parent.name, Counter())
        site.update(pages=1, well=all(found.values()), **found)
        well += all(found.values())
        false += not found["no false time"]
    names = ("pages", *ASPECTS, "well")
    lines = [f"{'site':22}" + "".join(f"{name:>15}" for name in names)]
    lines += [f"{site:22}" + "".join(f"{one[name]:>15}" for name in names) for site, one in scores.items()]
    return lines, well, false


@pytest.mark.skipif(not PAGES, reason="the corpus of real pages is not here (set ENRICHER_CORPUS to its folder)")
def test_real_pages_are_read_well() -> None:
    """Nine of ten in every aspect, and none with a false time."""
    lines, well, false = table()
    assert not false, "\n".join(lines)
    assert well >= 0.9 * len(PAGES), "\n".join(lines)


if __name__ == "__main__":
    print("\n".join(table()[0]))  # noqa: T201 a table for people
    for page in PAGES:
        bad = [aspect for aspect, good in score(page).items() if not good]
        if bad:
            print(page.parent.name, page.name, bad)  # noqa: T201 what to look at
