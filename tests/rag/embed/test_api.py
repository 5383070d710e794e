from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.build import ingest
from rag.embed import open_embedder, wire
from rag.embed.api import TEXTS_A_REQUEST, ApiEmbedder, parse_spec
from rag.errors import EmbedderError
from rag.index import Snapshot
from rag.retrieve.dense import dense
from tests.ingest.corpora import corpus
from tests.rag.embed.endpoint import STRETCH, Endpoint, serving, vectors

KEY = "sk-verysecret-0123456789"
TEXTS = [f"第 {number} 台相机重 {number * 10} 克" for number in range(TEXTS_A_REQUEST + 5)]


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RAG_EMBEDDER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(wire, "FIRST_PAUSE", 0.001)
    with serving() as served:
        yield served


@pytest.mark.parametrize("as_base64", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_vectors_are_the_servers_at_unit_length(endpoint: Endpoint, as_base64: bool, backwards: bool) -> None:
    endpoint.as_base64, endpoint.backwards = as_base64, backwards
    embedder = open_embedder(endpoint.spec)

    made = embedder.embed_passages(TEXTS)

    assert (made.shape, str(made.dtype)) == ((len(TEXTS), embedder.dimensions), "float32")
    assert np.abs(made - vectors(TEXTS) / STRETCH).max() < 1e-6
    assert np.abs(embedder.embed_question(TEXTS[3]) - made[3]).max() < 1e-6
    assert [len(request["input"]) for request in endpoint.requests] == [TEXTS_A_REQUEST, 5, 1]
    assert {request["model"] for request in endpoint.requests} == {"letters"}


def test_nothing_and_blanks(endpoint: Endpoint) -> None:
    embedder = open_embedder(endpoint.spec)

    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)
    assert np.linalg.norm(embedder.embed_passages(["", "a"]), axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)
    assert endpoint.requests[-1]["input"] == [" ", "a"]


def test_long_texts_share_a_request_only_up_to_its_bound(endpoint: Endpoint) -> None:
    open_embedder(endpoint.spec).embed_passages(["字" * 30_000, "字" * 10_000, "字" * 10_000, "字" * 60_000, "字"])

    assert [len(request["input"]) for request in endpoint.requests] == [2, 1, 1, 1]


def test_a_server_that_takes_fewer_texts_is_asked_for_halves(endpoint: Endpoint) -> None:
    endpoint.most_texts = 10

    made = open_embedder(endpoint.spec).embed_passages(TEXTS[:TEXTS_A_REQUEST])

    assert np.abs(made - vectors(TEXTS[:TEXTS_A_REQUEST]) / STRETCH).max() < 1e-6


@pytest.mark.parametrize("status", [429, 500, 503, 0])
def test_a_busy_server_is_asked_again(endpoint: Endpoint, status: int) -> None:
    endpoint.answers = [(status, {"retry-after": "0"}, "busy")] * 3

    made = open_embedder(endpoint.spec).embed_passages(TEXTS[:2])

    assert np.abs(made - vectors(TEXTS[:2]) / STRETCH).max() < 1e-6
    assert len(endpoint.requests) == 4


def test_a_question_does_not_wait_for_long(endpoint: Endpoint) -> None:
    endpoint.answers = [(503, {}, "busy")] * 9

    with pytest.raises(EmbedderError, match="answered HTTP 503: busy; look at the server"):
        open_embedder(endpoint.spec).embed_question("?")
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (401, {}, '{"error": {"message": "Incorrect API key: sk-verysecret-0123456789"}}', r"key: \*\*\*; check the k"),
        (403, {}, "forbidden", "HTTP 403: forbidden; check the key"),
        (404, {}, '{"error": "no such model"}', "HTTP 404: no such model; check the address and the model's name"),
        (429, {"retry-after": "3600"}, "spent", "HTTP 429: spent; try again later; what was embedded is kept"),
        (307, {"location": "http://127.0.0.1:9/"}, "", "HTTP 307: nothing; look at the server"),
        (200, {}, "<html>", "answered something else than vectors"),
        (200, {}, '{"data": []}', r"something else than vectors \(ValueError: 0 vectors for 1 texts\)"),
        (200, {}, '{"data": [{"index": 0, "embedding": ["x"]}]}', "something else than vectors"),
        (200, {}, '{"data": [{"index": 0, "embedding": []}]}', "a vector that is empty"),
        (200, {}, '{"data": [{"index": 0, "embedding": [NaN]}]}', "not of numbers"),
        (200, {}, '{"data": {"a": 1}}', "something else than vectors"),
        (200, {}, '["sk-verysecret-0123456789"]', "something else than vectors"),
    ],
)
def test_what_is_wrong_is_told_at_once_and_without_the_key(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, status: int, headers: dict[str, str], body: str, said: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    endpoint.answers = [(status, headers, body)] * 9

    with pytest.raises(EmbedderError, match=said) as caught:
        open_embedder(endpoint.spec).embed_passages(["a"])

    assert len(endpoint.requests) == 1
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__suppress_context__ or caught.value.__context__ is None) == (
        None,
        True,
    )


def test_a_server_that_changes_its_model_is_noticed(endpoint: Endpoint) -> None:
    embedder = open_embedder(endpoint.spec)
    embedder.embed_question("a")
    endpoint.dimensions = 7

    with pytest.raises(EmbedderError, match="gave vectors of 7 numbers after 512; look whether the server changed"):
        embedder.embed_question("b")


def test_a_server_that_is_not_there_is_an_error_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    start = time.perf_counter()

    with pytest.raises(EmbedderError, match=r"at http://127.0.0.1:\d+/v1/embeddings cannot be reached .*; start it"):
        open_embedder(f"http://127.0.0.1:{port}/v1#m").embed_passages(["a"])

    assert time.perf_counter() - start < 2


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        embedder = ApiEmbedder(f"http://127.0.0.1:{mute.getsockname()[1]}/v1#m", timeout=0.05)
        with pytest.raises(EmbedderError, match=r"did not answer within 0.05 s .*, asked 2 times"):
            embedder.embed_question("a")


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        ({}, None),
        ({"OPENAI_API_KEY": KEY}, f"Bearer {KEY}"),
        ({"OPENAI_API_KEY": "other", "RAG_EMBEDDER_KEY": KEY}, f"Bearer {KEY}"),
    ],
)
def test_the_key_comes_from_the_environment(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sent: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    open_embedder(endpoint.spec).embed_question("a")

    assert endpoint.keys == [sent]


def test_openai_takes_its_address_from_the_environment(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{endpoint.address}/v1/")

    named = open_embedder("openai:letters")

    assert named.embed_question("a").shape == (512,)
    assert named.fingerprint == open_embedder(endpoint.spec).fingerprint


def test_without_a_key_openai_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RAG_EMBEDDER_KEY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(EmbedderError, match=r"OPENAI_API_KEY is not set, .*set it, or name a server of your own"):
        open_embedder("openai:text-embedding-3-small").embed_question("a")


@pytest.mark.parametrize("spec", ["openai:", "openai: ", "http://", "http://#m", "http://host/v1", "https://host#"])
def test_a_spec_that_names_no_model(spec: str) -> None:
    with pytest.raises(EmbedderError, match="neither openai:MODEL nor URL#MODEL"):
        open_embedder(spec)


def test_a_password_in_the_address_is_refused_and_not_shown() -> None:
    with pytest.raises(EmbedderError, match="holds a password; put the key into RAG_EMBEDDER_KEY") as caught:
        open_embedder("http://me:hunter2@host/v1?api-key=hunter3#m")
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "url", "name"),
    [
        ("http://h:1/v1#m", "http://h:1/v1/embeddings", "m"),
        ("http://h:1/v1/#org/m:tag", "http://h:1/v1/embeddings", "org/m:tag"),
        ("HTTPS://H/v1/embeddings#m", "https://h/v1/embeddings", "m"),
        ("https://h/deploy?api-version=2#m", "https://h/deploy/embeddings?api-version=2", "m"),
    ],
)
def test_where_a_spec_leads(spec: str, url: str, name: str) -> None:
    model = parse_spec(spec)

    assert (model.url, model.name, model.needs_key) == (url, name, False)


def test_the_fingerprint_tells_servers_and_models_apart() -> None:
    specs = ("http://h/v1#m", "http://h/v1#n", "http://g/v1#m", "http://h/v2#m")

    assert len({open_embedder(spec).fingerprint for spec in specs}) == 4
    assert open_embedder("http://h/v1#m").fingerprint == open_embedder("HTTP://H/v1/#m").fingerprint


def test_an_index_by_a_server(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    settings = replace(corpus(tmp_path), embedder=endpoint.spec)

    summary = ingest(settings)

    asked = sum(len(request["input"]) for request in endpoint.requests)
    assert (summary.failed, summary.embedded) == ((), asked)
    with Snapshot.open(settings.index_path) as snapshot:
        hits = dense("which camera is light", snapshot, settings)
        assert hits[0].score == pytest.approx(max(hit.score for hit in hits))
        assert snapshot.embedder_name == endpoint.spec
    held = b"".join(path.read_bytes() for path in settings.index_path.rglob("*") if path.is_file())
    assert KEY.encode() not in held
