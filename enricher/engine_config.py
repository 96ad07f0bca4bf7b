"""`[engine]` of config.toml: where shares of the feeds are done, and what does not go with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enricher.config_faults import Fault

Scheduler = Annotated[
    str,
    Meta(pattern=r"^(?:tcp|tls|ws|wss|ucx)://[^\s/]+:[0-9]+\Z", description="an address such as tcp://10.0.0.5:8786"),
]


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Where shares of the feeds are done; the fields are the keys of `[engine]`."""

    kind: Literal["local", "dask"] = "local"
    """Processes of this machine, or workers of a Dask cluster."""
    scheduler: Scheduler | None = None
    """The address of Dask's scheduler; None: a cluster of this machine alone, for one run."""
    shares: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    """How many shares the hosts are divided into; None: as many as the cluster does well with."""


def wrong_engine(engine: EngineConfig, table: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what does not go together: keys of the two engines, and many machines over a file of one."""
    if engine.kind == "local":
        for name in ("scheduler", "shares"):
            if getattr(engine, name) is not None:
                yield ("engine", name), 'is for kind = "dask"; for processes of this machine say `workers` at the top'
        return
    if table["workers"] is not None:
        yield ("workers",), "is for processes of this machine; the engine dask has `shares` under [engine]"
    if engine.scheduler and table["database"].lower().startswith("sqlite"):
        said = "expected one that all machines reach, such as postgresql+psycopg://…"
        yield ("database",), f"the engine dask with a scheduler needs PostgreSQL; {said}"
