"""Whoever serves for months is asked ever other things: nothing may be remembered for each of them for good."""

from __future__ import annotations

import functools
import gc
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from tests.bench.histories import DOUGH, OVENS

QUESTIONS = 60
MOST = 256
"""Entries of a cache without a bound: what it is keyed by is named in data files, not in questions."""
SYLLABLES = "石炉烤箱面团蛋白吸水重量价格商用木柴时间发布升温冷藏发酵官网产地型号黏土炉膛双层"
WORDS = ("which", "oven", "heavy", "price", "of", "the", "release", "door", "between", "and", "2021", "38 kg", "Kuppel")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    corpus = tmp_path_factory.mktemp("notes")
    (corpus / "ovens.md").write_text(OVENS, encoding="utf-8")
    (corpus / "dough.md").write_text(DOUGH, encoding="utf-8")
    settings = Settings(corpus=corpus, index=tmp_path_factory.mktemp("index"))
    ingest(settings)
    with Assistant.open(Path(settings.index_path), settings=settings) as opened:
        yield opened


def test_no_cache_without_a_bound_holds_what_questions_said(assistant: Assistant) -> None:
    for question in questions():
        assistant.ask(question)

    assert {name: size for name, size in unbounded() if size > MOST} == {}


def questions() -> Iterator[str]:
    """Questions in both languages, no two of which share much."""
    chosen = random.Random(7)
    for number in range(QUESTIONS):
        chinese = "".join(chosen.choices(SYLLABLES, k=20))
        yield f"{chinese}{number}多少" if number % 2 else f"{' '.join(chosen.choices(WORDS, k=8))} {number}?"


def unbounded() -> Iterator[tuple[str, int]]:
    """The caches of functions of `rag` that may grow for ever, with the number of their entries."""
    for cache in gc.get_objects():
        if type(cache) is functools._lru_cache_wrapper and cache.cache_info().maxsize is None:
            function = cache.__wrapped__
            if function.__module__.startswith("rag."):
                yield f"{function.__module__}.{function.__qualname__}", cache.cache_info().currsize
