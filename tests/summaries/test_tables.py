"""Tables of times, of whatever columns in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enricher.summaries.tables import lines_of_table, lines_of_times
from tests.summaries.written import BEES, SWARM, read

STARTS, ENDS = ("0:00", "4:35", "18:20", "1:02:09"), ("4:35", "18:20", "1:02:09", "1:11:00")
LENGTHS = ("4:35", "13:45", "43:49", "8:51")
TITLES = ("Opening", "The dance", "The quorum", "Letters")
TIMES = [0, 275, 1100, 3729]
COLUMNS = {
    "#": ("1", "2", "3", "4"),
    "Start": STARTS,
    "End": ENDS,
    "Length": LENGTHS,
    "Topic": TITLES,
    "Guest": ("", "Ann Lee", "Ann Lee", ""),
    "": ("", "", "", ""),
}


@pytest.mark.parametrize(
    "columns",
    [
        ("Start", "End", "Topic"),
        ("End", "Start", "Topic"),
        ("Topic", "Length", "Start"),
        ("#", "Topic", "Guest", "Start", "End"),
        ("#", "Topic", "Start"),
        ("Start", "", "Topic"),
    ],
)
@pytest.mark.parametrize("form", ["markdown", "html", "tabs", "semicolons"])
def test_a_table_of_times_is_a_list_of_times(columns: tuple[str, ...], form: str) -> None:
    """Its starts are told from its ends and lengths, its titles from numbers and guests."""
    rows = [columns, *zip(*(COLUMNS[name] for name in columns), strict=True)]
    if form == "html":
        cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        summary = read(f"<h1>{BEES}</h1><p>{SWARM}</p><table>{cells}</table>", "12.html")
    elif form == "markdown":
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, f"|{'---|' * len(columns)}")
        summary = read(f"# {BEES}\n\n{SWARM}\n\n" + "\n".join(lines) + "\n")
    else:
        lines = [("\t" if form == "tabs" else ";").join(row) for row in rows]
        summary = read(f"{BEES}\n\n{SWARM}\n\n" + "\n".join(lines) + "\n", "12.txt")
    assert [(one.title, one.start) for one in summary.topics] == list(zip(TITLES, TIMES, strict=True))
    assert summary.abstract == SWARM


def test_who_speaks_is_no_title() -> None:
    """What comes again in a column without a name."""
    rows = [(start, who, title) for start, who, title in zip(STARTS, ("Ann", "Bo", "Ann", "Bo"), TITLES, strict=True)]
    assert lines_of_times(rows) == [f"{start} | {title}" for start, title in zip(STARTS, TITLES, strict=True)]


@pytest.mark.parametrize("form", ["| {} | {} | {} |", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>"])
def test_how_long_songs_are_is_no_time(form: str) -> None:
    """Neither in Markdown nor in HTML."""
    songs = zip(("Sea", "Moon", "Sun", "Rain"), ("2:10", "3:58", "4:48", "18:00"), ("A", "B", "C", "D"), strict=True)
    rows = [form.format("Song", "Length", "Band"), *(form.format(*song) for song in songs)]
    if form.startswith("|"):
        rows.insert(1, "|---|---|---|")
        summary = read(f"# {BEES}\n\n{SWARM}\n\n" + "\n".join(rows) + "\n")
    else:
        summary = read(f"<h1>{BEES}</h1><p>{SWARM}</p><table>{''.join(rows)}</table>", "12.html")
    assert not any(one.start is not None for one in summary.topics)


def test_what_a_table_says_more_stays_with_its_row() -> None:
    """A sentence beside the title is the topic's."""
    said = "Scouts dance longer for better sites."
    rows = [(start, title, said) for start, title in zip(STARTS, TITLES, strict=True)]
    assert lines_of_times([("Time", "Topic", "Notes"), *rows]) == ["", *(" | ".join(row) for row in rows)]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("Team", "Score"), ("Bees", "5:00"), ("Wasps", "7:30"), ("Ants", "3:10")],
        [("Hive", "Price", "Day"), ("A", "12.50", "1"), ("B", "9.00", "2"), ("C", "1.20", "3")],
        [("High", "Low"), ("06:12", "12:30")],
        [("Song", "Length"), ("Sea", "0:00"), ("Moon", "3:58"), ("Sun", "4:48")],
        [("",) * 30, *((f"{n}:10", "Bees", *("",) * 28) for n in range(4))],
    ],
)
def test_other_tables_are_none(rows: list[tuple[str, ...]]) -> None:
    """Times that do not ascend, prices, a row alone, lengths; what is wider than any list."""
    assert lines_of_times(rows) is None


@given(st.lists(st.lists(st.sampled_from(("", "a", "0:10", "1:00", "Ann Lee", "12", "1:2:3")), max_size=4), max_size=6))
def test_any_rows_give_as_many_lines_or_none(rows: list[list[str]]) -> None:
    """However ragged."""
    found = lines_of_times(rows)
    assert found is None or len(found) == len(rows)


@given(st.text(alphabet="a1:;\t\n 0", max_size=80))
def test_text_without_a_table_is_as_it_was(text: str) -> None:
    """Every line stays, or begins with a time."""
    assert len(lines_of_table(text).splitlines()) == len("\n".join(text.splitlines()).splitlines())
