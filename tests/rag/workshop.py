"""A second survey, of vans and hand grinders: columns of ticks, units in headers, things told of in two places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rag import Assistant
from rag.answer.context import Context, gathered
from rag.answer.relevance import judge
from rag.retrieve.evidence import Scored
from rag.types import Fact
from tests.rag.survey import understood

VANS = """# Vans

Rented in 2024.

## What they are

| Model | Maker | Price (k EUR) | Kerb weight (t) | Tow bar | Parking heater | Fuel |
| --- | --- | --: | --: | :-: | :-: | --- |
| Mossback 3 | Ardent Works | 96 | 2.1 | ✅ | ❌ | diesel |
| Mossback 4 | Ardent Works | 142.5 | 2.7 | ✅ | ✅ | electric |
| Galloper | Hjelm | 155 | 2.4 | ❌ | ✅ | petrol, electric |
| Puffin Bus | Hjelm | 210 | 3.4 | ❌ | ❌ | diesel |
| Lowland | Tarn & Co | 78 | 1.9 | | ✅ | petrol |

## Who drives them

| Van | Depot | Drivers |
| --- | --- | --- |
| Mossback 3 | Umeå | Ragna, Tove |
| Mossback 4 | Turku | Ragna |
| Galloper | Umeå | Silas |
| Puffin Bus | Turku | Tove, Silas |
| Lowland | Narvik | Ines |

## Kestrel Camper

The Kestrel Camper is a converted bus. Its roof was raised by Olsen Bodies in Bergen. The bed folds out to 140 cm.

## On the road

The Galloper needs a new clutch. Its spare key hangs in the kitchen. A dealer in Pori asked 340 EUR for the work.

Roads were icy. A cat slept on the bonnet.
"""

GRINDERS = """# 手摇磨豆机

## 一览

| 机型 | 厂家 | 重量（克） | 价格（元） | 可拆洗 | 带收纳袋 | 刀盘 |
| --- | --- | --- | --- | --- | --- | --- |
| 霜叶一号 | 云岭 | 420 | 299 | ✅ | ❌ | 陶瓷 |
| 霜叶二号 | 云岭 | 560 | 499 | ✅ | ✅ | 钢 |
| 小磨坊 | 渡口 | 380 | 199 | ❌ | ✅ | 陶瓷 |
| 山猫 | 渡口 | 710 | 899 | ✅ | | 钢、钛 |
| 竹节 | 白塔 | 495 | 650 | ❌ | ❌ | 钢 |

## 使用

| 机型 | 粗细档位 | 适合 |
| --- | --- | --- |
| 霜叶一号 | 24 | 手冲 |
| 霜叶二号 | 36 | 意式 |
| 小磨坊 | 18 | 手冲 |
| 山猫 | 48 | 意式 |
| 竹节 | 30 | 冷萃 |

## 杂记

霜叶二号是去年买的。外壳用胡桃木做成。第一批有漏粉的毛病。
"""

CREW = """# Crew

| Name | Rides | Speaks |
| --- | --- | --- |
| Ragna Moe | Puffin Bus | Norwegian, Finnish |
| Silas Brandt | Mossback 4 | German |
| Ines Duarte | Mossback 4, Lowland | Portuguese |
"""

WORKSHOP: Mapping[str, str] = {
    "vans.md": VANS,
    "grinders.md": GRINDERS,
    "crew.md": CREW,
}


def weighed(assistant: Assistant, text: str) -> tuple[Context, dict[Fact, float]]:
    """The context of a question with its facts ranked, none judged yet, and the facts' lexical scores."""
    return gathered(understood(assistant, text), assistant.snapshot, assistant.names)


def judged(assistant: Assistant, text: str) -> Context:
    """The context of a question with its facts judged, as lookups get it."""
    context, found = weighed(assistant, text)
    return replace(context, ranked=judge(context, found))


def among(context: Context, entity: str, value: str) -> Scored:
    """The one ranked fact of a thing that has a value."""
    (found,) = [s for s in context.ranked if s.fact.entity == entity and s.fact.value == value]
    return found
