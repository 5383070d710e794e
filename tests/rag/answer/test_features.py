"""What is observed of a question and one fact."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.answer.context import Context
from rag.answer.features import Asked, asked, bigrams, entity_tokens, fact_features, question_features
from rag.retrieve.evidence import Scored
from tests.rag.workshop import among, weighed

MOST = 2.0
"""The most that any feature of a fact may be."""


def features(assistant: Assistant, question: str, entity: str, value: str) -> dict[str, float]:
    """The features of the one fact of a thing with a value."""
    context, lexical = weighed(assistant, question)
    return fact_features(context, asked(context, lexical), among(context, entity, value))


@pytest.mark.parametrize(
    ("question", "entity", "value"),
    [("How heavy is the Galloper?", "Galloper", "2.4"), ("霜叶一号多重", "霜叶一号", "420")],
)
def test_the_cell_that_is_asked_for(workshop: Assistant, question: str, entity: str, value: str) -> None:
    found = features(workshop, question, entity, value)

    for name in ("coverage", "lexical", "concept_stated", "concept_held", "own_header_stated", "own_words"):
        assert found[name] == pytest.approx(1.0), name
    for name in ("subject", "names_said", "entity_share", "typed", "figure", "cell", "supported"):
        assert found[name] == pytest.approx(1.0), name
    for name in ("concept_missed", "other_concept", "own_other_header", "mistyped", "subject_far", "statement"):
        assert found[name] == 0.0, name


@pytest.mark.parametrize(
    ("question", "entity", "value"),
    [("How heavy is the Galloper?", "Galloper", "155"), ("霜叶一号多少钱", "霜叶一号", "420")],
)
def test_another_cell_of_the_thing(workshop: Assistant, question: str, entity: str, value: str) -> None:
    found = features(workshop, question, entity, value)

    for name in ("subject", "names_said", "concept_missed", "other_concept", "own_other_header"):
        assert found[name] == pytest.approx(1.0), name
    for name in ("coverage", "concept_stated", "own_header_stated", "own_words", "supported"):
        assert found[name] == 0.0, name


def test_the_same_cell_of_another_thing(workshop: Assistant) -> None:
    found = features(workshop, "How heavy is the Galloper?", "Puffin Bus", "3.4")

    assert found["coverage"] == pytest.approx(1.0)
    assert found["concept_stated"] == pytest.approx(1.0)
    assert (found["subject"], found["subject_far"], found["names_said"], found["supported"]) == (0.0, 1.0, 0.0, 0.0)


def test_a_kind_of_value_that_must_be_there(workshop: Assistant) -> None:
    price = features(workshop, "霜叶一号多少钱", "霜叶一号", "299")
    weight = features(workshop, "霜叶一号多少钱", "霜叶一号", "420")

    assert (price["typed"], price["mistyped"], price["strictly_mistyped"]) == (1.0, 0.0, 0.0)
    assert (weight["typed"], weight["mistyped"], weight["strictly_mistyped"]) == (0.0, 1.0, 1.0)


def test_a_number_of_the_question_is_held_or_missed(workshop: Assistant) -> None:
    held = features(workshop, "Which work was 340 EUR?", "", "A dealer in Pori asked 340 EUR for the work.")
    missed = features(workshop, "Which work was 350 EUR?", "", "A dealer in Pori asked 340 EUR for the work.")

    assert (held["numbers_held"], held["numbers_missed"]) == (1.0, 0.0)
    assert (missed["numbers_held"], missed["numbers_missed"]) == (0.0, 1.0)


def test_without_a_name_nothing_is_far_from_it(workshop: Assistant) -> None:
    found = features(workshop, "Which dealer asked for the work?", "", "A dealer in Pori asked 340 EUR for the work.")

    for name in ("subject", "subject_far", "names_said", "own_words", "own_sentence", "of_unnamed"):
        assert found[name] == 0.0, name
    assert found["statement"] == 1.0


def test_a_question_in_the_other_language_is_across(workshop: Assistant) -> None:
    value = "第一批有漏粉的毛病。"

    assert features(workshop, "霜叶二号第一批有什么毛病", "", value)["across"] == 0.0
    assert features(workshop, "What was wrong with the first batch of 霜叶二号?", "", value)["across"] == 1.0


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How heavy is the Galloper?",
            {"unknown_word": 0, "unknown_name": 0, "absent_words": 0, "names_exactly": 1, "names": 1, "english": 1},
        ),
        (
            "How heavy is the Nordwind?",
            {"unknown_word": 1, "unknown_name": 1, "absent_words": 1, "names_exactly": 0, "names": 0, "english": 1},
        ),
        (  # a name that is known outweighs a word that is not
            "Nordwind 和 Galloper 多重",
            {"unknown_word": 1, "unknown_name": 0, "absent_words": 1, "names_exactly": 1, "names": 1, "english": 0},
        ),
        (  # part of a name is no name
            "Mossback price",
            {"unknown_word": 0, "unknown_name": 0, "absent_words": 0, "names_exactly": 0, "names": 1, "english": 1},
        ),
    ],
)
def test_what_tells_whether_a_question_can_be_answered(
    workshop: Assistant, question: str, expected: dict[str, float]
) -> None:
    context, _ = weighed(workshop, question)
    found = question_features(context)

    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    "question",
    [
        "How heavy is the Galloper?",
        "霜叶二号的外壳是什么做的",
        "Which work was 340 EUR in May 2024?",
        "?",
        "Where is the link to the Lowland?",
    ],
)
def test_every_fact_has_the_same_features_each_a_small_number(workshop: Assistant, question: str) -> None:
    context, lexical = weighed(workshop, question)
    wanted = asked(context, lexical)
    found = [fact_features(context, wanted, scored) for scored in context.ranked]

    names = fact_features(*_any(workshop)).keys()
    assert all(one.keys() == names for one in found)
    assert [(name, n) for one in found for name, n in one.items() if not 0.0 <= n <= MOST] == []


def _any(assistant: Assistant) -> tuple[Context, Asked, Scored]:
    context, lexical = weighed(assistant, "How heavy is the Galloper?")
    return context, asked(context, lexical), context.ranked[0]


def test_neighbouring_chinese_characters() -> None:
    assert bigrams("磨豆机 X9 重，轻") == {"磨豆", "豆机"}


def test_the_words_of_a_name() -> None:
    assert entity_tokens("Puffin Bus") == {"puffin", "bus", "puffinbus"}
