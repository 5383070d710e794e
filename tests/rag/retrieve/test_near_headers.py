"""Words of questions that no header says and a header means."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag import Assistant
from rag.config import Settings
from rag.question.followup import resolve
from rag.question.understand import Question
from rag.retrieve.near_headers import WEIGHT, with_near_headers
from rag.retrieve.sense import nearness, question_sense, text_sense

CHEST = """# 药箱

| 药名 | 处方药 | 孕妇 | 哮喘 | 价格 |
| --- | --- | --- | --- | --- |
| 甲素 | ✅ | ❌ | ✅ | 12元 |
| 乙素 | ❌ | ✅ | ❌ | 9元 |
| 丙素 | ✅ | ❌ | ✅ | 30元 |
"""


def near(directory: Path, text: str) -> Question:
    settings = Settings(corpus=directory, index=directory / ".index")
    (directory / "chest.md").write_text(CHEST, encoding="utf-8")
    ingest(settings)
    with Assistant.open(directory / ".index", settings=settings) as assistant:
        asked = resolve(text, [], assistant.names, lambda token: assistant.snapshot.document_frequency(token) > 0)
        return with_near_headers(asked, assistant.snapshot)


def test_a_word_that_no_header_says_gets_the_header_that_means_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.question.units.synonyms", lambda _: ())  # which would say it, and leave nothing to mean
    (unit,) = [u for u in near(tmp_path, "Which ones may pregnant people take?").units if u.label == "pregnant"]
    assert ("孕妇", WEIGHT) in unit.alternatives


def test_a_word_that_a_header_says_stays(tmp_path: Path) -> None:
    (unit,) = near(tmp_path, "哮喘的人呢").units[:1]
    assert not any(weight == WEIGHT for _, weight in unit.alternatives)


def test_the_list_is_found_by_it(tmp_path: Path) -> None:
    near(tmp_path, "")
    settings = Settings(corpus=tmp_path, index=tmp_path / ".index")
    with Assistant.open(tmp_path / ".index", settings=settings) as assistant:
        answer = assistant.ask("Which medicines are prescription only?")
    assert [item.entity for item in answer.items if item.status == "yes"] == ["甲素", "丙素"]


def test_nearness_is_of_meaning_and_not_of_letters() -> None:
    drinking = question_sense("drinking")
    assert nearness(drinking, text_sense(frozenset(("喝", "酒")))) > nearness(
        drinking, text_sense(frozenset(("drum",)))
    )
    assert nearness(question_sense(""), drinking) == 0.0
