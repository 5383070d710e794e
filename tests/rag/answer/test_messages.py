"""The program's own sentences exist in both languages and take the same parts."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files

import pytest

from rag.answer.messages import marks, say

MESSAGES: dict[str, dict[str, str]] = tomllib.loads((files("rag.answer") / "data" / "messages.toml").read_text("utf-8"))


def _parts(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_both_languages_say_the_same_things() -> None:
    assert set(MESSAGES) == {"zh", "en"}
    assert {name: _parts(text) for name, text in MESSAGES["zh"].items()} == {
        name: _parts(text) for name, text in MESSAGES["en"].items()
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_message_can_be_said(language: str) -> None:
    for name, text in MESSAGES[language].items():
        said = say(language, name, **dict.fromkeys(_parts(text), "7"))
        assert "{" not in said
        assert said or name == "list_separator"


@pytest.mark.parametrize(("numbers", "written"), [((), ""), ((1,), "[1]"), ((1, 3), "[1][3]"), ([12], "[12]")])
def test_marks_are_numbers_in_brackets(numbers: tuple[int, ...], written: str) -> None:
    assert marks(numbers) == written
