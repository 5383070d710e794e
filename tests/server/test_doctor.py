"""`rag doctor` and `rag models`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
