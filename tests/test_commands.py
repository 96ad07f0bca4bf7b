"""The commands beside `run`: import, explain, check, status, schema; and what all of them have in common."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import jsonschema
import pytest

from enricher import __version__
from tests.corpus import ROOT
from tests.hostile.answers import feed
from tests.loopback import Loopback
from tests.test_run_command import BEES, outcomes
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

FULL = BEES | {
    "topics": [
        {
            "title": "Swarming",
            "start": 12,
            "passages": [{"kind": "quote", "text": "They vote with their feet."}, {"kind": "text", "text": "So."}],
            "topics": [{"title": "Dances"}],
        }
    ],
    "clips": [{"title": "The dance", "start": 5}],
    "questions": [{"question": "How do bees decide?"}],
}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Configure one show with a summary of its second episode."""
    (tmp_path / "bees.xml").write_bytes(feed(3, 2, 1, title="Bees"))
    shop = Workshop(tmp_path)
    shop.add_feed("bees", "bees.xml")
    shop.add_summary("bees.json", FULL)
    shop.write_config()
    return shop


# import


def test_import_says_what_each_document_holds(shop: Workshop) -> None:
    """A line for each, with its title; the next run uses them."""
    shop.add_summary("one.json", {"title": "Episode 1", "podcast": "Bees", "abstract": "A."}, "inbox")
    shop.add_summary("bare.json", {"title": "Episode 9", "podcast": "Bees"}, "inbox")
    full = shop.add_summary("full.json", FULL | {"title": "Episode 3"}, "inbox/deep")
    done = shop.call("import", "inbox/one.json", "inbox/bare.json", str(full))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{shop.folder}/inbox/one.json: “Episode 1” (an abstract)",
        (
            f"{shop.folder}/inbox/bare.json: “Episode 9” (nothing but a title); "
            "it holds nothing that could be added to an item"
        ),
        f"{full}: “Episode 3” (an abstract, 2 topics, 1 with a time, 1 quote, 1 clip, 1 question)",
    ]
    assert shop.run()["bees"]["matched"] == 3


def test_import_reads_a_folder_with_what_is_below_it(shop: Workshop) -> None:
    """In the order of the paths; what is no document is passed over, what is broken is refused, the rest is read."""
    shop.add_summary("a.json", {"title": "A"}, "inbox")
    shop.add_summary("b.json", '{"titel": 1}', "inbox")
    shop.add_summary("c.md", "# C\n\nText.\n", "inbox/deep")
    shop.add_summary("picture.png", b"\x89PNG", "inbox")
    shop.add_summary(".hidden.json", "{}", "inbox")
    done = shop.call("import", "inbox")
    assert done.returncode == 1
    assert [line.partition(": ")[0].rpartition("/")[2] for line in done.stdout.splitlines()] == ["a.json", "c.md"]
    assert done.stderr == f"{shop.folder}/inbox/b.json: titel: unknown key; did you mean “title”?\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.json", "there is no such file"),
        ("config.toml", "expected one of .txt, .html, .md, .json"),
        ("empty", "there is no summary in this folder; expected files in .txt, .html, .md, .json"),
        ("empty.txt", "is empty"),
        ("dangling.json", "there is no such file"),
        ("null.json", "expected"),
        ("caf\udce9.json", "its name is not UTF-8; rename it"),
    ],
)
def test_import_refuses_with_path_and_reason(shop: Workshop, name: str, said: str) -> None:
    """One line on standard error, exit code 1, and the good ones of the same call are read."""
    (shop.folder / "empty").mkdir()
    (shop.folder / "empty.txt").write_text(" \n")
    (shop.folder / "null.json").write_text("null")
    (shop.folder / "dangling.json").symlink_to("nowhere.json")
    (shop.folder / "caf\udce9.json").write_text('{"title": "A"}')
    done = shop.call("import", name, "summaries/bees.json")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert "“Episode 2”" in done.stdout


def test_an_imported_document_stays_until_its_file_is_gone(shop: Workshop) -> None:
    """The next run takes it away, or the same command at once; where its folder is gone too, a disk may be missing."""
    path = shop.add_summary("one.json", {"title": "Episode 1", "podcast": "Bees", "abstract": "A."}, "inbox")
    shop.call("import", "inbox/one.json")
    path.parent.rename(shop.folder / "elsewhere")
    assert shop.run()["bees"]["matched"] == 2
    (shop.folder / "elsewhere").rename(path.parent)
    path.rename(path.with_name("renamed.json"))
    assert shop.run()["bees"]["matched"] == 1
    shop.call("import", "inbox/renamed.json")
    assert shop.run()["bees"]["matched"] == 2
    path.with_name("renamed.json").unlink()
    done = shop.call("import", "inbox/renamed.json")
    assert (done.returncode, done.stdout) == (0, f"{shop.folder}/inbox/renamed.json: removed: the file is gone\n")
    assert shop.run()["bees"]["matched"] == 1


def test_a_dry_import_stores_nothing_and_needs_no_configuration(shop: Workshop) -> None:
    """What was left out is told below the document; a list of times that was not understood, too."""
    (shop.folder / "config.toml").unlink()
    page = "# Bees\n\nA swarm agrees.\n\n## Sponsors\n\nThanks to Hive & Co.\n"
    path = shop.add_summary("bees.md", page, "inbox")
    done = shop.call("import", "--dry-run", "inbox")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first == f"{path}: “Bees” (an abstract)"
    assert second.startswith("  left out: ")
    assert "Sponsors" in second
    assert not (shop.folder / "enricher.db").exists()


def test_import_tells_programs_a_document_a_line(shop: Workshop) -> None:
    """The summary as the model, what was left out, the error."""
    shop.add_summary("a.md", "# Bees\n\nA swarm agrees on a nest.\n", "inbox")
    shop.add_summary("b.json", '{"titel": 1}', "inbox")
    done = shop.call("import", "--dry-run", "--json", "inbox")
    good, bad = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, done.stderr) == (1, "")
    assert list(good) == list(bad) == ["path", "summary", "left_out", "error"]
    assert (good["summary"]["title"], good["summary"]["abstract"]) == ("Bees", "A swarm agrees on a nest.")
    assert (good["error"], bad["summary"], bad["left_out"]) == (None, None, [])
    assert bad["error"] == "titel: unknown key; did you mean “title”?"


def test_a_list_of_times_that_was_not_understood_is_told(shop: Workshop) -> None:
    """By import, by the run that reads it, and by check; the next run does not say it again, status does."""
    lengths = "".join(f"<p>It took the {n} scouts {9 - n}:{n}0 to come back.</p>" for n in range(1, 6))
    path = shop.add_summary("b.html", f"<h1>Episode 3</h1><p>A swarm agrees on a nest.</p>{lengths}")
    said = f"{path}: 5 lines of it have times, and no topic, quote or clip got one"
    assert said.partition(": ")[2] in shop.call("import", "--dry-run", str(path)).stdout
    assert said in shop.run()["stderr"].splitlines()
    assert f"summaries: {said}" in shop.call("check").stdout.splitlines()
    assert shop.run()["stderr"] == ""


def test_a_summary_without_an_item_is_told_once(shop: Workshop) -> None:
    """One line in the run and in check, each one with its reason in explain --unused."""
    for n in range(77, 82):
        shop.add_summary(f"{n}.json", {"title": f"Episode {n}", "podcast": "Bees", "abstract": "A."})
    said = "bees: 5 summaries of it fit no item: 77.json, 78.json, 79.json and 2 more"
    said += "; see `enricher explain bees --unused`"
    assert said in shop.run()["stderr"].splitlines()
    assert shop.run()["stderr"] == ""
    assert said in shop.call("check").stdout.splitlines()
    assert said in shop.call("status").stdout.splitlines()
    done = shop.call("explain", "bees", "--unused")
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == ["unused"] * 5


def test_a_summary_that_adds_nothing_to_its_item_is_told(shop: Workshop) -> None:
    """It was found and matched, and the item stays as it was."""
    shop.add_summary("bare.json", {"title": "Episode 3", "podcast": "Bees"})
    done = shop.run()
    assert done["bees"]["matched"] == 2
    said = "bees: Episode 3: its summary adds nothing; `enricher import` says what was found in it"
    assert said in done["stderr"].splitlines()


def test_a_slip_in_a_folders_name_takes_no_highlights_away(shop: Workshop) -> None:
    """The run says so and exits with 1 as long as it stands; a folder that never was is told alone."""
    assert shop.run()["bees"]["matched"] == 1
    shop.settings["summaries"] = ["sumaries"]
    for _ in range(2):
        done = shop.run()
        assert (done["exit"], done["bees"]["matched"], done["bees"]["outcome"]) == (1, 1, "unchanged")
    shop.settings["summaries"] = ["summaries"]
    assert (shop.run()["exit"], shop.run()["stderr"]) == (0, "")


# explain


@pytest.mark.parametrize("episode", ["Episode 2", "episode  2!", "2", "#2", "show-2", "https://cdn.example/2.mp3"])
def test_explain_finds_an_episode(shop: Workshop, episode: str) -> None:
    """By its title, a part of it, its number, its guid or its audio; each thing has its time or why it has none."""
    done = shop.call("explain", "bees", episode)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Episode 2"
    assert lines[1].startswith(f"  summary: {shop.folder}/summaries/bees.json, by title. The titles are equal")
    assert lines[2] == "  00:00:12 topic “Swarming” [summary]: the summary gives this time"
    assert lines[3].startswith("  --:--:-- quote “They vote with their feet.”: the summary gives no time;")
    assert lines[4].startswith("  --:--:-- topic “Dances”: ")
    assert lines[5].startswith("  00:00:05 clip “The dance” [summary]: ")
    assert lines[6].startswith("  --:--:-- question “How do bees decide?”: ")
    assert lines[7].startswith("  soundbites: 0 of 1 clip (one needs a start and an end, ")
    assert lines[8].startswith("  chapters: none of ours; the publisher has none (a list needs three topics")


def test_explain_tells_of_every_item_and_of_unused_summaries(shop: Workshop) -> None:
    """Each item has its reason; a summary that no item has, too; nothing is published."""
    other = shop.add_summary("other.json", {"title": "Episode 77", "podcast": "Bees", "abstract": "A."})
    done = shop.call("explain", "bees")
    assert (done.returncode, done.stderr) == (0, "")
    titles = [line for line in done.stdout.splitlines() if not line.startswith((" ", "unused: ", "3 items: "))]
    assert titles == ["Episode 3", "Episode 2", "Episode 1"]
    assert done.stdout.count("  summary: none. ") == 2
    assert f"unused: {other}: " in done.stdout
    assert done.stdout.splitlines()[-1] == "3 items: 1 with a summary, 2 without; 1 summary without an item"
    assert not shop.output.exists()


def test_explain_ends_with_2_for_what_it_does_not_know(shop: Workshop) -> None:
    """A feed or an episode."""
    done = shop.call("explain", "bees", "Episode 99")
    said = "no item of “bees” has “Episode 99” in its title, guid, link or audio address"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\n")
    for number in range(20):
        shop.add_feed(f"show-{number}", "bees.xml")
    shop.write_config()
    done = shop.call("explain", "wasps")
    few = ", ".join(["bees", *(f"show-{number}" for number in range(9))])
    assert (done.returncode, done.stderr) == (2, f"no feed is named “wasps”; known: {few} and 11 more\n")


def test_explain_says_why_a_feed_cannot_be_read(shop: Workshop) -> None:
    """One line, exit code 1."""
    (shop.folder / "bees.xml").write_bytes(b"<html><body>moved</body></html>")
    done = shop.call("explain", "bees")
    said = "this is a web page, not a feed; look there for the feed's own address"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"bees: {shop.folder}/bees.xml: {said}\n"


@pytest.mark.parametrize("command", ["explain bees", "status"])
def test_a_reader_that_goes_away_is_no_error(shop: Workshop, command: str) -> None:
    """What prints more than a pipe holds ends quietly with 0 under `| head -1`."""
    (shop.folder / "bees.xml").write_bytes(feed(*range(1500), title="Bees"))
    for number in range(1200 if command == "status" else 0):
        shop.add_feed(f"{'bees' * 9}-{number}", "nowhere.xml")
    shop.write_config()
    pipe = f"{sys.executable} -m enricher {command} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["/bin/bash", "-c", pipe], cwd=shop.folder, capture_output=True, text=True, check=True, timeout=120
    )
    assert (done.stdout.splitlines()[1:], done.stderr) == (["0"], "")


# check


def test_check_says_that_everything_is_usable(shop: Workshop) -> None:
    """A line for each part, and nothing is left in the output folder."""
    done = shop.call("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"configuration: {shop.folder}/config.toml: 1 feed",
        "database: usable",
        "summaries: 1 can be read",
        f"output: {shop.output}: can be written",
    ]
    assert not list(shop.output.iterdir())


def test_check_says_everything_that_is_not_usable(shop: Workshop) -> None:
    """Each in one line on standard error, exit code 1; what is good is said all the same."""
    shop.settings = {"summaries": ["summaries", "nowhere"]}
    shop.write_config()
    broken = shop.add_summary("broken.json", "{")
    (shop.folder / "enricher.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    shop.output.write_text("in the way")
    done = shop.call("check")
    assert done.returncode == 1
    assert done.stdout.startswith("configuration: ")
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("database: ")
    assert "the next run moves it aside and rebuilds it" in lines[0]
    assert lines[1].startswith(f"output: {shop.output}")
    assert "a file stands where a folder shall be; move it away" in lines[1]
    (shop.folder / "enricher.db").unlink()
    lines = shop.call("check").stderr.splitlines()
    assert any(line.startswith(f"summaries: {broken}: is not JSON: ") for line in lines)
    assert any(line.startswith(f"summaries: {shop.folder}/nowhere: cannot be read: No such file") for line in lines)


def test_check_reads_the_sources_that_are_files(shop: Workshop) -> None:
    """What is missing is told before a run needs it."""
    shop.add_feed("wasps", "nowhere.xml")
    shop.write_config()
    done = shop.call("check")
    missing = f"{shop.folder}/nowhere.xml: cannot be read: No such file or directory; see `url` in the configuration"
    assert (done.returncode, done.stderr) == (1, f"configuration: wasps: {missing}\n")


def test_check_tells_of_editions_that_nobody_renews(shop: Workshop) -> None:
    """A feed that has another name, or none, keeps its old address; its subscribers hear nothing new."""
    assert shop.call("run").returncode == 0
    shop.feeds[0]["name"] = "honey"
    shop.write_config()
    assert shop.call("run").returncode == 0
    done = shop.call("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[3] == (
        f"output: {shop.output}/bees.xml: no feed has this name any more, and who subscribed to it hears nothing new"
    )
    (shop.output / "bees.xml").unlink()
    assert "any more" not in shop.call("check").stdout


# status


def test_status_tells_the_last_outcome_of_every_feed(shop: Workshop) -> None:
    """Never run, published, held with its reason; times of this machine."""
    shop.add_feed("wasps", "wasps.xml")
    shop.write_config()
    fresh = shop.call("status")
    assert [line.split() for line in fresh.stdout.splitlines()[1:]] == [
        ["bees", "never", "run", "never", "never"],
        ["wasps", "never", "run", "never", "never"],
    ]
    began = time.time()
    shop.run()
    (shop.folder / "bees.xml").unlink()
    shop.run()
    done = shop.call("status")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"bees +held +\d{4}-\d\d-\d\d \d\d:\d\d  \d{4}-\d\d-\d\d \d\d:\d\d *", lines[1])
    assert re.fullmatch(r"wasps +failed +\d{4}-\d\d-\d\d \d\d:\d\d  never *", lines[2])
    assert lines[3].startswith(f"bees: {shop.folder}/bees.xml: cannot be read: No such file or directory")
    report = json.loads(shop.call("status", "--json").stdout)
    assert list(report) == ["version", "feeds"]
    one, two = report["feeds"]
    assert list(one) == ["name", "outcome", "error", "at", "success_at", "next_at", "problems"]
    assert (one["name"], one["outcome"], one["next_at"]) == ("bees", "held", None)
    assert began <= one["success_at"] <= one["at"] <= time.time()
    assert (two["outcome"], two["success_at"]) == ("failed", None)


def test_status_tells_when_a_server_is_asked_again(shop: Workshop) -> None:
    """Within 80 columns, however long a name is; a file is read in every run."""
    with Loopback({"/feed": feed(3, 2, 1, title="Wasps")}) as server:
        shop.settings["allow_private"] = [server.host]
        shop.add_feed("w" * 100, server.url("/feed"))
        shop.run()
    code, lines = shop.on_screen("status")
    assert code == 0
    assert lines[0].split() == ["feed", "outcome", "last", "run", "last", "success", "next"]
    assert not lines[1].rstrip().endswith("min")
    assert re.search(r" in [45] min$", lines[2].rstrip())
    assert max(map(len, lines)) <= 80


# schema


def test_the_schema_accepts_what_the_program_reads(shop: Workshop) -> None:
    """The example documents and the ones of this test; it refuses what the program refuses."""
    done = shop.call("schema")
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sorted((ROOT / "examples" / "summaries").glob("*.json")):
        validator.validate(json.loads(path.read_bytes()))
    validator.validate(FULL)
    validator.validate({"title": "A"})
    for wrong in ({}, {"title": ""}, {"title": "A", "x": 1}, {"title": "A", "version": 2}, {"title": "A", "clips": 1}):
        assert not validator.is_valid(wrong), wrong
        shop.add_summary("wrong.json", json.dumps(wrong))
        assert shop.call("import", "summaries/wrong.json").returncode == 1, wrong


# all of them


def test_the_version_is_the_package_s() -> None:
    """`enricher --version`."""
    done = subprocess.run([sys.executable, "-m", "enricher", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"enricher {__version__}\n"


def test_output_is_utf_8_whatever_the_locale(shop: Workshop) -> None:
    """A cron job has the C locale."""
    shop.add_summary("one.json", {"title": "Épisode 1 – „שלום“ 🐝", "podcast": "Bees"})
    done = shop.call("import", "summaries/one.json", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_run_after_an_import_of_the_same_folder_reads_nothing_twice(shop: Workshop) -> None:
    """A document that a run found stays of its folder, so that deleting it takes the summary away."""
    assert outcomes(shop.run()) == {"bees": "published"}
    assert shop.call("import", "summaries").returncode == 0
    assert shop.run()["bees"]["matched"] == 1
    (shop.folder / "summaries" / "bees.json").unlink()
    assert shop.run()["bees"]["matched"] == 0
