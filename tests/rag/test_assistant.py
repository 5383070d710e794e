"""The whole read path over real indexes: what holds for every answer, whatever was asked."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from rag import Assistant
from rag.answer.serialise import to_json
from rag.config import Settings
from rag.errors import IndexNotFoundError
from rag.text.normalise import normalise
from rag.types import Answer, Kind, Lines, Status, Turn
from tests.ingest.test_pdf import write as write_paper
from tests.rag.answer.test_serialise import check_shape
from tests.rag.survey import SURVEY, cited, settle

QUESTIONS = (
    "Graphite 的许可证是什么",
    "What licence does Graphite use?",
    "哪个数据库的最大节点数是 7B",
    "哪些数据库可以商用",
    "Which databases do not allow commercial use?",
    "有几个数据库可以商用",
    "Which cameras are weather sealed?",
    "How many cameras are made by Fjord Imaging?",
    "Compare the price of Heron X1 and Osprey Z",
    "Falke 和 Tern 的重量对比",
    "Compare Heron X1 and Heron X2",
    "Which database was released first?",
    "List the cameras in order of release",
    "How many days lie between Heron X1 and Heron X2?",
    "Graphite 的仓库在哪",
    "怎么安装 TreeBase",
    "写放大是什么意思",
    "介绍一下 Graphite",
    "What is Pebblestore?",
    "Riverlog 的默认端口是多少",
    "Heron X1 多重，卖多少钱？",
    "What colour is the Falke?",
    "Obsidianix 的默认端口",
    "石墨海的最大节点数是多少",
    "哪些药孕妇可用",
    "TreeBase 用 NVMe 时写延迟是多少",
    "What is the frame of the Ibis and how much does it cost?",
    "",
    "？",
)


def _soup(seed: int, count: int) -> list[str]:
    """Questions that nobody would ask: words of the notes, of questions and of nothing, in any order."""
    draw = random.Random(seed)
    words = sorted({word for text in SURVEY.values() for word in re.findall(r"[\w.\-+]+|[^\s\w]", text)})
    asked = [
        "哪些", "多少", "how many", "which", "compare", "最早", "between", "after", "2019", "2020-01",
        "7B", "呢", "它", "not", "链接", "怎么", "是什么", "vs", "or", "[1]", "\n", "\t", "\x00", "'", '"',
        "(", ")*", "\\", "%", "🚲", "　",
        "AND", "NOT", "^2", "~", "*:*", "{", "}", "<b>", "１２", "-", "9" * 40, "a" * 200, "é", "한국어",
    ]  # fmt: skip
    return [" ".join(draw.choices(words + asked * 4, k=draw.randint(1, 12))) for _ in range(count)]


SOUP = _soup(20, 120)


def _check(answer: Answer, assistant: Assistant) -> None:
    """What every answer must keep: quotes stand in their lines, numbers of claims in what they cite."""
    by_number = {citation.n: citation for citation in answer.citations}
    assert len(by_number) == len(answer.citations)
    for citation in answer.citations:
        assert isinstance(citation.location, Lines)
        lines = SURVEY[citation.source].split("\n")
        span = "\n".join(lines[citation.location.first - 1 : citation.location.last])
        assert citation.quote
        assert citation.quote in span
    for claim in answer.claims:
        assert claim.citations
        said = " ".join(_context(answer, n) for n in claim.citations)
        for number in re.findall(r"\d+(?:[.,]\d+)*", normalise(claim.text)):
            assert number.replace(",", "") in said.replace(",", "")
    told = [n for claim in answer.claims for n in claim.citations]
    told += [n for item in answer.items for n in item.citations]
    told += [n for conflict in answer.conflicts for value in conflict.values for n in value.citations]
    told += [int(n) for n in re.findall(r"\[(\d+)\]", answer.text) if not answer.abstained]
    assert set(told) <= set(by_number)
    assert all(item.citations or item.status is Status.UNKNOWN for item in answer.items)
    assert answer.abstained == (answer.kind is Kind.NONE)
    assert answer.text.strip()
    assert (answer.silent is None) == (answer.kind is not Kind.LIST) or answer.silent is None
    check_shape(to_json(answer))


def _context(answer: Answer, number: int) -> str:
    """The cited quote with its headings and, for a cell, the header and first cell that it belongs to."""
    citation = next(c for c in answer.citations if c.n == number)
    assert isinstance(citation.location, Lines)
    lines = SURVEY[citation.source].split("\n")
    at = citation.location.first - 1
    while at > 0 and lines[at].startswith("|"):
        at -= 1
    table = "\n".join(lines[at : citation.location.last])
    return normalise(" ".join((citation.quote, *citation.heading, citation.url or "", table)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_statement_is_cited_and_every_quote_is_exact(survey: Assistant, question: str) -> None:
    answer = survey.ask(question)

    assert answer.question == question
    _check(answer, survey)


def test_nothing_that_can_be_typed_makes_it_fail(survey: Assistant) -> None:
    for question in SOUP:
        _check(survey.ask(question), survey)


def test_no_conversation_makes_it_fail(survey: Assistant) -> None:
    history: list[Turn] = []
    for question in SOUP[:40]:
        answer = survey.ask(question, history)
        _check(answer, survey)
        history += [("user", question), ("assistant", answer.text)]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Graphite 的许可证是什么", "zh"),
        ("What licence does Graphite use?", "en"),
        ("哪些数据库可以商用", "zh"),
        ("Which databases allow commercial use?", "en"),
        ("Heron X1 和 Heron X2 的重量对比", "zh"),
        ("Obsidianix 的默认端口", "zh"),
        ("What colour is the Falke?", "en"),
        ("最晚发布的相机是哪款", "zh"),
        ("Which camera was released last?", "en"),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(survey: Assistant, question: str, language: str) -> None:
    answer = survey.ask(question)

    own = {
        "zh": r"[：，。“”]|最|早|笔记",
        "en": r"\b(?:The notes|Yes|No|Latest|all|With conditions)\b| – |: ",
    }
    assert answer.language == language
    assert re.search(own[language], answer.text)
    if language == "en":
        assert not re.search(r"笔记|其余|最早|有条件", answer.text)


@pytest.mark.parametrize("question", QUESTIONS)
def test_single_facts_are_said_briefly(survey: Assistant, question: str) -> None:
    answer = survey.ask(question)

    if answer.kind in (Kind.LOOKUP, Kind.PASSAGE, Kind.LINK):
        assert len(answer.text.split("\n")[0]) <= 500
        assert any(claim.text.split("…")[0][:40] in answer.text[:500] for claim in answer.claims)


@pytest.mark.parametrize("question", [question for question in QUESTIONS if len(question) > 1])
def test_at_least_ten_pieces_of_evidence_are_ranked(survey: Assistant, question: str) -> None:
    retrieved = survey.ask(question).retrieved

    assert len(retrieved) >= 10
    assert [r.score for r in retrieved] == sorted((r.score for r in retrieved), reverse=True)
    assert len({(r.source, r.location) for r in retrieved}) == len(retrieved)
    for entry in retrieved:
        assert isinstance(entry.location, Lines)
        lines = SURVEY[entry.source].split("\n")[entry.location.first - 1 : entry.location.last]
        assert entry.text in "\n".join(lines)


@pytest.mark.parametrize(
    ("turns", "value", "place"),
    [
        (("Graphite 的许可证是什么", "那它的默认端口呢"), "7474", ("notes/second-look.md", 7)),
        (("Who makes the Heron X1?", "What does it weigh?"), "480 g", ("notes/cameras.md", 9)),
        (("How heavy is the Falke?", "And the Tern?"), "9 kg", ("bicycles.md", 15)),
        (("Falke 多重", "Tern 呢？"), "9 kg", ("bicycles.md", 15)),
        (("Falke 和 Tern 的重量", "后者多少钱"), "2,400 dollars", ("bicycles.md", 16)),
        (
            ("Compare the weight of Falke and Tern", "How much does the former cost?"),
            "1,200 dollars",
            ("bicycles.md", 7),
        ),
        (
            ("Who makes the Heron X1?", "What does it weigh?", "And its price?"),
            "900 EUR",
            ("notes/cameras.md", 9),
        ),
        # a new topic, complete in itself
        (("Graphite 的许可证是什么", "Heron X1 多少钱"), "900 EUR", ("notes/cameras.md", 9)),
        (
            ("How heavy is the Falke?", "Where is Graphite's repository?"),
            "github.com/graphite-db",
            ("notes/databases.md", 13),
        ),
        (("哪些数据库可以商用", "Osprey Z 多重"), "720 g", ("notes/cameras.md", 11)),
    ],
)
def test_a_conversation_is_followed(
    survey: Assistant, turns: tuple[str, ...], value: str, place: tuple[str, int]
) -> None:
    history: list[Turn] = []
    for question in turns[:-1]:
        history += [("user", question), ("assistant", survey.ask(question, history).text)]

    answer = survey.ask(turns[-1], history)

    assert value in answer.text
    assert place in cited(answer)
    assert answer.question == turns[-1]


def test_asking_leaves_the_history_alone(survey: Assistant) -> None:
    history: list[Turn] = [("user", "Who makes the Heron X1?"), ("assistant", "Lakeside Optics")]

    survey.ask("What does it weigh, and how much does it cost?", history)

    assert len(history) == 2


def _told(answer: Answer) -> str:
    return json.dumps(to_json(replace(answer, timings_ms=())), ensure_ascii=False, sort_keys=True)


def test_the_same_question_has_the_same_answer(survey: Assistant, settled: Settings) -> None:
    first = [_told(survey.ask(question)) for question in QUESTIONS]

    assert [_told(survey.ask(question)) for question in reversed(QUESTIONS)] == first[::-1]
    with Assistant.open(settled.index_path, settings=settled) as another:
        assert [_told(another.ask(question)) for question in QUESTIONS] == first


def test_a_fresh_process_with_other_hashes_answers_alike(survey: Assistant, settled: Settings) -> None:
    script = """
import json, sys
from dataclasses import replace
from rag import Assistant
from rag.answer.serialise import to_json
with Assistant.open(sys.argv[1]) as assistant:
    for question in json.load(sys.stdin):
        told = to_json(replace(assistant.ask(question), timings_ms=()))
        print(json.dumps(told, sort_keys=True))
"""
    questions = [*QUESTIONS, *(question for question in SOUP[:20] if "\x00" not in question)]
    expected = [json.loads(_told(survey.ask(question))) for question in questions]

    for seed in ("1", "4321"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(settled.index_path)],
            input=json.dumps(questions),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert [json.loads(line) for line in done.stdout.splitlines()] == expected


def test_threads_may_share_an_assistant(settled: Settings, survey: Assistant) -> None:
    questions = list(QUESTIONS) * 2
    expected = [_told(survey.ask(question)) for question in questions]

    with (
        Assistant.open(settled.index_path, settings=settled) as fresh,
        ThreadPoolExecutor(max_workers=8) as pool,
    ):
        answers = list(pool.map(fresh.ask, questions))

    assert [_told(answer) for answer in answers] == expected


@pytest.mark.parametrize("question", ["哪些数据库可以商用", "How heavy is the Falke?", ""])
def test_a_stream_is_the_text_in_pieces_and_then_the_answer(survey: Assistant, question: str) -> None:
    *pieces, answer = survey.stream(question)

    assert isinstance(answer, Answer)
    assert "".join(str(piece) for piece in pieces) == answer.text
    assert _told(answer) == _told(survey.ask(question))


def test_an_answer_tells_its_index(survey: Assistant) -> None:
    state = survey.ask("Falke 车架").index

    assert state.generation == survey.snapshot.generation
    assert state.embedder == survey.snapshot.embedder
    assert state.stale is False


def test_without_an_index_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match=re.escape(str(tmp_path))):
        Assistant.open(tmp_path / "nothing")


def test_refresh_moves_to_the_newest_generation_and_only_then(tmp_path: Path) -> None:
    note = "# Bicycles\n\n| Model | Weight | Price |\n| --- | --- | --- |\n| Falke | 13.5 kg | 1,200 dollars |\n"
    settings = settle(tmp_path, {"bicycles.md": note})
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        assert not assistant.refresh()
        before = assistant.ask("How heavy is the Falke?")
        (settings.corpus / "bicycles.md").write_text(note.replace("13.5", "14.5"), encoding="utf-8")
        ingest(settings)
        pinned = assistant.ask("How heavy is the Falke?")
        moved = assistant.refresh()
        after = assistant.ask("How heavy is the Falke?")

    assert "13.5 kg" in before.text
    assert _told(pinned) == _told(before)
    assert moved
    assert "14.5 kg" in after.text
    assert after.index.generation > before.index.generation


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A note and a paper of two pages about the same bicycle."""
    root = tmp_path_factory.mktemp("shelf")
    (root / "corpus").mkdir()
    pages = [
        [("The Plover Bicycle", 18.0), ("Its frame is made of titanium and weighs 1.9 kg.", 11.0)],
        [("Evaluation", 18.0), ("We rode the Plover for 4,200 km in 2021.", 11.0)],
    ]
    write_paper(root / "corpus" / "plover.pdf", pages, title="The Plover Bicycle")
    settings = settle(root, {"n.md": "# Bicycles\n\n## Plover\n\n- Price: 800 dollars\n- Wheels: 28 inch\n"})
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "value", "page"),
    [
        ("What is the Plover's frame made of?", "titanium", 1),
        ("How many km did they ride the Plover in 2021?", "4,200 km", 2),
    ],
)
def test_a_paper_is_cited_by_page_and_box(shelf: Assistant, question: str, value: str, page: int) -> None:
    answer = shelf.ask(question)

    assert value in answer.text
    told = next(c for c in to_json(answer)["citations"] if value in c["quote"])
    assert (told["source"], told["lines"], told["page"]) == ("plover.pdf", None, page)
    left, top, right, bottom = told["box"]
    assert 0 <= left < right <= 612
    assert 0 <= top < bottom <= 842
    assert told["quote"] in shelf.snapshot.source("plover.pdf").text.split("\f")[page - 1]


def test_notes_and_papers_answer_side_by_side(shelf: Assistant) -> None:
    answer = shelf.ask("Plover price")

    assert cited(answer) == [("n.md", 5)]
    assert {entry["page"] for entry in to_json(answer)["retrieved"]} > {None, 1}


def test_the_brief_answer_is_the_answer_without_its_passages(survey: Assistant) -> None:
    whole, brief = (ask("Which cameras are weather sealed?") for ask in (survey.ask, survey.ask_briefly))

    assert whole.retrieved
    assert not brief.retrieved
    assert (brief.text, brief.citations, brief.items) == (whole.text, whole.citations, whole.items)
