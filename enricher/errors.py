"""The tree of errors, each with the exit code that it ends the program with.

What is wrong with an item is a `Problem`, a value; with a feed, a `FeedError` that the pipeline turns into a report;
with the whole run, any other `EnricherError`. Messages say what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

BUG = 70
"""The exit code after an exception that nobody expected, and its traceback: EX_SOFTWARE of sysexits.h."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should know and that spoiled nothing else."""

    message: str
    item: str | None = None
    """The item's title, if it concerns one."""

    def __str__(self) -> str:
        """One line."""
        return f"{self.item}: {self.message}" if self.item else self.message


class EnricherError(Exception):
    """Anything that is reported in one line, without a traceback."""

    exit_code = 1


class ConfigError(EnricherError):
    """The configuration cannot be used: a line for every fault, with its key and what was expected."""

    exit_code = 78  # EX_CONFIG of sysexits.h


class UsageError(EnricherError):
    """A command was given something that does not exist, such as an unknown feed name."""

    exit_code = 2  # as click exits for unknown options


class LockedError(EnricherError):
    """Another run holds the lock, of this machine's or of the database's."""

    def __init__(self) -> None:
        super().__init__("another run is under way; this one does nothing")

    exit_code = 75  # EX_TEMPFAIL of sysexits.h; deploy/enricher.service counts it as success


class StoreError(EnricherError):
    """The database cannot be used."""


class SummaryError(EnricherError):
    """A summary document cannot be read: where in the document, and why."""


class TranscriptError(EnricherError):
    """A transcript cannot be read: no line of speech with a time is in it."""


class FeedError(EnricherError):
    """One feed cannot be republished now; the others go on."""


class HeldError(FeedError):
    """The source cannot be trusted now: what is published stays, and the next run tries again."""


class FetchError(HeldError):
    """A document could not be fetched."""

    asked = True
    """Whether a server received a request, and so has to be left in peace for a while."""


class SourceError(HeldError):
    """What was fetched is no feed that can be republished."""


class EmptyError(SourceError):
    """It is a feed, and has no items."""


class RefusedError(FeedError):
    """The source must never be republished, such as our own output (C14)."""


class LossError(FeedError):
    """A bug of ours: the generated feed would have lost something of the source, so it was not published."""


class PublishError(FeedError):
    """The output folder could not be written."""
