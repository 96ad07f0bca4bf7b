"""SSRF: no spelling of a private address is connected to, not by name, by redirect, nor by DNS rebinding."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.errors import FetchError
from enricher.http.client import Client, ClientSettings
from enricher.http.private_networks import BlockedError, PublicNetwork, is_public, look_up
from enricher.http.transport import authorities
from tests.examples import examples
from tests.hostile.answers import NEW, answer, head
from tests.hostile.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.hostile.server import Talk

AUTHORITIES = authorities()
PRIVATE = [
    "0.0.0.0",  # noqa: S104 asked for, not listened on
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "2606:4700::5efe:10.0.0.1",
    "2606:4700::200:5efe:127.0.0.1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%lo",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = (
    "8.8.8.8",
    "168.63.129.17",
    "2606:4700::5efe:8.8.8.8",
    "93.184.215.14",
    "::ffff:8.8.8.8",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
)

SPELLINGS = (
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0X7F.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "127.0.0.0x1",
    "127.0.0.1%00.example.com",
    "000127.000.000.001",
    "0",
    "0.0.0.0",  # noqa: S104 nothing listens here
    "0x0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[::1%25lo]",
    "[fe80::1%25lo]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "127\u30020\u30020\u30021",
    "%31%32%37.0.0.1",
    "127.0.0.1\u00ad",
    "\uff4cocalhost",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
    "127.0.0.1#@example.com",
    "127.0.0.1?@example.com",
    "127.0.0.1\\@example.com",
    "example.com\\@127.0.0.1",
    "127.0.0.1:80@127.0.0.1",
    " 127.0.0.1",
    "127.0.0.1\t",
)


@pytest.fixture
def server() -> Iterator[Server]:
    """Open a door that may be knocked at, and traps on every address of this machine that may not."""

    def redirect(talk: Talk) -> None:
        target = talk.request.path.partition("?")[2]
        talk.send(head(302, "Content-Length: 0")[:-2] + b"Location: " + bytes.fromhex(target) + b"\r\n\r\n")

    with Server({"feed": answer(), "to": redirect}) as server:
        server.open("http")
        server.open("trap")
        with suppress(OSError):
            server.open("trap6", "::1")
        yield server
        assert [name for name, door in server.doors.items() if name.startswith("trap") and door.connections] == []


def fetcher(server: Server, *names: str) -> Client:
    """Make a fetcher that may use these doors."""
    pairs = tuple(server.doors[name].pair for name in names)
    return Client(ClientSettings(allow_private=pairs, deadline=5.0, connect_timeout=2.0), tls=AUTHORITIES)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    """Loopback, private, link-local, CGNAT, multicast, documentation, 6to4, NAT64, v4-mapped and the like."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    """What the internet can reach may be reached."""
    assert is_public(address)


@settings(max_examples=examples(300))
@given(st.ip_addresses(v=4))
def test_what_is_private_stays_private_inside_ipv6(address: object) -> None:
    """As v4-mapped or ISATAP an IPv4 address is judged as itself; as NAT64 or v4-compatible it is never public."""
    assert is_public(f"2606:4700::200:5efe:{address}") == is_public(str(address))
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert not is_public(f"64:ff9b::{address}")
    assert not is_public(f"::{address}")


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "1.2.3.4.5", "0x7f000001", "::g", "[::1]"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    """Only the two canonical forms are addresses."""
    assert not is_public(text)


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("way", ["straight", "redirect"])
def test_no_spelling_of_a_private_address_is_connected_to(server: Server, host: str, way: str) -> None:
    """Written into the configuration or into a redirect, in every spelling; the traps count connections."""
    for name in ("trap", "trap6"):
        if name not in server.doors:
            continue
        port = server.doors[name].pair.rpartition(":")[2]
        url = f"http://{host}:{port}/feed"
        if way == "redirect":
            url = f"http://{server.doors['http'].pair}/to?{url.encode().hex()}"
        with fetcher(server, "http") as one, pytest.raises(FetchError):
            one.fetch(url)


@pytest.mark.parametrize("address", [one for one in PRIVATE if "%" not in one])
def test_names_that_lead_inwards_are_not_connected_to(address: str) -> None:
    """A name is judged by every address that it has, wherever among them the private one stands."""
    for order in itertools.permutations(["93.184.215.14", address]):
        with pytest.raises(BlockedError, match=r'private network.*allow_private = \["[^"]+:\d+"\]'):
            PublicNetwork(resolve=lambda _host, _port, order=order: order).checked("feeds.example", 80)  # type: ignore[misc]


def test_a_name_that_changes_between_check_and_connection_gains_nothing(server: Server) -> None:
    """The address that was checked is the one that is connected to: the name is resolved once for a connection."""
    asked = []

    def rebinding(host: str, port: int) -> Iterable[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) > 1 else ["198.41.0.4"]

    class NoWire(httpcore.SyncBackend):
        def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.NetworkStream:
            reached.append(host)
            raise httpcore.ConnectError

    reached: list[str] = []
    network = PublicNetwork(resolve=rebinding)
    network._backend = NoWire()  # noqa: SLF001 the wire itself is the door that is faked
    port = int(server.doors["trap"].pair.rpartition(":")[2])
    with pytest.raises(httpcore.ConnectError):
        network.connect_tcp("feeds.example", port)
    assert reached == ["198.41.0.4"]
    assert len(asked) == 1
    with pytest.raises(BlockedError):
        network.connect_tcp("feeds.example", port)
    assert reached == ["198.41.0.4"]


def test_rebinding_at_the_second_hop_gains_nothing(server: Server) -> None:
    """A redirect to a name is checked anew, though the name was good at the first hop."""
    port = server.doors["http"].pair.rpartition(":")[2]
    trap = server.doors["trap"].pair.rpartition(":")[2]
    settings_ = ClientSettings(allow_private=(f"feeds.example:{port}",), deadline=5.0)
    with Client(settings_, resolve=lambda _host, _port: ["127.0.0.1"]) as one:
        assert one.fetch(f"http://feeds.example:{port}/feed").document
        target = f"http://feeds.example:{trap}/feed".encode().hex()
        with pytest.raises(BlockedError):
            one.fetch(f"http://feeds.example:{port}/to?{target}")


def test_single_addresses_can_be_opened(server: Server) -> None:
    """As the URL writes them, or by address; the next port stays shut, and the name and host stay as they are."""
    pair = server.doors["http"].pair
    port = pair.rpartition(":")[2]
    for allowed, url in (
        (pair, f"http://{pair}/feed"),
        (f"localhost:{port}", f"http://localhost:{port}/feed"),
        (f"LOCALHOST:{port}", f"http://localhost:{port}/feed"),
    ):
        with Client(ClientSettings(allow_private=(allowed,)), resolve=lambda _host, _port: ["127.0.0.1"]) as one:
            document = one.fetch(url).document
            assert document
            assert document.body == NEW
    assert server.requests[-1].headers["host"] == f"localhost:{port}".encode()
    with fetcher(server, "http") as one, pytest.raises(BlockedError, match="allow_private"):
        one.fetch(f"http://{server.doors['trap'].pair}/feed")
    by_address = ClientSettings(allow_private=(pair,))
    with Client(by_address, resolve=lambda _host, _port: ["127.0.0.1"]) as one:
        assert one.fetch(f"http://feeds.example:{port}/feed").document
    with (
        Client(by_address, resolve=lambda _host, _port: ["127.0.0.1", "10.0.0.1"]) as one,
        pytest.raises(BlockedError),
    ):
        one.fetch(f"http://feeds.example:{port}/feed")


def test_the_next_address_is_tried_where_one_does_not_answer(server: Server) -> None:
    """A name with a dead address first."""
    port = server.doors["http"].pair.rpartition(":")[2]
    names = (f"feeds.example:{port}",)
    with Client(ClientSettings(allow_private=names), resolve=lambda _host, _port: ["127.0.0.2", "127.0.0.1"]) as one:
        assert one.fetch(f"http://feeds.example:{port}/feed").document


def test_a_name_without_address_and_a_slow_name_server_are_errors() -> None:
    """No address, an error of the system, a name that no DNS can carry, and no answer within the time that is left."""
    with pytest.raises(httpcore.ConnectError):
        PublicNetwork(resolve=lambda _host, _port: []).connect_tcp("feeds.example", 80)

    def unknown(_host: str, _port: int) -> Iterable[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(httpcore.ConnectError):
        PublicNetwork(resolve=unknown).checked("feeds.example", 80)
    with pytest.raises(httpcore.ConnectError):
        PublicNetwork(resolve=look_up).checked("a" * 300 + ".example", 80)
    done = threading.Event()

    def slow(_host: str, _port: int) -> Iterable[str]:
        done.wait(10)
        return ["93.184.215.14"]

    network = PublicNetwork(resolve=slow)
    network.deadline = time.monotonic() + 0.05
    with pytest.raises(httpcore.ConnectTimeout):
        network.checked("feeds.example", 80)
    done.set()


def test_sockets_of_this_machine_are_no_web_addresses() -> None:
    """A Unix socket is never opened."""
    with pytest.raises(BlockedError):
        PublicNetwork().connect_unix_socket("/run/docker.sock")


def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would be asked for the address in our place, and check nothing."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{server.doors['trap'].pair}")
    with fetcher(server, "http") as one:
        assert one.fetch(f"http://{server.doors['http'].pair}/feed").document
