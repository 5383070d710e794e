"""The question sets that ship and the notes they ask about: every corpus ingests, every piece of evidence stands."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from eval.cases import QUESTIONS, CaseError, load_cases, load_set
from eval.gold import locate
from ingest.build import ingest
from rag.config import Settings
from rag.index import Snapshot

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT / "eval" / "corpora"
SHARED = ROOT.parent / "shared"
SETS = sorted(path.stem for path in QUESTIONS.glob("*.jsonl"))
FIELDS = sorted(path.name for path in CORPORA.iterdir() if path.is_dir())


def sets(prefix: str) -> tuple[Path, ...]:
    return tuple(QUESTIONS / f"{name}.jsonl" for name in SETS if name.startswith(prefix))


def displaced(prefix: str, corpus: Path, index: Path) -> list[str]:
    """Ingest a corpus, all of it, and tell which evidence of its sets is not there."""
    summary = ingest(Settings(corpus=corpus, index=index))
    assert (summary.failed, summary.notices) == ((), ())
    wrong = []
    with Snapshot.open(index) as snapshot:
        for case in load_cases(sets(prefix)):
            try:
                locate(case, snapshot.source)
            except CaseError as error:
                wrong.append(str(error))
    return wrong


def test_every_field_has_a_set_and_every_set_a_corpus() -> None:
    assert [f"other-{field}" for field in FIELDS] == [name for name in SETS if name.startswith("other-")]
    known = ("corpus-", "other-", "papers-", "shared-")
    assert [name for name in SETS if not name.startswith(known)] == []


@pytest.mark.parametrize("field", FIELDS)
def test_the_evidence_of_another_field_stands_in_its_notes(field: str, tmp_path: Path) -> None:
    assert displaced(f"other-{field}", CORPORA / field, tmp_path) == []


def test_the_evidence_about_the_shipped_notes_stands_there(tmp_path: Path) -> None:
    assert displaced("corpus-", ROOT / "corpus", tmp_path) == []


def test_the_evidence_about_the_shared_notes_stands_there(tmp_path: Path) -> None:
    if not (SHARED / "notes").is_dir():
        pytest.skip("the shared notes are not here")
    assert displaced("shared-", SHARED / "notes", tmp_path) == []


def test_the_evidence_about_the_shared_papers_stands_there(tmp_path: Path) -> None:
    if not (SHARED / "pdf").is_dir():
        pytest.skip("the shared papers are not here")
    corpus = tmp_path / "corpus"
    shutil.copytree(SHARED / "pdf", corpus / "papers")
    assert displaced("papers-", corpus, tmp_path / "index") == []


def test_every_id_is_that_of_its_set_and_stands_once() -> None:
    cases = load_cases(sets(""))

    assert [case.id for case in cases if not re.fullmatch(rf"{case.set}-\d{{3}}", case.id)] == []


def test_no_question_is_held_out_and_used_for_development() -> None:
    cases = load_cases(sets(""))
    splits: dict[tuple[object, ...], set[str]] = {}
    for case in cases:
        splits.setdefault((case.set.partition("-")[0], case.question, case.history), set()).add(case.split)

    assert [asked for asked, found in splits.items() if len(found) > 1] == []


def test_the_documentation_counts_the_cases() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| .* \| (\d+) \| (\d+) / (\d+) \| (\d+) / (\d+) \|$",
        (ROOT / "docs" / "evaluation.md").read_text("utf-8"),
        re.MULTILINE,
    )

    assert sorted(row[0] for row in rows) == SETS
    for name, *told in rows:
        cases = load_set(QUESTIONS / f"{name}.jsonl")
        languages, splits = Counter(case.language for case in cases), Counter(case.split for case in cases)
        counted = [len(cases), languages["zh"], languages["en"], splits["dev"], splits["heldout"]]
        assert [int(count) for count in told] == counted, name


def test_the_documentation_names_the_corpora() -> None:
    text = (ROOT / "docs" / "evaluation.md").read_text("utf-8")

    assert [field for field in FIELDS if f"| `other-{field}` | `eval/corpora/{field}/` |" not in text] == []
