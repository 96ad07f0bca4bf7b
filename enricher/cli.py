"""Arguments and exit codes; what is done is done elsewhere."""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from enricher import __version__
from enricher.errors import BUG, EnricherError
from enricher.text import printable, printable_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enricher.config import Config
    from enricher.importer.companions import Look

SIGNALS = (130, 143)
"""Exit codes after an interrupt at the terminal, and after SIGTERM."""

_GARBAGE = 200_000
"""New objects before they are looked through for garbage: libraries make many when they are loaded, and keep them."""

_PATH = click.Path(path_type=Path)
_config = click.option(
    "--config",
    type=_PATH,
    metavar="FILE",
    default="config.toml",
    envvar="ENRICHER_CONFIG",
    show_default=True,
    show_envvar=True,
    help="The configuration to use.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")


class _InOrder(click.Group):
    """Commands in the order in which a person meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return their names."""
        del ctx
        return list(self.commands)


@click.group(cls=_InOrder)
@click.version_option(__version__, message="enricher %(version)s", help="Print the version.")
@click.help_option("--help")
def app() -> None:
    """Republish podcast feeds, enriched with highlights and chapters from stored summaries."""


def main() -> NoReturn:
    """Run the command line; every end has its exit code."""
    gc.set_threshold(_GARBAGE)
    # Python looks through every object twice before it ends: 120 ms of a run of 1 s.
    atexit.register(gc.freeze)
    try:
        with app.make_context("enricher", sys.argv[1:]) as context:
            sys.exit(app.invoke(context) or 0)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except EnricherError as error:
        _complain(str(error).splitlines())
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(SIGNALS[0])
    except BrokenPipeError:
        # Whoever read it has read enough, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception:  # noqa: BLE001 a bug has an exit code of its own
        traceback.print_exc()
        sys.exit(BUG)


@app.command()
@click.argument("addresses", metavar="URL...", nargs=-1, required=True)
@click.option("--private", is_flag=True, help="Allow an address that holds a secret; publish for yourself alone.")
@click.option("--dry-run", is_flag=True, help="Look at the feeds; write nothing.")
@_config
@_as_json
def add(addresses: tuple[str, ...], config: Path, *, private: bool, dry_run: bool, as_json: bool) -> int:
    """Look at feeds and write them into the configuration, which is made if there is none.

    URL is a feed's address or file, a web page that names one feed, or an OPML list.
    """
    from enricher.add import add_feeds

    return _tell(add_feeds(config, addresses, private=private, dry_run=dry_run, as_json=as_json))


@app.command()
@_config
@click.option("--feed", "feeds", metavar="NAME", multiple=True, help="Only this feed; may be repeated.")
@click.option("--force", is_flag=True, help="Fetch anew, whether it is due or not.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@click.option("--accept", metavar="NAME", multiple=True, help="Believe this feed though most of its items are gone.")
@click.option(
    "--max-runtime", type=click.FloatRange(min=0), metavar="SECONDS", help="Begin no further feed after so long."
)
@click.option("--log-file", type=_PATH, metavar="FILE", help="Append what happens to this file; it may be rotated.")
@_as_json
def run(  # noqa: PLR0913 one for each option
    *,
    config: Path,
    feeds: tuple[str, ...],
    force: bool,
    dry_run: bool,
    accept: tuple[str, ...],
    max_runtime: float | None,
    log_file: Path | None,
    as_json: bool,
) -> int:
    """Import changed summaries, then fetch, enrich and publish each feed."""
    from enricher.report import to_json, to_lines
    from enricher.run.run import Options, operate

    options = Options(force=force, dry_run=dry_run, accept=frozenset(accept), max_runtime=max_runtime)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, options.stop.heed)
    result, code = operate(_load(config), feeds, options, log_file)
    # Under cron every line is a mail: what the last run told already, `status` has.
    again = dry_run or sys.stderr.isatty()
    _complain(str(problem) for problem in result.problems if again or str(problem) not in result.told)
    _complain(line for bug in result.bugs for line in bug.splitlines())
    for report in result.reports:
        _complain(to_lines(report, again=again))
    if as_json:
        _print(json.dumps(to_json(result.reports, [str(p) for p in result.problems]), ensure_ascii=False, indent=1))
    elif sys.stdout.isatty() or dry_run:
        from enricher.console import show_reports

        show_reports(result.reports, result.site, dry_run=dry_run)
    if result.cut_off or options.stop.is_set():
        # Threads may still be at work; and an interrupt that comes while Python ends would change the exit code.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


@app.command("import")
@click.argument("paths", type=_PATH, metavar="PATH...", nargs=-1, required=True)
@_config
@click.option("--dry-run", is_flag=True, help="Say what would be read; store nothing, and need no configuration.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each document, a line each.")
def import_(paths: tuple[Path, ...], config: Path, *, dry_run: bool, as_json: bool) -> int:
    """Read summary documents into the store; says what each holds, what is left out, or why it is refused."""
    from enricher.commands import describe, import_documents, import_to_json

    refused = 0
    for one in import_documents(None if dry_run else _load(config), paths):
        refused += bool(one.error)
        if as_json:
            _print(json.dumps(import_to_json(one), ensure_ascii=False))
        elif one.error:
            _complain(describe(one))
        else:
            _print("\n".join(describe(one)))
    return 1 if refused else 0


@app.command()
@click.argument("feed")
@click.argument("episode", required=False)
@click.option("--unused", is_flag=True, help="Show only the summaries that have no item, and why.")
@_config
def explain(feed: str, episode: str | None, config: Path, *, unused: bool) -> None:
    """Show which summary each item has and why, and where each time comes from.

    EPISODE is a title or a part of it, or a guid.
    """
    from enricher.commands import explain_feed

    for line in explain_feed(_load(config), feed, episode, unused=unused):
        _print(line)


@app.command()
@click.argument("feeds", metavar="[FEED]...", nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N of each feed; without --json 20.")
@_config
@_as_json
def missing(feeds: tuple[str, ...], config: Path, *, limit: int | None, as_json: bool) -> int:
    """Show the items that have no summary, newest first; --json has what a script needs to write one."""
    from enricher.missing import show_missing

    return _tell(show_missing(_load(config), feeds, limit, as_json=as_json))


@app.command()
@click.argument("feed")
@click.argument("episode")
@_config
def template(feed: str, episode: str, config: Path) -> None:
    """Print a summary to fill in, the publisher's chapters as topics; EPISODE is a title, a part of it, or a guid."""
    from enricher.missing import episode_template

    _print(episode_template(_load(config), feed, episode).removesuffix("\n"))


@app.command()
@_config
@_as_json
def check(config: Path, *, as_json: bool) -> int:
    """Check whether configuration, database, output folder, summaries and transcripts are usable."""
    from enricher.commands import check_all

    looks: list[Look] = []
    problems, lines = list[str](), list[str]()
    for line, good in check_all(_load(config), looks):
        (lines if good else problems).append(line)
        if not as_json:
            _print(line) if good else _complain([line])
    if as_json:
        found = {"version": 1, "usable": not problems, "problems": problems, "told": lines}
        transcripts = [look.as_json() for look in looks]
        _print(json.dumps({**found, "transcripts": transcripts}, ensure_ascii=False, indent=1))
    return 1 if problems else 0


@app.command()
@_config
@_as_json
def status(config: Path, *, as_json: bool) -> None:
    """Show the last outcome of every feed."""
    from enricher.commands import last_outcomes

    rows, problems = last_outcomes(_load(config))
    if as_json:
        found = {"version": 1, "feeds": [row.as_json() for row in rows]} | ({"problems": problems} if problems else {})
        _print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    from enricher.console import show_status

    show_status(rows)
    for line in problems:
        _print(line)


@app.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen.")
@_config
def serve(port: int, host: str, config: Path) -> None:
    """Serve the output folder on this machine, to look at it before a web server is set up; Ctrl-C ends it."""
    from enricher.serve import serve_output

    for line in serve_output(_load(config), host, port):
        _print(line)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a summary document."""
    from enricher.summaries.json_form import json_schema

    _print(json.dumps(json_schema(), ensure_ascii=False, indent=1))


def _load(path: Path) -> Config:
    from enricher.config import load

    return load(path, os.environ)


def _print(text: str) -> None:
    click.echo(printable(text))


def _tell(lines: Iterable[tuple[str, bool]]) -> int:
    """Print each line, those of trouble on standard error; return the exit code."""
    code = 0
    for line, good in lines:
        _print(line) if good else _complain([line])
        code = code if good else 1
    return code


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(printable_line(line), err=True)
