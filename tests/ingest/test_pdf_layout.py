"""Pages in columns: order, headings, joins, running heads, tables with captions, references, boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.chunk import chunk
from ingest.entities import names
from ingest.facts import facts
from ingest.pdf import Paper, read_pdf
from rag.types import Block, BlockKind, Page, Table
from tests.ingest.typeset import LEFT, Sheet, chinese, english, library, save


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    return read_pdf(english(tmp_path_factory.mktemp("pdf") / "plover.pdf"))


def told(paper: Paper) -> list[tuple[int, str, str]]:
    found = []
    for block in paper.blocks:
        assert isinstance(block.location, Page)
        found.append((block.location.number, block.kind.value, block.text.split("\n")[0]))
    return found


def test_columns_are_read_one_after_the_other_and_paragraphs_joined(paper: Paper) -> None:
    assert told(paper) == [
        (1, "heading", "Plover: A Family of Compact Lenses"),
        (1, "paragraph", "Mara Lindqvist, Tomas Oyelaran, Wei Zhang Northern Optics Institute"),
        (1, "heading", "Abstract"),
        (
            1,
            "paragraph",
            "We introduce Plover, a family of compact lenses for mirrorless cameras. The glass was melted in eleven "
            "batches, and every batch was measured on the same bench for three weeks.",
        ),
        (1, "heading", "1 Introduction"),
        (
            1,
            "paragraph",
            "Compact lenses trade sharpness for weight. The efficient design of Plover uses six elements in four "
            "groups, which keeps the weight below that of comparable lenses while the corner sharpness stays high. "
            "Training the operators took two months and needed a bench that cost more than the melting furnace "
            "itself.",
        ),
        (1, "heading", "2 Method"),
        (
            1,
            "paragraph",
            "Each lens was measured at five apertures on a bench with 2048 sensors. The measurements ran for 21 days, "
            "and the results were averaged over all of the apertures.",
        ),
        (
            2,
            "paragraph",
            "The furnace reached a temperature of 1430 degrees on every working day. It was then cooled for ten hours.",
        ),
        (2, "heading", "3 Results"),
        (2, "paragraph", "Table 1: Weight and price of the lenses."),
        (2, "table", "Lens\tWeight (g)\tPrice (USD)"),
        (2, "paragraph", "The Plover-50 weighs less than any other lens of its class that we could buy."),
        (2, "heading", "References"),
        (2, "reference", "Ada Birch. 2019. Heron: lenses for birds. In Journal of Glass, pages 11-19."),
        (2, "reference", "Ole Finch. 2020. Swift cooling of glass costs 9999 dollars. In Furnace Letters."),
    ]


def test_pages_hold_their_blocks_and_no_running_heads(paper: Paper) -> None:
    for number, page in enumerate(paper.pages, 1):
        texts = [b.text for b in paper.blocks if isinstance(b.location, Page) and b.location.number == number]
        assert page == "\n\n".join(texts)
        assert "Workshop on Optics" not in page


def table_of(paper: Paper) -> Block:
    return next(block for block in paper.blocks if block.table is not None)


def test_a_table_has_headers_rows_and_its_caption(paper: Paper) -> None:
    block = table_of(paper)
    assert block.table is not None
    assert block.heading == (
        "Plover: A Family of Compact Lenses",
        "3 Results",
        "Table 1: Weight and price of the lenses.",
    )
    assert block.table.header == ("Lens", "Weight (g)", "Price (USD)")
    assert [row.cells for row in block.table.rows] == [
        ("Plover-50", "310", "899"),
        ("Plover-85", "540", "1299"),
        ("Heron-35", "275", "649"),
    ]


def test_facts_quote_the_page_and_name_the_box_of_their_lines(paper: Paper) -> None:
    text = "\f".join(paper.pages)
    found = facts("p.pdf", text, paper.blocks, names("p.pdf", paper.blocks))
    for fact in found:
        assert isinstance(fact.location, Page)
        assert fact.location.box is not None
        assert fact.quote in paper.pages[fact.location.number - 1]
    assert not [fact for fact in found if "9999" in fact.value]
    cell = next(fact for fact in found if fact.value == "540")
    assert (cell.entity, cell.attribute, cell.quote) == ("Plover-85", "Weight (g)", "Plover-85\t540\t1299")
    sensors = next(fact for fact in found if "2048" in fact.value)
    whole = next(block.location for block in paper.blocks if "2048" in block.text)
    assert isinstance(sensors.location, Page)
    assert isinstance(whole, Page)
    assert sensors.location.box is not None
    assert whole.box is not None
    assert sensors.location.box[3] < whole.box[3]


def test_passages_leave_references_out(paper: Paper) -> None:
    found = chunk("p.pdf", "\f".join(paper.pages), paper.blocks)
    assert not [passage for passage in found if "Furnace Letters" in passage.text]
    for passage in found:
        assert isinstance(passage.location, Page)
        assert passage.text in paper.pages[passage.location.number - 1]


def test_a_chinese_paper(tmp_path: Path) -> None:
    paper = read_pdf(chinese(tmp_path / "heron.pdf"))
    assert paper.title == "苍鹭:一种轻便镜头的设计"
    assert told(paper) == [
        (1, "heading", "苍鹭:一种轻便镜头的设计"),
        (1, "paragraph", "林晓,周远航"),
        (1, "heading", "摘要"),
        (
            1,
            "paragraph",
            "本文提出了苍鹭,一种面向无反相机的轻便镜头。镜片在五个批次中熔炼,每个批次都经过三周的测量。",
        ),
        (1, "heading", "一、实验结果"),
        (1, "paragraph", "表1:镜头的重量与价格"),
        (1, "table", "镜头\t重量\t价格"),
    ]
    table = table_of(paper).table
    assert table is not None
    assert [row.cells for row in table.rows] == [("苍鹭-35", "275克", "649元"), ("苍鹭-85", "540克", "1299元")]


def test_without_the_layout_model_the_text_is_the_same_words(tmp_path: Path) -> None:
    path = english(tmp_path / "plover.pdf")
    plain = read_pdf(path, layout=False)
    assert not [block for block in plain.blocks if block.kind is BlockKind.TABLE]
    assert sorted("".join(plain.pages).split()) == sorted("".join(read_pdf(path).pages).split())


def test_a_turned_page_is_read_and_its_boxes_are_those_of_the_page_as_shown(tmp_path: Path) -> None:
    document = library().open()
    page = document.new_page(width=600, height=800)
    for number, row in enumerate(["Lens Weight", "Plover 310", "Heron 275"]):
        page.insert_text((100 + 20 * number, 700), row, fontsize=11, rotate=90)
    paper = read_pdf(save(document, tmp_path / "turned.pdf"))
    assert paper.pages[0].split() == ["Lens", "Weight", "Plover", "310", "Heron", "275"]
    box = next(block.location.box for block in paper.blocks if isinstance(block.location, Page))
    assert box is not None
    assert 85 < box[0] < 100
    assert 690 < box[3] < 710


def test_a_page_rotated_by_its_entry_has_boxes_as_shown(tmp_path: Path) -> None:
    document = library().open()
    sheet = Sheet(document)
    sheet.lines(["A line that is set near the top of the page."])
    document[0].set_rotation(180)
    path = save(document, tmp_path / "rotated.pdf")
    paper = read_pdf(path)
    assert paper.pages == ("A line that is set near the top of the page.",)
    location = paper.blocks[0].location
    assert isinstance(location, Page)
    assert location.box is not None
    height = 842
    assert location.box[1] > height / 2
    assert location.box[0] > LEFT


def test_a_group_and_its_members_in_two_columns_name_a_row_together(tmp_path: Path) -> None:
    document = library().open()
    sheet = Sheet(document)
    sheet.lines(["Table 1: Sharpness of the lenses by class."], size=9)
    rows = [["", "", "Centre", "Corner"], ["Plover", "50", "71.5", "60.2"], ["", "85", "73.1", "64.4"]]
    sheet.table([*rows, ["Heron", "35", "66.0", "52.9"], ["", "85", "69.3", "55.1"]], [0, 50, 100, 160])
    table = table_of(read_pdf(save(document, tmp_path / "t.pdf"))).table
    assert table is not None
    assert table.header == ("", "Centre", "Corner")
    assert [row.cells for row in table.rows] == [
        ("Plover 50", "71.5", "60.2"),
        ("Plover 85", "73.1", "64.4"),
        ("Heron 35", "66.0", "52.9"),
        ("Heron 85", "69.3", "55.1"),
    ]


def ruled(tmp_path: Path, rows: Sequence[Sequence[tuple[float, str]]], rules: list[int], *uprights: float) -> Table:
    """The table that is read where each row sets its texts at their places, with rules above the given rows, 0 the
    first, and upright ones through all rows."""
    document = library().open()
    sheet = Sheet(document)
    sheet.lines(["Table 1: What was measured on the bench in all three of the weeks of that summer."], size=9)
    top = sheet.y
    for number, row in enumerate(rows):
        if number in rules:
            sheet.rule(LEFT - 4, LEFT + 320)
        sheet.y += 12
        for x, text in row:
            sheet.page.insert_text((LEFT + x, sheet.y), text, fontname="helv", fontsize=9)
        sheet.y += 3 if number + 1 in rules else 0
    sheet.y += 3
    sheet.rule(LEFT - 4, LEFT + 320)
    for x in uprights:
        sheet.page.draw_line((LEFT + x, top + 2), (LEFT + x, sheet.y - 2), width=0.5)
    sheet.y += 20
    sheet.lines(["The lenses were measured in the order in which they had left the furnace, and twice each."])
    table = table_of(read_pdf(save(document, tmp_path / "t.pdf"))).table
    assert table is not None
    return table


def cells(table: Table) -> list[tuple[str, ...]]:
    return [table.header, *(row.cells for row in table.rows)]


def test_an_upright_rule_parts_headers_that_stand_close_together(tmp_path: Path) -> None:
    rows = [
        [(0, "Lens and maker"), (74, "# Sold"), (190, "Bench tests")],
        [(74, "in all"), (130, "Centre"), (200, "Edge"), (270, "Corner")],
        [(0, "Plover"), (74, "310"), (130, "71.5"), (200, "65.1"), (270, "60.2")],
        [(0, "Heron"), (74, "275"), (130, "66.0"), (200, "59.3"), (270, "52.9")],
    ]
    assert cells(ruled(tmp_path, rows, [0, 2], 70.5, 112.0)) == [
        ("Lens and maker", "# Sold / in all", "Bench tests / Centre", "Bench tests / Edge", "Bench tests / Corner"),
        ("Plover", "310", "71.5", "65.1", "60.2"),
        ("Heron", "275", "66.0", "59.3", "52.9"),
    ]


def test_a_value_in_the_middle_of_several_columns_stands_in_each(tmp_path: Path) -> None:
    rows = [
        [(0, "Setting"), (60, "Of"), (110, "Centre"), (160, "Edge"), (210, "Corner"), (260, "Rim")],
        [(0, "Light"), (60, "-"), (186, "LED")],
        [(0, "Batch"), (60, "-"), (113, "20"), (163, "20"), (213, "40"), (263, "80")],
        [(0, "Repeats"), (60, "twice"), (178, "a = b = 8")],
    ]
    assert cells(ruled(tmp_path, rows, [0, 1]))[1:] == [
        ("Light", "-", "LED", "LED", "LED", "LED"),
        ("Batch", "-", "20", "20", "40", "80"),
        ("Repeats", "twice", "a = b = 8", "a = b = 8", "a = b = 8", "a = b = 8"),
    ]


def test_a_label_in_the_middle_of_its_group_names_all_of_it_over_two_lines(tmp_path: Path) -> None:
    rows = [
        [(0, "Lens"), (100, "Point"), (180, "Sharpness")],
        [(0, "Heron"), (100, "centre"), (180, "66.0")],
        [(100, "centre"), (180, "71.5")],
        [(0, "Plover, melt-"), (100, "edge"), (180, "65.1")],
        [(0, "ed twice"), (100, "corner"), (180, "60.2")],
        [(100, "rim"), (180, "58.8")],
    ]
    assert [row[0] for row in cells(ruled(tmp_path, rows, [0, 1, 2]))] == [
        "Lens",
        "Heron",
        *["Plover, melted twice"] * 4,
    ]


def test_numbers_above_the_first_rule_are_headers_where_those_below_look_otherwise(tmp_path: Path) -> None:
    rows = [
        [(0, "Sensors"), (100, "32"), (180, "16")],
        [(0, "Apertures"), (100, "512"), (180, "256")],
        [(0, "Plover"), (100, "1449.4 (+2%)"), (180, "338.0 (+5%)")],
        [(0, "Heron"), (100, "1482.0 (+3%)"), (180, "354.8 (+8%)")],
    ]
    assert cells(ruled(tmp_path, rows, [0, 2]))[0] == ("Sensors / Apertures", "32 / 512", "16 / 256")


def test_marks_beside_the_rules_are_no_column(tmp_path: Path) -> None:
    rows = [
        [(0, "Lens"), (120, "Weight"), (220, "Price")],
        [(0, "Plover"), (120, "310"), (220, "899")],
        [(-20, "(1)"), (0, "Heron"), (120, "275"), (220, "649")],
        [(-20, "(2)"), (0, "Swift"), (120, "540"), (220, "1299")],
    ]
    assert cells(ruled(tmp_path, rows, [0, 1, 2])) == [
        ("Lens", "Weight", "Price"),
        ("Plover", "310", "899"),
        ("Heron", "275", "649"),
        ("Swift", "540", "1299"),
    ]


def test_contents_pages_state_nothing(tmp_path: Path) -> None:
    document = library().open()
    sheet = Sheet(document)
    sheet.heading("Contents", size=16)
    sheet.lines(
        [f"{n} {name} {'.' * 60} {10 * n}" for n, name in enumerate(["Glass", "Lenses", "Furnaces", "Prices"], 1)]
    )
    paper = read_pdf(save(document, tmp_path / "report.pdf"))
    assert [block.kind for block in paper.blocks if "...." in block.text] == [BlockKind.FIGURE]
    assert not [fact for fact in facts("p.pdf", "\f".join(paper.pages), paper.blocks, ()) if "...." in fact.quote]


LONG = [["Lens", "Weight (g)", "Price (USD)"], *([f"Plover-{n}", str(300 + n), str(899 + n)] for n in range(30, 54))]


@pytest.mark.parametrize(
    ("above", "second"),
    [
        ([], LONG[13:]),
        (["(continued)"], [LONG[0], *LONG[13:]]),
    ],
)
def test_a_table_over_two_pages_has_its_headers_and_caption_on_both(
    tmp_path: Path, above: list[str], second: list[list[str]]
) -> None:
    document = library().open()
    sheet = Sheet(document)
    sheet.lines(["The lenses were measured in the order in which they had left the furnace, and twice."] * 3)
    sheet.y = 560
    sheet.lines(["Table 2-1: Weight and price of the lenses."], size=9)
    sheet.table(LONG[:13], [0, 90, 180])
    sheet = Sheet(document)
    for text in above:
        sheet.lines([text], size=9)
    sheet.table(second, [0, 90, 180])
    sheet.lines(["The lenses were sold in the order in which they had been measured, and once each."] * 3)
    paper = read_pdf(save(document, tmp_path / "report.pdf"))
    parts = [block for block in paper.blocks if block.table is not None]
    assert [block.heading[-1] for block in parts] == ["Table 2-1: Weight and price of the lenses."] * 2
    assert [block.table.header for block in parts if block.table] == [tuple(LONG[0])] * 2
    read = [row.cells for block in parts if block.table for row in block.table.rows]
    assert read == [tuple(row) for row in LONG[1:]]


def test_rows_with_numbers_are_rows_where_rules_part_groups(tmp_path: Path) -> None:
    rows = [
        [(0, "Family"), (60, "Lens"), (120, "Weight"), (170, "Drawback")],
        [(0, "Plovers"), (60, "fifty"), (120, "310"), (170, "melts in the sun, and")],
        [(170, "must be kept cool")],
        [(60, "eighty"), (120, "540"), (170, "costs too much")],
        [(0, "Herons"), (60, "thirty"), (120, "275"), (170, "breaks easily when")],
        [(170, "it is dropped")],
        [(0, "Swifts"), (60, "ninety"), (120, "615"), (170, "is heavy to carry")],
    ]
    table = ruled(tmp_path, rows, [0, 1, 4, 6])
    assert [row.cells for row in table.rows] == [
        ("Plovers", "fifty", "310", "melts in the sun, and must be kept cool"),
        ("Plovers", "eighty", "540", "costs too much"),
        ("Herons", "thirty", "275", "breaks easily when it is dropped"),
        ("Swifts", "ninety", "615", "is heavy to carry"),
    ]
