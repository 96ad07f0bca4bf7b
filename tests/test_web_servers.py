"""The configurations of web servers in deploy/: what apps get of a published folder, over real sockets."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import signal
import socket
import subprocess
import tomllib
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
import yaml

from enricher import cli
from tests.corpus import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG, SHORT = "public, max-age=31536000, immutable", "public, max-age=60"
TYPES = {
    "/show.xml": ("application/rss+xml; charset=utf-8", SHORT, "*"),
    "/show/chapters/0123456789abcdef.json": ("application/json+chapters", LONG, "*"),
    "/show/transcripts/0123456789abcdef.vtt": ("text/vtt; charset=utf-8", LONG, "*"),
    "/show/the-dance-0123456789ab.html": ("text/html; charset=utf-8", SHORT, None),
    "/show/": ("text/html; charset=utf-8", SHORT, None),
    "/style-0123456789ab.css": ("text/css; charset=utf-8", LONG, None),
    "/page-0123456789ab.js": ("text/javascript; charset=utf-8", LONG, None),
    "/feeds.opml": ("text/x-opml; charset=utf-8", SHORT, "*"),
}


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def publish(folder: Path) -> Path:
    """Make a folder as a run leaves it, each file larger than what is not worth compressing."""
    public = folder / "public"
    for path in (*TYPES, "/.enricher-0123"):
        file = public / (path.removeprefix("/") + ("index.html" if path.endswith("/") else ""))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{path} é " * 200, "utf-8")
    for one in (folder, *folder.parents[:3]):
        one.chmod(one.stat().st_mode | 0o055)  # the server's workers are another user
    return public


def nginx(folder: Path, public: Path, port: int) -> list[str]:
    """Write a configuration around the one that is deployed, as Debian's nginx.conf has it."""
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    text = re.sub(r"listen 80;", f"listen 127.0.0.1:{port};", text).replace("/srv/enricher/public", str(public))
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in places)
    main = f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {temporary}\n"
    (folder / "nginx.conf").write_text(f"{main}{text}}}\n", "utf-8")
    return ["nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"]


def caddy(folder: Path, public: Path, port: int) -> list[str]:
    """Write the configuration for a port of this machine."""
    text = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    text = text.replace("feeds.example.com {", f"http://127.0.0.1:{port} {{").replace(
        "/srv/enricher/public", str(public)
    )
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{text}", "utf-8")
    start = ["caddy", "start", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]
    return [*start, "--pidfile", f"{folder}/pid"]


@pytest.fixture(scope="module", params=[nginx, caddy], ids=lambda make: make.__name__)
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve a published folder."""
    name = request.param.__name__
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not here; on Debian: apt-get install {name}")
    folder, port = tmp_path_factory.mktemp(name), free_port()
    command = request.param(folder, publish(folder), port)
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "said").open("wb") as said:  # both return when they listen, and go on in the background
        started = subprocess.run(command, stdout=said, stderr=said, env=environment, check=False)
    assert started.returncode == 0, (folder / "said").read_text("utf-8")
    try:
        yield port
    finally:
        os.kill(int((folder / "pid").read_text("utf-8")), signal.SIGTERM)


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Request a file; give status, headers by lower-case name, body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    connection.close()
    return answer.status, found, body


@pytest.mark.parametrize("path", TYPES)
def test_each_file_has_its_type_and_headers(port: int, path: str) -> None:
    """What is named by its content is kept for ever, feeds for a minute; browsers may read what players need."""
    status, headers, body = ask(port, path)
    kind, cache, origin = TYPES[path]
    assert (status, body) == (200, (f"{path} é " * 200).encode())
    assert headers["content-type"].lower() == kind
    assert (headers["cache-control"], headers.get("access-control-allow-origin")) == (cache, origin)
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", TYPES)
def test_each_file_is_compressed(port: int, path: str) -> None:
    """For whoever takes gzip, and said in Vary."""
    status, headers, body = ask(port, path, Accept_Encoding="gzip")
    assert (status, headers.get("content-encoding")) == (200, "gzip")
    assert gzip.decompress(body) == (f"{path} é " * 200).encode()
    assert "accept-encoding" in headers["vary"].lower()


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_what_has_not_changed_is_not_sent_again(port: int, encoding: str) -> None:
    """By its ETag, compressed or not, and by its date; the answer keeps the headers that caches go by."""
    _, headers, _ = ask(port, "/show.xml", Accept_Encoding=encoding)
    for condition in ({"If_None_Match": headers["etag"]}, {"If_Modified_Since": headers["last-modified"]}):
        status, again, body = ask(port, "/show.xml", Accept_Encoding=encoding, **condition)
        assert (status, body) == (304, b"")
        assert again["cache-control"] == SHORT


@pytest.mark.parametrize("path", ["/nothing.xml", "/.enricher-0123", "/show/chapters/", "/show/../../nginx.conf"])
def test_nothing_else_is_served(port: int, path: str) -> None:
    """Neither what is being written, nor lists of folders; and that there is nothing is not kept."""
    status, headers, _ = ask(port, path)
    assert status in {400, 403, 404}
    assert "immutable" not in headers.get("cache-control", "")


def test_the_workflow_of_the_document_is_one() -> None:
    """docs/github-pages.md: YAML whose steps run the program, keep what it knows, and publish its folder, in order."""
    text = (ROOT / "docs" / "github-pages.md").read_text("utf-8")
    (found,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    workflow = yaml.safe_load(found)
    steps = [step.get("uses", step.get("run")) for step in workflow["jobs"]["publish"]["steps"]]
    places = [
        next(i for i, step in enumerate(steps) if step.startswith(wanted))
        for wanted in ("actions/cache/restore", "enricher run", "actions/cache/save", "actions/deploy-pages", "exit")
    ]
    assert places == sorted(places)
    options = re.findall(r"--[a-z-]+", next(step for step in steps if step.startswith("enricher run")))
    assert set(options) <= {name for option in cli.app.commands["run"].params for name in option.opts}


def test_the_container_file_copies_what_is_there() -> None:
    """Every file that it copies exists, and what is installed is named in pyproject.toml."""
    text = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split())
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = re.findall(r"EXTRAS=([\w,]+)", text + (ROOT / "deploy" / "dask.yaml").read_text("utf-8"))
    assert named
    assert {name for names in named for name in names.split(",")} <= set(extras)
