"""What passes and what does not: every sentence against the evidence it cites."""

from __future__ import annotations

import pytest

from rag.answer.checking import Evidence, checked_sentences, split

EVIDENCE = (
    Evidence(1, "参数规模 70亿，词表 64,000，2023年6月15日发布，不可商用。", "LLM › 1. 流萤-7B"),
    Evidence(2, "Royalty of 10% above $1,000,000 of yearly revenue; trained on 1.5 trillion tokens.", "Heron-40B"),
    Evidence(3, "可商用 | no", "Magpie v1.5"),
    Evidence(4, "许可证：Apache 2.0，可以商用；需要 140 GB 显存，8×V100 训练 3 天", "Osprey"),
    Evidence(5, "“国产之光”是媒体的说法。It is called Osprey2 in the paper.", "评价"),
)


@pytest.mark.parametrize(
    "sentence",
    [
        "流萤-7B has 7B parameters [1].",
        "流萤的词表大小是64000[1]。",
        "词表有６４０００个词。[1]",
        "流萤 was released on June 15, 2023 [1].",
        "流萤于 2023-06-15 发布 [1]。",
        "It was released in 2023 [1].",
        "流萤不能商用[1]。",
        "It may not be used commercially [1].",
        "Heron-40B asks 10% of revenue above one million dollars [2].",
        "Heron-40B 的年收入超过一百万美元后抽取 10% [2]。",
        "Heron 40B saw 1.5T tokens [2].",
        "Magpie v1.5 does not allow commercial use [3].",
        "- **Osprey** 采用 Apache 2.0 许可证，可以商用 [4]",
        "Osprey allows commercial use under Apache 2.0 [4].",
        "媒体称之为“国产之光”[5]。",
        "1. 流萤 has 7B parameters [1].",
        "However, commercial use of Osprey is allowed [4].",
        "Osprey needs 140GB [4].",
        "流萤不可商用，而 Osprey 可以商用 [1][4]。",
    ],
)
def test_true_sentences_pass(sentence: str) -> None:
    assert [(c.ok, c.reason) for c in checked_sentences(sentence, EVIDENCE)] == [(True, "")]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("流萤 has 13B parameters [1].", "'13B' is not in the cited evidence"),
        ("流萤 has 7 parameters [1].", "'7' is not in the cited evidence"),
        ("流萤有一百三十亿参数[1]。", "'13000000000' is not in the cited evidence"),
        ("Osprey needs 140 MB [4].", "'140 MB' is not in the cited evidence"),
        ("The royalty is 20% [2].", "'20%' is not in the cited evidence"),
        ("流萤 was released on June 16, 2023 [1].", "the date 2023-06-16 is not in the cited evidence"),
        ("流萤发布于2022年[1]。", "the date 2022 is not in the cited evidence"),
        ("Heron-40B 不可商用 [2].", "it denies what the cited evidence does not deny"),
        ("流萤可以商用[1]。", "the cited evidence denies '商用'"),
        ("流萤 may be used commercially [1].", "the cited evidence denies '商用'"),
        ("Magpie v1.5 allows commercial use [3].", "the cited evidence denies '商用'"),
        ("Osprey 不需要显存，禁止商用[4]。", "it denies what the cited evidence does not deny"),
        ("Condor has 7B parameters [1].", "the name 'Condor' is not in the cited evidence"),
        ("流萤由 Condor 团队发布[1]。", "the name 'Condor' is not in the cited evidence"),
        ("Osprey is the best [5].", "the name 'Osprey' is not in the cited evidence"),
        ("媒体称之为“世界第一”[5]。", "the quotation '世界第一' is not in the cited evidence"),
        ("它很可爱[1]。", "'可爱' is not in the cited evidence"),
        ("It is rather nice [2].", "'nice' is not in the cited evidence"),
        ("流萤 has 7B parameters [9].", "mark [9] does not exist"),
        ("流萤 has 7B parameters [1][9].", "mark [9] does not exist"),
        ("流萤 has 7B parameters.", "no mark"),
        ("流萤 has 7B parameters [2].", "'7B' is not in the cited evidence"),
    ],
)
def test_lies_are_caught(sentence: str, reason: str) -> None:
    assert [(c.ok, c.reason) for c in checked_sentences(sentence, EVIDENCE)] == [(False, reason)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A is 3.5 [1]. B is 4 [2].", ["A is 3.5 [1].", "B is 4 [2]."]),
        ("A is so.[1] B too.[2]", ["A is so.[1]", "B too.[2]"]),
        ("甲是这样。[1]乙也是。[2]", ["甲是这样。[1]", "乙也是。[2]"]),
        ("- A [1]\n- B [2]\n\n", ["- A [1]", "- B [2]"]),
        ("It works, e.g. here [1].", ["It works, e.g. here [1]."]),
        ("甲【1】，乙[2、3]！好？", ["甲【1】，乙[2、3]！", "好？"]),
        ("", []),
        ("***\n---", []),
    ],
)
def test_text_is_split_into_sentences_with_their_marks(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_marks_are_read_in_all_their_forms() -> None:
    checked = checked_sentences("流萤【1】与 Heron-40B [2, 3][2]。", EVIDENCE)

    assert checked[0].marks == (1, 2, 3)
    assert checked[0].text == "流萤[1]与 Heron-40B [2][3][2]。"
