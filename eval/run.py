"""A run: bring an index up to date, ask every question, judge every answer. Also `python -m eval.run`."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from eval.ablation import Ablation, ablatable, contribution
from eval.cases import Case
from eval.gold import Place, locate
from eval.judge.run import Judged
from eval.score import Outcome, judge
from eval.summary import Slice, slices
from rag.config import Settings
from rag.types import Answer, Source, Turn

WARM_UP = 3
"""Questions asked before any is timed, so that lazily loaded parts do not count as latency."""


class Sources(Protocol):
    """What the evaluation reads of an index."""

    def source(self, path: str) -> Source: ...


class Answering(Protocol):
    """What the evaluation needs of an assistant."""

    @property
    def snapshot(self) -> Sources: ...

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer: ...


Progress = Callable[[str, int, int], None]
"""Told (what, done, total)."""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run: `scope` says which sets and split, `corpus` where the notes lay, `ablations` what means add."""

    scope: str
    corpus: str
    embedder: str
    llm: str | None
    outcomes: tuple[Outcome, ...]
    slices: tuple[Slice, ...]
    ablations: tuple[Ablation, ...] = ()
    judged: Judged | None = None

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Everything with a problem, in the order of the cases."""
        return tuple(outcome for outcome in self.outcomes if outcome.problems)

    @property
    def imperfect(self) -> tuple[Outcome, ...]:
        """What is right, but falls short in another metric than accuracy."""
        return tuple(outcome for outcome in self.outcomes if outcome.remarks and not outcome.problems)


def evaluate(cases: Sequence[Case], settings: Settings, *, scope: str, progress: Progress | None = None) -> Report:
    """Ask all cases over the index of the settings as it is (see `ingested`). `cases` must not be empty.

    Raises CaseError when the evidence of a case does not stand in the corpus, and IndexNotFoundError and its
    siblings.
    """
    from rag.assistant import Assistant

    with Assistant.open(settings.index_path, settings=settings) as assistant:
        outcomes = run(assistant, cases, progress=progress)
    state = outcomes[0].answer.index
    return Report(scope, str(settings.corpus), state.embedder, settings.llm, outcomes, slices(outcomes))


def ablate(report: Report, settings: Settings, *, progress: Progress | None = None) -> Report:
    """The report with what each means that the settings use contributes: its cases are asked again without each."""
    from rag.assistant import Assistant
    from rag.retrieve.means import ALL

    cases = [outcome.case for outcome in report.outcomes]
    found = []
    for name in ablatable(settings):
        with Assistant.open_with(ALL.without(name), settings.index_path, settings=settings) as assistant:
            outcomes = run(assistant, cases, progress=progress, what=f"asked without {name}")
        found.append(contribution(name, report.outcomes, outcomes))
    return replace(report, ablations=tuple(found))


@contextmanager
def ingested(settings: Settings, *, progress: Progress | None = None) -> Iterator[Settings]:
    """The settings with an index of the notes as they are now; a temporary one where none is named."""
    from ingest.build import ingest

    with tempfile.TemporaryDirectory(prefix="rag-eval-") as temporary:
        chosen = settings if settings.index is not None else replace(settings, index=Path(temporary))
        ingest(chosen, progress=progress)
        yield chosen


def run(
    assistant: Answering, cases: Sequence[Case], *, progress: Progress | None = None, what: str = "asked"
) -> tuple[Outcome, ...]:
    """Ask every case, one after the other, and judge the answers."""
    source = assistant.snapshot.source
    places: list[tuple[Place, ...]] = [locate(case, source) for case in cases]
    for case in cases[:WARM_UP]:
        assistant.ask(case.question, case.history)
    outcomes = []
    for number, (case, where) in enumerate(zip(cases, places, strict=True), start=1):
        began = time.perf_counter()
        answer = assistant.ask(case.question, case.history)
        latency = (time.perf_counter() - began) * 1000
        outcomes.append(judge(case, answer, where, source=source, latency_ms=latency))
        if progress is not None:
            progress(what, number, len(cases))
    return tuple(outcomes)


def scope_of(sets: Sequence[Path], split: str) -> str:
    """The name under which the baseline keeps this selection: "set,set/split"."""
    return f"{','.join(sorted(path.stem for path in sets))}/{split}"


def answers_digest(outcomes: Sequence[Outcome]) -> str:
    """What two runs share exactly when every answer is the same."""
    texts = [f"{o.case.id}\t{o.answer.abstained}\t{o.answer.text}" for o in outcomes]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


if __name__ == "__main__":
    from eval.command import main

    main()
