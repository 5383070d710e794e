"""An index and the embedder that made it, seen from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from rag import Assistant
from rag.config import Settings
from rag.embed.api import ApiEmbedder
from rag.index import Snapshot
from server.cli import run
from tests.rag.embed.endpoint import Endpoint, serving

QUESTION = "Osprey Z 的价格"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as served:
        yield served


@pytest.fixture
def settings(corpus: Path) -> Settings:
    """The notes with an index by the built-in embedder."""
    found = Settings(corpus=corpus)
    ingest(found)
    return found


@pytest.mark.parametrize(
    "command", [["ask", QUESTION], ["ask", QUESTION, "--json"], ["ask", QUESTION, "--no-refresh", "--json"]]
)
def test_asking_with_another_embedder_is_refused_with_the_command_that_embeds_anew(
    settings: Settings, endpoint: Endpoint, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status = run([*command, "--corpus", str(settings.corpus), "--embedder", endpoint.spec])

    err = capsys.readouterr().err
    assert status == 1
    assert err.startswith(f"error: the index {settings.index_path} was made by the embedder 'builtin' (builtin-")
    assert f"run `rag ingest --embedder {endpoint.spec}` to embed anew, or ask with `--embedder builtin`" in err
    assert err.count("\n") == 1
    assert endpoint.requests == []


def test_the_command_switches_and_going_back_embeds_nothing(
    settings: Settings, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--corpus", str(settings.corpus)]

    assert run(["ingest", *place, "--embedder", endpoint.spec, "--json"]) == 0
    switched = json.loads(capsys.readouterr().out)
    assert run(["ask", QUESTION, *place, "--embedder", endpoint.spec]) == 0
    assert "12,800元" in capsys.readouterr().out
    assert run(["ask", QUESTION, *place]) == 1
    assert "asked for is 'builtin'" in capsys.readouterr().err
    assert run(["ingest", *place, "--json"]) == 0
    back = json.loads(capsys.readouterr().out)

    assert (switched["embedded"] > 0, switched["unchanged"], switched["generation"]) == (True, 2, 2)
    assert (back["embedded"], back["unchanged"], back["generation"]) == (0, 2, 3)
    assert run(["ask", QUESTION, *place]) == 0


def test_a_newer_built_in_embedder_embeds_anew_by_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rag.embed.builtin.VERSION", 999)
    monkeypatch.setattr("rag.retrieve.dense._opened", {})

    assert run(["ask", QUESTION, "--corpus", str(settings.corpus), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["index"]["embedder"].startswith("builtin-999-")


def test_without_settings_an_assistant_takes_the_embedder_of_the_index(settings: Settings, endpoint: Endpoint) -> None:
    ingest(replace(settings, embedder=endpoint.spec))

    with Assistant.open(settings.index_path) as assistant:
        answer = assistant.ask(QUESTION)

    assert answer.index.embedder == ApiEmbedder(endpoint.spec).fingerprint
    assert answer.retrieved


def test_a_server_that_now_gives_other_vectors_is_told(
    settings: Settings, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--corpus", str(settings.corpus), "--embedder", endpoint.spec]
    assert run(["ingest", *place]) == 0
    endpoint.dimensions = 7

    assert run(["ask", QUESTION, *place, "--json"]) == 1

    assert "vector has 7 dimensions, the index 512; the embedder has changed under the same" in capsys.readouterr().err


def test_a_failed_switch_leaves_the_earlier_index(
    settings: Settings, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint.answers = [(401, {}, "who are you")] * 9

    status = run(["ingest", "--corpus", str(settings.corpus), "--embedder", endpoint.spec])

    assert status == 1
    assert "HTTP 401: who are you; check the key" in capsys.readouterr().err
    with Snapshot.open(settings.index_path) as snapshot:
        assert (snapshot.generation, snapshot.embedder_name) == (1, "builtin")
    assert run(["ask", QUESTION, "--corpus", str(settings.corpus)]) == 0
