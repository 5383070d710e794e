"""Which things a question names: exactly, in part, misspelt, and which words name nothing known."""

from __future__ import annotations

import pytest

from rag.question.mentions import NameIndex, edit_distance, find_mentions
from rag.text.name_words import family
from rag.text.normalise import normalise
from rag.types import Entity


def _entity(name: str, *keys: str, aliases: tuple[str, ...] = ()) -> Entity:
    return Entity(name, keys, (name, *aliases), 3)


CATALOGUE = (
    _entity("Falke", "falke"),
    _entity("Falke-Lite", "falkelite"),
    _entity("Chinese-Falke", "chinesefalke"),
    _entity("Heron X1", "heronx1"),
    _entity("Heron X2", "heronx2"),
    _entity("KestrelDB", "kestreldb"),
    _entity("石墨海", "石墨海", "graphsea", aliases=("GraphSea",)),
    _entity("Petrel", "petrel"),
    _entity("Petrel II", "petrelii"),
    _entity("海雀 DB", "海雀db"),
    _entity("海雀 DB 2", "海雀db2"),
    Entity("Siskin", ("siskin", "小黄雀"), ("Siskin", "小黄雀"), 2),
    _entity("Siskin C Line", "siskincline"),
    _entity("Gull-a-Rest Nova", "gullarestnova"),
    _entity("Avocet R+", "avocetr+"),
    _entity("Löffler", "loffler"),
    _entity("白鹭一号", "白鹭一号"),
    _entity("白鹭十二号", "白鹭十二号"),
    _entity("Tern-6B", "tern6b"),
    _entity("Tern-13B", "tern13b"),
    _entity("Vireo Deep T6000", "vireodeept6000"),
    _entity("Vireo Deep T6000 Pro", "vireodeept6000pro"),
    _entity("Vireo Slate RX400", "vireoslaterx400"),
    _entity("Dunlin Slate RX820", "dunlinslaterx820"),
)
INDEX = NameIndex.build({key: entity for entity in CATALOGUE for key in entity.keys})


def _find(question: str) -> tuple[list[tuple[set[str], bool]], list[str]]:
    everyday = frozenset(("price", "of", "the", "and", "weight", "for"))
    mentions, unknown = find_mentions(normalise(question), INDEX, everyday.__contains__, everyday.__contains__)
    return [({entity.name for entity in m.entities}, m.exact) for m in mentions], unknown


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("price of Falke", [({"Falke"}, True)]),
        ("FALKE的价格", [({"Falke"}, True)]),
        ("price of Falke-Lite", [({"Falke-Lite"}, True)]),
        ("Falke Lite 的价格", [({"Falke-Lite"}, True)]),
        ("falkelite", [({"Falke-Lite"}, True)]),
        ("Chinese-Falke 和 Falke", [({"Chinese-Falke"}, True), ({"Falke"}, True)]),
        ("heron x1", [({"Heron X1"}, True)]),
        ("HeronX2 and Heron X1", [({"Heron X2"}, True), ({"Heron X1"}, True)]),
        ("ＧｒａｐｈＳｅａ", [({"石墨海"}, True)]),
        ("石墨海的端口", [({"石墨海"}, True)]),
        ("Tern 13B", [({"Tern-13B"}, True)]),
        ("tern-13", [({"Tern-13B"}, True)]),
        ("price of avocet r+", [({"Avocet R+"}, True)]),
        ("Löffler的价格", [({"Löffler"}, True)]),
        ("loffler price", [({"Löffler"}, True)]),
        ("白鹭12号的价格", [({"白鹭十二号"}, True)]),
        ("白鹭二号的价格", [({"白鹭二号"}, True)]),  # of a known series, though the corpus has no such thing
    ],
)
def test_whole_names_in_whatever_spelling(question: str, named: list[tuple[set[str], bool]]) -> None:
    assert _find(question) == (named, [])


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Petrel二代的价格", {"Petrel II"}),
        ("price of the second gen Petrel", {"Petrel II"}),
        ("海雀二代的价格", {"海雀 DB 2"}),
        ("price of Petrel", {"Petrel"}),
    ],
)
def test_words_for_a_generation_stand_for_its_number(question: str, named: set[str]) -> None:
    assert [names for names, _ in _find(question)[0]] == [named]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("price of heron", [({"Heron X1", "Heron X2"}, False)]),  # part of two names
        ("T6000 的价格", [({"Vireo Deep T6000"}, False)]),  # the code that a name ends with
        ("price of the RX820", [({"Dunlin Slate RX820"}, False)]),
        ("price of the gullarest", [({"Gull-a-Rest Nova"}, False)]),  # hyphens left out
        ("price of slate", [({"Vireo Slate RX400", "Dunlin Slate RX820"}, False)]),  # a word in the middle of two
        ("kestrel price", [({"KestrelDB"}, False)]),  # the beginning of one
        ("石墨的价格", [({"石墨海"}, False)]),
        ("falek price", [({"Falke"}, False)]),  # letters swapped
        ("kestrldb price", [({"KestrelDB"}, False)]),  # a letter missing
        ("graphsae", [({"石墨海"}, False)]),  # of a name in the other script
    ],
)
def test_parts_and_misspelt_names_are_no_exact_mentions(question: str, named: list[tuple[set[str], bool]]) -> None:
    assert _find(question) == (named, [])


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("price of Obsidianix", ["obsidianix"]),
        ("Nightjar 和 Falke 的价格", ["nightjar"]),
        ("price of the", []),
        ("价格", []),
        ("", []),
    ],
)
def test_names_that_nobody_knows_are_told(question: str, unknown: list[str]) -> None:
    assert _find(question)[1] == unknown


@pytest.mark.parametrize("question", ["Falke-Pro", "SuperFalke", "falkes-nest"])
def test_a_name_within_a_longer_one_is_not_named(question: str) -> None:
    mentions, _ = _find(question)

    assert [mention for mention in mentions if mention == ({"Falke"}, True)] == []


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("falke", "falke", 0),
        ("falke", "falek", 1),  # neighbours swapped
        ("falke", "falk", 1),
        ("falke", "falkes", 1),
        ("falke", "felke", 1),
        ("falke", "fxlkx", 2),
        ("falke", "tern", 3),  # cut off above the limit
        ("", "ab", 2),
    ],
)
def test_edit_distance(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other, 2) == distance
    assert edit_distance(other, one, 2) == distance


@pytest.mark.parametrize(
    ("key", "base"),
    [("tern13b", "tern"), ("tern6b", "tern"), ("ternv2", "tern"), ("falke", "falke"), ("130", "130")],
)
def test_sizes_and_versions_are_of_one_family(key: str, base: str) -> None:
    assert family(key) == base


def test_other_sizes_are_relatives_of_the_family_s_name_only() -> None:
    names = {e.keys[0]: e for e in (_entity("Tern", "tern"), *(e for e in CATALOGUE if e.name.startswith("Tern-")))}
    index = NameIndex.build(names)

    assert index.relatives([names["tern"]]) == {"tern6b", "tern13b"}
    assert index.relatives([names["tern6b"]]) == {"tern"}


def test_names_that_go_on_with_a_number_are_relatives_of_a_thing_and_not_of_a_maker() -> None:
    # given a thing and a maker, whose names begin other names with numbers and one without
    names = {
        e.keys[0]: e
        for e in (
            _entity("Crake", "crake"),
            _entity("crake-marsh-003", "crakemarsh003"),
            _entity("Crake-Lite", "crakelite"),
            Entity("Dabchick", ("dabchick",), ("Dabchick",), 2),
            _entity("Dabchick Reed 20", "dabchickreed20"),
        )
    }
    index = NameIndex.build(names)
    # then only the thing's are the same thing in another version
    assert index.relatives([names["crake"]]) == {"crakemarsh003"}
    assert index.relatives([names["dabchick"]]) == set()


def test_a_maker_s_other_name_stands_for_its_only_model() -> None:
    assert _find("小黄雀的价格") == ([({"Siskin", "Siskin C Line"}, True)], [])
