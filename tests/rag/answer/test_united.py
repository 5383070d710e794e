"""The same words pick things out of several notes: their picks are one candidate as well."""

from __future__ import annotations

from pathlib import Path

from rag.answer.choice import weigh
from rag.answer.matches import Op
from rag.answer.sheets import Sort
from tests.rag.survey import opened
from tests.rag.workshop import judged

HERE = """# Pumps here

| pump | body | flow |
| --- | --- | --- |
| Alder 3 | bronze | 40 l |
| Birch | steel | 55 l |
| Cedar 9 | bronze | 60 l |
"""
THERE = """# Pumps there

| pump | housing | price |
| --- | --- | --- |
| Dogwood | bronze | 300 EUR |
| Elder 2 | plastic | 90 EUR |
"""


def test_a_value_under_headers_of_two_notes_picks_out_of_both(tmp_path: Path) -> None:
    with opened(tmp_path, here=HERE, there=THERE) as assistant:
        weighed = weigh(judged(assistant, "which pumps are bronze"))

    found = [
        sorted(candidate.sheet.names[key] for key in candidate.keys)
        for candidate in weighed.candidates
        if candidate.sheet.sort is Sort.UNION and candidate.picks[0].op is Op.VALUE
    ]
    assert ["Alder 3", "Cedar 9", "Dogwood"] in found


def test_one_column_alone_is_not_united(tmp_path: Path) -> None:
    with opened(tmp_path, here=HERE) as assistant:
        weighed = weigh(judged(assistant, "which pumps are bronze"))

    assert all(candidate.sheet.sort is not Sort.UNION for candidate in weighed.candidates)
