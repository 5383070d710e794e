"""The ingesting process dies at chosen instants: nothing is lost, torn, or has to be rebuilt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.index.store import gc, rebuild_derived, verify
from tests.ingest.corpora import CAMERAS, all_answers, corpus, write

DYING = """
import importlib, os, signal, sys
from pathlib import Path
module, name, when = sys.argv[1:4]
owner = importlib.import_module(module)
function = getattr(owner, name)
def dying(*arguments, **options):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = function(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, name, dying)
from ingest.build import ingest
from rag.config import Settings
ingest(Settings(corpus=Path(sys.argv[4]), index=Path(sys.argv[5])))
"""

AFTER_ANOTHER = ("rag.index.collect", "adopt", "before")
"""Only a write after one that died comes there."""
INSTANTS = [
    AFTER_ANOTHER,
    ("rag.index.rows", "_columns", "after"),
    ("ingest.build", "_change", "before"),
    ("rag.index.writer", "cover", "before"),
    ("rag.index.vector_files", "write", "before"),
    ("rag.index.vector_files", "write", "after"),
    ("rag.index.writer", "finish", "before"),
    ("rag.index.writer", "finish", "after"),
    ("rag.index.sources", "known_sources", "after"),
]


def die(settings: Settings, module: str, name: str, when: str) -> None:
    """Ingest in another process, which is killed in the named function."""
    script = [sys.executable, "-c", DYING, module, name, when, str(settings.corpus), str(settings.index_path)]
    died = subprocess.run(script, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return corpus(tmp_path)


@pytest.mark.parametrize("instant", INSTANTS, ids=" ".join)
def test_an_edit_that_dies_leaves_the_earlier_state(
    settings: Settings, tmp_path: Path, instant: tuple[str, str, str]
) -> None:
    ingest(settings)
    before = all_answers(settings.index_path)
    write(settings.corpus, cameras=CAMERAS.replace("light", "heavy"), more="# More\n\nmore: words\n")

    if instant == AFTER_ANOTHER:
        die(settings, "rag.index.writer", "finish", "before")
    die(settings, *instant)

    assert verify(settings.index_path) == []
    assert all_answers(settings.index_path) == before
    summary = ingest(settings)
    assert (summary.changed, summary.added, summary.generation, summary.notices) == (1, 1, 2, ())
    assert verify(settings.index_path) == []
    index = tmp_path / "fresh"
    ingest(Settings(corpus=settings.corpus, index=index))
    assert all_answers(settings.index_path) == all_answers(index)
    assert sorted(path.name for path in (settings.index_path / "vectors").iterdir()) == sorted(
        path.name for path in (settings.index_path / "vectors").glob("*.faiss")
    )


def test_what_a_dead_write_left_is_not_shown_when_another_text_comes(settings: Settings, tmp_path: Path) -> None:
    ingest(settings)
    write(settings.corpus, cameras=CAMERAS.replace("light", "never committed"))
    die(settings, "rag.index.writer", "finish", "before")
    write(settings.corpus, cameras=CAMERAS.replace("light", "heavy"))

    ingest(settings)

    index = tmp_path / "fresh"
    ingest(Settings(corpus=settings.corpus, index=index))
    assert verify(settings.index_path) == []
    assert all_answers(settings.index_path) == all_answers(index)


READING = """
import sys
from pathlib import Path
from rag.embed import open_embedder
from rag.index import Snapshot, Term
question = open_embedder("builtin").embed_question("number")
index, generations = Path(sys.argv[1]), set()
while Path(sys.argv[2]).exists():
    with Snapshot.open(index) as snapshot:
        found = [fact for fact, _ in snapshot.search_facts([(Term("number"),)], 9)]
        facts = [fact for fact in found if fact.attribute == "number"]
        hits = snapshot.search_chunks([(Term("number"),)], 9) + snapshot.search_vectors(question, 9)
        for fact in facts:
            assert fact.quote in snapshot.source(fact.source).text, fact
        for hit in hits:
            assert hit.chunk.text in snapshot.source(hit.chunk.source).text, hit
        assert len({fact.value for fact in facts}) == 1, facts
        assert snapshot.notices == ()
        generations.add(snapshot.generation)
print(len(generations))
"""


def test_readers_see_one_state_while_notes_change_and_generations_are_collected(
    settings: Settings, tmp_path: Path
) -> None:
    texts = [dict.fromkeys(("one", "two"), f"# Extra\n\nnumber: {number}\n") for number in range(12)]
    write(settings.corpus, **texts[0])
    ingest(settings)
    running = tmp_path / "running"
    running.touch()
    command = [sys.executable, "-c", READING, str(settings.index_path), str(running)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]

    time.sleep(1)
    for number, notes in enumerate(texts):
        write(settings.corpus, **notes)
        ingest(settings)
        if number % 3 == 0:
            gc(settings.index_path, keep=2)
    running.unlink()

    for reader in readers:
        said, wrong = reader.communicate(timeout=30)
        assert (reader.returncode, wrong.decode()) == (0, "")
        assert int(said) > 1
    assert verify(settings.index_path) == []


@pytest.mark.parametrize("instant", INSTANTS[1::3], ids=" ".join)
def test_a_first_ingest_that_dies_can_be_repeated(settings: Settings, instant: tuple[str, str, str]) -> None:
    die(settings, *instant)

    assert ingest(settings).added == 2
    assert verify(settings.index_path) == []


@pytest.mark.parametrize("delay", [0.15, 0.3, 0.45, 0.6])
def test_death_at_any_time(settings: Settings, delay: float) -> None:
    for number in range(20):
        write(settings.corpus, **{f"n{number}": CAMERAS.replace("Alpha", f"Gamma{number}")})
    script = "import sys; from server.cli import main; sys.exit(main())"
    flags = ["ingest", "--corpus", str(settings.corpus), "--index", str(settings.index_path)]
    process = subprocess.Popen([sys.executable, "-c", script, *flags], stdout=-3, stderr=-3)

    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    summary = ingest(settings)
    assert (summary.failed, summary.notices) == ((), ())
    assert verify(settings.index_path) == []


@pytest.mark.parametrize("instant", [INSTANTS[1], INSTANTS[2], INSTANTS[3], INSTANTS[7]], ids=" ".join)
def test_a_text_that_came_back_in_a_dead_write_can_be_found(
    settings: Settings, tmp_path: Path, instant: tuple[str, str, str]
) -> None:
    write(settings.corpus, long=CAMERAS.replace("Alpha", "Gamma") * 9)
    ingest(settings)
    write(settings.corpus, cameras=CAMERAS.replace("light", "heavy"))
    ingest(settings)
    gc(settings.index_path, keep=1)
    rebuild_derived(settings.index_path)  # the lexical index holds the earlier text no more
    write(settings.corpus, cameras=CAMERAS)
    die(settings, *instant)

    ingest(settings)

    assert verify(settings.index_path) == []
    index = tmp_path / "fresh"
    ingest(Settings(corpus=settings.corpus, index=index))
    assert all_answers(settings.index_path) == all_answers(index)
