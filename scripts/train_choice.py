"""Learn the network of `rag/answer/data/choice.npz` from the list questions of several fields.

    python scripts/train_choice.py --set eval/corpora/cars other-cars --set corpus corpus-a corpus-b ... --out FILE

Each `--set` names a corpus and the question sets about it; only their development questions are read. Every way to
read a question is scored by the F1 of the things it picks against the complete gold list, and a softmax over the
ways is trained to put its mass on those that come near the best. A linear model and a small hidden layer beside it
are trained together, several times from other random starts, and averaged.

Printed first, so that the figures are honest: F1 on fields that were left out, by the network and by its linear part.
Needs torch, which sentence-transformers brings along.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from eval.cases import LIST, Case, find_sets, load_cases
from eval.metrics import list_score
from ingest.build import ingest
from rag.answer.choice import Candidate, Network, weigh
from rag.answer.choice_features import NAMES
from rag.answer.context import Context, display, gathered
from rag.answer.relevance import judge
from rag.assistant import Assistant
from rag.config import Settings
from rag.question.followup import resolve
from rag.retrieve.near_headers import with_near_headers

HIDDEN, MEMBERS = 16, 3
"""Units of the hidden layer of one network; networks that are averaged."""
EPOCHS, BATCH, RATE, DECAY, FADING, DROPPED = 30, 16, 0.01, 0.05, 0.97, 0.2
SHARPNESS, NEAR_BEST, LEAST = 12.0, 0.15, 0.3
"""How sharply the target prefers a better F1; how near the best an F1 must come to be a target at all; the best F1
from which a question teaches anything."""
BOUND = 6.0
FOLDS = 6


@dataclass(frozen=True, slots=True)
class Asking:
    """One list question: the features of all its readings, and the F1 of each."""

    field: str
    case: Case
    rows: NDArray[np.float32]
    right: NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", nargs="+", required=True, metavar=("CORPUS", "SET"))
    parser.add_argument("--out", type=Path, default=Path("rag/answer/data/choice.npz"))
    arguments = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    askings = [asking for corpus, *sets in arguments.set for asking in gather(Path(corpus), sets)]
    report(askings)
    np.savez(arguments.out, names=np.array(NAMES), **learn(askings))


def gather(corpus: Path, sets: Sequence[str], split: str = "dev") -> Iterator[Asking]:
    """The list questions of `sets` over `corpus` with all their readings."""
    with tempfile.TemporaryDirectory() as made:
        settings = Settings(corpus=corpus, index=Path(made) / "index")
        ingest(settings)
        with Assistant.open(Path(made) / "index", settings=settings) as assistant:
            for case in load_cases(find_sets(list(sets)), split=split):
                if case.type == LIST and case.entities and not case.abstain:
                    yield _asking(corpus.name, case, _context(case, assistant))


def _context(case: Case, assistant: Assistant) -> Context:
    snapshot, names = assistant.snapshot, assistant.names
    known = snapshot.document_frequency
    understood = resolve(case.question, list(case.history), names, lambda token: known(token) > 0)
    context, lexical = gathered(with_near_headers(understood, snapshot), snapshot, names)
    return Context(
        context.question, snapshot, names, context.rare, judge(context, lexical), context.means, context.worded
    )


def _asking(field: str, case: Case, context: Context) -> Asking:
    weighed = weigh(context)
    right = [_right(case, context, candidate) for candidate in weighed.candidates]
    return Asking(field, case, weighed.rows, np.array(right, np.float32))


def _right(case: Case, context: Context, candidate: Candidate) -> float:
    """F1 of the candidate's things, by the names that the notes write or those of their entities."""
    written = [candidate.sheet.names[key] for key in candidate.keys]
    entities = [context.entity(key) for key, _ in candidate.keys]
    named = [display(e) if e is not None else name for e, name in zip(entities, written, strict=True)]
    return max(list_score(names, case.entities, case.exclude_entities).f1 for names in (written, named))


def learn(askings: Sequence[Asking]) -> dict[str, NDArray[np.float32]]:
    """The averaged networks' arrays by name, as `rag.answer.choice.Network` reads them."""
    every = np.concatenate([asking.rows for asking in askings])
    mean, spread = every.mean(0), every.std(0) + np.float32(1e-2)
    told = [
        (torch.from_numpy(np.clip((a.rows - mean) / spread, -BOUND, BOUND)), torch.from_numpy(a.right))
        for a in askings
        if len(a.right) and a.right.max() > LEAST
    ]
    members = [_member(told, seed) for seed in range(MEMBERS)]
    share = np.float32(1 / MEMBERS)
    return {
        "mean": mean,
        "spread": spread,
        "linear": sum((m[0] for m in members), np.zeros(len(NAMES), np.float32)) * share,
        "inner": np.stack([m[1] for m in members]),
        "offset": np.stack([m[2] for m in members]),
        "outer": np.stack([m[3] for m in members]) * share,
    }


def _member(told: Sequence[tuple[torch.Tensor, torch.Tensor]], seed: int) -> tuple[NDArray[np.float32], ...]:
    torch.manual_seed(seed)
    linear = torch.nn.Linear(len(NAMES), 1, bias=False)
    inner, outer = torch.nn.Linear(len(NAMES), HIDDEN), torch.nn.Linear(HIDDEN, 1, bias=False)
    torch.nn.init.zeros_(linear.weight)
    torch.nn.init.zeros_(outer.weight)
    dropped = torch.nn.Dropout(DROPPED)
    weights = [*linear.parameters(), *inner.parameters(), *outer.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY)
    order = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        for batch in np.array_split(order.permutation(len(told)), max(len(told) // BATCH, 1)):
            optimizer.zero_grad()
            loss = torch.zeros(())
            for at in batch:
                rows, right = told[at]
                points = linear(rows)[:, 0] + outer(dropped(torch.tanh(inner(rows))))[:, 0]
                target = torch.softmax(right * SHARPNESS, 0) * (right >= right.max() - NEAR_BEST)
                loss = loss - (target / target.sum() * torch.log_softmax(points, 0)).sum()
            (loss / len(batch)).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] *= FADING
    found = (linear.weight[0], inner.weight.T, inner.bias, outer.weight[0])
    return tuple(tensor.detach().numpy().astype(np.float32) for tensor in found)


def report(askings: Sequence[Asking]) -> None:
    """Print what the network chooses on fields that it was not trained on."""
    fields = sorted({asking.field for asking in askings})
    found: dict[str, list[tuple[float, float]]] = {}
    for fold in range(min(FOLDS, len(fields))):
        out = set(fields[fold :: min(FOLDS, len(fields))])
        network = Network(**learn([a for a in askings if a.field not in out]))
        for asking in (a for a in askings if a.field in out and len(a.right)):
            best = float(asking.right[network(asking.rows).argmax()])
            found.setdefault(asking.field, []).append((best, float(asking.right.max())))
    for field, scores in [*found.items(), ("all", [score for group in found.values() for score in group])]:
        chosen, possible = np.mean([s for s, _ in scores]), np.mean([s for _, s in scores])
        print(f"{field:14} {len(scores):4} lists: F1 {chosen:.3f} of {possible:.3f} possible")


if __name__ == "__main__":
    main()
