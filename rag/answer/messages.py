"""The program's own sentences, in the language of the question."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _messages() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("rag.answer") / "data" / "messages.toml").read_text(encoding="utf-8"))


def say(language: str, message: str, /, **parts: object) -> str:
    """Message `message` in `language` ("zh" or "en") with its braces filled; empty parts leave no double spaces."""
    text = _messages()[language][message].format(**parts)
    return text.rstrip() if parts.get("marks") == "" else text


def marks(numbers: tuple[int, ...] | list[int]) -> str:
    """Citation marks: (1, 3) gives "[1][3]"."""
    return "".join(f"[{number}]" for number in numbers)
