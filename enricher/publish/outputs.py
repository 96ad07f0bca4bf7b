"""The configured `output` as the storage that it is."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from enricher.model.output import Bucket, ObjectStoreSettings


def publisher_of(
    output: Path | Bucket,
    settings: ObjectStoreSettings,
    *,
    dry: bool = False,
    idle: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Publisher:
    """Return what publishes into a folder or a bucket; `idle` surrounds every wait for a store's answer.

    Raises PublishError where the environment has unusable settings of the store.
    """
    if isinstance(output, Path):
        return Publisher(Folder(output), dry=dry)
    from enricher.publish.object_store import BucketPrefix  # an extra, which takes 0.03 s to load

    return Publisher(BucketPrefix(output, settings, idle), dry=dry)
