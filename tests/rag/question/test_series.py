"""Things of one series that a question names by their numbers."""

from __future__ import annotations

import pytest

from rag.question.name_index import NameIndex
from rag.question.series import written_out
from rag.types import Entity

NAMES = [Entity(f"Kalpak {n}", (f"kalpak{n}",), (f"Kalpak {n}",), 3) for n in (1, 2, 3)]
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
    ],
)
def test_every_number_of_a_series_gets_its_name(question: str, read: str) -> None:
    assert written_out(question, INDEX) == read


@pytest.mark.parametrize(
    "question",
    [
        "kalpak 1 9",  # no such thing
        "between 1 and 2 kg",
        "kalpak 1 for 3 people",
        "how many in 2021 and 2022",
        "kalpak 2 和 3.5% 的折扣",
    ],
)
def test_other_numbers_stay(question: str) -> None:
    assert written_out(question, INDEX) == question
