"""Dated lines are about things with all the words of their names."""

from __future__ import annotations

import pytest

from ingest.event_things import subject_of, whole_name


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


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        ("2024-08-20 – Merlin 3.5: second batch", "Merlin 3.5"),
        ("2024-08-20 – Osprey (Foo Ltd) exploded over Kiruna", "Osprey"),
        ("2024-08-20 – Weavers shipped Osprey", "Osprey"),
        ("12 Mar 2024: Falcon 9, flown from Kourou", "Falcon 9"),
        ("2024-08-20 鹿鸣二号成功，比 Kestrel 还早", "鹿鸣二号"),
        ("2024-08-20 Tove 发布 Merlin，用 Kestrel 的帆", "Merlin"),
        ("2024-08-20 Tove ships Merlin, 1,200 sold, after Kestrel", "Merlin"),
        ("2024-08-20 gave away the old one", ""),
    ],
)
def test_a_dated_line_is_about_what_it_opens_with_or_names_last(line: str, subject: str) -> None:
    known = {"kestrel": "Kestrel", "merlin": "Merlin", "falcon9": "Falcon 9"}

    assert subject_of(line, (), known, {"鹿鸣二号": "鹿鸣二号"}, "") == subject
