"""Places of facts and passages fused into one ranking."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.config import Settings
from rag.errors import EmbedderError, EmbedderMismatchError
from rag.retrieve.dense import dense
from rag.retrieve.evidence import Scored
from rag.retrieve.passages import blend, fuse, passages
from rag.types import Chunk, Fact, FactKind, Hit, Lines
from tests.rag.survey import understood


def _hit(source: str, first: int, last: int, score: float = 1.0) -> Hit:
    return Hit(Chunk(source, Lines(first, last), (), "", f"{source}:{first}", "d"), score)


def _scored(source: str, line: int, score: float) -> Scored:
    fact = Fact(FactKind.CELL, source, Lines(line, line), (), "A", "a", "b", "c", f"cell {line}")
    return Scored(fact, score, score, 1.0, frozenset(), None)


def _places(*args: object, limit: int = 12) -> list[tuple[str, int]]:
    ranked, rankings = args
    fused = fuse(ranked, rankings, limit)  # type: ignore[arg-type]
    return [(r.source, r.location.first) for r in fused if isinstance(r.location, Lines)]


def test_one_ranking_keeps_its_order() -> None:
    hits = [_hit("b.md", 1, 2), _hit("a.md", 5, 6), _hit("a.md", 1, 2)]

    assert _places([], [(1.0, hits)]) == [("b.md", 1), ("a.md", 5), ("a.md", 1)]


def test_what_both_rankings_find_comes_first() -> None:
    one = [_hit("a.md", 1, 1), _hit("b.md", 1, 1)]
    other = [_hit("c.md", 1, 1), _hit("b.md", 1, 1)]

    assert _places([], [(1.0, one), (1.0, other)]) == [("b.md", 1), ("a.md", 1), ("c.md", 1)]


def test_the_scores_are_those_of_reciprocal_rank_fusion() -> None:
    fused = fuse([], [(1.0, [_hit("a.md", 1, 1), _hit("b.md", 1, 1)]), (0.5, [_hit("b.md", 1, 1)])], 12)

    assert [(r.source, r.score) for r in fused] == [
        ("b.md", round(1 / 61 + 0.5 / 60, 6)),
        ("a.md", round(1 / 60, 6)),
    ]


def test_blending_keeps_how_sure_each_ranking_is() -> None:
    words = [_hit("a.md", 1, 1, 12.0), _hit("b.md", 1, 1, 11.9), _hit("c.md", 1, 1, 2.0)]
    near = [_hit("b.md", 1, 1, 0.8), _hit("c.md", 1, 1, 0.7), _hit("d.md", 1, 1, 0.3)]

    assert [hit.chunk.source for hit in blend(words, near)] == ["b.md", "a.md", "c.md", "d.md"]


def test_blending_nothing_by_words_keeps_the_order_by_meaning() -> None:
    near = [_hit("b.md", 1, 1, 0.8), _hit("a.md", 1, 1, 0.7)]

    assert [hit.chunk.source for hit in blend([], near)] == ["b.md", "a.md"]
    assert blend([], []) == []


def test_a_good_fact_leads_and_gains_from_the_passage_around_it() -> None:
    hits = [_hit("a.md", 1, 9), _hit("b.md", 1, 9)]
    alone, confirmed = _scored("z.md", 3, 1.0), _scored("b.md", 3, 1.0)

    assert _places([alone, confirmed], [(1.0, hits)])[0] == ("b.md", 3)


def test_no_place_stands_twice_and_the_limit_holds() -> None:
    hits = [_hit("a.md", line, line) for line in range(1, 30)]
    facts = [_scored("a.md", line, 0.9) for line in (1, 1, 2, 3)]

    found = _places(facts, [(1.0, hits), (0.35, hits)], limit=10)

    assert len(found) == len(set(found)) == 10


def test_facts_that_hold_nothing_of_the_question_are_no_evidence() -> None:
    assert fuse([_scored("a.md", 1, 0.0)], [], 12) == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Osprey Z overheats", "overheats after 25 minutes"),
        ("Marta Lindqvist", "designed by Marta Lindqvist"),
    ],
)
def test_passages_are_found_by_words(survey: Assistant, question: str, text: str) -> None:
    best = passages(understood(survey, question), survey.snapshot)[0]

    assert text in best.chunk.text


def test_passages_are_found_by_the_built_in_embedder(survey: Assistant) -> None:
    best = dense("overheats after 25 minutes of video", survey.snapshot, Settings())[0]

    assert "overheats after 25 minutes" in best.chunk.text


def test_an_index_refuses_another_embedder(survey: Assistant) -> None:
    with pytest.raises((EmbedderMismatchError, EmbedderError)):
        dense("anything", survey.snapshot, Settings(embedder="no-such-embedder"))
