"""Papers are read once: not again when they are renamed, when the ingest dies, or to be cut into other passages."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import ingest.build
from ingest.build import ingest as ingest_
from ingest.paper_memory import MEMORY_NAME, PaperMemory, code
from ingest.pdf import Paper, read_pdf
from ingest.pdf_pool import Pool
from ingest.prepare import digest
from rag.config import Settings
from tests.ingest.corpora import all_answers, corpus
from tests.ingest.typeset import english


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = corpus(tmp_path)
    english(made.corpus / "p.pdf")
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the papers that are really read."""
    names: list[str] = []
    real = Pool.read

    def noted(self: Pool, path: Path, *, password: str = "") -> Paper:
        names.append(path.name)
        return real(self, path, password=password)

    monkeypatch.setattr(Pool, "read", noted)
    return names


def test_a_paper_that_is_renamed_is_not_read_again(settings: Settings, tmp_path: Path, read: list[str]) -> None:
    ingest_(settings)
    (settings.corpus / "p.pdf").rename(settings.corpus / "q.pdf")

    summary = ingest_(settings)

    assert (summary.renamed, summary.embedded, read) == (1, 0, ["p.pdf"])
    fresh = replace(settings, index=tmp_path / "fresh")
    ingest_(fresh)
    assert read == ["p.pdf", "q.pdf"]
    assert all_answers(settings.index_path) == all_answers(fresh.index_path)


def test_an_ingest_that_is_stopped_keeps_the_papers_that_it_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("rag.index.writer.Writer.commit", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            ingest_(settings)

    assert ingest_(settings).added == 3
    assert read == ["p.pdf"]


def _interrupt(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_another_configuration_cuts_the_paper_anew_without_reading_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    ingest_(settings)
    before = all_answers(settings.index_path)
    monkeypatch.setattr(ingest.build, "configuration", lambda: "another")

    summary = ingest_(settings)

    assert (summary.unchanged, summary.embedded, summary.generation, read) == (3, 0, 2, ["p.pdf"])
    assert all_answers(settings.index_path) == before


def test_what_is_gone_is_forgotten_and_what_is_damaged_is_read_again(settings: Settings, read: list[str]) -> None:
    ingest_(settings)
    [kept] = (settings.index_path / MEMORY_NAME).iterdir()
    kept.write_bytes(kept.read_bytes()[:-9])
    (settings.corpus / "p.pdf").rename(settings.corpus / "q.pdf")
    ingest_(settings)
    assert read == ["p.pdf", "q.pdf"]
    (settings.corpus / "q.pdf").unlink()

    ingest_(settings)

    assert list((settings.index_path / MEMORY_NAME).iterdir()) == []


def test_a_remembered_paper_equals_the_one_that_was_read(settings: Settings, tmp_path: Path) -> None:
    file = settings.corpus / "p.pdf"
    memory = PaperMemory(tmp_path)
    identified = digest(file.read_bytes())

    first, again = memory.read(file, identified), memory.read(tmp_path / "absent.pdf", identified)

    assert first == again == read_pdf(file)
    assert any(block.table for block in first.blocks) or any(block.places for block in first.blocks)


def test_all_code_that_reads_papers_counts() -> None:
    tell = "import sys, ingest.pdf_worker, ingest.pdf; print(*[m.__file__ for m in sys.modules.values()], sep='\\n')"
    root = Path(__file__).resolve().parents[2]
    loaded = subprocess.run(
        [sys.executable, "-c", tell.replace("m.__file__", "getattr(m, '__file__', None)")],
        capture_output=True, text=True, check=True, cwd=root,
    ).stdout.splitlines()  # fmt: skip

    ours = {Path(file) for file in loaded if Path(file).parent in (root / "ingest", root / "rag" / "text")}

    assert ours - set(code()) == set()
    assert len(ours) > 12
