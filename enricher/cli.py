"""Arguments and exit codes; what is done is done elsewhere."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from enricher import __version__
from enricher.core.errors import EnricherError
from enricher.operation import BUG

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enricher.config import Config

SIGNALS = (130, 143)
"""Exit codes after an interrupt at the terminal, and after SIGTERM."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Republish podcast feeds, enriched with highlights and chapters from stored summaries.",
)

ConfigPath = Annotated[
    Path, typer.Option("--config", metavar="FILE", envvar="ENRICHER_CONFIG", help="The configuration to use.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")]
_CONFIG = Path("config.toml")


def main() -> NoReturn:
    """Run the command line; every end has its exit code."""
    try:
        app()
    except EnricherError as error:
        _complain(str(error).splitlines())
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(SIGNALS[0])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception:  # noqa: BLE001 a bug has an exit code of its own
        traceback.print_exc()
        sys.exit(BUG)
    sys.exit(0)


@app.callback(invoke_without_command=True)
def _version(*, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"enricher {__version__}")
        raise typer.Exit


@app.command()
def run(  # noqa: PLR0913 one for each option
    config: ConfigPath = _CONFIG,
    *,
    feed: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this feed; may be repeated.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Fetch anew, whether it is due or not.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")] = False,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Believe this feed though most of its items are gone.")
    ] = None,
    max_runtime: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0, help="Begin no further feed after so long.")
    ] = None,
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append what happens to this file; it may be rotated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import changed summaries, then fetch, enrich and publish each feed."""
    from enricher.core.report import as_json as to_json
    from enricher.core.report import as_lines
    from enricher.operation import operate
    from enricher.orders import Options

    options = Options(force=force, dry_run=dry_run, accept=frozenset(accept or ()), max_runtime=max_runtime)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, options.stop.heed)
    done, code = operate(_load(config), feed or (), options, log_file)
    _complain(str(problem) for problem in done.problems)
    _complain(done.bugs)
    for report in done.reports:
        _complain(as_lines(report))
    if as_json:
        _print(json.dumps(to_json(done.reports, [str(p) for p in done.problems]), ensure_ascii=False, indent=1))
    elif sys.stdout.isatty() or dry_run:
        from enricher.screen import show_reports

        show_reports(done.reports, dry_run=dry_run)
    if done.cut_off:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise typer.Exit(code)


@app.command("import")
def import_(paths: Annotated[list[Path], typer.Argument(metavar="PATH...")], config: ConfigPath = _CONFIG) -> None:
    """Read summary documents into the store; says what each holds or why it is refused."""
    from enricher.commands import import_documents

    refused = 0
    for line, good in import_documents(_load(config), paths):
        refused += not good
        _print(line) if good else _complain([line])
    raise typer.Exit(1 if refused else 0)


@app.command()
def explain(
    feed: Annotated[str, typer.Argument(metavar="FEED")],
    episode: Annotated[str | None, typer.Argument(help="A title or a part of it, or a guid.")] = None,
    config: ConfigPath = _CONFIG,
) -> None:
    """Say which summary each item has and why, and where each time comes from."""
    from enricher.commands import explain_feed

    for line in explain_feed(_load(config), feed, episode):
        _print(line)


@app.command()
def check(config: ConfigPath = _CONFIG) -> None:
    """Say whether configuration, database, output folder and summaries are usable."""
    from enricher.commands import check_all

    bad = 0
    for line, good in check_all(_load(config)):
        bad += not good
        _print(line) if good else _complain([line])
    raise typer.Exit(1 if bad else 0)


@app.command()
def status(config: ConfigPath = _CONFIG, *, as_json: AsJson = False) -> None:
    """Show the last outcome of every feed."""
    from enricher.commands import last_outcomes

    rows = last_outcomes(_load(config))
    if as_json:
        _print(json.dumps({"version": 1, "feeds": [row.as_json() for row in rows]}, ensure_ascii=False, indent=1))
        return
    from enricher.screen import show_status

    show_status(rows)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a summary document."""
    from enricher.core.summaries import json_schema

    _print(json.dumps(json_schema(), ensure_ascii=False, indent=1))


def _load(path: Path) -> Config:
    from enricher.config import load

    return load(path, os.environ)


def _print(text: str) -> None:
    typer.echo(text.encode("utf-8", "replace").decode())


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line.encode("utf-8", "replace").decode(), err=True)
