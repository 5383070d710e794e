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
