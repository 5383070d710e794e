"""Names as written: their keys and the forms that one written name holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.names import (
    LONGEST_NAME,
    cell_forms,
    edition_of,
    has_cjk,
    latin_names,
    name_key,
    strip_numbering,
    surface_forms,
)


@pytest.mark.parametrize(
    ("surface", "key"),
    [
        ("EOS R8", "eosr8"),
        ("eos-r8", "eosr8"),
        ("ＥＯＳ＿Ｒ８", "eosr8"),
        ("K-3 Mark III", "k3markiii"),
        ("Redis 7.4", "redis7.4"),
        ("M.Zuiko", "mzuiko"),
        ("《本草·纲目》", "本草纲目"),
        ("“布洛芬”", "布洛芬"),
        ("數據庫", "数据库"),
        ("", ""),
        ("...", ""),
    ],
)
def test_spellings_of_one_name_have_one_key(surface: str, key: str) -> None:
    assert name_key(surface) == key


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(surface: str) -> None:
    key = name_key(surface)
    assert name_key(key) == key


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("3. SQLite", "SQLite"),
        ("3、SQLite", "SQLite"),
        ("一、概述", "概述"),
        ("第二章 镜头", "镜头"),
        ("（2）止痛药", "止痛药"),
        ("1.2、价格", "价格"),
        ("1.2.3 Prices", "Prices"),
        ("A.1 Prices", "Prices"),
        ("- 4) Redis", "Redis"),
        ("3.5寸硬盘", "寸硬盘"),
        ("2TB 硬盘", "2TB 硬盘"),
        ("35mm lens", "35mm lens"),
        ("SQLite", "SQLite"),
    ],
)
def test_numbering_is_no_part_of_a_heading(text: str, stripped: str) -> None:
    assert strip_numbering(text) == stripped


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("在 ABC-12B 上试 foo", ["ABC-12B", "foo"]),
        ("Redis 7.4 与 pg_stat", ["Redis 7.4", "pg_stat"]),
        ("没有", []),
        ("索尼A7C", ["A7C"]),
        ("RawTherapee+darktable", ["RawTherapee+darktable"]),
    ],
)
def test_latin_runs_in_order(text: str, names: list[str]) -> None:
    assert latin_names(text) == names


@pytest.mark.parametrize(
    ("written", "things"),
    [
        ("SQLite", [["SQLite"]]),
        ("10. Bumblebee（大黄蜂）: a small car", [["Bumblebee", "大黄蜂"]]),
        ("布洛芬缓释胶囊（芬必得）", [["布洛芬缓释胶囊", "芬必得"]]),
        ("腾龙 28-75mm F2.8 G2 (A063)", [["腾龙 28-75mm F2.8 G2", "A063"]]),
        ("Otter水獭", [["Otter", "水獭"]]),
        ("Otter 水獭", [["Otter", "Otter 水獭"]]),
        ("徕卡 M11", [["M11", "徕卡 M11"]]),
        ("佳能 EOS R8", [["EOS R8", "佳能 EOS R8"]]),
        ("口服补液盐 III", [["口服补液盐 III"]]),
        ("维生素 C", [["维生素 C"]]),
        ("A-lora和B-lora", [["A-lora"], ["B-lora"]]),
        ("氯雷他定与西替利嗪", [["氯雷他定"], ["西替利嗪"]]),
        ("Valkey & Redis", [["Valkey"], ["Redis"]]),
        ("饱和脂肪", [["饱和脂肪"]]),
        ("和 bodies.md 对不上的", [["和 bodies.md 对不上的"]]),
        ("DuckDB: analytics in one file", [["DuckDB"]]),
        ("DuckDB——单文件分析库", [["DuckDB"]]),
        ("Pagoda 一个用来管理插件的老工具", [["Pagoda", "Pagoda 一个用来管理插件的老工具"]]),
        ("家族（Brompton、Dahon）", [["家族"], ["Brompton"], ["Dahon"]]),
        ("SQLite（2000）", [["SQLite"]]),
        # an ampersand joins two names of one word each; among more it belongs to one
        ("Riemann & Müller Delight", [["Riemann & Müller Delight"]]),
        # a name keeps the quotation mark that it ends with
        ("Alocasia 'Polly'", [["Alocasia 'Polly'"]]),
        ("'Polly'", [["Polly"]]),
        # a colon in brackets begins no description
        ("ILCA 7 (old: Laser)", [["ILCA 7", "Laser"]]),
        ("", []),
        ("3.", []),
        ("——", []),
    ],
)
def test_forms_of_written_names(written: str, things: list[list[str]]) -> None:
    assert surface_forms(written) == things


@pytest.mark.parametrize(
    ("cell", "things"),
    [
        ("Orbital Ledger: Audit", [["Orbital Ledger: Audit"]]),
        ("盐路：骡队", [["盐路：骡队"]]),
        ("Peat & Iron", [["Peat & Iron"]]),
        ("GPT-3 & GPT-4", [["GPT-3"], ["GPT-4"]]),
        ("DuckDB: analytics in one file", [["DuckDB"]]),
        ("灯塔：讲一个守夜人的故事", [["灯塔"]]),
    ],
)
def test_titles_that_name_rows_are_whole(cell: str, things: list[list[str]]) -> None:
    assert cell_forms(cell) == things


def test_a_description_is_no_name() -> None:
    assert surface_forms("x" * (LONGEST_NAME + 1)) == []


@given(st.text(alphabet="Ab1 -(（)）、和:：/·灯塔3.", max_size=30))
def test_every_thing_has_a_form_and_no_form_is_empty(written: str) -> None:
    things = surface_forms(written)
    assert all(things)
    assert all(form.strip() == form and form for forms in things for form in forms)


@pytest.mark.parametrize(("text", "expected"), [("灯", True), ("a灯", True), ("lamp", False), ("", False)])
def test_chinese_characters(text: str, expected: bool) -> None:
    assert has_cjk(text) is expected


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        # a word for a variant or a kind is no name alone
        ("山岚 FS", [["山岚 FS"]]),
        ("灰雁 Store（Greylag）", [["灰雁 Store", "Greylag"]]),
        ("山岚 FS 2", [["山岚 FS 2"]]),
        # a maker before a name is
        ("索尼 Alpaqua", [["Alpaqua", "索尼 Alpaqua"]]),
        # editions are things of their own
        ("Juicer 社区版", [["Juicer 社区版"]]),
        # what goes on about the name is no second one
        ("Redpanda, longer", [["Redpanda, longer"]]),
    ],
)
def test_variants_and_editions(written: str, forms: list[list[str]]) -> None:
    assert surface_forms(written) == forms


def test_an_edition_is_one_of_something() -> None:
    assert edition_of("Juicer 社区版") == "Juicer"
    assert edition_of("Juicer 工具") == ""
    assert edition_of("社区版") == ""
