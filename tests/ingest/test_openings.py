"""Things that cards, lines of one kind and items of like things introduce."""

from __future__ import annotations

import pytest

from ingest.entities import names
from ingest.facts import facts
from ingest.markdown import parse
from ingest.openings import opened
from ingest.outline import outline
from ingest.subjects import subjects

CARDS = """# 泵

## 手动

型号：Otter 3 Pro
重量：4.1 kg
流量：12 L/min
价格：980

型号：Lutra 200
重量：3.2 kg
流量：9 L/min
价格：760
"""
KINDS = """# Kitchen

Pump: Otter P5; steel; 4 kg; €80
Pump: Lutra Mini 2; brass; 3 kg; €60

Remember: two spare seals.
"""
ITEMS = """# 泵

# 2 支架

- Lutra（慕尼黑）
  - Grebe Evo：钢，620 g，承重 40 kg
  - Airy：钛，233 g，承重 30 kg
  - XR-5：铝，300 g
- 其他
"""

COUNTED = """# 盘

盘位：1
型号：Otter 12 TB
通电：1180

盘位：2
型号：Otter 12 TB
通电：402
"""
LABELLED = """# 泵

Otter 3 Pro
重量：4.1 kg
价格：980

Lutra 200（旧）
重量：3.2 kg
价格：760
"""
HEADS = """# 借出去的

- Otter 35
  - 借给：阿芸
  - 还：四月
- 备用电池
  - 借给：老高
- 充电器
- 别忘了
  - 下周去问
"""


def _opened(text: str) -> list[tuple[tuple[str, ...], str]]:
    blocks = outline(parse(text))
    found = opened(blocks, subjects(blocks))
    return [(thing.forms, thing.kind) for _, lines in sorted(found.items()) for thing in lines.values()]


@pytest.mark.parametrize(
    ("text", "things"),
    [
        (CARDS, [(("Otter 3 Pro",), ""), (("Lutra 200",), "")]),
        (KINDS, [(("Otter P5",), "Pump"), (("Lutra Mini 2",), "Pump")]),
        (ITEMS, [(("Grebe Evo", "Lutra Grebe Evo"), ""), (("Airy", "Lutra Airy"), ""), (("XR-5", "Lutra XR-5"), "")]),
        (COUNTED, [(("盘位 1",), ""), (("盘位 2",), "")]),
        (LABELLED, [(("Otter 3 Pro",), ""), (("Lutra 200", "旧"), "")]),
        (HEADS, [(("Otter 35",), ""), (("备用电池",), "")]),
    ],
)
def test_lines_introduce_things_by_their_form(text: str, things: list[tuple[tuple[str, ...], str]]) -> None:
    assert _opened(text) == things


@pytest.mark.parametrize(
    "text",
    [
        CARDS.replace("型号：Lutra 200", "品牌：Lutra"),  # one card alone shows no form
        KINDS.replace("Pump: Lutra Mini 2; ", "Price: "),
        "# Box\n\n- Read: 300 MB/s\n- Write: 200 MB/s\n",  # attributes with everyday names
        "# Box\n\n- CPU：8 核\n- GPU：1 张\n",  # numbers of different units
        "# Box\n\n优点：Foo 便宜，耐用\n缺点：Bar 重，贵\n",
    ],
)
def test_other_lines_introduce_nothing(text: str) -> None:
    assert _opened(text) == []


def test_what_the_lines_tell_belongs_to_the_thing() -> None:
    for text, thing, told in ((CARDS, "Lutra 200", "760"), (KINDS, "Otter P5", "Otter P5; steel; 4 kg; €80")):
        blocks = outline(parse(text))

        found = facts("a.md", text, blocks, names("a.md", blocks))

        assert told in [fact.value for fact in found if fact.entity == thing]


def test_lines_below_an_item_that_names_something_are_about_it() -> None:
    blocks = outline(parse(HEADS))
    owners = subjects(blocks)
    stated = facts("a.md", HEADS, blocks, names("a.md", blocks, owners), owners)
    told = [(fact.entity, fact.attribute, fact.value) for fact in stated if fact.attribute]
    assert told == [("Otter 35", "借给", "阿芸"), ("Otter 35", "还", "四月"), ("备用电池", "借给", "老高")]


SECTIONS = """# 手上的镜头

## 索尼 85

编号：L03
来源：旧货店
购入：2022-07

## 永诺 50

编号：L05
来源：社团
购入：2021-04

## 随手记

今年多拍。

## 机身和配件

机身：银色
背包：大
"""


@pytest.mark.parametrize(
    "text", [SECTIONS, SECTIONS.replace("## 索尼 85\n", "**索尼 85**").replace("## 永诺 50\n", "**永诺 50**")]
)
def test_sections_with_the_same_keys_are_about_things_whatever_stands_beside_them(text: str) -> None:
    blocks = outline(parse(text))
    named = {subject.name for subject in subjects(blocks) if subject is not None}
    assert named == {"索尼 85", "永诺 50"}
