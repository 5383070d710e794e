"""What a thing has several of: the parts of one value, the entries of a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import Assistant
from rag.answer.parts import Parts, part_key, parts, worded
from tests.rag.survey import opened
from tests.rag.workshop import judged


def named(found: Parts) -> list[str]:
    return [name for name, _ in found.named]


def taken_apart(assistant: Assistant, question: str) -> list[list[str]]:
    return [named(found) for found in parts(judged(assistant, question))]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What formats are sold?", ["tin", "drum", "tube"]),
        ("茶叶的存法有哪些", ["陶罐", "锡罐", "纸袋"]),
    ],
)
def test_a_value_that_lists_things_is_taken_apart(workbench: Assistant, question: str, expected: list[str]) -> None:
    assert expected in taken_apart(workbench, question)


def test_the_entries_of_a_list_are_parts_without_their_numbers_each_with_its_own_line(workbench: Assistant) -> None:
    found = parts(judged(workbench, "Which steps clean a ram?"))

    (entries,) = [each for each in found if each.listed and len(each.named) == 3]

    assert named(entries) == ["Take the guard off", "Wipe it with paraffin", "Grease the screw"]
    assert len({fact.location for _, fact in entries.named}) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Alder reader supports tin, paper and cloth.", ["tin", "paper", "cloth"]),
        ("The Alder reader has a lens, a lamp and a case.", ["a lens", "a lamp", "a case"]),
        ("Alder 支持陶片、木片和竹片。", ["陶片", "木片", "竹片"]),
    ],
)
def test_what_follows_a_lead_in_within_a_sentence_is_taken_apart(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    with opened(tmp_path, alder=f"# Readers\n\n## Alder\n\n{text}\n") as assistant:
        assert expected in taken_apart(assistant, "What does Alder support?")


def test_a_number_with_a_comma_is_no_list(tmp_path: Path) -> None:
    note = "# Loft\n\n| Lamp | Price |\n| --- | --- |\n| Borage | 1,200 EUR |\n"

    with opened(tmp_path, loft=note) as assistant:
        assert taken_apart(assistant, "What is the price of the Borage?") == []


def test_parts_word_what_the_value_stands_under(workbench: Assistant) -> None:
    context = judged(workbench, "What formats are sold?")
    (found,) = [each for each in parts(context) if named(each) == ["tin", "drum", "tube"]]

    shares = worded(context, found)

    assert shares.keys() <= set(range(len(context.question.units) + len(context.question.mentions)))
    assert max(shares.values()) == 1.0


def test_a_part_of_signs_alone_has_a_key_too() -> None:
    assert part_key("Oak bench") == part_key("oak  bench")
    assert part_key("%") == "%"
