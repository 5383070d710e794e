"""Quotations keep their speakers, answers their questions, footnotes what refers to them."""

from __future__ import annotations

import pytest

from ingest.spoken import is_quotation
from rag.types import FactKind
from tests.ingest.test_facts import misquoted, read


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('> "Oak warps. I would not use it." – Hanna, joiner, Turku', True),
        ("> 老周：“先晾一年，再开料。”", True),
        ('小梅 said: "Sand it first. Then oil."', True),
        ("> Sand it first. Then oil.\n> — Old Zhou", True),
        ('She said "no". Then she left.', False),
        ("“好”和“坏”：他说“都行。”", False),
        ("Oak warps. Ash does not.", False),
    ],
)
def test_a_quotation_has_a_speaker(text: str, quoted: bool) -> None:
    assert is_quotation(text) is quoted


def test_a_quotation_is_one_fact_with_its_speaker() -> None:
    found = read('# Wood\n## Said\n\n> "Oak warps. I would not use it." – Hanna, Turku\n')

    assert [fact.value for fact in found] == ['"Oak warps. I would not use it." – Hanna, Turku']


@pytest.mark.parametrize(
    "text",
    [
        "**Q: Why oil it?**\nA: It drinks less water.\n",
        "**Q: Why oil it?** A: It drinks less water.\n",
        "- Q: Why oil it?\n- A: It drinks less water.\n",
    ],
)
def test_an_answer_has_its_question_for_a_key(text: str) -> None:
    text = f"# Wood\n## Asked\n\n{text}"
    found = read(text)

    assert [(f.attribute, f.value) for f in found] == [("Why oil it?", "It drinks less water.")]
    assert not misquoted(text, found)


def test_a_quarter_is_no_question() -> None:
    assert [(f.attribute, f.value) for f in read("# Wood\n## Sales\n- Q1: 3.2 t\n- A: 4 t\n")] == [
        ("Q1", "3.2 t"),
        ("A", "4 t"),
    ]


def test_a_footnote_is_said_of_what_refers_to_it() -> None:
    text = "# Yard\n## Log\n2024-07-11 – Osprey 9 lost a sail[^1].\n\n## Rest\nNothing.\n\n[^1]: In dock for 15 days.\n"
    event, *_, note = read(text)

    assert (event.kind, event.value) == (FactKind.EVENT, "2024-07-11 – Osprey 9 lost a sail.")
    assert (note.entity, note.value) == ("Osprey 9", "In dock for 15 days.")
    assert note.qualifiers == (("", event.value),)
    assert not misquoted(text, read(text))
