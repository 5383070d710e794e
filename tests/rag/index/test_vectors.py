from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.index import vector_files
from rag.index.layout import DamagedError
from rag.index.vector_files import write
from rag.index.vectors import VectorReader
from rag.index.written import Written, damage
from tests.contracts import Dense, VectorContract


class TestFaiss(VectorContract):
    def store(
        self, directory: Path, batches: Sequence[dict[int, NDArray[np.float32]]], hidden: Collection[int]
    ) -> Dense:
        files = [directory / f"{number}.faiss" for number in range(len(batches))]
        for file, batch in zip(files, batches, strict=True):
            write(file, list(batch), np.stack(list(batch.values())).__getitem__)
        return VectorReader(files, hidden)


class TestCodes(TestFaiss):
    """Files that are searched by codes: with so few vectors all are compared in the end."""

    @pytest.fixture(autouse=True)
    def _large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(vector_files, "EXACT_UP_TO", 20)


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, Written]:
    path = tmp_path / "1.faiss"
    return path, write(path, [5, 6], np.eye(2, 8, dtype=np.float32).__getitem__)


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


MANY = 3000


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    """More vectors than are all compared, around a hundred middles."""
    monkeypatch.setattr(vector_files, "EXACT_UP_TO", MANY - 1)
    monkeypatch.setattr(vector_files, "COMPARED", 60)
    drawn = np.random.default_rng(8)
    made = np.repeat(drawn.standard_normal((100, 64)), MANY // 100, axis=0) + drawn.standard_normal((MANY, 64))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made.astype(np.float16).astype(np.float32)


def test_of_many_vectors_nearly_all_of_the_nearest_are_found(tmp_path: Path, many: NDArray[np.float32]) -> None:
    write(tmp_path / "1.faiss", range(MANY), many.__getitem__)
    hidden = set(range(0, MANY, 3))
    reader = VectorReader([tmp_path / "1.faiss"], hidden)

    found = [dict(reader.search(vector, 10)) for vector in many[:60]]

    exact = many[:60].astype(np.float64) @ many.T.astype(np.float64)
    exact[:, sorted(hidden)] = -2
    nearest = [set(np.argsort(-row)[:10].tolist()) for row in exact]
    assert sum(len(near & one.keys()) for near, one in zip(nearest, found, strict=True)) >= 0.9 * 600
    assert not hidden & {number for one in found for number in one}
    assert all(s == pytest.approx(exact[at, i], abs=1e-6) for at, one in enumerate(found) for i, s in one.items())


def test_the_measured_recall_is_that_of_the_search(tmp_path: Path, many: NDArray[np.float32]) -> None:
    write(tmp_path / "1.faiss", range(MANY), many.__getitem__)
    write(tmp_path / "2.faiss", [MANY], many[:1].__getitem__)
    reader = VectorReader([tmp_path / "1.faiss", tmp_path / "2.faiss"], {1})

    measured = reader.recall(10, 30)

    seen = np.array([0, *range(2, MANY)])
    everything = np.concatenate([many[seen], many[:1]]).astype(np.float64)
    numbers = [*seen.tolist(), MANY]
    found = 0
    for vector in many[seen[np.linspace(0, len(seen) - 1, 30).astype(int)]]:
        nearest = {numbers[at] for at in np.argsort(-(everything @ vector.astype(np.float64)))[:11]}
        found += len(nearest & {number for number, _ in reader.search(vector, 11)}) - 1
    assert reader.coded == MANY
    assert 0.8 < measured <= 1
    assert measured == pytest.approx(found / 300)


def test_equal_vectors_make_equal_files(tmp_path: Path, many: NDArray[np.float32]) -> None:
    forwards = write(tmp_path / "1.faiss", range(MANY), many.__getitem__)
    backwards = write(tmp_path / "2.faiss", range(MANY - 1, -1, -1), many[::-1].__getitem__)

    assert forwards == backwards
    assert (tmp_path / "1.faiss").read_bytes() == (tmp_path / "2.faiss").read_bytes()


def test_vectors_that_cannot_be_coded_are_all_compared(tmp_path: Path, many: NDArray[np.float32]) -> None:
    write(tmp_path / "1.faiss", range(MANY), many[:, :63].__getitem__)

    reader = VectorReader([tmp_path / "1.faiss"])

    assert (reader.coded, reader.recall(10, 30)) == (0, 1.0)
    assert reader.search(many[5, :63], 1)[0][0] == 5
