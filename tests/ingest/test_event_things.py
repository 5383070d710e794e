"""Dated lines are about things with all the words of their names."""

from __future__ import annotations

import pytest

from ingest.event_things import whole_name


@pytest.mark.parametrize(
    ("line", "found", "whole"),
    [
        ("2020-06-11：Merlin XL", "XL", "Merlin XL"),
        ("2020-06-11：Merlin XL", "Merlin", "Merlin XL"),
        ("2019-03-04：Kestrel 2", "Kestrel", "Kestrel 2"),
        ("2019-03-04：Kestrel 2，第二代", "Kestrel", "Kestrel 2"),
        ("2025-09 鹿鸣 FS 2 发布", "鹿鸣 FS", "鹿鸣 FS 2"),
        ("2019-03-04：Kestrel 2.1", "Kestrel", "Kestrel"),  # a version
        ("2019-03-04：Kestrel 13B", "Kestrel", "Kestrel"),  # a size
        ("2019-03-04：bought the Kestrel 2 in Turku", "Kestrel", "Kestrel"),
        ("2019-03-04：Released Kestrel", "Kestrel", "Kestrel"),
        ("2025-09 鹿鸣 FS 20 发布", "鹿鸣 FS", "鹿鸣 FS"),
    ],
)
def test_the_words_beside_a_name_that_belong_to_it(line: str, found: str, whole: str) -> None:
    known = {"merlin": "Merlin", "kestrel": "Kestrel", "鹿鸣fs": "鹿鸣 FS", "鹿鸣fs2": "鹿鸣 FS 2"}

    assert whole_name(line, found, known) == whole
