"""`enricher run`: what it writes, what it leaves, what it says, and how it ends."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from lxml import etree

from enricher.feed import xml as ns
from enricher.feed.xml import canonical, serialize
from tests.corpus import LEX, SEED, needs_corpus
from tests.hostile.answers import feed
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SHAPE = ["name", "outcome", "items", "matched", "timed", "chapters", "written", "problems", "error"]
BEES = {"title": "Episode 2", "podcast": "Bees", "abstract": "About the bees of the north.", "published": None}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Configure three shows, each with a summary of its second episode."""
    shop = Workshop(tmp_path)
    for name in ("bees", "wasps", "ants"):
        (tmp_path / f"{name}.xml").write_bytes(feed(3, 2, 1, title=name.title()))
        shop.add_feed(name, f"{name}.xml")
        shop.add_summary(f"{name}.json", BEES | {"podcast": name.title(), "abstract": f"About {name} of the north."})
    shop.write_config()
    return shop


def outcomes(done: dict[str, Any]) -> dict[str, str]:
    """Give what became of each feed."""
    return {name: one["outcome"] for name, one in done.items() if name not in {"exit", "stderr"}}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Give the published files that differ in their bytes or were written anew."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def feeds_of(paths: Iterable[str]) -> set[str]:
    """Give the feeds that files belong to; those of the site's root belong to none."""
    return {path.partition("/")[0].removesuffix(".xml") for path in paths if "/" in path or path.endswith(".xml")}


def feeds_in(paths: Iterable[str]) -> list[str]:
    """Give the feeds themselves among files."""
    return [path for path in paths if path.endswith(".xml")]


@needs_corpus
def test_the_real_feed_gets_the_real_page_and_a_second_run_writes_nothing(tmp_path: Path) -> None:
    """Item #333 of 403 has notes and the 31 chapters of its own outline; everything else is as it was."""
    shop = Workshop(tmp_path)
    shop.add_feed("lex", LEX)
    shop.add_summary(SEED.name, SEED.read_bytes())
    first = shop.run()
    assert first["exit"] == 0
    assert [first["lex"][key] for key in SHAPE[1:6]] == ["published", 403, 1, 1, 1]
    assert first["lex"]["written"][-1] == "lex.xml"
    item = next(i for i in shop.published("lex").findall("item") if "#333" in (i.findtext("title") or ""))
    marks = item.findall(f"{ns.tag(ns.PSC, 'chapters')}/{ns.tag(ns.PSC, 'chapter')}")
    (chapters,) = (path for path in first["lex"]["written"] if "/chapters/" in path)
    file = json.loads((shop.output / chapters).read_bytes())
    assert len(marks) == 31
    assert [mark.get("title") for mark in marks] == [one["title"] for one in file["chapters"]]
    assert {"Neural networks", "Introduction"} <= {mark.get("title") for mark in marks}
    before = shop.snapshot()
    second = shop.run()
    assert (second["exit"], second["lex"]["outcome"], second["lex"]["written"]) == (0, "unchanged", [])
    assert not changed(before, shop.snapshot())


def test_a_second_run_writes_nothing(shop: Workshop) -> None:
    """Every feed says unchanged; not even a time of change moves, with --force neither."""
    assert outcomes(shop.run()) == dict.fromkeys(("bees", "wasps", "ants"), "published")
    before = shop.snapshot()
    for arguments in ((), ("--force",)):
        again = shop.run(*arguments)
        assert outcomes(again) == dict.fromkeys(("bees", "wasps", "ants"), "unchanged")
        assert [again["bees"][key] for key in ("items", "matched", "written")] == [3, 1, []]
        assert not changed(before, shop.snapshot())


def test_a_changed_summary_brings_out_its_feed_alone(shop: Workshop) -> None:
    """The others say unchanged and are not touched."""
    shop.run()
    before = shop.snapshot()
    shop.add_summary("wasps.json", BEES | {"podcast": "Wasps", "abstract": "About wasps of the south."})
    assert outcomes(shop.run()) == {"bees": "unchanged", "wasps": "published", "ants": "unchanged"}
    assert feeds_of(changed(before, shop.snapshot())) == {"wasps"}
    assert b"wasps of the south" in (shop.output / "wasps.xml").read_bytes()


def test_a_changed_item_brings_out_its_feed_alone(shop: Workshop) -> None:
    """A new episode, too."""
    shop.run()
    before = shop.snapshot()
    (shop.folder / "ants.xml").write_bytes(feed(4, 3, 2, 1, title="Ants"))
    assert outcomes(shop.run()) == {"bees": "unchanged", "wasps": "unchanged", "ants": "published"}
    assert changed(before, shop.snapshot()) == {"ants.xml"}


def test_a_changed_default_brings_out_every_feed_that_has_it_from_there(shop: Workshop) -> None:
    """A feed that says the key itself stays."""
    shop.feeds[0]["label"] = "By us."
    shop.run()
    before = shop.snapshot()
    shop.defaults["label"] = "By {source}."
    assert outcomes(shop.run()) == {"bees": "unchanged", "wasps": "published", "ants": "published"}
    assert feeds_of(changed(before, shop.snapshot())) == {"wasps", "ants"}


def test_a_changed_key_of_one_feed_brings_out_that_feed(shop: Workshop) -> None:
    """And a key that changes nothing of a feed's bytes brings out none."""
    shop.run()
    before = shop.snapshot()
    shop.feeds[1]["title"] = "{title}, told"
    assert outcomes(shop.run()) == {"bees": "unchanged", "wasps": "published", "ants": "unchanged"}
    assert feeds_of(changed(before, shop.snapshot())) == {"wasps"}
    shop.feeds[1]["intro"] = "Start"
    assert set(outcomes(shop.run()).values()) == {"unchanged"}


def test_a_deleted_summary_takes_its_enrichment_away(shop: Workshop) -> None:
    """The item is again what the publisher wrote."""
    shop.run()
    assert b"bees of the north" in (shop.output / "bees.xml").read_bytes()
    (shop.folder / "summaries" / "bees.json").unlink()
    done = shop.run()
    assert outcomes(done) == {"bees": "published", "wasps": "unchanged", "ants": "unchanged"}
    assert done["bees"]["matched"] == 0
    source = etree.fromstring((shop.folder / "bees.xml").read_bytes())[0].findall("item")
    ours = shop.published("bees").findall("item")
    assert [canonical(serialize(one)) for one in ours] == [canonical(serialize(one)) for one in source]


def test_a_broken_replacement_keeps_the_last_good_version_and_is_reported(shop: Workshop) -> None:
    """With path and reason, by the run that meets it and by status until it is corrected; no feed suffers."""
    shop.run()
    before = shop.snapshot()
    path = shop.add_summary("bees.json", '{"title": "Episode 2", "topics": [{"titel": "x"}]}')
    why = "topics[0].titel: unknown key; did you mean “title”?"
    said = f"{path}: {why}; its last good version stays\n"
    for told in (said, ""):
        done = shop.run()
        assert set(outcomes(done).values()) == {"unchanged"}
        assert done["exit"] == 0
        assert done["stderr"] == told
        assert not changed(before, shop.snapshot())
    assert shop.call("status").stdout.endswith(said)
    shop.add_summary("bees.json", BEES | {"abstract": "About the bees, corrected."})
    done = shop.run()
    assert (done["stderr"], outcomes(done)["bees"]) == ("", "published")
    assert b"bees, corrected" in (shop.output / "bees.xml").read_bytes()


def test_a_summary_that_was_never_good_is_reported_and_the_others_are_read(shop: Workshop) -> None:
    """The report for programs has it too."""
    path = shop.add_summary("more.json", '{"titel": 1}')
    done = shop.call("run", "--json")
    said = f"{path}: titel: unknown key; did you mean “title”?"
    assert (done.returncode, done.stderr) == (0, said + "\n")
    assert json.loads(done.stdout)["problems"] == [said]
    assert [one["matched"] for one in json.loads(done.stdout)["feeds"]] == [1, 1, 1]


def test_named_feeds_alone_are_done(shop: Workshop) -> None:
    """In the configuration's order; an unknown name ends with 2 and the nearest known ones."""
    assert list(outcomes(shop.run("--feed", "ants", "--feed", "bees"))) == ["bees", "ants"]
    assert feeds_of(shop.snapshot()) == {"ants", "bees"}
    done = shop.call("run", "--feed", "bee")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "no feed is named “bee”; did you mean “bees”?\n"
    assert shop.call("run", "--accept", "x").stderr == "no feed is named “x”; known: bees, wasps, ants\n"


def test_a_dry_run_writes_nothing_at_all(shop: Workshop) -> None:
    """No output, no database, no lock; it says what would be written, before a first run and after a change."""

    def everything() -> dict[str, tuple[bytes, int]]:
        return {
            str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
            for path in [shop.folder, *sorted(shop.folder.rglob("*"))]
        }

    before = everything()
    done = shop.call("run", "--dry-run")
    assert everything() == before
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["feed", "would", "be", "items", "matched", "timed", "chapters", "files"]
    assert lines[1].split()[:-1] == ["bees", "published", "3", "1", "0", "0"]
    assert feeds_in(lines[4:]) == ["would write bees.xml", "would write wasps.xml", "would write ants.xml"]
    assert lines[-2:] == ["would write index.html", "would write feeds.opml"]
    shop.run()
    shop.add_summary("wasps.json", BEES | {"podcast": "Wasps", "abstract": "Anew."})
    before = everything()
    done = shop.call("run", "--dry-run", "--json")
    assert everything() == before
    reports = json.loads(done.stdout)["feeds"]
    assert [one["outcome"] for one in reports] == ["unchanged", "published", "unchanged"]
    assert [feeds_in(one["written"]) for one in reports] == [[], ["wasps.xml"], []]
    assert [bool(one["written"]) for one in reports] == [False, True, False]
    for command in (("status",), ("explain", "bees")):
        assert shop.call(*command).returncode == 0
        assert everything() == before


def test_force_makes_a_feed_anew_that_somebody_touched(shop: Workshop) -> None:
    """As does every run: what lies in the output folder is looked at."""
    shop.run()
    good = (shop.output / "bees.xml").read_bytes()
    for arguments in ((), ("--force",)):
        (shop.output / "bees.xml").write_bytes(b"gone")
        assert outcomes(shop.run(*arguments))["bees"] == "published"
        assert (shop.output / "bees.xml").read_bytes() == good
    (shop.output / "bees.xml").unlink()
    assert outcomes(shop.run())["bees"] == "published"


def test_the_report_for_programs_has_the_documented_shape(shop: Workshop) -> None:
    """One object, of exactly these keys and types; a failed feed has its error in it."""
    shop.add_feed("gone", "gone.xml")
    shop.write_config()
    done = shop.call("run", "--json")
    report = json.loads(done.stdout)
    assert list(report) == ["version", "feeds"]
    assert report["version"] == 1
    assert done.returncode == 1
    for one in report["feeds"]:
        assert list(one) == SHAPE
        assert all(isinstance(one[key], int) for key in ("items", "matched", "timed", "chapters"))
        assert isinstance(one["written"], list)
        assert isinstance(one["problems"], list)
    *good, bad = report["feeds"]
    assert all((one["outcome"], one["error"]) == ("published", None) for one in good)
    said = f"{shop.folder}/gone.xml: cannot be read: No such file or directory; see `url` in the configuration"
    assert (bad["outcome"], bad["error"]) == ("failed", said)
    assert done.stderr == f"gone: failed: {said}\n"


def test_without_a_terminal_success_is_silent_and_trouble_is_one_line(shop: Workshop) -> None:
    """On standard error; a feed that stands and cannot be read any more is held."""
    done = shop.call("run")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (shop.folder / "bees.xml").unlink()
    done = shop.call("run")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"bees: held: {shop.folder}/bees.xml: cannot be read: No such file")
    assert b"bees of the north" in (shop.output / "bees.xml").read_bytes()


def test_at_a_terminal_there_are_progress_and_a_table_within_its_width(shop: Workshop) -> None:
    """Nothing but a path is wider; the table has every feed, and every file that was written."""
    shop.add_feed("a" * 100, "bees.xml")
    shop.add_feed("gone", "gone.xml")
    shop.write_config()
    code, lines = shop.on_screen("run")
    assert code == 1
    assert any(line.startswith("feeds ") and "5/5" in line and "4 published, 1 failed" in line for line in lines)
    table = [line.split() for line in lines if line.startswith(("feed ", "bees ", "a", "gone "))]
    assert table[0] == ["feed", "outcome", "items", "matched", "timed", "chapters", "files"]
    assert table[1][:-1] == ["bees", "published", "3", "1", "0", "0"]
    assert ["gone", "failed", "0", "0", "0", "0", "0"] in table
    wrote = [line for line in lines if line.startswith("wrote ")]
    assert feeds_in(wrote)[:2] == ["wrote bees.xml", "wrote wasps.xml"]
    assert "wrote feeds.opml" in wrote
    assert not [line for line in lines if len(line) > 80 and "/" not in line and not line.startswith("wrote ")]
    code, lines = shop.on_screen("status")
    assert code == 0
    assert [line.split()[:2] for line in lines[:2]] == [["feed", "outcome"], ["bees", "published"]]
    assert not [line for line in lines if len(line) > 80 and "/" not in line]
    code, lines = shop.on_screen("run", columns=40)
    assert code == 1
    assert not [line for line in lines if len(line) > 40 and "/" not in line]


def test_another_run_makes_this_one_do_nothing(shop: Workshop) -> None:
    """It ends with 75 and one line; `check` and a dry run look on all the same, `import` waits for its turn."""
    shop.run()
    (shop.folder / "bees.xml").write_bytes(feed(9, 3, 2, 1, title="Bees"))
    before = shop.snapshot()
    with FileLock(shop.folder / ".public.lock"):
        for command in (("run",), ("run", "--json"), ("import", "summaries")):
            done = shop.call(*command)
            assert (done.returncode, done.stdout) == (75, "")
            assert done.stderr == "another run is under way; this one does nothing\n"
        done = shop.call("check")
        assert (done.returncode, done.stdout.count("a run is under way")) == (0, 1)
        assert shop.call("run", "--dry-run").returncode == 0
    assert not changed(before, shop.snapshot())
    assert outcomes(shop.run())["bees"] == "published"


@pytest.mark.parametrize(
    "arguments", [("run", "--nonsense"), ("rnu",), ("explain",), ("import",), ("run", "--max-runtime", "soon")]
)
def test_wrong_usage_ends_with_2(shop: Workshop, arguments: tuple[str, ...]) -> None:
    """What was wrong is said, without a traceback."""
    done = shop.call(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_feed_that_is_configured_no_more_stays_published(shop: Workshop) -> None:
    """Its subscribers are not sent away; what is published is the owner's to delete."""
    shop.run()
    shop.feeds.pop()
    assert list(outcomes(shop.run())) == ["bees", "wasps"]
    assert (shop.output / "ants.xml").is_file()


def test_the_output_may_be_moved_away_with_its_database(shop: Workshop) -> None:
    """Nothing of the machine stands in them: a copy elsewhere goes on where it was."""
    shop.run()
    copy = shop.folder.parent / "elsewhere"
    shutil.copytree(shop.folder, copy)
    moved = Workshop(copy, shop.feeds)
    assert set(outcomes(moved.run()).values()) <= {"unchanged", "published"}
    assert {path: body for path, (body, _) in moved.snapshot().items()} == {
        path: body for path, (body, _) in shop.snapshot().items()
    }
