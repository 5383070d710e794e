"""Nothing reaches the reader that its citations do not support."""

from __future__ import annotations

from dataclasses import replace

from rag import Assistant
from rag.answer.draft import Draft
from rag.answer.finish import finish
from rag.types import Conflict, ConflictValue, Fact, IndexState, Kind, Status

STATE = IndexState(1, "builtin")


def _fact(survey: Assistant, entity: str, attribute: str) -> Fact:
    facts = [f for f in survey.snapshot.facts() if (f.entity, f.attribute) == (entity, attribute)]
    assert len(facts) == 1
    return facts[0]


def test_true_claims_pass_unchanged(survey: Assistant) -> None:
    draft = Draft(survey.snapshot, "en")
    draft.claim("Heron X1 – Weight: 480 g", [_fact(survey, "Heron X1", "Weight")])
    draft.claim("Tern – Weight: 9 kg", [_fact(survey, "Tern", "Weight")])

    answer = finish("How heavy?", draft, (), STATE)

    assert answer.text == "Heron X1 – Weight: 480 g [1]\nTern – Weight: 9 kg [2]"
    assert [(c.text, c.citations) for c in answer.claims] == [
        ("Heron X1 – Weight: 480 g", (1,)),
        ("Tern – Weight: 9 kg", (2,)),
    ]
    assert [c.n for c in answer.citations] == [1, 2]
    assert not answer.abstained


def test_one_place_is_cited_once(survey: Assistant) -> None:
    draft = Draft(survey.snapshot, "en")
    draft.claim("Weight: 480 g", [_fact(survey, "Heron X1", "Weight")])
    draft.claim("Price: 900 EUR", [_fact(survey, "Heron X1", "Price")])

    answer = finish("Heron X1?", draft, (), STATE)

    assert [c.n for c in answer.citations] == [1]
    assert [c.citations for c in answer.claims] == [(1,), (1,)]


def test_a_claim_with_a_wrong_number_is_dropped_with_its_line(survey: Assistant) -> None:
    draft = Draft(survey.snapshot, "en")
    draft.claim("Heron X1 – Weight: 481 g", [_fact(survey, "Heron X1", "Weight")])
    draft.claim("Tern – Weight: 9 kg", [_fact(survey, "Tern", "Weight")])

    answer = finish("How heavy?", draft, (), STATE)

    assert answer.text == "Tern – Weight: 9 kg [2]"
    assert [c.text for c in answer.claims] == ["Tern – Weight: 9 kg"]
    assert [c.n for c in answer.citations] == [2]


def test_a_claim_whose_quote_is_not_in_the_source_is_dropped(survey: Assistant) -> None:
    invented = replace(_fact(survey, "Heron X1", "Weight"), quote="Heron X1 weighs 480 g")
    draft = Draft(survey.snapshot, "en")
    draft.item("Heron X1", Status.YES, "480 g", [invented])
    draft.item("Tern", Status.YES, "9 kg", [_fact(survey, "Tern", "Weight")])

    answer = finish("How heavy?", draft, (), STATE)

    assert [item.entity for item in answer.items] == ["Tern"]
    assert [c.source for c in answer.citations] == ["bicycles.md"]


def test_an_answer_that_loses_every_claim_abstains(survey: Assistant) -> None:
    for language in ("zh", "en"):
        draft = Draft(survey.snapshot, language)
        draft.claim("Weight: 481 g", [_fact(survey, "Heron X1", "Weight")])

        answer = finish("How heavy?", draft, (), STATE)

        assert answer.abstained
        assert answer.kind is Kind.NONE
        assert "481" not in answer.text
        assert answer.text
        assert (answer.claims, answer.items, answer.citations) == ((), (), ())


def test_a_conflict_stands_only_with_both_sides(survey: Assistant) -> None:
    for weight, conflicts in (("9 kg", 1), ("10 kg", 0)):
        draft = Draft(survey.snapshot, "en")
        draft.claim("Weight: 13.5 kg", [_fact(survey, "Falke", "Weight")])
        draft.claim(f"Weight: {weight}", [_fact(survey, "Tern", "Weight")])
        sides = (ConflictValue("13.5 kg", (1,)), ConflictValue(weight, (2,)))
        draft.conflicts.append(Conflict("Falke", "Weight", sides))

        answer = finish("How heavy?", draft, (), STATE)

        assert len(answer.conflicts) == conflicts
        assert "Weight: 13.5 kg [1]" in answer.text


def test_only_a_list_counts_the_silent(survey: Assistant) -> None:
    for kind, silent in ((Kind.LIST, 7), (Kind.LOOKUP, None)):
        draft = Draft(survey.snapshot, "en", kind, silent=7)
        draft.claim("Tern – Weight: 9 kg", [_fact(survey, "Tern", "Weight")])

        assert finish("How heavy?", draft, (), STATE).silent == silent


def test_joined_drafts_share_the_numbers_of_shared_places(survey: Assistant) -> None:
    one, other = Draft(survey.snapshot, "en"), Draft(survey.snapshot, "en")
    one.claim("Tern – Weight: 9 kg", [_fact(survey, "Tern", "Weight")])
    one.claim("Heron X1 – Weight: 480 g", [_fact(survey, "Heron X1", "Weight")])
    other.claim("Falke – Frame: steel", [_fact(survey, "Falke", "Frame")])
    other.claim("Heron X1 – Price: 900 EUR", [_fact(survey, "Heron X1", "Price")])

    one.join(other)
    answer = finish("?", one, (), STATE)

    assert answer.text.splitlines() == [
        "Tern – Weight: 9 kg [1]",
        "Heron X1 – Weight: 480 g [2]",
        "Falke – Frame: steel [3]",
        "Heron X1 – Price: 900 EUR [2]",
    ]
    assert [claim.citations for claim in answer.claims] == [(1,), (2,), (3,), (2,)]
    assert [citation.n for citation in answer.citations] == [1, 2, 3]
