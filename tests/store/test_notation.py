"""What the store keeps as JSON comes back as it was, whatever texts and numbers are in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.store.notation import read, write

TEXTS = st.text(st.characters(codec=None))
"""With halves of characters, as broken file names have them."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@settings(derandomize=True, deadline=None)
@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    """Written by either, it is read alike, so that a database of an earlier version is no other."""
    assert read(write(value)) == value == read(json.dumps(value))


@settings(derandomize=True, deadline=None)
@given(st.dictionaries(TEXTS, st.integers(), min_size=2))
def test_equal_values_are_written_alike(value: dict[str, int]) -> None:
    """In whatever order they were made."""
    assert write(value) == write(dict(reversed(value.items())))


@pytest.mark.parametrize("text", ["", "{", "[1,", '{"a": }', "nothing"])
def test_what_is_no_json_is_told(text: str) -> None:
    """The store makes anew what is damaged."""
    with pytest.raises(ValueError, match="Expecting"):
        read(text)
