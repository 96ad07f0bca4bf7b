"""What is secret in a URL appears nowhere: a grep of everything that runs write, failing and succeeding."""

from __future__ import annotations

import base64
import sqlite3
from typing import TYPE_CHECKING

from tests.hostile.answers import GOOD, answer, hop, raw
from tests.hostile.server import Server
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD, WORD, KEY = "Pf7qLm2xWz", "sw0rdf1shy", "c4pabil1tyK"
PLACES = ("fine", "away", "broken", "nohttp", "shut")


def test_a_grep_of_everything_that_is_written_finds_no_secret(tmp_path: Path) -> None:
    """Output, errors, files, file names, database: no password, no token, no value of the environment."""
    workshop = Workshop(tmp_path)
    behaviours = {
        "fine": answer(200, 'ETag: "1"', body=GOOD),
        "away": hop(302, "/{name}/end?again=" + KEY),
        "broken": answer(500),
        "nohttp": raw(b"what?\r\n\r\n"),
    }
    said = b""
    with Server(behaviours) as server:
        pair = server.open("http").pair
        shut = server.open("shut")
        workshop.settings |= {"allow_private": [pair], "timeout": 5, "min_interval": 0}
        for name in PLACES:
            host = shut.pair if name == "shut" else pair
            url = f"http://me:{PASSWORD}@{host}/{name}/${{WORD}}?key={KEY}"
            workshop.add_feed(name, url, private=True)
        workshop.write_config()
        for command in (["run"], ["run", "--json"], ["run", "--force"], ["status"], ["status", "--json"], ["check"]):
            done = workshop.call(*command, WORD=WORD)
            assert "Traceback" not in done.stderr
            said += f"{done.stdout}\n{done.stderr}\n".encode()
        assert {request.path.split("/")[1] for request in server.requests} == set(PLACES) - {"shut"}
        assert server.doors["shut"].connections == 0
    assert b"fine" in said
    (tmp_path / "config.toml").unlink()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name.rpartition("-")[0] for path in (tmp_path / "public").glob("*.xml")} == {"fine", "away"}
    with sqlite3.connect(tmp_path / "enricher.db") as database:
        said += "\n".join(database.iterdump()).encode()
    database.close()
    login = base64.b64encode(f"me:{PASSWORD}".encode())
    written = [said, *(str(path).encode() for path in files), *(path.read_bytes() for path in files)]
    for secret in (PASSWORD.encode(), WORD.encode(), KEY.encode(), login):
        assert not [one[:200] for one in written if secret in one]


def test_a_feed_that_repeats_the_secret_of_its_address_is_left_without_it_or_refused(tmp_path: Path) -> None:
    """C49: an element of the channel goes, whatever it is called; for one in an item, nothing is published."""
    body = (
        '<!-- {x} --><rss version="2.0"><channel><title>S</title><docs>https://a.example/?auth={x}</docs><x y="{x}"/>'
        "<!--{x}--><link>https://a.example/</link><item><title>One</title><guid>{y}</guid></item></channel></rss>"
    )
    workshop = Workshop(tmp_path, settings={"secret": "0123456789abcdef"})
    for name, y in (("kept", "1"), ("refused", f"https://a.example/{WORD}/1")):
        (tmp_path / f"{name}-{WORD}.xml").write_text(body.format(x=WORD, y=y))
        workshop.add_feed(name, f"{name}-${{WORD}}.xml", private=True)
    workshop.write_config()
    done = workshop.call("run", WORD=WORD)
    assert "refused: failed: a password, token or header of the configuration stands in its items" in done.stderr
    (path,) = (tmp_path / "public").glob("*.xml")
    assert path.name.startswith("kept")
    assert WORD not in path.read_text() + done.stderr + done.stdout
    assert "<link>https://a.example/</link>" in path.read_text()
