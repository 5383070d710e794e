"""Pages that are pictures: their text is recognised where the extra is installed, and said to be missing where not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import pdf
from ingest.pdf import read_pdf
from ingest.pdf_ocr import is_installed
from rag.errors import UnreadableFileError
from tests.ingest.typeset import english, library, save


def scanned(path: Path, tmp_path: Path) -> Path:
    """The first page of a typeset paper as a picture."""
    document = library().open()
    with library().open(str(english(tmp_path / "source.pdf"))) as source:
        picture = source[0].get_pixmap(dpi=150)
        page = document.new_page(width=source[0].rect.width, height=source[0].rect.height)
        page.insert_image(page.rect, pixmap=picture)
    return save(document, path)


def test_a_scan_without_the_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "is_installed", lambda: False)
    monkeypatch.setattr("ingest.pdf_ocr.is_installed", lambda: False)
    path = scanned(tmp_path / "scan.pdf", tmp_path)

    with pytest.raises(UnreadableFileError) as caught:
        read_pdf(path)

    assert str(caught.value) == (
        "scan.pdf: has no text layer (a scan?); install the extra `ocr` to have its text recognised"
    )


@pytest.mark.skipif(not is_installed(), reason="the extra ocr is not installed")
def test_the_text_of_a_scan_is_recognised(tmp_path: Path) -> None:
    paper = read_pdf(scanned(tmp_path / "scan.pdf", tmp_path))

    assert paper.title == "Plover: A Family of Compact Lenses"
    assert "six elements in four groups" in paper.pages[0]
