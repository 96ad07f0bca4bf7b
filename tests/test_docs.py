"""The documents say what is: commands, keys, exit codes, pictures and the bundled example are the real ones."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import MISSING
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from docs import house
from docs.picture import draw
from enricher import cli, errors
from enricher.config import KEYS
from enricher.errors import BUG
from tests.corpus import CHECKER, ROOT
from tests.documents import holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from enricher.config_faults import Key

THIS = "tests/test_docs.py"
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


def test_the_picture_of_the_house_is_current() -> None:
    """docs/house.svg is drawn from the imports; an import circle could not be drawn."""
    holds(ROOT / "docs" / "house.svg", house.draw(ROOT / "enricher"), THIS)


def test_the_guide_names_what_is_there() -> None:
    """Every file that CONTRIBUTING names exists, and every package and top module of the program is named."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for name in re.findall(r"`((?:enricher|tests|docs|bench|deploy|examples|\.ci)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), name
    for room in house.imports(ROOT / "enricher"):
        assert re.search(rf"`{room}(?:\.py|/)`", text), room


def test_every_rule_that_the_code_cites_is_in_the_contract() -> None:
    """`contract C16` in a comment can be looked up in docs/contract.md."""
    known = set(re.findall(r"^\*\*(C\d+)\*\*", (ROOT / "docs" / "contract.md").read_text("utf-8"), re.MULTILINE))
    cited = {
        rule: path.name
        for path in (ROOT / "enricher").rglob("*.py")
        for rule in re.findall(r"\bC\d{1,2}\b", path.read_text("utf-8"))
    }
    assert len(known) >= 55
    assert not {rule: name for rule, name in cited.items() if rule not in known}


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
    holds(ROOT / "docs" / "commands.md", "\n".join(parts), THIS)


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        (KEYS.file, "base_url"),
        ({name: key for name, key in KEYS.feed.items() if name not in KEYS.defaults}, "url"),
        (KEYS.defaults, "mode"),
        (KEYS.sections["object_store"], "region"),
        (KEYS.sections["engine"], "scheduler"),
    ],
)
def test_every_key_is_in_the_readme_with_its_default(keys: Mapping[str, Key], key: str) -> None:
    """The tables of keys have each key with its default, and no other."""

    def shown(default: object) -> str:
        if default is MISSING or default is None:
            return ""
        return json.dumps(default, ensure_ascii=False, default=str)

    told = {name: cells[0] for name, cells in table_of("key", key).items()}
    assert told == {name: shown(one.default) for name, one in keys.items()}


def test_every_exit_code_is_in_the_readme() -> None:
    """The table has the exit codes of every error, of success, and of a bug."""

    def codes(kind: type[errors.EnricherError]) -> Iterator[int]:
        yield kind.exit_code
        for below in kind.__subclasses__():
            yield from codes(below)

    real = {0, BUG, *codes(errors.EnricherError), *cli.SIGNALS}
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
    holds(ROOT / "docs" / "before-after.svg", picture, THIS)


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
