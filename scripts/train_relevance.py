"""Learn the weights of `rag/answer/data/relevance.toml` from the development questions of several fields.

    python scripts/train_relevance.py --set eval/corpora/cars other-cars --set corpus corpus-a corpus-b ... --out FILE

Each `--set` names a corpus and the question sets about it. A fact answers a question when it stands at a gold place
and holds a gold wording. Two models are learned:

- *order*: a softmax over the facts of one question, maximising the likelihood of the answers (ListNet's top-one
  likelihood, Cao et al. 2007), with an L2 penalty;
- *answers*: a logistic regression over the facts at the top, on every question as it is and once more with all its
  answers taken away, which is what a question looks like whose answer the notes leave out.

Printed first, so that the figures are honest: the same models learned without a field and tried on that field.
Needs scikit-learn and SciPy, which sentence-transformers brings along.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from eval.cases import Case, find_sets, load_cases
from eval.gold import locate, overlaps
from eval.metrics import says, squeeze
from ingest.build import ingest
from rag.answer.context import gathered
from rag.answer.features import AROUND, RELATIVE, asked, fact_features, question_features
from rag.answer.relevance import admissible, standings
from rag.answer.support import names_unknown
from rag.assistant import Assistant
from rag.config import Settings
from rag.question.followup import resolve
from rag.question.understand import Question
from rag.question.wording import attribute_concepts
from rag.retrieve.near_headers import with_near_headers
from rag.retrieve.view import view
from rag.text.names import name_key
from rag.types import Fact, FactKind

PENALTY = 1.0
"""Of the squared weights of the order: of 0.3, 1 and 3 the best on fields left out."""
STRENGTH = 0.05
"""Inverse penalty of the logistic regression over standardised features."""
ONE_FACT = ("lookup", "conflict", "followup", "howto", "link", "definition", "compare", "timeline")
"""Types of questions whose answers stand in single facts; lists have their own engine."""
SILENT_WEIGHT = 2.0
"""Of a question that was asked because the notes leave it open: there are few of them, and they are the real ones."""
LOWER_WEIGHT = 0.2
"""Of the facts below the first: whether the first answers decides whether there is an answer."""
FOREIGN = 25
"""Questions of other fields put to each corpus."""
OTHER_VERSION = " X9"
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asking:
    """One question with the features of its facts: (n, features), and what each fact is to it.

    `right` is 2 for an answer at a gold place, 1 for the gold wording elsewhere, 0 for anything else. `gone` marks what
    goes with the answers when they are taken away: the same attribute of the same thing, the same lines of prose.
    """

    field: str
    case: Case
    facts: list[dict[str, float]]
    right: NDArray[np.int64]
    gone: NDArray[np.bool_]
    about: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", nargs="+", required=True, metavar=("CORPUS", "SET"))
    parser.add_argument("--out", type=Path, default=Path("rag/answer/data/relevance.toml"))
    arguments = parser.parse_args()
    strangers = [c for _, *sets in arguments.set for c in load_cases(find_sets(sets), split="dev") if not c.abstain]
    askings = [asking for corpus, *sets in arguments.set for asking in gather(Path(corpus), sets, strangers)]
    names = sorted(set(next(asking for asking in askings if asking.facts).facts[0]) - RELATIVE)
    report(askings, names)
    weights = order(askings, names)
    answers, constant = answering(askings, names, crossed(askings, names))
    write(arguments.out, dict(zip(names, weights.tolist(), strict=True)), answers, constant)


def gather(corpus: Path, sets: Sequence[str], strangers: Sequence[Case]) -> Iterator[Asking]:
    """The development questions of `sets` over `corpus`, with their facts' features.

    And questions that it cannot answer: some of the `strangers`, which ask about other fields, and its own with the
    thing they name turned into another version of it.
    """
    with tempfile.TemporaryDirectory() as made:
        settings = Settings(corpus=corpus, index=Path(made) / "index")
        ingest(settings)
        with Assistant.open(Path(made) / "index", settings=settings) as assistant:
            cases = load_cases(find_sets(list(sets)), split="dev")
            for case in (case for case in cases if case.abstain or case.type in ONE_FACT):
                yield _asking(corpus.name, case, assistant)
            foreign = [c for c in strangers if c.set not in sets and c.type in ONE_FACT and not c.history]
            for case in foreign[:: len(foreign) // FOREIGN or 1]:
                yield _asking(corpus.name, _silent(case, case.question), assistant)
            for case in cases:
                other = _renamed(case, assistant) if case.type in ONE_FACT and not case.history else None
                if other is not None:
                    yield _asking(corpus.name, _silent(case, other), assistant)


def _silent(case: Case, question: str) -> Case:
    """A question that the notes do not answer."""
    return replace(case, question=question, history=(), must=(), evidence=(), entities=(), abstain=True)


def _renamed(case: Case, assistant: Assistant) -> str | None:
    """The question about another version of the one thing it names, which the notes do not know."""
    question = _understood(case, assistant)
    if len(question.mentions) != 1 or not question.mentions[0].exact:
        return None
    surface = question.mentions[0].surface
    at = case.question.lower().find(surface)
    if at < 0:
        return None
    written = case.question[at : at + len(surface)]
    other = f"{written[:-1]}{(int(written[-1]) + 5) % 10}" if written[-1].isdigit() else f"{written}{OTHER_VERSION}"
    if assistant.names.find(name_key(other)) is not None:
        return None
    return case.question[:at] + other + case.question[at + len(surface) :]


def _understood(case: Case, assistant: Assistant) -> Question:
    known = assistant.snapshot.document_frequency
    understood = resolve(case.question, list(case.history), assistant.names, lambda token: known(token) > 0)
    return with_near_headers(understood, assistant.snapshot)


def _asking(field: str, case: Case, assistant: Assistant) -> Asking:
    snapshot, names = assistant.snapshot, assistant.names
    question = _understood(case, assistant)
    context, found = gathered(question, snapshot, names)
    places = locate(case, snapshot.source)
    wanted = asked(context, found)
    pool = [] if names_unknown(context) else admissible(context)[0]
    right = []
    for scored in pool:
        holds = any(says(squeeze(f"{scored.fact.value} {scored.fact.date or ''}"), group) for group in case.must)
        at_gold = any(_stands_at(scored.fact, place.source, place.locations) for place in places)
        right.append((2 if at_gold else 1) if holds else 0)
    features = [fact_features(context, wanted, scored) for scored in pool]
    answers = [scored.fact for scored, grade in zip(pool, right, strict=True) if grade]
    gone = [bool(grade) or _goes_with(scored.fact, answers) for scored, grade in zip(pool, right, strict=True)]
    return Asking(field, case, features, np.array(right, np.int64), np.array(gone, bool), question_features(context))


def _goes_with(fact: Fact, answers: Sequence[Fact]) -> bool:
    """Whether notes without the `answers` would not hold `fact` either."""
    mine = view(fact)
    for answer in answers:
        its = view(answer)
        same = fact.entity_key == answer.entity_key and fact.attribute and answer.attribute
        alike = mine.attribute_tokens & its.attribute_tokens or (
            attribute_concepts(mine.attribute).keys() & attribute_concepts(its.attribute).keys()
        )
        prose = fact.kind is not FactKind.CELL and answer.kind is not FactKind.CELL
        if (same and alike) or (prose and fact.source == answer.source and overlaps(fact.location, answer.location)):
            return True
    return False


def _stands_at(fact: Fact, source: str, locations: Sequence[Any]) -> bool:
    return fact.source == source and any(overlaps(fact.location, location) for location in locations)


def matrix(facts: Sequence[dict[str, float]], names: Sequence[str]) -> Matrix:
    """(facts, names) float64."""
    return np.array([[fact.get(name, 0.0) for name in names] for fact in facts]).reshape(len(facts), len(names))


def order(askings: Sequence[Asking], names: Sequence[str]) -> Matrix:
    """(names,) weights that put answers first; facts with the wording at another place count neither way."""
    told = []
    for asking in askings:
        if (asking.right == 2).any():
            kept = asking.right != 1
            told.append((matrix(asking.facts, names)[kept], asking.right[kept] == 2))

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for facts, answers in told:
            points = facts @ weights
            share = np.exp(points - points.max())
            share /= share.sum()
            mass = float(share[answers].sum()) + 1e-12
            total -= float(np.log(mass))
            slope = slope + share @ facts - (share * answers / mass) @ facts
        return total, slope

    found: Matrix = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return found


def crossed(askings: Sequence[Asking], names: Sequence[str]) -> dict[str, Matrix]:
    """For every field the order learned from the others."""
    fields = sorted({asking.field for asking in askings})
    return {field: order([a for a in askings if a.field != field], names) for field in fields}


def tops(
    asking: Asking, names: Sequence[str], weights: Matrix, *, without: bool
) -> list[tuple[dict[str, float], bool]]:
    """The first facts with the features of the second model, and whether each answers; `without` the answers."""
    kept = [at for at in range(len(asking.facts)) if not (without and asking.gone[at])]
    points = matrix([asking.facts[at] for at in kept], names) @ weights
    first = sorted(range(len(kept)), key=lambda at: -points[at])
    stands = standings([float(points[at]) for at in first])
    return [
        ({**asking.facts[kept[at]], **asking.about, **standing}, bool(asking.right[kept[at]]))
        for at, standing in zip(first, stands, strict=False)
    ]


def answering(
    askings: Sequence[Asking], names: Sequence[str], orders: dict[str, Matrix]
) -> tuple[dict[str, float], float]:
    """(weights by name, constant) of the second model."""
    rows: list[tuple[dict[str, float], bool, float]] = []
    for asking in askings:
        for without in (False, True):
            if asking.case.abstain and without:
                continue
            weight = SILENT_WEIGHT if asking.case.type == "none" else 1.0
            top = tops(asking, names, orders[asking.field], without=without)
            rows += [(f, y, weight * (LOWER_WEIGHT if at else 1.0)) for at, (f, y) in enumerate(top)]
    known = sorted(rows[0][0].keys() - AROUND)
    facts = matrix([row[0] for row in rows], known)
    centre, spread = facts.mean(0), facts.std(0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit((facts - centre) / spread, [row[1] for row in rows], sample_weight=[row[2] for row in rows])
    weights = model.coef_[0] / spread
    constant = float(model.intercept_[0] - weights @ centre)
    return dict(zip(known, weights.tolist(), strict=True)), constant


def report(askings: Sequence[Asking], names: Sequence[str]) -> None:
    """Print what the models do on each field when they are learned from the others."""
    orders = crossed(askings, names)
    ranks: dict[str, list[int]] = {}
    chances: list[tuple[float, str]] = []
    for field in sorted({asking.field for asking in askings}):
        others = [asking for asking in askings if asking.field != field]
        weights, constant = answering(others, names, crossed(others, names))
        for asking in (asking for asking in askings if asking.field == field):
            points = matrix(asking.facts, names) @ orders[field]
            first = sorted(range(len(points)), key=lambda at: -points[at])
            if asking.right.any():
                ranks.setdefault(field, []).append(next(n for n, at in enumerate(first) if asking.right[at]))
            for without in (False, True)[: 1 if asking.case.abstain else 2]:
                top = tops(asking, names, orders[field], without=without)
                points_of = [constant + sum(weights.get(k, 0.0) * v for k, v in f.items()) for f, _ in top]
                best = max(points_of, default=-20.0)
                chances.append((1 / (1 + np.exp(-best)), _kind(asking.case, without=without)))
    for field, found in [*ranks.items(), ("all", [n for group in ranks.values() for n in group])]:
        shares = " ".join(f"@{k} {np.mean([n < k for n in found]):.3f}" for k in (1, 3, 5))
        print(f"{field:12} {len(found):4} answers first {shares}")
    told = [chance for chance, kind in chances if kind == "told"]
    kinds = ("without", "silent", "made up")
    for kind in kinds:
        other = [chance for chance, name in chances if name == kind]
        area = roc_auc_score([1] * len(told) + [0] * len(other), told + other)
        print(f"told against {kind}: area under the curve {area:.3f}")
    for least in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4):
        kept = {k: np.mean([c >= least for c, name in chances if name == k]) for k in ("told", *kinds)}
        print(f"answered from {least}: " + " ".join(f"{name} {share:.3f}" for name, share in kept.items()))


def _kind(case: Case, *, without: bool) -> str:
    if case.abstain:
        return "silent" if case.type == "none" else "made up"
    return "without" if without else "told"


def write(path: Path, weights: dict[str, float], answers: dict[str, float], constant: float) -> None:
    """The weights as TOML, by name."""
    lines = ["# Made by scripts/train_relevance.py; what each feature is stands in rag/answer/features.py.", ""]
    lines += [f"constant = {constant:.4f}", "", "[order]"]
    lines += [f"{name} = {value:.4f}" for name, value in sorted(weights.items())]
    lines += ["", "[answers]", *(f"{name} = {value:.4f}" for name, value in sorted(answers.items()))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
