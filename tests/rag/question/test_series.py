"""Things of one series that a question names by their numbers."""

from __future__ import annotations

import pytest

from rag.question.name_index import NameIndex
from rag.question.series import written_out
from rag.types import Entity

NAMES = [Entity(f"Kalpak {n}", (f"kalpak{n}",), (f"Kalpak {n}",), 3) for n in (1, 2, 3)]
NAMES += [Entity("Kalpak 7 Core", ("kalpak7core",), ("Kalpak 7 Core",), 3)]
NAMES += [Entity(f"Kalpak 8 {kind}", (f"kalpak8{kind}",), (f"Kalpak 8 {kind}",), 3) for kind in ("lite", "max")]
NAMES += [Entity(f"霜叶{n}", (f"霜叶{n}",), (f"霜叶{n}",), 3) for n in (1, 2)]
INDEX = NameIndex.build({key: entity for entity in NAMES for key in entity.keys})


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("kalpak 1 2 3 分别多重", "kalpak 1、kalpak 2、kalpak 3 分别多重"),
        ("how heavy are kalpak 1, 2 and 3", "how heavy are kalpak 1、kalpak 2、kalpak 3"),
        ("kalpak 2 和 3 哪个重", "kalpak 2、kalpak 3 哪个重"),
        ("kalpak 2 vs 3", "kalpak 2、kalpak 3"),
        ("霜叶1 和 2 的价格", "霜叶1、霜叶2 的价格"),
        ("霜叶1和2哪个贵", "霜叶1、霜叶2哪个贵"),
        ("kalpak3和1", "kalpak3、kalpak1"),
        # a number that begins one name alone
        ("kalpak 2 跟 7 的价格", "kalpak 2、kalpak 7 core 的价格"),
    ],
)
def test_every_number_of_a_series_gets_its_name(question: str, read: str) -> None:
    assert written_out(question, INDEX) == read


@pytest.mark.parametrize(
    "question",
    [
        "kalpak 1 9",  # no such thing
        "kalpak 1 和 8",  # one of two
        "kalpak 7 和 8",
        "霜叶1 和 2月的价格",
        "kalpak 1 和 2 个人",
        "between 1 and 2 kg",
        "kalpak 1 for 3 people",
        "how many in 2021 and 2022",
        "kalpak 2 和 3.5% 的折扣",
    ],
)
def test_other_numbers_stay(question: str) -> None:
    assert written_out(question, INDEX) == question
