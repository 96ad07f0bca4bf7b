"""One page of highlights, written in the many ways in which sites and people write it, is one summary."""

from __future__ import annotations

import datetime as dt
import html
import json
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from enricher.summaries.document import read_summary
from enricher.summaries.json_form import dump, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from enricher.model.summary import Summary

NAMES = ("Ann Lee", "Björn Öst", "Mary-Jane O’Hara", "Ludwig van Dyk", "李 明", "Zoë")
SHOWS = ("Field Notes", "Hard Fork & Knife", "99% Edible", "The Daily Moss", "Łąka Podcast", "Die Wiese")
NOUNS = [
    "swarm",
    "honey",
    "glacier",
    "river",
    "salmon",
    "reactor",
    "market",
    "theorem",
    "violin",
    "orchard",
    "tunnel",
    "comet",
    "harbour",
    "alphabet",
]
LINES = (
    "A {} is older than any {}, and nobody counts 4 of them.",
    "It began in 1968 with a {}; by 2017 there were {}s everywhere.",
    "GPT-3 cannot draw a {} & a {} at <once>.",
    "The {}: what a {} costs (and why) is 0.1 of it.",
    "“So be it”, said the {} to the {}.",
    "Dr. {} met Mrs. {} at 5:30 p.m. in the U.S. embassy.",
)
QUOTES = (
    "I do not make analogies to the {}, okay. It's a very simple {} with knobs in it. Many knobs.",
    "You need the {} to be large, you need it to be accurate 3. No mistakes",
    "explains nothing, the {}. And number 2.",
    "We said – and meant it – that every {} is a {}!",
)


@dataclass
class Count:
    """The citations of a page so far."""

    highest: int = 0


def text_of(chance: random.Random, count: Count) -> str:
    """Write a paragraph, most of its sentences cited as the JSON form does it."""
    said = []
    for _ in range(chance.randint(1, 3)):
        line = chance.choice(LINES).format(chance.choice(NOUNS), chance.choice(NOUNS))
        if chance.random() < 0.7 and line[-1] == "." and line[-2] != "”":
            numbers = [chance.randint(1, count.highest)] if count.highest and chance.random() < 0.3 else []
            if not numbers or chance.random() < 0.3:
                count.highest += 1
                numbers.append(count.highest)
            line = f"{line[:-1]}{''.join(f' [{n}]' for n in numbers)}."
        said.append(line)
    return " ".join(said)


def quote_of(chance: random.Random, names: tuple[str, ...]) -> dict[str, Any]:
    """Write a pull quote, with a speaker or without."""
    text = chance.choice(QUOTES).format(chance.choice(NOUNS), chance.choice(NOUNS))
    return {"kind": "quote", "text": text, "speaker": chance.choice((None, *names))}


def topic_of(chance: random.Random, depth: int, count: Count, names: tuple[str, ...]) -> dict[str, Any]:
    """Write a topic and the topics in it."""
    noun = chance.choice(NOUNS)
    titles = (noun.title(), f"Why {noun} 7", f"{noun.title()} vs. Life", f"“{noun.title()}” in 1984", f"{noun} & co")
    passages: list[dict[str, Any]] = [{"kind": "text", "text": text_of(chance, count), "speaker": None}]
    for _ in range(chance.randint(0, 2)):
        passages.append(quote_of(chance, names))
        if chance.random() < 0.6:
            passages.append({"kind": "text", "text": text_of(chance, count), "speaker": None})
    below = range(chance.randint(0, 2) if depth else 0)
    return {
        "title": chance.choice(titles),
        "passages": passages,
        "topics": [topic_of(chance, depth - 1, count, names) for _ in below],
    }


def page_of(seed: int) -> dict[str, Any]:
    """Write a page in the JSON form: any show, guests, parts; without what only links can say."""
    chance = random.Random(seed)  # noqa: S311 no secret
    names = tuple(chance.sample(NAMES, chance.randint(1, 2)))
    number, show = chance.randint(1, 999), chance.choice(SHOWS)
    topic = f"{chance.choice(NOUNS).title()}, {chance.choice(NOUNS)}, and GPT 4"
    title = chance.choice((f"{' & '.join(names)}: {topic}", f"{topic} with {' and '.join(names)}", topic))
    count = Count()
    clips = [
        {"title": f"The {chance.choice(NOUNS)} of {i + 2}", "start": start, "end": end}
        for i in range(chance.choice((0, 2, 3)))
        for start, end in [chance.choice(((312.0 + i, 371.0 + i), (4000.0 + i, None), (None, None)))]
    ]
    questions = [
        {"question": f"Why does a {noun} sing?", "answer": text_of(chance, count) if chance.random() < 0.5 else None}
        for noun in chance.sample(NOUNS, chance.choice((0, 1, 3)))
    ]
    return {
        "version": 1,
        "title": title + chance.choice((f" | {show} #{number}", f" | {show}", "")),
        "published": (dt.date(2019, 1, 1) + dt.timedelta(chance.randint(0, 2000))).isoformat(),
        "abstract": f"{names[0]} and a host delve into the {chance.choice(NOUNS)}, and number 9.",
        "clips": clips,
        "questions": questions,
        "topics": [topic_of(chance, 2, count, names) for _ in range(chance.randint(1, 3))],
        "related": [
            {"title": f"{noun.title()}: A Life", "podcast": chance.choice((None, show)), "published": None}
            for noun in chance.sample(NOUNS, chance.choice((0, 2)))
        ],
    }


def clock(seconds: float) -> str:
    """Write a time as pages do."""
    whole = int(seconds)
    minutes = f"{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 3600}:{minutes}" if whole >= 3600 else minutes


def cited(text: str, chance: random.Random) -> str:
    """Write the citations as the usual page does, or in another of the usual ways."""
    style = chance.choice((" {}", " {}", " [{}]", " ({})"))
    parts = text.split(" [")
    said = parts[0]
    for part in parts[1:]:
        number, _, after = part.partition("]")
        said += (" [{}]" if " [" in style or not after.startswith(".") else style).format(number) + after
    return said


def when(day: str, chance: random.Random) -> str:
    """Write the date in one of the ways that leave no doubt."""
    date = dt.date.fromisoformat(day)
    forms = ("%b %-d, %Y", "%B %-d, %Y", "%-d %B %Y", "%Y-%m-%d", "%A, %B %-d, %Y", "%d.%m.%Y")
    sure = [form for form in forms if form != "%d.%m.%Y" or date.day > 12]
    return date.strftime(chance.choice(sure))


def as_text(page: dict[str, Any], seed: int) -> str:
    """Write the page as plain text, as one gets it from a browser."""
    chance = random.Random(seed)  # noqa: S311 no secret
    bullet, tab = chance.choice(("• ", "•\t", "- ", "▪ ")), chance.choice(("  ", "\t", "    "))
    spacer, rule = chance.choice(("\xa0 \xa0", "", " ")), chance.choice(("---", "———", "* * *", "-----"))
    show = page["title"].rpartition("|")[2].partition("#")[0].strip()
    blocks = [f"Published {when(page['published'], chance)}", page["title"], page["abstract"]]
    blocks += chance.choice(([], ["Episode Highlights", f"{show} logo"], [f"{show} logo"]))
    blocks.append(chance.choice(("Popular Clips", "POPULAR CLIPS", f"Popular Clips ({len(page['clips'])})")))
    wrap = chance.choice(("{} ({})", "{} [{}]", "{} {}", "{1} - {0}", "{1} {0}", "({1}) {0}", "{} · {}"))
    for clip in page["clips"]:
        span = clock(clip["start"]) if clip["start"] else ""
        span += f"{chance.choice(('-', ' - ', '–', ' to '))}{clock(clip['end'])}" if clip["end"] else ""
        blocks.append(tab + bullet + (wrap.format(clip["title"], span) if span else clip["title"]))
    blocks.append(chance.choice(("Questions from this episode", "Questions from this Episode")))
    for i, one in enumerate(page["questions"]):
        mark = bullet if len(page["questions"]) == 1 or seed % 2 else f"{i + 1}. "
        blocks.append(f"{tab}{mark}{one['question']}")
        blocks += [tab * 2 + cited(one["answer"], chance)] if one["answer"] else []
    blocks.append("Episode Highlights")
    blocks += [line for one in page["topics"] for line in topic_as_text(one, chance, (bullet, tab, spacer, rule), 0)]
    blocks.append("Related Episodes")
    blocks += [
        tab + bullet + one["title"] + (f" ({one['podcast']}, 2020-01-02)" if one["podcast"] else "")
        for one in page["related"]
    ]
    end = chance.choice(("\n", "\r\n"))
    return f"{end}{end}".join(blocks) + end


def topic_as_text(
    topic: dict[str, Any], chance: random.Random, marks: tuple[str, str, str, str], depth: int
) -> list[str]:
    """Write a topic as blocks: a bullet, or a line that stands alone further from the left."""
    bullet, tab, spacer, rule = marks
    indent = tab * (depth + 2)
    blocks = [tab + bullet + topic["title"]] if depth == 0 else [spacer, tab * (depth + 1) + topic["title"]]
    for passage in topic["passages"]:
        if passage["kind"] == "text":
            blocks.append(indent + cited(passage["text"], chance))
        else:
            said = chance.choice(("{}", "“{}”")).format(passage["text"])
            speaker = f"\n{indent}— {passage['speaker']}" if passage["speaker"] else ""
            blocks += [f"{indent}{said}{speaker}", indent + rule]
    return blocks + [line for sub in topic["topics"] for line in topic_as_text(sub, chance, marks, depth + 1)]


def as_html(page: dict[str, Any], seed: int) -> str:
    """Write the page as a site does."""
    chance = random.Random(seed)  # noqa: S311 no secret
    say, lists = html.escape, seed % 2 == 0
    day = f"<p>Published {when(page['published'], chance)}</p>"
    date = chance.choice((day, f"<div><span>Published</span> <time>{when(page['published'], chance)}</time></div>"))
    head = f"<h1>{say(page['title'])}</h1>"
    body = f"{date}{head}" if chance.random() < 0.5 else f"{head}{date}"
    body += f"<div><div><p>{say(page['abstract'])}</p></div></div><div>Episode Highlights</div><h2>Popular Clips</h2>"
    clips = ""
    for clip in page["clips"]:
        span = f"{int(clip['start'])}" + (f",{int(clip['end'])}" if clip["end"] else "") if clip["start"] else ""
        link = f'<a href="#t={span}">{{}}</a>' if span and chance.random() < 0.5 else "{}"
        times = clock(clip["start"]) + (f" – {clock(clip['end'])}" if clip["end"] else "") if span else ""
        written = f" <span>({times})</span>" if link == "{}" and span else ""
        clips += f"<li><div>{link.format('<span>' + say(clip['title']) + '</span>')}{written}</div></li>\n"
    body += f"<ul>{clips}</ul><h2>Questions from this episode</h2>"
    for one in page["questions"]:
        answer = f"<p>{cited_html(one['answer'], chance)}</p>" if one["answer"] else ""
        body += f"<section><h3>{say(one['question'])}</h3>{answer}</section>"
    body += "<h2>Episode Highlights</h2>" + topics_as_html(page["topics"], chance, 3, lists=lists)
    body += "<h2>Related Episodes</h2><ul>"
    for one in page["related"]:
        about = f" ({say(one['podcast'])}, Jan 2, 2020)" if one["podcast"] else ""
        body += f"<li><p>{say(one['title'])}{about}</p></li>"
    wrapped = chance.choice(("{}", "<main>{}</main>", "<div class=a><div class=b><article>{}</article></div></div>"))
    nav = "<nav><ul><li>Home</li></ul></nav><div>Sign in</div>"
    return (
        f"<!doctype html><html><head><title>x</title></head><body>{nav}{wrapped.format(body + '</ul>')}</body></html>"
    )


def cited_html(text: str, chance: random.Random) -> str:
    """Write citations raised, or as they are in text."""
    said = html.escape(cited(text, chance), quote=False)
    return (
        said if chance.random() < 0.5 else html.escape(text, quote=False).replace(" [", "<sup>").replace("]", "</sup>")
    )


def topics_as_html(topics: list[dict[str, Any]], chance: random.Random, level: int, *, lists: bool) -> str:
    """Write topics as headings, or as entries of lists that hold headings."""
    said = ""
    for topic in topics:
        inner = f"<h{level}>{html.escape(topic['title'])}</h{level}>"
        for one in topic["passages"]:
            quote, who = html.escape(one["text"]), html.escape(one["speaker"] or "")
            if one["kind"] == "text":
                inner += f"<p>{cited_html(one['text'], chance)}</p>"
            elif one["speaker"]:
                figure = f"<figure><blockquote><p>{quote}</p></blockquote><figcaption>— {who}</figcaption></figure>"
                inner += chance.choice((figure, f"<blockquote><p>“{quote}”</p><cite>{who}</cite></blockquote>"))
            else:
                inner += chance.choice((f"<blockquote>{quote}</blockquote>", f"<p>{quote}</p><hr>"))
        inner += topics_as_html(topic["topics"], chance, level + 1, lists=lists)
        said += f"<li>{inner}</li>" if lists else f"<div>{inner}</div>"
    return f"<ul>{said}</ul>" if lists and said else said


def as_markdown(page: dict[str, Any], seed: int) -> str:
    """Write the page as Markdown, half of the times with front matter."""
    chance = random.Random(seed)  # noqa: S311 no secret
    head = [f"Published {when(page['published'], chance)}", f"# {mark(page['title'])}"]
    if seed % 2:
        head = [f"---\ntitle: {json.dumps(page['title'])}\npublished: {page['published']}\n---"]
    blocks = [*head, mark(page["abstract"]), "## Popular Clips"]
    for clip in page["clips"]:
        times = clock(clip["start"]) + (f"-{clock(clip['end'])}" if clip["end"] else "") if clip["start"] else ""
        blocks.append(f"- **{mark(clip['title'])}**" + (f" ({times})" if times else ""))
    blocks.append("## Questions from this episode")
    for one in page["questions"]:
        blocks += [f"### {one['question']}"] + ([mark(cited(one["answer"], chance))] if one["answer"] else [])
    blocks.append("## Episode Highlights")
    waiting = [(topic, 3) for topic in reversed(page["topics"])]
    while waiting:
        topic, level = waiting.pop()
        blocks.append(f"{'#' * level} {mark(topic['title'])}")
        for one in topic["passages"]:
            who = f"\n>\n> — {one['speaker']}" if one["speaker"] else ""
            quote = f"> {mark(one['text'])}{who}"
            plain = f"{mark(one['text'])}\n\n---"
            said = quote if who else chance.choice((quote, plain))
            blocks.append(mark(cited(one["text"], chance)) if one["kind"] == "text" else said)
        waiting += [(sub, level + 1) for sub in reversed(topic["topics"])]
    blocks += ["## Related Episodes"]
    blocks += [
        f"{'*' if seed % 3 else '1.'} {one['title']}" + (f" ({one['podcast']}, 2020-01-02)" if one["podcast"] else "")
        for one in page["related"]
    ]
    return "\n\n".join(blocks) + "\n"


def mark(text: str) -> str:
    """Escape what Markdown would take for a tag."""
    return text.replace("<", "\\<").replace("&", "&amp;")


def flat(page: dict[str, Any]) -> dict[str, Any]:
    """Take from a page what only indents or headings of several levels can say: topics two deep and deeper."""
    count = Count()

    def renumber(text: str) -> str:
        def following(_: re.Match[str]) -> str:
            count.highest += 1
            return f" [{count.highest}]"

        return re.sub(r" \[\d+\]", following, text)

    def shallow(topic: dict[str, Any], depth: int) -> dict[str, Any]:
        passages = [
            one | ({"text": renumber(one["text"])} if one["kind"] == "text" else {}) for one in topic["passages"]
        ]
        return topic | {"passages": passages, "topics": [shallow(one, 1) for one in topic["topics"] if not depth]}

    questions = [one | {"answer": one["answer"] and renumber(one["answer"])} for one in page["questions"]]
    return page | {"questions": questions, "topics": [shallow(topic, 0) for topic in page["topics"]]}


def as_flat_html(page: dict[str, Any], seed: int) -> str:
    """Write the text of the page as a web page of nothing but paragraphs, or breaks."""
    blocks = [block.splitlines() for block in re.split(r"(?:\r?\n){2}", as_text(page, seed))]
    lines = ["<br>".join(html.escape(line.strip(" \t")) for line in block) for block in blocks]
    tag = ("p", "div", "")[seed % 3]
    return "<html><body>" + "\n".join(f"<{tag}>{one}</{tag}>" if tag else f"{one}<br><br>" for one in lines)


def as_flat_markdown(page: dict[str, Any], seed: int) -> str:
    """Take the text of the page for Markdown, without its indents."""
    lines = as_text(page, seed).splitlines()
    return "\n".join(line.strip(" \t").replace("<", "\\<") for line in lines)


WRITERS = {"txt": as_text, "html": as_html, "md": as_markdown}


def expected(page: dict[str, Any]) -> Summary:
    """Read the page in the JSON form; a related episode's show stands with its date."""
    related = [one | {"published": "2020-01-02" if one["podcast"] else None} for one in page["related"]]
    return read_summary("page.json", json.dumps(page | {"related": related}).encode())


@pytest.mark.parametrize("form", WRITERS)
def test_a_page_of_any_making_is_the_summary_that_its_json_form_is(form: str) -> None:
    """Two hundred pages of every show, guest, depth and shape, in the ways in which this form is written."""
    for seed in range(200):
        page = page_of(seed)
        written = WRITERS[form](page, seed)
        found = read_summary(f"page.{form}", written.encode())
        assert found == expected(page), (seed, written, json.dumps(json.loads(dump(found)), indent=1))
        assert load(dump(found)) == found


@pytest.mark.parametrize(("form", "writer"), [("html", as_flat_html), ("md", as_flat_markdown)])
def test_a_page_that_is_nothing_but_paragraphs_is_read_as_its_text_is(
    form: str, writer: Callable[[dict[str, Any], int], str]
) -> None:
    """Bullets, numbers and rules stand in the text of paragraphs, or between line breaks."""
    for seed in range(150):
        page = flat(page_of(seed))
        written = writer(page, seed)
        assert read_summary(f"page.{form}", written.encode()) == expected(page), (seed, written)
