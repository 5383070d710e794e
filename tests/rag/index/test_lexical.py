from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from rag.index import Term
from rag.index.layout import DamagedError
from rag.index.lexical import Appender, Entry, LexicalReader, append, create
from rag.index.lexical_bytes import damage
from tests.contracts import Lexical, LexicalContract


class TestTantivy(LexicalContract):
    def store(self, directory: Path, batches: Sequence[dict[int, list[str]]], hidden: Collection[int]) -> Lexical:
        create(directory)
        for batch in batches:
            append(directory, [Entry(n, f"d{n}", " ".join(tokens)) for n, tokens in batch.items()])
        return LexicalReader(directory, hidden)


def small_index(directory: Path) -> Path:
    create(directory)
    append(directory, [Entry(1, "a", "one two"), Entry(2, "b", ""), Entry(9, "c", "two")])
    return directory


def test_what_was_stored_can_be_read_again(tmp_path: Path) -> None:
    reader = LexicalReader(small_index(tmp_path))

    assert sorted(reader.entries(), key=lambda e: e.id) == [
        Entry(1, "a", "one two"),
        Entry(2, "b", ""),
        Entry(9, "c", "two"),
    ]
    assert reader.above(1) == [2, 9]
    assert reader.above(9) == []


def test_a_commit_lasts_before_small_files_are_joined(tmp_path: Path) -> None:
    appender = Appender(small_index(tmp_path))
    appender.add([Entry(10, "d", "two three")])

    appender.commit()

    reader = LexicalReader(tmp_path)
    assert [entry.tokens for entry in reader.entries([10])] == [["two", "three"]]
    assert damage(tmp_path, thorough=True) is None
    appender.finish()
    assert LexicalReader(tmp_path).stored == 4


def test_an_index_that_cannot_be_written_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_index(tmp_path)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("os.access", lambda path, mode: False)

    reader = LexicalReader(tmp_path)

    assert [number for number, _ in reader.search([(Term("two"),)], 10)] == [9, 1]
    assert sorted(tmp_path.iterdir()) == before


def test_hidden_documents_that_are_not_stored_do_not_count(tmp_path: Path) -> None:
    assert len(LexicalReader(small_index(tmp_path), hidden=(9, 100, 101))) == 2


def test_only_documents_among_those_given_are_found(tmp_path: Path) -> None:
    reader = LexicalReader(small_index(tmp_path))

    assert [number for number, _ in reader.search([(Term("two"),)], 1, {1, 2})] == [1]
    assert reader.search([(Term("two"),)], 1, {2}) == []


def test_a_reader_does_not_see_later_documents(tmp_path: Path) -> None:
    reader = LexicalReader(small_index(tmp_path))

    append(tmp_path, [Entry(10, "d", "two")])

    assert [number for number, _ in reader.search([(Term("two"),)], 10)] == [9, 1]
    assert len(LexicalReader(tmp_path)) == 4


def test_an_index_without_damage_is_whole(tmp_path: Path) -> None:
    assert damage(small_index(tmp_path), thorough=True) is None


@pytest.mark.parametrize("suffix", [".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term"])
@pytest.mark.parametrize("harm", ["flip", "cut", "garbage", "gone"])
def test_a_damaged_file_is_noticed(tmp_path: Path, suffix: str, harm: str) -> None:
    small_index(tmp_path)
    [file] = tmp_path.glob(f"*{suffix}")
    content = bytearray(file.read_bytes())

    if harm == "gone":
        file.unlink()
    else:
        content[2] ^= 0xFF
        file.write_bytes({"flip": bytes(content), "cut": bytes(content[:5]), "garbage": b"no index" * 50}[harm])

    assert str(file.name) in (damage(tmp_path, thorough=False) or "")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"segments": 3}', b"\xff"])
def test_damaged_metadata_are_noticed(tmp_path: Path, content: bytes) -> None:
    small_index(tmp_path)

    (tmp_path / "meta.json").write_bytes(content)

    assert "meta.json cannot be read" in (damage(tmp_path, thorough=False) or "")
    with pytest.raises(DamagedError):
        LexicalReader(tmp_path)
