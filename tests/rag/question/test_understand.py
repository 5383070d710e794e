"""A question taken apart: language, things, attribute, intents, numbers and dates."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.question.name_index import NameIndex
from rag.question.understand import understand
from tests.rag.survey import understood


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("Graphite 的许可证是什么", "zh", ["Graphite"]),
        ("What licence does Graphite use?", "en", ["Graphite"]),
        ("Graphite-Lite 和 Chinese-Graphite 的区别", "zh", ["Graphite-Lite", "Chinese-Graphite"]),
        ("石墨海的端口", "zh", ["石墨海"]),
        ("Does GraphSea cost anything?", "en", ["石墨海"]),
        ("哪些数据库可以商用", "zh", []),
    ],
)
def test_language_and_things(survey: Assistant, text: str, language: str, named: list[str]) -> None:
    question = understood(survey, text)

    assert question.text == text
    assert question.language == language
    assert [mention.entities[0].name for mention in question.mentions] == named
    assert question.unknown == ()


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Graphite 的许可证是什么", "licence"),
        ("What licence does Graphite use?", "licence"),
        ("Heron X1 多少钱", "cost"),
        ("how much did the Heron X1 cost", "cost"),
        ("Falke 多重", "weight_mass"),
        ("how heavy is the Falke", "weight_mass"),
        ("Graphite 什么时候发布的", "date"),
        ("when did Graphite come out", "date"),
        ("谁做的 Graphite", "organisation"),
        ("who is behind Graphite", "organisation"),
        ("哪些数据库可以商用", "commercial_use"),
        ("databases for commercial use", "commercial_use"),
        ("Falke 一个月收多少", "cost"),
        ("how much does the Falke set me back", "cost"),
        ("Graphite 归谁管", "owner"),
        ("who looks after Graphite", "owner"),
        ("谁想出来 Graphite 的", "person"),
        ("who dreamed up Graphite", "person"),
        ("Graphite 默认端口", "port"),
        ("what does Graphite listen on out of the box", "port"),
        ("Falke 能跑多远", "distance"),
        ("how far does the Falke go", "distance"),
        ("Falke 什么时候过期", "expiry"),
        ("when does the Falke expire", "expiry"),
        ("为啥 Graphite 快", "reason"),
    ],
)
def test_an_attribute_is_the_same_in_both_languages(survey: Assistant, text: str, concept: str) -> None:
    found = [unit.concept.name for unit in understood(survey, text).units if unit.concept]

    assert concept in found


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("哪些数据库可以商用", "list"),
        ("List all cameras", "list"),
        ("Which cameras are weather sealed?", "list"),
        ("有几个数据库可以商用", "count"),
        ("How many cameras are weather sealed?", "count"),
        ("Falke 和 Tern 的区别", "compare"),
        ("Falke vs Tern", "compare"),
        ("Graphite 的仓库链接", "link"),
        ("link to Graphite", "link"),
        ("怎么安装 TreeBase", "howto"),
        ("How do I install TreeBase?", "howto"),
        ("什么是写放大", "definition"),
        ("What is Graphite?", "definition"),
        ("最早发布的数据库", "earliest"),
        ("latest camera", "latest"),
        ("Riverlog 能商用吗", "yesno"),
        ("哪些数据库不能商用", "negated"),
        ("Which cameras are not weather sealed?", "negated"),
        ("which cameras cant swim", "negated"),  # written in haste
        ("Which cameras have no flash?", "negated"),
        ("Which cameras lack a flash?", "negated"),
        ("Which engines run only on Linux?", "only"),
        ("哪些引擎只支持 Linux", "only"),
        ("cameras in the notes that were made in Japan", "list"),
        ("old japanese cameras under 500 g", "list"),
        ("anything heavier than 2 kg?", "list"),
        ("这张表里只有名字的", "list"),
        ("TreeBase 坏了咋办", "howto"),
        ("TreeBase 怎么升级", "howto"),
    ],
)
def test_intents_are_heard_in_both_languages(survey: Assistant, text: str, intent: str) -> None:
    assert understood(survey, text).asks(intent)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("which engine turns reads into writes", "list"),  # a verb, no plural
        ("Falke or Tern, which stops shorter", "list"),
        ("Falke: what is its frame?", "list"),  # no plural
        ("how is TreeBase installed and what are the commands", "list"),
        ("how many cycles does the Falke last", "latest"),
        ("车卖掉以后还保修吗", "timeline"),  # a condition
        ("how long may it idle before it gets killed", "before"),
        ("什么是写放大", "yesno"),
    ],
)
def test_intents_that_are_not_meant(survey: Assistant, text: str, intent: str) -> None:
    assert not understood(survey, text).asks(intent)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("哪个数据库的节点数是 7B", [7e9]),
        ("which holds 7 billion nodes", [7e9]),
        ("哪个有70亿个节点", [7e9]),
        ("Graphite 的许可证", []),
        ("Heron X1 的价格", []),  # a number within a name is no number asked about
    ],
)
def test_numbers_in_whatever_notation(survey: Assistant, text: str, values: list[float]) -> None:
    assert [quantity.value for quantity in understood(survey, text).quantities] == values


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019年3月5日发布了什么", ["2019-03-05"]),
        ("what was released on 2019-03-05", ["2019-03-05"]),
        ("what was released in March 2019", ["2019-03"]),
        ("2019年到2021年", ["2019", "2021"]),
        ("2019 到 2021 年", ["2019", "2021"]),
        ("19年3月发布了什么", ["2019-03"]),
        ("Graphite 的许可证", []),
    ],
)
def test_dates_become_iso(survey: Assistant, text: str, iso: list[str]) -> None:
    assert [date.iso for date in understood(survey, text).dates] == iso


def test_an_unknown_name_is_kept_apart(survey: Assistant) -> None:
    question = understood(survey, "What is the port of Obsidianix?")

    assert question.unknown == ("obsidianix",)
    assert question.mentions == ()


def test_misspelt_attributes_are_put_right(survey: Assistant) -> None:
    concepts = [u.concept.name for u in understood(survey, "heron x2 wieght").units if u.concept]

    assert concepts == ["weight_mass"]


def test_slips_of_spelling_are_no_unknown_names(survey: Assistant) -> None:
    question = understood(survey, "Graphite databse")

    assert question.unknown == ()


def test_single_characters_are_asked_for(survey: Assistant) -> None:
    units = {unit.label: unit.weight for unit in understood(survey, "Graphite 的键最长多少").units}

    assert units["键"] == 0.6


def test_words_of_a_phrase_stand_together(survey: Assistant) -> None:
    labels = [unit.label for unit in understood(survey, "who makes the cells and how many cycles do they run").units]

    assert "cell cycl" not in labels
    assert {"cell", "cycl"} <= set(labels)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("which charging networks have liquid cooling", "network"),
        ("后端只认内存的任务库有哪几个", "库"),
        ("镜头里哪些只能手动对焦", "镜头"),
    ],
)
def test_what_sort_of_thing_is_asked_for_weighs_little(survey: Assistant, text: str, label: str) -> None:
    assert [u for u in understood(survey, text).units if u.label == label and u.weight >= 1] == []


def test_a_code_that_the_notes_hold_is_no_two_numbers() -> None:
    names = NameIndex.build({})

    held = understand("price of the 3x3", names, frozenset(("3x3",)).__contains__)
    unheld = understand("price of the 3x3", names, frozenset[str]().__contains__)

    assert [q.text for q in held.quantities] == []
    assert [q.text for q in unheld.quantities] == ["3", "3"]


def test_words_made_from_others_are_no_unknown_names() -> None:
    question = understand("rewelding a steerable arm", NameIndex.build({}), frozenset[str]().__contains__)

    assert question.unknown == ()
    assert "焊接" in [token for unit in question.units if unit.label == "reweld" for token, _ in unit.alternatives]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("一叶什么时候上市", ["一叶"]),
        ("买一台要多久", []),
        ("一般多少人用", []),
    ],
)
def test_small_words_that_count_are_no_words_of_a_question_but_names_like_them_are(
    survey: Assistant, text: str, labels: list[str]
) -> None:
    words = [unit.label for unit in understood(survey, text).units if unit.concept is None]

    assert [label for label in words if label[0] in "一两多"] == labels


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Heron X1 用了几张滤镜", {"count"}),
        ("how many screws hold the Heron X1", {"count"}),
        ("Falke 长度 256 时的噪声", set()),
        ("Falke 的长度", {"size"}),
        ("Graphite 5 首次发布", {"date"}),
    ],
)
def test_the_kind_of_value_that_is_asked_for(survey: Assistant, text: str, types: set[str]) -> None:
    assert set(understood(survey, text).types) == types


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("how many years of warranty on the Falke", False),
        ("how many days was the Falke away", False),
        ("how many GB does Graphite take", False),
        ("how many engines have a warranty", True),
        ("how many engines run for how many days", True),
    ],
)
def test_an_amount_in_a_unit_counts_no_things(survey: Assistant, text: str, counts: bool) -> None:
    assert understood(survey, text).asks("count") is counts


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Falke ctx length", "falke context length"),
        ("avg MAU of Falke", "average monthly active users of falke"),
        ("a Falke for 3 yr", "a falke for 3 yr"),  # a unit
        ("the BF Falke", "the bf falke"),  # two capitals are a name
        ("wich one is the Falke", "which one is the falke"),
        ("waht does the Falke finaly cost", "what does the falke finally cost"),
        ("price of the Wich", "price of the wich"),
        ("where is Joerg from", "where is jorg from"),
    ],
)
def test_hasty_words_are_read_in_full_where_the_notes_lack_them(text: str, normal: str) -> None:
    assert understand(text, NameIndex.build({}), {"falke", "jorg"}.__contains__).normal == normal


def test_an_abbreviation_that_the_notes_use_stays() -> None:
    assert understand("ctx length", NameIndex.build({}), {"ctx"}.__contains__).normal == "ctx length"
