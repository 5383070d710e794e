"""Which conditions of a question one fact meets, how well, and by what."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.answer.conditions import (
    AMONG_OTHERS,
    IN_HEADING,
    NAMED_IN_SENTENCE,
    Condition,
    conditions,
)
from tests.rag.workshop import weighed


def met(assistant: Assistant, question: str, entity: str, value: str, attribute: str = "") -> list[Condition]:
    """What the one fact of a thing with a value meets of a question."""
    found = weighed(assistant, question)[0].question
    (fact,) = [
        fact for fact in assistant.snapshot.facts()
        if (fact.entity, fact.value) == (entity, value) and attribute in fact.attribute
    ]  # fmt: skip
    return list(conditions(found, fact))


@pytest.mark.parametrize(
    ("question", "entity", "mark", "share"),
    [
        ("Which vans have a tow bar?", "Mossback 3", "✅", 1.0),
        ("Which vans have a tow bar?", "Galloper", "❌", 0.0),
        ("Which vans are without a tow bar?", "Mossback 3", "✅", 0.0),
        ("Which vans are without a tow bar?", "Galloper", "❌", 1.0),
    ],
)
def test_a_mark_meets_its_header_or_is_the_opposite(
    workshop: Assistant, question: str, entity: str, mark: str, share: float
) -> None:
    found = met(workshop, question, entity, mark, "Tow bar")

    marked = [condition for condition in found if condition.marked]
    assert marked
    assert {(condition.share, condition.picks) for condition in marked} == {(share, True)}
    # "vans" stands in the title above alone, which picks no row out
    assert [(c.share, c.picks) for c in found if not c.marked] == [(IN_HEADING, False)]


@pytest.mark.parametrize(
    ("question", "entity", "value", "holds"),
    [
        ("which vans are under 150k EUR", "Mossback 4", "142.5", True),
        ("which vans are under 150k EUR", "Galloper", "155", False),
        ("which vans are under 150k EUR", "Galloper", "2.4", False),  # another kind of quantity
        ("Which vans are heavier than 2.5 tonnes?", "Puffin Bus", "3.4", True),
        ("Which vans are heavier than 2.5 tonnes?", "Puffin Bus", "210", False),
        ("500 克以下的有哪些", "竹节", "495", True),
        ("500 克以下的有哪些", "霜叶二号", "560", False),
        ("500 克以下的有哪些", "霜叶二号", "499", False),  # yuan
        ("500 克以下的有哪些", "霜叶一号", "24", False),  # a bare number under a header that is not asked for
    ],
)
def test_a_number_within_the_limit_must_be_of_the_asked_kind(
    workshop: Assistant, question: str, entity: str, value: str, holds: bool
) -> None:
    found = met(workshop, question, entity, value)

    assert any(condition.share == 1.0 and condition.picks for condition in found) is holds


@pytest.mark.parametrize(
    ("question", "value", "entity", "share"),
    [
        ("Which vans run on petrol?", "petrol", "Lowland", 1.0),
        ("Which vans run on petrol?", "petrol, electric", "Galloper", 1.0),
        ("Which vans run only on petrol?", "petrol", "Lowland", 1.0),
        ("Which vans run only on petrol?", "petrol, electric", "Galloper", AMONG_OTHERS),
    ],
)
def test_a_value_among_others_counts_less_where_only_it_is_asked_for(
    workshop: Assistant, question: str, value: str, entity: str, share: float
) -> None:
    assert max(condition.share for condition in met(workshop, question, entity, value)) == share


@pytest.mark.parametrize(
    ("question", "entity", "value", "share"),
    [
        ("Who rides the Lowland?", "Ines Duarte", "Mossback 4, Lowland", 1.0),
        ("Who rides only the Lowland?", "Ines Duarte", "Mossback 4, Lowland", AMONG_OTHERS),
        ("What needs the Galloper?", "Galloper", "The Galloper needs a new clutch.", NAMED_IN_SENTENCE),
    ],
)
def test_a_name_is_met_where_it_stands(
    workshop: Assistant, question: str, entity: str, value: str, share: float
) -> None:
    context = weighed(workshop, question)[0]
    number = len(context.question.units)

    assert Condition(number, share) in met(workshop, question, entity, value)


def test_a_header_picks_a_thing_out_only_together_with_its_value(workshop: Assistant) -> None:
    question = "Which vans have diesel as fuel?"
    (header,) = [at for at, u in enumerate(weighed(workshop, question)[0].question.units) if "fuel" in u.label]

    diesel = met(workshop, question, "Mossback 3", "diesel")
    petrol = met(workshop, question, "Lowland", "petrol")

    assert Condition(header, 1.0, picks=True) in diesel
    assert [condition.share for condition in petrol if condition.at == header] == [IN_HEADING]


def test_a_fact_of_something_else_meets_nothing(workshop: Assistant) -> None:
    assert met(workshop, "Which vans have a tow bar?", "竹节", "冷萃") == []
