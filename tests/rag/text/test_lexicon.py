"""The bilingual lexicon: common question words of several fields, both ways."""

import struct
import time
from pathlib import Path

import pytest

import rag.text.lexicon
from rag.text.lexicon import MAGIC, Lexicon, Translation, using
from rag.text.tokenise import query_tokens

DATA = Path(rag.text.lexicon.__file__).parent / "data" / "lexicon.bin"


@pytest.mark.parametrize(
    ("term", "best"),
    [
        ("licens", "许可"),
        ("commercial", "商业"),
        ("open sourc", "开源"),
        ("parameter", "参数"),
        ("price", "价格"),
        ("memory", "内存"),
        ("developer", "开发者"),
        ("support", "支持"),
        ("requir", "需要"),
        ("hardwar", "硬件"),
        ("author", "作者"),
        ("framework", "框架"),
        ("context", "上下文"),
        ("layer", "层"),
        ("batch", "批次"),
        ("sensor", "传感器"),
        ("battery", "电池"),
        ("transaction", "事务"),
        ("index", "索引"),
        ("engin", "引擎"),
        ("side effect", "副作用"),
        ("contraindication", "禁忌"),
        ("focal length", "焦距"),
        ("version", "版本"),
        ("许可证", "licens"),
        ("商用", "commercial"),
        ("价格", "price"),
        ("内存", "memory"),
        ("开发者", "developer"),
        ("支持", "support"),
        ("硬件", "hardwar"),
        ("开源", "open sourc"),
        ("数据 集", "dataset"),
        ("作者", "author"),
        ("分词器", "tokenizer"),
        ("快门", "shutter"),
        ("电池", "battery"),
        ("重量", "weight"),
        ("事务", "transaction"),
        ("索引", "index"),
        ("副作用", "side effect"),
        ("焦距", "focal length"),
        ("患者", "patient"),
        ("疫苗", "vaccin"),
    ],
)
def test_best_translation(term: str, best: str) -> None:
    assert Lexicon.load().translate(term)[0].term == best


@pytest.mark.parametrize(
    ("term", "among"),
    [
        ("licens", {"许可证", "授权"}),
        ("commercial", {"商用", "商业用途"}),
        ("accuracy", {"精度", "准确率"}),
        ("releas", {"发布", "发行"}),
        ("cost", {"成本", "费用"}),
        ("vocabulary", {"词表", "词汇量"}),
        ("lens", {"镜头"}),
        ("shutter", {"快门"}),
        ("weight", {"权重", "重量"}),
        ("dose", {"剂量"}),
        ("free", {"免费"}),
        ("dataset", {"数据 集"}),
        ("latency", {"延迟", "时延"}),
        ("memory", {"显存"}),
        ("发布", {"releas", "publish"}),
        ("精度", {"precision", "accuracy"}),
        ("延迟", {"delay", "latency"}),
        ("复制", {"copy", "replication"}),
        ("剂量", {"dose", "dosag"}),
        ("禁忌", {"contraindication"}),
    ],
)
def test_further_translations(term: str, among: set[str]) -> None:
    assert among <= {translation.term for translation in Lexicon.load().translate(term)}


def test_translations_are_at_most_six_weighted_and_best_first() -> None:
    lexicon = Lexicon.load()
    for term in ("licens", "price", "tabl", "训练", "数据"):
        weights = [translation.weight for translation in lexicon.translate(term)]
        assert weights == sorted(weights, reverse=True)
        assert 0 < len(weights) <= 6
        assert all(0 < weight <= 1 for weight in weights)


def test_an_unknown_word_has_the_translations_of_its_root_at_a_lower_weight() -> None:
    lexicon = Lexicon.load()
    cheap, cheapest = lexicon.translate("cheap"), lexicon.translate("cheapest")
    assert [t.term for t in cheapest] == [t.term for t in cheap]
    assert all(derived.weight < root.weight for derived, root in zip(cheapest, cheap, strict=True))


@pytest.mark.parametrize("term", ["", " ", "zzzzqq", "mini-7b", "𠀀", "open zzzzqq"])
def test_unknown_terms_have_no_translations(term: str) -> None:
    assert Lexicon.load().translate(term) == ()


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("Which are open source?", ["open sourc"]),
        ("the side effects of fine-tuning", ["side effect", "finetun", "fine tune"]),
        ("哪个数据集最大", ["数据 集", "最大", "据集", "集最"]),
        ("zzzzqq 商用", ["zzzzqq", "商用"]),
        ("", []),
    ],
)
def test_expand_takes_the_longest_phrase(question: str, units: list[str]) -> None:
    assert [unit for unit, _ in Lexicon.load().expand(query_tokens(question))] == units


def test_expand_leaves_the_parts_of_a_known_word_untranslated() -> None:
    units = dict(Lexicon.load().expand(query_tokens("上下文")))
    assert units["上下"] == units["下文"] == ()
    assert units["上下文"][0].term == "context"


def test_a_table_is_read_as_its_description_says() -> None:
    # given a table of three terms, of which one has two translations
    terms = [b"price", "价".encode(), "价格".encode()]
    table = MAGIC + struct.pack("<2I", 3, 2) + struct.pack("<4I", 0, 5, 8, 14) + struct.pack("<4I", 0, 2, 2, 2)
    table += struct.pack("<2I", 2, 1) + bytes([255, 51]) + b"".join(terms)
    # when it is read
    lexicon = Lexicon(table)
    # then its translations are those
    assert len(lexicon) == 3
    assert lexicon.translate("price") == (Translation("价格", 1.0), Translation("价", 0.2))
    assert lexicon.translate("价格") == ()


def test_a_word_is_held_when_it_is_translated_back() -> None:
    # given a name that was aligned with a word, which is called otherwise
    terms = [b"price", b"quillon", "价格".encode()]
    table = MAGIC + struct.pack("<2I", 3, 3) + struct.pack("<4I", 0, 5, 12, 18) + struct.pack("<4I", 0, 1, 2, 3)
    table += struct.pack("<3I", 2, 2, 0) + bytes([255, 128, 255]) + b"".join(terms)
    # when the lexicon is asked what is a word
    lexicon = Lexicon(table)
    # then the name is none, though it has a translation
    assert lexicon.translate("quillon") == (Translation("价格", 128 / 255),)
    assert [lexicon.holds(term) for term in ("price", "价格", "quillon", "unheard")] == [True, True, False, False]


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not a lexicon: begins with b'SQLite f'; build it with build_lexicon\.py"):
        Lexicon(b"SQLite format 3\x00")


def test_size_and_speed() -> None:
    assert DATA.stat().st_size < 10_000_000
    started = time.perf_counter()
    lexicon = Lexicon(DATA.read_bytes())
    for number in range(1000):
        lexicon.translate(f"unknown{number}")
    assert time.perf_counter() - started < 0.5


def test_another_lexicon_can_be_in_use_for_a_while() -> None:
    # Given a word that the lexicon of the package knows
    known = Lexicon.load().translate("price")
    assert known
    # When another lexicon is in use, an empty one too
    with using(Lexicon.empty()):
        assert (len(Lexicon.load()), Lexicon.load().translate("price")) == (0, ())
        assert Lexicon.load().expand(["battery", "price"]) == [("battery", ()), ("price", ())]
    # Then it is so only there
    assert Lexicon.load().translate("price") == known
