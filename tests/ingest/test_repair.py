"""Mojibake, lossless and lossy: what comes back, and what is never touched."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.repair import repair
from ingest.repair_bytes import WINDOWS_1252, WINDOWS_1254, CodePage, candidates, damage, units

# Chinese prose about many things, written for the tests: no model has been trained on it.
PROSE = (Path(__file__).parent / "prose.md").read_text(encoding="utf-8")
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
PAGES = [WINDOWS_1252, WINDOWS_1254]
FRAME = "下面的内容用来说明问题，请仔细阅读。"


def lossy(char: str, page: CodePage) -> bool:
    return any(byte in page.dropped for byte in char.encode())


def mended(text: str, page: CodePage) -> str:
    outcome = repair(damage(text, page))
    assert outcome is not None
    return outcome[0]


def accuracy(text: str, page: CodePage) -> float:
    """Share of the characters that lost bytes and came back; no other character may change."""
    got = mended(text, page)
    assert len(got) == len(text)
    assert [b for a, b in zip(text, got, strict=True) if a != b and not lossy(a, page)] == []
    lost = [(a, b) for a, b in zip(text, got, strict=True) if lossy(a, page)]
    return sum(a == b for a, b in lost) / len(lost)


@pytest.mark.parametrize(("page", "least"), [(WINDOWS_1252, 0.96), (WINDOWS_1254, 0.97)])
def test_prose_comes_back(page: CodePage, least: float) -> None:
    # given prose that no model has seen, when it is damaged and mended, then nearly all of it is right
    # (everyday prose is harder than survey notes: the training text is mostly software documentation)
    assert accuracy(PROSE, page) >= least


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize(
    "name", ["000-alpaca-timeline", "001-llm-tracking", "002-open-models-and-data", "004-playing-with-models"]
)
def test_clean_notes_come_back_after_damage(name: str, page: CodePage) -> None:
    path = SHARED / "notes" / f"{name}.md"
    if not path.exists():
        pytest.skip("the shared notes are not here")
    assert accuracy(path.read_text(encoding="utf-8"), page) >= 0.98


def test_damaged_note_is_mended_in_time() -> None:
    # given the one note that was damaged in earnest
    path = SHARED / "notes" / "003-all-about-llm.md"
    if not path.exists():
        pytest.skip("the shared notes are not here")
    text = path.read_text(encoding="utf-8")
    # when it is mended
    begun = time.perf_counter()
    outcome = repair(text)
    seconds = time.perf_counter() - begun
    # then line numbers hold, no trace of damage is left, and it took no more than its share of an ingest
    assert outcome is not None
    fixed, report = outcome
    assert fixed.count("\n") == text.count("\n")
    assert report.codec == "windows-1254"
    assert (report.mended, report.exact) == (1593, 4397)
    assert report.confidence > 0.98
    assert repair(fixed) is None
    assert not set("åæçèé") & set(fixed)
    assert [a for a, b in zip(text.split("\n"), fixed.split("\n"), strict=True) if a.isascii() and a != b] == []
    assert seconds < 1.5


@pytest.mark.parametrize(
    "text",
    [
        "支持✅，不支持❌，部分支持✔️。",
        "输入→输出，然后←返回。",
        "他说「可以」，然后走了。",
        "第一、第二、第三：都很好！真的吗？（是的）",
        "“引用”的内容，以及‘内层’的内容……",
        "你好😀，我们出发吧🚀！今天很开心🎉。",
        "这家café的价格是12€，温度是25℃，误差±3。",
        "添加标题，占用内存，加载代码，无法打开。",
    ],
)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_signs_come_back(text: str, page: CodePage) -> None:
    note = f"{FRAME}\n{text}\n{FRAME}"
    assert mended(note, page) == note


def test_lossless_damage_is_undone_exactly() -> None:
    # given code pages that keep undefined bytes as control characters
    wrong = PROSE.encode().decode("latin-1")
    # when and then
    outcome = repair(wrong)
    assert outcome is not None
    assert outcome[0] == PROSE
    assert (outcome[1].mended, outcome[1].confidence) == (0, 1.0)


def test_replacement_characters_show_where_bytes_were() -> None:
    wrong = PROSE.encode().decode("cp1254", "replace")
    outcome = repair(wrong)
    assert outcome is not None
    right = sum(a == b for a, b in zip(PROSE, outcome[0], strict=True))
    assert right / len(PROSE) > 0.98


def test_no_break_spaces_that_became_spaces() -> None:
    wrong = damage(PROSE, WINDOWS_1254).replace("\xa0", " ")
    outcome = repair(wrong)
    assert outcome is not None
    assert outcome[0].count("\n") == PROSE.count("\n")
    for word in ("增加", "降低", "因为"):
        assert outcome[0].count(word) == PROSE.count(word)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain English, nothing else\n",
        PROSE,
        "Türkçe: çığ düştü, ağaç yeşil, şöyle böyle; İstanbul'da ışık söndü. Güneş doğdu, gökyüzü açıldı.\n",
        "Déjà vu à l'hôtel « Étoile », où l'été fut très chaud ; çà et là, naïveté, cœur, façade… 20 °C\n",
        "Größe, Straße, Übermut, Äpfel, Öl – »schön« und „gut“, müßig, weiß.\n",
        "Tiếng Việt: đường phố Hà Nội rất đông, trời mưa, tôi thích cà phê sữa đá.\n",
        "Português: ação, coração, não, às vezes; Español: ¿qué tal, señor? ¡mañana!\n",
        "def f(x):\n    return {'é': 'è', '·': '—', '×': '÷'}[x]  # café\n",
        'Read with the wrong code page, "é" shows as "Ã©" and "à" as "Ã\xa0"; a dash as "â€”".\n',
        "The greeting 你好 turns into ä½\xa0å¥½ when a program reads it with the wrong code page.\n",
        "如果看到“ä½\xa0å¥½”这样的文字，说明编码读错了。\n",
        "How it looks when read wrongly:\n\n    ä½\xa0å¥½ä¸–ç•Œ\n\nTo cure it, read it rightly.\n",
        "ÀÈÌÒÙ âêîôû äëïöü ÿ Œœ Šš Žž €\n",
    ],
)
def test_undamaged_text_is_never_touched(text: str) -> None:
    assert repair(text) is None


def test_a_damaged_paragraph_in_a_clean_note() -> None:
    # given a clean note with a damaged paragraph pasted into it, and a line that quotes
    clean = "# 标题\n\n这一行没有问题。\nThe sign “Ã©” is quoted.\n"
    paragraph = "机器学习需要大量的数据，数据的质量也很重要。\n"
    note = clean + "\n" + damage(paragraph, WINDOWS_1254) + "\n" + clean
    # when it is mended
    outcome = repair(note)
    # then only the paragraph changes
    assert outcome is not None
    assert outcome[0] == clean + "\n" + paragraph + "\n" + clean


def test_a_damaged_sentence_after_a_clean_one_in_the_same_line() -> None:
    sentence = "机器学习需要大量的数据，数据的质量也很重要。"
    outcome = repair("前面没有问题，" + damage(sentence, WINDOWS_1254))
    assert outcome is not None
    assert outcome[0] == "前面没有问题，" + sentence


def test_a_damaged_line_full_of_latin_in_a_note_damaged_elsewhere() -> None:
    sentence = "机器学习需要大量的数据，数据的质量也很重要。"
    latin = "- 2023-03-25 Contributors发布[Somewhere](https://example.org/somewhere)"
    note = f"前面没有问题。\n{damage(latin, WINDOWS_1254)}\n前面没有问题。\n{damage(sentence, WINDOWS_1254)}\n"
    outcome = repair(note)
    assert outcome is not None
    assert outcome[0].replace("\n", "") == f"前面没有问题。{latin}前面没有问题。{sentence}"


@pytest.mark.parametrize(
    ("seen", "count"),
    [
        ((0xE4, 0xBD, 0xA0), 1),  # nothing lost
        ((0xE5, 0x98), 16),  # one of three: 8 bytes in either place
        ((0xE5,), 64),  # two of three
    ],
)
def test_candidates(seen: tuple[int, ...], count: int) -> None:
    assert len(candidates(seen, WINDOWS_1254.dropped)) == count


def test_each_lead_byte_opens_one_character() -> None:
    found = units("å˜a" + damage("不是", WINDOWS_1254), WINDOWS_1254)
    assert [(unit.start, unit.end, unit.lossless) for unit in found] == [
        (0, 2, False),
        (3, 5, False),
        (5, 8, True),
    ]
    assert "存" in found[0].candidates
    assert "不" in found[1].candidates


CHARS = st.text(
    st.sampled_from(
        "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会 abc019,.|#*\n，。！？、：「」✅→é"
    )
)


@settings(max_examples=40, deadline=None)
@given(CHARS, st.sampled_from(PAGES))
def test_undamaged_characters_and_lines_are_left_alone(text: str, page: CodePage) -> None:
    note = f"{FRAME}\n{text}\n{FRAME}"
    got = mended(note, page)
    assert got.count("\n") == note.count("\n")
    assert len(got) == len(note)
    assert [(a, b) for a, b in zip(note, got, strict=True) if a != b and not lossy(a, page)] == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_text_with_the_same_lines(text: str) -> None:
    outcome = repair(text)
    assert outcome is None or outcome[0].count("\n") == text.count("\n")
