"""Sentences that go on about what the one before named: "It raised four million", "它后来开源了"."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files


def points_back(sentence: str) -> bool:
    """Whether a sentence opens with a pronoun of `data/pronouns.toml`."""
    return _pronoun().match(sentence) is not None


@cache
def _pronoun() -> re.Pattern[str]:
    raw = tomllib.loads((files("ingest") / "data" / "pronouns.toml").read_text(encoding="utf-8"))
    chinese, english = ("|".join(sorted(map(re.escape, raw[key]), key=len, reverse=True)) for key in ("zh", "en"))
    return re.compile(rf"\W*(?:(?:{english})(?![\w'])|(?:{chinese})(?![中他余外实次]))", re.IGNORECASE)
