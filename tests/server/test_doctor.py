"""`rag doctor` and `rag models`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.paper_cache import Ledger
from rag.config import Settings
from server.cli import run
from tests.rag.answer.scripted import scripted_server


def test_a_sound_installation_is_found_sound(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--corpus", str(ingested.corpus), "--json"]) == 0

    findings = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert [name for name, finding in findings.items() if not finding["ok"]] == []
    assert findings["corpus"]["found"] == f"2 files in {ingested.corpus}"
    assert "generation 1 with 2 sources" in findings["index"]["found"]


def test_what_is_missing_comes_with_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--corpus", str(tmp_path / "none"), "--llm", "openai:large"]) == 1

    out = capsys.readouterr().out
    assert "BAD  corpus: " in out
    assert "     -> run `rag ingest`\n" in out
    assert "BAD  llm: OPENAI_API_KEY is not set\n" in out


def test_models_that_are_not_there_come_with_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = ["--embedder", "nobody/nothing", "--reranker", "nobody/none"]
    assert run(["doctor", "--corpus", str(tmp_path), *models]) == 1

    out = capsys.readouterr().out
    assert "BAD  embedder: the embedder 'nobody/nothing' is not on this computer" in out
    assert "BAD  reranker: the reranker 'nobody/none' is not on this computer" in out


def test_an_embedder_behind_an_address_is_not_asked(
    ingested: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an address that nobody listens at, and one that needs a key
    for variable in ("OPENAI_API_KEY", "RAG_EMBEDDER_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    # Then the first is as good as can be told without asking, and the second is not
    assert run(["doctor", "--corpus", str(ingested.corpus), "--embedder", "http://127.0.0.1:9/v1#m"]) == 0
    told = "ok   embedder: m at http://127.0.0.1:9/v1/embeddings; `rag models check` asks it\n"
    assert told in capsys.readouterr().out
    assert run(["doctor", "--corpus", str(ingested.corpus), "--embedder", "openai:large"]) == 1
    assert "BAD  embedder: RAG_EMBEDDER_KEY and OPENAI_API_KEY are not set\n" in capsys.readouterr().out


def test_papers_that_vanished_from_the_cache_are_told(
    ingested: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given an index that takes two papers from the cache and lacks a third
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("RAG_PAPERS_CACHE", str(cache))
    for file in ("one.pdf", "two.pdf"):
        (cache / file).write_bytes(b"%PDF-")
    Ledger({"one.pdf": "one", "two.pdf": "two"}, {"three": "HTTP 404"}).write(ingested.index_path)
    # Then that is told
    assert run(["doctor", "--corpus", str(ingested.corpus)]) == 0
    told = f"ok   papers: 2 linked papers in {cache}; 1 could not be fetched\n"
    assert told in capsys.readouterr().out
    # And when one is gone, it has to be fetched again
    (cache / "two.pdf").unlink()
    assert run(["doctor", "--corpus", str(ingested.corpus)]) == 1
    told = f"BAD  papers: 1 are gone from {cache}\n     -> run `rag ingest --papers`\n"
    assert told in capsys.readouterr().out


def test_the_builtin_embedder_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "check"]) == 0

    assert capsys.readouterr().out.startswith("embedder builtin: works for Chinese and English")


def test_a_language_model_is_asked_and_its_answer_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with scripted_server() as script:
        script.text = "It weighs 3 kg [1]. It is red [1]. It weighs 4 kg [1]."
        assert run(["models", "check", "--llm", script.spec, "--json"]) == 0

    llm = json.loads(capsys.readouterr().out)[1]
    assert llm["result"] == "answers; 1 of 3 sentences pass the check"


def test_a_model_that_is_not_there_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "check", "--llm", "http://127.0.0.1:9/v1#m"]) == 1

    err = capsys.readouterr().err
    assert err.startswith("error: llm http://127.0.0.1:9/v1#m failed")
    assert err.count("\n") == 1
