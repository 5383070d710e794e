"""What the notes say of another size of a thing is no answer; sizes held against each other find their own figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from tests.rag.survey import opened

MODELS = """# 模型

| 模型 | 训练费用(7B) | 训练费用(13B) | 上下文 |
| --- | --- | --- | --- |
| Ondra | 82K 卡时 | 135K 卡时 | |
| Pell | $140 | $300 | 4096 |

## Bramble
Bramble 是 70 亿参数的模型，上下文长度为 2048。

之所以用 Pell 做底座而不用 Ondra，原因是 Pell 可以商用，而且动手早。
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("models"), models=MODELS) as assistant:
        yield assistant


@pytest.mark.parametrize("question", ["Bramble 13B 的上下文多长", "context length of Bramble 13B?"])
def test_another_size_is_not_told(models: Assistant, question: str) -> None:
    assert "2048" not in models.ask(question).text.partition("最接近")[0].partition("nearest")[0]


def test_the_size_asked_for_is_told(models: Assistant) -> None:
    assert "2048" in models.ask("Bramble 7B 的上下文多长").text


def test_two_sizes_are_held_against_each_other(models: Assistant) -> None:
    text = models.ask("Ondra 7B 和 Ondra 13B 的训练费用各是多少").text

    assert "82K" in text
    assert "135K" in text


def test_why_one_was_taken_rather_than_another_compares_nothing(models: Assistant) -> None:
    text = models.ask("why did Bramble use Pell as its base rather than Ondra? Please give both reasons.").text

    assert "商用" in text
    assert "动手早" in text
