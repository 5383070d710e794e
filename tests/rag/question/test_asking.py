"""What sort of answer sloppy questions of both languages want."""

from __future__ import annotations

import pytest

from rag.question.asking import intents
from rag.question.wording import written_out


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        # how many there are
        ("国外的一共记了几个", "count"),
        ("那家公司几个人啊", "count"),
        ("有几款带屏", "count"),
        ("数一下能离线的", "count"),
        ("count the ones with a lid", "count"),
        ("number of pumps with a filter", "count"),
        # several things
        ("有什么不要钱的", "list"),
        ("free ones please", "list"),
        ("show me those with a lid", "list"),
        ("give me the cheap ones", "list"),
        ("any that run on gas", "list"),
        # what the notes say twice
        ("价格前后对不上", "conflict"),
        ("do the two notes contradict each other", "conflict"),
        # the most and the least
        ("哪个最沉", "superlative_max"),
        ("which is the loudest", "superlative_max"),
        ("哪个最薄", "superlative_min"),
        ("which uses the least water", "superlative_min"),
        # yes or no
        ("能离线不", "yesno"),
        ("支持中文么", "yesno"),
        ("有中文没", "yesno"),
        # and others
        ("which was never noted", "unstated"),
        ("没标重量的", "unstated"),
        ("各多少钱", "each"),
        ("紧跟着的是哪个", "neighbour"),
        ("wtf is a spillway", "definition"),
        ("在哪下", "link"),
        ("有什么不一样", "compare"),
    ],
)
def test_sloppy_wordings_say_what_is_wanted(question: str, wanted: str) -> None:
    assert wanted in intents(question, (), dated=False)


@pytest.mark.parametrize(
    ("question", "unmeant"),
    [
        ("这几个里面便宜的", "count"),
        ("那几个免费的是谁做的", "count"),
        ("好几个都不行", "count"),
        ("哪几个能离线", "count"),
        ("what's on the waiting list", "list"),
        ("清单功能怎么样", "list"),
        ("which apps have zero lost conflicts", "conflict"),
        ("冲突丢失多少次", "conflict"),
        ("is it consistent under load", "conflict"),
        ("first aid kit", "earliest"),
        ("有多少只", "only"),
        ("at least two doors", "superlative_min"),
        ("the most recent", "superlative_max"),
        ("能不能商用", "negated"),
        ("它是什么", "yesno"),
    ],
)
def test_what_only_sounds_like_a_wording_is_none(question: str, unmeant: str) -> None:
    assert unmeant not in intents(question, (), dated=False)


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("那些用了帆的船", "哪些用了帆的船"),
        ("那些船用帆吗", "那些船用帆吗"),
        ("谁的船最长", "哪个的船最长"),
        ("谁的船用帆", "谁的船用帆"),
        ("比海燕晚发布的有谁", "在海燕之后发布的有谁"),
        ("比 Petrel 还早开源的船", "在Petrel之前开源的船"),
        ("海燕比白鹭晚吗", "海燕比白鹭晚吗"),
    ],
)
def test_which_ones_may_be_asked_with_the_word_for_those(question: str, written: str) -> None:
    assert written_out(question) == written
