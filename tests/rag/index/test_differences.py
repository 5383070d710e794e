"""What differs between two generations."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.errors import UsageError
from rag.index.differences import Differences, differences
from rag.index.fact_changes import Change
from rag.index.store import rollback
from rag.types import Lines
from tests.notes import write_notes

VANS = """# Vans

## Falke

| Commercial use | Weight | Price |
| --- | --- | --- |
| no | 2.1 t | 30,000 EUR |

## Reiher

| Commercial use | Weight |
| --- | --- |
| yes | 1.9 t |
"""
BIKES = "# Bikes\n\n## Möwe\n\n- Weight: 13 kg\n- Colour: red\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_notes(tmp_path / "notes", {"vans.md": VANS, "bikes.md": BIKES})
    found = Settings(corpus=tmp_path / "notes", index=tmp_path / "index")
    ingest(found)
    return found


def edited(settings: Settings, **notes: str) -> Differences:
    """The differences that writing these notes makes."""
    write_notes(settings.corpus, {f"{name}.md": text for name, text in notes.items()})
    generation = ingest(settings).generation
    return differences(settings.index_path, generation - 1, generation)


def told(found: Differences) -> list[tuple[str, str, str, str | None, str | None]]:
    return [
        (
            str(one.change),
            one.entity,
            one.fact.attribute,
            one.before.value if one.before else None,
            one.after.value if one.after else None,
        )
        for one in found.facts
    ]


def test_an_edited_value_is_one_change_of_one_fact_though_its_whole_row_changed(settings: Settings) -> None:
    found = edited(settings, vans=VANS.replace("| no |", "| on request |"))

    assert told(found) == [("changed", "Falke", "Commercial use", "no", "on request")]
    (change,) = found.facts
    assert change.after is not None
    assert (change.after.source, change.after.location) == ("vans.md", Lines(7, 7))
    assert [(note.change, note.path) for note in found.notes] == [(Change.CHANGED, "vans.md")]
    assert (found.new_entities, found.gone_entities, found.renamed_entities) == ((), (), ())


def test_backwards_everything_is_the_other_way_round(settings: Settings) -> None:
    forth = edited(settings, vans=VANS.replace("| no |", "| on request |") + "\n## Sperber\n\n- Weight: 2 t\n")
    back = differences(settings.index_path, 2, 1)

    assert (back.older, back.newer) == (2, 1)
    assert (forth.new_entities, back.gone_entities) == (("Sperber",), ("Sperber",))
    assert ("changed", "Falke", "Commercial use", "on request", "no") in told(back)
    assert ("gone", "Sperber", "Weight", "2 t", None) in told(back)
    assert [(n.change, n.new, n.gone) for n in back.notes] == [(n.change, n.gone, n.new) for n in forth.notes]


def test_text_that_only_moves_is_no_change_of_passages_or_facts(settings: Settings) -> None:
    found = edited(settings, vans=VANS.replace("# Vans\n", "# Vans\n\n\n"))

    assert (found.passages, found.facts) == ((), ())
    (note,) = found.notes
    assert (note.change, note.new, note.gone) == (Change.CHANGED, 0, 0)
    assert note.moved > 0


def test_a_renamed_note_is_told_as_one(settings: Settings) -> None:
    (settings.corpus / "bikes.md").rename(settings.corpus / "cycles.md")
    ingest(settings)

    found = differences(settings.index_path, 1, 2)

    assert [(n.change, n.path, n.before) for n in found.notes] == [(Change.RENAMED, "cycles.md", "bikes.md")]
    assert (found.passages, found.facts) == ((), ())


def test_a_note_that_goes_takes_its_things_and_facts_along(settings: Settings) -> None:
    (settings.corpus / "bikes.md").unlink()
    ingest(settings)

    found = differences(settings.index_path, 1, 2)

    assert [(n.change, n.path, n.new) for n in found.notes] == [(Change.GONE, "bikes.md", 0)]
    assert "Möwe" in found.gone_entities
    assert ("gone", "Möwe", "Colour", "red", None) in told(found)
    assert {one.change for one in found.passages} == {Change.GONE}


def test_a_note_that_can_no_longer_be_read_is_told(settings: Settings) -> None:
    (settings.corpus / "bikes.md").write_bytes(bytes(range(256)) * 8)
    ingest(settings)

    found = differences(settings.index_path, 1, 2)

    (note,) = found.notes
    assert (note.change, note.path, note.new, note.gone) == (Change.CHANGED, "bikes.md", 0, 0)
    assert note.stale
    assert found.facts == ()


def test_a_thing_that_is_called_otherwise_is_neither_new_nor_gone(settings: Settings) -> None:
    found = edited(settings, bikes=BIKES.replace("## Möwe", "## Seagull (Möwe)"))

    assert (found.new_entities, found.gone_entities) == ((), ())
    assert found.renamed_entities == (("Möwe", "Seagull"),)
    assert told(found) == [("new", "Seagull", "", None, "Seagull (Möwe)")]


def test_of_several_values_the_most_alike_are_paired(settings: Settings) -> None:
    several = VANS.replace("| no | 2.1 t |", "| no | 2.1 t |") + "\n- Tyre: summer 205/65\n- Tyre: winter 195/70\n"
    edited(settings, vans=several)
    found = edited(settings, vans=several.replace("winter 195/70", "winter 195/75").replace("summer", "all-season"))

    pairs = {(before, after) for _, _, attribute, before, after in told(found) if attribute == "Tyre"}
    assert ("winter 195/70", "winter 195/75") in pairs


def test_nothing_differs_from_itself_nor_after_going_back(settings: Settings) -> None:
    edited(settings, vans=VANS.replace("| no |", "| on request |"))
    rollback(settings.index_path, 1)

    for one, other in ((2, 2), (1, 3), (3, 1)):
        found = differences(settings.index_path, one, other)
        assert (found.notes, found.passages, found.facts) == ((), (), ())


def test_a_generation_that_is_not_kept_is_told(settings: Settings) -> None:
    with pytest.raises(UsageError, match=r"generation 9 of .* is not kept"):
        differences(settings.index_path, 1, 9)
