"""Papers: pages, blocks, titles, and what cannot be read."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest.chunk import LONGEST, chunk
from ingest.pdf import Paper, read_pdf
from rag.errors import UnreadableFileError
from rag.types import BlockKind, Page

PAPERS = Path(__file__).resolve().parents[2] / ".." / "shared" / "pdf"


def library() -> Any:
    return pytest.importorskip("pymupdf")


def write(path: Path, pages: list[list[tuple[str, float]]], title: str = "", **saving: Any) -> Path:
    """A PDF with the given (text, size) paragraphs on each page; "china-s" is MuPDF's own Chinese font."""
    document = library().open()
    for paragraphs in pages:
        page = document.new_page()
        y = 72.0
        for text, size in paragraphs:
            font = "helv" if text.isascii() else "china-s"
            for line in text.split("\n"):
                page.insert_text((72, y), line, fontname=font, fontsize=size)
                y += size * 1.2
            y += 30
    document.set_metadata({"title": title})
    document.save(str(path), **saving)
    document.close()
    return path


def check(paper: Paper) -> None:
    texts: list[list[str]] = [[] for _ in paper.pages]
    for block in paper.blocks:
        assert isinstance(block.location, Page)
        assert block.location.box is not None
        texts[block.location.number - 1].append(block.text)
    assert paper.pages == tuple("\n\n".join(page) for page in texts)


def test_chinese_and_english_pages(tmp_path: Path) -> None:
    first = [
        ("A Study of Lenses", 20.0),
        ("The first line of a para-\ngraph goes on. It names\nfine-tuning.", 11.0),
    ]
    second = [("镜头研究分为\n两个阶段。价格５９９９元", 11.0), ("It is fine-\ntuning again.", 11.0)]
    paper = read_pdf(write(tmp_path / "lens.pdf", [first, second]))
    check(paper)
    assert paper.title == "A Study of Lenses"
    assert paper.pages == (
        "A Study of Lenses\n\nThe first line of a paragraph goes on. It names fine-tuning.",
        "镜头研究分为两个阶段。价格5999元\n\nIt is fine-tuning again.",
    )
    assert [(block.kind, block.plain) for block in paper.blocks] == [
        (BlockKind.HEADING, "A Study of Lenses"),
        (BlockKind.PARAGRAPH, "The first line of a paragraph goes on. It names fine-tuning."),
        (BlockKind.PARAGRAPH, "镜头研究分为两个阶段。价格5999元"),
        (BlockKind.PARAGRAPH, "It is fine-tuning again."),
    ]
    boxes = [block.location.box for block in paper.blocks if isinstance(block.location, Page)]
    assert [round(box[0]) for box in boxes if box] == [72, 72, 72, 72]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Lenses Measured", "Lenses Measured"),
        ("", "Big Title"),
        ("main.tex", "Big Title"),
        ("Untitled", "Big Title"),
    ],
)
def test_titles(tmp_path: Path, given: str, expected: str) -> None:
    path = write(tmp_path / "a.pdf", [[("small", 9.0), ("Big\nTitle", 18.0), ("text", 9.0)]], title=given)
    assert read_pdf(path).title == expected


def broken(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "x.pdf"
    if kind == "missing":
        return path
    if kind == "encrypted":
        encryption = library().PDF_ENCRYPT_AES_256
        return write(path, [[("secret", 11.0)]], encryption=encryption, user_pw="u", owner_pw="o")
    write(path, [[("text " * 12, 11.0)] for _ in range(5)] if kind != "scan" else [[]])
    data = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "html": b"<html>Not found</html>",
            "cut": data[: len(data) // 2],
            "head": data[:20],
        }.get(kind, data)
    )
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "cannot be read"),
        ("empty", "is empty (0 bytes)"),
        ("html", "is not a PDF"),
        ("cut", "is cut off"),
        ("head", "is cut off"),
        ("encrypted", "is encrypted"),
        ("scan", "has no text layer"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, reason: str) -> None:
    path = broken(tmp_path, kind)
    with pytest.raises(UnreadableFileError, match=r"^x\.pdf: ") as caught:
        read_pdf(path)
    assert caught.value.reason.startswith(reason)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def recall(path: Path, paper: Paper) -> float:
    """Share of the characters of all pages that the paper kept, white space left out."""
    with library().open(str(path)) as document:
        there = counted("".join(page.get_text() for page in document))
    lost = there - counted("".join(paper.pages))
    return 1 - lost.total() / there.total()


def counted(text: str) -> Counter[str]:
    return Counter(char for char in unicodedata.normalize("NFKC", text) if not char.isspace())


REAL = {
    "2103.10360.pdf": (16, "GLM: General Language Model Pretraining with Autoregressive Blank Infilling"),
    "2106.09685.pdf": (26, "LORA: LOW-RANK ADAPTATION OF LARGE LANGUAGE MODELS"),
    "2212.10560.pdf": (19, "SELF-INSTRUCT: Aligning Language Model with Self Generated Instructions"),
    "2302.13971.pdf": (27, "LLaMA: Open and Efficient Foundation Language Models"),
    "2304.03277.pdf": (12, "INSTRUCTION TUNING WITH GPT-4"),
    "belle-comparative-study.pdf": (
        8,
        "A Comparative Study between Full-Parameter and LoRA-based Fine-Tuning on Chinese Instruction Data"
        " for Instruction Following Large Language Model",
    ),
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_papers(name: str) -> None:
    if not PAPERS.is_dir():
        pytest.skip("the shared papers are not here")
    paper = read_pdf(PAPERS / name)
    check(paper)
    assert recall(PAPERS / name, paper) > 0.99
    assert (len(paper.pages), paper.title) == REAL[name]
    for passage in chunk(name, "\f".join(paper.pages), paper.blocks):
        assert isinstance(passage.location, Page)
        assert passage.text in paper.pages[passage.location.number - 1]
        assert len(passage.text) <= LONGEST
