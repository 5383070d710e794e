"""What of a corpus can be asked without guessing."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.generate.material import Column, Material, gather, is_askable, is_short, is_telling, one_date
from ingest.build import ingest
from rag.config import Settings
from rag.index import Snapshot
from tests.notes import write_notes


@pytest.fixture(scope="module")
def material(snapshot: Snapshot) -> Material:
    return gather(snapshot)


def column(material: Material, attribute: str) -> Column:
    (found,) = (column for column in material.columns if column.attribute == attribute)
    return found


def test_a_column_holds_one_clear_value_a_thing(material: Material) -> None:
    colours = column(material, "Colour")
    # The cell of the Osprey Van is empty
    assert [(stated.thing.name, stated.value) for stated in colours.stated] == [
        ("Hobby-90", "signal red"),
        ("Kestrel 2", "slate grey"),
        ("Merlin XL", "slate grey"),
        ("Sparrow T", "signal red"),
    ]
    assert colours.unclear == ()


def test_sentences_and_addresses_are_no_values(material: Material) -> None:
    assert column(material, "Warranty").stated == ()
    assert column(material, "website").stated == ()


def test_a_thing_is_spoken_of_in_the_language_of_the_question(material: Material) -> None:
    thing = material.things["kestrel2"]
    assert (thing.spoken("en"), thing.spoken("zh")) == ("Kestrel 2", "Kestrel 2")
    assert len(material.of(thing)) > 6


@pytest.mark.parametrize(
    ("attribute", "askable"),
    [
        ("Price (euro)", True),
        ("发布日期", True),
        ("备注", False),
        ("Remarks", False),
        ("说明/Note", False),
        ("12", False),
        ("a", False),
        ("what we thought of it, in the end", False),
        ("See https://x.example", False),
    ],
)
def test_which_headers_can_be_asked_for(attribute: str, askable: bool) -> None:
    assert is_askable(attribute) is askable


@pytest.mark.parametrize(
    ("value", "short"),
    [
        ("31,500", True),
        ("Fjord Motors (Bergen)", True),
        ("2019-03-04", True),
        ("", False),
        ("未知", False),
        ("n/a", False),
        ("It was sold. Then it was bought.", False),
        ("卖了三年。", False),
        ("https://vans.example", False),
        ("one two three four five six seven eight nine", False),
        ("甲" * 41, False),
    ],
)
def test_which_values_are_short(value: str, short: bool) -> None:
    assert is_short(value) is short


def test_which_values_an_answer_holds_on_purpose() -> None:
    assert [is_telling(value) for value in ("7", "7 B", "7 GB")] == [False, False, True]


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2019-03-04", "2019-03-04"),
        ("2019年3月4日", "2019-03-04"),
        ("2019-03", "2019-03"),
        ("2019-03-04 in Oslo", None),
        ("3 kg", None),
    ],
)
def test_a_value_that_is_a_date(value: str, iso: str | None) -> None:
    assert one_date(value) == iso


def test_names_of_links_are_no_values(tmp_path: Path) -> None:
    # Given a column of links that all bear the same name, beside one of plain values
    rows = "\n".join(f"| {name} | [mirror](https://m.example/{name}) | tar |" for name in ("A-1", "B-2", "C-3", "D-4"))
    note = f"# Files\n\n| File | Download | Format |\n| --- | --- | --- |\n{rows}\n"
    settings = Settings(corpus=write_notes(tmp_path / "n", {"a.md": note}), index=tmp_path / "i")
    ingest(settings)
    with Snapshot.open(settings.index_path) as files:
        found = gather(files)
    assert column(found, "Download").stated == ()
    assert [stated.value for stated in column(found, "Format").stated] == ["tar"] * 4
