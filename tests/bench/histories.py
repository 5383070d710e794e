"""A history of notes made for tests: every kind of edit, over a table, key-value lines, a timeline and prose."""

from __future__ import annotations

from bench.replay import Asked, State

OVENS = """# Ovens

## 1. 石炉 (Stonefire)

| 型号 | 重量 | 价格 | 商用 |
| --- | --- | --- | --- |
| Stonefire S | 45 kg | 900 EUR | 可以商用 |
| Stonefire M | 70 kg | 1,400 EUR | 可以商用 |

Stonefire was founded in Porto. The door is cast iron, and the baking floor is made of cordierite.

## 2. Kuppel

- 重量：38 kg
- 价格：650 EUR
- 燃料：木柴
- 商用：不可商用
- 官网：[Kuppel](https://kuppel.example/ovens)

Kuppel 的炉膛由两层黏土制成，升温需要四十分钟。

## 3. 时间线

- 2019-03：Stonefire S 发布
- 2021-06：Kuppel 发布
- 2022-11：Stonefire M 发布
"""

DOUGH = """# 面团笔记

| 面粉 | 蛋白质 | 吸水 | 产地 |
| --- | --- | --- | --- |
| Alba 00 | 12.5% | 62% | Parma |
| 河套雪花 | 11.8% | 58% | 巴彦淖尔 |

Alba 00 的面团冷藏发酵二十四小时，河套雪花十八小时。

## How to shape a ball

1. Flour the board.
2. Fold the edges to the middle.
3. Turn it over and roll it under the palm.
"""

ROW = "| Stonefire L | 120 kg | 2,300 EUR | 仅限租用者商用 |\n"
MEDIUM = "| Stonefire M | 70 kg | 1,400 EUR | 可以商用 |\n"
KUPPEL = "## 2. Kuppel\n"


def states() -> list[State]:
    """Fifteen states of two or three notes."""
    longer = OVENS.replace(MEDIUM, MEDIUM + ROW)
    dearer = longer.replace("650 EUR", "720 EUR").replace("不可商用", "付费后可以商用")
    head, kuppel, line = _sections(dearer)
    moved = head + line + kuppel
    titled = moved.replace("# Ovens\n", "# Wood-fired ovens 柴烤炉\n", 1)
    elsewhere = DOUGH.replace("12.5%", "13.0%") + "\n" + kuppel.replace("38 kg", "39 kg")
    notes = [
        ("first", {"ovens.md": OVENS}),
        ("another note", {"ovens.md": OVENS, "dough.md": DOUGH}),
        ("a row more", {"ovens.md": longer, "dough.md": DOUGH}),
        ("two values", {"ovens.md": dearer, "dough.md": DOUGH}),
        ("lines above", {"ovens.md": "> Draft.\n\n" + dearer, "dough.md": DOUGH}),
        ("sections moved", {"ovens.md": moved, "dough.md": DOUGH}),
        ("another title", {"ovens.md": titled, "dough.md": DOUGH}),
        ("a file renamed", {"kitchen/ovens.md": titled, "dough.md": DOUGH}),
        ("a section in two notes", {"kitchen/ovens.md": titled, "dough.md": elsewhere}),
        ("contents swapped", {"kitchen/ovens.md": elsewhere, "dough.md": titled}),
        ("a section taken out", {"kitchen/ovens.md": elsewhere, "dough.md": head}),
        ("a copy", {"kitchen/ovens.md": elsewhere, "dough.md": head, "copy.md": head}),
        ("cut short", {"kitchen/ovens.md": elsewhere[:200], "dough.md": head, "copy.md": ""}),
        ("deleted", {"dough.md": DOUGH}),
        ("taken back", {"ovens.md": OVENS, "dough.md": DOUGH}),
    ]
    return [State(name, {path: text.encode() for path, text in files.items()}) for name, files in notes]


def _sections(text: str) -> tuple[str, str, str]:
    """The note up to the second section, that section, and the third."""
    at, end = text.index(KUPPEL), text.index("## 3.")
    return text[:at], text[at:end], text[end:]


_ALONE = (
    "Stonefire M 多重",
    "how heavy is the Stonefire M",
    "Kuppel 的价格是多少",
    "what does the Kuppel cost",
    "Kuppel 烧什么燃料",
    "which fuel does Kuppel burn",
    "河套雪花的蛋白质",
    "protein of Alba 00",
    "Alba 00 产自哪里",
    "哪些可以商用",
    "which ovens allow commercial use",
    "不可商用的有哪些",
    "which are heavier than 60 kg",
    "低于 1000 EUR 的有哪些",
    "how many ovens are there",
    "Stonefire S 和 Kuppel 哪个重",
    "compare the price of Stonefire S and Stonefire M",
    "Alba 00 和河套雪花的吸水有什么区别",
    "Kuppel or Stonefire L, which is cheaper",
    "这些炉子按发布时间排一下",
    "when were the ovens released, in order",
    "Stonefire M 什么时候发布的",
    "when did Kuppel come out",
    "Kuppel 的官网",
    "link to Kuppel",
    "how do I shape a ball of dough",
    "怎么揉面团",
    "what is the baking floor made of",
    "炉膛是什么做的",
    "where was Stonefire founded",
    "冷藏发酵多久",
    "Stonefire L 能商用吗",
    "what is the warranty of the Kuppel",
    "Stonefire 的保修期多长",
    "who invented the microwave",
    "天王星有几颗卫星",
)

QUESTIONS: tuple[Asked, ...] = (
    *((question, ()) for question in _ALONE),
    ("那 Kuppel 呢", (("user", "Stonefire S 多重"), ("assistant", "45 kg"))),
    ("and its price?", (("user", "how heavy is the Stonefire M"), ("assistant", "70 kg"))),
)
