"""The program must not know the answers: no question and no telling gold string stands in code or data."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
import rjieba

from eval.cases import QUESTIONS, Case, load_set
from eval.metrics import squeeze
from rag.text.language import is_cjk

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("rag", "ingest", "server")
"""What answers questions. The question sets, the notes and these tests hold the answers on purpose."""

SUFFIXES = frozenset({".py", ".toml", ".json", ".tsv", ".txt", ".html", ".js", ".css"})

SHORTEST_LATIN = 6
SHORTEST_CHINESE = 4


SHOWN = frozenset({"哪些模型可以商用"})
"""The question that the documentation and the help texts show; its answer is what must not be there."""

ORDINARY = frozenset(
    {"chinese", "english", "together", "ascend", "orders"}  # words of any text
    | {"construct", "cycles", "gantry", "padlock"}  # everyday words after which somebody named a thing
    | {"anchor", "foundry", "ledger", "winter"}  # the same
    | {"events", "license", "mountpoint"}  # headings and kinds of things of any notes
    | {"openai", "langchain", "transformers"}  # a protocol and libraries in use
    | {"postgresql", "postgres", "sqlite"}  # stores in use
    | {"microsoft", "text2vec"}  # a font and an embedder in use
    | {"模型参数", "指令精调", "指令微调", "instructiontuning"}  # wordings of attributes
    | {"训练成本", "训练数据"}  # the same
    | {"5degrees"}  # an amount
    | {"infinity", "analyze"}  # words of JavaScript and of SQL
)
"""Gold strings that the program holds for another reason than to answer."""

COUNTRIES = frozenset(
    squeeze(name)
    for group in tomllib.loads((ROOT / "rag" / "text" / "data" / "countries.toml").read_text("utf-8"))["groups"]
    for name in group
)
"""The program knows every country by its names, whichever the notes speak of."""


def is_telling(text: str) -> bool:
    """Whether a gold string could only be in the program because somebody put the answer there.

    Latin: at least six characters with a digit or a capital. Chinese: at least four characters that are no
    ordinary word.
    """
    if squeeze(text) in ORDINARY | COUNTRIES:
        return False
    if any(is_cjk(char) for char in text):
        return len(text) >= SHORTEST_CHINESE and not rjieba.has_word(text)
    return len(text) >= SHORTEST_LATIN and bool(re.search(r"\d|[A-Z]", text))


def pattern(gold: str) -> re.Pattern[str]:
    """The gold string in any case and spacing, and not as a part of a longer Latin word or number."""
    body = r"\s*".join(re.escape(char) for char in squeeze(gold))
    before, after = (
        (r"(?<![a-z0-9])" if gold[0].isascii() else ""),
        r"(?![a-z0-9])" if gold[-1].isascii() else "",
    )
    return re.compile(before + body + after)


@pytest.fixture(scope="module")
def program() -> dict[str, str]:
    """The text of every file that could hold an answer, by path, in one width and case."""
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*")))
    chosen = [path for path in files if path.suffix in SUFFIXES and path.is_file()]
    assert len(chosen) > len(PACKAGES)
    return {str(path.relative_to(ROOT)): folded(path.read_text("utf-8")) for path in chosen}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case for path in sorted(QUESTIONS.glob("*.jsonl")) for case in load_set(path)]


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def test_no_question_stands_in_the_program(program: dict[str, str], cases: list[Case]) -> None:
    squeezed = {path: squeeze(text) for path, text in program.items()}
    found = [
        f"{path}: {case.question} ({case.id})"
        for case in cases
        for path, text in squeezed.items()
        if case.question not in SHOWN and squeeze(case.question) in text
    ]
    assert found == []


def test_no_telling_gold_string_stands_in_the_program(program: dict[str, str], cases: list[Case]) -> None:
    gold = sorted({g for case in cases for group in (*case.must, *case.entities) for g in group if is_telling(g)})
    squeezed = {text: squeeze(text) for text in gold}
    found = [
        f"{path}: {text}"
        for path, held in program.items()
        for bare in (squeeze(held),)
        for text in gold
        if squeezed[text] in bare and pattern(text).search(held)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("Alpha-7B", True),
        ("2023-04-01", True),
        ("open source", False),
        ("MIT", False),
        ("数据", False),
        ("人工智能", False),
        ("English", False),
        ("甲乙丙丁科技", True),
    ],
)
def test_what_counts_as_telling(text: str, telling: bool) -> None:
    assert is_telling(text) is telling


@pytest.mark.parametrize(
    ("text", "found"),
    [("the alpha-7b model", True), ("ALPHA - 7B", True), ("alpha-7billion", False), ("xalpha-7b", False)],
)
def test_where_a_gold_string_is_found(text: str, found: bool) -> None:
    assert bool(pattern("Alpha-7B").search(folded(text))) is found
