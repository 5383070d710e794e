"""Drafts of questions over all things: lists by a value, a tick, a limit or a date, and what came first or last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from eval.cases import LIST
from eval.generate.draft import Aliases, Draft, forms, spaced
from eval.generate.material import Column, Material, Stated, is_telling, one_date
from eval.metrics import squeeze
from rag.answer.polarity import verdict
from rag.question.wording import attribute_concepts
from rag.text.dates import dates
from rag.text.normalise import normalise
from rag.text.values import Quantity, cell_quantities, quantities
from rag.types import Fact, FactKind, Status

FEWEST, MOST = 2, 15
"""Things of a gold list: one is no list, and more than a reader wants."""
SMALLEST_COLUMN = 4
"""Things with an attribute before it is worth a list."""
MOST_EXCLUDED = 8
"""Near misses of one case."""
MOST_ORDERED = 8
"""Dated things of which threes are made."""
WHOLE_DATE = len("2024-01-30")


def lists(material: Material) -> Iterator[Draft]:
    """Complete lists: of everything that might belong to one it is clear whether it does."""
    for column in material.columns:
        if len(column.stated) >= SMALLEST_COLUMN:
            yield from _by_value(material, column)
            yield from _by_tick(column)
            yield from _by_limit(column)
            yield from _by_date(material, column)


def timelines(material: Material) -> Iterator[Draft]:
    """What came first or last, and three things in order: of a date column, and of a list of events."""
    for column in material.columns:
        yield from _timeline(material, column, "")
    for section in material.sections:
        yield from _timeline(material, section, "event_")


def _timeline(material: Material, column: Column, sort: str) -> Iterator[Draft]:
    dated = _dated(column)
    if len(dated) < SMALLEST_COLUMN:
        return
    (first, earliest), (second, _) = dated[:2]
    (before_last, _), (last, latest) = dated[-2:]
    others = _other_dates(material, column)
    if others is not None and first < second and all(not _until(other, first) for other in others):
        yield _extreme(column, f"{sort}first", earliest)
    if others is not None and before_last < last and all(not _until(last, other) for other in others):
        yield _extreme(column, f"{sort}last", latest)
    for three in combinations(spaced(dated, MOST_ORDERED), 3):
        if len({day for day, _ in three}) == len(three):
            yield _ordered(column, f"{sort}order", [stated for _, stated in three])


def _extreme(column: Column, wording: str, stated: Stated) -> Draft:
    return Draft(
        "timeline", wording, f"{column.attribute} {wording}", (), column.attribute,
        must=(stated.thing.aliases, forms(stated.value)), facts=stated.facts,
    )  # fmt: skip


def _ordered(column: Column, wording: str, found: Sequence[Stated]) -> Draft:
    # The notes' own order would give the answer away.
    shown = (found[1], found[2], found[0])
    return Draft(
        "timeline", wording, f"{column.attribute} {wording}", tuple(s.thing for s in shown), column.attribute,
        must=tuple(forms(s.value) for s in found), entities=tuple(s.thing.aliases for s in found),
        facts=tuple(s.facts[0] for s in found), require_all=True,
    )  # fmt: skip


def _by_value(material: Material, column: Column) -> Iterator[Draft]:
    by_value: dict[str, list[Stated]] = defaultdict(list)
    for stated in column.stated:
        by_value[squeeze(stated.value)].append(stated)
    for value, found in by_value.items():
        others = [s for s in column.stated if squeeze(s.value) != value]
        if not is_telling(value) or verdict(found[0].value) is not None or one_date(found[0].value) is not None:
            continue
        near = [core(other) for other in (*(s.value for s in others), *(fact.value for fact in column.unclear))]
        if any(core(value) in other or (other and other in core(value)) for other in near):
            continue  # "MIT / Apache-2.0": whether it belongs to "MIT" is a matter of taste
        if not _is_said_of_others(material, core(value), found):
            yield from _draft("list_value", column, found, others, found[0].value)


def _is_said_of_others(material: Material, value: str, found: Sequence[Stated]) -> bool:
    """Whether the core of a value stands beside other things too, under another header or in a sentence."""
    keys = {fact.entity_key for stated in found for fact in stated.facts}
    own = {fact for stated in found for fact in stated.facts}
    for fact in material.facts:
        if fact in own or fact.kind is FactKind.LINK or value not in core(fact.value):
            continue
        if fact.entity_key not in keys and not keys.issuperset(fact.mentions or ("",)):
            return True
    return False


@lru_cache(maxsize=1 << 16)
def core(value: str) -> str:
    """What of a value is the same however it is written: Latin letters and digits, else all letters.

    "8 * A100" is "8 × A100", and stands in "7B with 8 of A100" only as a reader may see it: that is doubtful already.
    """
    letters = [char for char in squeeze(value) if char.isalnum()]
    return "".join([char for char in letters if char.isascii()] or letters)


def _by_tick(column: Column) -> Iterator[Draft]:
    verdicts = [(verdict(stated.value), stated) for stated in column.stated]
    if any(found is None for found, _ in verdicts) or column.unclear:
        return
    yes = [stated for found, stated in verdicts if found is Status.YES]
    no = [stated for found, stated in verdicts if found is Status.NO]
    if no:
        yield from _draft("list_yes", column, yes, no)


def _by_limit(column: Column) -> Iterator[Draft]:
    measured: list[tuple[Quantity, Stated]] = []
    for stated in column.stated:
        quantity = _quantity(column.attribute, stated.value)
        if quantity is None:
            return
        measured.append((quantity, stated))
    values = sorted({quantity.value for quantity, _ in measured})
    if column.unclear or len({quantity.unit for quantity, _ in measured}) != 1 or len(values) < SMALLEST_COLUMN:
        return
    third = max(FEWEST, len(values) // 3)
    for wording, at in (("list_below", third), ("list_above", len(values) - 1 - third)):
        # A value of the column is the limit, written as the notes write it; what equals it is left out of both sides.
        limit = next(stated.value for quantity, stated in measured if quantity.value == values[at])
        within = [s for q, s in measured if (q.value < values[at] if wording == "list_below" else q.value > values[at])]
        beyond = [s for q, s in measured if s not in within and q.value != values[at]]
        yield from _draft(wording, column, within, beyond, limit)


def _quantity(attribute: str, value: str) -> Quantity | None:
    """The one quantity that a value is, nothing else."""
    found = cell_quantities(attribute, value)
    if len(found) != 1 or len(quantities(value)) != 1 or one_date(value) is not None:
        return None
    written = found[0].text
    rest = normalise(value).replace(normalise(written), "", 1)
    return found[0] if not any(char.isalnum() for char in rest) or found[0].unit in rest else None


def _by_date(material: Material, column: Column) -> Iterator[Draft]:
    dated, others = _dated(column), _other_dates(material, column)
    if len(dated) < SMALLEST_COLUMN or others is None:
        return
    limit = dated[len(dated) // 2][0]
    if any(_until(other, limit) for other in others):
        return
    within = [stated for day, stated in dated if day < limit]
    beyond = [stated for day, stated in dated if day > limit]
    yield from _draft("list_before", column, within, beyond, limit)


def _dated(column: Column) -> list[tuple[str, Stated]]:
    """(day, thing) of the things with a whole date, the earliest first."""
    found = [(one_date(stated.value), stated) for stated in column.stated]
    whole = [(day, stated) for day, stated in found if day is not None and len(day) == WHOLE_DATE]
    return sorted(whole, key=lambda entry: (entry[0], entry[1].thing.name))


def _other_dates(material: Material, column: Column) -> list[str] | None:
    """Dates that could be meant beside the whole ones of a column: its own, and those of attributes that word the same.

    None where a value with digits is no date.
    """
    whole = {stated.thing.key for _, stated in _dated(column)}
    values = [stated.value for stated in column.stated if stated.thing.key not in whole]
    values += [fact.date or fact.value for fact in column.unclear]
    if any(any(char.isdigit() for char in value) and not dates(value) for value in values):
        return None
    meant = attribute_concepts(normalise(column.attribute)).keys()
    for other in material.columns:
        if other is not column and meant & attribute_concepts(normalise(other.attribute)).keys():
            values += [stated.value for stated in other.stated]
    return [found.iso for value in values for found in dates(value)]


def _until(one: str, other: str) -> bool:
    """Whether a date may be before or equal to another one, as far as both are known."""
    shared = min(len(one), len(other))
    return one[:shared] <= other[:shared]


def _draft(
    wording: str, column: Column, found: Sequence[Stated], others: Sequence[Stated], value: str = ""
) -> Iterator[Draft]:
    if not FEWEST <= len(found) <= MOST:
        return
    names = [stated.thing.aliases for stated in found]
    yield Draft(
        LIST, wording, column.attribute, (), column.attribute, value, entities=tuple(names),
        exclude=tuple(_near_misses(names, others)), facts=_rows(found), require_all=True,
    )  # fmt: skip


def _near_misses(names: Sequence[Aliases], others: Sequence[Stated]) -> list[Aliases]:
    taken = {alias for aliases in names for alias in aliases}
    return [s.thing.aliases for s in others if not taken.intersection(s.thing.aliases)][:MOST_EXCLUDED]


def _rows(found: Sequence[Stated]) -> tuple[Fact, ...]:
    """One fact a place: several things may stand in one row."""
    return tuple({(s.facts[0].source, s.facts[0].location): s.facts[0] for s in found}.values())
