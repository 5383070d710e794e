"""Settings: defaults, then rag.toml, then the environment, then flags."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from rag.config import CONFIG_NAME, Settings, load
from rag.errors import ConfigError


def _load(directory: Path, toml: str = "", environ: Mapping[str, str] | None = None, **flags: object) -> Settings:
    if toml:
        (directory / CONFIG_NAME).write_text(toml, encoding="utf-8")
    return load(flags, environ=environ or {}, directory=directory)


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = _load(tmp_path)

    assert settings == Settings()
    assert settings.embedder == "builtin"
    assert settings.llm is None
    assert settings.download is False
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("toml", "environ", "flags", "port"),
    [
        ("", {}, {}, 8765),
        ("port = 1001", {}, {}, 1001),
        ("port = 1001", {"RAG_PORT": "1002"}, {}, 1002),
        ("port = 1001", {"RAG_PORT": "1002"}, {"port": 1003}, 1003),
        ("port = 1001", {}, {"port": 1003}, 1003),
        ("", {"RAG_PORT": "1002"}, {"port": 1003}, 1003),
        ("", {"RAG_PORT": "1002"}, {"port": None}, 1002),
    ],
)
def test_flags_beat_the_environment_and_it_beats_the_file(
    tmp_path: Path, toml: str, environ: dict[str, str], flags: dict[str, object], port: int
) -> None:
    assert _load(tmp_path, toml, environ, **flags).port == port


def test_each_setting_comes_from_the_highest_place_that_gives_it(tmp_path: Path) -> None:
    toml = 'corpus = "notes"\nllm = "openai:small"\nport = 1001\ndownload = true\nllm_timeout = 2.5\n'

    settings = _load(tmp_path, toml, {"RAG_LLM": "openai:large", "RAG_INDEX": "elsewhere"}, corpus="mine")

    assert settings.corpus == Path("mine")
    assert settings.index_path == Path("elsewhere")
    assert settings.llm == "openai:large"
    assert settings.port == 1001
    assert settings.download is True
    assert settings.llm_timeout == 2.5


def test_the_index_lies_in_the_corpus_unless_said_otherwise(tmp_path: Path) -> None:
    assert _load(tmp_path, corpus="notes").index_path == Path("notes/.rag")
    assert _load(tmp_path, corpus="notes", index="idx").index_path == Path("idx")


def test_a_home_directory_is_expanded(tmp_path: Path) -> None:
    assert _load(tmp_path, 'corpus = "~/notes"').corpus == Path.home() / "notes"


def test_other_variables_of_the_environment_are_left_alone(tmp_path: Path) -> None:
    assert _load(tmp_path, "", {"RAG_TIME": "1", "PORT": "7", "HOME": "/"}) == Settings()


@pytest.mark.parametrize(
    ("written", "value"), [("true", True), ("1", True), ("yes", True), ("off", False), ("0", False)]
)
def test_switches_are_read_as_people_write_them(tmp_path: Path, written: str, value: bool) -> None:
    assert _load(tmp_path, "", {"RAG_DOWNLOAD": written}).download is value


@pytest.mark.parametrize(
    ("toml", "environ", "flags"),
    [
        ('llm = "none"', {}, {}),
        ('llm = ""', {}, {}),
        ('llm = "openai:small"', {"RAG_LLM": "none"}, {}),
        ('llm = "openai:small"', {"RAG_LLM": ""}, {}),
        ("", {"RAG_LLM": "None"}, {}),
        ("", {"RAG_LLM": "openai:small"}, {"llm": "none"}),
    ],
)
def test_none_switches_the_language_model_off(
    tmp_path: Path, toml: str, environ: dict[str, str], flags: dict[str, object]
) -> None:
    assert _load(tmp_path, toml, environ, **flags).llm is None


@pytest.mark.parametrize(
    ("toml", "environ", "flags", "message"),
    [
        ("prot = 1", {}, {}, "prot"),
        ('port = "many"', {}, {}, "many"),
        ("port = [", {}, {}, CONFIG_NAME),
        ("", {"RAG_PORT": "many"}, {}, "environment.*many"),
        ("", {"RAG_LLM_TIMEOUT": "soon"}, {}, "llm_timeout.*soon"),
        ("", {"RAG_DOWNLOAD": "perhaps"}, {}, "download.*perhaps"),
        ("", {}, {"port": "many"}, "command line.*many"),
        ("", {}, {"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place_and_value(
    tmp_path: Path, toml: str, environ: dict[str, str], flags: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        _load(tmp_path, toml, environ, **flags)


def test_an_error_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        _load(tmp_path, "nonsense = 1")

    assert "\n" not in str(error.value)
    assert "corpus" in str(error.value)  # what is known instead
