"""The day that a title may end with: "Field Notes #44 | March 14, 2024", "Folge 57 vom 14.03.2024"."""

from __future__ import annotations

import re

_LEADS = r"(?:vom|of|from|du|del|de|от)\s"
_AT_END = re.compile(
    rf"(?<=\S)(?:\s?[|·:–—,(（\[]\s?|\s[-–—]\s|\s(?={_LEADS}))(?:{_LEADS})?(?P<day>[^|·:–—()（）\[\]]{{6,40}})[)）\]]?\s*$"
)


def part_end(title: str) -> tuple[str, str]:
    """Part a title from what stands behind its last separator and may be a day; "" where there is none."""
    found = _AT_END.search(title)
    return (title[: found.start()], found["day"].strip()) if found else (title, "")
