"""Collections in BEIR layout: how they are read, and how a ranking is scored."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from eval.beir import Query, Scores, load, rows, score, to_json, write_notes
from rag.errors import UsageError


def folder(root: Path) -> Path:
    """Three documents, three queries: one with two relevant documents, one with one, one with none."""
    documents = [
        {"_id": "p/1#0", "title": "Trees", "text": "Oaks are tall."},
        {"_id": "2", "text": "Ferns are small."},
        {"_id": "3", "title": "", "text": "蕨类很小。"},
    ]
    queries = [{"_id": n, "text": f"question {n}"} for n in ("a", "b", "c")]
    for name, lines in (("corpus", documents), ("queries", queries)):
        (root / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    qrels = ["query-id\tcorpus-id\tscore", "a\tp/1#0\t2", "a\t2\t1", "b\t3\t1", "c\t2\t0", "c\tgone\t1"]
    (root / "qrels.tsv").write_text("\n".join(qrels) + "\n")
    return root


def test_a_collection_is_read_without_queries_that_nothing_answers(tmp_path: Path) -> None:
    collection = load(folder(tmp_path))
    assert collection.documents["p/1#0"] == ("Trees", "Oaks are tall.")
    assert collection.queries == (
        Query("a", "question a", {"p/1#0": 2, "2": 1}),
        Query("b", "question b", {"3": 1}),
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", "not json", "cannot be read as JSON lines"),
        ("queries.jsonl", '{"id": "a"}', "a line is not an object with _id and text"),
        ("qrels.tsv", "a\tb\tc\n1\t2\t3\n", "no table of query-id, corpus-id, score"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\n", "no query has a relevant document"),
    ],
)
def test_a_folder_in_another_layout_is_refused(name: str, content: str, message: str, tmp_path: Path) -> None:
    (folder(tmp_path) / name).write_text(content)
    with pytest.raises(UsageError, match=message):
        load(tmp_path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"corpus\.jsonl: cannot be read"):
        load(tmp_path)


def test_documents_become_notes_under_safe_names(tmp_path: Path) -> None:
    ids = write_notes(load(folder(tmp_path)), tmp_path / "notes")
    assert ids == {"000000.md": "2", "000001.md": "3", "000002.md": "p/1#0"}
    assert (tmp_path / "notes" / "000002.md").read_text("utf-8") == "# Trees\n\nOaks are tall.\n"
    assert (tmp_path / "notes" / "000001.md").read_text("utf-8") == "蕨类很小。\n"


def test_a_ranking_is_scored_by_hand_computed_figures(tmp_path: Path) -> None:
    # Given a ranking with the lesser document second for one query, and the only one seventh for the other
    queries = load(folder(tmp_path)).queries
    ranking = {"question a": ["x", "2", "p/1#0"], "question b": ["1", "2", "4", "5", "6", "7", "3"]}
    # When it is scored
    found = score("mine", ranking.__getitem__, queries)
    # Then each figure is the mean of both queries
    gain_a = (1 / math.log2(3) + 2 / math.log2(4)) / (2 + 1 / math.log2(3))
    gain_b = 1 / math.log2(8)
    assert (found.ranking, found.queries) == ("mine", 2)
    assert (found.hit_1, found.hit_5, found.hit_10) == (0.0, 0.5, 1.0)
    assert found.mrr_10 == pytest.approx((1 / 2 + 1 / 7) / 2)
    assert found.ndcg_10 == pytest.approx((gain_a + gain_b) / 2)


def test_what_ranks_below_ten_does_not_count() -> None:
    query = Query("a", "q", {"d": 1})
    found = score("mine", lambda _: [*"0123456789", "d"], [query])
    assert (found.hit_10, found.mrr_10, found.ndcg_10) == (0.0, 0.0, 0.0)


def test_scores_are_shown_as_a_table_and_as_json() -> None:
    found = (Scores("lexical", 3, 0.5, 0.75, 1.0, 0.61234, 0.7),)
    assert rows(found)[1] == ["lexical", "3", "0.500", "0.750", "1.000", "0.612", "0.700"]
    assert to_json(found)[0]["mrr@10"] == 0.6123
