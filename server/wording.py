"""The command line's own sentences, in the language of the person who reads them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")


@cache
def _wordings() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("server") / "data" / "wording.toml").read_text(encoding="utf-8"))


def say(language: str, message: str, /, **parts: object) -> str:
    """Message `message` in `language` ("zh" or "en") with its braces filled."""
    return _wordings()[language][message].format(**parts)


def own_language(environ: Mapping[str, str] | None = None) -> str:
    """The language that the environment asks for: "zh" where its locale is Chinese, else "en"."""
    env = os.environ if environ is None else environ
    locale = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
