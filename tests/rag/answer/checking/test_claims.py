"""How many of the scripted lies the checks catch, and how many true sentences they lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rag import Assistant
from rag.text.language import language
from tests.rag.answer import claim_sets
from tests.rag.survey import SURVEY, settle

SETS: Mapping[str, Mapping[str, str]] = {"development": SURVEY, "heldout": claim_sets.notes()}


@pytest.fixture(scope="module", params=SETS)
def verdicts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[claim_sets.Verdicts]:
    settings = settle(tmp_path_factory.mktemp("claims"), SETS[request.param])
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        yield claim_sets.verdicts(list(claim_sets.told(request.param)), assistant)


def test_at_least_95_percent_of_the_lies_are_caught(verdicts: claim_sets.Verdicts) -> None:
    lies = [(told, checked) for told, checked in verdicts if not told.is_true]
    missed = [told.text for told, checked in lies if checked.ok]

    assert len(lies) >= 100
    assert len({told.kind for told, _ in lies}) >= 12
    assert len(missed) <= 0.05 * len(lies), missed


def test_few_true_sentences_are_lost(verdicts: claim_sets.Verdicts) -> None:
    true = [(told, checked) for told, checked in verdicts if told.is_true]
    lost = [(told.text, checked.reason) for told, checked in true if not checked.ok]

    assert len(lost) <= 0.03 * len(true), lost


def test_both_languages_are_told(verdicts: claim_sets.Verdicts) -> None:
    found = Counter((language(told.text), told.is_true) for told, _ in verdicts)

    assert min(found.values()) >= 25, found


def test_what_the_checks_do_with_sentences_over_fields_that_no_rule_was_made_for(tmp_path: Path) -> None:
    settings = settle(tmp_path, claim_sets.fields())
    told = [sentence for name in claim_sets.LATER for sentence in claim_sets.told(name)]
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        found = claim_sets.verdicts(told, assistant)
    missed = [told.text for told, checked in found if checked.ok and not told.is_true]
    lost = [(told.text, checked.reason) for told, checked in found if told.is_true and not checked.ok]

    assert Counter(told.is_true for told, _ in found) == {True: 87, False: 101}
    assert len(missed) <= 5, missed
    # Many say what follows from the notes, or in words that no lexicon joins: less than at first sight, not yet few.
    assert len(lost) <= 21, lost


def test_over_all_sets_at_most_2_percent_of_the_true_sentences_are_lost(tmp_path: Path) -> None:
    true = lost = 0
    for name, notes in SETS.items():
        settings = settle(tmp_path / name, notes)
        with Assistant.open(settings.index_path, settings=settings) as assistant:
            told = [sentence for sentence in claim_sets.told(name) if sentence.is_true]
            verdicts = claim_sets.verdicts(told, assistant)
        true += len(verdicts)
        lost += sum(not checked.ok for _, checked in verdicts)

    assert true >= 100
    assert lost <= 0.02 * true
