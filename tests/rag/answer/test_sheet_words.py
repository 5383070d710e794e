"""The words of sheets, gathered once: they say of all texts what is said of each by itself."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.answer.choice import pool
from rag.answer.conditions import worded_by
from rag.answer.sheet_words import SheetWords, sheet_words
from rag.answer.sheets import gathered
from tests.rag.workshop import judged

QUESTIONS = ("Which presses are guarded?", "哪些茶壶可以明火加热", "Which presses of Brandt weigh over 50 kg?")


def read(assistant: Assistant, question: str) -> SheetWords:
    context = judged(assistant, question)
    return sheet_words(gathered(context, pool(context)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_texts_word_units_and_names_as_each_does(workbench: Assistant, question: str) -> None:
    asked, texts = judged(workbench, question).question, read(workbench, question).wordings

    for unit in (unit for unit in asked.units if unit.quantity is None):
        assert texts.word(unit).tolist() == [worded_by(unit, text) for text in texts.texts]
    for mention in asked.mentions:
        assert texts.name(mention).tolist() == [float(mention.stands_in(text.normal)) for text in texts.texts]


def test_the_words_are_gathered_once(workbench: Assistant) -> None:
    assert read(workbench, QUESTIONS[0]) is read(workbench, QUESTIONS[1])


def test_headers_stand_once_and_tell_which_hold_marks(workbench: Assistant) -> None:
    words = read(workbench, QUESTIONS[0])

    assert len(set(words.headers)) == len(words.headers)
    marked = {header for header, held in zip(words.headers, words.marked, strict=True) if held}
    assert {"Guarded", "Foot pedal", "可明火", "带滤网"} <= marked
    assert not {"Maker", "Finish", "产地"} & marked
