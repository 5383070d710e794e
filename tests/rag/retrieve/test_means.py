"""Every means of answering can be left out, and is left out for good."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.config import Settings
from rag.retrieve.means import ALL, Means
from rag.text.lexicon import Lexicon
from rag.types import FactKind


def test_each_can_be_left_out_by_its_name() -> None:
    assert Means.names() == ("lexical", "dense", "facts", "lexicon", "near_headers", "sense", "rerank")
    assert ALL.without("dense") == Means(dense=False)
    assert ALL.without("dense").without("facts") == Means(dense=False, facts=False)


def test_without_facts_only_sentences_answer(settled: Settings, survey: Assistant) -> None:
    # Given an answer that stands in a table, and one that stands in a sentence
    table, prose = "Graphite 的默认端口是多少", "Riverlog 允许商用吗"
    assert "7474" in survey.ask(table).text
    # When facts are left out
    with Assistant.open_with(ALL.without("facts"), settled.index_path, settings=settled) as without:
        # Then no fact but sentences is seen, and the sentence answers still
        assert {fact.kind for fact in without.snapshot.facts()} == {FactKind.STATEMENT}
        assert without.snapshot.attributes() == ()
        assert "7474" not in without.ask(table).text
        assert "不允许商用" in without.ask(prose).text


def test_without_the_lexicon_languages_are_apart(settled: Settings, survey: Assistant) -> None:
    # Given a question that shares no word with the note but through the lexicon
    question = "which firm stands behind GraphSea"
    assert "海图科技" in survey.ask(question).text
    # When the lexicon is left out
    with Assistant.open_with(ALL.without("lexicon"), settled.index_path, settings=settled) as without:
        found = without.ask(question)
    # Then the evidence ranks otherwise, and the lexicon of the package is in use again afterwards
    assert found.retrieved != survey.ask(question).retrieved
    assert len(Lexicon.load()) > 0


@pytest.mark.parametrize("name", ["lexical", "dense"])
def test_passages_of_one_ranking_are_left_out(settled: Settings, survey: Assistant, name: str) -> None:
    question = "Graphite 的社区怎么样"
    with Assistant.open_with(ALL.without(name), settled.index_path, settings=settled) as without:
        found = without.ask(question)
    # What is said comes from facts, whatever passages stand beside it
    assert found.text == survey.ask(question).text
    assert found.retrieved != survey.ask(question).retrieved


def test_what_is_left_out_stays_out_when_the_index_moves_on(settled: Settings) -> None:
    with Assistant.open_with(ALL.without("facts"), settled.index_path, settings=settled) as without:
        assert without.refresh() is False
        assert type(without.snapshot).__name__ == "ProseSnapshot"
