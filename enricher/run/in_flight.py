"""Which feeds are being made: noted beside the output folder, so that the run after a killed one knows.

For many machines it is noted in the database, as `store.in_flight` has it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from enricher.model.edition import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from enricher.config import Config
    from enricher.store.in_flight import InFlightTable
    from enricher.store.store import Store


_BEGUN, _ENDED = "begun", "ended"


class InFlight:
    """A file of lines `begun NAME` and `ended NAME`; several processes append to it, the run deletes it at its end.

    A file that is there when a run begins was left by a run that was killed, or ended by its watchdog.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, state: Path) -> InFlight:
        """Return that of an output (`Config.local_state`)."""
        return cls(state.parent / f".{state.name}.running")

    def begin(self, name: str) -> None:
        """Note that a feed is being made."""
        self._append(f"{_BEGUN} {name}\n")

    def end(self, name: str, outcome: Outcome) -> None:
        """Note that a feed has its report."""
        self._append(f"{_ENDED} {name} {outcome}\n")

    def exists(self) -> bool:
        """Check whether a run was killed, or is under way."""
        return self.path.exists()

    def forget(self, names: Collection[str]) -> None:
        """Do nothing: who begins such a feed again says so."""

    def _append(self, line: str) -> None:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            return  # the next run knows less, and a folder that cannot be written is told where it matters
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def read(self) -> tuple[set[str], dict[str, Outcome]]:
        """Return the names of feeds that were being made and not ended, and the outcomes of those that ended."""
        begun, ended = set[str](), dict[str, Outcome]()
        try:
            lines = self.path.read_text("utf-8", "replace").splitlines()
        except OSError:
            lines = []
        for line in lines:
            what, name, *outcome = line.split(" ")
            if what == _BEGUN:
                begun.add(name)
            elif outcome:
                ended[name] = outcome[0]  # type: ignore[assignment] # what `end` wrote
        return begun - ended.keys(), ended

    def clear(self) -> None:
        """Begin anew."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(b"")

    def close(self) -> None:
        """Delete the file: the run ended in order."""
        self.path.unlink(missing_ok=True)


def in_flight_of(config: Config, store: Store) -> InFlight | InFlightTable:
    """Return where a configuration's runs note which feeds are being made."""
    return store.in_flight(config.base_url) if config.engine.kind == "dask" else InFlight.beside(config.local_state)
