"""The program as a whole: help, imports, and the page that documents it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

from rag.config import Settings
from server.cli import COMMANDS, rag, run
from server.commands.reference import PAGE, page
from server.terminal import fitted, one_line, width

HEAVY = (
    "torch", "transformers", "sentence_transformers", "pymupdf", "langchain", "langchain_core",
    "langchain_openai", "openai", "fastapi", "pydantic", "uvicorn", "sqlalchemy", "faiss", "tantivy", "numpy",
    "markdown_it", "httpx",
)  # fmt: skip


@pytest.mark.parametrize("code", ["import rag", "from server.cli import run; run(['--help'])"])
def test_nothing_heavy_is_loaded_to_import_or_to_help(code: str) -> None:
    tell = f"import sys, json; print(); print(json.dumps(sorted(set({HEAVY!r}) & set(sys.modules))))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True, cwd=root
    )

    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0

    shown = capsys.readouterr().out
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
        assert f"Usage: rag {name}" in capsys.readouterr().out


def test_no_command_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage: rag" in capsys.readouterr().err


def test_an_unknown_command_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sing"]) == 2

    err = capsys.readouterr().err
    assert err.startswith("error: No such command 'sing'")
    assert err.count("\n") == 1


def test_the_documentation_is_what_the_program_says() -> None:
    assert PAGE.read_text("utf-8") == page()


def test_bad_settings_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rag.toml").write_text("colour = 'red'\n", encoding="utf-8")

    assert run(["ask", "q"]) == 1
    assert "unknown setting 'colour'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("ab", 4, "ab  "),
        ("模型", 4, "模型"),
        ("模型卡", 4, "模… "),
        ("abcde", 4, "abc…"),
        ("e\u0301a", 2, "e\u0301a"),
    ],
)
def test_cells_are_fitted_to_terminal_columns(text: str, columns: int, shown: str) -> None:
    assert fitted(text, columns) == shown
    assert width(shown) == columns


def test_control_characters_never_reach_the_terminal() -> None:
    assert one_line("a\x1b[31m\nb\u009b") == "a [31m b"


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_commands_of_the_readme_are_understood(readme: str) -> None:
    text = (Path(__file__).resolve().parents[2] / readme).read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("rag ")]
    assert len(lines) > 10

    for line in lines:
        args = shlex.split(line, comments=" #" in line)[1:]
        args = args[: args.index(">")] if ">" in args else args
        command = rag.get_command(click.Context(rag), args[0])
        assert command is not None, line
        command.make_context(args[0], args[1:])


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_every_setting(readme: str) -> None:
    text = (Path(__file__).resolve().parents[2] / readme).read_text("utf-8")

    assert [f.name for f in fields(Settings) if f"RAG_{f.name.upper()}" not in text] == []
