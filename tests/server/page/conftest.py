"""A real browser, pages that may not complain, and a small library of camera notes with a paper and a few troubles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from ingest.build import ingest
from rag.config import Settings
from server.app import create_app
from tests.ingest import typeset
from tests.notes import write_notes
from tests.server.conftest import NOTES, running

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]

PATIENCE = 20_000
"""Milliseconds that a busy machine may take; a page on an idle one takes a hundredth."""

expect.set_options(timeout=PATIENCE)

Visit = Callable[..., Page]

LIBRARY = {
    **NOTES,
    "notes/shop.md": """# Shop prices

| Camera | 价格 | 防水 | Note |
| --- | --- | --- | --- |
| Heron X1 | 5,299元 | ✅ | sold at [the shop](https://shop.example/heron) |
| Osprey Z | 12,800元 | ❌ | `mirrorless` and **heavy** |
| Plover | 800元 | | |

## 时间线

- 2021-03-05：Heron X1 上市
- 2022-08：Osprey Z 上市
- 2023-01-10：Plover 上市
""",
    "notes/hostile.md": """# <img src=x onerror=alert(1)> Gull

| 像素 | 价格 <script>alert(2)</script> |
| --- | --- |
| <b onclick=alert(3)>1200万</b> | [click](javascript:alert(4)) |

- 2020-02-02：Gull <svg onload=alert(5)> 上市
""",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the browser there is nothing to see."""
    if not CHROMIUM.exists():
        here = Path(__file__).parent
        for item in items:
            if item.path.is_relative_to(here):
                item.add_marker(pytest.mark.skip(reason=f"no browser at {CHROMIUM}"))


# No longer than its package: while it lives an event loop runs, which other tests want for themselves.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a page at an address; afterwards no error may have been logged and nobody else been asked.

    `allow` are parts of messages that the browser itself logs for an answer that the test asks for.
    """
    complaints: list[str] = []
    asked: list[str] = []
    opened: list[BrowserContext] = []
    allowed: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in allowed):
            complaints.append(message.text)

    def visit(
        address: str,
        *,
        locale: str = "en-US",
        width: int = 1280,
        scheme: str = "light",
        allow: str = "",
        before: Callable[[Page], None] = lambda page: None,
    ) -> Page:
        allowed.extend([allow] if allow else [])
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        opened.append(context)
        before(page)
        page.goto(address)
        expect(page.locator("#holdings")).not_to_be_empty()
        return page

    yield visit
    for context in opened:
        context.close()
    assert complaints == []
    assert {urlsplit(url).hostname for url in asked if not url.startswith("blob:")} <= {"127.0.0.1"}


def ask(page: Page, question: str) -> None:
    """Put a question and wait for the whole answer."""
    turns = page.locator(".turn").count()
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn > .tools")).to_have_count(turns + 1)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index over notes and a paper, two of which have changed since; for reading only."""
    corpus = write_notes(tmp_path_factory.mktemp("library"), LIBRARY)
    paper = typeset.library().open()
    for number in (1, 2):
        page = paper.new_page(width=300, height=400)
        page.insert_text((40, 60), "Heron sensors" if number == 1 else "Second page")
        page.insert_text((40, 100), f"The sensor of page {number} has 24 million pixels and a base sensitivity of 64.")
    (corpus / "papers").mkdir()
    paper.save(corpus / "papers" / "heron.pdf")
    settings = Settings(corpus=corpus)
    ingest(settings)
    write_notes(corpus, {"notes/lenses.md": NOTES["notes/lenses.md"] + "\n## Wren 35mm\n", "notes/late.md": "# Late\n"})
    (corpus / "notes" / "hostile.md").unlink()
    return replace(settings)


@pytest.fixture(scope="session")
def shelves(library: Settings) -> Iterator[str]:
    """The address of a server over the library."""
    with running(create_app(library)) as address:
        yield address
