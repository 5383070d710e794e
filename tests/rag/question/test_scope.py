"""Where a list question looks, and for what sort of thing."""

from __future__ import annotations

import pytest

from rag.question.scope import is_bare, kind, places


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("in the glaze price table, which are matt", [("glaze", "price")]),
        ("kilns (shop survey) that are vented", [("shop",)]),
        ("what stands in the kiln section of the studio note", [("kiln",), ("studio",)]),
        ("釉料那张表里哪些是哑光", [("釉料",)]),
        ("窑炉里哪些能还原", [("窑炉",)]),
        ("哪些是哑光", []),
        ("which kilns are vented", []),
    ],
)
def test_places_are_named_beside_words_for_them(question: str, words: list[tuple[str, ...]]) -> None:
    assert [phrase.words for phrase in places(question)] == words


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("which of the electric kilns dont need venting", ("electric", "kilns")),
        ("kilns rated for more than 30 kg", ("kilns",)),
        ("how many wheels come with a pedal", ("wheels",)),
        ("没有盖子的窑炉有哪几座", ("窑炉",)),
        ("能还原的窑炉", ("窑炉",)),
    ],
)
def test_the_sort_of_thing_is_the_noun_asked_for(question: str, words: tuple[str, ...]) -> None:
    found = kind(question)

    assert found is not None
    assert found.words == words


@pytest.mark.parametrize("question", ["how heavy is the kiln", "ember 40 多重", "哪些可以", "which tools are there"])
def test_no_sort_of_thing_is_seen_where_none_is_said(question: str) -> None:
    assert kind(question) is None


def test_a_bare_noun_phrase_asks_for_a_list() -> None:
    assert is_bare("kilns that need no vent")
    assert is_bare("还能修的窑炉")
    assert not is_bare("which kilns need no vent")
    assert not is_bare("窑炉是什么做的")


@pytest.mark.parametrize("question", ["Petrel 的词表多大", "手表多少钱", "哪块怀表最贵"])
def test_a_word_that_ends_as_a_word_for_tables_names_none(question: str) -> None:
    assert places(question) == []
