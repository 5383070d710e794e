"""Learn which list a question asks for, and whether it asks for one, from the questions of several fields.

Two models: the network of `rag/answer/data/choice.npz` from list questions, and the logistic regression of
`rag/answer/data/lists.toml` from questions of all kinds.

    python scripts/train_choice.py --set eval/corpora/cars other-cars --set corpus corpus-a corpus-b ... --out FOLDER

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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.cases import LIST, Case, find_sets, load_cases
from eval.metrics import list_score, meant_entities
from ingest.build import ingest
from rag.answer.choice import BOUND, Network, weigh
from rag.answer.choice_features import NAMES
from rag.answer.context import Context, display, gathered
from rag.answer.list_sense import CHOSEN, about, candidate_features
from rag.answer.relevance import judge
from rag.answer.ways import Candidate
from rag.assistant import Assistant
from rag.config import Settings
from rag.question.followup import resolve
from rag.retrieve.near_headers import with_near_headers
from rag.text.names import has_cjk

HIDDEN, MEMBERS = 24, 4
"""Units of the hidden layer of one network; networks that are averaged."""
EPOCHS, BATCH, RATE, DECAY, FADING, DROPPED = 30, 16, 0.01, 0.2, 0.97, 0.3
SHARPNESS, NEAR_BEST, LEAST = 12.0, 0.15, 0.3
"""How sharply the target prefers a better F1; how near the best an F1 must come to be a target at all; the best F1
from which a question teaches anything."""
FOLDS = 6
STRENGTH = 0.03
"""Inverse penalty of the logistic regression over standardised features."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question: the features of all its readings, and of a list question the F1 of each."""

    field: str
    case: Case
    rows: NDArray[np.float32]
    right: NDArray[np.float32]
    """Empty for a question that asks for no list."""
    about: dict[str, float]
    chosen: NDArray[np.float32]
    """(readings, features of a reading) as `rag.answer.list_sense.CHOSEN` has them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", nargs="+", required=True, metavar=("CORPUS", "SET"))
    parser.add_argument("--out", type=Path, default=Path("rag/answer/data"))
    arguments = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    askings = [asking for corpus, *sets in arguments.set for asking in gather(Path(corpus), sets)]
    networks = crossed(askings)
    told = [(asking, sensed(asking, networks[asking.field])) for asking in askings]
    report(told, networks)
    np.savez(arguments.out / "choice.npz", names=np.array(NAMES), **learn(askings))
    write(arguments.out / "lists.toml", *asking_for_lists(told))


def gather(corpus: Path, sets: Sequence[str], split: str = "dev") -> Iterator[Asking]:
    """The questions of `sets` over `corpus` with all their readings as lists."""
    with tempfile.TemporaryDirectory() as made:
        settings = Settings(corpus=corpus, index=Path(made) / "index")
        ingest(settings)
        with Assistant.open(Path(made) / "index", settings=settings) as assistant:
            for case in load_cases(find_sets(list(sets)), split=split):
                asking = _asking(corpus.name, case, _context(case, assistant))
                if len(asking.rows):
                    yield asking


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
    asks = case.type == LIST and bool(case.entities) and not case.abstain
    right = [_right(case, context, candidate) for candidate in weighed.candidates] if asks else []
    chosen = [candidate_features(candidate) for candidate in weighed.candidates]
    return Asking(field, case, weighed.rows, np.array(right, np.float32), about(context), np.array(chosen, np.float32))


def _right(case: Case, context: Context, candidate: Candidate) -> float:
    """F1 of the candidate's things, by the names that the notes write or those of their entities."""
    written = [candidate.sheet.names[key] for key in candidate.keys]
    entities = [context.entity(key) for key, _ in candidate.keys]
    named = [display(e) if e is not None else name for e, name in zip(entities, written, strict=True)]
    return max(
        list_score([_as_gold(n, case) for n in names], case.entities, case.exclude_entities).f1
        for names in (written, named)
    )


def _as_gold(name: str, case: Case) -> str:
    """A listed name, or the gold's Chinese name within it, which goes on with what the thing is: "X胶囊" is X."""
    held = [
        alias for aliases in case.entities for alias in aliases if has_cjk(alias) and len(alias) > 1 and alias in name
    ]
    return name if meant_entities(name, case.entities, case.exclude_entities) or not held else max(held, key=len)


def learn(askings: Sequence[Asking], members: int = MEMBERS) -> dict[str, NDArray[np.float32]]:
    """The averaged networks' arrays by name, as `rag.answer.choice.Network` reads them."""
    every = np.concatenate([asking.rows for asking in askings if len(asking.right)])
    mean, spread = every.mean(0), every.std(0) + np.float32(1e-2)
    told = [
        (torch.from_numpy(np.clip((a.rows - mean) / spread, -BOUND, BOUND)), torch.from_numpy(a.right))
        for a in askings
        if len(a.right) and a.right.max() > LEAST
    ]
    found = [_member(told, seed) for seed in range(members)]
    share = np.float32(1 / members)
    return {
        "mean": mean,
        "spread": spread,
        "linear": sum((m[0] for m in found), np.zeros(len(NAMES), np.float32)) * share,
        "inner": np.stack([m[1] for m in found]),
        "offset": np.stack([m[2] for m in found]),
        "outer": np.stack([m[3] for m in found]) * share,
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


def crossed(askings: Sequence[Asking]) -> dict[str, Network]:
    """For every field a single network that was trained on other fields alone."""
    fields = sorted({asking.field for asking in askings})
    folds = min(FOLDS, len(fields))
    found: dict[str, Network] = {}
    for fold in range(folds):
        out = fields[fold::folds]
        found |= dict.fromkeys(out, Network(**learn([a for a in askings if a.field not in out], members=1)))
    return found


def sensed(asking: Asking, network: Network) -> dict[str, float]:
    """The features by which a question is taken for one that asks for a list."""
    points = network(asking.rows)
    best = int(points.argmax())
    likelihood = float(1.0 / np.exp(points - points[best]).sum())
    chosen = dict(zip(CHOSEN, asking.chosen[best].tolist(), strict=True))
    return {**asking.about, "likelihood": likelihood, "points": float(points[best]), **chosen}


def asking_for_lists(told: Sequence[tuple[Asking, Mapping[str, float]]]) -> tuple[dict[str, float], float]:
    """(weights by name, constant) of the model that tells whether a list is asked for, from `sensed` questions."""
    rows = [row for _, row in told]
    names = sorted(rows[0])
    facts = np.array([[row[name] for name in names] for row in rows])
    centre, spread = facts.mean(0), facts.std(0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit((facts - centre) / spread, [_is_list(asking) for asking, _ in told])
    weights = model.coef_[0] / spread
    return dict(zip(names, weights.tolist(), strict=True)), float(model.intercept_[0] - weights @ centre)


def _is_list(asking: Asking) -> bool:
    return asking.case.type == LIST


def report(told: Sequence[tuple[Asking, Mapping[str, float]]], networks: Mapping[str, Network]) -> None:
    """Print what the models do on fields that they were not trained on."""
    askings = [asking for asking, _ in told]
    found: dict[str, list[tuple[float, float]]] = {}
    for asking in (asking for asking in askings if len(asking.right)):
        best = float(asking.right[networks[asking.field](asking.rows).argmax()])
        found.setdefault(asking.field, []).append((best, float(asking.right.max())))
    for field, scores in [*found.items(), ("all", [score for group in found.values() for score in group])]:
        chosen, possible = np.mean([s for s, _ in scores]), np.mean([s for _, s in scores])
        print(f"{field:14} {len(scores):4} lists: F1 {chosen:.3f} of {possible:.3f} possible")
    taken: list[tuple[bool, bool]] = []
    for field in sorted({asking.field for asking in askings}):
        weights, constant = asking_for_lists([entry for entry in told if entry[0].field != field])
        for asking, row in (entry for entry in told if entry[0].field == field):
            points = constant + sum(weights[name] * value for name, value in row.items())
            taken.append((_is_list(asking), points > 0))
    for asks, name in ((True, "lists"), (False, "others")):
        kind = [said for is_list, said in taken if is_list is asks]
        print(f"{name}: {np.mean(kind):.3f} of {len(kind)} taken for lists")


def write(path: Path, weights: Mapping[str, float], constant: float) -> None:
    """The weights as TOML, by name."""
    lines = ["# Made by scripts/train_choice.py; what each feature is stands in rag/answer/list_sense.py.", ""]
    lines += [f"constant = {constant:.4f}", "", "[weights]"]
    lines += [f"{name} = {value:.4f}" for name, value in sorted(weights.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
