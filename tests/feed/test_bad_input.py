"""Whatever is wrong with one feed, a summary or the disk: the other feed comes out, what stood stays, words say why."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.hostile.answers import PAGE, feed
from tests.loopback import Loopback
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKER = "swordfish-of-the-file"
GOOD = feed(3, 2, 1, title="Bees")
SUMMARY = {"title": "Episode 2", "podcast": "Bees", "abstract": "About the bees of the north."}
LIBRARY_TEXT = re.compile(r"Traceback|\b\w+(?:Error|Exception)\b|lxml|feedparser|Errno|<class")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Configure a sound show with a summary, and a second one for whatever is bad."""
    shop = Workshop(tmp_path)
    (tmp_path / "bees.xml").write_bytes(GOOD)
    (tmp_path / "bad.xml").write_bytes(feed(3, 2, 1, title="Wasps"))
    shop.add_feed("bees", "bees.xml")
    shop.add_feed("bad", "bad.xml")
    shop.add_summary("bees.json", SUMMARY)
    return shop


def run(shop: Workshop, *arguments: str) -> dict[str, Any]:
    """Run; see that the sound feed is out, and that what is said is for people."""
    done = shop.run(*arguments)
    assert done["bees"]["outcome"] in {"published", "unchanged"}
    assert b"bees of the north" in (shop.output / "bees.xml").read_bytes()
    assert not LIBRARY_TEXT.search(done["stderr"]), done["stderr"]
    return done


# The source

BOMB = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
CHANNEL = '<rss version="2.0"><channel><title>&a9;</title></channel></rss>'
SOURCES = {
    "0-bytes": (b"", "the document is empty; check the feed's address"),
    "white-space": (b" \n\t ", "the document is empty; check the feed's address"),
    "a-web-page": (PAGE, "this is a web page, not a feed; look there for the feed's own address"),
    "json": (
        b'{"version": "https://jsonfeed.org/version/1"}',
        "this is JSON, not RSS or Atom; look for the show's RSS",
    ),
    "no-items": (feed(title="Wasps"), "the feed has no items; check its address, or leave it out until it has some"),
    "noise": (bytes(range(1, 60)) * 99, "this is no RSS or Atom feed; check the feed's address"),
    "cut-short": (feed(*range(50))[:-500], "it was cut short"),
    "an-entity-bomb": (
        f'<!DOCTYPE rss [<!ENTITY a0 "ha">{BOMB}]>{CHANNEL}'.encode(),
        "the document declares XML entities, which no feed needs; refused unread",
    ),
    "a-quadratic-bomb": (
        f'<!DOCTYPE rss [<!ENTITY a9 "{"ha" * 20_000}">]>{CHANNEL.replace("&a9;", "&a9;" * 9999)}'.encode(),
        "the document declares XML entities",
    ),
    "an-entity-bomb-in-utf-16": (
        f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [{BOMB}]>{CHANNEL}'.encode("utf-16"),
        "the document declares XML entities",
    ),
    "depth": (
        b'<rss version="2.0"><channel>' + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</channel></rss>",
        "nested thousands of levels deep",
    ),
}


def test_bad_sources_fail_alone(shop: Workshop) -> None:
    """Before anything stood they have failed; afterwards they are held, and what stood stays to the byte."""
    for name in SOURCES:
        shop.add_feed(name, f"{name}.xml")

    def give(*, good: bool) -> dict[str, Any]:
        for name, (body, _) in SOURCES.items():
            (shop.folder / f"{name}.xml").write_bytes(feed(3, 2, 1, title=name) if good else body)
        return run(shop)

    done = give(good=False)
    assert done["exit"] == 1
    for name, (_, said) in SOURCES.items():
        assert (done[name]["outcome"], done[name]["written"]) == ("failed", []), name
        assert done[name]["error"].startswith(f"{shop.folder}/{name}.xml: ")
        assert said in done[name]["error"], name
    assert sorted(name for name in shop.snapshot() if name.endswith(".xml")) == ["bad.xml", "bees.xml"]
    done = give(good=True)
    assert all(done[name]["outcome"] == "published" for name in SOURCES)
    before = shop.snapshot()
    done = give(good=False)
    assert all(done[name]["outcome"] == "held" for name in SOURCES)
    assert shop.snapshot() == before


def test_an_external_entity_reads_no_file_and_asks_no_server(shop: Workshop) -> None:
    """Nor does an external DTD, a parameter entity, an inclusion or a style sheet."""
    (shop.folder / "secret.txt").write_text(MARKER)
    channel = (
        '<rss version="2.0"><channel><title>&x;</title><item><title>&x;</title><guid>1</guid></item></channel></rss>'
    )
    include = '<xi:include href="{}" parse="text" xmlns:xi="http://www.w3.org/2001/XInclude"/><item>'
    with Loopback({"/x": MARKER.encode()}) as server:
        for i, address in enumerate((f"file://{shop.folder}/secret.txt", "secret.txt", server.url("/x"))):
            documents = (
                f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{address}">]>{channel}',
                f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{address}"> %p;]>{channel}',
                f'<!DOCTYPE rss SYSTEM "{address}">{channel}',
                f'<?xml-stylesheet href="{address}"?>{channel.replace("<item>", include.format(address))}',
            )
            for j, document in enumerate(documents):
                shop.add_feed(f"entity-{i}-{j}", f"{i}-{j}.xml")
                (shop.folder / f"{i}-{j}.xml").write_text(document)
        done = run(shop)
        assert server.asked == []
    outcomes = [done[f"entity-{i}-{j}"]["outcome"] for i in range(3) for j in range(4)]
    assert outcomes == ["failed", "failed", "published", "published"] * 3
    for path in [*shop.folder.glob("enricher.db*"), *(path for path in shop.output.rglob("*") if path.is_file())]:
        assert MARKER.encode() not in path.read_bytes()


@pytest.mark.slow
def test_a_feed_of_60_mb_is_refused_by_the_limit_within_bounded_memory(shop: Workshop) -> None:
    """The message names the key."""
    filler = b"<item><guid>1</guid><description>" + b"x" * 1_000_000 + b"</description></item>"
    with (shop.folder / "bad.xml").open("wb") as file:
        file.writelines((b'<rss version="2.0"><channel>', *[filler] * 60, b"</channel></rss>"))
    shop.write_config()
    process = shop.start("run", "--json")
    peak = highest(process)
    out, err = process.communicate(timeout=120)
    bees, bad = json.loads(out)["feeds"]
    assert (bees["outcome"], bad["outcome"]) == ("published", "failed")
    assert bad["error"] == f"{shop.folder}/bad.xml: has more than 25,000,000 bytes; raise `max_size` if that is right"
    assert err == f"bad: failed: {bad['error']}\n"
    assert peak < 200_000_000


def highest(process: subprocess.Popen[str]) -> int:
    """Watch a run to its end; give the most memory that one of its processes had, in bytes."""
    peak, own = 0, psutil.Process(process.pid)
    while process.poll() is None:
        for one in [own, *children(own)]:
            try:
                peak = max(peak, one.memory_info().rss)
            except psutil.Error:
                continue
        with_end(process)
    return peak


def children(own: psutil.Process) -> list[psutil.Process]:
    """Give a run's workers."""
    try:
        return list(own.children(recursive=True))
    except psutil.Error:
        return []


def with_end(process: subprocess.Popen[str]) -> None:
    """Wait for the end of a run for a moment."""
    try:
        process.wait(0.02)
    except subprocess.TimeoutExpired:
        return


def test_a_source_that_is_no_file_fails_alone(shop: Workshop) -> None:
    """Nothing is waited for."""
    kinds = ("missing", "folder", "fifo", "dangling")
    for kind in kinds:
        shop.add_feed(kind, kind)
        make(shop.folder / kind, kind)
    done = run(shop)
    for kind in kinds:
        assert done[kind]["outcome"] == "failed"
        assert done[kind]["error"].startswith(f"{shop.folder / kind}: ")
        assert done[kind]["error"].endswith("see `url` in the configuration")


def make(path: Path, kind: str) -> None:
    """Put something that is no file in a file's place."""
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "dangling":
        path.symlink_to("nowhere")


# Summaries


def test_a_bad_summary_is_reported_and_the_others_are_used(shop: Workshop) -> None:
    """With its path; one of 50 MB is not read to its end, a pipe is not waited for, a folder is just a folder."""
    said = {
        "binary": "is no text but a picture, an archive or the like",
        "dangling": "cannot be read: No such file or directory",
        "deep": "nests too deep",
        "fifo": "is no regular file",
        "large": "has more than 5,000,000 bytes, which is the most that is read",
    }
    for kind in ("folder", *said):
        make(shop.folder / "summaries" / f"{kind}.json", kind)
    shop.add_summary("large.json", b'{"title": "' + b"x" * 50_000_000 + b'"}')
    shop.add_summary("binary.json", bytes(range(256)) * 9)
    shop.add_summary("deep.json", '{"title": "A", "topics": ' + "[" * 100_000 + "]" * 100_000 + "}")
    done = run(shop)
    assert (done["exit"], done["bees"]["matched"]) == (0, 1)
    lines = done["stderr"].splitlines()
    assert len(lines) == len(said)
    for line, (kind, why) in zip(lines, said.items(), strict=True):
        assert line.startswith(f"{shop.folder}/summaries/{kind}.json: ")
        assert why in line


def test_a_summaries_folder_that_is_gone_takes_nothing_away(shop: Workshop) -> None:
    """Its summaries stay until it can be read again; a file in its place is the same."""
    run(shop)
    before = shop.snapshot()
    (shop.folder / "summaries").rename(shop.folder / "aside")
    for made in (False, True):
        if made:
            (shop.folder / "summaries").write_text("in the way")
        done = shop.call("run", "--json")
        assert done.returncode == 1
        assert [one["outcome"] for one in json.loads(done.stdout)["feeds"]] == ["unchanged", "unchanged"]
        why = "Not a directory" if made else "No such file or directory"
        assert done.stderr == (f"{shop.folder}/summaries: cannot be read: {why}; its summaries stay as they were\n")
        assert shop.snapshot() == before


def test_a_folder_of_many_summaries_that_is_empty_at_once_takes_nothing_away(shop: Workshop) -> None:
    """Its disk may be missing: they stay until something is in it again, which is then all there is."""
    folder = shop.folder / "summaries"
    for number in range(2):
        shop.add_summary(f"{number}.json", {"version": 1, "title": f"Nobody's episode {number}"})
    run(shop)
    before = shop.snapshot()
    shutil.rmtree(folder)
    folder.mkdir()
    done = run(shop)
    assert done["stderr"].splitlines()[0] == (
        f"{folder}: is empty, and 3 summaries were in it; they stay as they were"
        " (to take them away, put any file into it, or take it out of `summaries`)"
    )
    assert shop.snapshot() == before
    (folder / ".keep").touch()
    assert shop.run()["bees"]["matched"] == 0


@pytest.fixture
def bound() -> list[str]:
    """Give a prefix by which a program runs bound by the rights of files, which root is not."""
    if os.geteuid():
        return []
    rights = "-dac_override,-dac_read_search"
    command = [shutil.which("setpriv") or "/none", f"--bounding-set={rights}", f"--inh-caps={rights}"]
    if not Path(command[0]).is_file() or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("the rights of files do not bind root, and setpriv cannot change that here")
    return command


def test_a_folder_of_many_summaries_that_may_not_be_read_takes_nothing_away(shop: Workshop, bound: list[str]) -> None:
    """It is not taken for empty."""
    for number in range(3):
        shop.add_summary(f"{number}.json", {"version": 1, "title": f"Nobody's episode {number}"})
    run(shop)
    before = shop.snapshot()
    folder = shop.folder / "summaries"
    folder.chmod(0)
    try:
        command = [*bound, sys.executable, "-m", "enricher", "run"]
        done = subprocess.run(command, cwd=shop.folder, capture_output=True, text=True, check=False)
    finally:
        folder.chmod(0o755)
    assert (done.returncode, done.stderr) == (
        1, f"{folder}: cannot be read: Permission denied; its summaries stay as they were\n"
    )  # fmt: skip
    assert shop.snapshot() == before


@pytest.mark.parametrize("name", ["summaries", "summaries/bees.json", "public"])
def test_rights_that_are_missing_take_nothing_away(shop: Workshop, bound: list[str], name: str) -> None:
    """An unreadable folder or document is said and its summaries stay; an output that may not be written, too."""
    run(shop)
    if name == "public":
        (shop.folder / "bees.xml").write_bytes(feed(4, 3, 2, 1, title="Bees"))
    before = shop.snapshot()
    (shop.folder / name).chmod(0o555 if name == "public" else 0)
    command = [*bound, sys.executable, "-m", "enricher", "run"]
    done = subprocess.run(command, cwd=shop.folder, capture_output=True, text=True, check=False)
    (shop.folder / name).chmod(0o755)
    assert shop.snapshot() == before
    why = "Permission denied; make the folder writable; what was published stays"
    said = {
        "summaries": f"{shop.folder}/summaries: cannot be read: Permission denied; its summaries stay as they were",
        "summaries/bees.json": f"{shop.folder}/summaries/bees.json: cannot be read: Permission denied; its last good"
        " version stays",
        "public": f"bees: failed: {shop.output}/bees.xml: cannot be written: {why}",
    }
    assert (done.returncode, done.stderr) == (int(name != "summaries/bees.json"), said[name] + "\n")


def test_two_summaries_for_one_item_are_none(shop: Workshop) -> None:
    """A wrong one would be worse; `explain` names both."""
    shop.add_summary("again.json", SUMMARY | {"abstract": "Something else."})
    done = shop.run()
    assert done["bees"]["matched"] == 0
    said = shop.call("explain", "bees", "Episode 2").stdout
    assert "2 summaries claim it by title, a tie is no match: again.json" in said
    assert "bees.json" in said


def test_one_summary_for_two_items_goes_to_neither(shop: Workshop) -> None:
    """`explain` says which they are."""
    twice = GOOD.replace(b"Episode 3", b"Episode 2")
    (shop.folder / "bees.xml").write_bytes(twice)
    assert shop.run()["bees"]["matched"] == 0
    assert "2 items fit it equally" in shop.call("explain", "bees").stdout.replace(
        "fits 2 items equally", "2 items fit it equally"
    )


# The output


def test_a_file_in_the_output_s_place_fails_every_feed_and_says_so(shop: Workshop) -> None:
    """One line for each feed; the next run, when it is gone, publishes them."""
    shop.output.write_text("in the way")
    done = shop.run()
    assert (done["exit"], done["bees"]["outcome"], done["bad"]["outcome"]) == (1, "failed", "failed")
    assert len(done["stderr"].splitlines()) == 2
    assert all("a file stands where a folder shall be; move it away" in line for line in done["stderr"].splitlines())
    assert shop.output.read_text() == "in the way"
    shop.output.unlink()
    assert run(shop)["exit"] == 0


def test_an_output_folder_inside_a_file_is_said_before_anything_is_done(shop: Workshop) -> None:
    """The lock cannot be made there either."""
    (shop.folder / "file").write_text("in the way")
    shop.settings["output"] = "file/deep/public"
    shop.write_config()
    done = shop.call("run")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "cannot be written: Not a directory; see `output` in the configuration" in done.stderr


def test_a_folder_in_one_feed_s_place_fails_that_feed_alone(shop: Workshop) -> None:
    """It is not touched."""
    (shop.output / "bad.xml").mkdir(parents=True)
    done = run(shop)
    assert (done["exit"], done["bees"]["outcome"], done["bad"]["outcome"]) == (1, "published", "failed")
    assert done["bad"]["error"] == (
        f"{shop.output}/bad.xml: cannot be written: Is a directory; a folder stands where the file shall be;"
        " move it away; what was published stays"
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if not mount or not umount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    yield folder
    subprocess.run([umount, folder], check=True)


@pytest.mark.slow
def test_a_full_disk_leaves_what_was_published(shop: Workshop, small_disk: Path) -> None:
    """The feed that has room comes out, the other one is failed with advice; with room again it comes out too."""
    shop.settings["output"] = str(small_disk / "public")
    shop.defaults["pages"] = "off"  # they would take the room
    shop.feeds.append(shop.feeds.pop(0))
    (shop.folder / "bad.xml").write_bytes(feed(*range(2000), title="Wasps"))
    shop.write_config()
    done = shop.call("run", "--json")
    bad, bees = json.loads(done.stdout)["feeds"]
    assert (bees["outcome"], bad["outcome"]) == ("published", "failed")
    assert bad["error"].endswith(
        "bad.xml: cannot be written: No space left on device; make room on the disk; what was published stays"
    )
    assert sorted(path.name for path in (small_disk / "public").iterdir()) == ["bees.xml"]
    (shop.folder / "bad.xml").write_bytes(feed(3, 2, 1, title="Wasps"))
    assert shop.call("run").returncode == 0
    before = (small_disk / "public" / "bad.xml").read_bytes()
    (shop.folder / "bad.xml").write_bytes(feed(*range(2000), title="Wasps"))
    assert shop.call("run").returncode == 1
    assert (small_disk / "public" / "bad.xml").read_bytes() == before


def test_a_database_on_a_full_disk_ends_the_run_in_one_line(shop: Workshop, small_disk: Path) -> None:
    """What was published stays."""
    run(shop)
    before = shop.snapshot()
    shop.settings["database"] = f"sqlite:///{small_disk}/enricher.db"
    shop.write_config()
    done = shop.call("run")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "make room on the disk and run again" in done.stderr
    assert shop.snapshot() == before
