"""Where feeds are published: a folder, or a prefix of a bucket in an object store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Self

from msgspec import Meta

from enricher.model.feed import Text, WebUrl

# A prefix of other characters would stand percent-encoded in the addresses of the files.
_ADDRESS = re.compile(r"(s3|gs|az)://([A-Za-z0-9][A-Za-z0-9._-]*)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)/?")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A prefix of a bucket: `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`."""

    kind: str
    """"s3", "gs" or "az"."""
    name: str
    prefix: str = ""
    """Without slashes at its ends."""

    @classmethod
    def of(cls, address: str) -> Self | None:
        """Return the bucket that an address names, None where it names none."""
        found = _ADDRESS.fullmatch(address)
        return cls(found[1], found[2], found[3].strip("/")) if found else None

    @property
    def slug(self) -> str:
        """A name for files: `s3-bucket-prefix`."""
        return "-".join(filter(None, (self.kind, self.name, *self.prefix.split("/"))))

    def __str__(self) -> str:
        """Its address."""
        return f"{self.kind}://{self.name}" + (f"/{self.prefix}" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class ObjectStoreSettings:
    """How an object store is reached: the keys of `[object_store]`. Credentials come from the environment."""

    endpoint: WebUrl | None = None
    """The address of a store that is not the provider's own; plain http where it says so."""
    region: Text | None = None
    virtual_hosted: bool = False
    """S3: the bucket stands in the host of `endpoint` and not in the path."""
    timeout: Annotated[int, Meta(ge=1, le=600)] = 30
    """The most seconds that one request may take; one that fails is repeated for so long."""


def wrong_output(output: object, settings: ObjectStoreSettings) -> str:
    """Return what is wrong with the `output` of a configuration, empty where nothing is."""
    if "://" in str(output):
        if Bucket.of(str(output)) is None:
            return "expected a folder or s3://bucket/prefix (gs://, az://), of letters, digits, dots, dashes and _"
    elif settings != ObjectStoreSettings():
        return (
            "expected the address of a bucket, such as s3://bucket/prefix, since [object_store] says how it is reached"
        )
    return ""
