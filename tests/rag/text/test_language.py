"""The language of a question decides the language of its answer."""

import pytest

from rag.text.language import is_cjk, language, stop_words


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Mini-7B-chat 的参数量是多少", "zh"),
        ("MySQL和PostgreSQL哪个好", "zh"),
        ("what is 百川", "en"),
        ("Which cameras use the 徕卡 L 卡口?", "en"),
        ("百川 license", "zh"),
        ("Mini-7B license?", "en"),
        ("What does “是否可以商用” mean", "en"),
        ("《The Bitter Lesson》是谁写的", "zh"),
        ("可以商用嗎", "zh"),
        ("42", "en"),
        ("", "en"),
    ],
)
def test_language(question: str, expected: str) -> None:
    assert language(question) == expected


@pytest.mark.parametrize(
    ("char", "expected"),
    [("中", True), ("㐀", True), ("〇", True), ("𠀀", True), ("ア", False), ("한", False), ("a", False)],
)
def test_is_cjk(char: str, expected: bool) -> None:
    assert is_cjk(char) is expected


def test_negations_are_no_stop_words() -> None:
    assert not {"不", "没有", "无", "未"} & stop_words("zh")
    assert not {"no", "not", "without", "never"} & stop_words("en")
