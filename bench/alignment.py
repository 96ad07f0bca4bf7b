"""How truly quotes are placed: cut from real transcripts, roughened as an editor would, and sought again.

`python bench/alignment.py [--plot docs/alignment.png]`; transcripts from ENRICHER_CORPUS or ../shared/corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import time
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from enricher.timestamps import clock_ms
from enricher.timing.quote_search import Index, Placement
from enricher.timing.transcript import read_transcript
from enricher.timing.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enricher.model.timeline import Transcript
    from enricher.timing.quote_search import Refusal

ROOT = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("ENRICHER_CORPUS", ROOT.parent / "shared" / "corpus"))
FILLERS = {"um", "uh", "like", "so", "well", "actually", "really", "just", "yeah", "know", "mean"}
SAID_IN_BOTH = 0.6  # an episode's jingle and credits are other episodes' too: finding most of one there is no mistake
RUN = 4  # so many words in a row are what was said, and no accident

Words = list[tuple[str, float]]
"""Written words, each with the second at which it begins by its share of the cue's letters."""


@dataclass(frozen=True)
class Roughening:
    """What an editor does to a quote: shares of words dropped and changed, and whether the half is told anew."""

    name: str
    drop: float = 0.06
    change: float = 0.0
    retold: bool = False


LEVELS = (
    Roughening("word for word", drop=0),
    Roughening("an editor's (fillers and 6 % dropped)"),
    Roughening("hard (20 % of words changed too)", change=0.2),
    Roughening("half of it paraphrased", retold=True),
)


@dataclass(frozen=True)
class Try:
    """A quote of a known place and what became of it."""

    length: int
    truth: float
    found: Placement | None

    @property
    def error(self) -> float:
        """Seconds between where it was found and where it was cut."""
        return abs(self.found.start - self.truth) if self.found else 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what the benchmark measures, and draw it where a file is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1200, help="quotes of each roughening")
    parser.add_argument("--foreign", type=int, default=1200, help="quotes of other episodes")
    parser.add_argument("--seed", type=int, default=333)
    parser.add_argument("--plot", type=Path, help="draw error against length and roughening into this PNG")
    options = parser.parse_args(arguments)
    transcripts = read_corpus()
    if not transcripts:
        raise SystemExit(f"no transcripts in {CORPUS}: set ENRICHER_CORPUS to the corpus folder")
    chance = random.Random(options.seed)  # noqa: S311 a seeded benchmark
    tries = {level: seek(transcripts, level, options.count, chance) for level in LEVELS}
    for level, tried in tries.items():
        print_level(level, tried)
    for name, retell in FORMS.items():
        heard = {one: read_transcript(retell(transcript), "", one) for one, transcript in transcripts.items()}
        again = random.Random(options.seed)  # noqa: S311 a seeded benchmark
        print_level(replace(LEVELS[1], name=name), seek(transcripts, LEVELS[1], options.count, again, heard))
    print_foreign(transcripts, options.foreign, chance)
    print_speed(transcripts, chance)
    if options.plot:
        draw(tries, options.plot)


def read_corpus() -> dict[str, Transcript]:
    """Read every SubRip transcript of the corpus that is an episode."""
    read = {
        p.name: read_transcript(p.read_bytes(), ".srt", p.name) for p in sorted((CORPUS / "transcripts").glob("*.srt"))
    }
    return {name: transcript for name, transcript in read.items() if transcript.cues[-1].end > 600}


def align(quotes: Sequence[str], transcript: Transcript) -> list[Placement | Refusal]:
    """Find each quote's place."""
    index = Index(transcript)
    return [index.place(quote) for quote in quotes]


def written(transcript: Transcript) -> Words:
    """Time every word of a transcript by its share of its cue."""
    words: Words = []
    for cue in transcript.cues:
        pieces = cue.text.split()
        pace = (cue.end - cue.start) / sum(len(piece) + 1 for piece in pieces)
        at = cue.start
        for piece in pieces:
            words.append((piece, at))
            at += pace * (len(piece) + 1)
    return words


def roughen(words: Words, level: Roughening, others: Sequence[str], chance: random.Random) -> Words:
    """Do to a quote's words what editors do; the first word that is left says when the quote begins."""
    kept = []
    for n, (word, at) in enumerate(words):
        if level.drop and (word.lower().strip(".,") in FILLERS and chance.random() < 0.7):
            continue
        if chance.random() < level.drop:
            continue
        anew = chance.random() < level.change or (level.retold and n >= len(words) // 2)
        kept.append((chance.choice(others) if anew else word, at))
    return kept or words


def punctuate(words: Words, level: Roughening, chance: random.Random) -> str:
    """Write the words with an editor's casing and punctuation."""
    text = " ".join(word for word, _ in words)
    if level.drop:
        text = re.sub(r"[,.?!-]", lambda found: found[0] if chance.random() < 0.5 else "", text)
        text = "".join(chance.choice((text, text.lower(), text.capitalize())))
    return text


def as_rolling(transcript: Transcript) -> bytes:
    """Write SubRip as tools make it of automatic captions: each line twice, and held for 10 ms between."""
    blocks, above = [], ""
    for cue in transcript.cues:
        held = max(cue.start, cue.end - 0.01)
        blocks += [(cue.start, held, f"{above}{cue.text}"), (held, cue.end, cue.text)]
        above = f"{cue.text}\n"
    return "".join(
        f"{n}\n{clock_ms(a)} --> {clock_ms(b)}\n{said}\n\n" for n, (a, b, said) in enumerate(blocks)
    ).encode()


def as_words(transcript: Transcript) -> bytes:
    """Write JSON that times every word in milliseconds, as speech services do."""
    words = written(transcript)
    ends = [*(at for _, at in words[1:]), transcript.cues[-1].end]
    return json.dumps(
        {
            "words": [
                {"text": w, "start": round(a * 1000), "end": round(b * 1000)}
                for (w, a), b in zip(words, ends, strict=True)
            ]
        }
    ).encode()


FORMS = {"an editor's, in rolling captions": as_rolling, "an editor's, where words have times": as_words}


def seek(
    transcripts: Mapping[str, Transcript],
    level: Roughening,
    count: int,
    chance: random.Random,
    heard: Mapping[str, Transcript] | None = None,
) -> list[Try]:
    """Cut quotes of 9 to 34 words anywhere, roughen them and find them again, in `heard` where it is another form."""
    words = {name: written(transcript) for name, transcript in transcripts.items()}
    others = [word for name in words for word, _ in words[name]]
    wanted: dict[str, list[tuple[int, float, str]]] = {name: [] for name in words}
    for _ in range(count):
        name = chance.choice(list(words))
        length = chance.randint(9, 34)
        start = chance.randrange(len(words[name]) - length)
        quote = roughen(words[name][start : start + length], level, others, chance)
        wanted[name].append((length, quote[0][1], punctuate(quote, level, chance)))
    tries = []
    for name, cuts in wanted.items():
        for (length, truth, _), found in zip(
            cuts, align([text for *_, text in cuts], (heard or transcripts)[name]), strict=True
        ):
            tries.append(Try(length, truth, found if isinstance(found, Placement) else None))
    return tries


def print_level(level: Roughening, tries: Sequence[Try]) -> None:
    """Print one line of what became of a roughening's quotes."""
    errors = sorted(one.error for one in tries if one.found)
    near = sum(error <= 3 for error in errors) / len(tries)
    print(
        f"{level.name:40} {len(tries)} quotes: timed {len(errors) / len(tries):6.1%}, within 3 s {near:6.1%}, "
        f"median {statistics.median(errors):.2f} s, 95th percentile {errors[int(len(errors) * 0.95)]:.2f} s, "
        f"wrong by over 3 s {sum(error > 3 for error in errors)}, over 10 s {sum(error > 10 for error in errors)}"
    )


def print_foreign(transcripts: Mapping[str, Transcript], count: int, chance: random.Random) -> None:
    """Print how many quotes of other episodes were placed in a transcript that does not have them."""
    each = -(-count // len(transcripts))
    for level in LEVELS[:3]:
        counts = [placed_foreign(transcripts, name, level, each, chance) for name in transcripts]
        placed, both = (sum(column) for column in zip(*counts, strict=True))
        print(
            f"other episodes, {level.name:40} {each * len(counts)} quotes: "
            f"false accepts {placed}, said in both episodes {both}"
        )


def placed_foreign(
    transcripts: Mapping[str, Transcript], name: str, level: Roughening, count: int, chance: random.Random
) -> tuple[int, int]:
    """Seek quotes of the other episodes in one; count those placed wrongly, and those that both episodes say."""
    words = {other: written(transcript) for other, transcript in transcripts.items() if other != name}
    quotes = list(foreign(words, list(words), level, count, chance))
    text = words_of(" ".join(cue.text for cue in transcripts[name].cues))
    placed = both = 0
    for (_, cut), found in zip(quotes, align([quote for quote, _ in quotes], transcripts[name]), strict=True):
        if isinstance(found, Placement):
            there = said(words_of(cut), text) >= SAID_IN_BOTH
            both, placed = both + there, placed + (not there)
    return placed, both


def said(quote: Sequence[str], text: Sequence[str]) -> float:
    """Give the share of a quote's words that stand in a text in runs, word for word."""
    runs = SequenceMatcher(None, text, quote, autojunk=False).get_matching_blocks()
    return sum(run.size for run in runs if run.size >= RUN) / len(quote)


def foreign(
    words: Mapping[str, Words], others: Sequence[str], level: Roughening, count: int, chance: random.Random
) -> Iterator[tuple[str, str]]:
    """Cut quotes from episodes that are not the one they will be sought in: each roughened, and as it was said."""
    vocabulary = [word for name in others for word, _ in words[name]]
    for _ in range(count):
        there = words[chance.choice(others)]
        length = chance.randint(9, 34)
        start = chance.randrange(len(there) - length)
        cut = there[start : start + length]
        yield punctuate(roughen(cut, level, vocabulary, chance), level, chance), " ".join(word for word, _ in cut)


def print_speed(transcripts: Mapping[str, Transcript], chance: random.Random) -> None:
    """Print what aligning 50 quotes in the longest transcript takes against reading its file."""
    name = max(transcripts, key=lambda one: transcripts[one].cues[-1].end)
    body = (CORPUS / "transcripts" / name).read_bytes()
    words = written(transcripts[name])
    quotes = [quote for quote, _ in foreign({name: words}, [name], LEVELS[1], 50, chance)]
    reading = min(_timed(lambda: read_transcript(body, ".srt", name)) for _ in range(5))
    aligning = min(_timed(lambda: align(quotes, transcripts[name])) for _ in range(5))
    hours = transcripts[name].cues[-1].end / 3600
    print(
        f"50 quotes in {name} ({hours:.1f} h): {aligning:.2f} s, {aligning / reading:.1f} times "
        f"reading the file ({reading:.3f} s)"
    )


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def draw(tries: Mapping[Roughening, Sequence[Try]], path: Path) -> None:
    """Draw the share timed and the error against the quotes' length, a line for each roughening."""
    import matplotlib as mpl  # noqa: PLC0415 only a plot needs it

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), dpi=90)
    middles = [11, 16, 21, 26, 31]
    for level, tried in tries.items():
        groups = [[one for one in tried if min((one.length - 9) // 5, 4) == n] for n in range(len(middles))]
        shares = [100 * statistics.mean(bool(one.found) for one in group) for group in groups]
        left.plot(middles, shares, "o-", label=level.name)
        errors = [sorted(one.error for one in group if one.found) for group in groups]
        worst = [found[int(len(found) * 0.95)] if len(found) > 10 else float("nan") for found in errors]
        right.plot(middles, worst, "o-", label=level.name)
    left.set(xlabel="words in the quote", ylabel="timed, %", ylim=(0, 103))
    right.set(xlabel="words in the quote", ylabel="error, 95th percentile, seconds", ylim=(0, None))
    left.legend(fontsize=8)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


if __name__ == "__main__":
    main()
