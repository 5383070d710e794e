"""Names looked up in the index: what is held in memory of few is found in the records of many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.build import ingest
from rag import Assistant
from rag.config import Settings
from rag.index import Snapshot, seen_names
from rag.question.initials import in_full
from rag.question.mentions import find_mentions
from rag.question.name_index import NameIndex
from rag.question.near_names import edit_distance, shortened, slipped
from rag.question.stored_names import names_of
from rag.text.name_words import name_words
from tests.rag.survey import settle

NOTES = {
    "cars.md": (
        "# Cars\n\n| name | weight (kg) | bought |\n| --- | --- | --- |\n| Falke 3（猎鹰 3） | 980 | 2014-05-02 |\n"
        "| Falke 3 Lite | 870 | 2015-06-03 |\n| Tern-6B | 720 | 2016-07-04 |\n| Tern-13B | 730 | 2017-08-05 |\n"
        "| Vireo Deep T6000 | 640 | 2018-09-06 |\n| 百花大系统 | 550 | 2019-10-07 |\n| Rohloff | 31 | 2020-11-08 |\n"
        "| Gull-a-Rest Nova | 12 | 2021-12-09 |\n| Sorvan-7B | 45 | 2022-01-02 |\n"
        "| OrielBarrow | 47 | 2022-03-02 |\n| Oriel Barrow Two | 48 | 2022-04-02 |\n| Glimmeroth | 49 | 2022-05-02 |\n"
        "| Glimmeroth Box | 50 | 2022-06-02 |\n| GlimStand | 51 | 2022-07-02 |\n| SableHarp-V3 | 52 | 2022-08-02 |\n\n"
        "# Sanden repairs\n\n- 2013-05-07: Falke 3 new brakes\n- 2019-02-01: Tern-6B new tyres\n"
    ),
    "ferries.md": "# Harbour ferries\n\n- 2001-04-02: Petrel first sailed\n- 2008-03-09: Plover first sailed\n",
}
WORDS = (
    "falke", "猎鹰", "falke3", "tern", "tern6b", "tern13b", "t6000", "百花", "百花大", "系统", "rohloff", "gullarest",
    "nova", "3", "lite", "nothing", "falkelite", "ob", "obt", "gr",
)  # fmt: skip


def no_word(word: str) -> bool:
    return False


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of a few notes."""
    return settle(tmp_path_factory.mktemp("stored"), NOTES)


@pytest.fixture
def both(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[NameIndex, NameIndex]]:
    """The same names held in memory and looked up."""
    with Snapshot.open(settings.index_path) as few:
        held = names_of(few)
    monkeypatch.setattr(seen_names, "MOST_HELD", 0)
    with Snapshot.open(settings.index_path) as many:
        yield held, names_of(many)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_leads_to_the_same_things(both: tuple[NameIndex, NameIndex], word: str) -> None:
    held, stored = both

    assert stored.names.get(word) == held.names.get(word)
    assert stored.find(word) == held.find(word)
    for kind in ("parts", "prefixes", "stems", "editions"):
        assert getattr(stored, kind).get(word, ()) == getattr(held, kind).get(word, ()), kind
    assert stored.initials.get(word, ()) == held.initials.get(word, ())
    assert stored.worded.heads == held.worded.heads
    assert stored.worded.holds(word) == held.worded.holds(word)
    assert list(stored.worded.holding(word, [word])) == list(held.worded.holding(word, [word]))
    assert set(stored.worded.starting(word)) == set(held.worded.starting(word))
    assert stored.keys.beginning(word[:2]) == held.keys.beginning(word[:2])
    assert sorted(stored.keys.like(word, 2)) == sorted(held.keys.like(word, 2))
    entities = [entity for entity in (held.find(word),) if entity is not None]
    assert stored.relatives(entities) == held.relatives(entities)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("viroe", None),  # too short
        ("rohlfof", ["Rohloff"]),
        ("gullarset", ["Gull-a-Rest Nova"]),
        ("virreo", ["Vireo Deep T6000"]),
        ("rixeo", None),
        ("wireoo", None),
    ],
)
def test_a_word_one_slip_away_from_a_word_of_a_name_leads_to_it(
    both: tuple[NameIndex, NameIndex], word: str, found: list[str] | None
) -> None:
    for index in both:
        owners = slipped(word, index)
        assert (owners and [owner.name for owner in owners]) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("glimm", ["Glimmeroth"]),  # its box is no other name
        ("glim", ["Glimmeroth"]),  # a part written with a capital is a word of its own
        ("gli", None),
        ("rohl", ["Rohloff"]),
        ("sorv", ["Sorvan-7B"]),
    ],
)
def test_the_beginning_of_a_name_stands_for_it(
    both: tuple[NameIndex, NameIndex], word: str, found: list[str] | None
) -> None:
    for index in both:
        owners = shortened(word, index)
        assert (owners and [owner.name for owner in owners]) == found


def test_a_word_of_the_notes_is_no_shortened_or_misspelt_name(both: tuple[NameIndex, NameIndex]) -> None:
    for index in both:
        assert len(find_mentions("glim weight", index, no_word, no_word)[0]) == 1
        assert len(find_mentions("gullarset", index, no_word, no_word)[0]) == 1
        assert find_mentions("glim weight gullarset", index, no_word, no_word, lambda word: True)[0] == []


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("OB weight", "orielbarrow weight"),
        ("How heavy is the OB?", "how heavy is the orielbarrow?"),
        ("ob weight", "ob weight"),  # not in capitals
        ("OBT weight", "oriel barrow two weight"),
        ("GB weight", "gb weight"),  # as everybody knows
        ("OB-2 weight", "ob-2 weight"),
        ("sh v3 weight", "sableharp-v3 weight"),  # with the number of its version
        ("SH-V3 weight", "sableharp-v3 weight"),
        ("sh v4 weight", "sh v4 weight"),
    ],
)
def test_capitals_stand_for_the_words_of_one_name(both: tuple[NameIndex, NameIndex], text: str, normal: str) -> None:
    for index in both:
        assert in_full(text.lower(), text, index, lambda word: False) == normal
        assert in_full(text.lower(), text, index, lambda word: True) == text.lower()  # words of the notes


@pytest.mark.parametrize(
    ("text", "surface", "found"),
    [
        ("sorvna 7b weight", "sorvna 7b", "Sorvan-7B"),
        ("sorvna-7b weight", "sorvna-7b", "Sorvan-7B"),
        ("sorvna 9b weight", "sorvna", "Sorvan-7B"),  # the only one of that name
        ("falek 3 weight", "falek 3", "Falke 3"),
        ("rohlofff 3 weight", "rohlofff", "Rohloff"),
    ],
)
def test_a_misspelt_word_and_the_number_behind_it_are_one_name(
    both: tuple[NameIndex, NameIndex], text: str, surface: str, found: str
) -> None:
    for index in both:
        mentions, unknown = find_mentions(text, index, lambda word: word == "weight", lambda word: False)
        assert ([(m.surface, [e.name for e in m.entities]) for m in mentions], unknown) == ([(surface, [found])], [])


@pytest.mark.parametrize("name", ["百花大系", "百草大系统", "花百大系统", "猎鹰", "猎鸥3"])
def test_a_misspelt_chinese_name_is_near_the_same_keys(both: tuple[NameIndex, NameIndex], name: str) -> None:
    held, stored = ({key for key in one.keys.chinese_near(name) if edit_distance(name, key, 1) <= 1} for one in both)

    assert stored == held


def test_names_sound_alike(both: tuple[NameIndex, NameIndex]) -> None:
    held, stored = both

    assert stored.sounding.read("lieying") == held.sounding.read("lieying") == ("猎鹰",)
    assert stored.sounding.heard("罗洛夫") == held.sounding.heard("罗洛夫") == ("rohloff",)


def test_answers_are_the_same(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (
        "how heavy is the falke 3 lite", "猎鹰 3 什么时候买的", "falk 3 weight", "罗洛夫多重", "baihua da xitong",
        "weight of Tern 6B and 13B", "which cars are lighter than 700 kg", "which harbour ferry first sailed",
        "when was the first of the Sanden repairs of the Falke 3", "Zonda 多重", "百草大系统多重",
        "what came before Plover",
    )  # fmt: skip

    def answers() -> list[tuple[str, ...]]:
        with Assistant.open(settings.index_path, settings=settings) as assistant:
            return [(found.text, str(found.retrieved)) for found in map(assistant.ask, asked)]

    held = answers()
    monkeypatch.setattr(seen_names, "MOST_HELD", 0)

    assert answers() == held


def test_a_name_is_found_in_the_generation_that_speaks_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_names, "MOST_HELD", 0)
    note = "# Cars\n\n| name | weight (kg) |\n| --- | --- |\n| {} | 980 |\n| Tern | 720 |\n"
    settings = settle(tmp_path, {"cars.md": note.format("Falke")})
    (settings.corpus / "cars.md").write_text(note.format("Plover"), encoding="utf-8")
    ingest(settings)

    for generation, known, unknown in ((1, "falke", "plover"), (2, "plover", "falke")):
        with Snapshot.open(settings.index_path, generation=generation) as found:
            names = names_of(found)
            assert (known in names.names, unknown in names.names) == (True, False)
            assert (names.worded.holds(known), names.worded.holds(unknown)) == (True, False)


def test_every_word_of_a_thing_is_short_enough_to_be_looked_up(both: tuple[NameIndex, NameIndex]) -> None:
    held, _ = both

    assert all(1 < len(word) <= 200 for entity in held.names.values() for word in name_words(entity))
