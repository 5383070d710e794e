"""`rag models`: what is here, what it costs, and whether it works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli import run
from tests.rag.embed.endpoint import serving
from tests.rag.embed.hub_server import Hub, offering
from tests.rag.embed.small_models import m3e

NAME = "moka-ai/m3e-small"


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A model cache of one's own, and a hub that nobody listens at."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "SENTENCE_TRANSFORMERS_HOME", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    return tmp_path / "cache" / "hub"


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with offering(NAME, m3e(tmp_path / "offered")) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.address)
        yield found


def listed(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], dict[str, object]]:
    assert run(["models", "list", "--json"]) == 0
    return {(row["role"], row["name"]): row for row in json.loads(capsys.readouterr().out)}


def test_a_list_tells_what_is_here_and_what_the_rest_costs(served: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    before = listed(capsys)
    assert before["embedder", "builtin"]["here"]
    assert before["embedder", "m3e-small"] == {
        "role": "embedder", "name": "m3e-small", "here": None, "bytes": 96_000_000, "for": "Chinese",
    }  # fmt: skip
    assert {"embedder", "reranker", "llm"} == {role for role, _ in before}
    assert served.sent == []

    assert run(["models", "pull", "m3e-small"]) == 0
    capsys.readouterr()

    small = listed(capsys)["embedder", "m3e-small"]
    assert (Path(str(small["here"])) / "modules.json").is_file()
    assert 0 < int(str(small["bytes"])) < 1_000_000
    assert run(["models", "list"]) == 0
    table = capsys.readouterr().out
    assert "no, about 409 MB to download" in table
    assert "over the network" in table


def test_a_model_of_another_name_is_listed_once_it_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with offering("someone/own-model", m3e(tmp_path / "offered")) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.address)
        assert run(["models", "pull", "someone/own-model"]) == 0
    capsys.readouterr()

    assert listed(capsys)["embedder", "someone/own-model"]["for"] == "downloaded earlier"


def test_a_dry_run_tells_the_cost_and_fetches_nothing(
    served: Hub, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "pull", "m3e-small", "--dry-run"]) == 0

    assert capsys.readouterr().out.startswith(f"m3e-small: {NAME}, 9 files, 0.")
    assert (served.sent, cache.exists()) == ([], False)


def test_pulling_again_asks_nobody(served: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "pull", "m3e-small"]) == 0
    assert "`rag models check --embedder m3e-small` tries it" in capsys.readouterr().out
    sent = list(served.sent)

    assert run(["models", "pull", "m3e-small"]) == 0

    assert capsys.readouterr().out.startswith("m3e-small: here already, 0.")
    assert served.sent == sent


@pytest.mark.parametrize("name", ["builtin", "openai:m", "http://127.0.0.1:9/v1#m"])
def test_what_is_never_downloaded(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "pull", name]) == 0

    assert capsys.readouterr().out == f"{name}: nothing to download\n"


def test_without_a_network_pulling_fails_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "pull", "m3e-base"]) == 1

    err = capsys.readouterr().err
    assert "http://127.0.0.1:9 cannot be reached; check the network, name a mirror in HF_ENDPOINT" in err
    assert err.count("\n") == 1


def test_checking_never_downloads(served: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "check", "--embedder", "m3e-small"]) == 1

    assert "run `rag models pull m3e-small` to download it" in capsys.readouterr().err
    assert served.sent == []


def test_a_model_that_finds_nothing_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "check", "--embedder", str(m3e(tmp_path / "model"))]) == 1

    assert "does not tell everyday subjects apart (questions that find their passage: zh " in capsys.readouterr().err


def test_a_server_is_checked_like_any_embedder(capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as endpoint:
        assert run(["models", "check", "--embedder", endpoint.spec, "--json"]) == 0

    found = json.loads(capsys.readouterr().out)[0]
    assert (found["languages"], found["across"], found["dimensions"]) == (["zh", "en"], True, 512)
    assert found["result"].startswith("works for Chinese and English, and across them (zh ")
