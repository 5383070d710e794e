"""What tells against a fact or a question whatever the weights say: unknown names, other versions, other things."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.answer.support import absence, is_certain, is_ruled_out, names_unknown
from rag.types import FactKind
from tests.rag.workshop import among, weighed


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        # a name that the notes lack
        ("How heavy is the Nordwind?", True),
        ("What is a Zylophone?", True),
        ("What is the price of the NW-7?", True),
        ("Nordwind 多重", True),
        ("price of nordwind 7b", True),  # a size behind it
        # another version of a name that they know
        ("How heavy is the Galloper XL?", True),
        ("山猫 Pro 多重", True),
        ("霜叶二号 X9 多重", True),
        # known names, in any spelling
        ("How heavy is the Galloper?", False),
        ("how heavy is the galloper", False),
        ("山猫多重", False),
        # words that the notes lack but that are written as no names
        ("Does the galloper hum?", False),
        ("What is the resale premium?", False),
        ("Premium vans?", False),  # a capital at the beginning
        ("Nordwind 和 Galloper 多重", False),  # the known name is not followed by the unknown one
    ],
)
def test_a_question_names_something_unknown(workshop: Assistant, question: str, unknown: bool) -> None:
    assert names_unknown(weighed(workshop, question)[0]) is unknown


@pytest.mark.parametrize(
    ("question", "entity", "value", "out"),
    [
        # a cell of another thing
        ("How heavy is the Galloper?", "Galloper", "2.4", False),
        ("How heavy is the Galloper?", "Puffin Bus", "3.4", True),
        ("霜叶一号多重", "霜叶一号", "420", False),
        ("霜叶一号多重", "小磨坊", "380", True),
        # ... unless the question asks for its row
        ("Galloper beside the Puffin: how heavy?", "Puffin Bus", "3.4", False),
        # a cell of another attribute, of another kind
        ("霜叶一号多少钱", "霜叶一号", "299", False),
        ("霜叶一号多少钱", "霜叶一号", "云岭", True),
        # another version, told by a bare number behind the name
        ("Price of the Galloper 9", "Galloper", "155", True),
        ("Price of the Galloper", "Galloper", "155", False),
        # an attribute of nothing that is named
        ("How heavy is the parcel?", "Galloper", "2.4", True),
        # half of the words stand nowhere
        ("Does the petrol dealer chirp?", "Lowland", "petrol", False),
        ("Does the petrol gargoyle chirp?", "Lowland", "petrol", True),
    ],
)
def test_facts_that_cannot_be_the_answer(
    workshop: Assistant, question: str, entity: str, value: str, out: bool
) -> None:
    context, _ = weighed(workshop, question)

    assert is_ruled_out(context, among(context, entity, value), absence(context)) is out


def test_sentences_about_a_thing_are_no_answer_when_the_corpus_lacks_all_that_is_asked(workshop: Assistant) -> None:
    context, _ = weighed(workshop, "Does the Galloper hum?")

    prose = [scored for scored in context.ranked if scored.fact.kind is FactKind.STATEMENT]
    assert prose
    assert all(is_ruled_out(context, scored, absence(context)) for scored in prose)


@pytest.mark.parametrize(
    ("question", "value", "certain"),
    [
        ("Fuel of the Galloper", "petrol, electric", True),
        ("Galloper maker", "Hjelm", True),
        ("Who builds the Galloper?", "Hjelm", False),  # the header is not named
        ("Fuel of the Galloper", "Hjelm", False),  # another header is
        ("Fuel of the Galloper on 2021-05-04", "petrol, electric", False),  # a date that it does not hold
        ("Fuel of the Galloper with 900 litres", "petrol, electric", False),  # a number
    ],
)
def test_a_cell_is_certain_when_thing_and_header_are_named(
    workshop: Assistant, question: str, value: str, certain: bool
) -> None:
    context, _ = weighed(workshop, question)

    assert is_certain(context.question, among(context, "Galloper", value)) is certain


@pytest.mark.parametrize(
    "question",
    [
        "What is the price of the Nordwind?",
        "Mossback 4 Pro price",
        "How heavy is the Galloper 9?",
        "How loud is the Galloper?",
        "What colour is the Lowland?",
        "Where does the spare key of the Lowland hang?",
        "山猫 Pro 多重",
        "山猫的转速是多少",
        "竹节的外壳是什么做的",
    ],
)
def test_what_the_notes_do_not_say_is_not_answered(workshop: Assistant, question: str) -> None:
    answer = workshop.ask(question)

    assert answer.abstained
    assert answer.items == ()
