"""Record the answers to all question sets, and tell which differ from an earlier record.

    PYTHONPATH=. python scripts/record_answers.py before.json
    PYTHONPATH=. python scripts/record_answers.py after.json --against before.json

A change that is to save time and nothing else leaves every answer as it was, byte for byte, apart from its time.
`--notes DIR` names the notes of the sets `shared-*`, which do not ship with the program. Exit status 1: some differ.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from eval.cases import QUESTIONS, SHIPPED, Case, load_cases
from ingest.build import ingest
from rag import Assistant
from rag.answer.serialise import to_json
from rag.config import Settings

ROOT = Path(__file__).parents[1]
OTHER, SHARED, PAPERS = "other-", "shared-", "papers-"


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--against", type=click.Path(path_type=Path, exists=True), help="An earlier record.")
@click.option("--notes", type=click.Path(path_type=Path, exists=True), help="The notes of the sets shared-*.")
def command(out: Path, against: Path | None, notes: Path | None) -> None:
    """Write the answers to OUT as one JSON object, set/case -> answer."""
    found = {name: answer for corpus, sets in corpora(notes) for name, answer in answered(corpus, sets)}
    out.write_text(json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    click.echo(f"{len(found)} answers")
    if against is not None:
        changed = differing(json.loads(against.read_text(encoding="utf-8")), found)
        click.echo("\n".join([f"{len(changed)} differ", *changed]))
        sys.exit(1 if changed else 0)


def corpora(notes: Path | None) -> Iterator[tuple[Path, list[Path]]]:
    """Each corpus with the sets that ask about it."""
    files = sorted(QUESTIONS.glob("*.jsonl"))
    yield ROOT / "corpus", [file for file in files if file.name.startswith((SHIPPED, PAPERS))]
    for file in files:
        if file.name.startswith(OTHER):
            yield ROOT / "eval" / "corpora" / file.stem.removeprefix(OTHER), [file]
    if notes is not None:
        yield notes, [file for file in files if file.name.startswith(SHARED)]


def answered(corpus: Path, sets: list[Path]) -> Iterator[tuple[str, dict[str, object]]]:
    """The answers of a fresh index, without the times."""
    cases: list[Case] = [case for file in sets for case in load_cases([file])]
    with tempfile.TemporaryDirectory(prefix="rag-record-") as folder:
        settings = Settings(corpus=corpus, index=Path(folder) / "index", offline=True, lock_timeout=30.0)
        ingest(settings)
        with Assistant.open(settings.index_path, settings=settings) as assistant:
            for case in cases:
                answer = to_json(assistant.ask(case.question, case.history))
                del answer["timings_ms"]
                yield f"{case.set}/{case.id}", answer


def differing(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The names under which the two records differ, where both have one."""
    return [name for name in after if name in before and before[name] != after[name]]


if __name__ == "__main__":
    command()
