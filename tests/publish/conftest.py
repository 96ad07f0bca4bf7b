"""The places where files are published: a folder, and a prefix of a bucket."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from enricher.model.output import Bucket, ObjectStoreSettings
from enricher.publish.outputs import publisher_of
from tests.object_store import BUCKET, KEYS, StoreServer

if TYPE_CHECKING:
    from pathlib import Path

    from enricher.publish.publisher import Publisher

PREFIX = "a/b"


class Place(Protocol):
    """Where files are published, and what somebody else may do there."""

    def publisher(self, *, dry: bool = False) -> Publisher:
        """Make a publisher that has seen nothing yet."""

    def listing(self) -> dict[str, bytes]:
        """Give every file's bytes."""

    def put(self, path: str, body: bytes) -> None:
        """Write a file."""

    def delete(self, path: str) -> None:
        """Delete a file."""

    def age(self, path: str, seconds: float) -> None:
        """Let a file have been written so long ago."""


@dataclass
class FolderPlace:
    """A folder."""

    root: Path

    def publisher(self, *, dry: bool = False) -> Publisher:
        """Make a publisher."""
        return publisher_of(self.root, ObjectStoreSettings(), dry=dry)

    def listing(self) -> dict[str, bytes]:
        """Read every file."""
        paths = sorted(self.root.rglob("*"))
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths if path.is_file()}

    def put(self, path: str, body: bytes) -> None:
        """Write a file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(body)

    def delete(self, path: str) -> None:
        """Delete a file."""
        (self.root / path).unlink()

    def age(self, path: str, seconds: float) -> None:
        """Set its time."""
        at = (self.root / path).stat().st_mtime - seconds
        os.utime(self.root / path, (at, at))


@dataclass
class BucketPlace:
    """A prefix of a bucket."""

    server: StoreServer
    kind: str

    def publisher(self, *, dry: bool = False) -> Publisher:
        """Make a publisher."""
        return publisher_of(Bucket(self.kind, BUCKET, PREFIX), self.server.settings, dry=dry)

    def listing(self) -> dict[str, bytes]:
        """Read every object; nothing is beside the prefix."""
        assert all(key.startswith(f"{PREFIX}/") for key in self.server.objects())
        return self.server.objects(PREFIX)

    def put(self, path: str, body: bytes) -> None:
        """Write an object."""
        self.server.put(f"{PREFIX}/{path}", body)

    def delete(self, path: str) -> None:
        """Delete an object."""
        self.server.delete(f"{PREFIX}/{path}")

    def age(self, path: str, seconds: float) -> None:
        """Set its time."""
        self.server.age(f"{PREFIX}/{path}", seconds)


@pytest.fixture
def server(running: StoreServer, monkeypatch: pytest.MonkeyPatch) -> StoreServer:
    """Empty the store, and give the environment its keys."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    running.clear()
    return running


@pytest.fixture(params=["folder", "s3", "gs"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Give each, one after the other; Google's XML interface, which obstore uses, is that of S3."""
    if request.param == "folder":
        return FolderPlace(tmp_path / "public")
    monkeypatch.setenv("GOOGLE_BEARER_TOKEN", "0123456789")
    return BucketPlace(request.getfixturevalue("server"), request.param)
