"""PDFs that would take an ingest down, read by processes with limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.build import ingest
from ingest.pdf import read_pdf
from ingest.pdf_pool import MOST_PAGES, PAGE_SECONDS, Pool, Reader, end_readers, shared_pool
from ingest.pdf_scan import Opened, Scan
from ingest.pdf_worker import WHOLE, Result, Task
from rag.config import Settings
from rag.errors import UnreadableFileError
from tests.ingest.typeset import chinese, english, library, save


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    running = Pool(2)
    yield running
    running.close()


def test_processes_read_what_one_would(pool: Pool, tmp_path: Path) -> None:
    path = english(tmp_path / "plover.pdf")
    seen: list[tuple[int, int]] = []
    paper = pool.read(path, on_page=lambda done, of: seen.append((done, of)))
    assert paper == read_pdf(path)
    assert sorted(seen) == [(1, 2), (2, 2)]


def test_a_password_opens_what_is_encrypted(pool: Pool, tmp_path: Path) -> None:
    document = library().open()
    document.new_page().insert_text((72, 72), "A sealed line of text.", fontsize=11)
    path = tmp_path / "sealed.pdf"
    document.save(str(path), encryption=library().PDF_ENCRYPT_AES_256, user_pw="u", owner_pw="o")
    document.close()
    with pytest.raises(UnreadableFileError, match=r"sealed\.pdf: is encrypted"):
        pool.read(path)
    assert pool.read(path, password="u").pages == ("A sealed line of text.",)


def stuffed(path: Path, content: bytes) -> Path:
    """A page of A4 whose content is given."""
    document = library().open()
    page = document.new_page()
    page.insert_text((72, 72), "The line above all that.", fontsize=11)
    xref = document.get_new_xref()
    document.update_object(xref, "<<>>")
    document.update_stream(xref, content)
    contents = " ".join(f"{number} 0 R" for number in (*page.get_contents(), xref))
    document.xref_set_key(page.xref, "Contents", f"[{contents}]")
    return save(document, path)


def test_a_page_with_many_objects_is_read_without_the_layout_model(pool: Pool, tmp_path: Path) -> None:
    squares = b"".join(b"%d %d 1 1 re f\n" % (at % 500, at // 500) for at in range(60_000))
    paper = pool.read(stuffed(tmp_path / "map.pdf", squares))
    assert paper.pages == ("The line above all that.",)


def test_a_page_that_takes_too_long_is_given_up_and_the_next_paper_read(tmp_path: Path) -> None:
    path = english(tmp_path / "plover.pdf")
    hasty = Pool(1, seconds=0.001)
    try:
        with pytest.raises(UnreadableFileError, match=r"plover\.pdf: the file took longer than 0\.001 s to read"):
            hasty.read(path)
        hasty.seconds = 60.0
        assert len(hasty.read(path).pages) == 2
    finally:
        hasty.close()


def test_a_process_that_dies_costs_one_paper(tmp_path: Path) -> None:
    path = english(tmp_path / "plover.pdf")
    reader = Reader()
    try:
        assert isinstance(reader.ask((str(path), "", WHOLE, True)), Opened)
        assert reader.process is not None
        reader.process.kill()
        reader.process.wait()
        assert str(reader.ask((str(path), "", 0, True))).startswith("page 1 took the reading process down")
        assert isinstance(reader.ask((str(path), "", WHOLE, True)), Opened)
    finally:
        reader.close()


def test_a_decompression_bomb_and_other_wrecks_leave_the_rest_of_the_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "n.md").write_text("# 镜头\n\n苍鹭很轻。\n", encoding="utf-8")
    good = chinese(corpus / "heron.pdf")
    (corpus / "cut.pdf").write_bytes(good.read_bytes()[:2000])
    (corpus / "text.pdf").write_bytes(b"# just a note\n")
    (corpus / "zero.pdf").write_bytes(b"")
    bomb = zlib.compress(b"0 0 1 1 re f\n" * 3_000_000, 9)
    document = library().open()
    page = document.new_page()
    xref = document.get_new_xref()
    document.update_object(xref, "<</Filter /FlateDecode>>")
    document.update_stream(xref, bomb, new=False, compress=False)
    document.xref_set_key(xref, "Filter", "/FlateDecode")
    document.xref_set_key(page.xref, "Contents", f"{xref} 0 R")
    save(document, corpus / "bomb.pdf")

    summary = ingest(Settings(corpus=corpus))
    assert summary.added == 2
    told = dict(summary.failed)
    assert sorted(told) == ["bomb.pdf", "cut.pdf", "text.pdf", "zero.pdf"]
    assert all("\n" not in reason for reason in told.values())
    assert told["text.pdf"].startswith("is not a PDF")
    assert told["zero.pdf"].startswith("is empty (0 bytes)")


def test_scripts_and_attachments_are_left_alone(pool: Pool, tmp_path: Path) -> None:
    document = library().open()
    document.new_page().insert_text((72, 72), "A plain line of text.", fontsize=11)
    document.embfile_add("secret.txt", b"hidden words", filename="secret.txt")
    action = document.get_new_xref()
    document.update_object(action, "<</S /JavaScript /JS (app.alert\\('hidden words'\\))>>")
    document.xref_set_key(document.pdf_catalog(), "OpenAction", f"{action} 0 R")
    paper = pool.read(save(document, tmp_path / "script.pdf"))
    assert paper.pages == ("A plain line of text.",)


def test_a_file_of_thousands_of_pages_is_refused_at_once(pool: Pool, tmp_path: Path) -> None:
    document = library().open()
    for _ in range(MOST_PAGES + 1):
        document.new_page()
    with pytest.raises(UnreadableFileError, match=r"dump\.pdf: has 2001 pages, more than 2000; split it"):
        pool.read(save(document, tmp_path / "dump.pdf"))


class Worn(Reader):
    """A process that has read so much that it fails, until it is started anew."""

    worn = True

    def ask(self, task: Task, seconds: float = PAGE_SECONDS) -> Result:
        result = super().ask(task, seconds)
        return "page 1 needs more memory" if self.worn and isinstance(result, Scan) else result

    def close(self) -> None:
        self.worn = False
        super().close()


def test_a_page_that_fails_in_a_worn_process_is_asked_of_a_fresh_one(tmp_path: Path) -> None:
    path = english(tmp_path / "plover.pdf")
    pool = Pool(1)
    pool.readers = [Worn()]
    try:
        assert pool.read(path) == read_pdf(path)
    finally:
        pool.close()


def test_the_readers_of_this_process_end_and_start_anew(tmp_path: Path) -> None:
    path = english(tmp_path / "plover.pdf")
    first = shared_pool().read(path)

    end_readers()

    assert [reader.process for reader in shared_pool().readers] == [None] * len(shared_pool().readers)
    assert shared_pool().read(path) == first
    end_readers()
