"""Prompts and word lists for language models, from data/llm.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def wordings() -> dict[str, Any]:
    """The tables of data/llm.toml by name."""
    return tomllib.loads(files(__package__).joinpath("data/llm.toml").read_text("utf-8"))
