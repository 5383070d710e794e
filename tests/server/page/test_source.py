"""The source beside the answer: formatted with the cited part marked, as written, pages of papers."""

from __future__ import annotations

import json
import struct
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.server.page.conftest import Visit, ask
from tests.server.standin import Standin


def _png() -> bytes:
    """One white pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"\x00\xff")
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _open_note(page: Page, address: str, path: str) -> None:
    """Open a whole note from the sources view."""
    page.goto(f"{address}/#/sources")
    page.locator(".files tr", has_text=path).get_by_role("button").click()


def test_a_note_is_shown_formatted(visit: Visit, shelves: str) -> None:
    page = visit(shelves)
    _open_note(page, shelves, "notes/shop.md")
    note = page.locator("#source-text")

    expect(note.get_by_role("heading", level=3)).to_have_text("Shop prices")
    expect(note.get_by_role("heading", level=4)).to_have_text("时间线")
    expect(note.locator("th")).to_have_text(["Camera", "价格", "防水", "Note"])
    expect(note.locator("tbody tr").first.locator(".tick.yes")).to_have_count(1)
    expect(note.locator("tbody tr").nth(1).locator(".tick.no")).to_have_count(1)
    expect(note.locator("code")).to_have_text("mirrorless")
    expect(note.locator("strong")).to_have_text("heavy")
    expect(note.locator("a")).to_have_attribute("href", "https://shop.example/heron")
    expect(note.locator("a")).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(note.locator(".item")).to_have_count(3)


@pytest.mark.parametrize(
    ("locale", "written", "formatted"), [("en-US", "As written", "Formatted"), ("zh-CN", "原文", "排版")]
)
def test_the_lines_are_shown_as_written_and_that_is_kept(
    visit: Visit, served: str, locale: str, written: str, formatted: str
) -> None:
    page = visit(served, locale=locale)
    ask(page, "Osprey Z 的价格")
    page.locator(".answer .mark").first.click()
    page.get_by_role("button", name=written).click()

    expect(page.locator(".line.cited")).to_contain_text("| 4500万 | 12,800元 | 否 | 2022-08 |")
    expect(page.locator(".line.cited mark")).to_contain_text("12,800元")
    expect(page.locator(".line.cited .number")).to_have_text("15")
    page.locator("#source-close").click()
    page.locator(".answer .mark").first.click()
    expect(page.locator(".line.cited")).to_be_in_viewport()
    page.get_by_role("button", name=formatted).click()
    expect(page.locator("tr.cited td").nth(1)).to_have_text("12,800元")


def test_more_of_a_long_note_can_be_shown(visit: Visit, staged: str) -> None:
    page = visit(staged)
    ask(page, "q")
    page.locator(".answer .mark").first.click()
    page.get_by_role("button", name="As written").click()
    expect(page.locator("#source .line")).to_have_count(67)

    page.get_by_role("button", name="More below").click()
    expect(page.locator("#source .line")).to_have_count(79)
    expect(page.locator("button.more")).to_have_count(0)


def test_text_from_notes_is_never_markup(visit: Visit, staged: str) -> None:
    page = visit(staged)
    ask(page, "q")
    page.locator(".answer .mark").first.click()

    expect(page.locator("#source-text")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".answer")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("#source-text img, .answer script, #source-text b").count() == 0


def test_a_hostile_note_stays_text_in_every_view(visit: Visit, shelves: str) -> None:
    page = visit(shelves)
    _open_note(page, shelves, "notes/hostile.md")
    expect(page.locator("#source-text")).to_contain_text("onerror=alert(1)")
    expect(page.locator("#source-text .unlinked")).to_have_text("click")
    for view in ("things", "thing/Gull", "matrix", "timeline"):
        page.goto(f"{shelves}/#/{view}")
        expect(page.locator("#view h2")).to_be_visible()
        expect(page.locator("#view .hint.bad")).to_have_count(0)
        outside = (
            "#view script, #view img, #view b[onclick], #view a[href^='javascript'], #view [onload], #view [onerror]"
        )
        assert page.locator(outside).count() == 0


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//evil.example/x",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_only_web_addresses_become_links(visit: Visit, staged: str, target: str) -> None:
    page = visit(staged)
    script = """async (text) => {
        const { inline } = await import('/text.js');
        const box = document.createElement('div');
        box.append(...inline(text));
        return [box.querySelectorAll('a').length, box.textContent];
    }"""
    links, shown = page.evaluate(script, f"see [here]({target}) **now**")

    assert links == 0
    assert shown.startswith("see ")
    assert shown.endswith(" now")


def test_hostile_markup_costs_little(visit: Visit, staged: str) -> None:
    page = visit(staged)
    script = """async (parts) => {
        const { inline } = await import('/text.js');
        const shown = (text) => inline(text).map((node) => node.textContent ?? node).join('');
        return parts.map((part) => shown(part.repeat(4000)).length > 0);
    }"""
    parts = ["**a", "[x](", "`", "~~", "![", "*a", "<http://", "https://a)", "[[", "\\"]
    assert page.evaluate(script, parts) == [True] * len(parts)


def test_a_page_of_a_paper_is_a_picture_with_its_box(visit: Visit, staged: str, standin: Standin) -> None:
    asked: list[str] = []

    def picture(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="image/png", body=_png())

    page = visit(staged, before=lambda page: page.route("**/pages/*.png*", picture))
    ask(page, "boxed")
    page.locator(".answer .mark").nth(1).click()

    expect(page.locator("#source-place")).to_have_text("papers/heron.pdf, page 2")
    expect(page.locator(".page img")).to_have_attribute("alt", "Page 2 of Heron, the cited place outlined")
    expect(page.locator(".page blockquote")).to_have_text("Apache 2.0")
    assert urlsplit(asked[0]).path == "/api/sources/papers/heron.pdf/pages/2.png"
    assert parse_qs(urlsplit(asked[0]).query) == {"mark": ["72,90.5,200,104"]}

    page.get_by_role("button", name="Enlarge").click()
    expect(page.get_by_role("button", name="Enlarge")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Next page").click()
    expect(page.locator(".turner")).to_contain_text("Page 3 of 3")
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    assert parse_qs(urlsplit(asked[-1]).query) == {}
    page.get_by_role("button", name="As written").click()
    expect(page.locator(".page-text")).to_have_text("Appendix")


def test_without_the_picture_the_text_of_the_page_is_shown(visit: Visit, staged: str) -> None:
    missing = "status of 404"
    page = visit(
        staged,
        locale="zh-CN",
        allow=missing,
        before=lambda page: page.route("**/pages/*.png*", lambda route: route.fulfill(status=404, json={})),
    )
    ask(page, "q")
    page.locator(".answer .mark").nth(1).click()

    expect(page.locator("#source-place")).to_have_text("papers/heron.pdf, 第 2 页")
    expect(page.locator(".page .hint")).to_have_text("这一页的图片取不到，改为显示文字。")
    expect(page.locator("#source-text mark")).to_have_text("Apache 2.0")


@pytest.mark.parametrize(
    ("locale", "changed", "behind"),
    [
        ("en-US", "(changed since)", "The notes have changed since the index read them."),
        ("zh-CN", "（此后已改动）", "索引读过之后，笔记又有改动。"),
    ],
)
def test_what_has_changed_since_is_told(visit: Visit, served: str, locale: str, changed: str, behind: str) -> None:
    quoted = {
        "n": 1, "source": "notes/lenses.md", "title": "Lenses", "heading": [], "lines": [7, 7], "page": None,
        "box": None, "quote": "300 dollars", "url": None, "stale": {"what": "changed", "since": None, "reason": None},
    }  # fmt: skip
    answer = {
        "question": "q", "kind": "lookup", "text": "300 dollars [1]", "abstained": False, "items": [],
        "citations": [quoted], "conflicts": [], "index": {"generation": 99, "embedder": "builtin", "stale": True},
    }  # fmt: skip
    stream = f"event: answer\ndata: {json.dumps(answer)}\n\n"
    page = visit(
        served,
        locale=locale,
        allow="status of 404",
        before=lambda page: page.route("**/api/ask", lambda route: route.fulfill(status=200, body=stream)),
    )
    ask(page, "q")
    expect(page.locator(".sources li")).to_contain_text(changed)
    expect(page.locator(".turn .notice")).to_have_text(behind)

    page.locator(".answer .mark").click()
    expect(page.locator("#source .notice")).to_contain_text("99")
    expect(page.locator("#source .cited mark")).to_have_text("300 dollars")
