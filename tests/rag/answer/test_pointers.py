"""Links, commands, meanings of terms and short profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import cited, opened

DATABASES, BICYCLES = "notes/databases.md", "bicycles.md"


@pytest.mark.parametrize(
    ("question", "url", "place"),
    [
        ("Graphite 的仓库在哪", "https://github.com/graphite-db/graphite", (DATABASES, 13)),
        ("Where is Graphite's repository?", "https://github.com/graphite-db/graphite", (DATABASES, 13)),
        ("Graphite paper link", "https://arxiv.org/abs/1903.01234", (DATABASES, 14)),
        ("Graphite 的论文链接", "https://arxiv.org/abs/1903.01234", (DATABASES, 14)),
    ],
)
def test_a_link_is_given_whole_and_of_the_sort_asked(
    survey: Assistant, question: str, url: str, place: tuple[str, int]
) -> None:
    answer = survey.ask(question)

    assert answer.kind is Kind.LINK
    assert answer.text.count("http") == 1
    assert url in answer.text
    assert cited(answer) == [place]
    assert answer.citations[0].url == url


def test_a_link_that_is_not_noted_is_not_given(survey: Assistant) -> None:
    answer = survey.ask("Pebblestore 的仓库链接")

    assert answer.abstained
    assert "http" not in answer.text


@pytest.mark.parametrize(
    ("question", "command", "place"),
    [
        ("怎么安装 TreeBase", "pip install treebase-server", (DATABASES, 42)),
        ("How do I install TreeBase?", "pip install treebase-server", (DATABASES, 42)),
        ("How do I pair the chain of the Tern?", "terntool pair --chain", (BICYCLES, 20)),
    ],
)
def test_a_command_is_given_as_written(survey: Assistant, question: str, command: str, place: tuple[str, int]) -> None:
    answer = survey.ask(question)

    assert command in answer.text
    assert place in cited(answer)


@pytest.mark.parametrize("question", ["写放大是什么意思", "什么是写放大"])
def test_a_term_is_defined(survey: Assistant, question: str) -> None:
    answer = survey.ask(question)

    assert "磁盘实际写入的字节数" in answer.text
    assert cited(answer) == [(DATABASES, 65)]


@pytest.mark.parametrize("question", ["wkp 是啥意思", "what does WKP mean"])
def test_the_entry_of_a_glossary_comes_before_what_else_holds_the_term(tmp_path: Path, question: str) -> None:
    # given a glossary, and a heading with the term
    note = "# 船\n\n## 整船（WKP / STD）\n\n重量都不含帆。\n\n## 词\n\n- WKP：空壳，帆和桅杆自己配。\n- STD：全套。\n"
    with opened(tmp_path, boats=note) as assistant:
        # when the term is asked for
        answer = assistant.ask(question)
    # then its entry opens the answer
    assert "空壳，帆和桅杆自己配" in answer.text.splitlines()[0]
    assert cited(answer)[0] == ("boats.md", 9)


@pytest.mark.parametrize(
    ("question", "said", "place"),
    [
        ("介绍一下 Graphite", "塔林大学", (DATABASES, 7)),
        ("What is Graphite?", "塔林大学", (DATABASES, 7)),
        ("Pebblestore 是什么", "文档写得很细", (DATABASES, 52)),
    ],
)
def test_a_profile_says_what_a_thing_is(survey: Assistant, question: str, said: str, place: tuple[str, int]) -> None:
    answer = survey.ask(question)

    assert answer.text.splitlines()[0].find(said) >= 0
    assert place in cited(answer)
    assert "Graphite-Lite" not in answer.text


LOOMS = """# Looms

## Varvo
Maker: Saari & sons
是什么：把旧布条织成地毯的小织机，不是缝纫机
Weight: 11 kg
Shuttle: https://example.org/shuttle, costs 12 euros at the fair, sent by post within a week

- Varvo is an odd word, they say in the shop

## 小满 Stitcha
产地：苏州
简介：手摇的刺绣机，绷架可以拆
售价：900 元
"""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("whats varvo even", "旧布条"),
        ("what even is Varvo", "旧布条"),
        ("Varvo 到底是啥", "旧布条"),
        ("Varvo 是干嘛的", "旧布条"),
        ("stitcha是个什么东西", "刺绣机"),
    ],
)
def test_the_line_that_says_what_a_thing_is_comes_first(tmp_path: Path, question: str, told: str) -> None:
    with opened(tmp_path, looms=LOOMS) as assistant:
        assert told in assistant.ask(question).text.splitlines()[0]


CLONED = """# 帆船软件

## Petrel

Petrel 提出了一种新的航线算法，并写了自己的模拟器。

```
git clone git@git.example:sails/petrel.git
cd petrel
```

| 训练时长 | 尺寸 |
| --- | --- |
| 7B 用时 3 小时 | 7B、13B |

## Plover

| 训练时长 | 尺寸 |
| --- | --- |
| 65B 用时 21 天 | 65B |
"""


@pytest.mark.parametrize("question", ["Petrel 代码仓库地址", "where is the repository of Petrel"])
def test_the_address_in_a_clone_command_is_a_link(tmp_path: Path, question: str) -> None:
    with opened(tmp_path, sails=CLONED) as assistant:
        answer = assistant.ask(question)

    assert answer.kind is Kind.LINK
    assert "git@git.example:sails/petrel.git" in answer.text
    assert "cd petrel" not in answer.text
    assert [line for _, line in cited(answer)] == [7]


def test_a_question_word_before_a_code_is_no_name(tmp_path: Path) -> None:
    with opened(tmp_path, sails=CLONED) as assistant:
        answer = assistant.ask("petrel怎么clone下来")

    assert "git clone git@git.example:sails/petrel.git" in answer.text


def test_what_happened_to_another_tells_not_who_made_it(tmp_path: Path) -> None:
    note = (
        CLONED.replace("## Plover", "## Gannet") + "\n## 时间线\n\n- 2023-03-05 Brandt 发布 Gannet，用 Petrel 的数据\n"
    )
    with opened(tmp_path, sails=note) as assistant:
        answer = assistant.ask("who made Petrel")

    assert answer.abstained


def test_what_a_thing_proposed_itself_tells_not_who_made_it(tmp_path: Path) -> None:
    with opened(tmp_path, sails=CLONED) as assistant:
        answer = assistant.ask("Petrel 是哪家公司做的")

    assert answer.abstained


@pytest.mark.parametrize(
    "question", ["training time of Plover 65b compared with Petrel 7b", "Plover 65B 的训练时长和 Petrel 7B 比"]
)
def test_sizes_stay_with_the_sides_that_are_compared(tmp_path: Path, question: str) -> None:
    with opened(tmp_path, sails=CLONED) as assistant:
        answer = assistant.ask(question)

    assert "21 天" in answer.text
    assert "3 小时" in answer.text
    assert not answer.abstained
