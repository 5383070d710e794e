from __future__ import annotations

import json

import pytest

from bench.notes import lines_of
from bench.scoring import gold, scores, within
from bench.systems import Passage, Span
from eval.cases import Case, parse_case
from rag.types import Lines

NOTE = "# Pumps\n\nAlpha draws 3 kW.\n\nBeta draws 5 kW.\n"
NOTES = {"pumps.md": NOTE, "fans.md": "# Fans\n\nAlpha draws nothing.\n"}


def case(*quotes: str, group: str = "any") -> Case:
    row = {"id": "c", "lang": "en", "type": "lookup", "question": "what does it draw", "must": [["kW"]]}
    evidence = [{"file": "pumps.md", "quote": quote} for quote in quotes]
    return parse_case(
        json.dumps({**row, "evidence": evidence, "group": group, "abstain": False, "split": "dev"}),
        set_name="s",
        origin="s:1",
    )


def at(text: str, source: str = "pumps.md") -> Passage:
    """A passage that is exactly `text`."""
    start = NOTES[source].index(text)
    return Passage(source, Span(start, start + len(text)), text)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 7, Lines(1, 1)), (0, 8, Lines(1, 1)), (0, 9, Lines(1, 2)), (9, 26, Lines(3, 3)), (9, 9, Lines(3, 3))],
)
def test_the_lines_of_characters(start: int, end: int, expected: Lines) -> None:
    assert lines_of(NOTE, start, end) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([at("Alpha draws 3 kW.")], 1.0),
        ([at("3 kW")], 1.0),  # part of the line
        ([at("Alpha draws nothing.", "fans.md")], 0.0),
        ([at("Beta draws 5 kW."), at("Alpha")], 1.0),
        ([Passage("pumps.md", Lines(3, 3), "Alpha draws 3 kW.")], 1.0),
        ([Passage("pumps.md", Lines(5, 5), "Beta draws 5 kW.")], 0.0),
        ([], 0.0),
    ],
)
def test_evidence_is_found_where_a_passage_reaches_its_line(found: list[Passage], expected: float) -> None:
    cases = [case("Alpha draws 3 kW")]

    whole, _, _ = scores(cases, gold(cases, NOTES), [found], NOTES)

    assert whole == expected


def test_what_lies_beyond_the_characters_counts_only_for_the_ten() -> None:
    long = Passage("fans.md", Lines(1, 3), "x" * 4000)
    cases = [case("Alpha draws 3 kW"), case("Alpha draws 3 kW", "Beta draws 5 kW", group="all")]
    found = [[long, at("Alpha draws 3 kW.")], [at("Beta draws 5 kW.")]]

    assert scores(cases, gold(cases, NOTES), found, NOTES) == (0.75, 0.25, (4017 + 16) / 2)


@pytest.mark.parametrize(("sizes", "expected"), [([], 0), ([10], 1), ([4, 6], 2), ([4, 7], 1), ([11, 1], 1)])
def test_how_many_passages_fit(sizes: list[int], expected: int) -> None:
    assert within([Passage("n", Lines(1, 1), "x" * size) for size in sizes], 10) == expected
