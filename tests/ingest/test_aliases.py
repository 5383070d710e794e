"""Other names that running text gives to a thing."""

from __future__ import annotations

import pytest

from ingest.aliases import told_aliases
from ingest.entities import merge, names
from ingest.markdown import parse
from ingest.outline import outline


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Otter（阿獭）由老李在车库里画出来。", [("Otter", "阿獭")]),
        ("山獭工坊（Otter Works）在大理，老板姓段。", [("山獭工坊", "Otter Works")]),
        ("Lutra 的 OLT（Otter Long Tail，外号“水车”）卖到 2021 年。", [("OLT", "Otter Long Tail", "水车")]),
        ("Otter，又叫 Lutra，2005 年起做。", [("Otter", "Lutra")]),
        ("Otter 前身叫 OtFS，研究所做的。", [("Otter", "OtFS")]),
        ("- 2023年6月 SeaOtter（原名 Waterrat）毕业", [("SeaOtter", "Waterrat")]),
        ("It replaced Otter Streaming (a.k.a. OTAN), which was retired.", [("Otter Streaming", "OTAN")]),
        ("Otter, also known as Lutra, is old.", [("Otter", "Lutra")]),
        ("都是老泵。阿獭（OtterWorks）最省电。", [("阿獭", "OtterWorks")]),  # a coined name, at a sentence's beginning
        ("水獭库简称“獭库”，很快。", [("水獭库", "獭库")]),
    ],
)
def test_names_that_prose_tells(text: str, forms: list[tuple[str, ...]]) -> None:
    assert list(told_aliases(text)) == forms


@pytest.mark.parametrize(
    "text",
    [
        "Otter（德国）在北边。",  # a word of the dictionary
        "Otter（两间厂房，四十人）在北边。",
        "Otter（阿獭）",  # nothing is told of it
        "用的是 Otter（阿獭）做的泵。",  # no opening, no wording
        "它很老。老板（CEO）姓段。",
        "Otter 是老泵，大家都这么叫。",
        "We know Otter as loud.",
    ],
)
def test_other_brackets_and_words_name_nothing(text: str) -> None:
    assert list(told_aliases(text)) == []


def test_a_told_name_is_one_of_the_thing_that_a_table_names() -> None:
    text = "| 型号 | 重量 | 价格 |\n|---|---|---|\n| Otter | 4 | 9 |\n| Grebe | 5 | 8 |\n\nOtter 又叫 Lutra，很轻。\n"

    entities = merge(names("a.md", outline(parse(text))))

    assert {entity.name: set(entity.aliases) for entity in entities}["Otter"] == {"Otter", "Lutra"}
