"""The units of a question: what evidence for its answer should hold."""

from __future__ import annotations

import pytest

from rag.question.units import Unit, number_units
from rag.text.normalise import normalise
from rag.text.values import quantities


@pytest.mark.parametrize(
    ("tokens", "text", "may"),
    [
        (("kettle", "red"), "red kettle", True),
        (("水壶",), "水壶", True),
        ((), "大水壶", True),  # cut elsewhere
        ((), "kettles", False),  # a Latin word stands in a text as a token or not at all
        (("水",), "一壶水", False),
        (("pot",), "pot", False),  # of no weight
    ],
)
def test_a_unit_may_stand_in_a_text_by_a_token_or_uncut(tokens: tuple[str, ...], text: str, may: bool) -> None:
    unit = Unit("kettle", (("kettle", 1.0), ("水壶", 0.8), ("水", 0.0), ("pot", 0.0)))

    assert unit.may_stand_in(frozenset(tokens), text) is may


@pytest.mark.parametrize(
    ("question", "limits"),
    [
        ("价格在 £30 到 £80 之间的有哪些", [(30, "gbp", "above"), (80, "gbp", "below")]),
        ("which weigh between 300 and 500 g", [(300, "g", "above"), (500, "g", "below")]),
        ("3 到 5 万元之间的", [(30000, "cny", "above"), (50000, "cny", "below")]),
        ("从 300 g 降到 500 g", [(300, "g", ""), (500, "g", "")]),
        ("over 300 g", [(300, "g", "above")]),
        # without "between", where the second end has a unit
        ("teas that cost 20-35 euros", [(20, "eur", "above"), (35, "eur", "below")]),
        ("人均 20 到 30 欧的馆子", [(20, "eur", "above"), (30, "eur", "below")]),
        ("sections 3-4", [(3, "", ""), (4, "", "")]),
        # limits that deny
        ("磁盘不小于 80 GB 的", [(80, "gb", "above")]),
        ("净重不少于 250 克", [(250, "gram", "above")]),
        ("评分不低于 8 分", [(8, "", "above")]),
        ("价格不高于 100 元", [(100, "cny", "below")]),
        ("no fewer than 3 cards", [(3, "", "above")]),
        ("no longer than 2 hours", [(2, "hour", "below")]),
        ("within 10 minutes of the station", [(10, "minute", "below")]),
        # a character behind a verb is no limit
        ("放出过 65B 的有哪些", [(65e9, "", "")]),
        ("续航过 400 公里的", [(400, "kilometre", "above")]),
    ],
)
def test_the_ends_of_a_range_are_limits(question: str, limits: list[tuple[float, str, str]]) -> None:
    normal = normalise(question)
    units = number_units(tuple(quantities(normal)), normal)

    assert [(u.quantity.value, u.quantity.unit, u.limit) for u in units if u.quantity is not None] == limits
