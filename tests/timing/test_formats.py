"""Transcripts of many makers: one talk in each of their forms gives the same words at the same times."""

# ruff: noqa: E501 each maker's form is a line or two

from __future__ import annotations

import json
from typing import Any

import pytest

from enricher.timing.quote_search import Index, Placement
from enricher.timing.transcript import read_transcript

SAID = (
    (1.0, 4.0, "Welcome to the field notes about bees."),
    (4.0, 8.0, "Swarms choose a home by dancing in the dark."),
    (8.0, 11.0, "They vote with their feet, all of them."),
    (11.0, 15.0, "In winter the colony becomes one warm ball."),
    (15.0, 18.0, "So plant some clover instead of lawn."),
)
WORDS = [
    (round(start + i * (end - start) / len(text.split()), 3), round(start + (i + 1) * (end - start) / len(text.split()), 3), word)
    for start, end, text in SAID
    for i, word in enumerate(text.split())
]  # fmt: skip


def clock(seconds: float, point: str = ".") -> str:
    """Write `00:00:01.000`."""
    return f"00:00:{int(seconds):02}{point}{round(seconds % 1 * 1000):03}"


def ms(seconds: float) -> int:
    """Count milliseconds."""
    return round(seconds * 1000)


def guess(**best: Any) -> list[dict[str, Any]]:
    """Return a recogniser's two guesses."""
    return [best, {**best, "transcript": "nothing of the kind", "content": "nothing"}]


DATA: dict[str, Any] = {
    "podcast namespace": {"version": "1.0.0", "segments": [{"startTime": a, "endTime": b, "body": t} for a, b, t in SAID]},
    "podcast namespace, a word each": {"segments": [{"startTime": a, "endTime": b, "body": w} for a, b, w in WORDS]},
    "whisper": {"text": " ".join(t for *_, t in SAID), "language": "en", "segments": [
        {"id": i, "seek": 0, "start": a, "end": b, "text": f" {t}", "tokens": [50364, 3], "temperature": 0.0}
        for i, (a, b, t) in enumerate(SAID)]},
    "whisper with words": {"segments": [{"start": 1, "end": 18, "text": " ".join(t for *_, t in SAID), "words": [
        {"word": f" {w}", "start": a, "end": b, "probability": 0.9} for a, b, w in WORDS]}]},
    "whisper with pieces of words": {"words": [one for a, b, w in WORDS for one in (
        {"word": f" {w[:2]}", "start": a, "end": a + 0.01}, {"word": w[2:], "start": a + 0.01, "end": b}) if one["word"]]},
    "whisper.cpp": {"transcription": [
        {"timestamps": {"from": clock(a, ","), "to": clock(b, ",")}, "offsets": {"from": ms(a), "to": ms(b)}, "text": f" {t}"}
        for a, b, t in SAID]},
    "youtube-transcript-api": [{"text": t, "start": a, "duration": b - a + 1.5} for a, b, t in SAID],
    "youtube's json3": {"events": [{"tStartMs": 0, "dDurationMs": 99999, "id": 1}] + [
        {"tStartMs": ms(a), "dDurationMs": ms(b - a), "segs": [
            {"utf8": w if i == 0 else f" {w}", "tOffsetMs": 200 * i} for i, w in enumerate(t.split())]} for a, b, t in SAID]},
    "Deepgram": {"metadata": {"duration": 20.0, "created": "2023-11-02T12:59:59.945Z"}, "results": {"channels": [{
        "alternatives": guess(transcript=" ".join(t for *_, t in SAID), confidence=0.9, words=[
            {"word": w.lower().strip(".,"), "start": a, "end": b, "confidence": 1, "speaker": 0, "punctuated_word": w}
            for a, b, w in WORDS])}]}},
    "AssemblyAI": {"id": "1", "text": "x", "audio_duration": 20, "words": [
        {"text": w, "start": ms(a), "end": ms(b), "confidence": 0.9, "speaker": "A"} for a, b, w in WORDS]},
    "AWS Transcribe": {"results": {"transcripts": [{"transcript": "x"}], "items": [item for a, b, w in WORDS for item in (
        [{"start_time": f"{a}", "end_time": f"{b}", "alternatives": guess(confidence="0.9", content=w.strip(".,")), "type": "pronunciation"}]
        + [{"alternatives": [{"confidence": "0.0", "content": w[-1]}], "type": "punctuation"}] * (w[-1] in ".,"))]}},
    "Google": {"results": [{"alternatives": guess(transcript=t, words=[
        {"startTime": f"{a}s", "endTime": f"{b}s", "word": w} for a, b, w in WORDS if start <= a < end])} for start, end, t in SAID]},
    "Google, as protocol buffers": {"results": [{"alternatives": [{"words": [
        {"start_time": {"seconds": int(a), "nanos": int(a % 1 * 1e9)}, "word": w} for a, _, w in WORDS]}]}]},
    "Speechmatics": {"job": {"duration": 18}, "speakers": [{"duration": "17", "name": "F4", "time": "1.0"}], "words": [
        {"duration": f"{b - a:.3f}", "confidence": "1.000", "name": w, "time": f"{a}"} for a, b, w in WORDS]},
    "Speechmatics 2": {"results": [one for a, b, w in WORDS for one in (
        [{"alternatives": [{"content": w.strip(".,"), "speaker": "S1"}], "start_time": a, "end_time": b, "type": "word"}]
        + [{"alternatives": [{"content": w[-1]}], "start_time": b, "end_time": b, "type": "punctuation"}] * (w[-1] in ".,"))]},
    "Kaldi": {"retval": {"words": [{"start": a, "confidence": 0.7, "end": b, "word": w.lower().strip(",."), "punct": w, "index": i}
                                   for i, (a, b, w) in enumerate(WORDS)]}},
    "IBM": {"results": [{"final": True, "alternatives": [
        {"transcript": t, "timestamps": [[w, a, b] for a, b, w in WORDS if start <= a < end]}]} for start, end, t in SAID]},
    "Rev": {"monologues": [{"speaker": 0, "elements": [one for a, b, w in WORDS for one in (
        {"type": "text", "value": w, "ts": a, "end_ts": b}, {"type": "punct", "value": " "})]}]},
    "Azure": {"recognizedPhrases": [{"offset": f"PT{a}S", "offsetInTicks": a * 1e7, "durationInTicks": (b - a) * 1e7,
                                     "nBest": [{"confidence": 0.9, "lexical": t.lower(), "display": t}]} for a, b, t in SAID]},
    "Gentle": {"transcript": "x", "words": [{"alignedWord": w.lower(), "case": "success", "start": a, "end": b, "startOffset": 9 * i,
                                             "endOffset": 9 * i + 5, "word": w} for i, (a, b, w) in enumerate(WORDS)]},
    "Podlove": [{"start": clock(a), "start_ms": ms(a), "end": clock(b), "end_ms": ms(b), "speaker": "3", "voice": "Eric", "text": t}
                for a, b, t in SAID],
    "Hugging Face": {"text": "x", "chunks": [{"timestamp": [a, b], "text": f" {t}"} for a, b, t in SAID]},
    "ranges in text": [{"time": f"{clock(a)} - {clock(b)}", "line": t} for a, b, t in SAID],
    "ISO 8601": [{"offset": f"PT{a}S", "duration": f"PT{b - a}S", "display": t} for a, b, t in SAID],
    "subtitles in a string": {"id": "2023-01-01T10:00:00Z", "language": "en", "srt": "".join(
        f"{i}\n{clock(a, ',')} --> {clock(b, ',')}\n{t}\n\n" for i, (a, b, t) in enumerate(SAID))},
    "a meeting robot": [{"participant": {"name": "Ann Lee"}, "words": [
        {"text": w, "start_timestamp": {"relative": a, "absolute": "2025-07-17T00:00:01Z"},
         "end_timestamp": {"relative": b, "absolute": "2025-07-17T00:00:02Z"}} for a, b, w in WORDS]}],
    "Video Indexer": {"keywords": [{"name": "bees", "appearances": [{"startTime": "0:00:01", "endTime": "0:00:04"}]}],
        "transcript": [{"id": i, "text": t, "speakerId": 1, "instances": [{"start": clock(a), "end": clock(b)}]}
                       for i, (a, b, t) in enumerate(SAID)]},
    "Symbl": {"messages": [{"text": t, "startTime": f"2020-07-10T11:16:{20 + int(a)}Z", "timeOffset": a, "duration": b - a}
                           for a, b, t in SAID]},
    "ElevenLabs": {"words": [one for a, b, w in WORDS for one in (
        {"text": w, "start": a, "end": b, "type": "word", "characters": [{"text": c, "start": a, "end": b} for c in w]},
        {"text": " ", "start": b, "end": b, "type": "spacing", "characters": [{"text": " ", "start": b, "end": b}]})]},
    "3Play": {"words": [[str(ms(a)), w] for a, _, w in WORDS], "paragraphs": [["1000", ""]]},
    "oTranscribe": {"text": "".join(
        f'<p><span class="timestamp" data-timestamp="{a}">00:{int(a):02}</span> {t}</p>' for a, _, t in SAID), "media": "a.mp3"},
    "iFlytek": {"ok": 0, "data": json.dumps([{"bg": str(ms(a)), "ed": str(ms(b)), "onebest": t} for a, b, t in SAID])},
    "AmiVoice": {"results": [{"tokens": [{"written": w, "spoken": "x", "starttime": ms(a), "endtime": ms(b)} for a, b, w in WORDS],
                              "starttime": 1000, "text": "x"}]},
    "faster-whisper": [[i, 0, a, b, f" {t}", [50364], -0.2, 1.1] for i, (a, b, t) in enumerate(SAID)],
    "lists of clocks": [[clock(a), clock(b), t] for a, b, t in SAID],
    "terms": {"segments": [{"start": a, "dur": b - a, "terms": [
        {"term": w, "start": x, "dur": y - x, "energy": -2.4} for x, y, w in WORDS if a <= x < b]} for a, b, t in SAID]},
    "words with ends alone": [[{"text": "Hm.", "end": "1.0"}]] + [[{"text": w, "end": f"{b}"} for a, b, w in WORDS if start <= a < end] for start, end, _ in SAID],
    "Google without words": {"results": [
        {"alternatives": [{"transcript": "", "confidence": 1}], "resultEndTime": "1s"}] + [
        {"alternatives": [{"transcript": t, "confidence": 0.9}], "resultEndTime": f"{b}s"} for _, b, t in SAID]},
    "short keys": [{"txt": t, "bgn": a, "end": b, "dur": b - a} for a, b, t in SAID],
    "an object by times": {f"0:{int(a):02}": t for a, _, t in SAID},
    "an object by numbers": {str(i): {"start": a, "end": b, "text": t} for i, (a, b, t) in enumerate(SAID)},
    "an object by names": {f"seg{i}": {"start": a, "end": b, "text": t, "id": f"seg{i}"} for i, (a, b, t) in enumerate(SAID)},
    "columns": {"start": [a for a, *_ in SAID], "end": [b for _, b, _ in SAID], "text": [t for *_, t in SAID]},
    "columns of pandas": {key: {str(i): row[n] for i, row in enumerate(SAID)} for n, key in enumerate(("start", "end", "text"))},
    "YouTube's panel": {"cueGroups": [{"cueGroupRenderer": {"formattedStartOffset": {"simpleText": "0:01"}, "cues": [
        {"cueRenderer": {"cue": {"simpleText": t}, "startOffsetMs": str(ms(a)), "durationMs": str(ms(b - a))}}]}} for a, b, t in SAID]},
    "YouTube's panel, newer": {"initialSegments": [{"segmentRenderer": {
        "startMs": str(ms(a)), "endMs": str(ms(b)), "snippet": {"runs": [{"text": t}]}, "startTimeText": {"simpleText": "0:01"}}}
        for a, b, t in SAID]},
    "a text within texts": {"section": [{"startMs": ms(a), "text": {"sentence": {"text": t}}} for a, _, t in SAID]},
    "keys that nobody knows": {"data": {"rows": [{"fragment": t, "t0": 7, "begin": a, "url": "https://a.example/x"} for a, _, t in SAID]}},
}  # fmt: skip

TEXTS = {
    "LRC": "[ti: Bees]\n[length: 00:18]\n" + "".join(f"[00:{a:05.2f}]{t}\n" for a, _, t in SAID),
    "LRC with colons": "".join(f"[00:{int(a) - (i == 2):02}:{60 if i == 2 else 0:02}]{t}\n" for i, (a, _, t) in enumerate(SAID)),
    "SBV": "".join(f"0:{clock(a)[3:]},0:{clock(b)[3:]}\n{t}\n\n" for a, b, t in SAID),
    "whisper's terminal": "".join(f"[{clock(a)} --> {clock(b)}]   {t}\n" for a, b, t in SAID),
    "a time before each line": "".join(f"{clock(a)[:8]} {t}\n\n" for a, _, t in SAID),
    "a time on a line of its own": "The talk\n" + "".join(f"{int(a)//60}:{int(a)%60:02}\n{t}\n" for a, _, t in SAID),
    "a name and a time above": "".join(f"**Ann Lee**    0:{int(a):02}  \n{t}\n\n" for a, _, t in SAID),
    "a name and a time in brackets": "".join(f"Ann Lee (00:{int(a):02}): {t}\n\n" for a, _, t in SAID),
    "a name below a time": "".join(f"[00:00:{int(a):02}]\nAnn Lee: {t}\n\n" for a, _, t in SAID),
    "a name behind a bracket": "".join(f"[00:00:{int(a):02}] Ann Lee\n{t}\n\n" for a, _, t in SAID),
    "a time in brackets behind a name": "".join(f"**Ann Lee:** [00:00:{int(a):02}] {t}\n\n" for a, _, t in SAID),
    "copied from YouTube": "".join(f"0:{int(a):02}\n{int(a)} seconds\n{t}\n" for a, _, t in SAID),
    "a meeting recorder": "".join(f"0:0:{a} --> 0:0:{b}\nAnn Lee: {t}\n" for a, b, t in SAID),
    "a table of contents before": "0:00 - Welcome\n0:04 - Swarms\n0:15 - Clover\n\nTranscript\n\n" + "".join(
        f"Ann Lee\n(00:00:{int(a):02})\n{t}\n" for a, _, t in SAID),
    "TSV of whisper": "start\tend\ttext\n" + "".join(f"{ms(a)}\t{ms(b)}\t{t}\n" for a, b, t in SAID),
    "CSV": "N, In, Out, Text\n" + "".join(f'{i},"{a}","{b}","{t}"\n' for i, (a, b, t) in enumerate(SAID)),
    "a table of an editing program": "Speaker Name,Start Time,End Time,Text\n" + "".join(
        f'"Ann Lee","{clock(a)[:8].replace(":", ";")};00","{clock(b)[:8].replace(":", ";")};00","{t}"\n' for a, b, t in SAID),
    "Audacity's labels": "".join(f"{a:.6f}\t{b:.6f}\t{t}\n" for a, b, t in SAID),
    "TTML": '<?xml version="1.0" encoding="utf-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><head><metadata>'
            "<title>Bees</title></metadata></head><body><div>" + "".join(
        f'<p begin="{clock(a)}" end="{clock(b)}">{t.replace(" by", "<br/>by")}</p>' for a, b, t in SAID) + "</div></body></tt>",
    "TTML with words": "<tt><body><div>" + "".join(
        f'<p begin="{a}s" end="{b}s">' + "".join(
            f'<span begin="{x}s" end="{y}s">{w}</span>' for x, y, w in WORDS if a <= x < b) + "</p>" for a, b, t in SAID)
            + "</div></body></tt>",
    "YouTube's XML": '<?xml version="1.0"?><transcript>' + "".join(
        f'<text start="{a}" dur="{b - a}">{t}</text>' for a, b, t in SAID) + "</transcript>",
    "Hyperaudio": "<article><section><p>" + "".join(
        f'<span data-m="{ms(a)}" data-d="{ms(b - a)}">{w} </span>' for a, b, w in WORDS) + "</p></section></article>",
    "links with times": "<div>" + "".join(f'<a href="https://a.example/v?id=1&t={a}">{t}</a> ' for a, _, t in SAID) + "</div>",
    "a list as Python prints it": repr([{"text": t, "start": a, "duration": b - a} for a, b, t in SAID]),
    "SubRip with frames": "".join(f"{i}\n{clock(a)[:8]}:00 --> {clock(b)[:8]}:00\n{t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "SubRip of a language model": "".join(f"{i}\n{clock(a, ':')} --> {clock(b, ':')}\n{t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "SubRip without hours": "".join(f"{i}\n{clock(a, ':')[3:]} --> {clock(b, ':')[3:]}\n{t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "SubRip with spaces": "".join(
        f"{i}\n{clock(a, ', ').replace(':', ': ')} -- > {clock(b, ', ').replace(':', ': ')}\n{t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "SubRip of a Chinese keyboard": "".join(
        f"{i}\n{clock(a, '，').replace(':', '：')} --> {clock(b, '，').replace(':', '：')}\n{t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "SubRip, escaped": "".join(f"{i}\n{clock(a, ',')} --&gt; {clock(b, ',')}\n{t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "SubRip with an arrow": "".join(f"{i}\n{clock(a, ',')} → {clock(b, ',')}\n{t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "SubStation Alpha": "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" + "".join(
        f"Dialogue: 0,{clock(a)[1:11]},{clock(b)[1:11]},Default,Ann Lee,0,0,0,,{{\\i1}}{t}\n" for a, b, t in SAID),
    "SAMI": "<SAMI><HEAD><TITLE>x</TITLE></HEAD><BODY>\n" + "".join(
        f"<SYNC Start={ms(a)}><P Class=ENCC>{t}\n<SYNC Start={ms(b) - 10}><P Class=ENCC>&nbsp;\n" for a, b, t in SAID) + "</BODY></SAMI>",
    "a TextGrid": 'File type = "ooTextFile"\nxmin = 0\nxmax = 18\nitem []:\n' + "".join(
        f'    item [{n}]:\n        class = "IntervalTier"\n        name = "{name}"\n        xmin = 0\n        xmax = 18\n' + "".join(
            f'        intervals [{i}]:\n            xmin = {a}\n            xmax = {b}\n            text = "{t}"\n'
            for i, (a, b, t) in enumerate(rows)) for n, (name, rows) in enumerate((("speech", SAID), ("phones", ((1.0, 2.0, "AH0"),))))),
    "ELAN": '<?xml version="1.0"?>\n<ANNOTATION_DOCUMENT><TIME_ORDER>' + "".join(
        f'<TIME_SLOT TIME_SLOT_ID="ts{i}a" TIME_VALUE="{ms(a)}"/><TIME_SLOT TIME_SLOT_ID="ts{i}b" TIME_VALUE="{ms(b)}"/>'
        for i, (a, b, _) in enumerate(SAID)) + '</TIME_ORDER><TIER LINGUISTIC_TYPE_REF="lt" TIER_ID="Ann Lee">' + "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{i}" TIME_SLOT_REF1="ts{i}a" TIME_SLOT_REF2="ts{i}b"><ANNOTATION_VALUE>{t}'
        "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>" for i, (_, _, t) in enumerate(SAID)) + "</TIER></ANNOTATION_DOCUMENT>",
    "TTML in ticks": '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:tickRate="1000"><body>' + "".join(
        f'<p begin="{ms(a)}t" end="{ms(b)}t">{t}</p>' for a, b, t in SAID) + "</body></tt>",
    "TTML in frames": '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="24" '
        'ttp:frameRateMultiplier="1000 1001"><body>' + "".join(
        f'<p begin="{round(a * 24 / 1.001)}f" end="{round(b * 24 / 1.001)}f">{t}</p>' for a, b, t in SAID) + "</body></tt>",
    "captions of old players": "<captions>" + "".join(
        f"<caption><start>{clock(a)}</start><end>{clock(b)}</end><text>{t}</text></caption>" for a, b, t in SAID) + "</captions>",
    "an editing program": "".join(
        f"{clock(a)[:8]}:00 - {clock(b)[:8]}:12\nAnn Lee\n{t}\n\n" for a, b, t in SAID),
    "an editing program that drops frames": "".join(
        f"{clock(a)[:8]}:00 - {clock(b)[:8]}:12\nAnn Lee\n{t}\n\n".replace(":", ";") for a, b, t in SAID),
    "faster-whisper's terminal": "".join(f"[{a:.2f}s -> {b:.2f}s]  {t}\n" for a, b, t in SAID),
    "seconds in brackets": "".join(f"[{a:.1f} - {b:.1f}] Ann Lee: {t}\n" for a, b, t in SAID),
    "times in letters": "".join(f"[0m{int(a)}s] {t}\n" for a, _, t in SAID),
    "unpadded seconds": "".join(f"[0:{a:.3f},0:{b:.3f},0]  {t}\n" for a, b, t in SAID),
    "a span behind a name": "".join(f"SPEAKER_00 {clock(a)} --> {clock(b)}: {t}\n" for a, b, t in SAID),
    "a time behind a name in brackets": "".join(f"[Ann Lee] {clock(a)[:8]}\n{t}\n\n" for a, _, t in SAID),
    "a span behind a name in brackets": "".join(f"[Ann Lee] ({clock(a)[:8]} → {clock(b)[:8]}): {t}\n\n" for a, b, t in SAID),
    "a name in brackets behind a span": "".join(f"[{clock(a)} - {clock(b)}] [Ann Lee] {t}\n" for a, b, t in SAID),
    "SubRip with names in brackets": "".join(
        f"{i}\n{clock(a, ',')} --> {clock(b, ',')}\n[Ann Lee]: {t}\n\n" for i, (a, b, t) in enumerate(SAID)),
    "headings between": "".join(f"## Ann Lee\n\n**[0:{int(a):02}]** {t}\n\n" for a, _, t in SAID),
    "a head with times": "Recording: Feb 5 at 12:07 PM\nMade: 2026-02-05 10:30:00\nDuration: 33:12\n\n" + "".join(
        f"[Ann Lee] (0:{int(a):02})\n{t}\n\n" for a, _, t in SAID),
    "a colon behind the time": "".join(f"00:{int(a):02}: {t}\n" for a, _, t in SAID),
    "a colon behind time and name": "".join(f"{clock(a)[:8]}: Ann Lee: {t}\n" for a, _, t in SAID),
    "a bar between time and name": "".join(f"{clock(a)[:8]} | Ann Lee\n{t}\n\n" for a, _, t in SAID),
    "a name with a particle": "".join(f"Ann van Lee 0:{int(a):02}\n{t}\n\n" for a, _, t in SAID),
    "a name in lower case": "".join(f"ann lee (0:{int(a):02}): {t}\n" for a, _, t in SAID),
    "copied from Teams": "".join(
        f"Ann Lee\n0 minutes {int(a)} seconds\n0:{int(a):02}\nAnn Lee 0 minutes {int(a)} seconds\n{t}\n" for a, _, t in SAID),
    "linked times": "".join(f"[0:{int(a):02}](https://a.example/v?t={int(a)}) {t}\n\n" for a, _, t in SAID),
    "a table without a head": "".join(f'{clock(a)[:8]},Ann Lee,"{t}"\n' for a, _, t in SAID),
    "a page": "<html><head><title>0:00</title></head><body><nav>Home</nav><script>var t = '9:99'</script>" + "".join(
        f'<div class="seg"><span class="name">Ann Lee</span> <span class="ts"><a href="#t={a}">(00:00:{int(a):02})</a></span>'
        f' <span class="text">{t}</span></div>' for a, _, t in SAID) + "</body></html>",
}  # fmt: skip
CUT_TO_NOTHING = {"whisper with words", "subtitles in a string", "oTranscribe", "iFlytek", "columns", "columns of pandas",
                  "an object by times", "an object by numbers", "an object by names", "AmiVoice", "faster-whisper",
                  "words with ends alone"}  # fmt: skip
"""What is worth nothing where its end is missing: one record or one string has it all."""
ALL = {**{name: json.dumps(data) for name, data in DATA.items()}, **TEXTS}


@pytest.mark.parametrize("name", ALL)
def test_every_line_is_found_where_it_was_said(name: str) -> None:
    """Whatever the form, each sentence stands within half a second; speakers are no words."""
    index = Index(read_transcript(ALL[name].encode(), "", "x"))
    for start, _, text in SAID:
        found = index.place(text)
        assert isinstance(found, Placement), (text, found)
        assert abs(found.start - start) <= 0.5
        assert "Ann" not in found.text


@pytest.mark.parametrize(
    "name", ["podcast namespace, a word each", "Deepgram", "AWS Transcribe", "AssemblyAI", "Google"]
)
def test_words_are_joined_to_lines_that_are_true_inside(name: str) -> None:
    """Lines end with sentences; words inside a line are where the file says."""
    transcript = read_transcript(ALL[name].encode(), "", "x")
    assert [cue.text for cue in transcript.cues] == [text for *_, text in SAID]
    found = Index(transcript).place("choose a home by dancing in the dark")
    assert isinstance(found, Placement)
    assert abs(found.start - WORDS[8][0]) < 0.5


@pytest.mark.parametrize("name", ["a name and a time above", "a name and a time in brackets", "a name below a time",
                                  "a table of contents before", "a page", "a name behind a bracket",
                                  "a time in brackets behind a name", "a table of an editing program", "SubStation Alpha",
                                  "ELAN", "an editing program", "an editing program that drops frames",
                                  "a time behind a name in brackets", "a table without a head", "seconds in brackets",
                                  "a span behind a name in brackets", "a name in brackets behind a span",
                                  "SubRip with names in brackets", "a head with times", "copied from Teams",
                                  "a colon behind time and name", "a bar between time and name"])  # fmt: skip
def test_names_beside_times_are_speakers(name: str) -> None:
    """Above the time, before it, or below it."""
    assert {cue.speaker for cue in read_transcript(ALL[name].encode(), "", "x").cues[-4:]} == {"Ann Lee"}


@pytest.mark.parametrize("name", [name for name in DATA if name not in CUT_TO_NOTHING])
def test_a_file_that_was_cut_off_gives_what_is_whole(name: str) -> None:
    """Half of a download is half of a transcript."""
    whole = ALL[name]
    cues = read_transcript(whole[: int(len(whole) * 0.5)].encode(), "", "x").cues
    assert cues[0].text.startswith(SAID[0][2].split()[0])
    assert cues[-1].end < 18
