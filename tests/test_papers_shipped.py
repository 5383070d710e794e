"""The two papers that ship with the notes: their script makes these very bytes, and questions reach them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.types import Page

ROOT = Path(__file__).parents[1]
PAPERS = ROOT / "corpus" / "papers"


def test_the_script_makes_the_papers_that_ship(tmp_path: Path) -> None:
    pytest.importorskip("pymupdf")
    subprocess.run([sys.executable, str(ROOT / "scripts" / "make_papers.py"), str(tmp_path)], check=True)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in PAPERS.glob("*.pdf"))
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (PAPERS / made.name).read_bytes()


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    index = tmp_path_factory.mktemp("index")
    settings = Settings(corpus=ROOT / "corpus", index=index)
    ingest(settings)
    return Assistant.open(index, settings=settings)


@pytest.mark.parametrize(
    ("question", "told", "paper"),
    [
        ("羊驼账本里LLaMA-65B是多少卡天", "43008", "papers/alpaca-ledger.pdf"),
        ("按照Forty-One Days那篇，最长的间隔几天", "17 days", "papers/forty-one-days.pdf"),
        ("in the Forty-One Days paper, how many releases were there in March", "7", "papers/forty-one-days.pdf"),
    ],
)
def test_questions_reach_the_page(assistant: Assistant, question: str, told: str, paper: str) -> None:
    answer = assistant.ask(question)

    assert told in answer.text
    assert next((c.source, c.location.number) for c in answer.citations if isinstance(c.location, Page)) == (paper, 1)
