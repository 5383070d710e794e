from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.embed import open_embedder
from rag.errors import (
    EmbedderMismatchError,
    IndexCorruptError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
    UsageError,
)
from rag.index import Snapshot, Term
from rag.index.layout import records_path, writing
from rag.index.store import verify
from rag.types import Lines
from tests.ingest.corpora import CAMERAS, all_answers, corpus, write


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = corpus(tmp_path)
    ingest(found)
    return found


@pytest.fixture
def index(settings: Settings) -> Path:
    return settings.index_path


def test_facts_by_entity_mention_and_place(index: Path) -> None:
    with Snapshot.open(index) as snapshot:
        row = snapshot.facts_at("cameras.md", 7, 7)
        assert [(f.attribute, f.value) for f in row] == [
            ("Sensor", "24 MP"),
            ("Weight", "480 g"),
            ("Price", "900 EUR"),
        ]
        assert set(row) <= set(snapshot.facts_of({"alphaone", "unknown"}))
        assert ("Weight", 2) in snapshot.attributes()
        mentioned = snapshot.facts_mentioning(["treebase"])
        assert mentioned
        assert all("treebase" in f.mentions for f in mentioned)
        assert snapshot.facts_of([]) == snapshot.facts_mentioning([]) == ()


def test_facts_come_in_reading_order_and_quote_their_source(index: Path) -> None:
    with Snapshot.open(index) as snapshot:
        facts = snapshot.facts()
        assert list(facts) == sorted(facts, key=lambda f: (f.source, f.ordinal))
        for fact in facts:
            assert isinstance(fact.location, Lines)
            lines = snapshot.source(fact.source).text.split("\n")[fact.location.first - 1 : fact.location.last]
            assert fact.quote in "\n".join(lines)


def test_matching_facts_are_complete(index: Path) -> None:
    with Snapshot.open(index) as snapshot:
        found = snapshot.facts_matching([(Term("weight"),), (Term("price"),)])
        assert [f.attribute for f in found if f.attribute in ("Weight", "Price")] == [
            "Weight",
            "Price",
            "Weight",
        ]
        assert snapshot.facts_matching([(Term("weight"),)], limit=1) == found[:1]


def test_names_lead_to_entities(index: Path) -> None:
    with Snapshot.open(index) as snapshot:
        assert snapshot.names()["betatwo"].name == "Beta Two"
        assert snapshot.names()["betatwo"] in snapshot.entities()


def test_chunks_by_vector(index: Path) -> None:
    with Snapshot.open(index) as snapshot:
        question = open_embedder("builtin").embed_question("Alpha One rented out for commercial work")
        hits = snapshot.search_vectors(question, 3)
        assert "may be rented out" in hits[0].chunk.text
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_reader_keeps_its_generation_while_others_write(settings: Settings, index: Path) -> None:
    before = all_answers(index)
    with Snapshot.open(index) as early, Snapshot.open(index) as late:
        early.search_facts([(Term("weight"),)], 5)
        for number in range(12):
            write(settings.corpus, cameras=CAMERAS.replace("480", str(500 + number)))
            ingest(settings)

        assert (early.generation, early.is_current()) == (1, False)
        assert "480 g" in [f.value for f in early.facts_of(["alphaone"])]
        # A reader that asks for the first time only now.
        found = {f.value for f, _ in late.search_facts([(Term("weight"),)], 2)}
        assert found == {"480 g", "700 g"}
    assert all_answers(index, generation=1) == before
    with Snapshot.open(index) as snapshot:
        assert (snapshot.generation, snapshot.is_current()) == (13, True)
        assert "511 g" in [f.value for f in snapshot.facts_of(["alphaone"])]


def test_threads_share_a_snapshot(index: Path) -> None:
    expected = all_answers(index)
    wrong: list[object] = []

    with Snapshot.open(index) as snapshot:

        def ask() -> None:
            for _ in range(20):
                query = [(Term("weight"),), (Term("alpha"),), (Term("one"),), (Term("of"),)]
                if snapshot.search_facts(query[:3], 10) != expected["found"]["weight of Alpha One"]:
                    wrong.append(snapshot.search_facts(query[:3], 10))
                if snapshot.facts() != expected["facts"]:
                    wrong.append("facts")

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong or wrong == []


def test_an_unknown_generation_is_refused(index: Path) -> None:
    with pytest.raises(UsageError, match=r"generation 7 .* is not kept"):
        Snapshot.open(index, generation=7)


def test_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match="run `rag ingest` first"):
        Snapshot.open(tmp_path)
    sqlite3.connect(records_path(tmp_path)).close()
    records_path(tmp_path).touch()
    with pytest.raises(IndexNotFoundError, match="no finished ingest"):
        Snapshot.open(tmp_path)


def spoil(path: Path, harm: str) -> None:
    """Damage one file."""
    content = bytearray(path.read_bytes())
    if harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif harm == "garbage":
        path.write_bytes(b"not an index " * 40)
    elif harm == "flip":
        content[len(content) // 3] ^= 0xFF
        path.write_bytes(content)
    else:
        path.unlink()


@pytest.mark.parametrize("harm", ["cut", "garbage", "flip", "gone"])
@pytest.mark.parametrize("pattern", ["vectors/*.faiss", "lexical/*/facts/*.idx", "lexical/*/chunks/meta.json"])
def test_a_reader_mends_damaged_parts(index: Path, pattern: str, harm: str) -> None:
    before = all_answers(index)
    [path] = index.glob(pattern)
    spoil(path, harm)
    if (pattern, harm) == ("lexical/*/chunks/meta.json", "flip"):
        path.write_bytes(b"\xff" + path.read_bytes())

    with Snapshot.open(index) as snapshot:
        assert snapshot.notices == ()
        snapshot.search_facts([(Term("weight"),)], 5)
        snapshot.search_chunks([(Term("weight"),)], 5)
        snapshot.search_vectors(open_embedder("builtin").embed_question("weight"), 5)
        assert len(snapshot.notices) == 1
        assert "made anew from the records" in "".join(snapshot.notices)

    assert all_answers(index) == before
    assert verify(index) == []


def test_the_next_ingest_mends_damaged_parts_with_a_notice(settings: Settings, index: Path) -> None:
    [path] = index.glob("vectors/*.faiss")
    spoil(path, "flip")
    write(settings.corpus, more="# More\n\nmore words\n")

    summary = ingest(settings)

    assert summary.notices == ("1 vector file(s) were made anew from the records",)
    assert verify(index) == []


def test_damaged_records_are_an_error_that_says_what_to_do(index: Path) -> None:
    spoil(records_path(index), "garbage")

    with pytest.raises(IndexCorruptError, match="delete that directory and ingest again"):
        Snapshot.open(index)


def test_another_format_is_refused(index: Path) -> None:
    with sqlite3.connect(records_path(index)) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'format'")
    connection.close()

    with pytest.raises(IndexVersionError, match="has format 999, this program has format 5"):
        Snapshot.open(index)


def test_another_embedder_is_refused(index: Path) -> None:
    with Snapshot.open(index) as snapshot:
        snapshot.require_embedder(open_embedder("builtin").fingerprint, "builtin")
        with pytest.raises(EmbedderMismatchError, match=r"made by the embedder 'builtin' .* asked for is 'm3e-base'"):
            snapshot.require_embedder("st-0123", "m3e-base")


def test_records_that_another_program_writes_to(settings: Settings, index: Path) -> None:
    write(settings.corpus, more="# More\n")
    other = sqlite3.connect(records_path(index), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with Snapshot.open(index) as snapshot:
        assert snapshot.generation == 1
    with pytest.raises(IndexLockedError, match="locked by another program"):
        ingest(settings)

    other.execute("ROLLBACK")
    other.close()
    assert ingest(settings).added == 1


def test_two_writers_take_turns(settings: Settings, index: Path) -> None:
    write(settings.corpus, more="# More\n")
    holder = "import sys, time; from pathlib import Path; from rag.index.layout import writing\n"
    holder += "with writing(Path(sys.argv[1]), timeout=5): print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", holder, str(index)], stdout=subprocess.PIPE)
    assert other.stdout
    assert other.stdout.readline() == b"held\n"

    with pytest.raises(IndexLockedError, match=f"process {other.pid} is writing"):
        ingest(settings)

    # A dead holder's lock is gone with it.
    other.kill()
    other.wait()
    other.stdout.close()
    assert ingest(replace(settings, lock_timeout=0.0)).added == 1


def test_a_writer_waits_for_another(settings: Settings, index: Path) -> None:
    write(settings.corpus, more="# More\n")
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with writing(index, timeout=1):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    threading.Timer(0.3, leave.set).start()

    assert ingest(replace(settings, lock_timeout=10)).added == 1
    thread.join()
