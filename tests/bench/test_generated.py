from __future__ import annotations

import hashlib
from pathlib import Path

from bench.generated import note, series, write_cases, write_notes
from bench.notes import read_notes
from bench.scoring import gold
from eval.cases import load_set


def test_a_note_hangs_on_its_number_alone(tmp_path: Path) -> None:
    write_notes(tmp_path / "few", 3)
    write_notes(tmp_path / "more", 101)

    few, more = dict(read_notes(tmp_path / "few")), dict(read_notes(tmp_path / "more"))

    assert list(few) == ["part-00000/note-0000000.md", "part-00000/note-0000001.md", "part-00000/note-0000002.md"]
    assert few == {path: more[path] for path in few}
    assert len(more) == 101
    assert "part-00001/note-0000100.md" in more


def test_a_note_is_the_same_on_every_machine() -> None:
    assert hashlib.sha256(note(0).text.encode()).hexdigest() == (
        "ee5ddab59084de28fb2d1469bf46373152141589799d4beb6cd9a531e45a1d07"
    )


def test_no_two_series_share_a_name() -> None:
    assert len({series(number) for number in range(5000)}) == 5000


def test_every_quote_stands_in_its_note() -> None:
    for number in range(50):
        made = note(number)

        assert [asked.question for asked in made.asked if made.text.count(asked.quote) != 1] == []


def test_cases_are_spread_over_the_notes_and_have_their_evidence(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 8)
    write_cases(tmp_path / "cases.jsonl", 8, 4)

    cases = load_set(tmp_path / "cases.jsonl")
    places = gold(cases, dict(read_notes(tmp_path / "notes")))

    assert [case.id for case in cases] == ["generated-0", "generated-2", "generated-4", "generated-6"]
    assert [case.language for case in cases] == ["zh", "zh", "en", "en"]
    assert [len(place.locations) for (place,) in places] == [1, 1, 1, 1]
