"""The program, run again and again in processes that are forked with everything loaded.

To start an interpreter and load the program takes half a second, and hundreds of tests run it. Each run is a process of
its own all the same, with its folder, environment, signals and exit code; `python -m tests.program` is what they are
forked from, and has no threads, files or connections that they could share.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from enricher.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROOT = Path(__file__).parent.parent
_PAGES = _ROOT / "tests" / "pages"
_LOADED = (
    *("add", "cli", "commands", "console", "missing", "http.transport", "pages.shows", "pipeline.edition"),
    *("publish.media_types", "run.run", "summaries.document", "timing.plain_transcript"),
)
_OPTIONAL = {"obstore": "publish.object_store"}
"""What needs an extra, by its package."""


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `enricher` with arguments in a folder, to its end."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        json.dump([arguments, str(folder), dict(environment), str(out), str(err)], server.stdin)
        server.stdin.write("\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())


@cache
def _server() -> subprocess.Popen[str]:
    """Start what the processes are forked from."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.program"], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def stop() -> None:
    """End what the processes are forked from, if it was started: it ends when its standard input does."""
    if _server.cache_info().currsize:
        _server().communicate()


def _serve() -> None:
    """Fork a process for each line of standard input, and answer with its exit code."""
    for name in (*_LOADED, *(name for needed, name in _OPTIONAL.items() if find_spec(needed))):
        import_module(f"enricher.{name}")
    _prepare()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(*json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _prepare() -> None:
    """Compile what every process compiles when it first needs it: the templates, and the patterns of summaries."""
    from enricher.pages.theme import TEMPLATES  # noqa: PLC0415 not for those who only ask for a run
    from enricher.pipeline.templates import Templates  # noqa: PLC0415
    from enricher.summaries.document import read_summary  # noqa: PLC0415

    for name in TEMPLATES:
        Templates().theme().environment.get_template(name)
    for path in sorted(_PAGES.glob("field-notes.*")):
        read_summary(path.name, path.read_bytes())


def _become(arguments: list[str], folder: str, environment: dict[str, str], out: str, err: str) -> NoReturn:
    """Be the program."""
    for number, path in enumerate((os.devnull, out, err)):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["enricher", *arguments]
    main()


if __name__ == "__main__":
    _serve()
