"""`rag ask`: answers, exit statuses, streams, batches, encodings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.config import Settings
from server.cli import run
from tests.rag.answer.scripted import scripted_server

ASK_ZH = "哪些相机防水"
LOOKUP = "Osprey Z 的价格"


def _rag(settings: Settings, *args: str) -> int:
    return run(["ask", *args, "--corpus", str(settings.corpus), "--no-refresh"])


def test_an_answer_has_its_source_list_and_status_0(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    status = _rag(ingested, LOOKUP)

    out = capsys.readouterr()
    assert status == 0
    assert "12,800元" in out.out
    assert "[1] notes/cameras.md:15" in out.out
    assert out.err == ""


def test_silence_of_the_notes_is_status_3(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    status = _rag(ingested, "who founded the Roman empire")

    assert status == 3
    assert capsys.readouterr().out


def test_json_is_one_object_with_the_contract_s_keys(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    status = _rag(ingested, LOOKUP, "--json")

    answer = json.loads(capsys.readouterr().out)
    assert status == 0
    assert set(answer) >= {
        "id", "question", "language", "kind", "text", "abstained", "claims", "items", "silent", "citations",
        "conflicts", "retrieved", "index", "llm", "timings_ms",
    }  # fmt: skip
    assert answer["question"] == LOOKUP
    assert answer["citations"][0]["source"] == "notes/cameras.md"
    assert answer["index"] == {"generation": 1, "embedder": answer["index"]["embedder"], "stale": False}


def test_a_stream_says_the_same_as_a_plain_answer(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _rag(ingested, LOOKUP)
    plain = capsys.readouterr().out
    _rag(ingested, LOOKUP, "--stream")

    assert capsys.readouterr().out == plain


def test_a_json_stream_gives_tokens_and_then_the_answer(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _rag(ingested, LOOKUP, "--stream", "--json")

    *tokens, answer = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "".join(token["token"] for token in tokens) == answer["text"]


def test_a_conversation_comes_from_a_file(
    ingested: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "history.json"
    history.write_text(json.dumps([["user", "Osprey Z 的像素"], ["assistant", "4500万 [1]"]]), encoding="utf-8")

    status = _rag(ingested, "它的价格呢", "--history", str(history))

    assert status == 0
    assert "12,800元" in capsys.readouterr().out


def test_a_first_question_ingests_and_an_edit_shows_at_once(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", LOOKUP, "--corpus", str(corpus)]) == 0
    out = capsys.readouterr()
    assert "12,800元" in out.out
    assert out.err == "note: ingested the notes: 2 added\n"

    note = corpus / "notes/cameras.md"
    note.write_text(note.read_text("utf-8").replace("12,800元", "11,500元"), encoding="utf-8")
    assert run(["ask", LOOKUP, "--corpus", str(corpus), "--no-refresh"]) == 0
    assert "12,800元" in capsys.readouterr().out
    assert run(["ask", LOOKUP, "--corpus", str(corpus)]) == 0
    out = capsys.readouterr()
    assert "11,500元" in out.out
    assert out.err == "note: re-ingested the notes: 1 changed\n"


def test_vanished_notes_leave_the_earlier_index_answering_and_marked_stale(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["ask", LOOKUP, "--corpus", str(corpus)])
    capsys.readouterr()
    for path in sorted(corpus.glob("notes/*.md")):
        path.unlink()

    status = run(["ask", LOOKUP, "--corpus", str(corpus), "--json"])

    out = capsys.readouterr()
    assert status == 0
    assert json.loads(out.out)["index"]["stale"] is True
    assert "answering from the index as it is" in out.err


@pytest.mark.parametrize(
    ("args", "status", "told"),
    [
        ([], 2, "no QUESTION given"),
        (["  "], 2, "the question is empty"),
        (["x" * 4001], 2, "the question has 4001 characters; ask in at most 4000"),
        (["q", "--nonsense"], 2, "--nonsense"),
        (["q", "--corpus", "missing"], 1, "missing"),
        (["q", "--history", "missing.json"], 2, "missing.json: cannot be read"),
        (["q", "--batch", "questions.jsonl"], 2, "--batch takes neither"),
        (["--batch", "missing.jsonl"], 2, "missing.jsonl: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    args: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", *args]) == status

    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.startswith("error: ")
    assert told in out.err
    assert out.err.count("\n") == 1


def test_an_empty_corpus_is_told_and_leaves_no_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    assert run(["ask", "q", "--corpus", str(empty)]) == 1

    assert capsys.readouterr().err.count("\n") == 1
    assert list(empty.iterdir()) == []


def test_a_batch_answers_in_order_with_the_ids_and_goes_on_after_bad_lines(
    ingested: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "batch.jsonl"
    history = [["user", "Osprey Z 的像素"], ["assistant", "4500万"]]
    lines = [
        json.dumps({"id": "a", "question": LOOKUP}, ensure_ascii=False).encode(),
        b"{not json",
        b"",
        json.dumps({"id": 7, "question": "它的价格呢", "history": history}).encode(),
        json.dumps({"id": "b"}).encode(),
        json.dumps({"id": "c", "question": "x", "history": "y"}).encode(),
        b'{"id": "d", "question": "\xff"}',
        json.dumps({"question": "who founded the Roman empire"}).encode(),
    ]
    batch.write_bytes(b"\xef\xbb\xbf" + b"\n".join(lines))

    status = _rag(ingested, "--batch", str(batch))

    out = capsys.readouterr()
    answers = [json.loads(line) for line in out.out.splitlines()]
    assert status == 1
    assert [answer["id"] for answer in answers] == ["a", None, 7, "b", "c", None, None]
    assert ["error" in answer for answer in answers] == [False, True, False, True, True, True, False]
    assert "12,800元" in answers[0]["text"]
    assert "12,800元" in answers[2]["text"]
    assert answers[3]["error"] == {
        "type": "invalid_request_error", "message": '"question" is missing', "param": "question", "line": 5,
    }  # fmt: skip
    assert answers[6]["abstained"] is True
    assert out.err == "error: 4 of the questions could not be answered; see the lines with an error\n"


def test_a_batch_of_good_lines_is_status_0_whether_answered_or_not(
    ingested: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text(
        '{"id": 1, "question": "Kestrel 50mm price"}\n{"id": 2, "question": "who founded the Roman empire"}\n'
    )

    assert _rag(ingested, "--batch", str(batch)) == 0

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["abstained"] for answer in answers] == [False, True]


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}]
)
def test_output_is_utf8_in_any_locale_and_a_question_may_come_from_stdin(
    ingested: Settings, locale: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "server.cli", "ask", "--no-refresh", "--corpus", str(ingested.corpus)]
    env = {**_environment(), **locale}

    piped = subprocess.run([*command, "-"], input=LOOKUP.encode(), capture_output=True, env=env, check=True)
    given = subprocess.run([*command, LOOKUP], capture_output=True, env=env, check=True)

    assert "12,800元" in piped.stdout.decode("utf-8")
    assert given.stdout == piped.stdout


def test_a_closed_pipe_is_quiet(ingested: Settings) -> None:
    command = f'"{sys.executable}" -m server.cli facts --no-refresh --corpus "{ingested.corpus}" --json | head -c 1'

    done = subprocess.run(["bash", "-c", command], capture_output=True, env=_environment(), check=True)

    assert (done.stdout, done.stderr) == (b"[", b"")


def test_an_unexpected_error_is_one_line_that_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, ingested: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(settings: Settings) -> None:
        raise RuntimeError("odd\nthing")

    monkeypatch.setattr("server.commands.ask.open_assistant", broken)

    assert _rag(ingested, "q") == 1
    told = "error: unexpected RuntimeError: odd thing (run again with RAG_DEBUG=1 for the traceback)\n"
    assert capsys.readouterr().err == told

    monkeypatch.setenv("RAG_DEBUG", "1")
    assert _rag(ingested, "q") == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_status_130(
    monkeypatch: pytest.MonkeyPatch, ingested: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(settings: Settings) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.commands.ask.open_assistant", interrupted)

    assert _rag(ingested, "q") == 130
    assert capsys.readouterr().err.strip() == "error: interrupted"


def _environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {"PATH": os.environ["PATH"], "PYTHONPATH": root}


def test_while_another_process_writes_the_earlier_index_answers(
    monkeypatch: pytest.MonkeyPatch, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from rag.index.layout import writing

    run(["ask", LOOKUP, "--corpus", str(corpus)])
    (corpus / "notes/new.md").write_text("# New\n\nMore text.\n", encoding="utf-8")
    monkeypatch.setenv("RAG_LOCK_TIMEOUT", "0.1")
    capsys.readouterr()

    with writing(corpus / ".rag", timeout=1):
        assert run(["ask", LOOKUP, "--corpus", str(corpus), "--json"]) == 0
        out = capsys.readouterr()
        assert json.loads(out.out)["index"]["stale"] is True
        assert out.err.startswith("note: the notes could not be read again (")
        assert run(["ingest", "--corpus", str(corpus)]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_an_index_answers_without_its_notes(
    ingested: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["--index", str(ingested.index_path), "--corpus", str(tmp_path / "gone")]

    assert run(["ask", LOOKUP, *args]) == 0

    out = capsys.readouterr()
    assert "12,800元" in out.out
    assert "answering from the index as it is" in out.err


def test_a_language_model_words_the_answer(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted_server() as script:
        script.text = "Osprey Z 的价格是 12,800元 [1]。它很好看 [1]。它有黑色 [99]。它的价格是 999元 [1]。"
        status = _rag(ingested, LOOKUP, "--llm", script.spec, "--json")

    answer = json.loads(capsys.readouterr().out)
    assert status == 0
    assert answer["text"] == "Osprey Z 的价格是 12,800元 [1]。"
    assert answer["llm"] == script.spec


def test_a_language_model_that_fails_costs_nothing_but_its_wording(
    ingested: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _rag(ingested, LOOKUP) == 0
    plain = capsys.readouterr().out

    assert _rag(ingested, LOOKUP, "--llm", "http://127.0.0.1:9/v1#m") == 0
    out = capsys.readouterr()
    assert out.out == plain
    assert out.err.startswith("note: llm http://127.0.0.1:9/v1#m failed")

    assert _rag(ingested, LOOKUP, "--llm", "nonsense") == 2
