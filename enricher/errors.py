"""The tree of errors, each with the exit code that it ends the program with.

An item's trouble is a `Problem` (a value); a feed's is a `FeedError` that `pipeline.py` turns
into a report; the program's is any other `EnricherError`. Messages say what to do.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know that spoiled nothing else."""

    message: str
    item: str | None = None
    """The item's title, where it concerns one."""

    def __str__(self) -> str:
        """One line."""
        return f"{self.item}: {self.message}" if self.item else self.message


class EnricherError(Exception):
    """Anything that this program reports in one line, without a traceback."""

    exit_code = 1


class ConfigError(EnricherError):
    """The configuration cannot be used: says the key, the line where known, and what was expected."""

    exit_code = 78


class UsageError(EnricherError):
    """A command was called with something that does not exist, such as an unknown feed name."""

    exit_code = 2


class LockedError(EnricherError):
    """Another run holds the lock."""

    exit_code = 75


class StoreError(EnricherError):
    """The database cannot be used."""


class SummaryError(EnricherError):
    """A summary document cannot be read: says where in the document and why."""


class TranscriptError(EnricherError):
    """A transcript cannot be read: nothing in it is a line of speech with a time."""


class FeedError(EnricherError):
    """One feed cannot be republished now; the other feeds go on."""


class HeldError(FeedError):
    """The source is not to be trusted now: what was published stays, and the next run tries again."""


class FetchError(HeldError):
    """A document could not be fetched."""

    asked = True
    """Whether a server was asked; else none has to be left in peace."""


class SourceError(HeldError):
    """What was fetched is no feed that can be republished."""


class RefusedError(FeedError):
    """The source must not be republished at all, such as our own output."""


class LossError(FeedError):
    """Our own bug: the generated feed would have lost something, so it was not published."""


class PublishError(FeedError):
    """The output folder could not be written."""
