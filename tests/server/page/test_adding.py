"""Adding a note: chosen or dropped, ingested, opened, asked about; refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from ingest.build import ingest
from rag.config import Settings
from server.app import create_app
from tests.notes import write_notes
from tests.server.conftest import NOTES, running
from tests.server.page.conftest import Visit, ask

TERN = "# Terns\n\n## Tern 5\n\n- Price: 750 dollars\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_notes(tmp_path / "corpus", NOTES)


@pytest.fixture
def own(corpus: Path) -> Iterator[str]:
    """The address of a server over notes of its own, which may be added to."""
    settings = Settings(corpus=corpus)
    ingest(settings)
    with running(create_app(settings)) as address:
        yield address


@pytest.mark.parametrize(
    ("locale", "told", "open_it"),
    [
        ("en-US", "uploads/tern.md is in the corpus, as generation 2.", "Open it"),
        ("zh-CN", "uploads/tern.md 已收入，第 2 代。", "打开"),
    ],
)
def test_a_chosen_note_is_ingested_and_answers(
    visit: Visit, own: str, corpus: Path, locale: str, told: str, open_it: str
) -> None:
    page = visit(f"{own}/#/sources", locale=locale)
    page.locator("#add-file").set_input_files(
        FilePayload(name="tern.md", mimeType="text/markdown", buffer=TERN.encode())
    )
    expect(page.locator(".told .good")).to_contain_text(told)
    expect(page.locator(".files tr", has_text="uploads/tern.md")).to_have_count(1)
    assert (corpus / "uploads" / "tern.md").read_text(encoding="utf-8") == TERN

    page.get_by_role("button", name=open_it, exact=True).click()
    expect(page.locator("#source-text")).to_contain_text("Price: 750 dollars")
    page.locator("#views a").first.click()
    ask(page, "Tern 5 price")
    expect(page.locator(".answer")).to_contain_text("750 dollars")


def test_a_note_is_dropped(visit: Visit, own: str) -> None:
    page = visit(f"{own}/#/sources")
    expect(page.locator(".adder")).to_be_visible()
    data = page.evaluate_handle(
        """(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], '../../etc/Tern five.md', { type: 'text/markdown' }));
            return data;
        }""",
        TERN,
    )
    page.locator("#view").dispatch_event("dragover", {"dataTransfer": data})
    expect(page.locator(".adder")).to_have_class("adder over")
    page.locator("#view").dispatch_event("drop", {"dataTransfer": data})
    expect(page.locator(".told .good")).to_contain_text("Tern five.md is in the corpus")
    expect(page.locator(".adder")).to_have_class("adder")


def test_an_upload_is_replaced_when_said_so(visit: Visit, own: str, corpus: Path) -> None:
    page = visit(f"{own}/#/sources", allow="status of 409")
    for text in (TERN, TERN.replace("750", "800")):
        page.locator("#add-file").set_input_files(
            FilePayload(name="tern.md", mimeType="text/markdown", buffer=text.encode())
        )
        expect(page.locator(".told p")).not_to_contain_text("Reading")
    expect(page.locator(".told .bad")).to_contain_text("tern.md was not added: there is an upload called 'tern.md'")

    page.get_by_role("button", name="Replace it").click()
    expect(page.locator(".told .good")).to_contain_text("uploads/tern.md was replaced, as generation 3.")
    assert "800" in (corpus / "uploads" / "tern.md").read_text(encoding="utf-8")


def test_what_is_no_note_is_refused(visit: Visit, own: str, corpus: Path) -> None:
    page = visit(f"{own}/#/sources", allow="status of 400")
    page.locator("#add-file").set_input_files(FilePayload(name="virus.exe", mimeType="x/y", buffer=b"MZ"))

    expect(page.locator(".told .bad")).to_contain_text(
        "'virus.exe' is neither a note (.md, .markdown) nor a paper (.pdf)"
    )
    assert not (corpus / "uploads").exists()
