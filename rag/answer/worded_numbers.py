"""Sentences and entries that word a cell's header and give another number: what the notes may disagree on.

"| Ember | 1,200 EUR |" under "Launch price", and the line "2015-05: Ember, launch 1,350".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answer.asked_headers import without_unit
from rag.answer.context import Context
from rag.retrieve.evidence import Scored, stands_in
from rag.retrieve.view import view
from rag.text.language import stop_words
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import words
from rag.text.values import Quantity, cell_quantities, comparable, quantities, units_agree
from rag.types import Fact, FactKind

SHORTEST = 2
"""Characters of a Chinese header that a sentence must have in common with it to word it."""
SHORTEST_WORD = 3
"""Letters of an English one."""
REACH = 12
"""Characters behind the word within which its number stands."""
FARTHEST = 3.0
"""How many times as large another number may be and still be one for the same."""
_FIRST_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def stated_otherwise(context: Context, best: Fact) -> list[Scored]:
    """The sentences and entries about the cell's thing in which its header goes with another number."""
    if best.kind not in (FactKind.CELL, FactKind.KEY) or not best.attribute:
        return []
    known = cell_quantities(best.attribute, best.value)
    if len(known) != 1 or not known[0].value:
        return []
    parts = _parts(without_unit(best.attribute))
    found = [
        scored for scored in context.ranked
        if scored.fact.kind in (FactKind.STATEMENT, FactKind.EVENT, FactKind.KEY) and scored.fact is not best
        and _is_of(context, scored, best) and _gives_another(scored.fact, parts, known[0])
    ]  # fmt: skip
    return found[:1]


def _is_of(context: Context, scored: Scored, best: Fact) -> bool:
    """Whether a sentence is about the thing of the cell: filed under it, or naming it."""
    if context.key(scored.fact.entity_key) == context.key(best.entity_key):
        return True
    seen = view(scored.fact)
    named = stands_in(normalise(best.entity), seen.words)
    return named or any(mention.stands_in(seen.words) for mention in context.question.mentions)


def _parts(header: str) -> list[str]:
    """What of a header a sentence may word: its English words, and the pairs of characters of its Chinese ones."""
    stops = stop_words("en")
    english = [word for word in words(header) if not has_cjk(word) and len(word) >= SHORTEST_WORD and word not in stops]
    runs = re.findall(r"[一-鿿]{2,}", header)
    return [*english, *(run[at : at + SHORTEST] for run in runs for at in range(len(run) - 1))]


def _gives_another(fact: Fact, parts: list[str], known: Quantity) -> bool:
    """Whether a word of the header stands in a fact with a number behind it, and that is near the known one, not it."""
    return any(
        not _same(number, known) and units_agree(number, known) and _near(number, known)
        for number in _behind(view(fact).value, parts)
    )


def _behind(said: str, parts: list[str]) -> Iterator[Quantity]:
    """The number right behind each place where a text words the header."""
    numbers = quantities(said)
    for part in parts:
        edge = "" if has_cjk(part) else r"(?<![a-z])"
        for match in re.finditer(edge + re.escape(part), said):
            first = _FIRST_NUMBER.search(said, match.end(), match.end() + REACH)
            if first is not None:
                yield from (number for number in numbers if number.start <= first.start() < number.end)


def _same(one: Quantity, other: Quantity) -> bool:
    left, right = comparable(one, other)
    return left == right


def _near(one: Quantity, other: Quantity) -> bool:
    left, right = comparable(one, other)
    return bool(left and right) and 1 / FARTHEST <= left / right <= FARTHEST
