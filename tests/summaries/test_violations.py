"""What a summary document has wrong is said in words for people, with its path in the document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from enricher.errors import SummaryError
from enricher.summaries.document import read_summary


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"title": None}, "title: expected text, not null"),
        ({"title": "  "}, "title: is empty; expected text"),
        ({"title": ["A"]}, "title: expected text, not a list"),
        ({"version": 2}, "version: expected 1, not 2"),
        ({"published": "soon"}, "published: expected a date such as 2024-05-02, not “soon”"),
        ({"published": "2024-05-02T10:00:00"}, "published: expected a date such as 2024-05-02, not “2024-05-02T10"),
        ({"published": "x" * 99}, "published: expected a date such as 2024-05-02, not this text"),
        ({"duration": True}, "duration: expected a number, not true"),
        ({"duration": -1.5}, "duration: expected 0 or more, not -1.5"),
        ({"duration": 1e12}, "duration: expected 10,000,000 or less, not 1e+12"),
        ({"number": 1.5}, "number: expected a whole number, not 1.5"),
        ({"source": "me"}, "source: expected an object in { }, not “me”"),
        ({"people": {"a": 1}}, "people: expected a list in [ ], not an object in { }"),
        ({"citations": {"0": {}}}, "citations: expected a number from 1 to 9999 in quotes as the key"),
        ({"clips": [{"title": "A", "start": 9, "end": 3}]}, "clips[0]: ends before it starts"),
        ({"topics": [{"title": "A", "passages": [{"kind": "x", "text": "y"}]}]},
         "topics[0].passages[0].kind: expected “text” or “quote”, not “x”"),
        ({"topics": [{"titel": "A"}]}, "topics[0].titel: unknown key; did you mean “title”?"),
        ({"topics": [{"title": "A", "passages": [{"kind": "text", "text": 5}]}]},
         "topics[0].passages[0].text: expected text, not 5"),
        ({"clips": [{}]}, "clips[0].title: is missing"),
        ({"citations": {"3": {"start": -1}}}, "citations.3.start: expected 0 or more, not -1"),
        ({"citations": {"3": {"start": 5, "end": 1}}}, "citations.3: ends before it starts"),
        ({"qqqq": 1}, "qqqq: unknown key; known here: version, title, podcast"),
    ],
)  # fmt: skip
def test_a_violation_is_said_in_words(keys: dict[str, Any], said: str) -> None:
    """What was expected, and what stands there."""
    with pytest.raises(SummaryError) as caught:
        read_summary("a.json", json.dumps({"title": "A"} | keys).encode())
    assert said in str(caught.value)
    assert "input should" not in str(caught.value).lower()
