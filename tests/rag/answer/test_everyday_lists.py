"""Everyday list questions over one messy survey: what supports, uses, fits, is kept or was made by what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from tests.rag.survey import opened

NOTE = """# 渲染器手记

## Lumira

https://mirror.kestrel.example/lumira

Lumira 支持光线追踪，也能跑在笔记本上。渲染农场里用的是 OctaneNet。

## Vexel

Vexel 的作者写过一本讲光线追踪的书。

## Tarsal

Tarsal 同样使用 OctaneNet 分发任务，支持光线追踪和辐射度。

## Brisket

作者想过支持体积雾，没做成；光线追踪以后再说。

## 插件包

| 插件 | 出品 | 大小 |
| --- | --- | --- |
| Moth | Kestrel | 820M |
| Wasp | Orrin | 1.4G |
| Gnat | Orrin | 2.1G |

## 在哪里跑

| 方式 | CPU | GPU | 说明 |
| --- | --- | --- | --- |
| 本机直跑 | ✅ | ✅ | 最省事 |
| 容器 | ✅ | ❌ | 没有直通 |
| 云端 | ❌ | ✅ | 按小时计 |
| 手机 | ✅ | ❌ | 只能预览 |
| 树莓派 | ✅ | ❌ | CPU 很慢，GPU 用不上 |

## 模型

| 模型 | 参数量 | 训练数据大小 | 训练时长 | frame rate |
| --- | --- | --- | --- | --- |
| Noctis | 7B、13B | 52K | 6小时 | 30 |
| Solum | 70B | 1.2T | 3天 | 24 |
| Umbra | 13B | 15K | 40分钟 | 60 |

## 排错

OctaenNet 连不上时，先把防火墙关了再试。
"""


@pytest.fixture(scope="module")
def renderers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("renderers"), renderers=NOTE) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("哪些支持光线追踪", {"Lumira", "Tarsal"}),
        ("哪些用了 OctaneNet", {"Lumira", "Tarsal"}),
        ("支持GPU的方式有哪些", {"本机直跑", "云端"}),
        ("which ones run on cpu", {"本机直跑", "容器", "手机", "树莓派"}),
        ("哪些插件小于1G", {"Moth"}),
        ("which plug-ins are under 900 MB", {"Moth"}),
        ("which plug-ins are over 1G", {"Wasp", "Gnat"}),
        ("Kestrel 出了哪些插件", {"Moth"}),
        ("哪些模型大于20B", {"Solum"}),
        ("哪些模型有13B版本", {"Noctis", "Umbra"}),
        ("which models have a 13B version", {"Noctis", "Umbra"}),
        ("训练时长不到一天的有哪些", {"Noctis", "Umbra"}),
    ],
)
def test_what_the_notes_say_of_things_in_so_many_words(renderers: Assistant, question: str, things: set[str]) -> None:
    answer = renderers.ask(question)

    assert {item.entity for item in answer.items if item.status != "no"} == things


def test_a_name_that_the_notes_misspell_is_found(renderers: Assistant) -> None:
    assert "防火墙" in renderers.ask("OctaneNet 连不上怎么办").text


@pytest.mark.parametrize("question", ["list all bananas", "有哪些香蕉"])
def test_a_sort_of_thing_that_is_not_noted_is_not_answered_with_others(renderers: Assistant, question: str) -> None:
    assert renderers.ask(question).abstained


@pytest.mark.parametrize(
    ("question", "name"),
    [("Noctis 和 Zephyr9 哪个大", "Zephyr9"), ("Solum vs Zephyr 5 II", "Zephyr 5 II")],
)
def test_of_two_things_the_one_that_is_not_noted_is_told(renderers: Assistant, question: str, name: str) -> None:
    answer = renderers.ask(question)

    assert answer.abstained
    assert name in answer.text


@pytest.mark.parametrize(
    ("question", "first"), [("哪个模型参数最多", "Solum"), ("which has the highest frame rate", "Umbra")]
)
def test_the_word_behind_which_may_be_what_is_measured(renderers: Assistant, question: str, first: str) -> None:
    assert renderers.ask(question).items[0].entity == first


def test_a_header_with_another_first_word_is_another_attribute(renderers: Assistant) -> None:
    assert renderers.ask("what learning rate did Noctis use").abstained


def test_what_is_not_of_a_value_has_another_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    bases = {"Ada": "Ferra", "Bix": "Ferra", "Cor": "Ferra", "Dun": "Ferra", "Eft": "Volta", "Fen": "", "Gil": "Ohm"}
    table = "".join(f"| {name} | {base} |\n" for name, base in bases.items())
    note = f"# 灯\n\n| 名称 | 底座 |\n| --- | --- |\n{table}\n## Ferra\n\nFerra 是一种铸铁底座。\n"
    with opened(tmp_path_factory.mktemp("lamps"), lamps=note) as assistant:
        answer = assistant.ask("哪些不是基于 Ferra 的")

    assert {item.entity for item in answer.items} == {"Eft", "Gil"}
