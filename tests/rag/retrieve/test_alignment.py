"""How well the words of a question are met by those of a text, one by one."""

from __future__ import annotations

import numpy as np
import pytest

from rag.retrieve.alignment import TokenRows, Vocabulary, align, aligned, says_something
from rag.text.tokenise import tokenise

TEXTS = {
    "same": "the battery lasts nine hours",
    "other": "the box is painted green",
    "translated": "电池能用九个小时",
}


def met(question: str, name: str) -> float:
    texts = {key: frozenset(tokenise(text)) for key, text in TEXTS.items()}
    return align(question, texts.values()).met(texts[name])


def test_a_text_with_the_words_themselves_meets_them_all() -> None:
    assert met("battery hours", "same") == pytest.approx(1.0, abs=1e-5)


def test_a_translation_meets_them_better_than_another_text() -> None:
    assert met("battery hours", "same") > met("battery hours", "translated") > met("battery hours", "other")


def test_what_is_met_is_a_share_of_the_question() -> None:
    assert met("battery and violin", "same") < met("battery", "same")


def test_a_header_is_asked_for_by_the_words_that_it_has() -> None:
    alignment = align("battery", [frozenset(tokenise("battery life"))])

    assert alignment.asked(tokenise("battery")) == pytest.approx(1.0, abs=1e-5)
    assert alignment.asked(tokenise("battery life")) < 1


@pytest.mark.parametrize(("question", "texts"), [("", ["battery"]), ("battery", []), ("battery", [""])])
def test_nothing_meets_nothing(question: str, texts: list[str]) -> None:
    alignment = align(question, [frozenset(tokenise(text)) for text in texts])

    assert alignment.met(["battery"]) == 0
    assert alignment.asked(["battery"]) == 0


def test_a_single_letter_says_nothing() -> None:
    assert [token for token in ("a", "7", "电", "ab") if says_something(token)] == ["7", "电", "ab"]


def test_many_texts_at_once_are_asked_for_as_each_by_itself() -> None:
    texts = [frozenset(tokenise(text)) for text in (*TEXTS.values(), "battery", "")]
    vocabulary = Vocabulary.of(texts)
    alignment = aligned("battery hours", vocabulary)

    together = alignment.each_asked(TokenRows.of(texts, vocabulary))

    assert together.tolist() == [alignment.asked(text) for text in texts]
    assert aligned("", vocabulary).each_asked(TokenRows.of(texts, vocabulary)).tolist() == [0.0] * len(texts)


def test_the_words_that_texts_meet_together_are_those_that_either_meets() -> None:
    one, other = frozenset(tokenise(TEXTS["same"])), frozenset(tokenise(TEXTS["other"]))
    alignment = align("green battery", [one, other])

    of_one, of_other, of_both, of_none = alignment.each_met_by([one, other, one | other, ["violin"]])

    assert np.maximum(of_one, of_other).tolist() == of_both.tolist()
    assert of_none.tolist() == [0.0] * len(alignment.weights)


@pytest.mark.parametrize("question", ["battery hours", "green", ""])
def test_many_texts_at_once_are_met_as_each_by_itself(question: str) -> None:
    texts = [frozenset(tokenise(text)) for text in (*TEXTS.values(), "", "battery violin")]
    alignment = align(question, texts[:3])

    assert alignment.met_by(texts) == [alignment.met(text) for text in texts]
    assert alignment.met_by([]) == []
