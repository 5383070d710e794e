"""The matrix: cited cells, gaps and conflicts in sight, filters, sorting, a choice of attributes, the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.server.page.conftest import Visit


def _cell(page: Page, thing: str, attribute: str) -> int:
    """The number (from 1) of an attribute's cell in the row of a thing."""
    heads = page.locator(".grid thead th").all_inner_texts()
    expect(page.locator(".grid tbody tr", has_text=thing)).to_have_count(1)
    return heads.index(attribute) + 1


@pytest.mark.parametrize(
    ("locale", "gap", "summary"),
    [("en-US", "not stated", "things × "), ("zh-CN", "未写明", "个条目 × ")],
)
def test_every_cell_is_cited_and_gaps_and_conflicts_show(
    visit: Visit, shelves: str, locale: str, gap: str, summary: str
) -> None:
    page = visit(f"{shelves}/#/matrix", locale=locale)
    expect(page.locator(".matrix > .hint")).to_contain_text(summary)
    filled = page.locator(".grid tbody td:not(.gap)")
    assert filled.count() > 10
    assert page.locator(".grid tbody td:not(.gap):not(:has(.mark))").count() == 0

    price = _cell(page, "Heron X1", "价格")
    disputed = page.locator(".grid tbody tr", has_text="Heron X1").locator(f":nth-child({price})").first
    expect(disputed).to_have_class("conflict")
    expect(disputed.locator(".said")).to_have_count(2)
    expect(page.locator(".grid td.gap").first).to_have_text(gap)
    disputed.locator(".mark").first.click()
    expect(page.locator("#source .cited mark")).to_have_text("4,999元")


def test_it_is_filtered(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/matrix")
    page.get_by_label("Conflicts only").check()
    expect(page.locator(".grid tbody th")).to_have_text(["Heron X1"])
    expect(page.locator(".grid thead th")).to_have_text(["Thing", "价格"])
    page.get_by_label("With gaps only").check()
    expect(page.get_by_label("Conflicts only")).not_to_be_checked()
    assert page.locator(".grid tbody tr:not(:has(.gap))").count() == 0
    page.get_by_label("With gaps only").uncheck()
    page.get_by_label("Filter things").fill("osprey")
    expect(page.locator(".grid tbody th")).to_have_text(["Osprey Z"])
    page.get_by_label("Filter things").fill("nothing like it")
    expect(page.locator(".grid-place")).to_have_text("Nothing passes the filter.")


def test_it_is_sorted_by_any_column(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/matrix")
    page.locator(".grid thead button").first.click()
    expect(page.locator(".grid thead th").first).to_have_attribute("aria-sort", "ascending")
    names = page.locator(".grid tbody th").all_inner_texts()
    assert names == sorted(names, key=str.casefold)
    price = page.locator(".grid").get_by_role("button", name="价格", exact=True)
    price.click()
    expect(price).to_be_focused()
    expect(page.locator(".grid thead th[aria-sort=ascending]")).to_have_text("价格")
    expect(page.locator(".grid tbody th").last).not_to_have_text("Plover")


def test_attributes_are_chosen(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/matrix")
    page.locator(".chooser summary").click()
    page.get_by_role("button", name="None").click()
    expect(page.locator(".grid-place")).to_have_text("Nothing passes the filter.")
    page.get_by_label("Find an attribute").fill("aper")
    page.get_by_label("Aperture").check()
    expect(page.locator(".grid thead th")).to_have_text(["Thing", "Aperture"])
    expect(page.locator(".grid tbody th")).to_have_text(["Kestrel 50mm", "Merlin 85mm"])
    page.keyboard.press("Escape")
    expect(page.locator(".chooser summary")).to_be_focused()
    expect(page.get_by_label("Find an attribute")).to_be_hidden()


def test_alike_attributes_stand_together_or_apart(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/matrix")
    expect(page.locator(".grid thead")).not_to_contain_text("Price")
    page.get_by_label("Same meaning together").uncheck()
    expect(page.locator(".grid thead")).to_contain_text("Price")
    expect(page.locator(".grid thead")).to_contain_text("价格")


def test_it_is_walked_by_keyboard(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/matrix")
    cells = page.locator(".grid tbody td")
    expect(cells.first).to_be_visible()
    width = page.locator(".grid thead th").count() - 1
    cells.first.focus()
    page.keyboard.press("ArrowDown")
    expect(cells.nth(width)).to_be_focused()
    page.keyboard.press("End")
    expect(cells.nth(2 * width - 1)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(cells.nth(width + 1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cells.nth(1)).to_be_focused()
    expect(page.locator(".grid [tabindex='0']")).to_have_count(1)

    page.get_by_label("Filter things").fill("heron x1")
    page.locator(".grid td.conflict").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_be_focused()
    expect(page.locator("#source .cited")).to_be_in_viewport()


def test_it_is_saved_with_every_place(visit: Visit, shelves: str, tmp_path: Path) -> None:
    page = visit(f"{shelves}/#/matrix")
    page.get_by_label("Filter things").fill("heron x1")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "matrix.csv")

    saved = (tmp_path / "matrix.csv").read_text(encoding="utf-8-sig")
    assert '"4,999元 [notes/cameras.md:7] | 5,299元 [notes/shop.md:5]"' in saved


def test_it_stays_quick_with_many_things_and_attributes(visit: Visit, shelves: str) -> None:
    rows = [{"name": f"Bird {at}", "entity": f"Bird {at}", "filled": 40} for at in range(120)]
    columns = [{"name": f"Trait {at}", "wordings": [f"Trait {at}"], "filled": 60} for at in range(80)]
    place = {"source": "notes/shop.md", "lines": [5, 5], "page": None, "box": None, "quote": ""}
    told = [{"value": "some words of a note", "status": None, "qualifiers": [], **place}]
    cells = [
        {"row": row, "column": column, "state": "one", "statements": told, "more": 0}
        for row in range(120)
        for column in range(80)
        if (row + column) % 2
    ]
    body = {"rows": rows, "columns": columns, "cells": cells, "total": {"rows": 120, "columns": 80}}
    page = visit(
        f"{shelves}/#/matrix",
        before=lambda page: page.route("**/api/corpus/matrix*", lambda route: route.fulfill(json=body)),
    )
    page.locator(".chooser summary").click()
    page.get_by_role("button", name="All", exact=True).click()

    expect(page.locator(".grid tbody td")).to_have_count(9600)
    page.get_by_label("Filter things").fill("bird 119")
    expect(page.locator(".grid tbody tr")).to_have_count(1)
    heads = page.locator(".grid thead th").nth(70)
    heads.scroll_into_view_if_needed()
    expect(page.locator(".grid tbody th")).to_be_in_viewport()
