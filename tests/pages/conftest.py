"""A real browser, and pages served to it: skipped where there is no chromium or no playwright."""

from __future__ import annotations

import io
import shutil
import wave
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from enricher.model.page import ListedShow
from enricher.pages.episode import entry, episode_page, page_name
from enricher.pages.shows import show_pages, site_page
from tests.loopback import Loopback
from tests.pages.samples import SHOW, THEME, episode, item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from enricher.model.page import Episode, Show

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SECONDS = 120
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x04\0\0\0\xb5\x1c\x0c\x02\0\0\0\x0bIDATx\xdac\xfc\xff\x1f\0\x03\3"
    b"\x02\0\xef\xbfA\x9c\0\0\0\0IEND\xaeB`\x82"
)


def silence() -> bytes:
    """Make two minutes of silence that a browser plays and seeks in."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(8000)
        writer.writeframes(b"\x80" * 8000 * SECONDS)
    return file.getvalue()


@dataclass
class Site:
    """The pages of a show on one port, the publisher's audio and cover on another."""

    pages: Loopback
    media: Loopback

    @property
    def show(self) -> Show:
        """The show, with its cover."""
        return replace(SHOW, cover=self.media.url("/cover.png"))

    @property
    def episode(self) -> Episode:
        """An episode with everything, and its audio."""
        return episode(item=item(audio=self.media.url("/12.wav")))

    @property
    def url(self) -> str:
        """The address of the episode's page."""
        return self.pages.url(f"/show/{page_name(self.episode.item)}")

    def put(self, name: str, body: bytes) -> str:
        """Serve a page of the show; give its address."""
        self.pages.pages[f"/show/{name}"] = body
        self.pages.types[f"/show/{name}"] = "text/html; charset=utf-8"
        return self.pages.url(f"/show/{name}")

    def fill(self) -> None:
        """Serve the episode's page, the indexes and what they load."""
        one = self.episode
        self.put(page_name(one.item), episode_page(self.show, one, THEME))
        others = [replace(entry(one), title=title, url="a.html") for title in ("Wasps", "Ünder Ground")]
        for name, body in show_pages(self.show, [entry(one), *others], THEME, search=False):
            self.put(name, body)
        self.put("../index.html", site_page([ListedShow(self.show, "show", 3)], THEME))
        for name, body in (("index.html", self.pages.pages.pop("/show/../index.html")), *THEME.files):
            self.pages.pages[f"/{name}"] = body
        kinds = {"css": "text/css", "js": "text/javascript", "html": "text/html; charset=utf-8"}
        self.pages.types |= {path: kinds[path.rpartition(".")[2]] for path in self.pages.pages}
        self.pages.pages["/favicon.ico"] = PIXEL  # browsers ask by themselves
        self.pages.types["/favicon.ico"] = self.media.types["/cover.png"] = "image/png"
        self.media.pages |= {"/12.wav": silence(), "/cover.png": PIXEL}
        self.media.types["/12.wav"] = "audio/wav"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a browser for all tests."""
    library = pytest.importorskip("playwright.sync_api", reason="playwright is not here (pip install playwright)")
    if CHROMIUM is None:
        pytest.skip("chromium is not here (apt-get install chromium)")
    with library.sync_playwright() as playwright, ExitStack() as stack:
        # Root in a container has no sandbox; audio is played without a device.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--mute-audio"])
        stack.callback(started.close)
        yield started


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve a show."""
    with Loopback() as pages, Loopback() as media:
        served = Site(pages, media)
        served.fill()
        yield served


@dataclass
class Window:
    """A page in the browser, and what went wrong in it."""

    page: Page
    faults: list[str]
    hosts: set[str]
    """Where requests went to."""


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Window]:
    """Open a window; afterwards nothing may have gone wrong, and nobody but site and media was asked."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    one = watch(context)
    yield one
    context.close()
    assert one.faults == []
    assert one.hosts <= {site.pages.host, site.media.host}


def watch(context: BrowserContext) -> Window:
    """Open a page that notes errors, dialogs and requests."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    one = Window(page, [], set())

    def heard(message: Any) -> None:
        if message.type in {"error", "warning"}:
            one.faults.append(message.text)

    def asked(dialog: Any) -> None:
        one.faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", heard)
    page.on("pageerror", lambda error: one.faults.append(str(error)))
    page.on("dialog", asked)
    page.on("request", lambda request: one.hosts.add(request.url.split("/")[2]))
    return one
