"""The metrics, by the field's definitions: pure functions over one case and its answer.

Sources: recall@k and reciprocal rank as in TREC (Voorhees, 1999); nDCG with binary gain and log2 discount
(Jaervelin and Kekaelaeinen, 2002); citation precision and recall after ALCE (Gao et al., 2023), with support
decided by gold evidence in place of an entailment model; intervals by the percentile bootstrap (Efron, 1979).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.cases import Aliases
from rag.text.language import is_cjk
from rag.text.names import name_key
from rag.text.normalise import normalise

Rank = int | None
"""Where one evidence was first retrieved, counted from 1; None for nowhere."""


def recall_at(ranks: Sequence[Rank], k: int, *, require_all: bool) -> float:
    """Share of the evidences among the first k; where any one of them suffices, 1 as soon as one is there."""
    found = sum(rank is not None and rank <= k for rank in ranks)
    return found / len(ranks) if require_all else float(found > 0)


def reciprocal_rank(ranks: Sequence[Rank], k: int) -> float:
    """1 / rank of the first passage that supports any evidence; 0 when none of the first k does."""
    first = min((rank for rank in ranks if rank is not None and rank <= k), default=None)
    return 1 / first if first else 0.0


def ndcg_at(ranks: Sequence[Rank], k: int, *, require_all: bool) -> float:
    """Normalised discounted cumulative gain with gain 1 for each evidence, at the rank where it first shows.

    Ideal is one new evidence a rank; a passage that holds several at once cannot exceed 1. Where any one
    evidence suffices, only the first counts.
    """
    within = sorted(rank for rank in ranks if rank is not None and rank <= k)
    wanted = min(len(ranks), k) if require_all else 1
    gain = sum(1 / math.log2(1 + rank) for rank in within[:wanted])
    ideal = sum(1 / math.log2(1 + rank) for rank in range(1, wanted + 1))
    return min(gain / ideal, 1.0)


def squeeze(text: str) -> str:
    """The form in which answers are compared with gold strings: NFKC, casefold, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def says(squeezed: str, alternatives: Sequence[str]) -> bool:
    """Whether a squeezed text holds one of the alternatives."""
    return any(squeeze(alternative) in squeezed for alternative in alternatives)


def names(surface: str, aliases: Sequence[str]) -> bool:
    """Whether `surface` is one of the aliases, up to spelling."""
    key = name_key(surface)
    return any(name_key(alias) == key for alias in aliases)


def mentions(text: str, aliases: Sequence[str]) -> bool:
    """Whether `text` holds one of the aliases as a whole name: "Big Blue" holds Blue, "Blue-Green" does not.

    A name ends where the script changes, at white space and at punctuation that does not join names.
    """
    normal = normalise(text)
    return any(_holds_whole(normal, normalise(alias)) for alias in aliases)


def _holds_whole(text: str, name: str) -> bool:
    at = text.find(name) if name else -1
    while at >= 0:
        end = at + len(name)
        before, after = text[max(at - 2, 0) : at][::-1], text[end : end + 2]
        if not _joined(before, name[0]) and not _joined(after, name[-1]):
            return True
        at = text.find(name, at + 1)
    return False


def _joined(outside: str, edge: str) -> bool:
    """Whether what stands outside a name's edge, nearest character first, continues the name."""
    if not outside:
        return False
    if outside[0] in "-_./+":
        return len(outside) > 1 and outside[1].isalnum() and not is_cjk(outside[1])
    return outside[0].isalnum() and edge.isalnum() and is_cjk(outside[0]) == is_cjk(edge)


@dataclass(frozen=True, slots=True)
class ListScore:
    """How well listed names cover a complete gold list. `precision` is None when nothing was listed."""

    precision: float | None
    recall: float
    missing: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def f1(self) -> float:
        """Harmonic mean; 0 when nothing was listed."""
        if not self.precision or not self.recall:
            return 0.0
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def list_score(listed: Sequence[str], gold: Sequence[Aliases], excluded: Sequence[Aliases] = ()) -> ListScore:
    """Precision over listed names and recall over gold things.

    A name that equals an alias means that thing; otherwise it means every thing whose alias it holds as a
    whole name. A name that equals an alias of an excluded thing is wrong whatever else it holds.
    """
    found: set[int] = set()
    wrong: list[str] = []
    for name in listed:
        meant = meant_entities(name, gold, excluded)
        found |= meant
        if not meant:
            wrong.append(name)
    return ListScore(
        precision=1 - len(wrong) / len(listed) if listed else None,
        recall=len(found) / len(gold),
        missing=tuple(aliases[0] for i, aliases in enumerate(gold) if i not in found),
        wrong=tuple(wrong),
    )


def meant_entities(name: str, gold: Sequence[Aliases], excluded: Sequence[Aliases] = ()) -> set[int]:
    """Positions of the gold things that a listed name means."""
    equal = {i for i, aliases in enumerate(gold) if names(name, aliases)}
    if equal or any(names(name, aliases) for aliases in excluded):
        return equal
    return {i for i, aliases in enumerate(gold) if mentions(name, aliases)}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean of a metric over the `n` cases for which it is defined, with its 95% bootstrap interval."""

    value: float
    low: float
    high: float
    n: int


RESAMPLES = 1000
"""Enough for two decimals of a 95% interval."""

SEED = 20240229
"""Any fixed number: two runs over the same answers give the same intervals."""


INTERVAL = (0.025, 0.975)
"""Quantiles of the resampled means."""

Table = NDArray[np.float64]


def estimates(values: Sequence[Sequence[float | None]]) -> list[Estimate | None]:
    """One estimate a column of a (cases, metrics) table; None for a column without any value.

    Cases are resampled whole: columns stay aligned. A resample that leaves a column empty does not count.
    """
    sums, counts = _resampled(values)
    result: list[Estimate | None] = []
    for column in range(sums.shape[1]):
        total = int(counts[0, column])
        means = _means(sums, counts, column)
        if not total:
            result.append(None)
            continue
        low, high = np.quantile(means[1:][~np.isnan(means[1:])], INTERVAL)
        result.append(Estimate(float(means[0]), float(low), float(high), total))
    return result


def differences(
    values: Sequence[Sequence[float | None]], others: Sequence[Sequence[float | None]]
) -> list[Estimate | None]:
    """One estimate a column of two (cases, metrics) tables of the same cases: the mean of `values` less the other mean.

    Both are resampled alike, so that what makes a case hard for both does not widen the interval. `n` counts the
    cases for which the metric is defined in either; None for a column that is empty in one of them.
    """
    one, other = _resampled(values), _resampled(others)
    result: list[Estimate | None] = []
    for column in range(one[0].shape[1]):
        means = _means(*one, column) - _means(*other, column)
        if math.isnan(means[0]):
            result.append(None)
            continue
        low, high = np.quantile(means[1:][~np.isnan(means[1:])], INTERVAL)
        n = sum(a[column] is not None or b[column] is not None for a, b in zip(values, others, strict=True))
        result.append(Estimate(float(means[0]), float(low), float(high), n))
    return result


def _resampled(values: Sequence[Sequence[float | None]]) -> tuple[Table, Table]:
    """Sums and counts, each (1 + RESAMPLES, metrics): first of the cases themselves, then of every resample."""
    table = np.array([[math.nan if v is None else v for v in row] for row in values], dtype=np.float64)
    defined = ~np.isnan(table)
    filled = np.where(defined, table, 0.0)
    n = len(table)
    drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(np.float64)
    weights = np.vstack([np.ones(n), drawn])
    return weights @ filled, weights @ defined


def _means(sums: Table, counts: Table, column: int) -> Table:
    """(1 + RESAMPLES,), not a number where nothing is defined."""
    there = counts[:, column] > 0
    means: Table = np.divide(sums[:, column], counts[:, column], out=np.full(len(sums), math.nan), where=there)
    return means


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, interpolated between neighbours."""
    return float(np.quantile(np.array(values), share))
