"""Languages, themes, narrow screens, the weight of the page, and accessibility of every view in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.server.page.conftest import Visit, ask

MOST_BYTES = 200_000


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


def test_what_is_on_the_page_changes_its_language_too(visit: Visit, shelves: str) -> None:
    page = visit(shelves)
    ask(page, "which cameras are waterproof")
    page.locator(".turn .mark").first.click()
    page.locator("#language").click()
    expect(page.locator(".turn thead th").first).to_have_text("条目")
    expect(page.locator("#source-place")).to_have_text("notes/cameras.md, 第 7 行")

    page.goto(f"{shelves}/#/matrix")
    expect(page.locator("#view h2")).to_have_text("矩阵")
    page.locator("#language").click()
    expect(page.locator("#view h2")).to_have_text("Matrix")


def test_both_languages_say_the_same_things(visit: Visit, staged: str) -> None:
    page = visit(staged)
    script = """async () => {
        const { words } = await import('/words.js');
        const holes = (text) => (text.match(/\\{\\w+\\}/g) ?? []).sort().join();
        const shape = (language) => Object.entries(words[language]).map(([key, text]) => [key, holes(text)]);
        return [shape('en'), shape('zh')];
    }"""
    english, chinese = page.evaluate(script)
    assert english == chinese


@pytest.mark.parametrize("width", [320, 360, 768])
def test_a_narrow_screen_needs_no_sideways_scrolling(visit: Visit, shelves: str, width: int) -> None:
    page = visit(shelves, width=width)
    ask(page, "Osprey Z 的价格")
    page.locator(".answer .mark").first.click()
    expect(page.locator("#source .cited")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("Escape")
    expect(page.locator("#question")).to_be_in_viewport()
    ask(page, "q" * 200)
    for view in ("", "sources", "things", "thing/Heron X1", "matrix", "timeline"):
        page.goto(f"{shelves}/#/{view}")
        expect(page.locator("#view h2, #question").locator("visible=true").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width, view


def test_the_first_load_is_light(visit: Visit, shelves: str) -> None:
    page = visit(shelves)
    script = "performance.getEntries().filter((e) => 'transferSize' in e).map((e) => [e.name, e.transferSize])"
    loaded = dict(page.evaluate(script))

    assert len(loaded) > 10
    assert 0 < sum(loaded.values()) < MOST_BYTES
    assert not any(name.endswith(("matrix.js", "timeline.js", "sources.js")) for name in loaded)


def test_nothing_inline_and_no_module_too_long(visit: Visit, staged: str) -> None:
    page = visit(staged)
    policy = page.request.get(staged).headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy
    assert "default-src 'none'" in policy
    assert page.locator("script:not([src]), style, [style], [onclick]").count() == 0


def _asked(question: str) -> Callable[[Page, str], None]:
    def go(page: Page, address: str) -> None:
        page.keyboard.press("Escape")
        page.goto(f"{address}/#/")
        ask(page, question)

    return go


def _cited(page: Page, address: str) -> None:
    _asked("Heron X1 的价格")(page, address)
    page.locator(".turn .mark").first.click()
    expect(page.locator("#source .cited").first).to_be_in_viewport()


def _objected(page: Page, address: str) -> None:
    _asked("nothing of the kind")(page, address)
    page.locator(".tools [aria-pressed]").last.click()


def _chooser(page: Page, address: str) -> None:
    page.goto(f"{address}/#/matrix")
    page.locator(".chooser summary").click()


def _view(path: str, ready: str) -> Callable[[Page, str], None]:
    def go(page: Page, address: str) -> None:
        page.goto(f"{address}/#/{path}")
        expect(page.locator(ready).first).to_be_visible()

    return go


STATES: dict[str, Callable[[Page, str], None]] = {
    "welcome": lambda page, address: None,
    "list": _asked("which cameras are waterproof"),
    "compare": _asked("compare Kestrel 50mm and Merlin 85mm"),
    "source": _cited,
    "feedback": _objected,
    "sources": _view("sources", ".files"),
    "things": _view("things", ".things li"),
    "thing": _view("thing/Heron X1", ".pair"),
    "matrix": _view("matrix", ".grid"),
    "chooser": _chooser,
    "timeline": _view("timeline", ".entry"),
}


@pytest.mark.parametrize(("locale", "scheme", "width"), [("en-US", "light", 1280), ("zh-CN", "dark", 390)])
def test_no_view_has_an_accessibility_finding(visit: Visit, shelves: str, locale: str, scheme: str, width: int) -> None:
    page = visit(shelves, locale=locale, scheme=scheme, width=width)
    axe = Axe()
    found = []
    for name, go in STATES.items():
        go(page, shelves)
        violations = axe.run(page).response["violations"]
        found += [(name, one["id"], [node["html"] for node in one["nodes"]]) for one in violations]

    assert found == []
