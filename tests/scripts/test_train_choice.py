"""Learning to read lists: both files are made from development questions, for the features that the program has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from rag.answer.choice import Network
from rag.answer.choice_features import NAMES
from rag.answer.list_sense import model
from tests.eval.world import row
from tests.notes import write_notes
from tests.rag.workbench import ATTIC, BENCH, TEAPOTS

ROOT = Path(__file__).resolve().parents[2]

QUESTIONS = {
    "bench": (
        ("Which presses are guarded?", ["Hollin 2", "Hollin 5"], "workbench.md", "| Hollin 2 |"),
        ("Which presses are grey?", ["Hollin 5", "Quern"], "workbench.md", "| Quern |"),
        ("Which presses weigh at most 60 kg?", ["Hollin 2", "Quern"], "workbench.md", "| Quern |"),
        ("How heavy is the Quern?", [], "workbench.md", "| Quern |"),
    ),
    "tea": (
        ("带滤网的茶壶有哪些", ["栖云壶", "半山壶"], "teapots.md", "半山壶"),
        ("宜城产的茶壶有哪些", ["听松壶", "栖云壶"], "teapots.md", "听松壶"),
        ("栖云壶的容量是多少", [], "teapots.md", "栖云壶"),
    ),
}


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The arguments that name two fields: notes, and questions about them of which one is held out."""
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    root = tmp_path_factory.mktemp("fields")
    write_notes(root / "bench", {"workbench.md": BENCH, "attic.md": ATTIC})
    write_notes(root / "tea", {"teapots.md": TEAPOTS})
    arguments = []
    for field, asked in QUESTIONS.items():
        cases = [
            row(
                id=f"{field}-{number}",
                lang="zh" if field == "tea" else "en",
                type="list" if things else "lookup",
                question=question,
                must=[] if things else [["60", "300"]],
                entities=[[name] for name in things] or None,
                evidence=[{"file": file, "quote": quote}],
                split="dev",
            )
            for number, (question, things, file, quote) in enumerate(asked)
        ]
        cases.append({**cases[0], "id": f"{field}-out", "split": "heldout"})
        lines = [json.dumps(case, ensure_ascii=False) for case in cases]
        (root / f"{field}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        arguments += ["--set", str(root / field), str(root / f"{field}.jsonl")]
    return arguments


def train(fields: list[str], out: Path) -> str:
    command = [sys.executable, str(ROOT / "scripts" / "train_choice.py"), *fields, "--out", str(out)]
    # Nearness in meaning is summed over sets of words, whose order the seed decides.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT, env=environment)
    return done.stdout


def test_both_models_are_learned_from_the_development_questions_of_the_fields(
    fields: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "learned"
    out.mkdir()

    said = train(fields, out).splitlines()

    assert [line.split(":")[0].split() for line in said] == [
        ["bench", "3", "lists"],
        ["tea", "2", "lists"],
        ["all", "5", "lists"],
        ["lists"],
        ["others"],
    ]
    assert all(line.endswith(" of 1.000 possible") for line in said[:3])
    with np.load(out / "choice.npz") as made:
        assert tuple(made["names"]) == NAMES
        learned = Network(*(made[key] for key in ("mean", "spread", "linear", "inner", "offset", "outer")))
    assert np.isfinite(learned(np.zeros((2, len(NAMES)), np.float32))).all()
    lists = tomllib.loads((out / "lists.toml").read_text("utf-8"))
    assert lists["weights"].keys() == model().weights.keys()

    again = tmp_path / "again"
    again.mkdir()
    train(fields, again)
    assert (again / "lists.toml").read_bytes() == (out / "lists.toml").read_bytes()
    with np.load(out / "choice.npz") as made, np.load(again / "choice.npz") as other:
        assert all((made[key] == other[key]).all() for key in made.files)
