from __future__ import annotations

from pathlib import Path

import pytest

from ingest.sources import scan
from rag.errors import CorpusNotFoundError
from rag.types import SourceKind
from tests.notes import forbid_listing, write_notes


def files(root: Path, *paths: str) -> None:
    write_notes(root, dict.fromkeys(paths, "x"))


def test_notes_and_papers_are_found_in_order(tmp_path: Path) -> None:
    files(tmp_path, "b.md", "a/z.MARKDOWN", "papers/p.PDF", "a.md", "a/笔记.md", "table.csv", "md")

    found = scan(tmp_path)

    assert [(f.path, f.kind) for f in found] == [
        ("a.md", SourceKind.NOTE),
        ("a/z.MARKDOWN", SourceKind.NOTE),
        ("a/笔记.md", SourceKind.NOTE),
        ("b.md", SourceKind.NOTE),
        ("papers/p.PDF", SourceKind.PAPER),
    ]
    assert found[0].file == tmp_path / "a.md"
    seen = (tmp_path / "a.md").stat()
    assert (found[0].size, found[0].mtime_ns) == (1, max(seen.st_mtime_ns, seen.st_ctime_ns))


def test_hidden_files_and_the_index_are_left_out(tmp_path: Path) -> None:
    files(tmp_path, ".hidden.md", ".git/a.md", "index/b.md", "c.md")

    assert [f.path for f in scan(tmp_path, exclude=tmp_path / "index")] == ["c.md"]


def test_links_are_followed_only_within_the_corpus(tmp_path: Path) -> None:
    files(tmp_path, "corpus/real/a.md", "outside/secret.md")
    root = tmp_path / "corpus"
    (root / "again").symlink_to(root / "real", target_is_directory=True)
    (root / "out").symlink_to(tmp_path / "outside", target_is_directory=True)
    (root / "real" / "loop").symlink_to(root, target_is_directory=True)
    (root / "secret.md").symlink_to(tmp_path / "outside" / "secret.md")
    (root / "dangling.md").symlink_to(root / "nowhere.md")

    assert [f.path for f in scan(root)] == ["again/a.md", "real/a.md"]


@pytest.mark.parametrize(("name", "said"), [("absent", "does not exist"), ("file.md", "is not a directory")])
def test_a_corpus_must_be_a_directory(tmp_path: Path, name: str, said: str) -> None:
    files(tmp_path, "file.md")

    with pytest.raises(CorpusNotFoundError, match=said):
        scan(tmp_path / name)


def test_a_directory_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, "a.md", "closed/b.md", "open/c.md")
    forbid_listing(monkeypatch, "closed")
    failures: list[tuple[str, str]] = []

    found = scan(tmp_path, on_error=lambda path, reason: failures.append((path, reason)))

    assert [f.path for f in found] == ["a.md", "open/c.md"]
    assert failures == [("closed", "permission denied")]
