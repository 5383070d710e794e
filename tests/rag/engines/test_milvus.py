"""What only a search server can meet: a server that is gone or emptied, another embedder, an index that had files."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import ingest.build
from rag.assistant import Assistant
from rag.config import Settings
from rag.errors import ConfigError, IndexError_, MissingExtraError
from rag.index import Snapshot, attached
from rag.index.store import gc, rebuild_derived, verify
from tests.ingest.corpora import CAMERAS, all_answers, corpus, write
from tests.ingest.test_embedding import Letters, opening

ROOT = Path(__file__).resolve().parents[3]
run = ingest.build.ingest


@pytest.fixture
def settings(milvus: str, tmp_path: Path) -> Settings:
    """An ingested corpus: records in a file, search on the server."""
    settings = replace(corpus(tmp_path), search=milvus)
    run(settings)
    return settings


def embedded(settings: Settings) -> Settings:
    """The same corpus in a fresh index of files."""
    index = settings.index_path.with_name("embedded")
    found = replace(settings, index=index, search=None)
    run(found)
    return found


def test_records_in_a_file_and_search_on_the_server(settings: Settings) -> None:
    assert all_answers(settings.index_path) == all_answers(embedded(settings).index_path)
    assert verify(settings.index_path) == []
    assert list((settings.index_path / "vectors").iterdir()) == list((settings.index_path / "lexical").iterdir()) == []


def test_an_index_of_files_moves_to_the_server_and_back(milvus: str, tmp_path: Path) -> None:
    settings = corpus(tmp_path)
    run(settings)
    before = all_answers(settings.index_path)
    attached.attach(settings.index_path, None, milvus)
    with Snapshot.open(settings.index_path) as snapshot, pytest.raises(IndexError_, match="run `rag index rebuild`"):
        snapshot.document_frequency("weight")

    assert len(rebuild_derived(settings.index_path)) == 2
    assert all_answers(settings.index_path) == before
    assert verify(settings.index_path) == []

    (settings.index_path / attached.SEARCH_POINTER).unlink()
    assert all_answers(settings.index_path) == before
    assert verify(settings.index_path) == []


def test_a_generation_is_searched_where_its_embedder_left_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = all_answers(settings.index_path)
    embedder = opening(monkeypatch, Letters())
    question = embedder.embed_question("about 7")

    assert run(replace(settings, embedder="letters")).generation == 2

    with Snapshot.open(settings.index_path) as snapshot:
        found = snapshot.search_vectors(question, 5)
    with Snapshot.open(embedded(replace(settings, embedder="letters")).index_path) as snapshot:
        assert found == snapshot.search_vectors(question, 5) != []
    monkeypatch.undo()
    assert all_answers(settings.index_path, generation=1) == before
    gc(settings.index_path, keep=1)
    assert verify(settings.index_path) == []


def test_a_server_that_was_emptied_is_filled_from_the_records(settings: Settings) -> None:
    from rag.index.milvus import Milvus

    before = all_answers(settings.index_path)
    with Snapshot.open(settings.index_path) as snapshot:
        assert snapshot.document_frequency("weight")
        server = Milvus(str(settings.search))
        for name in server.names("rag_"):
            server.drop(name)
        with pytest.raises(IndexError_, match=r"is not on the search server any more .*run `rag index rebuild`"):
            all_answers(settings.index_path)
    assert len(verify(settings.index_path)) == 2

    rebuild_derived(settings.index_path)

    assert all_answers(settings.index_path) == before
    assert verify(settings.index_path) == []


def test_the_next_edit_fills_a_server_that_was_emptied(settings: Settings) -> None:
    from rag.index.milvus import Milvus

    server = Milvus(str(settings.search))
    for name in server.names("rag_"):
        server.drop(name)
    write(settings.corpus, cameras=CAMERAS.replace("480", "481"))

    run(settings)

    assert all_answers(settings.index_path) == all_answers(embedded(settings).index_path)
    assert verify(settings.index_path) == []


def test_texts_longer_than_the_server_takes(settings: Settings) -> None:
    long = " ".join(f"zebra{number} runs" for number in range(6000))
    write(settings.corpus, long=f"# Long\n\n- Remark: {long}\n", cameras=CAMERAS.replace("480", "481"))

    run(settings)

    assert all_answers(settings.index_path) == all_answers(embedded(settings).index_path)
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        assert "481" in assistant.ask("weight of Alpha One").text


def test_milvus_lite_in_one_process_needs_no_server(tmp_path: Path) -> None:
    if importlib.util.find_spec("milvus_lite") is None:
        pytest.skip("milvus_lite is not installed: pip install milvus-lite")
    settings = replace(corpus(tmp_path), search=f"milvus://{tmp_path}/search.db")
    script = (
        "import sys; from pathlib import Path; from ingest.build import ingest; from rag.config import Settings\n"
        "from tests.ingest.corpora import all_answers\n"
        "notes, root, search = sys.argv[1:]\n"
        "plain = Settings(corpus=Path(notes), index=Path(root, 'plain'))\n"
        "ours = Settings(corpus=Path(notes), index=Path(root, 'ours'), search=search)\n"
        "ingest(plain), ingest(ours)\n"
        "assert all_answers(plain.index_path) == all_answers(ours.index_path)\n"
    )
    command = [sys.executable, "-c", script, str(settings.corpus), str(tmp_path), str(settings.search)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("address", ["qdrant://u:secret@host:1", "search.db"])
def test_an_address_of_another_kind_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a Milvus URL; give milvus://HOST:PORT") as raised:
        attached.attach(tmp_path / "index", None, address)
    assert "secret" not in str(raised.value)


def test_a_kind_of_index_that_is_none(milvus: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"index 'TREE' of .* is none of FLAT, HNSW"):
        run(replace(corpus(tmp_path), search=f"{milvus}?index=tree"))


def test_nobody_answers_at_the_address(tmp_path: Path) -> None:
    settings = replace(corpus(tmp_path), search="milvus://127.0.0.1:9")

    with pytest.raises(IndexError_, match=r"the search server 127\.0\.0\.1:9 could not be used .* see that it runs"):
        run(settings)


def test_without_the_driver_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)

    with pytest.raises(MissingExtraError, match=r"survey-notes-rag\[milvus\]"):
        run(replace(corpus(tmp_path), search="milvus://elsewhere:19530"))
