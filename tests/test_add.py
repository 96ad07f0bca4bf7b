"""`enricher add`: what a person with an address and an empty folder meets, over real sockets."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enricher.config_edit import NEW, name_for, with_feeds
from enricher.errors import ConfigError
from tests.hostile.answers import feed
from tests.loopback import Loopback
from tests.workshop import Workshop

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

RICH = b"""<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
<title>Field &amp; Notes</title>
<item><title>Two</title><guid>2</guid><pubDate>Thu, 02 May 2024 06:00:00 GMT</pubDate>
<podcast:chapters url="https://a.example/2.json" type="application/json+chapters"/></item>
<item><title>One</title><guid>1</guid><pubDate>Wed, 01 May 2024 06:00:00 GMT</pubDate>
<podcast:transcript url="https://a.example/1.vtt" type="text/vtt"/>
<description>00:00 Opening&lt;br&gt;05:12 The dance&lt;br&gt;21:40 The quorum</description></item>
</channel></rss>"""
COMMENTED = """\
# mine
base_url = "https://feeds.example.com"   # behind nginx
allow_private = ["{host}"]

[[feed]]
name = "old"  # the first
url  = "old.xml"

[defaults]  # in the middle
listed = true
"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    """Serve a feed, a page that names it, a page that names two, and a list."""
    with Loopback() as server:
        link = '<link rel="alternate" type="application/rss+xml" href="{}">'
        page = "<!DOCTYPE html><html><head>{}</head></html>"
        outline = f'<outline text="A"><outline type="rss" xmlUrl="{server.url("/rich.xml")}"/></outline>'
        dead = f'<outline xmlUrl="{server.url("/dead.xml")}"/>'
        server.pages |= {
            "/rich.xml": RICH,
            "/bees.xml": feed(3, 2, 1, title="Bees"),
            "/page": page.format(link.format("/rich.xml")).encode(),
            "/bare": page.format("<link rel=alternate type=application/rss+xml href=/bees.xml>").encode(),
            "/none": page.format('<link rel="alternate" hreflang="de" href="/de">').encode(),
            "/two": page.format(link.format("/rich.xml") + link.format("bees.xml")).encode(),
            "/list.opml": f'<opml version="2.0"><body>{outline}{dead}</body></opml>'.encode(),
        }
        yield server


@pytest.fixture
def shop(tmp_path: Path, server: Loopback) -> Workshop:
    """Give a folder with a configuration that allows the server."""
    (tmp_path / "old.xml").write_bytes(feed(1, title="Old"))
    (tmp_path / "config.toml").write_text(COMMENTED.format(host=server.host), "utf-8")
    (tmp_path / "summaries").mkdir()
    return Workshop(tmp_path)


def config_of(shop: Workshop) -> str:
    """Read the configuration as it lies there."""
    return (shop.folder / "config.toml").read_bytes().decode()


def added(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Read what `--json` printed of each feed."""
    feeds: list[dict[str, Any]] = json.loads(done.stdout)["feeds"]
    return feeds


def test_an_empty_folder_becomes_a_working_one(tmp_path: Path) -> None:
    """One command makes the configuration and the summaries folder, and the next one publishes."""
    (tmp_path / "rich.xml").write_bytes(RICH)
    shop = Workshop(tmp_path)
    done = shop.call("add", "rich.xml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        (
            "field-notes: “Field & Notes”, 2 items, the newest of 2024-05-02; "
            "1 with chapters, 1 with a transcript, 1 with times in the notes"
        ),
        f"written to {tmp_path}/config.toml; next: enricher run",
    ]
    assert config_of(shop) == f'{NEW}\n[[feed]]\nname = "field-notes"\nurl  = "rich.xml"\n'
    run = shop.call("run")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert shop.published("field-notes").findtext("title") == "Field & Notes (highlights)"
    assert shop.call("check").returncode == 0


def test_a_configuration_keeps_its_comments_and_layout(shop: Workshop, server: Loopback) -> None:
    """What is added stands at the end, and nothing else differs; the program reads both feeds."""
    before = config_of(shop)
    done = shop.call("add", server.url("/rich.xml"), server.url("/bees.xml"))
    assert (done.returncode, done.stderr) == (0, "")
    feeds = (("field-notes", "/rich.xml"), ("bees", "/bees.xml"))
    tables = [f'[[feed]]\nname = "{name}"\nurl  = "{server.url(path)}"\n' for name, path in feeds]
    assert config_of(shop) == before + "\n" + "\n".join(tables)
    run = shop.call("run", "--json")
    assert [one["outcome"] for one in json.loads(run.stdout)["feeds"]] == ["published"] * 3


@pytest.mark.parametrize("spelling", ["{}", " feed:{} ", "pcast:{}", "{}?utm_source=x"])
def test_an_address_that_is_there_is_not_doubled(shop: Workshop, server: Loopback, spelling: str) -> None:
    """In whatever spelling it comes; nothing is requested, and the file stays as it is."""
    shop.call("add", server.url("/rich.xml"))
    before, asked = config_of(shop), len(server.asked)
    done = shop.call("add", spelling.format(server.url("/rich.xml")))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"field-notes: is configured already ({server.url('/rich.xml')}")
    assert (config_of(shop), len(server.asked)) == (before, asked)


def test_a_page_that_names_one_feed_gives_it(shop: Workshop, server: Loopback) -> None:
    """It is said which; a page that names two does not say which is meant."""
    done = shop.call("add", server.url("/page"), server.url("/two"))
    assert done.returncode == 1
    told = f"  {server.url('/page')} is a web page, and this is its feed: {server.url('/rich.xml')}"
    assert told in done.stdout.splitlines()
    two = f"{server.url('/two')}: is a web page that names 2 feeds; add the one that you mean:"
    assert done.stderr == f"{two} {server.url('/rich.xml')} {server.url('/bees.xml')}\n"
    assert [one["url"] for one in tomllib.loads(config_of(shop))["feed"]] == ["old.xml", server.url("/rich.xml")]


def test_a_page_is_read_as_browsers_do(shop: Workshop, server: Loopback) -> None:
    """Attributes without quotes; a page that names none is refused."""
    done = shop.call("add", server.url("/bare"), server.url("/none"))
    assert f"and this is its feed: {server.url('/bees.xml')}" in done.stdout
    assert "this is a web page, not a feed; look there for the feed's own address" in done.stderr


@pytest.mark.parametrize("place", ["file", "server"])
def test_a_list_gives_its_feeds(shop: Workshop, server: Loopback, place: str) -> None:
    """Each by itself: one that is dead costs itself alone."""
    (shop.folder / "list.opml").write_bytes(server.pages["/list.opml"])
    done = shop.call("add", "--json", "list.opml" if place == "file" else server.url("/list.opml"))
    assert done.returncode == 1
    assert [(one["outcome"], one["name"]) for one in added(done)] == [("added", "field-notes"), ("failed", None)]
    error = f"{server.url('/dead.xml')}: the server answered 404: there is nothing at this address; tried again later"
    assert done.stderr == error + "\n"
    assert added(done)[1]["error"] == error
    assert [one["name"] for one in tomllib.loads(config_of(shop))["feed"]] == ["old", "field-notes"]


def test_names_are_told_apart(shop: Workshop, server: Loopback) -> None:
    """Two shows of one title have two names."""
    server.pages["/again.xml"] = RICH
    done = shop.call("add", "--json", server.url("/rich.xml"), server.url("/again.xml"))
    assert [one["name"] for one in added(done)] == ["field-notes", "field-notes-2"]


def test_a_secret_needs_a_word(shop: Workshop, server: Loopback) -> None:
    """Without `--private` nothing is requested or written, and the secret is not printed; with it, it is private."""
    url = server.url("/rich.xml?auth=sw0rdf1shyQ")
    before = config_of(shop)
    done = shop.call("add", url)
    assert (done.returncode, done.stdout, server.asked) == (1, "", [])
    assert "it holds a secret, so the feed is for you alone; to add it as such, say --private" in done.stderr
    assert config_of(shop) == before
    (shop.folder / "config.toml").chmod(0o600)
    done = shop.call("add", "--private", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "sw0rdf1shyQ" not in done.stdout
    assert tomllib.loads(config_of(shop))["feed"][1] == {"name": "field-notes", "url": url, "private": True}
    assert (shop.folder / "config.toml").stat().st_mode & 0o777 == 0o600


def test_a_new_file_with_a_secret_is_its_owners(tmp_path: Path, server: Loopback) -> None:
    """Nobody else on the machine reads it; an address inside the own network needs `allow_private` still."""
    done = Workshop(tmp_path).call("add", "--private", server.url("/rich.xml?token=sw0rdf1shyQ"))
    assert (done.returncode, server.asked) == (1, [])
    assert "leads into a private network" in done.stderr
    assert not (tmp_path / "config.toml").exists()
    (tmp_path / "rich.xml").write_bytes(RICH)
    done = Workshop(tmp_path).call("add", "--private", "rich.xml")
    assert 'there is none; add secret = "${NAME}"' in done.stderr


def test_a_move_is_offered(shop: Workshop, server: Loopback) -> None:
    """A feed that says where it went is told; where redirects lead for good is what is written."""
    moved = "<itunes:new-feed-url xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>https://new.example/f.xml"
    server.pages["/bees.xml"] = feed(1, title="Bees", more=f"{moved}</itunes:new-feed-url>")
    server.moved["/old"] = server.url("/bees.xml")
    done = shop.call("add", "--json", server.url("/old"))
    (one,) = added(done)
    assert (one["outcome"], one["url"], one["feed"]["moved_to"]) == (
        "added",
        server.url("/bees.xml"),
        "https://new.example/f.xml",
    )
    assert "has moved for good" in one["notes"][0]
    assert "it says that it has moved to https://new.example/f.xml" in one["notes"][1]


def test_a_dry_run_writes_nothing(shop: Workshop, server: Loopback, tmp_path: Path) -> None:
    """It shows the same; with no configuration none is made."""
    before = config_of(shop)
    done = shop.call("add", "--dry-run", server.url("/rich.xml"))
    assert (done.returncode, done.stdout.count("\n"), config_of(shop)) == (0, 1, before)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert Workshop(empty).call("add", "--dry-run", str(tmp_path / "old.xml")).returncode == 0
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base_url = 1\n", "config.toml:1: base_url: expected"),
        ("[[feed]\n", "this is not TOML"),
        ("summaries = []\n", "base_url: is missing"),
    ],
)
def test_a_broken_configuration_is_left_alone(shop: Workshop, text: str, said: str) -> None:
    """Exit 78, and the file is as it was."""
    (shop.folder / "config.toml").write_text(text, "utf-8")
    done = shop.call("add", "old.xml")
    assert done.returncode == 78
    assert said in done.stderr
    assert config_of(shop) == text


def test_a_configuration_without_feeds_gets_its_first(shop: Workshop) -> None:
    """Where `run` would miss a [[feed]], it is what is added; a link is followed, not replaced."""
    (shop.folder / "config.toml").rename(shop.folder / "real.toml")
    (shop.folder / "real.toml").write_text('base_url = "https://feeds.example.com"', "utf-8")
    (shop.folder / "config.toml").symlink_to("real.toml")
    (shop.folder / "summaries").rmdir()
    assert "or say: enricher add URL" in shop.call("run").stderr
    assert shop.call("add", "old.xml").returncode == 0
    assert (shop.folder / "config.toml").is_symlink()
    assert (shop.folder / "summaries").is_dir()
    assert tomllib.loads(config_of(shop))["feed"] == [{"name": "old", "url": "old.xml"}]


# The text of the configuration

_LINES = st.lists(
    st.sampled_from(
        ["# [[feed]]", "", "  ", "timeout = 9 # s", 'contact = """a\n[[feed]]"""', "[defaults]", "listed = true",
         "[[feed]]", 'name = "a"', "url='x'", 'aliases = ["[[feed]]"]'],
    )
)  # fmt: skip


@given(_LINES, st.sampled_from(["\n", "\r\n"]), st.text(st.characters(codec="utf-8"), max_size=20), st.booleans())
def test_whatever_stands_there_stands_there_still(lines: list[str], newline: str, url: str, end: bool) -> None:
    """The text begins as it did; what TOML reads of it is what it was, and the new feeds. Else it is refused."""
    text = newline.join(['base_url = "https://feeds.example.com"', *lines]) + newline * end
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    feeds: list[dict[str, str | bool]] = [{"name": "b", "url": url}, {"name": "c", "url": "c.xml", "private": False}]
    try:
        after = with_feeds(Path("config.toml"), text, feeds)
    except ConfigError:
        return
    assert after.startswith(text.rstrip("\r\n"))
    assert tomllib.loads(after) == before | {"feed": [*before.get("feed", []), *feeds]}


def test_a_list_of_feeds_on_one_line_is_refused() -> None:
    """TOML allows no [[feed]] beside `feed = [ … ]`."""
    text = 'base_url = "https://a.example"\nfeed = [{name = "a", url = "a.xml"}]\n'
    with pytest.raises(ConfigError, match="write each as a"):
        with_feeds(Path("config.toml"), text, [{"name": "b", "url": "b.xml"}])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Field Notes", "field-notes"),
        ("Café Crème – l’été", "cafe-creme-lete"),
        ("It’s Not Always Special", "its-not-always-special"),
        ("شرح السنة للكرماني", "feeds-example"),
        ("ラジオ 24", "feeds-example"),
        ("1865", "1865"),
        ("taken", "taken-2"),
        ("", "feeds-example"),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word"),
    ],
)
def test_a_name_comes_from_the_title(title: str, name: str) -> None:
    """Lower-case letters, digits and hyphens; the host where the title has none of them."""
    assert name_for(title, "feeds.example", {"taken"}) == name
