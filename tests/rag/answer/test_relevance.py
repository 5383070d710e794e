"""The learned weights: which facts come first, and whether any answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag import Assistant
from rag.answer.features import AROUND, RELATIVE, asked, fact_features, question_features
from rag.answer.relevance import (
    CERTAIN,
    JUDGED,
    MOST_LEAD,
    Model,
    admissible,
    judge,
    logistic,
    models,
    standings,
)
from tests.rag.workshop import among, judged, weighed

QUESTIONS = [
    "How heavy is the Galloper?",
    "霜叶二号的外壳是什么做的",
    "Where does the spare key of the Galloper hang?",
    "Who raised the roof of the Kestrel Camper?",
    "价格",
]


def test_every_feature_of_a_fact_has_its_weight_and_every_weight_its_feature(workshop: Assistant) -> None:
    context, lexical = weighed(workshop, "How heavy is the Galloper?")
    of_facts = fact_features(context, asked(context, lexical), context.ranked[0]).keys()
    of_questions = question_features(context).keys()
    of_standing = standings([1.0])[0].keys()

    order, answers = models()

    assert order.weights.keys() == of_facts - RELATIVE
    assert answers.weights.keys() == (of_facts - AROUND) | of_questions | of_standing
    assert not of_facts & of_questions
    assert not (of_facts | of_questions) & of_standing


def test_the_weights_are_read_once() -> None:
    assert models() is models()


def test_a_model_weighs_what_it_knows_and_passes_over_the_rest() -> None:
    model = Model({"one": 2.0, "other": -1.0}, constant=0.5)

    assert model({"one": 1.0, "other": 0.5, "unheard of": 9.0}) == 2.0
    assert model({}) == 0.5


@pytest.mark.parametrize(("points", "chance"), [(0.0, 0.5), (-1000.0, 0.0), (1000.0, 1.0), (2.0, 0.8807970779778823)])
def test_chances_of_any_points(points: float, chance: float) -> None:
    assert logistic(points) == chance


def test_where_a_fact_stands_among_the_others() -> None:
    assert standings([]) == []
    assert standings([2.0]) == [{"relevance": 2.0, "above_ordinary": 0.0, "behind_best": 0.0, "lead": MOST_LEAD}]
    assert standings([5.0, 4.0, 1.0]) == [
        {"relevance": 5.0, "above_ordinary": 1.0, "behind_best": 0.0, "lead": 1.0},
        {"relevance": 4.0, "above_ordinary": 0.0, "behind_best": -1.0, "lead": 0.0},
        {"relevance": 1.0, "above_ordinary": -3.0, "behind_best": -4.0, "lead": 0.0},
    ]
    assert len(standings([float(at) for at in range(20, 0, -1)])) == JUDGED


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_order_does_not_depend_on_that_of_the_facts(workshop: Assistant, question: str) -> None:
    context, lexical = weighed(workshop, question)
    backwards = replace(context, ranked=context.ranked[::-1])
    assert len(context.ranked) < 100  # else the pool would differ

    first = [(s.fact, s.relevance, s.chance) for s in judge(context, lexical) if s.chance]
    again = [(s.fact, s.relevance, s.chance) for s in judge(backwards, dict(reversed(lexical.items()))) if s.chance]

    assert first == again


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_first_facts_alone_get_a_chance_and_none_is_lost(workshop: Assistant, question: str) -> None:
    context, lexical = weighed(workshop, question)
    may, cannot = admissible(context)
    found = judge(context, lexical)

    assert {s.fact for s in found} == {s.fact for s in context.ranked}
    assert len(found) == len(context.ranked)
    relevances = [s.relevance for s in found[: len(may)]]
    assert relevances == sorted(relevances, reverse=True)
    assert [0 < s.chance < 1 for s in found] == [at < min(len(may), JUDGED) for at in range(len(found))]
    assert [s.fact for s in found[len(may) : len(may) + len(cannot)]] == [s.fact for s in cannot]


@pytest.mark.parametrize(
    ("question", "entity", "value"),
    [
        ("How heavy is the Galloper?", "Galloper", "2.4"),
        ("Which depot has the Galloper?", "Galloper", "Umeå"),
        ("霜叶一号多重", "霜叶一号", "420"),
        ("竹节适合什么", "竹节", "冷萃"),
        ("Who raised the roof of the Kestrel Camper?", "", "Its roof was raised by Olsen Bodies in Bergen."),
    ],
)
def test_the_answer_comes_first(workshop: Assistant, question: str, entity: str, value: str) -> None:
    first = judged(workshop, question).ranked[0]

    assert (first.fact.entity, first.fact.value) == (entity, value)


def test_the_cell_named_by_thing_and_header_is_certain(workshop: Assistant) -> None:
    asked_for = judged(workshop, "Tow bar of the Mossback 3")
    in_other_words = judged(workshop, "Can the Mossback 3 pull a trailer?")

    assert among(asked_for, "Mossback 3", "✅").chance >= CERTAIN
    assert all(scored.chance < CERTAIN for scored in in_other_words.ranked)


def test_no_facts_no_chances(workshop: Assistant) -> None:
    context, _ = weighed(workshop, "?")

    assert judge(replace(context, ranked=()), {}) == []
