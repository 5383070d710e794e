"""Names without the maker's name that several of them begin with."""

from __future__ import annotations

import pytest

from ingest.brands import rests, says_enough
from tests.ingest.test_entities import aliases
from tests.ingest.test_facts import read

CARTS = """# 手推车

| 型号 | 载重 |
|---|---|
| 岚田 K1 | 90 |
| 岚田 K3 | 95 |
| 岚田 云帆 07 | 120 |
| 岚田 云帆 08 | 130 |
| 岚田 008 | 60 |
| 枫港 山雀 01 | 40 |

云帆 07 年底停产，想买趁早。
"""


def test_what_stands_behind_a_maker_s_name_is_a_name_of_the_thing() -> None:
    found = aliases(CARTS)

    assert "云帆 07" in found["岚田 云帆 07"]
    assert "云帆 08" in found["岚田 云帆 08"]
    assert found["岚田 008"] == ("岚田 008",)
    assert found["枫港 山雀 01"] == ("枫港 山雀 01",)  # nothing else begins so


def test_what_several_things_are_called_without_their_makers_names_none() -> None:
    rows = "".join(f"| {maker} 山雀 {n} |  |\n" for maker in ("岚田", "枫港") for n in ("01", "02", "03"))
    found = aliases(f"| 型号 | 载重 |\n|---|---|\n{rows}| 岚田 海燕 9 | |\n")

    assert found["岚田 山雀 01"] == ("岚田 山雀 01",)
    assert "海燕 9" in found["岚田 海燕 9"]


def test_a_sentence_that_opens_with_such_a_name_is_about_the_thing() -> None:
    (said,) = [fact for fact in read(CARTS) if "停产" in fact.value]
    assert said.entity == "岚田 云帆 07"


@pytest.mark.parametrize(
    ("rest", "enough"),
    [
        ("云帆 07", True),
        ("Tarnvik NX 2", True),
        ("K30 Space", True),
        ("云鹨", True),
        ("07", False),
        ("2 Pro", False),
        ("Pro Max 2", False),
        ("7B", False),
        ("v2", False),
        ("Cloud", False),
        ("儿童车", False),
        ("旗舰版", False),
        ("二 2", False),
    ],
)
def test_what_may_stand_for_a_name(rest: str, enough: bool) -> None:
    assert says_enough(rest) is enough


def test_a_word_that_begins_two_names_is_no_maker() -> None:
    assert rests({"a": ["Ostra K30 Space"], "b": ["Ostra K31 Space"]}) == {}
    assert rests({"a": ["Ostra K30"], "b": ["Ostra K31"], "c": ["Ostra 7"]}) == {"a": ["K30"], "b": ["K31"]}
