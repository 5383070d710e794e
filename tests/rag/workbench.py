"""A third survey, of presses and teapots: a table, lists and headings in one note, the same headers in another."""

from __future__ import annotations

from collections.abc import Mapping

from rag import Assistant
from rag.answer.choice import weigh
from rag.answer.matches import Op
from rag.answer.sheets import Sort
from tests.rag.workshop import judged

BENCH = """# Workbench

Kept in the cellar.

## Presses

| Press | Maker | Weight (kg) | Force | Guarded | Foot pedal | Finish | Serviced |
| --- | --- | --: | --- | :-: | :-: | --- | --- |
| Hollin 2 | Brandt | 40 | 2 t | ✅ | ❌ | blue enamel | 2021-03-04 |
| Hollin 5 | Brandt | 95 | 5 t | ✅ | ✅ | grey | 2022-06-01 |
| Quern | Ovesen | 60 | 3 t | ❌ | ✅ | grey | 2022-11-20 |
| Tapper | Ovesen | | 1 t | ❌ | ❌ | | unknown |

## Anvils

- Stithy: steel, 70 kg
- Bickern: iron, 30 kg

## Benches

### Oak bench

Its top is four inches thick.

### Beech bench

It folds against the wall.

## Oils

Formats sold: tin, drum and tube.

Steps to clean a ram:

1. Take the guard off
2. Wipe it with paraffin
3. Grease the screw
"""

ATTIC = """# Attic

| Press | Maker | Force |
| --- | --- | --- |
| Garret | Brandt | 2 t |
| Loft | Sund | 4 t |
"""

TEAPOTS = """# 茶具

## 茶壶

| 茶壶 | 产地 | 容量（毫升） | 可明火 | 带滤网 | 入手日期 |
| --- | --- | --- | :-: | :-: | --- |
| 听松壶 | 宜城 | 240 | ✅ | ❌ | 2020-05-01 |
| 栖云壶 | 宜城 | 300 | ❌ | ✅ | 2021-07-12 |
| 半山壶 | 龙窑 | 360 | ✅ | ✅ | |
| 小满壶 | 白泥 | | ❌ | ❌ | 2022-02-02 |

## 茶叶

- 存法：陶罐、锡罐、纸袋
"""

WORKBENCH: Mapping[str, str] = {"workbench.md": BENCH, "attic.md": ATTIC, "teapots.md": TEAPOTS}


def read(assistant: Assistant, question: str, sort: Sort, *chosen: tuple[Op, str]) -> list[list[str]]:
    """What the candidates on sheets of a sort pick out whose picks are `chosen`: way and header."""
    return [
        [candidate.sheet.names[key] for key in candidate.keys]
        for candidate in weigh(judged(assistant, question)).candidates
        if candidate.sheet.sort is sort and sorted((p.op, p.attribute) for p in candidate.picks) == sorted(chosen)
    ]
