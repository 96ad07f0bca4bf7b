"""What a finished page may not have is found in its bytes, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from enricher.errors import LossError
from enricher.model.edition import Chapter, ChapterList
from enricher.model.timeline import Cue, Moment, Timeline
from enricher.pages.episode import episode_page
from enricher.pages.verify import times_of, verify_links, verify_page
from tests.pages import samples

PAGE = "show/bees-0123456789ab.html"


def test_the_times_are_those_that_evidence_bears_out() -> None:
    """Starts rounded down, ends both ways: links are rounded up, printed times down."""
    timeline = Timeline({"clips/0": Moment(10.9, 20.1, "summary", ""), "topics/0": Moment(3.0, None, "mark", "")})
    chapters = ChapterList((Chapter(0.0, "Intro", 2.5),))
    episode = samples.episode(timeline=timeline, chapters=chapters, cues=(Cue(30.2, 31.0, "x"),))
    assert times_of(episode) == {10, 20, 21, 3, 0, 2, 30, 31}


def test_links_of_the_site_are_found_and_others_are_not() -> None:
    """Relative to the page's folder; of other addresses, times and places in the page there is no file."""
    body = (
        b'<link href="../style-01.css"><script src="../page-01.js"></script><a href="index.html#x">a</a>'
        b'<a href="a&amp;b.html?x">a</a><a href="../">a</a><a href="https://a.example/x.html">a</a>'
        b'<a href="podcast://a.example/x">a</a><a href="#top">a</a><a href="#t=5">a</a><audio src="https://a.example/x.mp3">'
        b"<p>A text says: &#34; href=&#34;no.html&#34;</p>"
    )
    assert verify_page(PAGE, body, {5}) == {
        *("style-01.css", "page-01.js", "show/index.html", "show/a&b.html", "index.html")
    }


@pytest.mark.parametrize(
    "body",
    [
        '<a href="#t=6">x</a>',
        '<a href="#t=5,7">x</a>',
        '<a href="#t=5.9,6.1">x</a>',
        '<a href="#t=5m">x</a>',
        '<a class="time" href="#t=5">00:00:06</a>',
        '<a class="time" href="#t=5">00:00:05–00:00:06</a>',
        '<span class="time">01:00:05</span>',
        '<p data-t="6.5">x</p>',
        '<p data-t="soon">x</p>',
    ],
)
def test_a_time_without_evidence_is_refused(body: str) -> None:
    """In a link, in what is printed, and in what the script reads."""
    with pytest.raises(LossError, match="nothing bears out"):
        verify_page(PAGE, body.encode(), {5})


@pytest.mark.parametrize(
    "body",
    [
        '<a class="time" href="#t=5">00:00:05</a>',
        '<a href="#t=5">At 01:02:03 it began</a>',
        "<p>class=&#34;time&#34;&gt;09:09:09&lt;</p>",
        '<p>01:02:03</p><time datetime="2024-05-02">10:20:30</time>',
        '<p data-t="5.9">x</p>',
    ],
)
def test_foreign_text_is_free_to_name_times(body: str) -> None:
    """What a title says is what it says: it keeps no edition from being published."""
    assert verify_page(PAGE, body.encode(), {5}) == set()


def test_a_link_that_leads_nowhere_is_refused() -> None:
    """It is named."""
    verify_links({"a", "b"}, {"a", "b", "c"})
    with pytest.raises(LossError, match=r"a page would link to d, which there is not; nothing was published"):
        verify_links({"a", "d"}, {"a", "b", "c"})


def test_a_real_page_passes_and_each_of_its_times_counts() -> None:
    """Without any one of its times it is refused."""
    episode = samples.episode()
    body, times = episode_page(samples.SHOW, episode, samples.THEME), times_of(episode)
    verify_page(PAGE, body, times)
    missed = 0
    for time in times:
        try:
            verify_page(PAGE, body, times - {time})
        except LossError:
            missed += 1
    assert missed >= len(episode.timeline.moments)
