"""Things that a question names and the notes do not: what they say of others is no answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from tests.rag.survey import opened

KETTLES = """# 水壶

| 型号 | 厂家 | 容量 | Keep warm | 价格 |
| --- | --- | --- | --- | --- |
| 小溪 Mini | 溪谷电器 | 0.8 L | ✅ | 129 元 |
| 小溪 Pro | 溪谷电器 | 1.7 L | ✅ | 259 元 |
| 山泉 K3 | 桥头五金 | 1.5 L | ❌ | 99 元 |
| Brookside S | Tarn | 1.2 L | ✅ | 310 元 |

山泉 K3 是去年买的，海边的房子里也有一个。

- **Keep warm**：把水保持在 60 度。
"""


@pytest.fixture(scope="module")
def kettles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("kettles"), kettles=KETTLES) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("岚海青 3 号 的价格是多少", "岚海青 3 号"),
        ("查一下 澜桥 Mini 的容量", "澜桥 Mini"),
        ("查一下澜桥 Mini 的容量", "澜桥 Mini"),
        ("霍尔曼 K9 的 Keep warm 是什么", "霍尔曼 K9"),
        ("Velnoor S 的 Keep warm 是多少", "Velnoor S"),
        ("Velnoor S: what is its 价格?", "Velnoor S"),
        ("What is the Keep warm of Velnoor?", "Velnoor"),
        ("Quorvex 7 价格？", "Quorvex 7"),
        ("Obrixa Nine: what is its price?", "Obrixa Nine"),
        ("Which price does Obrixa Nine have?", "Obrixa Nine"),
    ],
)
def test_a_name_that_the_notes_lack_is_told(kettles: Assistant, question: str, name: str) -> None:
    answer = kettles.ask(question)

    assert answer.abstained
    assert name.casefold() in answer.text.casefold()
    assert answer.citations == ()


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("小溪 Mini 的价格", "129"),
        ("我家那个 Mini 的价格", "129"),
        ("溪谷电器 Pro 的容量", "1.7 L"),
        ("用完 Brookside S 的容量是多少", "1.2 L"),
        ("桥头五金的 K3 多少钱", "99"),
        ("brookside s price", "310"),
        ("买几个K3，K3多少钱", "99"),
        ("小溪 Mini 要几张A100，价格呢", "129"),
    ],
)
def test_words_beside_a_known_name_make_it_no_other(kettles: Assistant, question: str, value: str) -> None:
    answer = kettles.ask(question)

    assert not answer.abstained
    assert value in answer.text


def test_a_capital_is_no_slip_of_a_question_word(kettles: Assistant) -> None:
    """ "Velnoor" is two letters away from "vendor", which asks for a maker."""
    answer = kettles.ask("Velnoor 的容量")

    assert answer.abstained
    assert "Velnoor" in answer.text


@pytest.mark.parametrize(
    ("question", "abstains"),
    [
        ("fenn-5 什么时候出", True),
        ("when is fenn-5 out", True),
        ("fenn-2 什么时候出", False),
        ("which came out with a 5 l tank", False),
    ],
)
def test_a_version_that_a_series_lacks_is_told(tmp_path: Path, question: str, abstains: bool) -> None:
    note = "# Kettles\n\n| model | maker | tank | came out |\n| --- | --- | --- | --- |\n"
    note += "| Fenn-2 | Tarn | 1.2 l | 2021-05 |\n| Fenn-3 | Tarn | 5 l | 2022-06 |\n| Brook | Tarn | 3 l | 2020-01 |\n"
    with opened(tmp_path, kettles=note) as assistant:
        answer = assistant.ask(question)

    assert (answer.abstained and "fenn-5" in answer.text) is abstains
