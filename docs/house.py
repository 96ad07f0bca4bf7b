"""Draw docs/house.svg: the packages and top modules of enricher, with an arrow from each to those that it imports.

`python docs/house.py > docs/house.svg`. A box is below all that import it, so arrows lead down. Left out are arrows
that a chain of others implies, and those to what nearly everything imports (dashed boxes, and `model/`).
"""

from __future__ import annotations

import ast
import sys
from html import escape
from pathlib import Path

WIDTH, HEIGHT, GAP, ROW = 108, 34, 16, 104
_PER_ROW = 8
_EVERYWHERE = {"errors", "text", "urls", "redaction", "timestamps", "model"}
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f; text-anchor: middle }
  .box { fill: #fff; stroke: #8c959f }
  .pure { fill: #ddf4ff; stroke: #54aeff }
  .shared { fill: #f6f8fa; stroke: #8c959f; stroke-dasharray: 4 3 }
  .arrow { stroke: #8c959f; fill: none }
"""
_ARROWHEAD = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#8c959f"/></marker></defs>'
)
_PURE = {"model", "feed", "summaries", "matching", "timing", "enrich", "pages"}


def imports(package: Path) -> dict[str, set[str]]:
    """Return what each package and top module imports of the others; imports for types and in functions count."""
    found: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        if room.startswith("__"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            below = {name.split(".")[1] for name in names if name.startswith(f"{package.name}.")}
            found.setdefault(room, set()).update(below - {room, "__version__"})
    return found


def floors(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the rooms by floor, highest first: each as high as what it imports wants it. A circle is an error."""
    height: dict[str, int] = {}

    def climb(room: str, trail: tuple[str, ...]) -> int:
        if room in trail:
            raise ValueError(" imports ".join((*trail, room)))
        if room not in height:
            height[room] = 1 + max((climb(below, (*trail, room)) for below in sorted(graph[room])), default=-1)
        return height[room]

    for room in sorted(graph):
        climb(room, ())
    rows = [sorted(room for room, at in height.items() if at == level) for level in range(max(height.values()) + 1)]
    return [row[i : i + _PER_ROW] for row in reversed(rows) for i in range(0, len(row), _PER_ROW)]


def reduced(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out what an import of an import brings: the transitive reduction."""

    def reach(room: str) -> set[str]:
        return graph[room].union(*(reach(below) for below in graph[room]))

    return {room: below.difference(*(reach(one) for one in below)) for room, below in graph.items()}


def draw(package: Path) -> str:
    """Return the picture as SVG."""
    found = imports(package)
    graph = {room: below & set(found) for room, below in found.items()}
    rows = floors(graph)
    width = max(map(len, rows)) * (WIDTH + GAP) + GAP
    place = {
        room: (width / 2 + (i - (len(row) - 1) / 2) * (WIDTH + GAP), 30 + y * ROW)
        for y, row in enumerate(rows)
        for i, room in enumerate(row)
    }
    arrows = []
    for room, below in reduced({room: below - _EVERYWHERE for room, below in graph.items()}).items():
        for other in sorted(below):
            (x, y), (to_x, to_y) = place[room], place[other]
            top, end = y + HEIGHT / 2, to_y - HEIGHT / 2
            bend = max(24.0, (end - top) / 2)
            curve = f"M{x:.0f} {top:.0f}C{x:.0f} {top + bend:.0f} {to_x:.0f} {end - bend:.0f} {to_x:.0f} {end:.0f}"
            arrows.append(f'<path class="arrow" marker-end="url(#to)" d="{curve}"/>')
    boxes = [_box(room, *place[room], is_package=(package / room).is_dir()) for room in place]
    height = 30 + (len(rows) - 1) * ROW + HEIGHT
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    label = 'role="img" aria-label="The packages and modules of enricher and their imports"'
    shape = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {label}>'
    return "\n".join([shape, f"<style>{_STYLE}</style>", _ARROWHEAD, *arrows, *boxes, "</svg>"]) + "\n"


def _box(room: str, x: float, y: float, *, is_package: bool) -> str:
    look = "pure" if room in _PURE else "shared" if room in _EVERYWHERE else "box"
    name = f"{room}/" if is_package else f"{room}.py"
    return (
        f'<rect class="{look}" x="{x - WIDTH / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{WIDTH}" height="{HEIGHT}"'
        f' rx="6"/><text x="{x:.0f}" y="{y + 4:.0f}">{escape(name)}</text>'
    )


if __name__ == "__main__":
    sys.stdout.write(draw(Path(__file__).resolve().parents[1] / "enricher"))
