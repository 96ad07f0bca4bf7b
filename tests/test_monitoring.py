"""What a run leaves for those who watch over it: metrics, a heartbeat, a log, `status`, the files in deploy/."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import yaml

from enricher.http.client import ClientSettings
from enricher.model.edition import Report
from enricher.monitoring import heartbeat
from enricher.report import FeedStatus, RunEnd, to_prometheus
from enricher.run.run import Options
from tests.corpus import ROOT, few_fast
from tests.hostile.answers import GOOD, NEW, answer, head, raw
from tests.hostile.server import Server
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.server import Talk

SAMPLE = re.compile(r'([a-z_:]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+)\})? (\S+)')
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} (INFO|WARNING) "
WORD = "sw0rdf1shyQ"


class Watched:
    """Two feeds that are well, one that is not, and somebody who listens for heartbeats."""

    def __init__(self, folder: Path) -> None:
        self.workshop = Workshop(folder)
        self.server = Server({"beat": answer(body=b"OK"), "sick": answer(500), "well": answer(body=GOOD)})
        self.pair = self.server.open("http").pair
        self.workshop.settings |= {"allow_private": [self.pair], "min_interval": 0}
        (folder / "file.xml").write_bytes(GOOD)
        self.workshop.add_feed("file", "file.xml")
        self.workshop.add_feed("well", f"http://{self.pair}/well")

    def add_sick(self) -> None:
        """Add a feed whose server fails."""
        self.workshop.add_feed("sick", f"http://{self.pair}/sick")

    @property
    def beats(self) -> list[str]:
        """The heartbeats that were heard."""
        return [request.path for request in self.server.requests if request.path.startswith("/beat")]

    @property
    def log(self) -> Path:
        """The log file."""
        return self.workshop.folder / "run.log"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Open the server's door."""
    watched = Watched(tmp_path)
    with watched.server:
        yield watched


# Metrics


def samples(text: str) -> dict[tuple[str, str], float]:
    """Read the exposition format strictly: each metric once, told and typed before its samples, no sample twice."""
    assert text.endswith("\n")
    found: dict[tuple[str, str], float] = {}
    told: list[str] = []
    typed: list[str] = []
    for line in text.splitlines():
        if line.startswith("# HELP "):
            told.append(line.split(" ")[2])
        elif line.startswith("# TYPE "):
            assert line.split(" ")[2:] == [told[-1], "gauge"]
            typed.append(told[-1])
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == typed[-1]
            assert (match[1], match[2] or "") not in found
            found[match[1], match[2] or ""] = float(match[3])
    assert len(set(told)) == len(told)
    return found


def test_metrics_say_how_every_feed_stands(watched: Watched) -> None:
    """Outcome, last success, duration and counts of each feed; the run's end, length and exit code."""
    watched.add_sick()
    watched.workshop.settings["metrics"] = "metrics/enricher.prom"
    began = time.time()
    assert watched.workshop.run()["exit"] == 1
    path = watched.workshop.folder / "metrics" / "enricher.prom"
    found = samples(path.read_text("utf-8"))
    assert found["enricher_last_run_exit_code", ""] == 1
    assert began <= found["enricher_last_run_timestamp_seconds", ""] <= time.time()
    assert 0 < found["enricher_last_run_duration_seconds", ""] < 60
    for name, up in (("file", 1), ("well", 1), ("sick", 0)):
        label = f'feed="{name}"'
        assert found["enricher_feed_up", label] == up
        assert 0 < found["enricher_feed_duration_seconds", label] < 60
        assert (("enricher_feed_last_success_timestamp_seconds", label) in found) == bool(up)
    assert began <= found["enricher_feed_last_success_timestamp_seconds", 'feed="well"'] <= time.time()
    assert found["enricher_feed_outcome", 'feed="sick",outcome="failed"'] == 1
    assert found["enricher_feed_outcome", 'feed="well",outcome="published"'] == 1
    assert found["enricher_feed_items", 'feed="well"'] == 4
    assert [one.name for one in path.parent.iterdir()] == ["enricher.prom"]


def test_a_run_of_some_feeds_does_not_hide_the_others(watched: Watched) -> None:
    """How the others stand is known from their last turn; an alarm about one of them goes on."""
    watched.add_sick()
    watched.workshop.settings["metrics"] = "enricher.prom"
    watched.workshop.run()
    path = watched.workshop.folder / "enricher.prom"
    before = samples(path.read_text("utf-8"))
    assert watched.workshop.run("--feed", "file")["exit"] == 0
    after = samples(path.read_text("utf-8"))
    for key, value in before.items():
        if key[0] in {"enricher_feed_up", "enricher_feed_last_success_timestamp_seconds"} and "file" not in key[1]:
            assert after[key] == value
    assert after["enricher_feed_up", 'feed="sick"'] == 0
    assert after["enricher_feed_outcome", 'feed="file",outcome="unchanged"'] == 1


def test_metrics_are_replaced_whole(watched: Watched) -> None:
    """Who reads while runs go on meets no half-written file."""
    watched.workshop.settings["metrics"] = "enricher.prom"
    watched.workshop.run()
    path, seen = watched.workshop.folder / "enricher.prom", set[float]()
    process = watched.workshop.start("run")
    while process.poll() is None:
        seen.add(samples(path.read_text("utf-8"))["enricher_last_run_timestamp_seconds", ""])
    assert process.communicate() == ("", "")
    seen.add(samples(path.read_text("utf-8"))["enricher_last_run_timestamp_seconds", ""])
    assert len(seen) == 2


def test_metrics_that_cannot_be_written_change_nothing_and_are_told(watched: Watched) -> None:
    """The feeds are published, the exit code is good, the message names the key."""
    (watched.workshop.folder / "a-file").write_text("in the way")
    watched.workshop.settings["metrics"] = "a-file/enricher.prom"
    done = watched.workshop.run()
    assert (done["exit"], done["well"]["outcome"]) == (0, "published")
    assert done["stderr"].startswith("metrics: ")
    assert "see `metrics` in the configuration" in done["stderr"]


def test_a_feed_that_never_had_a_turn_has_no_outcome() -> None:
    """What is not known is not said."""
    text = to_prometheus(
        [Report("a", "published", items=3)],
        {"a": FeedStatus("published", 5.0, 0.5), "b": FeedStatus(None, None, None)},
        RunEnd(9.0, 1.0, 0),
    )
    assert 'feed="b"' not in text
    assert samples(text)["enricher_feed_last_success_timestamp_seconds", 'feed="a"'] == 5


# Heartbeat


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/beat", "/beat/{}"),
        ("/beat/", "/beat/{}"),
        ("/beat?key=1", "/beat/{}?key=1"),
        ("/beat/{status}/end", "/beat/{}/end"),
        ("/beat?status={status}", "/beat?status={}"),
    ],
)
def test_the_heartbeat_s_address_has_the_exit_status(watched: Watched, written: str, asked: str) -> None:
    """In place of `{status}`, else behind the path."""
    settings = ClientSettings(allow_private=(watched.pair,))
    assert list(heartbeat(f"http://{watched.pair}{written}", 78, settings)) == []
    assert watched.beats == [asked.format(78)]


def test_the_heartbeat_hears_of_every_run(watched: Watched) -> None:
    """Once, at its end, be it good or bad."""
    watched.workshop.settings["heartbeat"] = f"http://{watched.pair}/beat"
    assert watched.workshop.run()["exit"] == 0
    assert watched.beats == ["/beat/0"]
    watched.add_sick()
    assert watched.workshop.run()["exit"] == 1
    assert watched.beats == ["/beat/0", "/beat/1"]
    assert watched.server.requests[-1].path == "/beat/1"


def test_the_heartbeat_hears_of_a_run_that_could_not_begin(watched: Watched) -> None:
    """A database that cannot be used is what it is for; a second run beside the first one is none."""
    watched.workshop.settings |= {"heartbeat": f"http://{watched.pair}/beat", "database": "sqlite:///nowhere/x.db"}
    watched.workshop.write_config()
    done = watched.workshop.call("run")
    assert (done.returncode, watched.beats) == (1, ["/beat/1"])
    assert "see that its folder exists and can be written" in done.stderr


@pytest.mark.parametrize("said", few_fast([answer(302, "Location: http://10.0.0.1/"), answer(500), raw(b"")]))
def test_a_heartbeat_that_is_not_heard_changes_nothing_and_is_told(watched: Watched, said: object) -> None:
    """The exit code is the run's, and the message does not show the address's secret."""
    watched.server.behaviours = {**watched.server.behaviours, "beat": said}  # type: ignore[dict-item]
    watched.workshop.settings["heartbeat"] = f"http://{watched.pair}/beat?key={WORD}"
    done = watched.workshop.run()
    assert (done["exit"], done["well"]["outcome"]) == (0, "published")
    assert done["stderr"].startswith(f"heartbeat: http://{watched.pair}/beat/0?key=…: ")
    assert WORD not in done["stderr"]


def test_a_heartbeat_may_be_heard_without_a_word(watched: Watched) -> None:
    """204 and 202 are a yes."""
    settings = ClientSettings(allow_private=(watched.pair,))
    for status in (204, 202):
        watched.server.behaviours = {**watched.server.behaviours, "beat": raw(head(status, "Content-Length: 0"))}
        assert list(heartbeat(f"http://{watched.pair}/beat", 0, settings)) == []


# Log


def test_the_log_says_what_happened_when_and_goes_on_at_its_end(watched: Watched) -> None:
    """Each line has its time and weight; a feed has its outcome, its error, its problems."""
    watched.add_sick()
    assert watched.workshop.run("--log-file", "run.log")["exit"] == 1
    first = watched.log.read_text("utf-8")
    assert watched.workshop.run("--log-file", "run.log")["exit"] == 1
    whole = watched.log.read_text("utf-8")
    assert whole.startswith(first)
    assert all(re.match(STAMP, line) for line in whole.splitlines())
    lines = [re.sub(STAMP, "", line) for line in first.splitlines()]
    assert (lines[0], lines[-1]) == ("run of 3 feeds", "end of the run: exit code 1")
    assert "well: published: items 4, matched 0, timed 0, chapters 0, written 1" in lines
    assert any(line.startswith("sick: failed: http") and "the server answered 500" in line for line in lines)


def test_a_log_that_is_moved_away_between_runs_is_begun_anew(watched: Watched) -> None:
    """As logrotate does; one that is copied and emptied (copytruncate) is filled from its beginning."""
    watched.workshop.run("--log-file", "run.log")
    watched.log.rename(watched.log.with_suffix(".1"))
    watched.workshop.run("--log-file", "run.log")
    assert watched.log.read_text("utf-8").count("end of the run") == 1
    watched.log.write_bytes(b"")
    watched.workshop.run("--log-file", "run.log")
    assert re.match(STAMP, watched.log.read_text("utf-8"))


@pytest.mark.parametrize("how", few_fast(["rename", "copytruncate", "folder"]))
def test_a_log_that_is_moved_away_during_a_run_goes_on(watched: Watched, how: str) -> None:
    """What happened before is in the old file, what happens then in the new one, and nothing is lost twice over."""
    asked, go = threading.Event(), threading.Event()

    def well(talk: Talk) -> None:
        asked.set()
        go.wait(60)
        answer(body=NEW)(talk)

    watched.server.behaviours = {**watched.server.behaviours, "well": well}
    watched.workshop.write_config()
    (watched.workshop.folder / "logs").mkdir()
    log = watched.workshop.folder / "logs" / "run.log"
    process = watched.workshop.start("run", "--log-file", "logs/run.log")
    assert asked.wait(60)
    while "file: published" not in log.read_text("utf-8"):
        assert process.poll() is None
    old = log.read_text("utf-8")
    if how == "rename":
        log.rename(log.with_suffix(".1"))
    elif how == "copytruncate":
        log.write_bytes(b"")
    else:
        log.parent.rename(log.parent.with_name("old-logs"))
        log.parent.mkdir()
    go.set()
    assert process.communicate(timeout=60) == ("", "")
    new = log.read_text("utf-8")
    assert "run of 2 feeds" in old
    assert re.match(STAMP, new)
    assert "\0" not in new
    assert "well: published" in new
    assert "end of the run: exit code 0" in new


@pytest.mark.parametrize("name", few_fast(["nowhere/run.log", "public", "/dev/full"], 2))
def test_a_log_that_cannot_be_written_stops_nothing_and_is_told_once(watched: Watched, name: str) -> None:
    """The feeds are what a run is for: they are published, and one line says what is wrong with the log."""
    watched.workshop.output.mkdir()
    done = watched.workshop.run("--log-file", name)
    assert (done["exit"], done["well"]["outcome"]) == (0, "published")
    (line,) = done["stderr"].splitlines()
    assert re.fullmatch(rf"{name}: cannot be written: .+; see --log-file", line)


@pytest.mark.parametrize("kind", ["fifo", "link", "dangling link"])
def test_a_log_file_that_is_no_file_is_refused(watched: Watched, kind: str) -> None:
    """A pipe would be waited for without end, and where a link leads nothing is ours; the feeds are published."""
    elsewhere = watched.workshop.folder / "elsewhere"
    if kind == "fifo":
        os.mkfifo(watched.log)
    else:
        watched.log.symlink_to(elsewhere)
        if kind == "link":
            elsewhere.write_text("not ours")
    done = watched.workshop.run("--log-file", "run.log")
    assert (done["exit"], done["well"]["outcome"]) == (0, "published")
    assert done["stderr"] == "run.log: cannot be written: it is a link, a pipe or a device; see --log-file\n"
    assert watched.log.is_fifo() == (kind == "fifo")
    assert elsewhere.exists() == (kind == "link")
    assert not elsewhere.exists() or elsewhere.read_text() == "not ours"


UPSETTING = "\x9b31m \u202e \u2066 \u200f \u2028 \u2029 \x85 \x7f"
"""Characters that XML carries and that command a terminal, turn text round, or end a line."""


def test_what_would_upset_a_reader_is_spelt_out_wherever_it_is_told(watched: Watched) -> None:
    """Titles of items and names of files come from others: no line of theirs is forged, nothing is turned round."""
    workshop = watched.workshop
    (workshop.folder / "file.xml").write_text(
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><title>A</title><item>"
        f"<title>Bees {UPSETTING}</title><guid>1</guid><itunes:duration>100</itunes:duration></item></channel></rss>",
        "utf-8",
    )
    late = {"title": "Bees", "guid": "1", "topics": [{"title": "Swarms", "start": 9000.0}]}
    workshop.add_summary("late.json", late)
    workshop.add_summary(f"broken\n2026-01-01T00:00:00+0000 INFO end\x1b[31m{UPSETTING}.json", "{")
    workshop.write_config()
    done = workshop.call("run", "--log-file", "run.log")
    status = workshop.call("status")
    # As many readers do, at every kind of line break.
    logged = watched.log.read_text("utf-8").splitlines()
    assert all(re.match(STAMP, line) for line in logged)
    for said in (done.stderr, status.stdout, "\n".join(logged)):
        assert "Bees" in said
        assert not [c for c in said if c != "\n" and not c.isprintable()]
        assert "\\u009b" in said
        assert "\\u202e" in said
    assert len([line for line in (*logged, *done.stderr.splitlines()) if "broken\\u000a2026" in line]) == 2


def test_a_log_has_no_secret(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of a feed's address, not of the heartbeat's, not of the environment, with the JSON beside it."""
    monkeypatch.setenv("WORD", WORD)
    url = f"http://me:{WORD}@{watched.pair}/sick/${{WORD}}?key={WORD}"
    watched.workshop.add_feed("sick", url, private=True)
    watched.workshop.settings |= {"heartbeat": f"http://me:{WORD}@{watched.pair}/sick?key={WORD}", "metrics": "m.prom"}
    done = watched.workshop.run("--log-file", "run.log")
    assert (done["exit"], done["sick"]["outcome"]) == (1, "failed")
    said = [watched.log.read_text("utf-8"), json.dumps(done), (watched.workshop.folder / "m.prom").read_text("utf-8")]
    assert "heartbeat: " in said[0]
    assert not [text for text in said if WORD in text]


def test_everything_together_leaves_the_json_alone(watched: Watched) -> None:
    """Standard output is one object, though log, metrics and heartbeat all fail; they are its problems."""
    watched.server.behaviours = {**watched.server.behaviours, "beat": answer(500)}
    watched.workshop.settings |= {"heartbeat": f"http://{watched.pair}/beat", "metrics": "file.xml/x.prom"}
    watched.workshop.write_config()
    done = watched.workshop.call("run", "--json", "--log-file", "nowhere/run.log")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert [problem.partition(":")[0] for problem in found["problems"]] == ["metrics", "heartbeat", "nowhere/run.log"]
    assert done.stderr.splitlines() == found["problems"]


def test_a_problem_is_printed_once(watched: Watched) -> None:
    """With a log file and without one."""
    watched.add_sick()
    for arguments in (["run"], ["run", "--log-file", "run.log"]):
        watched.workshop.write_config()
        assert len(watched.workshop.call(*arguments).stderr.splitlines()) == 1


# Status


def test_status_shows_what_a_person_wants_to_know(watched: Watched) -> None:
    """Last outcome, last success, when its server is asked again, and the reason of every hold, in 80 columns."""
    watched.workshop.settings["min_interval"] = 3600
    watched.workshop.write_config()
    assert "never run" in watched.workshop.call("status").stdout
    watched.add_sick()
    watched.workshop.run()
    done = watched.workshop.call("status", COLUMNS="80")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert max(map(len, lines[:4])) <= 80
    assert lines[0].split() == ["feed", "outcome", "last", "run", "last", "success", "next"]
    rows = {line.split()[0]: re.split(r"\s{2,}", line.strip()) for line in lines[1:4]}
    assert len(rows["file"]) == 4, "a file may be read at any time"
    assert rows["well"][3] != "never"
    assert re.fullmatch(r"in \d+ min", rows["well"][4])
    assert rows["sick"][3] == "never"
    assert re.fullmatch(r"in \d+ min", rows["sick"][4])
    assert [line for line in lines[4:] if line.startswith("sick: ") and "the server answered 500" in line]
    row = json.loads(watched.workshop.call("status", "--json").stdout)["feeds"][1]
    assert row["next_at"] - row["success_at"] == pytest.approx(3600)


# deploy/


def test_the_crontab_has_five_fields_and_a_command_that_works(watched: Watched) -> None:
    """Each field is within its bounds, no % ends the line early, and a shell runs the command."""
    (line,) = [
        line for line in (ROOT / "deploy" / "crontab").read_text("utf-8").splitlines() if not line.startswith("#")
    ]
    *fields, command = line.split(None, 5)
    bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
    for one, (low, high) in zip(fields, bounds, strict=True):
        assert re.fullmatch(r"\*|\d+(,\d+)*", one)
        assert all(low <= int(number) <= high for number in one.split(",") if number != "*")
    assert "%" not in command
    assert "/srv/enricher" in command
    program = watched.workshop.folder / ".venv" / "bin"
    program.mkdir(parents=True)
    (program / "enricher").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m enricher "$@"\n')
    (program / "enricher").chmod(0o755)
    watched.workshop.write_config()
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace("/srv/enricher", str(watched.workshop.folder))],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (watched.workshop.output / "well.xml").exists()


def test_the_service_starts_a_command_that_exists() -> None:
    """Its options are those of the program, and the exit codes that it names are the real ones."""
    text = (ROOT / "deploy" / "enricher.service").read_text("utf-8")
    command = re.findall(r"^ExecStart=\S+/enricher (.+)$", text, re.MULTILINE)
    assert len(command) == 1
    name, *options = command[0].split()
    shown = subprocess.run(
        [sys.executable, "-m", "enricher", name, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(option in shown for option in options if option.startswith("--"))
    assert re.findall(r"^SuccessExitStatus=(.+)$", text, re.MULTILINE) == ["75 143"]
    (patience,) = re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert int(patience) > Options().stop.grace + 2


def test_the_clusters_start_commands_that_exist() -> None:
    """Labels are those that selectors ask for, and the options are those of `dask scheduler` and `dask worker`."""
    cli = pytest.importorskip("distributed.cli", reason="Dask is not here (pip install 'enricher[dask]')").__name__
    known = {
        name: {
            option
            for one in importlib.import_module(f"{cli}.dask_{name}").main.params
            for option in (*one.opts, *one.secondary_opts)
        }
        for name in ("scheduler", "worker")
    }
    parts = list(yaml.safe_load_all((ROOT / "deploy" / "dask.yaml").read_text("utf-8")))
    parts += list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))["services"]
    commands = [compose[name]["entrypoint"][1:] for name in ("scheduler", "worker")]
    labels, wanted = [], []
    for part in parts:
        template = part["spec"].get("template", {}).get("spec")
        if template:
            commands += [one["args"] for one in template["containers"]]
            labels.append(part["spec"]["template"]["metadata"]["labels"])
        if part["kind"] == "Service":
            wanted.append(part["spec"]["selector"])
        if part["kind"] == "CronJob":
            assert part["spec"]["concurrencyPolicy"] == "Forbid"
    assert all(any(selector.items() <= one.items() for one in labels) for selector in wanted)
    assert [command[0] for command in commands] == ["scheduler", "worker", "scheduler", "worker"]
    for name, *arguments in commands:
        assert {one for one in arguments if one.startswith("--")} <= known[name]
        assert name == "scheduler" or arguments[arguments.index("--nthreads") + 1] == "1"


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="logrotate is not here")
def test_logrotate_takes_its_configuration(tmp_path: Path) -> None:
    """It finds no fault, and would rotate the log."""
    text = (ROOT / "deploy" / "logrotate").read_text("utf-8")
    log = tmp_path / "enricher.log"
    log.write_text("one line\n")
    (tmp_path / "rules").write_text(re.sub(r"/srv/\S+\.log \{\n\s+su .*\n", f"{log} {{\n", text))
    (tmp_path / "rules").chmod(0o644)
    command = ["logrotate", "-f", "-v", "-s", str(tmp_path / "state"), str(tmp_path / "rules")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr
    assert log.with_suffix(".log.1").exists()


def test_the_guide_names_what_is_there() -> None:
    """Every file and make target that deploy/README.md names exists."""
    text = (ROOT / "deploy" / "README.md").read_text("utf-8")
    names = re.findall(r"`([A-Za-z]+(?:\.[a-z]+)?)`", text)
    files = {name for name in names if (ROOT / "deploy" / name).is_file()}
    assert files == {path.name for path in (ROOT / "deploy").iterdir()} - {"README.md"}
    targets = re.findall(r"`make ([a-z]+)`", text)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
