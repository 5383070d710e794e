"""Names that a question spells in the other script."""

from __future__ import annotations

import pytest

from rag.question.name_index import NameIndex
from rag.question.transcribed import transcribed
from rag.text.normalise import normalise
from rag.types import Entity

NAMES = (
    Entity("青鸾", ("青鸾",), ("青鸾",), 3),
    Entity("Kalpak", ("kalpak",), ("Kalpak",), 1),
    Entity("Kalpak 600", ("kalpak600",), ("Kalpak 600",), 3),
    Entity("Qingshan 2-13B", ("qingshan213b",), ("Qingshan 2-13B",), 3),
    Entity("Bosch Otter 3", ("boschotter3",), ("Bosch Otter 3",), 3),
    Entity("索尼 阿獭", ("索尼阿獭",), ("索尼 阿獭",), 3),
    Entity("Tarbos Mini", ("tarbosmini",), ("Tarbos Mini",), 3),
)
INDEX = NameIndex.build({key: entity for entity in NAMES for key in entity.keys})
HELD = frozenset(("甘南", "西安", "青鸾", "十一", "mini", "price"))


def _read(question: str) -> str:
    return " ".join(transcribed(normalise(question), question, INDEX, HELD.__contains__).split())


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("weight of qingluan", "weight of 青鸾"),  # a thing's name in pinyin
        ("Qingluan's weight", "青鸾's weight"),
        ("the Gannan trip", "the 甘南 trip"),  # a word of the notes, a place
        ("welders near xi'an", "welders near 西安"),
        ("卡尔帕克有多重", "kalpak 有多重"),  # a Latin name in Chinese characters
        ("塔尔博斯的价格", "tarbos 的价格"),
        ("青山2的价格", "qingshan 2的价格"),  # read as a Latin name, with the number of a version
        ("青山二代多重", "qingshan 二代多重"),
    ],
)
def test_names_are_read_in_the_script_of_the_notes(question: str, read: str) -> None:
    assert _read(question) == read


@pytest.mark.parametrize(
    "question",
    [
        "price of the mini",  # held as it stands
        "is shiyi there",  # 十一 is an everyday word: eleven
        "the Lanzhou trip",  # the notes hold no such word
        "这个的价格是多少",
        "青山的价格",  # without a number it may be any word
        "青鸾2的价格",
        "卡尔德拉有多重",  # sounds like no name
    ],
)
def test_other_words_stay_as_they_are(question: str) -> None:
    assert _read(question) == " ".join(normalise(question).split())


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("博世那台多重", "bosch 那台多重"),
        ("weight of the Sony one", "weight of the 索尼 one"),
        ("戴森那台多重", "戴森那台多重"),  # no thing of that brand in the notes
        ("bosch那台多重", "bosch那台多重"),
    ],
)
def test_brands_are_read_in_the_script_of_the_names(question: str, read: str) -> None:
    assert _read(question) == read
