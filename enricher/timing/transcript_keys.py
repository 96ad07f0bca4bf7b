"""What the keys of records in a transcript's data mean: when, how long, what was said, and who said it."""

from __future__ import annotations

import re
from functools import lru_cache

_UNITS = {"ms": 1e-3, "msec": 1e-3, "msecs": 1e-3, "millis": 1e-3, "milliseconds": 1e-3, "ticks": 1e-7, "nanos": 1e-9,
          "s": 1.0, "sec": 1.0, "secs": 1.0, "seconds": 1.0}  # fmt: skip
_UNIT = rf"(?:in)?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})?"
_OF = "(?:data|audio|media|segment|cue|word|utterance|result|time|t|d)?"
_ROLES = tuple(
    (role, rank, re.compile(pattern))
    for role, rank, pattern in (
        (
            "start",
            0,
            rf"{_OF}(?:start|begin|from)(?:ning|time|timestamp|ts|at)?{_UNIT}|in|timein|intime|tcin|timecodein|bgn?|st",
        ),
        ("start", 1, rf"{_OF}(?:ts|time|timestamp|timecode|tc|at|t|m){_UNIT}"),
        ("start", 2, rf"{_OF}(?:start|begin)?offset(?:start|begin)?{_UNIT}"),
        (
            "end",
            0,
            rf"{_OF}(?:end|to|stop|until)(?:ing|time|timestamp|ts|at)?{_UNIT}|out|timeout|outtime|tcout|timecodeout|ed|et",
        ),
        ("end", 2, rf"{_OF}(?:end|stop)?offset(?:end|stop)?{_UNIT}"),
        ("length", 0, rf"{_OF}(?:duration|dur|length|d){_UNIT}"),
        ("text", 0, "punctuatedword|punct"),
        (
            "text",
            1,
            "te?xt|tx|body|content|transcript|sentence|caption|line|speech|subtitle|dialogue|said|utterance|written|onebest",
        ),
        ("text", 2, "word|value|display|utf8|token|term|simpletext"),
        ("text", 3, "name|lexical|alignedword"),
        ("speaker", 0, "voice|speakername|who|author|participant"),
        ("speaker", 1, "speaker|speakerlabel|speakerid|speakertag|spk|person"),
    )
)


@lru_cache(maxsize=1024)
def role_of(key: str) -> tuple[str, int, float | None]:
    """Return what a key's value is, how surely (0 is best), and its unit in seconds where the key says it."""
    name = re.sub(r"[\W_]+", "", key[:60]).casefold()
    for role, rank, pattern in _ROLES:
        if found := pattern.fullmatch(name):
            return role, rank, _UNITS.get(found.groupdict().get("unit") or "")
    return "", 9, None
