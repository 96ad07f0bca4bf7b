"""The documents say what is: commands, keys, exit codes, pictures and the bundled example are the real ones."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from msgspec import NODEFAULT
from msgspec.structs import fields

from docs.picture import draw
from enricher import cli, errors, keys
from enricher import monitoring as operation
from tests.corpus import CHECKER, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from msgspec import Struct

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(cli.app.commands)


def tables() -> Iterator[dict[str, list[str]]]:
    """Give the README's tables: the first cell, without its back-ticks, to the other cells."""
    for block in re.findall(r"(?:^\|.*\n)+", README, re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", line.strip("|\n"))[:3] for line in block.splitlines()]
        yield {rows[0][0].strip(): []} | {r[0].strip(" `"): [cell.strip(" `") for cell in r[1:]] for r in rows[2:]}


def table_of(heading: str, key: str) -> dict[str, list[str]]:
    """Give the table with that heading which has a row of that key."""
    found = [dict(table) for table in tables() if next(iter(table)) == heading and key in table]
    assert len(found) == 1, (heading, key)
    del found[0][heading]
    return found[0]


def renewed(path: Path, text: str) -> str:
    """Give what a generated document holds, after writing it anew where that is asked for."""
    if os.environ.get("WRITE_DOCS"):
        path.write_text(text, "utf-8")
    return path.read_text("utf-8")


def test_every_command_is_in_the_readme() -> None:
    """The table of commands has each command and no other."""
    assert sorted(name.removeprefix("enricher ") for name in table_of("command", "enricher run")) == COMMANDS


def test_help_texts_are_the_real_ones() -> None:
    """docs/commands.md shows what `--help` prints."""
    parts = ["# Commands\n\nWhat `enricher COMMAND --help` prints.\n"]
    runner = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80", "NO_COLOR": "1"})
    for arguments in ([], *([name] for name in COMMANDS)):
        result = runner.invoke(cli.app, [*arguments, "--help"], prog_name="enricher")
        assert result.exit_code == 0
        text = re.sub(r"[ ]+$", "", result.stdout, flags=re.MULTILINE).strip()
        parts.append(f"## enricher {' '.join(arguments)}".rstrip() + f"\n\n```text\n{text}\n```\n")
    text = "\n".join(parts)
    assert renewed(ROOT / "docs" / "commands.md", text) == text


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    ("model", "key", "others"),
    [
        (keys.FileTable, "base_url", {"defaults", "feed"}),
        (keys.FeedTable, "url", {one.name for one in fields(keys.Settings)}),
        (keys.Settings, "mode", set()),
    ],
)
def test_every_key_is_in_the_readme_with_its_default(model: type[Struct], key: str, others: set[str]) -> None:
    """The tables of keys have each key with its default, and no other."""
    real = {
        one.name: "" if one.required or one.default is NODEFAULT else _shown(one.default)
        for one in fields(model)
        if one.name not in others
    }
    assert {name: cells[0] for name, cells in table_of("key", key).items()} == real


def test_every_exit_code_is_in_the_readme() -> None:
    """The table has the exit codes of every error, of success, and of a bug."""

    def codes(kind: type[errors.EnricherError]) -> Iterator[int]:
        yield kind.exit_code
        for below in kind.__subclasses__():
            yield from codes(below)

    real = {0, operation.BUG, *codes(errors.EnricherError), *cli.SIGNALS}
    assert {int(code) for code in table_of("exit code", "0")} == real


def test_every_dependency_has_its_reason() -> None:
    """Each dependency of pyproject.toml is named in the changelog."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8").lower()
    for entry in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.split(r"[><=;\[ ]", entry, maxsplit=1)[0].lower()
        assert name in changelog or name.startswith(("types-", "lxml-stubs")), name


def test_constraints_hold_names_and_versions_alone() -> None:
    """Nothing about where packages come from stands in the constraints."""
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.!+]+", line), line


def test_links_of_the_documents_lead_somewhere() -> None:
    """Each relative link and picture exists."""
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), (document.name, target)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the bundled example in a copy of the project's own folder."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copy(ROOT / "config.toml", folder)
    shutil.copytree(ROOT / "examples", folder / "examples")
    done = subprocess.run(
        [sys.executable, "-m", "enricher", "run"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


def test_the_picture_shows_the_example(example: Path) -> None:
    """The picture is drawn from what the example is and becomes."""
    picture = draw(ROOT / "examples" / "field-notes.xml", example / "public" / "field-notes.xml")
    assert renewed(ROOT / "docs" / "before-after.svg", picture) == picture


def test_the_example_shows_what_the_program_does(example: Path) -> None:
    """Four of five items have summaries, in four forms; all have chapters, one's quotes are timed by a transcript."""
    done = subprocess.run(
        [sys.executable, "-m", "enricher", "explain", "field-notes"],
        cwd=example,
        capture_output=True,
        text=True,
        check=True,
    )
    for suffix in (".txt", ".md", ".html", ".json"):
        assert f"{suffix}, by title. The titles are equal" in done.stdout
    assert "found in 12-bees.vtt at 00:02:54" in done.stdout
    assert done.stdout.count("chapters: ") == 4
    assert "summary: none" in done.stdout


@pytest.mark.skipif(not CHECKER.is_file(), reason="the contract's checker is not here")
def test_the_example_keeps_the_contract(example: Path) -> None:
    """The checker that shares no code with the program finds nothing broken."""
    public, base = example / "public", "https://feeds.example.com"
    where: list[str | Path] = ["--self", f"{base}/field-notes.xml", "--public", public, "--base", base]
    source = ROOT / "examples" / "field-notes.xml"
    done = subprocess.run(
        [sys.executable, CHECKER, source, public / "field-notes.xml", *where],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "broken 0" in done.stdout) == (0, True), done.stdout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` accepts the service and the timer, and rates the service's exposure as low."""
    for name in ("enricher.service", "enricher.timer"):
        text = (ROOT / "deploy" / name).read_text("utf-8")
        command = r"ExecStart=/srv\S+"
        (tmp_path / name).write_text(re.sub(command, f"ExecStart={sys.executable}", text), "utf-8")
    units = [tmp_path / "enricher.timer", tmp_path / "enricher.service"]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)  # noqa: S607
    ours = [line for line in done.stderr.splitlines() if "enricher" in line and "Command" not in line]
    assert not ours, done.stderr
