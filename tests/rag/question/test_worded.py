"""Things named by some words of long names, by a maker's name in the other language, in several, with a version."""

from __future__ import annotations

import pytest

from rag.question.mentions import NameIndex, find_mentions
from rag.text.name_words import words_of
from rag.text.normalise import normalise
from rag.types import Entity


def _entity(name: str, *others: str, strength: int = 3) -> Entity:
    keys = tuple(dict.fromkeys("".join(normalise(form).replace("-", " ").split()) for form in (name, *others)))
    return Entity(name, keys, (name, *others), strength)


CATALOGUE = (
    _entity("Plover 28-75mm F2.8 G2"),
    _entity("Plover 50mm F1.8 STM"),
    _entity("Tern"),
    _entity("Tern Cloud Dedicated"),
    _entity("Tern 2.0"),
    _entity("Dunlin Startup-16"),
    _entity("ORX R6 Mark II"),
    _entity("晨鸥 GT", "Morngull GT"),
    _entity("晨鸥 E7"),
    _entity("木棉 3", "Kapok 3"),
    _entity("Atlas M30"),
    _entity("F1.8", strength=1),
    _entity("Curlew", "杓鹬"),
    _entity("Curlew2.5-7B"),
    _entity("Knot2.5-3B"),
    _entity("布洛芬缓释胶囊"),
    _entity("布洛芬"),
)
INDEX = NameIndex.build({key: entity for entity in CATALOGUE for key in entity.keys})
WORDINGS = frozenset(("price", "of", "the", "and", "how", "much"))
EVERYDAY = WORDINGS | {"cloud", "startup"}


def _find(question: str) -> list[tuple[set[str], bool]]:
    mentions, _ = find_mentions(normalise(question), INDEX, EVERYDAY.__contains__, WORDINGS.__contains__)
    return [({entity.name for entity in mention.entities}, mention.exact) for mention in mentions]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("price of the Plover 28-75 G2", [({"Plover 28-75mm F2.8 G2"}, True)]),  # words left out
        ("28-75 G2 多少钱", [({"Plover 28-75mm F2.8 G2"}, True)]),
        ("Plover 50 F1.8 的价格", [({"Plover 50mm F1.8 STM"}, True)]),  # no mention of the aperture
        ("Dunlin 那个 Startup-16 多少钱", [({"Dunlin Startup-16"}, True)]),  # apart
        ("orx r6 ii", [({"ORX R6 Mark II"}, True)]),  # without "Mark"
        ("tern 2 的价格", [({"Tern 2.0"}, True)]),  # a version without its zero
        ("price of plover", [({"Plover 28-75mm F2.8 G2", "Plover 50mm F1.8 STM"}, False)]),
    ],
)
def test_some_words_of_a_name_are_enough(question: str, named: list[tuple[set[str], bool]]) -> None:
    assert _find(question) == named


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("tern cloud 的价格", [({"Tern Cloud Dedicated"}, True)]),  # not Tern
        ("tern 的价格", [({"Tern"}, True)]),
        ("tern and dunlin", [({"Tern"}, True), ({"Dunlin Startup-16"}, False)]),
    ],
)
def test_a_longer_name_wins_over_the_one_it_begins_with(question: str, named: list[tuple[set[str], bool]]) -> None:
    assert _find(question) == named


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Morngull E7", [({"晨鸥 E7"}, True)]),  # never written so: the maker's other name stands in another one
        ("how much of morngull", [({"晨鸥 GT", "晨鸥 E7"}, False)]),
        ("kapok 3", [({"木棉 3"}, True)]),
    ],
)
def test_a_maker_s_name_holds_in_both_languages(question: str, named: list[tuple[set[str], bool]]) -> None:
    assert _find(question) == named


def test_several_of_one_thing_name_it() -> None:
    assert _find("how much of the terns") == [({"Tern"}, False)]


def test_a_chinese_name_and_the_longer_one_it_begins_are_relatives() -> None:
    long, short = INDEX.names["布洛芬缓释胶囊"], INDEX.names["布洛芬"]

    assert INDEX.relatives([long]) == {"布洛芬"}
    assert INDEX.relatives([short]) == {"布洛芬缓释胶囊"}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("ORX R6 Mark II", ("orx", "r", "6", "2")),
        ("Tern 2.0", ("tern", "2")),
        ("晨鸥 E7", ("晨鸥", "e", "7")),
        ("", ()),
    ],
)
def test_names_in_comparable_words(written: str, words: tuple[str, ...]) -> None:
    assert words_of(written) == words


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("杓鹬2.5的价格", [({"Curlew", "Curlew2.5-7B"}, False)]),  # the name of a family in the other script
        ("price of curlew 2.5", [({"Curlew", "Curlew2.5-7B"}, False)]),
        ("price of knot 2.5", [({"Knot2.5-3B"}, True)]),
        ("price of knot 3b", [({"Knot2.5-3B"}, True)]),
        ("price of knot3", []),  # another version, and no size
    ],
)
def test_families_with_the_number_of_a_version(question: str, named: list[tuple[set[str], bool]]) -> None:
    assert _find(question) == named
