"""Asking: the answer as it comes, its marks, the conversation, the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.server.page.conftest import Visit, ask
from tests.server.standin import Standin


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
    ask(page, question)

    expect(page.locator(".answer")).to_contain_text(answer)
    page.locator(".answer .mark").first.click()
    expect(page.locator("#source-place")).to_have_text(line)
    expect(page.locator("#source .cited")).to_have_count(1)
    expect(page.locator("#source .cited")).to_contain_text(answer)
    expect(page.locator("#source .cited")).to_be_in_viewport()


def test_text_comes_before_the_whole_answer(visit: Visit, staged: str, standin: Standin) -> None:
    page = visit(staged)
    with standin.held():
        page.locator("#question").fill("slowly")
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_have_text("流萤：7B，可商用")
        expect(page.locator("#send")).to_have_attribute("aria-label", "Stop")
        expect(page.locator(".mark")).to_have_count(0)
    expect(page.locator(".answer .mark")).to_have_count(2)


def test_an_answer_under_way_can_be_stopped(visit: Visit, staged: str, standin: Standin) -> None:
    page = visit(staged)
    with standin.held():
        page.locator("#question").fill("slowly")
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_have_text("流萤：7B，可商用")
        page.locator("#send").click()
        expect(page.locator(".turn.broken .answer")).to_have_text("Stopped.")


def test_what_fails_is_told_in_its_place(visit: Visit, staged: str) -> None:
    page = visit(staged, allow="status of 400")
    page.locator("#question").fill("refused")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.broken .answer")).to_have_text("That did not work: there is no such thing")

    page.locator("#question").fill("break off")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.broken .answer").last).to_contain_text("unexpected error")


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


def test_the_skip_link_leads_past_the_header(visit: Visit, staged: str) -> None:
    page = visit(f"{staged}/#/timeline")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
    assert page.url.endswith("#/timeline")


def test_silence_is_shown_as_such(visit: Visit, staged: str) -> None:
    page = visit(staged)
    ask(page, "silence")
    expect(page.locator(".turn.abstained .answer")).to_have_text("The notes do not say.")


def test_while_an_input_method_composes_enter_does_not_ask(visit: Visit, staged: str) -> None:
    page = visit(staged)
    page.locator("#question").fill("ni")
    page.locator("#question").dispatch_event("keydown", {"key": "Enter", "isComposing": True})

    expect(page.locator(".turn")).to_have_count(0)


def test_an_idea_is_asked_with_one_click(visit: Visit, staged: str, standin: Standin) -> None:
    page = visit(staged, locale="zh-CN")
    page.get_by_role("button", name="介绍一下 流萤").click()

    expect(page.locator(".asked")).to_have_text("介绍一下 流萤")
    expect(page.locator(".answer .mark")).to_have_count(2)
    assert standin.asked[-1] == ("介绍一下 流萤", ())
