"""Names that sources give to things, and their union into entities."""

from __future__ import annotations

import random

import pytest

from ingest.entities import merge, names, repository
from ingest.markdown import parse
from ingest.outline import outline
from rag.types import Entity, Name


def names_of(text: str, source: str = "a.md") -> tuple[Name, ...]:
    return names(source, outline(parse(text)))


def surfaces(text: str) -> dict[str, int]:
    return {name.surface: name.strength for name in names_of(text)}


def merged(*texts: str) -> tuple[Entity, ...]:
    return merge(name for at, text in enumerate(texts) for name in names_of(text, f"{at}.md"))


def aliases(*texts: str) -> dict[str, tuple[str, ...]]:
    return {entity.name: entity.aliases for entity in merged(*texts)}


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("a heading", "# Notes\n## RocksDB\nfast\n", {"RocksDB": 3}),
        ("numbering is no part", "# Notes\n## 3. RocksDB\nfast\n", {"RocksDB": 3}),
        ("brackets", "# 药\n## Zyrtec（西替利嗪）\n困\n", {"Zyrtec": 3, "西替利嗪": 3}),
        ("two scripts", "# 相机\n## Leica徕卡\n贵\n", {"Leica": 3, "徕卡": 3}),
        ("a description after a colon", "# Notes\n## RocksDB: a tree on flash\nfast\n", {"RocksDB": 3}),
        ("a name column", "| 药名 | 价 |\n|---|---|\n| 青霉素（盘尼西林） | 9 |\n| 红霉素 | 8 |\n",
         {"青霉素": 3, "盘尼西林": 3, "红霉素": 3}),
        ("labels that may be names", "| 用途 | 价 |\n|---|---|\n| 露营 | 9 |\n| 通勤 | 8 |\n",
         {"露营": 1, "通勤": 1}),
        ("columns", "| | RocksDB | LMDB |\n|---|---|---|\n| Language | many | one |\n",
         {"RocksDB": 3, "LMDB": 3}),
        ("values", "| Name | Used by |\n|---|---|\n| RocksDB | TiKV, Kafka |\n",
         {"RocksDB": 3, "TiKV": 1, "Kafka": 1}),
        ("a link of that name", "See [Brompton](https://e.org/brompton).\n", {"Brompton": 2}),
        ("a link of another name", "See [Brompton](https://e.org/x) and [paper](https://e.org/paper).\n", {}),
        ("a label before its link", "- Brompton: https://e.org/brompton\n", {"Brompton": 2}),
        ("a word for what is behind a link", "- Paper: https://e.org/paper\n", {}),
        ("a file is no thing", "See [setup.py](https://e.org/setup.py).\n", {}),
        ("a numbered label", "# a\n\n3、Brompton\n折叠快\n", {"Brompton": 2}),
        ("a definition list", "Quorum\n: more than half\n", {"Quorum": 2}),
        ("an item that opens with a name", "- Brompton\n  folds in twenty seconds\n", {"Brompton": 2}),
        ("plain text", "Brompton folds. 很快。\n", {}),
        ("a coined word", "# 折叠车\n\n## 小轮\n\n好骑。\n\n## Velorum\n\n折得快。\n", {"Velorum": 3}),
        ("behind a bare link", "# 车\n\n## Velorum\n\nhttps://e.org/v\n\n快。\n\n## 轮\n\n好。\n", {"Velorum": 3}),
        ("a word of the dictionary", "# 折叠车\n\n## 小轮\n\n好骑。\n\n## Review\n\n折得快。\n", {}),
        ("numbers are no names", "| Name | a |\n|---|---|\n| 2024 | 1 |\n| x | 2 |\n", {}),
    ],
)  # fmt: skip
def test_names(case: str, text: str, expected: dict[str, int]) -> None:
    assert surfaces(text) == expected, case


def test_a_name_knows_its_place_and_its_own_link() -> None:
    (name,) = names_of("# Notes\n\n## BromptonP9\n\nhttps://github.com/e/brompton\n")
    assert name == Name("BromptonP9", "bromptonp9", "bromptonp9", 3, "a.md", 3, "https://github.com/e/brompton")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/Org/Tool", ("org", "tool")),
        ("github.com/Org/Tool.git", ("org", "tool")),
        ("https://www.github.com/org/tool/tree/main/docs/part", ("org", "tool", "part")),
        ("https://github.com/org/tool/blob/main/README.md", ("org", "tool")),
        ("https://github.com/org/tool/wiki/Page", ("org", "tool")),
        ("https://gitee.com/org/tool?x=1#y", ("org", "tool")),
        ("https://github.com/org", None),
        ("https://example.org/org/tool", None),
    ],
)
def test_repositories(url: str, expected: tuple[str, ...] | None) -> None:
    assert repository(url) == expected


@pytest.mark.parametrize(
    ("case", "texts", "expected"),
    [
        (
            "spellings of one name",
            ("# N\n## RocksDB\nx\n", "# N\n## Rocks-DB\ny\n"),
            {"RocksDB": ("RocksDB", "Rocks-DB")},
        ),
        (
            "brackets in one source hold in all",
            ("# N\n## Zyrtec（西替利嗪）\nx\n", "# N\n## [西替利嗪](u)\ny\n"),
            {"西替利嗪": ("Zyrtec", "西替利嗪")},
        ),
        (
            "a shared repository and a shared word",
            (
                "# N\n## DuckDB\nhttps://github.com/o/duck\n",
                "# N\n## DuckDB Labs\nhttps://github.com/o/duck\n",
            ),
            {"DuckDB": ("DuckDB", "DuckDB Labs")},
        ),
        (
            "a shared repository and two scripts",
            ("# N\n## [骆驼](https://github.com/o/camel)\n", "# N\n## [Camel](https://github.com/o/camel)\n"),
            {"骆驼": ("骆驼", "Camel")},
        ),
        (
            "a slug is one more name",
            ("# N\n## [骆驼](https://github.com/o/camel-db)\nx\n## [RocksDB](u)\n",),
            {"RocksDB": ("RocksDB",), "骆驼": ("骆驼", "camel-db")},
        ),
        (
            "near names are other things",
            ("# N\n## FooDB\nx\n## FooDB-Lite\ny\n## Chinese-FooDB\nz\n## FooDB 2.0\nz\n",),
            {name: (name,) for name in ("FooDB", "FooDB-Lite", "Chinese-FooDB", "FooDB 2.0")},
        ),
        (
            "a part of a project with its own name",
            ("# N\n## [Core](https://github.com/o/suite)\nx\n## [Paint](https://github.com/o/suite)\ny\n",),
            {"Core": ("Core",), "Paint": ("Paint",)},
        ),
    ],
)
def test_entities(case: str, texts: tuple[str, ...], expected: dict[str, tuple[str, ...]]) -> None:
    assert aliases(*texts) == expected, case


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("a column", "| 药名 | 英文 | 价 |\n|---|---|---|\n| 青霉素 | penicillin | 9 |\n| 红霉素 | | 8 |\n",
         {"青霉素": {"青霉素", "penicillin"}, "红霉素": {"红霉素"}}),
        ("a name that rows share",
         "| 药名 | 英文 | 价 |\n|---|---|---|\n| 青霉素片 | penicillin | 9 |\n| 青霉素针 | penicillin | 8 |\n",
         {"青霉素片": {"青霉素片"}, "青霉素针": {"青霉素针"}}),
        ("a line below the heading", "# 库\n## RocksDB\n\n又名：岩石库\n\n快。\n", {"RocksDB": {"RocksDB", "岩石库"}}),
        ("a line further down", "# 库\n## RocksDB\n\n快。\n\n又名：岩石库\n", {"RocksDB": {"RocksDB"}}),
    ],
)  # fmt: skip
def test_other_names(case: str, text: str, expected: dict[str, set[str]]) -> None:
    found = [set(forms) for forms in aliases(text).values()]

    assert [forms for forms in expected.values() if forms not in found] == []


def test_the_order_of_names_does_not_matter() -> None:
    # given names of several sources
    found = [
        *names_of("# N\n## Zyrtec（西替利嗪）\nhttps://github.com/o/z\n## [RocksDB](u)\n", "1.md"),
        *names_of("# N\n## rocks db\nx\n## [西替利嗪](https://github.com/o/z)\n", "2.md"),
        *names_of("| Name | Used by |\n|---|---|\n| RocksDB | TiKV, Kafka |\n", "3.md"),
    ]
    expected = merge(found)

    # when they come in another order, then the entities are the same
    for seed in range(5):
        random.Random(seed).shuffle(found)
        assert merge(found) == expected


def test_every_key_means_one_entity() -> None:
    found = merged("# N\n## Zyrtec（西替利嗪）\nx\n", "| 药名 | 价 |\n|---|---|\n| Zyrtec | 9 |\n| ZYRTEC-D | 8 |\n")
    keys = [key for entity in found for key in entity.keys]
    assert len(keys) == len(set(keys))
    assert merge(()) == ()


MAKERS = """# 泵

| 型号 | 品牌 | 重量 |
|---|---|---|
| P5 | Otter Works | 4 |
| P6 | Lutra | 5 |
| 小泵 | 獭坊 | 3 |

### 獭坊

老板以前焊车架。

### 四季

没有推荐。

Lutra belongs to a family in Turku. It is loud.
"""


def test_makers_that_a_section_or_paragraph_is_about_are_things() -> None:
    found = surfaces(MAKERS)

    assert (found["獭坊"], found["Lutra"]) == (3, 2)
    assert "四季" not in found


def test_a_maker_s_name_that_begins_several_names_is_one_where_a_paragraph_opens_with_it() -> None:
    text = "# Pumps\n\nPump: Otter B1; steel; 4 kg\nPump: Otter C1; brass; 3 kg\n\nOtter moved to Turku. It grows.\n"

    assert surfaces(text) == {"Otter B1": 3, "Otter C1": 3, "Otter": 2}
