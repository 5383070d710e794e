"""The notes as sheets: tables, sections, headings, whole notes, headers that several notes have."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import Assistant
from rag.answer import sheets
from rag.answer.sheets import Gathered, Sheet, Sort, gathered
from rag.text.names import name_key
from rag.types import Status
from tests.rag.survey import opened
from tests.rag.workshop import judged


def gather(assistant: Assistant, question: str = "Which presses are guarded?") -> Gathered:
    context = judged(assistant, question)
    return gathered(context, [scored.fact for scored in context.ranked])


def sheet(assistant: Assistant, sort: Sort, *heading: str) -> Sheet:
    (found,) = [
        each for each in gather(assistant).sheets
        if each.sort is sort and each.region is not None and each.region.heading == heading
    ]  # fmt: skip
    return found


def header(assistant: Assistant, name: str) -> list[Sheet]:
    return [each for each in gather(assistant).sheets if each.sort is Sort.HEADER and name in each.columns]


@pytest.mark.parametrize(
    ("sort", "heading", "things"),
    [
        (Sort.TABLE, ("Workbench", "Presses"), ["Hollin 2", "Hollin 5", "Quern", "Tapper"]),
        (Sort.SECTION, ("Workbench", "Anvils"), ["Stithy", "Bickern"]),
        (Sort.HEADINGS, ("Workbench", "Benches"), ["Oak bench", "Beech bench"]),
        (Sort.TABLE, ("Attic",), ["Garret", "Loft"]),
        (Sort.SECTION, ("茶具", "茶壶"), ["听松壶", "栖云壶", "半山壶", "小满壶"]),
    ],
)
def test_a_place_of_the_notes_is_a_sheet_of_its_things(
    workbench: Assistant, sort: Sort, heading: tuple[str, ...], things: list[str]
) -> None:
    assert list(sheet(workbench, sort, *heading).names.values()) == things


def test_marks_values_and_blanks_of_a_column_are_told_apart(workbench: Assistant) -> None:
    presses = sheet(workbench, Sort.TABLE, "Workbench", "Presses")
    guarded, finish, serviced = (presses.columns[name] for name in ("Guarded", "Finish", "Serviced"))

    assert [(presses.names[key], said) for key, (said, _) in guarded.marks.items()] == [
        ("Hollin 2", Status.YES), ("Hollin 5", Status.YES), ("Quern", Status.NO), ("Tapper", Status.NO),
    ]  # fmt: skip
    assert guarded.values == {}
    assert finish.marks == {}
    assert {value: [presses.names[key] for key in things] for value, things in finish.values.items()} == {
        name_key("blue enamel"): ["Hollin 2"],
        "grey": ["Hollin 5", "Quern"],
    }
    assert [presses.names[key] for key in finish.blank] == ["Tapper"]
    assert [presses.names[key] for key in serviced.blank] == ["Tapper"]
    assert [presses.names[key] for key in serviced.filled] == ["Hollin 2", "Hollin 5", "Quern"]


def test_a_blank_cell_is_told_by_a_fact_of_its_row(workbench: Assistant) -> None:
    presses = sheet(workbench, Sort.TABLE, "Workbench", "Presses")

    (fact,) = presses.columns["Weight (kg)"].blank.values()

    assert fact.entity == "Tapper"
    assert "| Tapper |" in fact.quote


def test_a_header_of_two_notes_is_a_sheet_over_both(workbench: Assistant) -> None:
    (maker,) = header(workbench, "Maker")

    assert sorted(maker.names.values()) == ["Garret", "Hollin 2", "Hollin 5", "Loft", "Quern", "Tapper"]
    assert {fact.source for _, fact in maker.columns["Maker"].cells} == {"workbench.md", "attic.md"}
    assert header(workbench, "Finish") == []


def test_one_sheet_holds_all_things_of_all_notes(workbench: Assistant) -> None:
    notes = gather(workbench)

    (everything,) = [each for each in notes.sheets if each.sort is Sort.ALL]

    assert {"Tapper", "Bickern", "Garret", "半山壶"} <= set(everything.names.values())


def test_every_cell_is_found_in_the_sheets_that_hold_it(workbench: Assistant) -> None:
    notes = gather(workbench)
    presses = sheet(workbench, Sort.TABLE, "Workbench", "Presses")
    ((key, fact),) = [(k, f) for k, f in presses.columns["Finish"].cells if f.entity == "Hollin 5"]

    places = notes.places[fact]

    assert {of.sort for of, _, _ in places} == {Sort.TABLE, Sort.SECTION, Sort.NOTE, Sort.ALL}
    assert all(column.attribute == "Finish" and column in of.columns.values() for of, column, _ in places)
    assert notes.tables[key[0]].bit_count() == 1


def test_sheets_are_made_once_a_generation(workbench: Assistant) -> None:
    assert gather(workbench) is gather(workbench, "哪些茶壶带滤网")


def test_of_many_notes_those_with_most_of_what_is_found_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_SOURCES", 1)
    notes = {f"shelf{n}": f"# Shelf {n}\n\n| Jar | Lid |\n| --- | --- |\n| Pot{n} | cork |\n" for n in (1, 2)}

    with opened(tmp_path, **notes) as assistant:
        context = judged(assistant, "Which jars have a lid of cork?")
        found = [fact for fact in assistant.snapshot.facts() if fact.source == "shelf2.md"]
        looked_at = gathered(context, found)

    assert {fact.source for fact in looked_at.places} == {"shelf2.md"}


def test_things_that_a_table_writes_with_an_addition_are_rows_of_their_own(tmp_path: Path) -> None:
    note = """# Lamps

| Lamp | Watts |
| --- | --: |
| Borage | 20 |
| Borage (outdoor) | 30 |
"""
    with opened(tmp_path, lamps=note) as assistant:
        (table,) = [each for each in gather(assistant, "Which lamps have 30 watts?").sheets if each.sort is Sort.TABLE]

    assert list(table.names.values()) == ["Borage", "Borage (outdoor)"]
