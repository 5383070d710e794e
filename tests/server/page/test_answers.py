"""Answers: tables that sort, copy and save; conflicts side by side; feedback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.server.page.conftest import Visit, ask


def _cells(page: Page, column: int) -> list[str]:
    return page.locator(f".turn tbody tr > :nth-child({column})").all_inner_texts()


@pytest.mark.parametrize(
    ("locale", "question", "heads", "verdicts"),
    [
        ("en-US", "which cameras are waterproof", ["Thing", "Verdict", "What the notes say"], ["yes", "no"]),
        ("zh-CN", "哪些相机防水", ["条目", "结论", "笔记怎么说"], ["是", "否"]),
    ],
)
def test_a_list_is_a_table_that_sorts(
    visit: Visit, shelves: str, locale: str, question: str, heads: list[str], verdicts: list[str]
) -> None:
    page = visit(shelves, locale=locale)
    ask(page, question)
    expect(page.locator(".turn thead th")).to_have_text(heads)
    expect(page.locator(".turn .verdict .icon")).not_to_have_count(0)
    assert set(_cells(page, 2)) == set(verdicts)

    head = page.locator(".turn thead button").first
    head.click()
    expect(page.locator(".turn thead th").first).to_have_attribute("aria-sort", "ascending")
    ascending = _cells(page, 1)
    head.click()
    expect(page.locator(".turn thead th").first).to_have_attribute("aria-sort", "descending")
    assert ascending == sorted(ascending, key=str.casefold)
    assert _cells(page, 1) == ascending[::-1]


def test_a_list_is_saved_as_csv_and_copied(visit: Visit, shelves: str, tmp_path: Path) -> None:
    page = visit(shelves)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "which cameras are waterproof")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    saved = tmp_path / "list.csv"
    download.value.save_as(saved)

    assert download.value.suggested_filename == "list.csv"
    first, second, *_ = saved.read_bytes().decode("utf-8-sig").split("\r\n")
    assert first == "Thing,Verdict,What the notes say"
    assert second.startswith("Heron X1,yes,")
    assert "notes/cameras.md, line 7" in second
    page.get_by_role("button", name="Copy the table").click()
    expect(page.locator("#announce")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("Thing\tVerdict\t")


def test_a_spreadsheet_gets_no_formula(visit: Visit, staged: str) -> None:
    page = visit(staged)
    script = "async (rows) => (await import('/tables.js')).csv(rows)"
    rows = [["=HYPERLINK(1)", "@x", "-5", "+1.5%", "-x", 'a "b", c', "+cmd"]]

    assert page.evaluate(script, rows) == '\'=HYPERLINK(1),\'@x,-5,+1.5%,\'-x,"a ""b"", c",\'+cmd\r\n'


def test_a_comparison_has_a_column_for_each_thing(visit: Visit, shelves: str) -> None:
    page = visit(shelves)
    ask(page, "compare Kestrel 50mm and Merlin 85mm")

    expect(page.locator(".turn thead th")).to_have_text(["Attribute", "Kestrel 50mm", "Merlin 85mm"])
    row = page.locator(".turn tbody tr", has_text="Aperture")
    expect(row.locator("td").first).to_contain_text("f/1.4")
    expect(row.locator("td").last).to_contain_text("f/1.8")
    row.locator("td .mark").last.click()
    expect(page.locator("#source .cited mark")).to_have_text("f/1.8")


@pytest.mark.parametrize(
    ("locale", "heading"),
    [("en-US", "The notes disagree on 流萤 · 许可"), ("zh-CN", "笔记说法不一：流萤 · 许可")],
)
def test_conflicts_stand_side_by_side(visit: Visit, staged: str, locale: str, heading: str) -> None:
    page = visit(staged, locale=locale)
    ask(page, "q")
    expect(page.locator(".conflict h3")).to_have_text(heading)
    expect(page.locator(".sides .value")).to_have_text(["可商用", "Apache 2.0"])
    boxes = [page.locator(".sides li").nth(at).bounding_box() for at in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]

    page.locator(".sides .mark").first.click()
    expect(page.locator("#source .cited mark")).to_have_text("可商用")


def test_feedback_is_sent(visit: Visit, staged: str) -> None:
    sent: list[dict[str, object]] = []

    def take(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(status=201, json={"id": 1})

    page = visit(staged, before=lambda page: page.route("**/api/feedback", take))
    ask(page, "q")
    page.get_by_role("button", name="Good answer").click()
    expect(page.locator(".feedback")).to_have_text("Thank you, noted.")
    page.get_by_role("button", name="Wrong or incomplete").click()
    page.get_by_label("The right answer").fill("13B")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".feedback")).to_have_text("Thank you, noted.")

    assert [one["rating"] for one in sent] == ["up", "down"]
    assert sent[1] == {"rating": "down", "question": "q", "history": [], "correction": "13B", "comment": None}
