"""What every store must do: answer as the embedded one and as brute force, and survive what happens to processes."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.replay import place
from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.embed import Embedder, open_embedder
from rag.errors import IndexLockedError, UsageError
from rag.index import Snapshot, Term, attached
from rag.index.document import headings, tokens_of
from rag.index.joined import joined, together
from rag.index.placements import chunks
from rag.index.query import SCORE_DIGITS
from rag.index.records import Records, writable
from rag.index.store import gc, rebuild_derived, rollback, status, verify
from rag.types import Chunk
from tests.contracts import brute_force
from tests.ingest.corpora import CAMERAS, all_answers, write
from tests.ingest.test_crash import die
from tests.ingest.test_kills import dying_ingests, everything, readers, state
from tests.rag.engines.conftest import Engine

ROOT = Path(__file__).resolve().parents[3]
KILLS = {"sqlite": 4, "postgresql": 6, "milvus": 3}
"""Of the embedded engine `tests/ingest/test_kills.py` has two hundred."""


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    """An empty index of the engine, for a corpus of two notes."""
    return engine.settings(tmp_path)


def embedded(settings: Settings) -> dict[str, Any]:
    """What a fresh embedded index of the same corpus answers."""
    index = settings.index_path.with_name("embedded")
    shutil.rmtree(index, ignore_errors=True)
    ingest(replace(settings, index=index, records=None, search=None))
    return all_answers(index)


def edit(settings: Settings, number: int) -> None:
    """Bring a small edit into a further generation."""
    write(settings.corpus, cameras=CAMERAS.replace("480", str(500 + number)))
    assert ingest(settings).changed == 1


def test_answers_are_those_of_the_embedded_engine_after_every_edit(engine: Engine, settings: Settings) -> None:
    notes = settings.corpus
    ingest(settings)
    other = engine.elsewhere(settings)
    assert all_answers(settings.index_path) == all_answers(other.index_path) == embedded(settings)

    write(notes, cameras=CAMERAS.replace("480", "481"), extra="# Extra\n\nnumber: 7\n", sub__copy=CAMERAS)
    assert ingest(settings).added == 2
    assert all_answers(other.index_path) == all_answers(settings.index_path) == embedded(settings)

    (notes / "extra.md").rename(notes / "moved.md")
    (notes / "sub" / "copy.md").unlink()
    summary = ingest(other)
    assert (summary.renamed, summary.removed, summary.embedded) == (1, 1, 0)
    assert all_answers(settings.index_path) == all_answers(other.index_path) == embedded(settings)
    assert verify(settings.index_path) == verify(other.index_path) == []


def stored_vector(embedder: Embedder, chunk: Chunk) -> NDArray[np.float32]:
    """What a passage is found by: its text and, beside it, all that it stands under."""
    text, *above = embedder.embed_passages([chunk.text, *headings(chunk.context)]).astype("<f2").astype(np.float32)
    return joined(text, together(above)).astype("<f2")


def test_search_agrees_with_brute_force(settings: Settings) -> None:
    place(settings.corpus, state(1))
    ingest(settings)
    place(settings.corpus, state(2))
    ingest(settings)
    store = Records.open(settings.index_path)
    with store.reading() as connection:
        held = {chunk.digest: chunk for _, chunk in chunks(connection, store.current(connection))}
    store.close()
    documents = dict(enumerate(map(tokens_of, held.values())))
    numbers = dict(zip(held, documents, strict=True))
    embedder = open_embedder("builtin")
    stored = np.stack([stored_vector(embedder, chunk) for chunk in held.values()])
    words = sorted({token for tokens in documents.values() for token in tokens})

    with Snapshot.open(settings.index_path) as snapshot:
        for seed in range(20):
            chosen = random.Random(seed).sample(words, 3)
            query = [(Term(chosen[0]), Term(chosen[1], 0.5)), (Term(chosen[2]),)]
            found = snapshot.search_chunks(query, 5)
            expected = brute_force(documents, query)
            best = sorted(expected.values(), reverse=True)[: len(found)]
            assert [hit.score for hit in found] == pytest.approx(best, abs=2e-6)
            assert [expected[numbers[hit.chunk.digest]] for hit in found] == pytest.approx(best, abs=2e-6)

            vector = embedder.embed_question(" ".join(chosen))
            near = snapshot.search_vectors(vector, 5)
            exact = np.sort(stored.astype(np.float64) @ vector.astype(np.float64))[::-1]
            scores = {digest: float(stored[at].astype(np.float64) @ vector) for digest, at in numbers.items()}
            assert [hit.score for hit in near] == pytest.approx(exact[: len(near)].tolist(), abs=10**-SCORE_DIGITS)
            assert all(hit.score == pytest.approx(scores[hit.chunk.digest], abs=1e-6) for hit in near)


def test_readers_keep_their_generation_until_they_move(engine: Engine, settings: Settings) -> None:
    ingest(settings)
    before = all_answers(settings.index_path)
    other = engine.elsewhere(settings)
    with Assistant.open(other.index_path, settings=other) as assistant:
        edit(settings, 1)

        assert not assistant.snapshot.is_current()
        assert assistant.snapshot.newest() == 2
        assert "480" in assistant.ask("weight of Alpha One").text
        assert assistant.refresh()
        assert "501" in assistant.ask("weight of Alpha One").text
        assert not assistant.refresh()
    assert all_answers(other.index_path, generation=1) == before


def test_rolling_back_makes_a_new_generation_that_equals_the_old(engine: Engine, settings: Settings) -> None:
    ingest(settings)
    first = all_answers(settings.index_path)
    edit(settings, 1)
    second = all_answers(settings.index_path)
    other = engine.elsewhere(settings)

    assert rollback(other.index_path, 1) == 3

    assert all_answers(settings.index_path) == all_answers(other.index_path) == first
    assert all_answers(other.index_path, generation=2) == second
    assert ingest(settings).embedded == 0
    assert all_answers(other.index_path) == second
    assert verify(other.index_path) == []


def test_collection_spares_what_another_machine_reads(engine: Engine, settings: Settings) -> None:
    ingest(settings)
    other = engine.elsewhere(settings)
    second: dict[str, Any] = {}
    for number in range(3):
        edit(settings, number)
        second = second or all_answers(settings.index_path)

    with Snapshot.open(other.index_path, generation=2) as reader:
        collected = gc(settings.index_path, keep=1)
        assert (collected.generations, collected.held) == ((1, 3), (2,))
        assert {fact.value for fact in reader.facts() if fact.attribute == "Weight"} == {"500 g", "700 g"}
        assert all_answers(other.index_path, generation=2) == second
        assert all_answers(settings.index_path) == embedded(settings)
        with pytest.raises(UsageError, match=r"generation 3 of .* is not kept"):
            Snapshot.open(other.index_path, generation=3)

    assert gc(other.index_path, keep=1).generations == (2,)
    assert verify(settings.index_path) == verify(other.index_path) == []
    edit(settings, 9)
    assert all_answers(other.index_path) == all_answers(settings.index_path) == embedded(settings)
    assert status(other.index_path).generations == (4, 5)


def test_texts_that_were_forgotten_and_come_again(engine: Engine, settings: Settings) -> None:
    other = engine.elsewhere(settings)
    ingest(settings)
    write(settings.corpus, cameras="# Nothing\n")
    ingest(settings)
    gc(settings.index_path, keep=1)
    third = engine.elsewhere(settings)
    assert all_answers(third.index_path) == embedded(settings)

    write(settings.corpus, cameras=CAMERAS)
    ingest(other)

    for machine in (settings, other, third):
        assert all_answers(machine.index_path) == embedded(settings)
        assert verify(machine.index_path) == []


def test_lost_and_damaged_files_are_made_anew(settings: Settings) -> None:
    ingest(settings)
    expected = all_answers(settings.index_path)
    for damage in ("lost", "garbage"):
        for path in [p for p in settings.index_path.rglob("*") if p.is_file() and p.parent.name != "index"]:
            if damage == "lost":
                path.unlink()
            elif path.suffix in (".faiss", ".idx", ".store", ".json"):
                path.write_bytes(b"garbage")
        assert all_answers(settings.index_path) == expected
        assert verify(settings.index_path) == []

    assert len(rebuild_derived(settings.index_path)) == (2 if settings.search else 3)
    assert all_answers(settings.index_path) == expected


def test_readers_on_other_machines_notice_nothing_of_ingests(engine: Engine, settings: Settings) -> None:
    known = []
    for number in range(3):
        place(settings.corpus, state(number))
        index = settings.index_path.with_name(f"fresh-{number}")
        ingest(replace(settings, index=index, records=None, search=None))
        known.append(everything(index))
    place(settings.corpus, state(0))
    ingest(settings)

    with readers(2, engine.elsewhere(settings), known) as seen:
        for number in (1, 2):
            place(settings.corpus, state(number))
            ingest(settings, full=number == 1)
            gc(settings.index_path, keep=1)

    assert {number for one in seen for number in one["states"]} >= {0, 2}
    assert everything(settings.index_path) == known[2]


@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        ("rag.index.rows", "_columns", "after"),
        ("rag.index.writer", "finish", "before"),
        ("rag.index.writer", "finish", "after"),
    ],
)
def test_a_writer_dies_and_another_machine_goes_on(
    engine: Engine, settings: Settings, module: str, name: str, when: str
) -> None:
    ingest(settings)
    before = all_answers(settings.index_path)
    assert before["facts"]
    write(settings.corpus, cameras=CAMERAS.replace("480", "481"), extra="# Extra\n\nnumber: 7\n")

    die(settings, module, name, when)

    other = engine.elsewhere(settings)
    assert all_answers(other.index_path) == before
    write(settings.corpus, extra="# Extra\n\nnumber: 8, and other texts under the same numbers\n")
    assert ingest(other).notices == ()
    assert verify(other.index_path) == verify(settings.index_path) == []
    assert all_answers(settings.index_path) == all_answers(other.index_path) == embedded(settings)


def test_deaths_at_any_instant_lose_and_tear_nothing(engine: Engine, settings: Settings) -> None:
    random_ = random.Random(7)
    known = []
    for number in range(2):
        place(settings.corpus, state(number))
        index = settings.index_path.with_name(f"fresh-{number}")
        ingest(replace(settings, index=index, records=None, search=None))
        known.append(everything(index))
    ingest(settings)
    other = engine.elsewhere(settings)
    kills, took, wanted = 0, 0.2, 1
    with dying_ingests(settings) as ingest_until:
        while kills < KILLS[engine.name]:
            wanted = 1 - wanted
            place(settings.corpus, state(wanted))
            kills += ingest_until(random_.uniform(0, took))["killed"]
            assert everything(other.index_path) in known
            if random_.random() < 0.3:
                took = 1.1 * ingest_until(None)["seconds"]
                assert everything(other.index_path) == known[wanted]

    assert ingest(settings).notices == ()
    assert everything(settings.index_path) == everything(other.index_path) == known[wanted]
    assert verify(settings.index_path) == verify(other.index_path) == []


def test_one_writer_at_a_time(engine: Engine, settings: Settings) -> None:
    ingest(settings)
    other = engine.elsewhere(settings)
    assert status(other.index_path).writer is None
    write(settings.corpus, cameras=CAMERAS.replace("480", "481"))

    with writable(settings.index_path, timeout=1):
        holder = status(other.index_path).writer
        assert holder is not None
        with pytest.raises(IndexLockedError, match=f"{holder} is writing to the index and did not finish within 0.2 s"):
            ingest(replace(other, lock_timeout=0.2))

    assert ingest(other).changed == 1
    assert status(other.index_path).writer is None


def test_two_writers_at_once_write_one_after_the_other(engine: Engine, settings: Settings) -> None:
    ingest(settings)
    write(settings.corpus, cameras=CAMERAS.replace("480", "481"), **{f"more{n}": CAMERAS for n in range(8)})
    script = (
        "import sys; from pathlib import Path; from ingest.build import ingest; from rag.config import Settings\n"
        "settings = Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2]), lock_timeout=60)\n"
        "print(ingest(settings, full=True).generation)"
    )
    machines = (settings, engine.elsewhere(settings), engine.elsewhere(settings))
    commands = [[sys.executable, "-c", script, str(one.corpus), str(one.index_path)] for one in machines]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for command in commands]

    said = sorted(int(process.communicate(timeout=120)[0]) for process in started)

    assert [process.returncode for process in started] == [0, 0, 0]
    assert said == [2, 3, 4]
    for machine in machines:
        assert verify(machine.index_path) == []
        assert all_answers(machine.index_path) == embedded(settings)


def test_odd_texts_are_held_as_they_are(engine: Engine, settings: Settings) -> None:
    long = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000))
    text = f"# 𠮷野家 😀 \uf8f0\uf8f01\n\n- {long}: {long}\n- Ünïcode: \uf8f00 é Ä\n"
    text += f"\n## {long}\n\n{long} weighs 3 kg.\n"
    write(settings.corpus, odd=text, **{"Ä": "# ä\n\nx: 1\n", "a": "# a\n\nx: 2\n", "Z": "# Z\n\nx: 3\n"})

    assert ingest(settings).failed == ()

    with Snapshot.open(engine.elsewhere(settings).index_path) as snapshot:
        assert snapshot.source_paths() == ("Z.md", "a.md", "cameras.md", "databases.md", "odd.md", "Ä.md")
        assert snapshot.source("odd.md").text == text
    assert all_answers(settings.index_path) == embedded(settings)
    assert attached.address_of(settings.index_path) == settings.records
