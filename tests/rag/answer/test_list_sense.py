"""Whether a question asks for a list: what is weighed, and in which order questions stand by it."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.answer.choice import Readings
from rag.answer.list_sense import (
    CHOSEN,
    MOST,
    about,
    asks_for_list,
    candidate_features,
    list_features,
    may_ask_for_list,
    model,
)
from tests.rag.workshop import judged

LISTS = (
    "Which presses are guarded?",
    "Which presses weigh less than 60 kg?",
    "List all presses made by Ovesen",
    "带滤网的茶壶有哪些",
    "哪些茶壶是宜城产的",
)
LOOKUPS = (
    "How heavy is the Quern?",
    "Who makes the Tapper?",
    "When was Hollin 5 serviced?",
    "栖云壶的容量是多少",
    "半山壶是哪里产的",
)


def likelihood(assistant: Assistant, question: str) -> float:
    context = judged(assistant, question)
    choice = Readings(context).best
    assert choice is not None
    return asks_for_list(context, choice)


@pytest.mark.parametrize("question", LISTS)
def test_a_list_is_likelier_asked_for_than_by_any_plain_lookup(workbench: Assistant, question: str) -> None:
    assert may_ask_for_list(judged(workbench, question))
    assert likelihood(workbench, question) > max(likelihood(workbench, other) for other in LOOKUPS)


def test_what_is_not_worth_looking_at_would_not_be_taken_for_a_list(workbench: Assistant) -> None:
    passed_over = [question for question in LOOKUPS if not may_ask_for_list(judged(workbench, question))]

    assert passed_over
    assert max(likelihood(workbench, question) for question in passed_over) < 0.5


def test_every_feature_has_its_weight_and_every_weight_its_feature(workbench: Assistant) -> None:
    context = judged(workbench, LISTS[0])
    choice = Readings(context).best
    assert choice is not None

    found = list_features(context, choice)

    assert found.keys() == model().weights.keys()
    assert found.keys() - about(context).keys() == {*MOST, *CHOSEN}
    assert 0 < found["likelihood"] <= 1


def test_a_choice_of_one_thing_says_so(workbench: Assistant) -> None:
    choice = Readings(judged(workbench, "Which presses weigh 60 kg?")).best
    assert choice is not None

    told = dict(zip(CHOSEN, candidate_features(choice.candidate), strict=True))

    assert told["one_thing"] == float(len(choice.candidate.keys) == 1)
    assert told["many_things"] == 0.0


def test_the_model_is_read_once() -> None:
    assert model() is model()
