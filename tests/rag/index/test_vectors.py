from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.index.layout import DamagedError
from rag.index.vectors import VectorReader, Written, damage, write
from tests.contracts import Dense, VectorContract


class TestFaiss(VectorContract):
    def store(
        self, directory: Path, batches: Sequence[dict[int, NDArray[np.float32]]], hidden: Collection[int]
    ) -> Dense:
        files = [directory / f"{number}.faiss" for number in range(len(batches))]
        for file, batch in zip(files, batches, strict=True):
            write(file, list(batch), np.stack(list(batch.values())))
        return VectorReader(files, hidden)


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, Written]:
    path = tmp_path / "1.faiss"
    return path, write(path, [5, 6], np.eye(2, 8, dtype=np.float32))


def test_writing_leaves_nothing_else(file: tuple[Path, Written]) -> None:
    assert [p.name for p in file[0].parent.iterdir()] == ["1.faiss"]
    assert damage(*file, thorough=True) is None


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_damage_is_noticed(file: tuple[Path, Written], harm: str) -> None:
    path, written = file
    content = bytearray(path.read_bytes())

    if harm == "gone":
        path.unlink()
    else:
        content[-9] ^= 1
        path.write_bytes(content if harm == "flip" else content[:-1])

    assert str(path) in (damage(path, written, thorough=False) or "")


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1.faiss").write_bytes(b"no index" * 50)

    with pytest.raises(DamagedError):
        VectorReader([tmp_path / "1.faiss"])


def test_a_vector_of_another_length_is_refused(file: tuple[Path, Written]) -> None:
    with pytest.raises(ValueError, match="has 3 dimensions, the index 8"):
        VectorReader([file[0]]).search(np.ones(3, np.float32), 1)
