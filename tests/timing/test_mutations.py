"""Transcripts that were damaged, cut, mixed or made to be slow: cues in order or a refusal, in linear time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.errors import TranscriptError
from enricher.timing.plain_transcript import plain_transcript
from enricher.timing.quote_search import Index
from enricher.timing.transcript import read_transcript
from tests.examples import examples
from tests.growth import grows_faster
from tests.timing.test_formats import ALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from enricher.model.timeline import Transcript

SCRAPS = st.sampled_from(
    ["", "\n", "\0", "{", "}", "[", "]", '"', ":", ",", "<", ">", "-->", "\t", "null", "1e999", "-1", "99:99:99",
     "\ud800", "00:00:01", '"start":', "[]", "{}", "<p begin='1s'>", "</p>", "&#0;", "true", "\u0661", "\ufeff", "NaN",
     "1" * 400],
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), SCRAPS), max_size=6)


def read(text: str, kind: str = "") -> Transcript | None:
    """Read what can be read."""
    try:
        return read_transcript(text.encode("utf-8", "surrogatepass"), kind, "x")
    except TranscriptError:
        return None


@settings(max_examples=examples(300))
@given(st.sampled_from(sorted(ALL)), CHANGES, st.sampled_from(sorted(ALL)), st.booleans())
def test_a_damaged_transcript_gives_cues_in_order_or_is_refused(
    name: str, changes: list[tuple[float, int, str]], other: str, mixed: bool
) -> None:
    """Pieces lost, put in, or of another maker: nothing else is raised, and words follow one another."""
    text = ALL[name]
    for share, length, scrap in changes:
        at = int(share * len(text))
        text = text[:at] + scrap + text[at + length :]
    if mixed:
        text = text[: len(text) // 2] + ALL[other][len(ALL[other]) // 2 :]
    plain_transcript("x.json", text.encode("utf-8", "surrogatepass"))
    found = read(text)
    if found is None:
        return
    starts, ends = [cue.start for cue in found.cues], [cue.end for cue in found.cues]
    assert starts == sorted(starts)
    assert all(0 <= start <= end < 2e7 for start, end in zip(starts, ends, strict=True))
    assert all(len(cue.starts) in {0, len(cue.text.split())} and cue.text for cue in found.cues)
    Index(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                ["start", "end", "text", "words", "alternatives", "speaker", "offset", "time", "duration", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=examples(300))
@given(JSON)
def test_any_data_gives_cues_or_is_refused(data: object) -> None:
    """Whatever stands where a time, a text or a list was meant."""
    read(json.dumps(data))


SLOW: dict[str, Callable[[int], str]] = {
    "subtitles": lambda n: "00:00:01,000 --> 00:00:02,000\nhello there\n\n" * n,
    "rolling captions": lambda n: "".join(f"00:{i % 60:02}:01,000 --> 00:59:02,000\nsame\nsame\n\n" for i in range(n)),
    "one caption": lambda n: "00:00:01,000 --> 00:00:02,000\n" + "a b\n" * n,
    "arrows": lambda n: "00:00:01,000 --" * n,
    "lines": lambda n: "".join(f"{i // 60 % 60}:{i % 60:02} hello there\n" for i in range(n)),
    "falling times": lambda n: "".join(f"{(n - i) // 60 % 999}:{(n - i) % 60:02} hello\n" for i in range(n)),
    "one line": lambda n: "1:00 " * n,
    "digits": lambda n: "1:11:" * n + "1" * n,
    "brackets": lambda n: "[" * n + "{" * n,
    "open objects": lambda n: '{"a":' * n,
    "broken records": lambda n: '[{"start": 1, "text": "a"}, {bad}' + ', {"start": 2, "text": "b"}' * n,
    "records": lambda n: json.dumps([{"start": i, "text": "hello there"} for i in range(n)]),
    "words": lambda n: json.dumps([{"start": i, "end": i + 1, "text": "hello"} for i in range(n)]),
    "a quotation": lambda n: '{"a": "' + '\\"' * n,
    "elements in elements": lambda n: "<p begin='1s'>" * n + "x",
    "elements": lambda n: "<p begin='1s'>hello there</p>" * n,
    "times in elements": lambda n: "<b>1:00</b> hello " * n,
    "open tags": lambda n: "<" * n + "a" * n,
    "a table": lambda n: "start\tend\ttext\n" + "1\t2\thello\n" * n,
    "a cell without an end": lambda n: 'start,text\n1,"' + "a\n" * n,
    "angles": lambda n: "00:00:01,000 --> 00:00:02,000\n" + "<v " * n,
    "names": lambda n: "Aa " * n + "1:00",
}


@pytest.mark.parametrize("name", SLOW)
def test_no_transcript_takes_quadratic_time(name: str) -> None:
    """Eight times as much takes less than twenty-four times as long."""
    small, large = SLOW[name](2_000), SLOW[name](16_000)
    assert not grows_faster(lambda: read(large), lambda: read(small), 24)
