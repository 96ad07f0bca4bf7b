"""Dates in the languages of the documents: one day or none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enricher.summaries.dates import read_date
from enricher.summaries.vocabulary import MONTHS


@pytest.mark.parametrize(
    "written",
    [
        *("May 2, 2024", "Thursday, May 2nd 2024", "2 May 2024", "2024 May 2", "2. Mai 2024", "2 de mayo de 2024"),
        *("quinta-feira, 2 de maio de 2024", "2 mai 2024", "2 мая 2024 г.", "2 maja 2024", "2 مايو 2024"),
        *("2024年5月2日", "2024年5月2日(木)", "2024년 5월 2일", "2024-05-02", "2024/5/2", "2024-05-02T10:00:00Z"),
        *("2.5.2024", "2. 5. 2024", "02.05.2024", "May 2, 2024 at 9:00 AM", "2024-05-02 09:00"),
    ],
)
def test_a_date_is_read_in_every_usual_form(written: str) -> None:
    """Day, month and year, whatever order and language."""
    assert read_date(written) == "2024-05-02"


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2024",
        "May 2024",
        "2024",
        "May 2, 24",
        "3 days ago 2024",
        "May 32, 2024",
        "2024-13-02",
        "May 2, 2024 in Rome",
    ],
)
def test_what_may_be_another_day_is_no_date(written: str) -> None:
    """Day and month that could be swapped, parts of a date, and dates with something else beside."""
    assert read_date(written) is None


@pytest.mark.parametrize("written", ["25/12/2024", "12/25/2024", "25-12-2024"])
def test_a_day_that_no_month_has_parts_day_and_month(written: str) -> None:
    """No year has 25 months."""
    assert read_date(written) == "2024-12-25"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.sampled_from(sorted(MONTHS)))
def test_every_month_is_read_back(day: dt.date, name: str) -> None:
    """A month's name in any language gives that month, or, where no year has such a day, nothing."""
    day = day.replace(day=min(day.day, 28), month=MONTHS[name])
    assert read_date(f"{day.day}. {name} {day.year}") == day.isoformat()
    assert read_date(f"{name} {day.day}, {day.year}") == day.isoformat()


@given(st.text(max_size=70))
def test_any_text_is_a_date_or_none(text: str) -> None:
    """Nothing is raised, and what is returned is a day."""
    found = read_date(text)
    assert found is None or dt.date.fromisoformat(found).isoformat() == found
