"""Conversations: sent along, kept in the browser, opened again, forgotten."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.server.page.conftest import Visit, ask
from tests.server.standin import Standin


def test_the_conversation_is_sent_along_and_can_be_left(visit: Visit, staged: str, standin: Standin) -> None:
    page = visit(staged)
    ask(page, "first")
    ask(page, "second")

    question, history = standin.asked[-1]
    assert question == "second"
    assert [role for role, _ in history] == ["user", "assistant"]
    assert history[0] == ("user", "first")

    page.locator("#fresh").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "third")
    assert standin.asked[-1] == ("third", ())


def test_conversations_are_kept_and_opened_again(visit: Visit, staged: str, standin: Standin) -> None:
    page = visit(staged)
    ask(page, "first")
    page.locator("#fresh").click()
    ask(page, "other")
    page.reload()

    expect(page.locator("#side .talk")).to_have_text(["other", "first"])
    page.get_by_role("button", name="first", exact=True).click()
    expect(page.locator(".asked")).to_have_text("first")
    expect(page.locator("#side .talk[aria-current]")).to_have_text("first")
    page.locator(".answer .mark").first.click()
    expect(page.locator("#source .cited")).to_be_in_viewport()

    ask(page, "and then")
    assert [text for role, text in standin.asked[-1][1] if role == "user"] == ["first"]
    expect(page.locator("#side .talk")).to_have_text(["first", "other"])


def test_an_answer_is_kept_before_its_stream_has_ended(visit: Visit, staged: str, standin: Standin) -> None:
    page = visit(staged)
    with standin.held():
        ask(page, "lingering")
        expect(page.locator("#side .talk")).to_have_text("lingering")
        ask(page, "and then")
        assert [text for role, text in standin.asked[-1][1] if role == "user"] == ["lingering"]
        page.reload()
        page.locator("#side .talk").click()
        expect(page.locator(".asked")).to_have_text(["lingering", "and then"])


def test_a_conversation_is_forgotten(visit: Visit, staged: str) -> None:
    page = visit(staged)
    ask(page, "first")
    page.get_by_role("button", name="Forget “first”").click()

    expect(page.locator("#side .talk")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    page.reload()
    expect(page.locator("#side .talk")).to_have_count(0)


def test_a_spoilt_store_does_not_break_the_page(visit: Visit, staged: str) -> None:
    spoil = 'localStorage.setItem(\'conversations\', \'[{"id": 1}, null, {"id": "x"}]\')'
    page = visit(staged, before=lambda page: page.add_init_script(spoil))
    ask(page, "first")
    expect(page.locator("#side .talk")).to_have_count(1)


def test_on_a_narrow_screen_the_list_is_unfolded(visit: Visit, staged: str) -> None:
    page = visit(staged, width=360, locale="zh-CN")
    ask(page, "first")
    expect(page.locator("#side")).to_be_hidden()

    page.get_by_role("button", name="对话", exact=True).click()
    expect(page.locator("#fresh")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    expect(page.locator("#menu")).to_be_focused()
