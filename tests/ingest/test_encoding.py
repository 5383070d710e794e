"""Encodings of notes on disk, as a table of cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.encoding import decode
from ingest.repair_bytes import WINDOWS_1254, damage
from rag.errors import UnreadableFileError

# Chinese prose about many things, written for the tests: no model has been trained on it.
PROSE = (Path(__file__).parent / "prose.md").read_text(encoding="utf-8")
SIMPLIFIED = "# 标题\n今天天气很好，我们去公园散步。\n\n- 列表 one\n"
TRADITIONAL = "# 標題\n這個問題很難，我們應該仔細研究。\n"
SHORT = "你好世界"
ENGLISH = "# Title\nplain text\n"


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (PROSE, "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (SHORT, "gb18030", "gb18030"),
        (SHORT, "big5", "big5"),
        ("一個emoji😀沒問題，這樣就可以了", "gb18030", "gb18030"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (SHORT, "utf-16-le", "utf-16-le"),
        (SHORT, "utf-16-be", "utf-16-be"),
        (ENGLISH, "utf-16-le", "utf-16-le"),
        (ENGLISH, "utf-16-be", "utf-16-be"),
        (ENGLISH, "ascii", "utf-8"),
        ("Café déjà vu, à bientôt", "cp1252", "windows-1252"),
        ("", "utf-8", "utf-8"),
    ],
)
def test_encodings(text: str, codec: str, expected: str) -> None:
    decoded = decode(text.encode(codec), name="note.md")
    assert (decoded.text, decoded.encoding, decoded.repair) == (text, expected, None)


@pytest.mark.parametrize(("codec", "expected"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_utf16_with_a_mark(codec: str, expected: bytes) -> None:
    decoded = decode(expected + SIMPLIFIED.encode(codec), name="note.md")
    assert (decoded.text, decoded.encoding) == (SIMPLIFIED, codec)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le"])
@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends(codec: str, end: str) -> None:
    decoded = decode(SIMPLIFIED.replace("\n", end).encode(codec), name="note.md")
    assert decoded.text == SIMPLIFIED


def test_only_line_ends_part_lines() -> None:
    text = "一\u2028二\u0085三\x0c四\x0b五\n"
    assert decode(text.encode(), name="note.md").text == text


def test_a_cut_end_is_forgiven() -> None:
    decoded = decode(SIMPLIFIED.encode()[:-8], name="note.md")
    assert (decoded.text, decoded.encoding) == (
        SIMPLIFIED[:-6] + "\ufffd",
        "utf-8",
    ) or decoded.encoding == "utf-8"


def test_damaged_text_is_mended_whatever_encoding_it_was_saved_in() -> None:
    wrong = damage(PROSE, WINDOWS_1254)
    decoded = [decode(wrong.encode(codec), name="note.md") for codec in ("utf-8", "utf-8-sig", "utf-16")]
    assert {d.encoding for d in decoded} == {"utf-8", "utf-8-sig", "utf-16-le"}
    assert len({d.text for d in decoded}) == 1
    assert all(d.repair is not None and d.repair.codec == "windows-1254" for d in decoded)


def test_damaged_text_with_windows_line_ends() -> None:
    wrong = damage(PROSE, WINDOWS_1254).replace("\n", "\r\n")
    decoded = decode(wrong.encode(), name="note.md")
    assert decoded.text.count("\n") == PROSE.count("\n")
    assert "\r" not in decoded.text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 ...", "this is a PDF, not a text note; give it the suffix .pdf"),
        (
            b"PK\x03\x04....",
            "this is a ZIP archive or an office document, not a text note; save it as markdown",
        ),
        (b"\x89PNG\r\n\x1a\n", "this is a PNG picture, not a text note; take it out of the notes"),
        (b"\x00\x01\x02\xff" * 50, "a zero byte at offset 0: binary content, not a text note"),
        (b"\x01\x02\x03\x04" * 50, "control characters such as U+0001: binary content, not a text note"),
        (bytes(range(0x80, 0x100)) * 3, "in no encoding that is known here"),
        (b"\xef\xbb\xbf" + b"\xff\xfe\xfd" * 20, "marked as utf-8 but not valid utf-8"),
    ],
)
def test_what_is_no_text(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason.replace(".", r"\.").replace("+", r"\+")) as caught:
        decode(data, name="sub/x.md")
    assert str(caught.value).startswith("sub/x.md: ")
