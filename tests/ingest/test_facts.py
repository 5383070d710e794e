"""Facts from the structure of notes, with their exact words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.encoding import decode
from ingest.entities import names
from ingest.facts import facts
from ingest.markdown import parse
from ingest.outline import outline
from rag.types import Fact, FactKind, Lines

ROOT = Path(__file__).resolve().parents[2]
NOTES = sorted(
    path
    for folder in (ROOT / "corpus" / "notes", ROOT.parent / "shared" / "notes", ROOT / "eval" / "corpora")
    for path in folder.rglob("*.md")
)


def read(text: str) -> tuple[Fact, ...]:
    blocks = outline(parse(text))
    return facts("a.md", text, blocks, names("a.md", blocks))


def said(text: str, *kinds: FactKind) -> list[tuple[str, str, str]]:
    """(entity, attribute, value) of the facts of these kinds."""
    return [(f.entity, f.attribute, f.value) for f in read(text) if f.kind in kinds]


def misquoted(text: str, found: Sequence[Fact]) -> list[Fact]:
    """Facts whose quote does not stand in the text at their lines."""
    lines = text.split("\n")
    return [
        fact
        for fact in found
        if not isinstance(fact.location, Lines)
        or not fact.quote
        or fact.quote not in "\n".join(lines[fact.location.first - 1 : fact.location.last])
    ]


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        (
            "rows",
            "| Name | Port |\n|---|---|\n| etcd | 2379 |\n| Neo4j | 7687 |\n",
            [("etcd", "Port", "2379"), ("Neo4j", "Port", "7687")],
        ),
        (
            "a running number is no fact, an empty cell neither",
            "| 序号 | 药名 | 价 |\n|---|---|---|\n| 1 | 青霉素 | 9元 |\n| 2 | 红霉素 | |\n",
            [("青霉素", "价", "9元")],
        ),
        (
            "columns",
            "| | RocksDB | LMDB |\n|---|---|---|\n| Writers | many | one |\n",
            [("RocksDB", "Writers", "many"), ("LMDB", "Writers", "one")],
        ),
        (
            "properties",
            "# 相机\n## 富士 X-T5\n| 参数 | 值 |\n|---|---|\n| 重量 | 557g |\n",
            [("X-T5", "重量", "557g")],
        ),
        (
            "one row about the section",
            "# 车\n## Brompton\n| 重量 | 轮径 | 速别 |\n|---|---|---|\n| 11kg | 16 | 6 |\n",
            [("Brompton", "重量", "11kg"), ("Brompton", "轮径", "16"), ("Brompton", "速别", "6")],
        ),
        (
            "a nested header",
            "<table><tr><th rowspan=2>Name</th><th colspan=2>Price</th></tr>"
            "<tr><th>new</th><th>used</th></tr><tr><td>X-T5</td><td>11390</td><td>9800</td></tr></table>\n",
            [("X-T5", "Price / new", "11390"), ("X-T5", "Price / used", "9800")],
        ),
        (
            "grouped rows",
            "| 药名 | 人群 | 一次 |\n|---|---|---|\n| 青霉素 | 成人 | 2粒 |\n| | 儿童 | 1粒 |\n",
            [
                ("青霉素", "人群", "成人"),
                ("青霉素", "一次", "2粒"),
                ("青霉素", "人群", "儿童"),
                ("青霉素", "一次", "1粒"),
            ],
        ),
        (
            "two things in a name cell",
            "| 药名 | 价 |\n|---|---|\n| 青霉素、红霉素 | 9元 |\n| 阿托品 | 8元 |\n",
            [("青霉素", "价", "9元"), ("阿托品", "价", "8元")],
        ),
    ],
)
def test_tables(case: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(text, FactKind.CELL) == expected, case
    assert not misquoted(text, read(text))


def test_qualifiers_tell_rows_of_one_name_apart() -> None:
    text = "| 药名 | 人群 | 一次 |\n|---|---|---|\n| 青霉素 | 成人 | 2粒 |\n| | 儿童 | 1粒 |\n"
    assert [(fact.attribute, fact.qualifiers) for fact in read(text)] == [
        ("人群", ()), ("一次", (("人群", "成人"),)), ("人群", ()), ("一次", (("人群", "儿童"),)),
    ]  # fmt: skip


def test_cases_of_a_property() -> None:
    text = "# 车\n## Brompton C6\n| 属性 | 平路 | 爬坡 |\n|---|---|---|\n| 速度 | 30 | 12 |\n| 心率 | 120 | 150 |\n"
    assert [(fact.attribute, fact.value, fact.qualifiers) for fact in read(text)] == [
        ("速度", "30", (("属性", "平路"),)),
        ("速度", "12", (("属性", "爬坡"),)),
        ("心率", "120", (("属性", "平路"),)),
        ("心率", "150", (("属性", "爬坡"),)),
    ]


def test_rows_of_labels_are_about_the_section() -> None:
    text = "# 车\n## Brompton P9\n| 用途 | 评分 |\n|---|---|\n| 通勤 | 9 |\n| 越野 | 2 |\n"
    assert [(fact.entity, fact.attribute, fact.value, fact.qualifiers) for fact in read(text)] == [
        ("Brompton P9", "评分", "9", (("用途", "通勤"),)),
        ("Brompton P9", "评分", "2", (("用途", "越野"),)),
    ]


def test_every_name_of_a_cell_is_mentioned() -> None:
    found = read("| 药名 | 价 |\n|---|---|\n| 青霉素、红霉素 | 9元 |\n| 阿托品 | 8元 |\n")
    assert (found[0].entity_key, found[0].mentions) == ("青霉素", ("红霉素",))


def test_a_row_is_quoted_whole_and_a_long_one_by_cell() -> None:
    long = "这一格写得很长。" * 40
    text = f"| 药名 | 价 | 说明 |\n|---|---|---|\n| 青霉素 | 9元 | 短 |\n| 红霉素 | 8元 | {long} |\n"
    found = read(text)
    assert found[0].quote == "| 青霉素 | 9元 | 短 |"
    assert [fact.quote for fact in found if fact.value == "8元"] == ["8元"]
    assert not misquoted(text, found)


def test_a_long_cell_is_split_into_sentences_and_points() -> None:
    cell = (
        "两次之间至少隔六个小时，一天不要超过四次，胃不好的人饭后半小时再吃，当天喝了酒不要吃。"
        "<br>• 儿童减半，按体重算；三个月以下的婴儿不要自己用药，先问医生，再看说明书。"
    )
    text = f"| 药名 | 用法 |\n|---|---|\n| 青霉素 | {cell} |\n| 红霉素 | 一片 |\n"
    found = read(text)
    assert [fact.value for fact in found if fact.kind is FactKind.STATEMENT] == [
        "两次之间至少隔六个小时，一天不要超过四次，胃不好的人饭后半小时再吃，当天喝了酒不要吃。",
        "儿童减半，按体重算；",
        "三个月以下的婴儿不要自己用药，先问医生，再看说明书。",
    ]
    assert {(f.entity, f.attribute) for f in found if f.kind is FactKind.STATEMENT} == {("青霉素", "用法")}
    assert not misquoted(text, found)


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        ("Weight: 557 g", "Weight", "557 g"),
        ("重量：557g", "重量", "557g"),
        ("- 重量：557g", "重量", "557g"),
        ("1. 重量：557g", "重量", "557g"),
        ("**重量**：557g", "重量", "557g"),
        ("**重量：** 557g", "重量", "557g"),
        ("- **Weight:** 557 g", "Weight", "557 g"),
        ("重量（含电池）：557g", "重量（含电池）", "557g"),
        ("重量：`557g`", "重量", "557g"),
    ],
)
def test_keys(line: str, attribute: str, value: str) -> None:
    text = f"# Cameras\n## X-T5\n{line}\n"
    (fact,) = read(text)
    assert (fact.kind, fact.entity, fact.attribute, fact.value) == (FactKind.KEY, "X-T5", attribute, value)
    assert (fact.quote, fact.location) == (line, Lines(3, 3))


@pytest.mark.parametrize(
    "line",
    [
        "他说这台机器用了三年一点毛病都没有也不打算换：因为够用",
        "see https://example.org",
        "12:30 开门",
        "One, two, three and four: all of them",
    ],
)
def test_clauses_before_a_colon_are_no_keys(line: str) -> None:
    assert all(fact.attribute in ("", "see") for fact in read(f"# Cameras\n## X-T5\n{line}\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("优点：\n- 轻\n- 快\n", [("优点", "轻"), ("优点", "快")]),
        ("优点：\n\n轻便，也快。\n", [("优点", "轻便，也快。")]),
        ("优点：\n轻便，也快。\n", [("优点", "轻便，也快。")]),
        ("优点：\n\n## 别的\n轻便。\n", []),
        ("**Pros**\n- light\n", []),
    ],
)
def test_a_key_waits_for_its_values(text: str, expected: list[tuple[str, str]]) -> None:
    found = read(f"# Cameras\n## X-T5\n{text}")
    assert [(f.attribute, f.value) for f in found if f.kind is FactKind.KEY] == expected


def test_items_know_the_items_above_them() -> None:
    (above, below) = read("# Cameras\n## X-T5\n- 两个卡槽\n  - 都是 SD\n")
    assert (above.value, above.qualifiers) == ("两个卡槽", ())
    assert (below.value, below.qualifiers) == ("都是 SD", (("", "两个卡槽"),))


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        ("做法：改自 [手册](https://e.org/m) 第二章", "做法", "改自 手册 第二章"),
        ("Firmware (https://e.org/f)：升级要两分钟", "Firmware", "升级要两分钟"),
        ("做法：照着说明（https://e.org/m）一步步来", "做法", "照着说明一步步来"),
    ],
)
def test_links_in_lines_with_keys(line: str, attribute: str, value: str) -> None:
    text = f"# Cameras\n## X-T5\n{line}，{'再等一等' * 20}。\n"
    found = [fact for fact in read(text) if fact.kind is not FactKind.LINK]
    assert [fact.attribute for fact in found] == [attribute, attribute]
    assert found[0].value.startswith(value)
    assert not misquoted(text, found)


def test_an_item_that_opens_with_a_name_is_about_it() -> None:
    (fact, *_) = read("# Bikes\n- Brompton\n  Folds in twenty seconds.\n")[1:]
    assert (fact.entity, fact.value) == ("Brompton", "Folds in twenty seconds.")


@pytest.mark.parametrize(
    ("line", "entity", "date"),
    [
        ("- 2023-05-10 尼康 Z8 开卖，全国缺货", "Z8", "2023-05-10"),
        ("- 2023年5月10日：尼康发布 Z8", "Z8", "2023-05-10"),
        ("- 2023-05：发布 [Z8](https://e.org/z8)", "Z8", "2023-05"),
        ("- May 10, 2023: Nikon shows the Z8 in Tokyo", "Z8", "2023-05-10"),
        ("- 2023.5.10 有人卖掉了公司", "", "2023-05-10"),
    ],
)
def test_events(line: str, entity: str, date: str) -> None:
    text = f"| 型号 | 像素 |\n|---|---|\n| Z8 | 4571万 |\n| Zf | 2450万 |\n\n## 大事记\n\n{line}\n"
    (event,) = [fact for fact in read(text) if fact.kind is FactKind.EVENT]
    assert (event.entity, event.date, event.quote) == (entity, date, line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [manual](https://e.org/m)\n", [("X-T5", "manual", "https://e.org/m")]),
        ("官网：https://e.org/x\n", [("X-T5", "官网", "https://e.org/x")]),
        ("- 官网 <https://e.org/x>\n", [("X-T5", "官网", "https://e.org/x")]),
        ("see [the manual][m]\n\n[m]: https://e.org/m\n", [("X-T5", "the manual", "https://e.org/m")]),
        ("back to [top](#top)\n", []),
        ("| 资料 | 地址 |\n|---|---|\n| 手册 | [这里](https://e.org/m) |\n| 固件 | https://e.org/f |\n",
         [("X-T5", "地址 这里", "https://e.org/m"), ("X-T5", "地址", "https://e.org/f")]),
    ],
)  # fmt: skip
def test_links(text: str, expected: list[tuple[str, str, str]]) -> None:
    note = f"# Cameras\n## X-T5\n{text}"
    assert said(note, FactKind.LINK) == expected
    assert not misquoted(note, read(note))


def test_the_link_of_a_name_in_a_table_is_the_thing_s_own() -> None:
    text = "| Name | Port |\n|---|---|\n| [etcd](https://github.com/o/etcd) | 2379 |\n| Neo4j | 7687 |\n"
    assert said(text, FactKind.LINK) == [("etcd", "", "https://github.com/o/etcd")]


def test_code_answers_the_key_before_it() -> None:
    text = "# Stores\n## RocksDB\nInstall:\n\n```bash\nmake all\n```\n"
    (code,) = [fact for fact in read(text) if fact.kind is FactKind.CODE]
    assert (code.entity, code.attribute, code.value) == ("RocksDB", "Install", "make all")
    assert code.quote == "```bash\nmake all\n```"


def test_definition_lists() -> None:
    text = "Quorum\n: more than half of the replicas\n"
    (fact,) = read(text)
    assert (fact.kind, fact.entity, fact.value) == (FactKind.KEY, "Quorum", "more than half of the replicas")
    assert (fact.quote, fact.location) == ("Quorum\n: more than half of the replicas", Lines(1, 2))


def test_a_key_that_names_a_thing_is_about_it() -> None:
    text = "| Name | Port |\n|---|---|\n| etcd | 2379 |\n| Neo4j | 7687 |\n\n- etcd: small and picky\n"
    assert said(text, FactKind.KEY) == [("etcd", "", "small and picky")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # about what it begins with; those behind it in the paragraph mention that
            "The Ibis is heavy. Its bell rings.\n",
            [("Ibis", "The Ibis is heavy.", ()), ("", "Its bell rings.", ("ibis",))],
        ),
        (  # up to the next that begins with a thing
            "Ibis rolls well. It squeaks. Tern folds. It rattles.\n",
            [
                ("Ibis", "Ibis rolls well.", ()),
                ("", "It squeaks.", ("ibis",)),
                ("Tern", "Tern folds.", ()),
                ("", "It rattles.", ("tern",)),
            ],
        ),
        (  # a paragraph of its own begins anew
            "Ibis rolls well.\n\nRain came.\n",
            [("Ibis", "Ibis rolls well.", ()), ("", "Rain came.", ())],
        ),
        (  # a thing further on is not what the paragraph is about
            "We rode the Ibis. Rain came.\n",
            [("", "We rode the Ibis.", ("ibis",)), ("", "Rain came.", ())],
        ),
        (  # but what a pronoun may stand for
            "We rode the Ibis. It squeaks. Rain came.\n",
            [("", "We rode the Ibis.", ("ibis",)), ("", "It squeaks.", ("ibis",)), ("", "Rain came.", ())],
        ),
        (  # nor is another word that begins like it
            "Ibises fly. They honk.\n",
            [("", "Ibises fly.", ()), ("", "They honk.", ())],
        ),
        (
            "白鹭车很轻。铃很响。\n",
            [("白鹭车", "白鹭车很轻。", ()), ("", "铃很响。", ("白鹭车",))],
        ),
    ],
)
def test_what_a_paragraph_opens_with(text: str, expected: list[tuple[str, str, tuple[str, ...]]]) -> None:
    table = "# Bikes\n\n| Name | Frame |\n|---|---|\n| Ibis | steel |\n| Tern | carbon |\n| 白鹭车 | 铝 |\n\n"
    found = [fact for fact in read(f"{table}{text}") if fact.kind is FactKind.STATEMENT]

    assert [(fact.entity, fact.value, things(fact)) for fact in found] == expected


def things(fact: Fact) -> tuple[str, ...]:
    """Those of a fact's mentions that are things of the note."""
    return tuple(key for key in fact.mentions if key in ("ibis", "tern", "白鹭车"))


def test_in_a_section_about_a_thing_a_sentence_is_about_that() -> None:
    text = "# Bikes\n\n## Ibis\n\n- Frame: steel\n\n## Tern\n\n- Frame: carbon\n\nIbis is lighter. It folds.\n"
    found = [fact for fact in read(text) if fact.kind is FactKind.STATEMENT]

    assert [(fact.entity, things(fact)) for fact in found] == [("Tern", ("ibis",)), ("Tern", ())]


def test_sentences_with_their_lines() -> None:
    text = "# Cameras\n## X-T5\n轻便。很快！\n也便宜。\n"
    assert [(f.value, f.location) for f in read(text)] == [
        ("轻便。", Lines(3, 3)),
        ("很快！", Lines(3, 3)),
        ("也便宜。", Lines(4, 4)),
    ]


PIECES = (
    "# 标题",
    "## RocksDB",
    "### 2. 富士 X-T5（小钢炮）",
    "- 重量：557g",
    "  - 含电池",
    "优点：",
    "- 2023-05-10 Z8 开卖，缺货",
    "| 型号 | 像素 |\n|---|---|\n| Z8 | 4571万<br>很高 |\n| | [链接](https://e.org/z8) |",
    "| | A1 | B2 |\n|---|---|---|\n| 价 | 1 | 2 |",
    "| 药名 | 用法 |\n|---|---|\n| 青霉素 | " + "很长的话；" * 30 + " |",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>",
    "正文一句。又一句 `code` **粗** [名](https://e.org/a(b))。",
    "说明（https://e.org/x）：" + "按住三秒，松开，" * 12 + "（https://e.org/y）再等。",
    "> 引用：值",
    "```\ncode\n```",
    "Quorum\n: half\\_ed",
    "1、Brompton",
    "\t缩进 &amp; 实体",
    "**Key** value",
    "长" * 90 + "。" + "句子" * 50,
    "[^1]: 注\r",
    "见 [m][m]\n\n[m]: https://e.org",
    "",
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(("\n", "\n\n"))), max_size=12))
def test_quotes_are_exact_in_any_note(parts: list[tuple[str, str]]) -> None:
    text = "".join(piece + end for piece, end in parts)
    found = read(text)
    assert not misquoted(text, found)
    assert [fact.ordinal for fact in found] == list(range(len(found)))
    assert read(text) == found


@pytest.mark.skipif(not NOTES, reason="no notes beside this checkout")
@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_quotes_are_exact_in_real_notes(path: Path) -> None:
    text = decode(path.read_bytes(), name=path.name).text
    found = read(text)
    assert found
    assert not misquoted(text, found)
    assert all(fact.value.strip() for fact in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# Korv-200 减速机\n\n厂家：北河\n\n价格：2300 元\n\n## 备注\n\n跑了两年。\n",
            [("Korv-200", "厂家", "北河"), ("Korv-200", "价格", "2300 元")],
        ),
        (
            "# Zuna Q7\n\n| 重量 | 产地 |\n|--|--|\n| 3 kg | 苏州 |\n",
            [("Zuna Q7", "重量", "3 kg"), ("Zuna Q7", "产地", "苏州")],
        ),
        # a survey's title with a line or two about the survey itself is no thing
        (
            "# 减速机调研\n\n整理人：阿岑\n\n更新：三月\n\n## 总表\n\n略\n",
            [("", "整理人", "阿岑"), ("", "更新", "三月")],
        ),
    ],
)
def test_a_note_may_be_the_page_of_one_thing(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = said(text, FactKind.KEY, FactKind.CELL)

    assert found == expected


def test_what_a_named_key_line_goes_on_to_say_is_about_the_thing() -> None:
    text = (
        "| Pump | Maker | Weight |\n|---|---|---|\n| P5 | Otter | 4 |\n| P6 | Lutra | 5 |\n\n"
        "Lutra: Aino Laine got the idea while bailing out a boat; "
        "she founded the firm in 1986. It is noisy above 40 Hz.\n"
    )

    assert [fact.entity for fact in read(text) if fact.value == "It is noisy above 40 Hz."] == ["Lutra"]


@pytest.mark.parametrize(
    ("text", "backs"),
    [
        ("Ida Holm started Merganser. It raised $4 million. Its office is in Oslo. The rest left.\n", [1, 2]),
        ("创始人做了 Merganser。它后来融了四百万。其中一半已经花掉。\n", [1]),
        ("It rained.\n", []),
    ],
)
def test_a_sentence_that_opens_with_a_pronoun_is_about_what_the_one_before_names(text: str, backs: list[int]) -> None:
    found = read(text)

    assert [at for at, fact in enumerate(found) if at and "merganser" in fact.mentions] == backs


@pytest.mark.parametrize("sentence", ["Italy is far.", "其他的没查。", "Theirs was lost.", "Merganser sold it."])
def test_other_words_at_the_beginning_point_nowhere_back(sentence: str) -> None:
    found = read(f"Ida Holm started Merganser Two. {sentence}\n")

    assert "merganser two" not in found[-1].mentions
    assert "mergansertwo" not in found[-1].mentions


def test_a_heading_with_nothing_below_it_says_that_its_thing_stands_there() -> None:
    text = "# 待看\n\n## 1. Foo-Bar9\n\n一句话。\n\n## 2. Quux-Zed7\n\n## 3. Baz-Lot5\n\n又一句。\n"

    assert ("Quux-Zed7", "", "2. Quux-Zed7") in said(text, FactKind.STATEMENT)
    assert [f.entity for f in read(text) if "Foo-Bar9" in f.value] == []


def test_a_log_and_a_topic_in_two_languages_are_no_things() -> None:
    text = (
        "# Yard\n## Log\n12 Mar 2024: hull cracked\n2 Apr 2024: hull mended\n"
        "## Meter 仪表\n- bought: 3\n## Yields and costs\n- Oats: 3 t\n- Rye: 4 t\n"
    )

    assert {fact.entity for fact in read(text)} == {""}
    assert [fact.date for fact in read(text) if fact.kind is FactKind.EVENT] == ["2024-03-12", "2024-04-02"]
