"""The house keeps its plan: pure packages, one room for each library, no circles, small functions and modules."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.corpus import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "enricher"
MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = {"model", "titles", "feed", "summaries", "matching", "timing", "enrich", "pages"}
"""Packages that touch no world: no socket, file, clock or chance."""
TIMES = {"timestamps", "timestamp_lines", "timestamp_lists"}
SHARED = {"errors", "redaction", "text", "urls", "titles", "translations", *TIMES}
"""Modules at the top that pure packages may import."""
WORLD = {
    *("os", "io", "socket", "ssl", "http", "urllib.request", "pathlib", "tempfile", "shutil", "subprocess", "logging"),
    *("time", "random", "secrets", "threading", "multiprocessing", "asyncio", "httpx", "sqlalchemy", "filelock"),
    *("rich", "click", "sqlite3", "concurrent", "glob", "sys"),
}
ONE_PLACE = {
    "httpx": "enricher.http",
    "httpcore": "enricher.http",
    "sqlalchemy": "enricher.store",
    "feedparser": "enricher.feed",
    "feedgen": "enricher.feed",
    "markdown_it": "enricher.summaries",
    "jinja2": "enricher.pages",
    "segno": "enricher.pages",
    "obstore": "enricher.publish.object_store",
    "click": "enricher.cli",
    "rich": "enricher.console",
}
"""Libraries that one package or module alone knows."""


def name_of(path: Path) -> str:
    """Return a module's dotted name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def package_of(module: str) -> str:
    """Return the package of a module: `feed` of `enricher.feed.parse`; the name itself of a module at the top."""
    return module.split(".")[1] if "." in module else ""


@cache
def imports(path: Path, *, typing: bool = True) -> set[str]:
    """Return the modules that a module imports; without those that only types need where `typing` is false."""
    found: set[str] = set()
    known = {name_of(one) for one in MODULES}
    skipped: set[ast.AST] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if node in skipped:
            continue
        if not typing and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            skipped.update(one for part in node.body for one in ast.walk(part))
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(below & known or {node.module})
    return found


IN_PURE = [path for path in MODULES if package_of(name_of(path)) in PURE]


@pytest.mark.parametrize("path", IN_PURE, ids=name_of)
def test_pure_packages_touch_no_world(path: Path) -> None:
    """They import nothing that reaches the world, and of ours only each other's types and what all may know."""
    here = package_of(name_of(path))
    for module in imports(path):
        assert not any(module == one or module.startswith(f"{one}.") for one in WORLD), module
        if module.startswith("enricher."):
            allowed = {here, *SHARED, "model"}
            allowed -= {"urls", "titles", "translations", *TIMES} if here == "model" else set()
            assert package_of(module) in allowed, module


@pytest.mark.parametrize("path", IN_PURE, ids=name_of)
def test_pure_packages_do_not_open_files(path: Path) -> None:
    """No call of open, print or input."""
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"open", "print", "input", "exec", "eval"}


def test_no_import_is_in_a_circle() -> None:
    """Imports lead one way, those for types and those inside functions included."""
    graph = {name_of(path): {m for m in imports(path) if m.startswith("enricher")} for path in MODULES}
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail, module))
        if module not in done:
            for below in sorted(graph.get(module, ())):
                walk(below, (*trail, module))
            done.add(module)

    for module in graph:
        walk(module, ())


@pytest.mark.parametrize("library", ONE_PLACE)
def test_a_library_is_known_in_one_place(library: str) -> None:
    """Only its package or module imports it."""
    users = {name_of(path) for path in MODULES if any(m.split(".")[0] == library for m in imports(path))}
    assert users
    assert all(f"{user}.".startswith(f"{ONE_PLACE[library]}.") for user in users), users


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_are_small(path: Path) -> None:
    """At most 300 lines a module, 40 a function without its docstring; no module for whatever is left."""
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
    tree = ast.parse((PACKAGE / "pipeline" / "republish.py").read_text("utf-8"))
    sizes = {
        node.name: (node.end_lineno or 0) - node.lineno + 1 for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    assert sizes["republish"] <= 40


def test_a_run_in_which_no_document_changed_loads_no_reader() -> None:
    """Stored summaries are decoded without what reads documents, which takes as long to load as all else of ours."""
    readers = "{'enricher.summaries.document', 'enricher.summaries.html', 'yaml', 'markdown_it'}"
    script = f"import sys, enricher.cli, enricher.run.run, enricher.importer.sync; print({readers} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"
