"""One written form for text that means the same."""

import pytest

from rag.text.normalise import normalise, simplify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＣｈａｔＧＬＭ－６Ｂ", "chatglm-6b"),
        ("（开源）：「是」。", '(开源):"是".'),
        ("“甲”、‘乙’【丙】", "\"甲\",'乙'[丙]"),
        ("a \t\n　b", "a b"),
        ("  两端  ", "两端"),
        ("零\u200b宽\ufeff字\u00ad符", "零宽字符"),
        ("2020—2023−x", "2020-2023-x"),
        ("STRASSE Straße", "strasse strasse"),
        ("臺灣軟體", "台湾软体"),
        ("Bjørn Köhler, Łódź", "bjorn kohler, lodz"),
        ("Ko\u0308hler", "kohler"),
        ("", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize("text", ["ＣｈａｔＧＬＭ（６Ｂ）", "乾隆著名的乾燥", "Ⅳ ① ﬁ", "İstanbul"])
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("參數量與訓練資料", "参数量与训练资料"),
        ("什麼時候發布", "什么时候发布"),
        ("裏面的於", "里面的于"),
        ("乾燥的旅著", "干燥的旅著"),
        ("執著", "执着"),
        ("plain ASCII", "plain ASCII"),
    ],
)
def test_simplify(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


@pytest.mark.parametrize("text", ["那么著名的乾隆皇帝和儿子在后面", "宁可相信", "份子与分子", "沈阳的覆盖"])
def test_simplified_text_stays_as_it_is(text: str) -> None:
    assert simplify(text) == text


def test_simplify_keeps_the_length_so_that_offsets_stay_valid() -> None:
    text = "𠀀甚麼一目瞭然ﬁ①"
    assert len(simplify(text)) == len(text)
