"""Files beside summaries: which transcript belongs to which, what is one by its content, and what is told."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from enricher.importer.sync import import_paths, sync
from enricher.store.database import memory
from enricher.store.store import Store
from tests.growth import calls
from tests.timing.test_formats import ALL, SAID
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from enricher.importer.sync import Shelved

PAGE = "# Bees\n\nOf bees.\n\n## Highlights\n\n> They vote with their feet, all of them.\n"
SRT = "".join(f"{i}\n00:00:{int(a):02},000 --> 00:00:{int(b):02},000\n{t}\n\n" for i, (a, b, t) in enumerate(SAID))
TEXT = "\n".join(text for *_, text in SAID)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with one summary."""
    (tmp_path / "bees.md").write_text(PAGE, "utf-8")
    return tmp_path


def synced(store: Store, folder: Path) -> tuple[Shelved, str | None]:
    """Read the folder; give what was said, and which transcript the summary has."""
    shelved = sync(store, [folder])
    transcript, _ = store.summaries.companions(str(folder / "bees.md"))
    return shelved, transcript.path.rpartition("/")[2] if transcript else None


@pytest.mark.parametrize(
    "name",
    ["bees.srt", "bees.vtt", "bees.ttml", "bees.sbv", "bees.lrc", "bees.tsv", "bees.transcript.json",
     "bees.transcript.txt", "bees.transcript.html", "bees.transcript.md", "bees.en.vtt", "bees.pt-BR.srt",
     "bees.en.transcript.json", "bees.transcript.vtt", "bees.mp3.srt", "BEES.SRT".replace("BEES", "bees")],
)  # fmt: skip
def test_the_names_of_a_transcript(folder: Path, name: str) -> None:
    """With a language before the suffix or not; the content, not the suffix, says what is in it."""
    (folder / name).write_text(SRT, "utf-8")
    with Store(memory()) as store:
        shelved, transcript = synced(store, folder)
    assert (shelved.problems, shelved.idle) == ((), ())
    assert transcript == name


def test_what_whisper_leaves_beside_a_summary_is_its_transcript(folder: Path) -> None:
    """`--output_format all`: no file of these is a summary, broken or not, and nothing is told of them."""
    for suffix, text in {"json": ALL["whisper"], "txt": TEXT, "tsv": ALL["TSV of whisper"], "srt": SRT}.items():
        (folder / f"bees.{suffix}").write_text(text, "utf-8")
    with Store(memory()) as store:
        for _ in range(2):
            shelved, transcript = synced(store, folder)
            assert (shelved.problems, shelved.idle, store.summaries.count()) == ((), (), 1)
            assert [path.name for path in shelved.transcripts] == ["bees.json", "bees.srt", "bees.tsv"]
            assert transcript == "bees.srt"


@pytest.mark.parametrize("name", ["bees.json", "bees.en.json", "bees.txt"])
def test_a_document_that_is_plainly_a_transcript_serves_as_one(folder: Path, name: str) -> None:
    """JSON of a recogniser, or text with times; a summary of that name stays a summary."""
    (folder / name).write_text(ALL["Deepgram" if name.endswith("json") else "whisper's terminal"], "utf-8")
    with Store(memory()) as store:
        shelved, transcript = synced(store, folder)
        assert (shelved.problems, store.summaries.count(), transcript) == ((), 1, name)
        (folder / name).write_text(
            json.dumps({"title": "Bees", "abstract": "Of bees."}) if name.endswith("json") else PAGE, "utf-8"
        )
        shelved, transcript = synced(store, folder)
        assert (shelved.problems, store.summaries.count(), transcript) == ((), 2, None)


@pytest.mark.parametrize(
    "name",
    ["faster-whisper's terminal", "an editing program that drops frames", "seconds in brackets", "a head with times",
     "faster-whisper", "lists of clocks", "documents one a line"],
)  # fmt: skip
def test_signs_of_times_are_no_text_beside_what_was_said(folder: Path, name: str) -> None:
    """Short lines have as many signs of times and names as of speech; data may have no colon in it."""
    lines = "\n".join(json.dumps({"start": a, "end": b, "text": t}) for a, b, t in SAID)
    text = ALL.get(name, lines)
    (folder / f"bees.{'json' if text[:2] in {'[[', lines[:2]} else 'txt'}").write_text(text, "utf-8")
    with Store(memory()) as store:
        shelved, transcript = synced(store, folder)
        assert (shelved.problems, store.summaries.count()) == ((), 1)
        assert transcript is not None


def test_the_first_transcript_that_can_be_read_counts(folder: Path) -> None:
    """Where none can be, a run says what is wrong with the first."""
    (folder / "bees.transcript.json").write_text("{}", "utf-8")
    (folder / "bees.en.srt").write_text(SRT, "utf-8")
    with Store(memory()) as store:
        assert synced(store, folder)[1] == "bees.en.srt"
        (folder / "bees.en.srt").write_text("nothing", "utf-8")
        assert synced(store, folder)[1] == "bees.transcript.json"


GERMAN = "1\n00:00:10,000 --> 00:00:20,000\nSie stimmen mit den Füßen ab, alle zusammen, im Schwarm.\n"


@pytest.mark.parametrize("page", [PAGE, "# Bienen\n\nÜber Bienen.\n\n> Sie stimmen mit den Füßen ab, alle zusammen.\n"])
@pytest.mark.parametrize(
    "names", [("bees.de.srt", "bees.en.srt"), ("bees.de.srt", "bees.srt"), ("bees.transcript.vtt", "bees.en.json")]
)
def test_of_several_languages_the_summary_s_own_counts(folder: Path, page: str, names: tuple[str, str]) -> None:
    """A quote is found in its own language alone, whichever name comes first."""
    german, english = names
    (folder / "bees.md").write_text(page, "utf-8")
    (folder / german).write_text(GERMAN, "utf-8")
    (folder / english).write_text(ALL["Deepgram"] if english.endswith("json") else SRT, "utf-8")
    with Store(memory()) as store:
        assert synced(store, folder)[1] == (english if page == PAGE else german)
        # A summary that changes its language changes its transcript with it.
        (folder / "bees.md").write_text(GERMAN.partition("000\n")[2] if page == PAGE else PAGE, "utf-8")
        assert synced(store, folder)[1] == (german if page == PAGE else english)


def test_of_several_transcripts_in_one_language_the_first_counts(folder: Path) -> None:
    """Nothing tells which is better, so that the order of the names decides."""
    (folder / "bees.en-GB.srt").write_text(SRT + "99\n00:01:00,000 --> 00:01:09,000\nfeet of bees\n", "utf-8")
    (folder / "bees.en-US.srt").write_text(SRT + "99\n00:01:00,000 --> 00:01:09,000\nhighlights\n", "utf-8")
    with Store(memory()) as store:
        assert synced(store, folder)[1] == "bees.en-GB.srt"


NO_LENGTH = (
    "<rss version='2.0'><channel><title>A</title><language>en</language><item><title>Bees</title><guid>1</guid>"
    "<enclosure url='https://a.example/1.mp3' length='1' type='audio/mpeg'/></item></channel></rss>"
)
LENGTH = "<itunes:duration xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>40</itunes:duration></item>"


def test_a_companion_times_an_item_of_its_length(tmp_path: Path) -> None:
    """In the language of the quotes; where nobody says how long the audio is it may be of another cut (C41)."""
    shop = Workshop(tmp_path)
    shop.add_feed("a", "a.xml")
    (tmp_path / "a.xml").write_text(NO_LENGTH, "utf-8")
    quote = {"kind": "quote", "text": SAID[1][2]}
    shop.add_summary("bees.json", {"title": "Bees", "guid": "1", "topics": [{"title": "Swarms", "passages": [quote]}]})
    shop.add_summary("bees.de.vtt", GERMAN)
    shop.add_summary("bees.en.vtt", SRT)
    assert shop.run()["a"]["timed"] == 0
    assert "does not say how long its audio is" in shop.call("explain", "a").stdout
    (tmp_path / "a.xml").write_text(NO_LENGTH.replace("</item>", LENGTH), "utf-8")
    assert shop.run()["a"]["timed"] == 1
    told = shop.call("explain", "a").stdout
    assert f"found in bees.en.vtt at 00:00:{int(SAID[1][0]):02}" in told


def test_transcripts_are_remembered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no summary is read whole once, not at every run; a changed one is read again."""
    other = folder / "wasps.json"
    idle = (str(other), "is a transcript, and no summary beside it has its name")
    later = time.time() + 100
    monkeypatch.setattr(time, "time", lambda: later)
    with Store(memory()) as store:
        other.write_text(ALL["AssemblyAI"] + " " * 1000, "utf-8")
        first = calls(lambda: sync(store, [folder]))
        found: list[Shelved] = []
        assert calls(lambda: found.append(sync(store, [folder]))) * 5 < first
        assert (found[0].idle, found[0].transcripts) == ((idle,), (other,))
        other.write_text(json.dumps({"title": "Wasps", "abstract": "Of wasps."}), "utf-8")
        assert synced(store, folder)[0].imported == ((str(other), "Wasps"),)
        other.write_text(ALL["AssemblyAI"], "utf-8")
        shelved, _ = synced(store, folder)
        assert (shelved.removed, shelved.idle) == ((str(other),), (idle,))


@pytest.mark.parametrize(
    "text",
    [
        "# Bees\n\n" + "".join(f"- {n}:00 What bees do when number {n} is up\n" for n in range(20)),
        json.dumps({"title": "Bees", "chapters": [{"start": 60 * n, "text": f"Of number {n}"} for n in range(20)]}),
        json.dumps([{"start": 90 * n, "end": 90 * n + 9, "text": "They vote with their feet."} for n in range(20)]),
        "".join(f"{n}:00 {'What bees do in winter is a long story. ' * 9}\n\n" for n in range(20)),
        PAGE,
    ],
)
def test_timed_notes_are_no_transcript(folder: Path, text: str) -> None:
    """People speak ten characters a second, without long pauses; notes have a line a minute."""
    name = f"notes.{'json' if text.startswith(('{', '[')) else 'md'}"
    (folder / name).write_text(text, "utf-8")
    with Store(memory()) as store:
        assert sync(store, [folder]).transcripts == ()


def test_import_says_what_a_transcript_is_and_what_is_wrong_with_one(folder: Path) -> None:
    """By itself, and with the summary that it is read with."""
    for name, text in (("bees.srt", SRT), ("bees.ttml", "<tt/>"), ("wasps.vtt", "WEBVTT\n"), ("ants.srt", SRT)):
        (folder / name).write_text(text, "utf-8")
    with Store(memory()) as store:
        said = {one.path.name: one.error or one.note for one in import_paths(store, sorted(folder.iterdir()))}
    none = "no line of speech with a time in it; give SubRip"
    assert said["bees.srt"] == "is a transcript of 5 cues, to 00:00:18; it is read with bees.md"
    assert said["ants.srt"] == "is a transcript of 5 cues, to 00:00:18; no summary beside it has its name"
    assert said["bees.md"].startswith(f"bees.ttml: {none}")
    assert said["bees.ttml"].startswith(none)
    assert said["wasps.vtt"].startswith(none)


def test_check_looks_at_every_transcript(tmp_path: Path) -> None:
    """As lines, and as JSON with cues, the end in seconds and what is wrong."""
    shop = Workshop(tmp_path)
    shop.add_feed("a", "a.xml")
    (tmp_path / "a.xml").write_text("<rss version='2.0'><channel><title>A</title></channel></rss>", "utf-8")
    shop.write_config()
    shop.add_summary("bees.md", PAGE)
    good, bad = shop.add_summary("bees.en.vtt", SRT), shop.add_summary("bees.ttml", "<tt/>")
    done = shop.call("check")
    assert done.returncode == 1
    assert done.stderr.startswith(f"transcripts: {bad}: no line of speech with a time in it; give SubRip")
    assert "transcripts: 1 can be read" in done.stdout.splitlines()
    found = json.loads(shop.call("check", "--json").stdout)
    assert (found["version"], found["usable"], len(found["problems"])) == (1, False, 1)
    assert found["transcripts"][0] == {"path": str(good), "cues": 5, "end": 18.0, "error": None}
    assert found["transcripts"][1]["error"].startswith("no line of speech")
