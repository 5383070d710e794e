"""Heading levels set right, and which sections are about a thing."""

from __future__ import annotations

import pytest

from ingest.markdown import parse
from ingest.outline import outline
from ingest.subjects import subjects
from rag.types import BlockKind


def levels(text: str) -> list[tuple[int, str]]:
    return [(b.depth, b.plain) for b in outline(parse(text)) if b.kind is BlockKind.HEADING]


def owners(text: str) -> dict[str, str | None]:
    """The last line of each paragraph, item or table to the name of the thing that its section is about."""
    blocks = outline(parse(text))
    return {
        block.plain.split("\n")[-1]: owner.name if owner else None
        for block, owner in zip(blocks, subjects(blocks), strict=True)
        if block.kind is not BlockKind.HEADING
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\n## b\n# c", [(1, "a"), (2, "b"), (1, "c")]),
        # the level of the number before it
        ("## 1. a\n### 2. b\n# 3. c", [(2, "1. a"), (2, "2. b"), (2, "3. c")]),
        ("## 1、a\n##### 2、b", [(2, "1、a"), (2, "2、b")]),
        # a count that begins anew, and one with a gap
        ("## 1. a\n### 1. b\n# 2. c", [(2, "1. a"), (3, "1. b"), (3, "2. c")]),
        ("## 1. a\n#### 3. c", [(2, "1. a"), (4, "3. c")]),
        # section numbers with a point are no count
        ("## 1. a\n### 1.1 b\n# 2. c", [(2, "1. a"), (3, "1.1 b"), (2, "2. c")]),
        # an aspect that returns stands on its deepest level
        ("## a\n### Price\n## b\n# Price", [(2, "a"), (3, "Price"), (2, "b"), (3, "Price")]),
        # one with a link is a thing of its own
        ("## a\n### [Price](u)\n# [Price](u)", [(2, "a"), (3, "Price"), (1, "Price")]),
        # a slip of the pen, upwards or downwards
        ("# a\n## b\n### c\n# d\n### e", [(1, "a"), (2, "b"), (3, "c"), (3, "d"), (3, "e")]),
        ("# a\n### b\n# c\n### d", [(1, "a"), (3, "b"), (1, "c"), (3, "d")]),
        ("# a\n### b\n##### c\n### d", [(1, "a"), (3, "b"), (3, "c"), (3, "d")]),
        ("# a\n## b\n#### c\n## d\n#### e\n", [(1, "a"), (2, "b"), (4, "c"), (2, "d"), (4, "e")]),
        ("# a\n## b\n# c\n## d", [(1, "a"), (2, "b"), (1, "c"), (2, "d")]),
        ("", []),
    ],
)
def test_levels(text: str, expected: list[tuple[int, str]]) -> None:
    assert levels(text) == expected


def test_paths_follow_the_levels_set_right() -> None:
    # given a heading with a wrong level amid numbered ones
    text = "# Bikes\n## 1. Touring\ntext\n# 2. Folding\nfolds\n"

    # when the outline is read
    blocks = outline(parse(text))

    # then what stands below it lies in the right place
    assert blocks[-1].heading == ("Bikes", "2. Folding")


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        (
            "a proper name",
            "# Stores\n## RocksDB\nfast\n## Why\nbecause\n",
            {"fast": "RocksDB", "because": None},
        ),
        ("a link of its own", "# Stores\n## [bolt](https://e.org/bolt)\nfast\n", {"fast": "bolt"}),
        (
            "a maker before the name",
            "# 相机\n## 佳能 EOS R8\n轻\n## 总的\n好\n",
            {"轻": "EOS R8", "好": None},
        ),
        (
            "the title is no thing",
            "# SQLite notes\ntext\n## Limits\none writer\n",
            {"text": None, "one writer": None},
        ),
        ("a question is no thing", "# a\n## Why RocksDB?\nfast\n", {"fast": None}),
        ("a section of any survey is no thing", "# a\n## 总结\n好\n## FAQ\nno\n", {"好": None, "no": None}),
        (
            "one card under the heading",
            "# a\n## 凤凰\n| 重量 | 轮径 | 速别 |\n|---|---|---|\n| 9kg | 20 | 7 |\n",
            {"9kg | 20 | 7": "凤凰"},
        ),
        (
            "cards with like keys",
            "# 药\n## 青山片\n剂量：一片\n## 绿水丸\n剂量：两丸\n",
            {"剂量：一片": "青山片", "剂量：两丸": "绿水丸"},
        ),
        (
            "sections with nothing in common",
            "# 药\n## 存放\n阴凉\n## 过期\n扔掉\n",
            {"阴凉": None, "扔掉": None},
        ),
        (
            "most of its siblings have links",
            "# a\n## [bolt](https://e.org/bolt)\nx\n## [nut](https://e.org/nut)\ny\n## washer\nz\n",
            {"x": "bolt", "y": "nut", "z": "washer"},
        ),
        (
            "a table names it too, with more words",
            "# 药\n| 药名 | 价 | 次 |\n|---|---|---|\n| 青霉素胶囊 | 9 | 2 |\n| 红霉素片 | 8 | 3 |\n\n"
            "## 青霉素\n先皮试\n## 存放\n阴凉\n",
            {"红霉素片 | 8 | 3": None, "先皮试": "青霉素", "阴凉": None},
        ),
        (
            "a chapter above several things",
            "# Notes\n## Stores\nmany\n### RocksDB\nfast\n### LevelDB\nslow\n",
            {"many": None, "fast": "RocksDB", "slow": "LevelDB"},
        ),
        (
            "an aspect of a thing keeps its subject",
            "# Notes\n## RocksDB\n### Price\nfree\n## LevelDB\n### Price\nfree too\n",
            {"free": "RocksDB", "free too": "LevelDB"},
        ),
        (
            "a heading that speaks of a thing named elsewhere",
            "# Notes\n## RocksDB\nfast\n## Tuning of RocksDB for beginners in detail\nmany knobs\n",
            {"fast": "RocksDB", "many knobs": "RocksDB"},
        ),
        ("a bold line is no thing", "# Notes\n\n**Z50 II**\n\nlight\n", {"light": None}),
    ],
)
def test_what_sections_are_about(case: str, text: str, expected: dict[str, str | None]) -> None:
    assert owners(text) == expected, case


@pytest.mark.parametrize(
    ("below", "url"),
    [
        ("https://e.org/bolt\n", "https://e.org/bolt"),
        ("[site](https://e.org/bolt) is here\n", "https://e.org/bolt"),
        ("see https://e.org/bolt\n", None),
        ("a\n\nb\n\nhttps://e.org/bolt\n", None),
        ("![picture](https://e.org/bolt.png)\n", None),
        ("### x\nhttps://e.org/bolt\n", None),
    ],
)
def test_the_own_link_of_a_section(below: str, url: str | None) -> None:
    blocks = outline(parse(f"# Notes\n## BoltDB\n{below}"))
    own = [subject for subject in subjects(blocks) if subject is not None and subject.name == "BoltDB"]
    assert own[0].url == url


def test_several_things_in_one_heading() -> None:
    blocks = outline(parse("# 药\n## Zyrtec（西替利嗪）和Claritin\n困\n"))
    owner = subjects(blocks)[-1]
    assert owner is not None
    assert (owner.things, owner.line, owner.heading) == (
        (("Zyrtec", "西替利嗪"), ("Claritin",)),
        2,
        ("药", "Zyrtec（西替利嗪）和Claritin"),
    )
