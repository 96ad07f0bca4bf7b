"""Draw docs/before-after.svg: one item of the example feed as a podcast app shows it, before and after.

`python docs/picture.py public/field-notes.xml > docs/before-after.svg`, after `make run`.
"""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass
from html import escape
from pathlib import Path

from lxml import etree, html

WIDTH, ROW, TOP, COLUMNS, ROWS = 430, 19, 96, 56, 27
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 700; font-size: 15px }
  .head { font-size: 12px; fill: #57606a; letter-spacing: .08em }
  .strong { font-weight: 700 }
  .em { font-style: italic }
  .time { fill: #0550ae; font-variant-numeric: tabular-nums }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the card and how it looks."""

    text: str
    look: str = ""


def draw(source: Path, published: Path) -> str:
    """Return the picture as SVG."""
    before = _notes(source)
    after = _notes(published)
    left, right = _lines(before), _lines(after)
    height = TOP + ROW * min(ROWS, max(len(left), len(right))) + 24
    title = etree.parse(str(source)).findtext("channel/item/title") or ""
    cards = [_card(0, "THE PUBLISHER'S FEED", title, left), _card(WIDTH + 20, "ENRICHED", title, right)]
    size = f'viewBox="0 0 {2 * WIDTH + 20} {height}" width="{2 * WIDTH + 20}" height="{height}"'
    shape = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="An episode before and after">'
    return "\n".join([shape, f"<style>{_STYLE}</style>", *cards, "</svg>"]) + "\n"


def _notes(path: Path) -> str:
    item = etree.parse(str(path)).find("channel/item")
    assert item is not None  # noqa: S101 the example has items
    return item.findtext(_CONTENT) or item.findtext("description") or ""


def _lines(notes: str) -> list[Line]:
    """Break notes into lines as a narrow screen does."""
    lines: list[Line] = []
    for element in html.fragment_fromstring(notes, create_parent=True).iter("p", "li"):
        for row in re.split(r"<br\s*/?>", html.tostring(element, encoding="unicode", with_tail=False)):
            text = " ".join("".join(map(str, html.fromstring(f"<p>{row}</p>").itertext())).split())
            look = "strong" if "<strong>" in row else "em" if "<em>" in row else ""
            look = "time" if re.match(r"\d\d:\d\d:\d\d ", text) else look
            lines += [Line(part, look) for part in textwrap.wrap(("• " if element.tag == "li" else "") + text, COLUMNS)]
        lines.append(Line(""))
    return lines


def _card(x: int, head: str, title: str, lines: list[Line]) -> str:
    shown = [*lines[: ROWS - 1], Line("…")] if len(lines) > ROWS else lines
    texts = [
        f'<text x="{x + 16}" y="{TOP + i * ROW}" class="{line.look}">{escape(line.text)}</text>'
        for i, line in enumerate(shown)
        if line.text
    ]
    box = f'<rect x="{x + 1}" y="1" width="{WIDTH - 2}" height="100%" rx="10" fill="#fff" stroke="#d0d7de"/>'
    label = f'<text x="{x + 16}" y="30" class="head">{escape(head)}</text>'
    name = f'<text x="{x + 16}" y="60" class="title">{escape(title.partition(" | ")[0])}</text>'
    return "\n".join([box, label, name, *texts])


if __name__ == "__main__":
    sys.stdout.write(draw(Path("examples/field-notes.xml"), Path(sys.argv[1])))
