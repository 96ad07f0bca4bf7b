"""config.toml: every fault has its key, its line and what was expected, and every path is relative to the file."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from enricher.config import load
from enricher.errors import ConfigError
from enricher.model.feed import FeedConfig
from enricher.model.output import Bucket, ObjectStoreSettings
from enricher.redaction import redact
from tests.growth import calls
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from enricher.config import Config

GOOD = 'base_url = "https://feeds.example.com"\n[[feed]]\nname = "one"\nurl = "one.xml"\n'
FEED = "<rss version='2.0'><channel><title>One</title><item><title>A</title><guid>a</guid></item></channel></rss>"

FAULTS = {
    "malformed": (GOOD + "title =\n", ":5: this is not TOML: invalid value, at column 8"),
    "cut short": (GOOD + 'x = """', ":5: this is not TOML: unterminated string"),
    "unknown key": (GOOD + 'lable = "x"\n', ":5: feed.lable of “one”: unknown key; did you mean “label”?"),
    "unknown at the top": ('outptu = "x"\n' + GOOD, ":1: outptu: unknown key; did you mean “output”?"),
    "unknown in defaults": (
        'base_url = "https://a.example"\n[defaults]\nnotes_limits = 9\n[[feed]]\nname = "a"\nurl = "a.xml"\n',
        ":3: defaults.notes_limits: unknown key; did you mean “notes_limit”?",
    ),
    "unknown table": (GOOD + "[feeds]\nx = 1\n", ":5: feeds: unknown key; did you mean “feed”?"),
    "unlike any key": (
        GOOD + "zzzzzz = 1\n",
        "feed.zzzzzz of “one”: unknown key; known here: name, url, mode, listed",
    ),
    "no text": (GOOD.replace('"one.xml"', "5"), ":4: feed.url of “one”: expected text, not 5"),
    "no yes or no": (GOOD + 'listed = "yes"\n', ":5: feed.listed of “one”: expected true or false, not “yes”"),
    "no list": ('summaries = "here"\n' + GOOD, ":1: summaries: expected a list in [ ], not “here”"),
    "a number in a list": ("summaries = [\n  3]\n" + GOOD, ":1: summaries: expected text, not 3"),
    "no number": ('max_size = "25 MB"\n' + GOOD, ":1: max_size: expected a whole number, not “25 MB”"),
    "no whole number": ("timeout = 2.5\n" + GOOD, ":1: timeout: expected a whole number, not 2.5"),
    "a date": (GOOD + "intro = 2024-05-02\n", ":5: feed.intro of “one”: expected text, not a date or time"),
    "too small": ("timeout = 0\n" + GOOD, ":1: timeout: expected 1 or more, not 0"),
    "too large": ("per_host = 65\n" + GOOD, ":1: per_host: expected 64 or less, not 65"),
    "no choice": (GOOD + 'mode = "mine"\n', ":5: feed.mode of “one”: expected “mirror” or “own”, not “mine”"),
    "empty": (GOOD + 'intro = " "\n', ":5: feed.intro of “one”: expected text on one line"),
    "control character": (GOOD + 'intro = "a\\nb"\n', ":5: feed.intro of “one”: expected text on one line"),
    "a key of another table": (
        "notes_limit = 5\n" + GOOD,
        ":1: notes_limit: belongs under [defaults], or into a [[feed]]",
    ),
    "a key of the file behind a feed": (
        GOOD + "workers = 2\n",
        ":5: feed.workers of “one”: belongs above the first [table] of the file",
    ),
    "a feed's key in defaults": (
        GOOD + '[defaults]\naliases = ["x"]\n',
        ":6: defaults.aliases: belongs into a [[feed]]",
    ),
    "a name of two lines": (GOOD.replace('"one"', '"one\\n"'), ":3: feed.name of feed 1: expected at most 100 lower-"),
    "a base with a line break": (
        GOOD.replace('.com"', '.com\\n"', 1),
        ":1: base_url: expected an absolute http(s) URL without password and query",
    ),
    "a format with a line break": (
        GOOD + 'title = "{title}\\n"\n',
        ":5: feed.title of “one”: expected text whose only",
    ),
    "a pair with a line break": ('allow_private = ["a:1\\n"]\n' + GOOD, ":1: allow_private: expected host:port"),
    "an address that cannot be read": (
        GOOD.replace("one.xml", "http://[x]/"),
        ":4: feed.url of “one”: expected a URL whose host and port can be read",
    ),
    "a base that cannot be read": (
        GOOD.replace("https://feeds.example.com", "http://[x]/"),
        ":1: base_url: expected a URL whose host and port can be read",
    ),
    "a base without a good port": (
        GOOD.replace("https://feeds.example.com", "http://a.example:99999"),
        ":1: base_url: expected a URL whose host and port can be read",
    ),
    "a hub that cannot be read": (
        'base_url = "https://a.example"\n[defaults]\nhub = "http://[x]/"\n[[feed]]\nname = "a"\nurl = "a.xml"\n',
        ":3: defaults.hub: expected a URL whose host and port can be read",
    ),
    "a heartbeat that cannot be read": (
        'heartbeat = "http://[x]/"\n' + GOOD,
        ":1: heartbeat: expected a URL whose host and port can be read",
    ),
    "a database without a file": ('database = "sqlite://"\n' + GOOD, ":1: database: expected a database address"),
    "a database of no name": ('database = "sqlite:///"\n' + GOOD, ":1: database: expected a database address"),
    "a database in memory": ('database = "sqlite:///:memory:"\n' + GOOD, ":1: database: expected a database address"),
    "a database on a host": ('database = "sqlite://x/y.db"\n' + GOOD, ":1: database: expected a database address"),
    "a password": (
        GOOD.replace("https://", "https://user:pw@", 1),
        "expected an absolute http(s) URL without password",
    ),
    "no address": ('database = "enricher.db"\n' + GOOD, ":1: database: expected a database address"),
    "a placeholder": (
        GOOD + 'label = "by {who}"\n',
        ":5: feed.label of “one”: expected text whose only placeholder is {source}",
    ),
    "a file's name": (GOOD.replace('"one"', '"One Show"'), ":3: feed.name of “One Show”: expected at most 100 lower-"),
    "a long name": (GOOD.replace('"one"', '"' + "a" * 101 + '"'), "expected at most 100 lower-case letters, digits"),
    "no bucket": (
        'output = "s3://"\n' + GOOD,
        ":1: output: expected a folder or s3://bucket/prefix (gs://, az://), of letters",
    ),
    "another scheme of the output": (
        'output = "https://bucket.example/a"\n' + GOOD,
        ":1: output: expected a folder or s3://bucket/prefix",
    ),
    "a store for a folder": (
        GOOD + '[object_store]\nregion = "auto"\n',
        ": output: expected the address of a bucket, such as s3://bucket/prefix, since [object_store] says how",
    ),
    "unknown in a store": (
        'output = "s3://a"\n' + GOOD + '[object_store]\nendpiont = "https://a.example"\n',
        ":7: object_store.endpiont: unknown key; did you mean “endpoint”?",
    ),
    "a store's wrong value": (
        'output = "s3://a"\n' + GOOD + '[object_store]\nvirtual_hosted = "yes"\n',
        ":7: object_store.virtual_hosted: expected true or false, not “yes”",
    ),
    "a store that is no table": (
        'object_store = "s3"\n' + GOOD,
        ":1: object_store: expected a table, not “s3”",
    ),
    "an output that is read": (
        'output = "notes/public"\nsummaries = ["notes"]\n' + GOOD,
        ":1: output: expected a folder outside of the summaries folder “notes”, which is read whole",
    ),
    "an output that one feed reads": (
        'output = "notes"\n' + GOOD + 'summaries = ["more/../notes"]\n',
        ":1: output: expected a folder outside of the summaries folder “more/../notes”",
    ),
    "a folder of templates that is not there": (
        'templates = "look"\n' + GOOD,
        ":1: templates: expected a folder that exists",
    ),
    "a switch": (GOOD + 'pages = "no"\n', ":5: feed.pages of “one”: expected “on” or “off”, not “no”"),
    "two of a name": (
        GOOD + '[[feed]]\nname = "one"\nurl = "b.xml"\n',
        ":6: feed.name of “one”: another feed has this name; expected each name once",
    ),
    "no base": (GOOD.partition("\n")[2], ":1: base_url: is missing"),
    "a base that is no address": (
        GOOD.replace("https://feeds.example.com", "feeds.example.com"),
        ":1: base_url: expected an absolute http(s) URL without password and query, such as https://feeds.example.com",
    ),
    "headers that are no table": (
        GOOD + 'headers = "Cookie: a"\n',
        ":5: feed.headers of “one”: expected a table, such as { Cookie",
    ),
    "a header of two lines": (
        GOOD + 'headers = { A = "b\\nc" }\n',
        ":5: feed.headers of “one”: expected text on one line",
    ),
    "a header of ours": (
        GOOD + 'headers = { Host = "b" }\n',
        ":5: feed.headers of “one”: expected names of HTTP headers",
    ),
    "a cookie that is nowhere": (
        GOOD + 'headers = { Cookie = "a=${NOWHERE}" }\n',
        ":5: feed.headers of “one”: the environment has no variable NOWHERE",
    ),
    "no feed": (
        'base_url = "https://a.example"\n',
        ":1: feed: is missing; add a [[feed]] table, or say: enricher add URL",
    ),
    "an empty list of feeds": (
        'base_url = "https://a.example"\nfeed = []\n',
        ":2: feed: is missing; add a [[feed]] table, or say: enricher add URL",
    ),
    "a feed without a name": (GOOD.replace('name = "one"\n', ""), ":2: feed.name of feed 1: is missing"),
    "a feed without an address": (GOOD.replace('url = "one.xml"\n', ""), ":2: feed.url of “one”: is missing"),
    "one feed as a table": (GOOD.replace("[[feed]]", "[feed]"), ":2: feed: expected a list of tables: write [[feed]]"),
    "a text for a table": ('defaults = "x"\n' + GOOD, ":1: defaults: expected a table, not “x”"),
    "another scheme": (
        GOOD.replace("one.xml", "ftp://a.example/x"),
        ":4: feed.url of “one”: expected an http(s) URL or a path, not ftp://…",
    ),
    "no host": (GOOD.replace("one.xml", "https:///x"), ":4: feed.url of “one”: expected a URL with a host"),
    "no such variable": (
        GOOD.replace("one.xml", "https://${NOWHERE}/x") + "private = true\n",
        ":4: feed.url of “one”: the environment has no variable NOWHERE",
    ),
    "many machines over a file of one": (
        GOOD + '[engine]\nkind = "dask"\nscheduler = "tcp://a.example:8786"\n',
        ":1: database: the engine dask with a scheduler needs PostgreSQL; expected one that all machines reach",
    ),
    "no address of a scheduler": (
        GOOD + '[engine]\nkind = "dask"\nscheduler = "a.example"\n',
        ":7: engine.scheduler: expected an address such as tcp://10.0.0.5:8786, not “a.example”",
    ),
    "shares of this machine's processes": (
        GOOD + "[engine]\nshares = 2\n",
        ':6: engine.shares: is for kind = "dask"; for processes of this machine say `workers` at the top',
    ),
    "workers of a cluster": (
        "workers = 2\n" + GOOD + '[engine]\nkind = "dask"\n',
        ":1: workers: is for processes of this machine; the engine dask has `shares` under [engine]",
    ),
    "an engine's key at the top": ('kind = "dask"\n' + GOOD, ":1: kind: belongs under [engine]"),
    "no table": ("engine = 3\n" + GOOD, ":1: engine: expected a table, not 3"),
    "no such variable for the database": (
        'database = "postgresql://${NOWHERE}/x"\n' + GOOD,
        ":1: database: the environment has no variable NOWHERE",
    ),
}


def write(folder: Path, text: str) -> Path:
    """Write a configuration and the feed of the good one."""
    (folder / "one.xml").write_text(FEED, "utf-8")
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, text: str, **environ: str) -> Config:
    """Load a configuration."""
    return load(write(folder, text), environ)


def refusal(folder: Path, text: str, **environ: str) -> list[str]:
    """Give the lines of a configuration's refusal."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text, **environ)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_said_with_its_key_line_and_what_was_expected(tmp_path: Path, text: str, said: str) -> None:
    """In one line, without a word of the libraries that found it."""
    lines = refusal(tmp_path, text)
    assert len(lines) == 1
    assert lines[0].startswith(str(tmp_path / "config.toml") + ":")
    assert said in lines[0]
    assert not re.search(r"pydantic|should|Input|Error|dict|instance|\bvalid\b", lines[0])


def test_several_faults_are_said_at_once(tmp_path: Path) -> None:
    """Each in its line, in the file's order, of whatever kind they are."""
    second = '[[feed]]\nname = "two"\nurl = "ftp://a.example"\n[[feed]]\nname = "two"\nurl = "${NOWHERE}"\n'
    wrong = refusal(tmp_path, "max_size = 1\n" + GOOD + 'mode = "x"\nchapter = "off"\n' + second)
    assert [line.partition(": ")[0].rpartition(":")[2] for line in wrong] == ["1", "6", "7"]
    crossed = refusal(tmp_path, GOOD + second)
    assert [line.partition(": ")[0].rpartition(":")[2] for line in crossed] == ["7", "9", "10", "10"]


def test_the_program_ends_with_78_and_says_it_on_standard_error(tmp_path: Path) -> None:
    """For every command that reads a configuration; nothing is written."""
    shop = Workshop(tmp_path)
    write(tmp_path, GOOD + "[[feed]]\nnames = 1\n")
    before = sorted(tmp_path.iterdir())
    for command in (("run",), ("run", "--json"), ("check",), ("status",), ("import", "x.txt"), ("explain", "one")):
        done = shop.call(*command)
        assert (done.returncode, done.stdout) == (78, ""), command
        lines = done.stderr.splitlines()
        assert len(lines) == 3, command
        assert any("config.toml:6: feed.names of feed 2: unknown key; did you mean “name”?" in line for line in lines)
    assert sorted(tmp_path.iterdir()) == before


def test_a_missing_configuration_says_how_to_name_one(tmp_path: Path) -> None:
    """Also where a folder stands in its place."""
    done = Workshop(tmp_path).call("run")
    assert done.returncode == 78
    assert done.stderr == (
        f"{tmp_path}/config.toml: there is no such file; name one with --config, or make one: enricher add URL\n"
    )
    (tmp_path / "config.toml").mkdir()
    done = Workshop(tmp_path).call("run")
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
    assert "config.toml: cannot be read: Is a directory" in done.stderr


@pytest.mark.parametrize(
    ("body", "said"),
    [(GOOD.encode() + b'intro = "\xe9"\n', "expected UTF-8 text"), (GOOD.encode("utf-16"), "expected UTF-8 text")],
)
def test_a_configuration_that_is_not_utf_8_is_refused(tmp_path: Path, body: bytes, said: str) -> None:
    """With the line that it happens in."""
    path = tmp_path / "config.toml"
    path.write_bytes(body)
    with pytest.raises(ConfigError, match=said) as caught:
        load(path, {})
    line = 1 + body[: body.index(b"\xe9" if b"\xe9" in body else b"\xff")].count(b"\n")
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Some editors write one."""
    path = write(tmp_path, "")
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert [feed.name for feed in load(path, {}).feeds] == ["one"]


def test_a_feed_may_say_everything_that_the_defaults_say(tmp_path: Path) -> None:
    """What it does not say it has from [defaults], and what they do not say from the program."""
    text = (
        'base_url = "https://a.example/sub/"\n[defaults]\nchapters = "off"\nintro = "Start"\nlisted = true\n'
        '[[feed]]\nname = "a"\nurl = "https://a.example/feed"\n'
        '[[feed]]\nname = "b"\nurl = "b.xml"\nchapters = "merge"\nlisted = false\nmode = "own"\nnotes = "off"\n'
    )
    one, two = read(tmp_path, text).feeds
    assert (one.chapters, one.intro, one.listed, one.mode, one.notes) == ("off", "Start", True, "mirror", "around")
    assert (two.chapters, two.intro, two.listed, two.mode, two.notes) == ("merge", "Start", False, "own", "off")
    assert one.label == FeedConfig("a", "u", "b").label
    assert one.public_url == "https://a.example/sub/a.xml"


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """Wherever the program is started; absolute ones and those with ~ stay what they are."""
    text = (
        'output = "out/feeds"\ndatabase = "sqlite:///state/x.db"\nsummaries = ["a", "/b", "~/c"]\nmetrics = "m.prom"\n'
        + GOOD
        + 'summaries = ["../own"]\n'
    )
    (tmp_path / "in").mkdir()
    config = read(tmp_path / "in", text)
    home = tmp_path.home()
    assert config.output == tmp_path / "in" / "out" / "feeds"
    assert config.database == f"sqlite:///{tmp_path}/in/state/x.db"
    assert [str(path) for path in config.summaries] == [f"{tmp_path}/in/a", "/b", f"{home}/c"]
    assert config.metrics == tmp_path / "in" / "m.prom"
    assert config.feeds[0].summaries == (f"{tmp_path}/own",)
    assert config.feeds[0].url == f"{tmp_path}/in/one.xml"


def test_many_feeds_are_read_in_a_time_that_grows_with_their_number(tmp_path: Path) -> None:
    """Also where each has a fault: a fault's line once was looked for from the beginning of the file."""

    def calls_of(count: int, url: str) -> int:
        many = "".join(f'[[feed]]\nname = "f{i}"\nurl = {url}\n' for i in range(count))
        path = write(tmp_path, GOOD + many)

        def work() -> None:
            with suppress(ConfigError):
                load(path, {})

        return calls(work)

    for url in ('"https://a.example/1"', "1"):
        assert calls_of(1000, url) < 12 * calls_of(100, url)


def test_a_database_elsewhere_stays_as_it_is_written(tmp_path: Path) -> None:
    """With its password from the environment, which is not shown."""
    text = 'database = "postgresql://me:${WORD}@db.example/x"\n' + GOOD
    config = read(tmp_path, text, WORD="swordfish")
    assert config.database == "postgresql://me:swordfish@db.example/x"
    assert "swordfish" not in repr(config)


def test_the_configuration_is_named_by_option_by_environment_or_by_the_working_folder(tmp_path: Path) -> None:
    """The option wins over the environment; the output lies beside the file that was named."""
    for name in ("here", "option", "variable"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, GOOD)
    shop = Workshop(tmp_path / "here")
    option, variable = str(tmp_path / "option" / "config.toml"), str(tmp_path / "variable" / "config.toml")
    assert shop.call("run", "--config", option, ENRICHER_CONFIG=variable).returncode == 0
    assert sorted(path.parent.parent.name for path in tmp_path.rglob("one.xml") if path.parent.name == "public") == [
        "option"
    ]
    assert shop.call("run", ENRICHER_CONFIG=variable).returncode == 0
    assert (tmp_path / "variable" / "public" / "one.xml").is_file()
    assert not (tmp_path / "here" / "public").exists()
    assert shop.call("run").returncode == 0
    assert (tmp_path / "here" / "public" / "one.xml").is_file()
    assert shop.call("run", "--config", "../option/config.toml").returncode == 0


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        (" https://a.example/feed ", "https://a.example/feed"),
        ("feed:https://a.example/feed", "https://a.example/feed"),
        ("feed://a.example/feed", "https://a.example/feed"),
        ("FEED://http://a.example/feed", "http://a.example/feed"),
        ("podcast://a.example/feed", "https://a.example/feed"),
        ("itpc://a.example/feed", "https://a.example/feed"),
        ("pcast:a.example/feed", "https://a.example/feed"),
    ],
)
def test_an_address_is_taken_as_people_paste_it(tmp_path: Path, pasted: str, meant: str) -> None:
    """From the subscribe button of a page."""
    (tmp_path / "config.toml").write_text(GOOD.replace("one.xml", pasted))
    assert load(tmp_path / "config.toml").feeds[0].url == meant


def test_headers_are_sent_and_never_shown(tmp_path: Path) -> None:
    """Values from the environment, credentials and cookies are hidden; other values are not."""
    headers = 'headers = { Cookie = "a=${CRUMB}; b=l1teral-crumb", X-Plain = "english" }\nuser_agent = "Me/1"\n'
    (tmp_path / "config.toml").write_text(GOOD + headers)
    config = load(tmp_path / "config.toml", {"CRUMB": "choc0late"})
    assert config.feeds[0].sent == {
        "User-Agent": "Me/1",
        "Cookie": "a=choc0late; b=l1teral-crumb",
        "X-Plain": "english",
    }
    assert {"choc0late", "l1teral-crumb"} <= set(config.secrets)
    assert "english" not in config.secrets
    assert "choc0late" not in repr(config)


def test_an_output_may_be_a_bucket(tmp_path: Path) -> None:
    """With how it is reached; its keys in the environment are hidden, and the lock stands beside the configuration."""
    pytest.importorskip("obstore", reason="obstore is not installed: the extra object-store")
    path = tmp_path / "config.toml"
    store = '[object_store]\nendpoint = "http://127.0.0.1:9000"\nregion = "auto"\n'
    path.write_text('output = "s3://shows/a/b/"\n' + GOOD + store)
    secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"  # noqa: S105 the documentation's example
    config = load(path, {"AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "eu-central-1"})
    assert config.output == Bucket("s3", "shows", "a/b")
    assert config.object_store == ObjectStoreSettings("http://127.0.0.1:9000", "auto")
    assert config.local_state == tmp_path / "s3-shows-a-b"
    assert config.secrets == (secret,)
    assert secret not in redact(f"https://a.example/{secret}")


def test_without_the_extra_a_bucket_is_a_fault(tmp_path: Path) -> None:
    """It says what to install."""
    path = tmp_path / "config.toml"
    path.write_text('output = "s3://shows"\n' + GOOD)
    program = (
        "import sys; from pathlib import Path\n"
        "sys.modules['obstore'] = None\n"
        "from enricher.config import load; load(Path(sys.argv[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert f"{path}:1: output: object stores need more than is installed; say: pip install" in done.stderr, done.stderr
    assert "'enricher[object-store]'" in done.stderr
