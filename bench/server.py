"""A web server for measuring: many loopback hosts, feeds that change when they are asked for, in a process of its own.

`python -m bench.server HOSTS FOLDER SECONDS` prints its port and serves until its standard input ends. `/N.xml` is
feed.xml of the folder; where N can be divided by ten it has another item at every request, PLAIN has no validators, and
all others are answered with 304. Every answer comes so many seconds late, as from afar.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.subjects import ROOT, edited

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGING = 10
PLAIN, SAME = 1_000_001, 1_000_003
"""Feeds that do not change, without and with validators."""


def hosts(count: int) -> list[str]:
    """Give so many loopback addresses."""
    return [f"127.0.1.{n}" for n in range(1, count + 1)]


@contextmanager
def serving(count: int, folder: Path, delay: float = 0.0) -> Iterator[int]:
    """Serve in a process of its own; give the port."""
    command = [sys.executable, "-m", "bench.server", str(count), str(folder), str(delay)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin  # noqa: S101 both are pipes
        assert process.stdout  # noqa: S101 both are pipes
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


class Site:
    """What all hosts serve."""

    def __init__(self, body: bytes, delay: float) -> None:
        self._body, self._asked, self._delay = body, 0, delay

    def answer(self, head: bytes) -> bytes:
        """Answer one request by its head."""
        number = int(head.split(b" ", 2)[1].strip(b"/").partition(b".")[0])
        changing = number % CHANGING == 0
        if number == PLAIN:
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(self._body), self._body)
        if not changing and b"\r\nif-none-match:" in head.lower():
            return b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
        self._asked += changing
        body = edited(self._body, self._asked) if changing else self._body
        tag = b'"%d"' % (self._asked if changing else 1)
        return b"HTTP/1.1 200 OK\r\nETag: %b\r\nContent-Length: %d\r\n\r\n%b" % (tag, len(body), body)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what comes over one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if self._delay:
                    await asyncio.sleep(self._delay)
                writer.write(self.answer(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


async def _main(count: int, folder: Path, delay: float) -> None:
    site = Site((folder / "feed.xml").read_bytes(), delay)
    names = hosts(count)
    first = await asyncio.start_server(site.serve, names[0], 0)
    port = first.sockets[0].getsockname()[1]
    for name in names[1:]:
        await asyncio.start_server(site.serve, name, port)
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
