"""An S3 server on loopback (moto) that notes every request, and answers with 503 from the one on that a test says."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.request import Request, urlopen

from enricher.model.output import ObjectStoreSettings
from tests.loopback import Listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from http.server import HTTPServer

    from obstore.store import S3Store

BUCKET = "shows"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA0123456789ABCDEF", "AWS_SECRET_ACCESS_KEY": "s3cr3t-0123456789-s3cr3t-0123456789"}


@dataclass
class StoreServer(Listening):
    """Used in a `with`; it has one bucket, empty."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path, with its query, of every request."""
    fails_after: int | None = None
    """How many requests more are answered; None: all of them."""
    fails_with: str = "503 Service Unavailable"

    def make_server(self) -> HTTPServer:
        """Make it."""
        from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 takes a second
            DomainDispatcherApplication,
            create_backend_app,
        )
        from werkzeug.serving import make_server  # noqa: PLC0415 the same

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._app = DomainDispatcherApplication(create_backend_app)
        return make_server("127.0.0.1", 0, self._answer, threaded=True)

    def __enter__(self) -> Self:
        """Begin to listen, with an empty bucket."""
        super().__enter__()
        self.clear()
        return self

    @property
    def endpoint(self) -> str:
        """Its address."""
        return self.url("")

    @property
    def settings(self) -> ObjectStoreSettings:
        """What is configured of it."""
        return ObjectStoreSettings(endpoint=self.endpoint, region="us-east-1", timeout=1)

    def clear(self) -> None:
        """Empty the bucket."""
        self.fails_after = None
        self._call("POST", "/moto-api/reset")
        self._call("PUT", f"/{BUCKET}")
        self.asked.clear()

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """Give every object below a prefix, by its path without that."""
        start = f"{prefix}/" if prefix else ""
        found = {key: one.value for key, one in self._keys() if key.startswith(start)}
        return {key.removeprefix(start): found[key] for key in sorted(found)}

    def headers(self, key: str) -> dict[str, str]:
        """Give what the store says of an object, by lower-case name."""
        return {name.lower(): value for name, value in self._other().get(key).attributes.items()}

    def put(self, key: str, body: bytes) -> None:
        """Write an object as somebody else."""
        self._other().put(key, body)
        self.asked.pop()

    def delete(self, key: str) -> None:
        """Delete an object as somebody else."""
        self._other().delete(key)
        self.asked.pop()

    def age(self, key: str, seconds: float) -> None:
        """Let an object have been written so long ago."""
        for name, one in self._keys():
            if name == key:
                one.last_modified -= timedelta(seconds=seconds)

    def counted(self) -> dict[str, int]:
        """Count the requests since the last time by method; a GET with a query is a listing."""
        found: dict[str, int] = {}
        for method, path in self.asked:
            what = "LIST" if "list-type" in path else method
            found[what] = found.get(what, 0) + 1
        self.asked.clear()
        return found

    def _other(self) -> S3Store:
        from obstore.store import S3Store  # noqa: PLC0415 an extra

        keys = {name.removeprefix("AWS_").lower(): value for name, value in KEYS.items()}
        config: Any = {"endpoint": self.endpoint, "region": "us-east-1", **keys}
        return S3Store(BUCKET, config=config, client_options={"allow_http": True})

    def _keys(self) -> Iterable[tuple[str, Any]]:
        from moto.s3.models import s3_backends  # noqa: PLC0415 takes a second

        return list(s3_backends["123456789012"]["aws"].buckets[BUCKET].keys.items())

    def _call(self, method: str, path: str) -> None:
        with urlopen(Request(self.endpoint + path, method=method)):  # noqa: S310 on loopback
            self.asked.pop()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"] + (f"?{query}" if query else "")))
        if self.fails_after is not None:
            self.fails_after -= 1
            if self.fails_after < 0:
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                start(self.fails_with, [("Content-Type", "application/xml")])
                return [b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"]
        answer: Iterable[bytes] = self._app(environ, start)
        return answer
