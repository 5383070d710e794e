"""Question sets are read strictly, and what is wrong is said with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.cases import CaseError, Evidence, find_sets, load_cases, load_set
from rag.errors import UsageError
from rag.types import Lines
from tests.eval.world import row, write_set


def test_a_case_is_read_whole(tmp_path: Path) -> None:
    # Given a case that uses every field, after an empty line and a byte order mark
    path = tmp_path / "mine.jsonl"
    write_set(
        path,
        row(
            id="m1",
            lang="en",
            type="list",
            split="heldout",
            history=[["user", "hi"], ["assistant", "hello"]],
            must=[["a", "b"], ["c"]],
            must_not=["d"],
            entities=[["Alpha", "阿尔法"]],
            exclude_entities=[["Beta"]],
            evidence=[{"file": "db.md", "lines": [5, 6]}, {"file": "db.md", "quote": "MIT"}],
            group="all",
        ),
    )
    path.write_text("\ufeff\n" + path.read_text("utf-8"), "utf-8")
    # When the set is loaded
    (case,) = load_set(path)
    # Then every field is there, typed
    assert (case.id, case.set, case.split, case.language, case.type) == (
        "m1",
        "mine",
        "heldout",
        "en",
        "list",
    )
    assert case.history == (("user", "hi"), ("assistant", "hello"))
    assert case.must == (("a", "b"), ("c",))
    assert case.must_not == ("d",)
    assert case.entities == (("Alpha", "阿尔法"),)
    assert case.exclude_entities == (("Beta",),)
    assert case.evidence == (Evidence("db.md", lines=Lines(5, 6)), Evidence("db.md", quote="MIT"))
    assert case.require_all
    assert not case.abstain
    assert case.origin == f"{path}:2"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"lang": "mixed"}, "language", "mixed"),
        ({"type": "unanswerable", "must": [], "evidence": [], "abstain": True}, "type", "none"),
        ({"split": None}, "split", "dev"),
        ({"entities": ["Alpha", ["Beta", "贝塔"]]}, "entities", (("Alpha",), ("Beta", "贝塔"))),
        ({"exclude_entities": ["Gamma", ["Delta", "D"]]}, "exclude_entities", (("Gamma",), ("Delta", "D"))),
    ],
)
def test_harmless_differences_are_read(changes: dict[str, Any], field: str, value: object, tmp_path: Path) -> None:
    (case,) = load_set(write_set(tmp_path / "s.jsonl", row(**changes)))

    assert getattr(case, field) == value


BAD: list[tuple[dict[str, Any], str]] = [
    ({"lang": "fr"}, "lang: Input should be 'zh', 'en' or 'mixed'"),
    ({"type": "riddle"}, "type: Input should be 'lookup'"),
    ({"split": "test"}, "split: Input should be 'dev' or 'heldout'"),
    ({"question": " "}, "question: String should have at least 1 character"),
    ({"id": None}, "id: Field required"),
    ({"id": 3}, "id: Input should be a valid string"),
    ({"color": "red"}, "color: Extra inputs are not permitted"),
    ({"must": ["3"]}, "must.0: Input should be a valid"),
    ({"must": [[]]}, "must.0: List should have at least 1 item"),
    ({"must": []}, "neither must nor entities say what a right answer holds"),
    ({"must_not": [["x"]]}, "must_not.0: Input should be a valid string"),
    ({"evidence": []}, "evidence is empty, and abstain is false"),
    ({"evidence": [{"file": "a.md"}]}, "evidence.0: give either quote or lines"),
    (
        {"evidence": [{"file": "a.md", "quote": "x", "lines": [1, 1]}]},
        "evidence.0: give either quote or lines",
    ),
    ({"evidence": [{"file": "a.md", "lines": [3, 2]}]}, "evidence.0: lines [3, 2] run backwards"),
    ({"evidence": [{"file": "a.md", "lines": [0, 2]}]}, "evidence.0.lines.0: Input should be greater than"),
    ({"evidence": [{"file": "a.md", "lines": [2]}]}, "evidence.0.lines: List should have at least 2 items"),
    ({"group": "some"}, "group: Input should be 'any' or 'all'"),
    ({"abstain": "no"}, "abstain: Input should be a valid boolean"),
    ({"abstain": True}, "a case with abstain has neither must nor entities nor evidence"),
    ({"history": [["robot", "x"]]}, "history role 'robot' is neither user nor assistant"),
    ({"history": [["user"]]}, "history.0: List should have at least 2 items"),
    (
        {"entities": [["A"], ["B", "C"]], "exclude_entities": [["C"]]},
        "'C' stands in entities and in exclude_entities",
    ),
]


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_a_bad_case_is_refused_with_its_place(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    # Given a set whose second line is wrong
    path = write_set(tmp_path / "s.jsonl", row(), row(**{"id": "c2", **changes}))
    # When it is loaded, then the message names file, line, field and fault
    with pytest.raises(CaseError) as caught:
        load_set(path)
    assert str(caught.value).startswith(f"{path}:2: {message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{\n", ":1: Invalid JSON"),
        (b"[1]\n", ":1: Input should be an object"),
        (b"\n\n", ": holds no case"),
        (b"\xff\xfe", ": cannot be read as UTF-8"),
    ],
)
def test_a_file_that_is_no_set_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(content)
    with pytest.raises(CaseError) as caught:
        load_set(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_an_id_stands_once(tmp_path: Path) -> None:
    one = write_set(tmp_path / "one.jsonl", row(id="x"))
    two = write_set(tmp_path / "two.jsonl", row(id="y"), row(id="x"))
    with pytest.raises(CaseError, match=r"two\.jsonl:2: the id 'x' stands in .*one\.jsonl:1 already"):
        load_cases([one, two])


def test_cases_are_chosen_by_split(tmp_path: Path) -> None:
    path = write_set(tmp_path / "s.jsonl", row(id="a"), row(id="b", split="heldout"))
    assert [case.id for case in load_cases([path], split="heldout")] == ["b"]
    assert [case.id for case in load_cases([path])] == ["a", "b"]


def test_a_split_without_cases_is_told(tmp_path: Path) -> None:
    path = write_set(tmp_path / "s.jsonl", row())
    with pytest.raises(UsageError, match="no case of split 'heldout'"):
        load_cases([path], split="heldout")


def test_sets_are_found_by_name_and_by_path(tmp_path: Path) -> None:
    # Given a directory of sets and a file elsewhere
    for name in ("corpus-b", "corpus-a", "other"):
        write_set(tmp_path / f"{name}.jsonl", row())
    elsewhere = write_set(tmp_path / "mine.txt", row())
    # Then no name means the shipped sets, names may bear the suffix, and a repetition counts once
    assert [p.stem for p in find_sets([], directory=tmp_path)] == ["corpus-a", "corpus-b"]
    found = find_sets(["other.jsonl", str(elsewhere), "other"], directory=tmp_path)
    assert [p.name for p in found] == ["other.jsonl", "mine.txt"]
    with pytest.raises(UsageError, match="nowhere: neither a file nor one of the question sets corpus-a"):
        find_sets(["nowhere"], directory=tmp_path)


def test_the_shipped_sets_can_be_used() -> None:
    assert len(load_cases(find_sets([]))) >= 120
