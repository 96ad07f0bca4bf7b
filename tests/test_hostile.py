"""Whatever a server does, what was published stays right, and nothing inside is reached."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from enricher import redaction
from enricher.feed.xml import PREFIXES, parse_strict
from enricher.http.client import Client, ClientSettings
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts, host_key
from enricher.model.feed import FeedConfig
from enricher.pipeline.republish import republish
from enricher.pipeline.tools import Tools
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher
from enricher.store.database import memory
from enricher.store.store import Store
from tests.corpus import few_fast
from tests.documents import holds
from tests.hostile import cases, feeds
from tests.hostile.answers import answer, head
from tests.hostile.server import Server, tls_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.edition import Report
    from tests.hostile.cases import Case
    from tests.hostile.server import Request

CASES = (*cases.CASES, *feeds.CASES)
GROUPS = cases.GROUPS | feeds.GROUPS
NOW = 1_800_000_000.0
HOUR = 3600.0
NEVER_SHOWN = "hunter2hunter2x"
TABLE = Path(__file__).parent.parent / "docs" / "hostile-server.md"
HELD_IN_WORDS = {
    "published": "published",
    "unchanged": "the last good feed stands",
    "held": "held: the last good feed stands",
    "failed": "refused: the last good feed stands",
}


@pytest.fixture(autouse=True)
def secrets_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide what the configuration would hide, for one test."""
    monkeypatch.setattr(redaction, "_hidden", set())
    redaction.hide([NEVER_SHOWN])


@dataclass
class House:
    """The server, and who trusts it."""

    server: Server
    tls: ssl.SSLContext
    good: set[str]
    """Cases whose server behaves, for now."""


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Open every door that the cases knock at."""
    good: set[str] = set()

    def play(case: Case) -> object:
        before = answer(200, 'ETag: "one"', body=case.good)
        return lambda talk: before(talk) if talk.name in good else case.behave(talk)

    authority, stranger = trustme.CA(), trustme.CA()
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    with Server({case.name: play(case) for case in CASES}) as server:  # type: ignore[misc]
        for name in ("http", "other", "trap"):
            server.open(name)
        server.open("tls", tls=tls_of(authority.issue_cert("127.0.0.1")))
        server.open("tls-name", tls=tls_of(authority.issue_cert("feeds.example")))
        expired = authority.issue_cert("127.0.0.1", not_before=past, not_after=past + dt.timedelta(days=9))
        server.open("tls-expired", tls=tls_of(expired))
        server.open("tls-unknown", tls=tls_of(stranger.issue_cert("127.0.0.1")))
        server.open("tls-plain", greet=_plain)
        server.open("tls-silence", greet=_silent)
        server.open("tls-reset", greet=_reset)
        if socket.has_ipv6 and _has_ipv6():
            server.open("ipv6", "::1")
        closed = server.open("closed")
        closed_pair = closed.listening.getsockname()
        closed.listening.shutdown(socket.SHUT_RDWR)
        closed.listening.close()
        server.doors["closed"] = replace(closed, listening=_Closed(closed_pair))  # type: ignore[arg-type]
        yield House(server, trusted, good)
        assert server.doors["trap"].connections == 0, "something inside was reached"


class _Closed:
    """A port that nobody listens on."""

    def __init__(self, name: tuple[str, int]) -> None:
        self._name = name

    def getsockname(self) -> tuple[str, int]:
        """Give the port."""
        return self._name

    def shutdown(self, _how: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def _plain(sock: socket.socket) -> bool:
    sock.recv(1)
    sock.sendall(head(400))
    return False


def _silent(sock: socket.socket) -> bool:
    while sock.recv(65536):
        pass
    return False


def _reset(sock: socket.socket) -> bool:
    sock.recv(5)
    return False


class Trial:
    """One case, played with a store and an output of its own."""

    def __init__(self, house: House, case: Case, folder: Path) -> None:
        self.house, self.case = house, case
        pairs = {name: door.pair for name, door in house.server.doors.items()}
        self.output = folder / "public"
        scheme = "https" if case.door.startswith("tls") else "http"
        self.url = f"{scheme}://me:{NEVER_SHOWN}@{pairs.get(case.door, '')}/{case.name}?key={NEVER_SHOWN}"
        self.good_url = f"http://me:{NEVER_SHOWN}@{pairs['http']}/{case.name}?key={NEVER_SHOWN}"
        allowed = tuple(pair for name, pair in pairs.items() if name != "trap")
        self.feed = FeedConfig(case.name, self.url, "https://feeds.example")
        self.store = Store(memory())
        self.settings = ClientSettings(
            max_size=3_000_000,
            connect_timeout=0.3,
            read_timeout=0.25,
            deadline=0.5,
            allow_private=allowed,
        )
        # Whoever is published after all is waited for on a loaded machine, too.
        self.patient = replace(self.settings, connect_timeout=30.0, read_timeout=30.0, deadline=60.0)
        if case.patient or case.must == "published":
            self.settings = self.patient

    def run(self, url: str, now: float, settings: ClientSettings | None = None) -> Report:
        """Republish the feed from an address."""
        feed = replace(self.feed, url=url)
        with Client(settings or self.settings, tls=self.house.tls) as client:
            hosts = Hosts(self.store.host_waits(), self.store.save_host_wait)
            fetcher = Fetcher(client, self.store, hosts, self.settings.max_size)
            result = republish(feed, Tools(fetcher, self.store, Publisher(Folder(self.output))), now)
        self.store.save_feed(feed.name, result.state, result.documents, now, result.stored)
        return result.report

    def published(self) -> bytes:
        """Give what is published, nothing where nothing is."""
        path = self.output / f"{self.case.name}.xml"
        return path.read_bytes() if path.exists() else b""

    def requests(self) -> list[Request]:
        """Give what was asked of the server."""
        return [one for one in self.house.server.requests if one.path.split("?")[0].split("/")[1] == self.case.name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_whatever_a_server_does(
    house: House, case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """After a good edition the server does what it does: what was published stays right, and no secret gets out."""
    if case.door not in house.server.doors:
        pytest.skip("this machine has no IPv6")
    trial = Trial(house, case, tmp_path)
    house.good.add(case.name)
    # The good edition comes from the case's own address wherever that door can be used at all.
    usable = case.door in {"http", "tls", "ipv6"}
    assert trial.run(trial.url if usable else trial.good_url, NOW, trial.patient).outcome == "published"
    house.good.discard(case.name)
    before, asked = trial.published(), len(trial.requests())

    report = trial.run(trial.url, NOW + HOUR)

    assert report.outcome == case.must, report.error
    assert case.says in (report.error or "")
    assert (b"show-5" in trial.published()) == (case.must == "published")
    assert any(case.told in str(problem) for problem in report.problems) or not case.told, report.problems
    if case.must != "published":
        assert trial.published() == before
    elif case.holds:
        assert parse_strict(trial.published()).xpath(case.holds, namespaces=dict(PREFIXES)) is True, trial.published()
    assert NEVER_SHOWN.encode() not in trial.published()
    assert trial.store.host_waits().get(host_key("127.0.0.1"), 0.0) == (
        NOW + HOUR + case.waits if case.waits is not None else 0.0
    )
    assert NEVER_SHOWN not in "\n".join([str(report), caplog.text, *capfd.readouterr()])
    _judge_requests(trial.requests()[asked:])


HELD = [one for one in CASES if one.must == "held"]
# What differs from the test above begins behind the refusal: one case of each group and outcome does.
FIRST_OF_GROUP = list({(case.group, case.new): case for case in reversed(HELD)}.values())


@pytest.mark.parametrize(
    "case",
    few_fast([*FIRST_OF_GROUP, *(one for one in HELD if one not in FIRST_OF_GROUP)], len(FIRST_OF_GROUP)),
    ids=lambda case: case.name,
)
def test_a_first_visit_that_goes_wrong_publishes_nothing(house: House, case: Case, tmp_path: Path) -> None:
    """Where no edition stands, the feed has failed, and no file is made; what has every item is a feed like any."""
    trial = Trial(house, case, tmp_path)
    report = trial.run(trial.url, NOW)
    if case.new:
        assert report.outcome == "published"
        return
    assert report.outcome == "failed"
    assert trial.published() == b""


@pytest.mark.parametrize("name", ["moved-301", "pages"])
def test_a_password_goes_wherever_the_feed_is_on_its_own_host(house: House, name: str, tmp_path: Path) -> None:
    """To where it has moved for good, asked directly from the second time on, and to its further pages."""
    trial = Trial(house, next(case for case in CASES if case.name == name), tmp_path)
    asked = len(trial.requests())
    for n in range(2):
        assert trial.run(trial.url, NOW + n * HOUR).outcome in {"published", "unchanged"}
    requests = trial.requests()[asked:]
    assert all("authorization" in request.headers for request in requests)
    assert len(requests) == {"moved-301": 3, "pages": 4}[name]


def _judge_requests(requests: list[Request]) -> None:
    """See that no request says more than it should, and that a password goes to its own host alone."""
    for request in requests:
        assert request.raw.startswith(b"GET /")
        assert not {"cookie", "referer", "from", "origin"} & request.headers.keys()
        assert request.headers["accept-encoding"] == b"gzip"
        assert ("authorization" in request.headers) == (request.door == requests[0].door)
        assert NEVER_SHOWN.encode() not in request.raw.partition(b"\r\n")[2]


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    """At least 60, in the groups that the table has."""
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.group for case in CASES} == set(GROUPS)


def test_the_table_of_cases_is_current() -> None:
    """The table in docs is made from the cases; WRITE_DOCS=1 writes it anew."""
    holds(TABLE, _table(), "tests/test_hostile.py")


def _table() -> str:
    lines = [
        "# What servers do, and what the program makes of it",
        "",
        f"The {len(CASES)} behaviours of the hostile server in `tests/hostile`, each played over real sockets by",
        "`tests/test_hostile.py`, which makes this table (`WRITE_DOCS=1 pytest tests/test_hostile.py`).",
        "Before each a good edition was published. Where none stands yet, “held” is “failed”; nothing is published.",
    ]
    for group, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| case | the server | the program |", "|---|---|---|"]
        for case in CASES:
            if case.group == group:
                wait = "" if case.waits is None else f"; the host is left alone for {case.waits:,.0f} s"
                does = case.does.replace("|", "\\|")
                told = ", and tells it" if case.told else ""
                lines.append(f"| {case.name} | {does} | {HELD_IN_WORDS[case.must]}{wait}{told} |")
    return "\n".join(lines) + "\n"
