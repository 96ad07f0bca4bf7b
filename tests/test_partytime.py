"""An independent consumer, the npm package podcast-partytime, reads what we publish as it reads the source."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.corpus import needs_corpus
from tests.test_contract import prepare, well_formed
from tests.workshop import BASE

HERE = Path(__file__).parent / "partytime"
MODULES = Path(os.environ.get("PARTYTIME", HERE)) / "node_modules"

pytestmark = [
    needs_corpus,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not here"),
    pytest.mark.skipif(
        not MODULES.is_dir(), reason="podcast-partytime is not here (npm ci in tests/partytime, or set PARTYTIME)"
    ),
]


def read(paths: list[Path], target: Path) -> list[list[dict[str, Any]]]:
    """Give what the consumer finds in each feed."""
    subprocess.run(
        ["node", HERE / "read.cjs", target, *paths],  # noqa: S607 whichever node is installed
        env={**os.environ, "NODE_PATH": str(MODULES)},
        capture_output=True,
        check=True,
    )
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [line["path"] for line in lines] == [str(path) for path in paths]
    return [line["items"] for line in lines]


def test_a_consumer_finds_the_same_items_and_our_chapters(tmp_path: Path) -> None:
    """Same items, guids, enclosures, persons and transcripts as in the source, and the chapters that we added."""
    shop = prepare(tmp_path, well_formed(), "mirror", "publisher")
    reports = shop.run()
    sources = well_formed()
    outputs = [shop.output / f"feed-{number}.xml" for number in range(len(sources))]
    added = 0
    found = zip(read(sources, tmp_path / "before"), read(outputs, tmp_path / "after"), strict=True)
    for number, (source, (before, after)) in enumerate(zip(sources, found, strict=True)):
        assert len(before) == len(after), source.name
        for old, new in zip(before, after, strict=True):
            # An empty guid is the publisher's; only where there is none does the enclosure stand in.
            assert new["guid"] in ({old["guid"]} if old["guid"] else {"", old["enclosure"]}), source.name
            assert (new["title"], new["enclosure"]) == (old["title"], old["enclosure"]), source.name
            assert (new["persons"], new["transcripts"]) == (old["persons"], old["transcripts"]), source.name
            assert new["chapters"] == old["chapters"] or new["chapters"].startswith(f"{BASE}/feed-{number}/chapters/")
        ours = sum(new["chapters"] != old["chapters"] for old, new in zip(before, after, strict=True))
        assert ours <= reports[f"feed-{number}"]["chapters"], source.name
        added += ours
    assert added > len(sources)
