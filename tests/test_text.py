"""Text: folding, cutting, decoding and the nearest name."""

from __future__ import annotations

import tracemalloc
import unicodedata

import pytest

from enricher.text import cut, decode, fold, lines_of, nearest, one_line, untagged, xml_safe


def test_folding_keeps_words_and_drops_case_accents_and_punctuation() -> None:
    """Titles are compared by the result; combining marks of other scripts than Latin belong to their words."""
    assert fold("  Épisode №12 – “L’été”! ") == "episode no12 lete"
    assert fold("Don't Stop (Part_2)") == "dont stop part 2"
    assert fold("हिन्दी Podcast") == unicodedata.normalize("NFKC", "हिन्दी podcast")
    assert fold("\uff21\uff22\uff23") == "abc"
    assert fold("!?") == ""


def test_folding_pages_keeps_none_of_them_in_memory() -> None:
    """A cache of 65,536 results once kept every page that an import read: 130 MB after 600 pages of 100 KB."""
    fold("x")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for i in range(10):
        fold(f"Episode {i} " * 2_000)
        fold(f"Épisode {i} " * 2_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


@pytest.mark.parametrize(
    ("body", "declared", "text"),
    [
        (b"caf\xc3\xa9", None, "café"),
        (b"caf\xe9 \x96 \x93x\x94", None, "café – “x”"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "iso-8859-1", "café"),
        ("café".encode("utf-16"), None, "café"),
        (b"\xfe\xff" + "café".encode("utf-16-be"), "utf-8", "café"),
        (b"\xcf\xe5\xf1\xed\xff", "windows-1251", "Песня"),
        (b"caf\xe9 \x93x\x94", "ISO-8859-1", "café “x”"),
        (b"caf\xc3\xa9", "no-such-encoding", "café"),
        (b"caf\xe9", "utf-8", "café"),
        (b"caf\xc3\xa9", "iso-8859-1", "café"),
        (b"\x1b$B%F\x1b(B", "iso-2022-jp", "テ"),
        (b"caf\xc3\xa9 \xe2\x80", None, "café "),
        (b"\x83\x65\x83\x58\x83\x67", "shift_jis", "テスト"),
        (b"aGk=", "base64", "aGk="),
        (b"a\x81b", None, "a\ufffdb"),
        (b"", None, ""),
    ],
)
def test_bytes_are_decoded_by_mark_declaration_utf_8_or_cp1252(body: bytes, declared: str | None, text: str) -> None:
    """The byte order mark wins over what is declared, https://encoding.spec.whatwg.org/#decode; nothing ever fails."""
    assert decode(body, declared) == text


def test_the_nearest_name_is_offered() -> None:
    """For a key or a feed that was mistyped; nothing where no name is like it."""
    assert nearest("lable", ["mode", "label", "title"]) == "label"
    assert nearest("lex-fridmann", ["lex-fridman", "huberman"]) == "lex-fridman"
    assert nearest("zzz", ["mode", "label"]) is None
    assert nearest("x", []) is None


def test_text_is_cut_at_a_word_and_made_one_line() -> None:
    """With an ellipsis; invisible characters go."""
    assert cut("one two three", 9) == "one…"
    assert cut("one", 3) == "one"
    assert one_line(" a\u200bb\u00a0\n c\x07 ") == "ab c"
    assert xml_safe("a\x00b\ud800\uffff") == "ab"
    assert untagged("a < b") == "a < b"
    assert untagged("a <b>") == "a ‹b›"


def test_visible_lines_of_notes() -> None:
    """Of HTML each block and break begins a line; plain text has its own."""
    assert lines_of("<p>One<br>Two</p><ul><li>Three &amp; four</ul>") == ["One", "Two", "Three & four"]
    assert lines_of("One\n\n Two ") == ["One", "Two"]
    assert lines_of("<p></p>") == []
