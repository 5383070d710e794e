"""Gold evidence is found in the stored sources, by quote or by lines."""

from __future__ import annotations

import pytest

from eval.cases import CaseError
from eval.gold import Place, locate, occurrences, supports, text_at
from rag.types import Lines, Page, Source, SourceKind
from tests.eval.world import NOTE, case, source

PAPER = Source("p.pdf", SourceKind.PAPER, "P", "d", "pdf", "one\ntwo\fthree two\f")


def test_a_quote_is_found_with_its_lines_and_the_language_of_its_note() -> None:
    (place,) = locate(case(evidence=[{"file": "db.md", "quote": "| Beta | 闭源 |"}]), source)
    assert place == Place("db.md", (Lines(6, 6),), "| Beta | 闭源 |", "zh")


def test_lines_are_taken_as_given() -> None:
    (place,) = locate(case(evidence=[{"file": "cache.md", "lines": [1, 3]}]), source)
    assert place == Place("cache.md", (Lines(1, 3),), None, "en")


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        ({"file": "gone.md", "quote": "x"}, "evidence file 'gone.md' is not in the index; give its --corpus"),
        ({"file": "db.md", "quote": "Beta | MIT"}, "db.md does not hold 'Beta | MIT'"),
        ({"file": "db.md", "lines": [8, 9]}, "evidence line 9 of db.md, which has 8"),
    ],
)
def test_evidence_that_is_not_there_is_refused(evidence: dict[str, object], message: str) -> None:
    with pytest.raises(CaseError) as caught:
        locate(case(evidence=[evidence]), source)
    assert str(caught.value) == f"tiny.jsonl:1: {message}"


def test_a_quote_may_stand_several_times_and_span_lines() -> None:
    assert occurrences(source("db.md"), "Alpha DB") == (Lines(5, 5), Lines(8, 8))
    assert occurrences(source("db.md"), "|\n| Beta") == (Lines(5, 6),)


def test_a_quote_in_a_paper_is_found_by_page() -> None:
    assert occurrences(PAPER, "two") == (Page(1), Page(2))
    assert text_at(PAPER, Page(2)) == "three two"
    assert text_at(PAPER, Page(9)) == ""


def test_text_at_lines_is_exact() -> None:
    assert text_at(source("db.md"), Lines(5, 6)) == "| Alpha DB | MIT |\n| Beta | 闭源 |"
    assert text_at(source("db.md"), Lines(1, 8)) == NOTE


@pytest.mark.parametrize(
    ("path", "location", "text", "expected"),
    [
        ("db.md", Lines(1, 6), "", True),
        ("db.md", Lines(7, 8), "", False),
        ("db.md", Lines(7, 8), "x Beta | 闭源 y", True),
        ("cache.md", Lines(6, 6), "Beta | 闭源", False),
        ("db.md", Page(6), "", False),
    ],
)
def test_support_needs_the_source_and_a_line_or_the_quote(
    path: str, location: Lines | Page, text: str, expected: bool
) -> None:
    place = Place("db.md", (Lines(6, 6),), "Beta | 闭源", "zh")
    assert supports(place, path, location, text) is expected
