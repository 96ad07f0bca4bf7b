"""Another cut's times, carried over."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.model.timeline import Mark
from enricher.timing.other_cut import Carried, Shift, carry
from tests.examples import examples


def marks(*times: tuple[float, str]) -> tuple[Mark, ...]:
    """Make marks."""
    return tuple(Mark(start, title) for start, title in times)


THERE = marks((0, "Introduction"), (58, "Neural networks"), (361, "Biology"), (692, "Aliens"), (1303, "Universe"))
HERE = marks((0, "Introduction"), (341, "Neural Networks!"), (645, "BIOLOGY"), (975, "Aliens"), (1700, "Universe"))


def shift(here: tuple[Mark, ...] = HERE, there: tuple[Mark, ...] = THERE) -> Shift:
    """Carry, where it must be possible."""
    carried = carry(here, there)
    assert isinstance(carried, Shift), carried
    return carried


def test_a_time_between_agreeing_marks_is_carried_by_their_offsets() -> None:
    """283 s at the one mark and 284 s at the other: between them by its share of the way."""
    carried = shift().at(85.7)
    assert isinstance(carried, Carried)
    assert carried.time == pytest.approx(85.7 + 283 + 27.7 / 303)
    assert (carried.before.title, carried.after.title) == ("Neural networks", "Biology")


def test_the_marks_themselves_are_carried_exactly() -> None:
    """The first and the last shared mark are inside."""
    agreeing = shift(HERE[1:4], THERE[1:4])
    assert [one.time for at in (58, 361, 692) if isinstance(one := agreeing.at(at), Carried)] == [341, 645, 975]


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (30, "put in between the marks 'Introduction' and 'Neural networks': +0 s at the one and \\+283 s"),
        (900, "cut or put in between the marks 'Aliens' and 'Universe'"),
        (1400, "after the last mark"),
        (-1, "before the first mark"),
    ],
)
def test_a_time_where_something_was_put_in_is_not_carried(seconds: float, reason: str) -> None:
    """Nor one outside the shared marks, where nothing bears it out."""
    refused = shift().at(seconds)
    assert isinstance(refused, str)
    assert reason.replace("\\", "") in refused or reason.split(":", maxsplit=1)[0] in refused


def test_three_shared_marks_in_one_order_are_needed() -> None:
    """Fewer, titles that stand twice, hidden ones and another order carry nothing."""
    few = carry(HERE[:2], THERE)
    twice = carry((*HERE[:3], Mark(2000, "Biology")), THERE)
    hidden = carry((*HERE[:2], Mark(645, "Biology", hidden=True)), THERE)
    for refused in (few, twice, hidden):
        assert isinstance(refused, str)
        assert refused == "the two outlines share 2 marks; at least 3 are needed"
    swapped = carry(marks((0, "Introduction"), (341, "Biology"), (645, "Neural networks")), THERE)
    assert isinstance(swapped, str)
    assert "do not follow each other alike" in swapped
    assert isinstance(carry(marks((0, "a"), (0, "b"), (5, "c")), marks((0, "a"), (1, "b"), (5, "c"))), str)


LISTS = st.lists(st.tuples(st.floats(0, 20000), st.sampled_from("abcdefgh")), max_size=10)


@settings(max_examples=examples(300))
@given(LISTS, st.lists(st.floats(-8, 400), min_size=8, max_size=8), st.floats(-100, 21000))
def test_a_mapped_time_lies_between_its_marks(there: list[tuple[float, str]], offsets: list[float], at: float) -> None:
    """Whatever the outlines; and what is carried keeps its order."""
    here = [(start + offsets["abcdefgh".index(title)], title) for start, title in there]
    found = carry(marks(*here), marks(*there))
    if isinstance(found, str):
        return
    one, later = found.at(at), found.at(at + 1)
    if isinstance(one, Carried):
        assert one.before.there <= at <= one.after.there
        assert one.before.here <= one.time <= one.after.here
        assert abs(one.time - at - (one.before.offset + one.after.offset) / 2) <= 2.5 + 1e-6
        if isinstance(later, Carried):
            assert one.time <= later.time
