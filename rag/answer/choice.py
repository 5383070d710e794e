"""Which things a list question asks for: every way to pick things out of the notes, and the one that it means.

A candidate is a sheet with one or two picks. What of the question its header, its values and its place word, how near
they are in meaning, how many things it picks and where their facts stand in the ranking are features; a small network
with one hidden layer, learned from the list questions of several fields (`scripts/train_choice.py`), scores them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from rag.answer.asked_dates import asked_dates, covers
from rag.answer.choice_asked import Asked, asked_of
from rag.answer.choice_features import NAMES, features
from rag.answer.context import Context
from rag.answer.draft import MOST_ITEMS
from rag.answer.matches import Held, Matches, Op, match
from rag.answer.parts import part_key, parts, worded
from rag.answer.picks import Pick, paired, picks
from rag.answer.sheets import Column, Gathered, Sheet, Sort, ThingKey, gathered
from rag.answer.ways import Candidate
from rag.index import Term
from rag.retrieve.evidence import query
from rag.retrieve.view import view
from rag.types import Fact, FactKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BOUND = 6.0
"""Bound of a standardised feature."""
MOST_THINGS = MOST_ITEMS
"""Things beyond which a candidate is no answer: a list names no more."""
READINGS = 4
"""Readings of a question that are told apart."""
TOP_FACTS = 8
"""Facts of the ranking whose columns and sheets are looked at too."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """The candidates of a question with their features, a row each (`choice_features.NAMES`)."""

    candidates: Sequence[Candidate]
    rows: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A candidate that a list question may mean, and how likely it does."""

    candidate: Candidate
    points: float
    likelihood: float
    """Its share of a softmax over all candidates."""
    firm_left: bool = False
    """Whether it leaves out a number, a name or a date of the question."""


class Readings:
    """The ways to read one question as a list, weighed when first asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def are_made(self) -> bool:
        """Whether they have been asked for: making them takes longer than the rest of most answers."""
        return "first" in vars(self)

    @property
    def best(self) -> Choice | None:
        """The candidate with the most points; None where the notes have none.

        The parts of a value come last where it says nothing of what the question names, and those of a sentence also
        where the question names nothing.
        """
        whole = (choice for choice in self.first if not self._is_of_strange_parts(choice))
        return next(whole, None) or next(iter(self.first), None)

    def _is_of_strange_parts(self, choice: Choice) -> bool:
        """Whether the things are parts of a value or sentence that is not of what the question names."""
        question = self._context.question
        parted = [pick for pick in choice.candidate.picks if pick.op is Op.PARTS]
        if not question.mentions:
            return any(not pick.agrees and _is_sentence(pick) for pick in parted)
        return any(max(pick.explained, default=-1) < len(question.units) for pick in parted)

    @cached_property
    def first(self) -> tuple[Choice, ...]:
        """The best candidates, no two of which pick out the same things, by falling points; at most `READINGS`."""
        weighed = weigh(self._context)
        if not weighed.candidates:
            return ()
        points = network()(weighed.rows)
        found: dict[frozenset[ThingKey], Choice] = {}
        for at in (-points).argsort(kind="stable"):
            candidate = weighed.candidates[at]
            things = frozenset(candidate.keys)
            if things in found:
                continue
            left = bool(weighed.rows[at][NAMES.index("firm_left")])
            found[things] = Choice(candidate, float(points[at]), _likelihood(points, int(at)), left)
            if len(found) == READINGS:
                break
        return tuple(found.values())


def _is_sentence(pick: Pick) -> bool:
    return all(fact.kind is FactKind.STATEMENT for fact in pick.hits.values())


def _likelihood(points: NDArray[np.float32], at: int) -> float:
    import numpy as np

    return float(1.0 / np.exp(points - points[at]).sum())


def weigh(context: Context) -> Weighed:
    """Every candidate of a question with its features."""
    import numpy as np

    found = pool(context)
    notes = gathered(context, found)
    asked = asked_of(context, notes)
    if any(unit.quantity is not None for unit in context.question.units):
        # a number within a limit shares no word with the question: all that the notes state may be one
        found = list(dict.fromkeys((*found, *notes.cells)))
    candidates = list(_candidates(context, notes, asked, match(context.question, found)))
    rows = features(asked, notes, candidates) if candidates else np.zeros((0, len(NAMES)), np.float32)
    return Weighed(candidates, rows)


def pool(context: Context) -> list[Fact]:
    """All facts that hold anything of what is asked: a word, a name, a date."""
    question, snapshot = context.question, context.snapshot
    found: dict[Fact, None] = {scored.fact: None for scored in context.ranked[:TOP_FACTS]}
    clauses = query(unit for unit in question.units if unit.quantity is None)
    clauses += [tuple(Term(token) for token in mention.tokens) for mention in question.mentions]
    if clauses:
        found.update(dict.fromkeys(snapshot.facts_matching(clauses)))
    keys = {key for mention in question.mentions for key in mention.keys}
    if keys:
        found.update(dict.fromkeys(snapshot.facts_mentioning(keys)))
    found.update(dict.fromkeys(_dated(context)))
    return [fact for fact in found if fact.kind not in (FactKind.CODE, FactKind.LINK)]


def _dated(context: Context) -> Iterable[Fact]:
    """The facts with a date, where the question states one; of a large corpus those with that date."""
    snapshot, wanted = context.snapshot, asked_dates(context.question)
    if not wanted:
        return ()
    if snapshot.name_table is None:
        return snapshot.dated_facts()
    return snapshot.facts_on({date.date for date in snapshot.dates if any(covers(one, date.date) for one in wanted)})


def _candidates(context: Context, notes: Gathered, asked: Asked, matches: Matches) -> Iterable[Candidate]:
    yield from _of_parts(context)
    touched, held = _touched(context, notes, asked, matches), Held.of(matches, notes)
    for sheet in notes.sheets:
        columns = touched.get(sheet, {})
        placed = sheet.sort in (Sort.TABLE, Sort.SECTION)
        if sheet.sort is Sort.HEADINGS or (placed and (columns or asked.names_place(sheet))):
            yield from _limited(sheet, (Pick(Op.WHOLE, sheet.rows),))
        if not columns:
            continue
        found = picks(asked, sheet, columns.values(), held)
        for pick in found:
            yield from _limited(sheet, (pick,))
        for pair in paired(found):
            yield from _limited(sheet, pair)


def _limited(sheet: Sheet, chosen: tuple[Pick, ...]) -> Iterable[Candidate]:
    first, *others = chosen
    keys = tuple(key for key in first.hits if all(key in also.hits for also in others)) if others else tuple(first.hits)
    if 0 < len(keys) <= MOST_THINGS:
        yield Candidate(sheet, chosen, keys)


def _touched(context: Context, notes: Gathered, asked: Asked, matches: Matches) -> dict[Sheet, dict[str, Column]]:
    """The columns of each sheet that the question may mean: worded, near in meaning, or with a fact that it finds."""
    found: dict[Sheet, dict[str, Column]] = {}
    reached = [*matches.shares, *matches.limits, *(scored.fact for scored in context.ranked[:TOP_FACTS])]
    for fact in reached:
        for sheet, column, _ in notes.places.get(fact, ()):
            found.setdefault(sheet, {})[column.attribute] = column
    for sheet, column in asked.words.columns:
        if column.attribute in asked.meant:
            found.setdefault(sheet, {})[column.attribute] = column
    return found


def _of_parts(context: Context) -> Iterable[Candidate]:
    for found in parts(context):
        sheet = Sheet(Sort.PARTS)
        for name, fact in found.named:
            sheet.put((part_key(name), ""), name, fact.attribute, fact)
        if len(sheet.names) < 2:
            continue
        seen = view(found.whole)
        tokens = seen.attribute_tokens | (seen.value_tokens if len(found.whole.value) < 200 else frozenset())
        hits = {(part_key(name), ""): fact for name, fact in found.named}
        pick = Pick(
            Op.PARTS, hits, worded(context, found), found.whole.attribute, tokens,
            agrees=float(found.listed), rank=found.rank,
        )  # fmt: skip
        yield Candidate(sheet, (pick,), tuple(sheet.names))


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A linear model with a hidden layer beside it, over standardised features."""

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    linear: NDArray[np.float32]
    inner: NDArray[np.float32]
    offset: NDArray[np.float32]
    outer: NDArray[np.float32]

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) points of (n, features) rows."""
        import numpy as np

        scaled = np.clip((rows - self.mean) / self.spread, -BOUND, BOUND)
        points: NDArray[np.float32] = scaled @ self.linear
        for inner, offset, outer in zip(self.inner, self.offset, self.outer, strict=True):
            points = points + np.tanh(scaled @ inner + offset) @ outer
        return points


@cache
def network() -> Network:
    """The network of the package."""
    import numpy as np

    with (files("rag.answer") / "data" / "choice.npz").open("rb") as stream:
        data: Mapping[str, NDArray[np.float32]] = np.load(stream)
        if tuple(str(name) for name in data["names"]) != NAMES:
            raise ValueError("rag/answer/data/choice.npz was made for other features: run scripts/train_choice.py")
        mean, spread, linear, inner, offset, outer = (
            data[key] for key in ("mean", "spread", "linear", "inner", "offset", "outer")
        )
    return Network(mean, spread, linear, inner, offset, outer)
