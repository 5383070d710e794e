"""Complete lists: every thing the notes speak of, grouped by what they say, and the count of the silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import by_status, cited, opened

ENGINES = """# 引擎笔记

| 名称 | 团队 | 语言 |
| --- | --- | --- |
| Alder | 北岸 | Rust |
| Birch | 北岸 | C++ |
| Cedar | 南山 | Go |
| Drift | 南山 | C++ |
| Elm | 东篱 | Go |
| Fir | 东篱 | Zig |
| Gorse | 西窗 | Java |
| Hazel | 西窗 | Java |

## 1. Alder

| 许可证 | 是否可商用 | 首次发布 |
| --- | --- | --- |
| MIT | 是 | 2019-03-05 |

## 2. Birch

| 许可证 | 是否可商用 | 首次发布 |
| --- | --- | --- |
| GPL | 否 | 2020-06-01 |

## 3. Cedar

| 许可证 | 是否可商用 | 首次发布 |
| --- | --- | --- |
| 自定义 | 是（年收入超过百万须付费） | 2021-02-11 |

## 4. Drift

Drift 目前不允许商用，只能用于研究。

## 5. Elm

Elm 可以商用，社区活跃。

## 6. Fir

Fir 的文档写得很细。

## 7. Gorse

需要申请后才能商用 Gorse。

## 8. Hazel

| 许可证 | 默认端口 | 首次发布 |
| --- | --- | --- |
| MIT | 7000 | 2017-09-09 |
"""

BODIES = """# Cameras

| Model | Maker | Weight | Weather sealed | Film look |
| --- | --- | --: | :-: | :-: |
| Heron X1 | Lakeside Optics | 480 g | ✅ | ❌ |
| Heron X2 | Lakeside Optics | 960 g | ✅ | ✅ |
| Osprey Z | Fjord Imaging | 720 g | ❌ | |
| Kestrel Mini | Fjord Imaging | 300 g | partly | ❌ |
| Swift 3 | Brook & Sons | 350 g | | ✅ |
"""


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("engines"), engines=ENGINES) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("bodies"), bodies=BODIES) as assistant:
        yield assistant


ALLOWING = {"yes": {"Alder", "Elm"}, "conditional": {"Cedar", "Gorse"}, "no": {"Birch", "Drift"}}


@pytest.mark.parametrize(
    "question",
    [
        "哪些引擎可以商用",
        "哪些可以商用？",
        "列出所有能商用的引擎",
        "Which engines allow commercial use?",
        "List all engines that may be used commercially",
    ],
)
def test_a_list_holds_every_thing_that_the_notes_speak_of(engines: Assistant, question: str) -> None:
    answer = engines.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == ALLOWING
    assert answer.silent == 2  # Fir and Hazel


def test_a_list_has_one_cited_line_an_item(engines: Assistant) -> None:
    answer = engines.ask("哪些引擎可以商用")

    lines = answer.text.splitlines()
    by_number = {c.n: c for c in answer.citations}
    for item in answer.items:
        (line,) = [line for line in lines if line.startswith("- ") and item.entity in line]
        assert item.citations
        assert all(f"[{n}]" in line for n in item.citations)
        assert all(by_number[n].source == "engines.md" for n in item.citations)
    places = {item.entity: by_number[item.citations[0]].location for item in answer.items}
    assert [places[name].first for name in sorted(places)] == [18, 24, 30, 34, 38, 46]  # type: ignore[union-attr]


def test_a_list_is_grouped_yes_then_conditional_then_no(engines: Assistant) -> None:
    answer = engines.ask("哪些引擎可以商用")

    order = [str(item.status) for item in answer.items]
    assert order == ["yes"] * 2 + ["conditional"] * 2 + ["no"] * 2
    assert "2" in answer.text.splitlines()[-1]  # how many the notes say nothing of


@pytest.mark.parametrize("question", ["哪些引擎不能商用", "Which engines do not allow commercial use?"])
def test_a_negated_list_asks_for_the_others(engines: Assistant, question: str) -> None:
    answer = engines.ask(question)

    assert answer.kind is Kind.LIST
    first_two = [item.entity for item in answer.items][:2]
    assert set(first_two) == {"Birch", "Drift"}
    assert by_status(answer)["conditional"] == {"Cedar", "Gorse"}
    assert answer.silent == 2


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        (
            "Which cameras are weather sealed?",
            {"yes": {"Heron X1", "Heron X2"}, "conditional": {"Kestrel Mini"}, "no": {"Osprey Z"}},
        ),
        (
            "Which cameras have a film look?",
            {"yes": {"Heron X2", "Swift 3"}, "no": {"Heron X1", "Kestrel Mini"}},
        ),
    ],
)
def test_a_column_of_ticks_makes_a_list(bodies: Assistant, question: str, groups: dict[str, set[str]]) -> None:
    answer = bodies.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == groups
    assert answer.silent == 1


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Which cameras are made by Fjord Imaging?", {"Osprey Z", "Kestrel Mini"}),
        ("哪些相机是 Lakeside Optics 做的", {"Heron X1", "Heron X2"}),
        ("list the cameras of Brook & Sons", {"Swift 3"}),
        ("Which cameras weigh less than 400 g?", {"Kestrel Mini", "Swift 3"}),
        ("Which cameras weigh more than 500 g?", {"Heron X2", "Osprey Z"}),
    ],
)
def test_a_list_by_value_holds_all_rows_with_it(bodies: Assistant, question: str, things: set[str]) -> None:
    answer = bodies.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == {"yes": things}


def test_a_list_crosses_sections(engines: Assistant) -> None:
    answer = engines.ask("Which engines have the MIT licence?")

    assert by_status(answer) == {"yes": {"Alder", "Hazel"}}
    assert sorted(cited(answer)) == [("engines.md", 18), ("engines.md", 52)]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("How many cameras are made by Fjord Imaging?", "2"),
        ("How many cameras are made by Brook & Sons?", "1"),
        ("有几款相机是 Lakeside Optics 做的", "2"),
    ],
)
def test_a_count_is_said_before_the_things_counted(bodies: Assistant, question: str, count: str) -> None:
    answer = bodies.ask(question)

    assert count in answer.text.splitlines()[0]
    assert len(answer.items) == int(count)


def test_a_count_of_a_verdict_does_not_count_the_noes(engines: Assistant) -> None:
    answer = engines.ask("有几个引擎可以商用")

    assert "4" in answer.text.splitlines()[0]  # two on conditions among them
    assert by_status(answer) == ALLOWING


@pytest.mark.parametrize(
    ("question", "value"),
    [("Heron X1 的 Maker 是谁", "Lakeside Optics"), ("Which maker does the Swift 3 have?", "Brook & Sons")],
)
def test_which_of_one_thing_is_no_list(bodies: Assistant, question: str, value: str) -> None:
    answer = bodies.ask(question)

    assert answer.kind is not Kind.LIST
    assert value in answer.text


SECTIONS = """# 引擎

## 1. Driftex

Driftex 目前不允许商用。

## 2. Elmora

Elmora 可以商用。

## 3. Hazelix

| 许可证 | 是否可商用 |
| --- | --- |
| MIT | 需要申请 |

## 4. Gorsia

安装很快。
"""


@pytest.mark.parametrize("question", ["哪些引擎可以商用", "Which engines allow commercial use?"])
def test_sections_of_prose_and_small_tables_are_listed_too(tmp_path: Path, question: str) -> None:
    with opened(tmp_path, engines=SECTIONS) as assistant:
        answer = assistant.ask(question)

    assert by_status(answer) == {"yes": {"Elmora"}, "conditional": {"Hazelix"}, "no": {"Driftex"}}
    assert answer.silent == 1  # Gorsia
    assert cited(answer) == [("engines.md", 9), ("engines.md", 15), ("engines.md", 5)]


@pytest.mark.parametrize(
    ("question", "entity", "value"),
    [
        ("Which camera is the heaviest?", "Heron X2", "960 g"),
        ("哪款相机最重", "Heron X2", "960 g"),
        ("Which camera is the lightest?", "Kestrel Mini", "300 g"),
    ],
)
def test_the_most_of_all_is_told_first(bodies: Assistant, question: str, entity: str, value: str) -> None:
    answer = bodies.ask(question)

    assert entity in answer.text.splitlines()[0]
    assert value in answer.text.splitlines()[0]
    assert answer.items[0].entity == entity


def test_a_heading_that_words_the_attribute_does_not_make_every_cell_below_it_a_member(tmp_path: Path) -> None:
    note = """# 引擎

## 许可与源代码

| 名称 | 是否可商用 | 源代码 |
| --- | --- | --- |
| Alder | 是 | 是 |
| Birch | 是 | |
| Cedar | 是 | 是 |
"""
    with opened(tmp_path, engines=note) as assistant:
        for question in ("哪些引擎给了源代码", "which engines come with source code"):
            assert {item.entity for item in assistant.ask(question).items} == {"Alder", "Cedar"}


SEEDS = """# 种子

| 品种 | 是否公开种植数据 | 是否公开种源 | 种植数据大小 |
| --- | --- | --- | --- |
| Larkspur | 是 | 是 | 20 |
| Sorrel | 否 | 是 | 35 |
| Yarrow | 是（只到 2019 年） | 否 | 12 |
"""


@pytest.mark.parametrize(("question", "name"), [("哪些品种没有公开种植数据", "Sorrel"), ("哪些没公开种源", "Yarrow")])
def test_the_noes_of_one_column_are_not_those_of_another(tmp_path: Path, question: str, name: str) -> None:
    with opened(tmp_path, seeds=SEEDS) as assistant:
        assert [item.entity for item in assistant.ask(question).items] == [name]
