"""The house keeps its plan: closed core, stages apart, no circles, small functions and rooms."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.corpus import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "enricher"
MODULES = sorted(PACKAGE.rglob("*.py"))
CORE = [path for path in MODULES if "core" in path.parts]
TYPES = {"model", "summary", "evidence", "errors", "clock", "text", "namespaces", "canonical"}
"""Rooms that every stage may know."""
COMPOSERS = {"enrich", "explain", "report"}
"""Rooms that put stages together, or tell of what they made."""
WORLD = {
    *("os", "io", "socket", "ssl", "http", "urllib.request", "pathlib", "tempfile", "shutil", "subprocess", "logging"),
    *("time", "random", "secrets", "threading", "multiprocessing", "asyncio", "httpx", "sqlalchemy", "filelock"),
    *("rich", "click", "sqlite3", "concurrent", "glob", "sys"),
}
ONE_ROOM = {"httpx": {"fetch"}, "click": {"cli"}, "rich": {"screen"}, "filelock": {"premises"}}
"""Libraries that one room of the shell alone knows, with the rooms that make it up."""


def name_of(path: Path) -> str:
    """Give a module's dotted name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path, *, typing: bool = False) -> set[str]:
    """List the modules that a module imports when it is imported; with those for types where asked."""
    found: set[str] = set()
    known = {name_of(one) for one in MODULES}

    def visit(nodes: list[ast.stmt]) -> None:
        for node in nodes:
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
                below = {f"{node.module}.{alias.name}" for alias in node.names}
                found.update(below & known or {node.module})
            elif isinstance(node, ast.If) and (typing or ast.unparse(node.test) != "TYPE_CHECKING"):
                visit([*node.body, *node.orelse])
            elif isinstance(node, ast.Try):
                visit([*node.body, *node.orelse, *node.finalbody])

    visit(ast.parse(path.read_text("utf-8")).body)
    return found


def room(module: str) -> str:
    """Give the room of a core module: `enricher.core.summaries.text` is in `summaries`."""
    return module.split(".")[2] if module.count(".") > 1 else ""


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_is_closed(path: Path) -> None:
    """It imports nothing that reaches the world, and nothing of the shell."""
    for module in imports(path):
        assert not any(module == one or module.startswith(f"{one}.") for one in WORLD), module
        assert not module.startswith("enricher.") or module.startswith("enricher.core."), module


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_does_not_open_files(path: Path) -> None:
    """No call of open, print or input."""
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"open", "print", "input", "exec", "eval"}


def test_stages_do_not_know_one_another() -> None:
    """A stage imports the types and rooms of its own; only what composes them imports stages."""
    stages = {
        *("source", "match", "marks", "transcript", "timing", "chapters", "notes", "generate", "verify", "summaries"),
        *("soundbites", "trust"),
    }
    for path in CORE:
        here = room(name_of(path))
        if here in COMPOSERS:
            continue
        others = {room(module) for module in imports(path) if module.startswith("enricher.core.")} & stages
        assert others <= {here}, (name_of(path), others)


def test_no_room_is_in_a_circle() -> None:
    """Imports, those for types aside, lead one way."""
    graph = {name_of(path): {m for m in imports(path) if m.startswith("enricher")} for path in MODULES}
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail, module))
        if module not in done:
            for below in graph.get(module, ()):
                walk(below, (*trail, module))
            done.add(module)

    for module in graph:
        walk(module, ())


@pytest.mark.parametrize("library", ONE_ROOM)
def test_a_library_of_the_shell_has_one_room(library: str) -> None:
    """Only its room imports it."""
    for path in MODULES:
        if any(module.split(".")[0] == library for module in imports(path, typing=True)):
            assert path.stem in ONE_ROOM[library], name_of(path)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_rooms_and_functions_are_small(path: Path) -> None:
    """At most 300 lines a module, 40 a function without its docstring; no room for whatever is left."""
    text = path.read_text("utf-8")
    assert text.count("\n") <= 300
    assert path.stem not in {"utils", "util", "helpers", "common", "base", "manager", "misc"}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= 40, (node.name, lines)


def test_the_main_function_stays_short() -> None:
    """`republish` and what it does read on one screen."""
    tree = ast.parse((PACKAGE / "pipeline.py").read_text("utf-8"))
    sizes = {
        node.name: (node.end_lineno or 0) - node.lineno + 1 for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    assert sizes["republish"] <= 15
    assert sizes["_republish"] <= 20
