"""The wordings of generated questions, from `data/wordings.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from rag.text.names import has_cjk
from rag.text.normalise import normalise

LANGUAGES = ("zh", "en")


def templates(name: str, language: str) -> tuple[str, ...]:
    """The ways to ask one sort of question; placeholders in braces."""
    return tuple(_data()[language][name])


def unknown_names() -> tuple[str, ...]:
    """Names that nothing bears."""
    return tuple(_data()["unknown"]["names"])


@cache
def skipped_attributes() -> frozenset[str]:
    """Normalised headers and keys that nobody asks for."""
    return frozenset(normalise(word) for word in _data()["skipped"]["attributes"])


@cache
def link_labels() -> frozenset[str]:
    """Normalised labels that say what a link leads to."""
    return frozenset(normalise(word) for language in LANGUAGES for word in _data()["labels"][language])


def spoken_attribute(attribute: str, language: str) -> str:
    """A header or key as a question in `language` says it: translated where that is known, else as it is written."""
    joined = attribute.replace(" / ", "") if has_cjk(attribute) else attribute
    if has_cjk(joined) == (language == "zh"):
        return joined
    return _translations().get(normalise(joined), joined)


@cache
def _translations() -> dict[str, str]:
    found: dict[str, str] = {}
    for chinese, english in _data()["attributes"]["pairs"]:
        found.setdefault(normalise(chinese), english)
        found.setdefault(normalise(english), chinese)
    return found


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files(__package__) / "data" / "wordings.toml").read_text(encoding="utf-8"))
