"""Views of the corpus: sources with freshness, things and their profile, the timeline."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.server.page.conftest import Visit


@pytest.mark.parametrize(
    ("locale", "states"),
    [
        ("en-US", ["file is gone", "changed since", "not read yet", "as read", "as read", "as read"]),
        ("zh-CN", ["文件不在了", "文件已改动", "尚未读取", "与文件一致", "与文件一致", "与文件一致"]),
    ],
)
def test_sources_tell_how_they_stand_to_the_files(visit: Visit, shelves: str, locale: str, states: list[str]) -> None:
    page = visit(f"{shelves}/#/sources", locale=locale)

    expect(page.locator(".files .state")).to_have_text(states)
    expect(page.locator(".files tbody tr").first).to_contain_text("notes/hostile.md")
    expect(page.locator(".files tr", has_text="papers/heron.pdf")).to_contain_text("2")


def test_what_cannot_be_read_tells_why(visit: Visit, shelves: str) -> None:
    rows = {
        "generation": 3, "problem": "the corpus notes does not exist", "corpus": "notes",
        "sources": [{"path": "a.md", "kind": "note", "title": "A <b>", "repair": "encoding undone, sure", "total": 3,
                     "state": "failed", "reason": "permission denied"}],
    }  # fmt: skip
    page = visit(
        f"{shelves}/#/sources",
        before=lambda page: page.route("**/api/corpus/sources", lambda route: route.fulfill(json=rows)),
    )

    expect(page.locator(".files tbody tr")).to_contain_text("permission denied")
    expect(page.locator(".files tbody tr")).to_contain_text("mended: encoding undone, sure")
    expect(page.locator(".files tbody tr")).to_contain_text("A <b>")
    expect(page.locator(".notice")).to_have_text("The files cannot be compared: the corpus notes does not exist")


def test_changes_are_read_from_here_and_what_fails_is_told(visit: Visit, shelves: str) -> None:
    summary = {
        "generation": 2, "added": 0, "changed": 1, "removed": 1,
        "failed": [{"path": "notes/late.md", "reason": "is no text"}],
    }  # fmt: skip
    page = visit(
        f"{shelves}/#/sources",
        before=lambda page: page.route("**/api/ingest", lambda route: route.fulfill(json=summary)),
    )
    page.get_by_role("button", name="Read the changes now").click()

    expect(page.locator(".files tr", has_text="notes/late.md")).to_contain_text("cannot be read")
    expect(page.locator(".files tr", has_text="notes/late.md")).to_contain_text("is no text")
    expect(page.locator("#announce")).to_have_text("Generation 2: 0 added, 1 changed, 1 removed, 1 not readable.")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_thing_is_found_and_its_profile_read(visit: Visit, shelves: str, locale: str) -> None:
    page = visit(f"{shelves}/#/things", locale=locale)
    page.locator("#view input[type=search]").fill("HERON x")
    expect(page.locator(".things li")).to_have_count(1)
    page.locator(".things a").click()

    expect(page.locator("#view h2")).to_have_text("Heron X1")
    price = page.locator(".pair", has_text="价格")
    expect(price).to_have_class("pair disputed")
    expect(price.locator(".said")).to_have_count(2)
    price.locator(".mark").last.click()
    expect(page.locator("#source .cited mark")).to_have_text("5,299元")
    page.keyboard.press("Escape")
    expect(price.locator(".mark").last).to_be_focused()


def test_a_thing_is_asked_about(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/thing/Plover")
    page.get_by_role("button", name="Ask about it").click()

    expect(page.locator(".asked")).to_have_text("Tell me about Plover")
    expect(page.locator(".answer")).to_contain_text("800元")


def test_an_unknown_thing_is_told(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/thing/Dodo", allow="status of 404")
    expect(page.locator("#view .bad")).to_contain_text("the notes know nothing called 'Dodo'")


def test_the_timeline_is_drawn_and_opens_its_places(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/timeline")
    entries = page.locator(".chronicle .entry")
    expect(entries.first).to_have_attribute("aria-label", "2020-02-02 Gull: Gull 上市. notes/hostile.md, line 7")
    dates = [str(entries.nth(at).get_attribute("aria-label"))[:7] for at in range(entries.count())]
    assert dates == sorted(dates)
    assert page.locator(".strip circle").count() == len(dates)

    plover = page.get_by_role("button", name="2023-01-10 Plover")
    plover.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source .cited")).to_contain_text("2023-01-10：Plover 上市")
    page.keyboard.press("Escape")
    expect(plover).to_be_focused()
    page.locator(".strip circle").first.click()
    expect(entries.first).to_be_focused()


def test_the_timeline_is_narrowed_down(visit: Visit, shelves: str) -> None:
    page = visit(f"{shelves}/#/timeline", locale="zh-CN")
    page.get_by_role("button", name="2023", exact=True).click()
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_role("button", name="所有年份").click()
    page.get_by_label("筛选日期").fill("osprey")
    expect(page.locator(".entry")).to_have_count(2)
    for said in ("发布日期. notes/cameras.md, 第 15 行", "Osprey Z 上市. notes/shop.md, 第 12 行"):
        expect(page.get_by_role("button", name=f"2022-08 Osprey Z: {said}")).to_be_visible()


def test_views_are_reached_by_address_and_back(visit: Visit, shelves: str) -> None:
    page = visit(shelves)
    for name, view in (("Sources", "sources"), ("Matrix", "matrix"), ("Timeline", "timeline")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("#view h2")).to_have_text(name)
        expect(page.locator("#views [aria-current]")).to_have_text(name)
        assert page.url.endswith(f"#/{view}")
    page.go_back()
    expect(page.locator("#view h2")).to_have_text("Matrix")
    page.goto(f"{shelves}/#/nowhere")
    expect(page.locator("#question")).to_be_visible()
