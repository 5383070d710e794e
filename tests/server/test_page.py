"""The page in a real browser: asks, shows, cites, in both languages, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.server.standin import Standin

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a page at an address; afterwards no error may have been logged and nobody else been asked."""
    complaints: list[str] = []
    asked: list[str] = []
    opened = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def visit(address: str, *, locale: str = "en-US", width: int = 1200, scheme: str = "light") -> Page:
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        opened.append(context)
        page.goto(address)
        expect(page.locator("#holdings")).not_to_be_empty()
        return page

    yield visit
    for context in opened:
        context.close()
    assert complaints == []
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}


def _ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#send")).to_be_disabled()
    expect(page.locator(".answer.waiting")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "question", "answer", "line"),
    [
        ("zh-CN", "Osprey Z 的价格", "12,800元", "notes/cameras.md, 第 15 行"),
        ("en-US", "Kestrel 50mm price", "300 dollars", "notes/lenses.md, line 7"),
    ],
)
def test_a_citation_opens_the_cited_lines(
    visit: Visit, served: str, locale: str, question: str, answer: str, line: str
) -> None:
    page = visit(served, locale=locale)
    _ask(page, question)

    expect(page.locator(".answer")).to_contain_text(answer)
    page.locator(".answer .mark").first.click()
    expect(page.locator("#source-place")).to_have_text(line)
    expect(page.locator(".row.cited")).to_have_count(1)
    expect(page.locator(".row.cited mark")).to_contain_text(answer)
    expect(page.locator(".row.cited")).to_be_in_viewport()


def test_a_page_of_a_paper_is_opened_and_marked(visit: Visit, staged: str) -> None:
    page = visit(staged)
    _ask(page, "q")

    page.locator(".answer .mark").nth(1).click()
    expect(page.locator("#source-place")).to_have_text("papers/heron.pdf, page 2")
    expect(page.locator("#source-text mark")).to_have_text("Apache 2.0")


@pytest.mark.parametrize(
    ("locale", "changed", "removed"),
    [("en-US", "(changed since)", "(removed since)"), ("zh-CN", "（此后已改动）", "（此后已删除）")],
)
def test_a_source_that_has_changed_since_is_marked(
    visit: Visit, staged: str, locale: str, changed: str, removed: str
) -> None:
    page = visit(staged, locale=locale)
    _ask(page, "outdated")

    expect(page.locator(".sources li").nth(0)).to_contain_text(changed)
    expect(page.locator(".sources li").nth(1)).to_contain_text(removed)


def test_text_from_notes_is_never_markup(visit: Visit, staged: str) -> None:
    page = visit(staged)
    _ask(page, "q")
    page.locator(".answer .mark").first.click()

    expect(page.locator("#source-text")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".answer")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("#source-text img, .answer script, #source-text b").count() == 0


def test_more_of_the_source_can_be_shown(visit: Visit, staged: str) -> None:
    page = visit(staged)
    _ask(page, "q")
    page.locator(".answer .mark").first.click()
    expect(page.locator(".row")).to_have_count(15)

    page.locator("button.more").click()
    expect(page.locator(".row")).to_have_count(45)
    page.locator("button.more").click()
    page.locator("button.more").click()
    expect(page.locator(".row")).to_have_count(79)
    expect(page.locator("button.more")).to_have_count(0)


def test_everything_works_by_keyboard(visit: Visit, staged: str) -> None:
    page = visit(staged)
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    expect(page.locator(".asked")).to_have_text("first\nsecond")

    mark = page.locator(".answer .mark").first
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_be_focused()
    expect(mark).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(mark).to_be_focused()


def test_the_conversation_is_sent_along_and_can_be_dropped(visit: Visit, staged: str, standin: Standin) -> None:
    page = visit(staged)
    _ask(page, "first")
    _ask(page, "second")

    question, history = standin.asked[-1]
    assert question == "second"
    assert [role for role, _ in history] == ["user", "assistant"]
    assert history[0] == ("user", "first")

    page.locator("#fresh").click()
    expect(page.locator(".turn")).to_have_count(0)
    _ask(page, "third")
    assert standin.asked[-1] == ("third", ())


def test_silence_and_conflicts_are_shown_as_such(visit: Visit, staged: str) -> None:
    page = visit(staged)
    _ask(page, "silence")
    expect(page.locator(".turn.abstained .answer")).to_have_text("The notes do not say.")

    _ask(page, "q")
    expect(page.locator(".conflict")).to_contain_text("The notes disagree — 流萤 · 许可")


def test_language_and_theme_are_switched_and_kept(visit: Visit, staged: str) -> None:
    page = visit(staged, scheme="dark")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page.locator("#language").click()
    page.locator("#theme").click()
    expect(page.locator("#lead")).to_have_text("简短作答，每句话都注明出自哪一行、哪一页。")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_a_narrow_screen_needs_no_sideways_scrolling(visit: Visit, staged: str) -> None:
    page = visit(staged, width=360)
    _ask(page, "q" * 200)
    page.locator(".answer .mark").first.click()
    expect(page.locator(".row.cited")).to_be_in_viewport()

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator("#question")).to_be_in_viewport()


def test_while_an_input_method_composes_enter_does_not_ask(visit: Visit, staged: str) -> None:
    page = visit(staged)
    page.locator("#question").fill("ni")
    page.locator("#question").dispatch_event("keydown", {"key": "Enter", "isComposing": True})

    expect(page.locator(".turn")).to_have_count(0)
