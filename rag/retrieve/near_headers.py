"""Headers of the corpus that a question's words mean without saying them: "pregnant" and the column "孕妇"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rag.index import Snapshot
from rag.question.askings import Attribute, Meant, meant
from rag.question.understand import Question, Unit, without_names
from rag.retrieve.sense import question_sense, text_sense
from rag.text.language import is_cjk, stop_words
from rag.text.tokenise import query_tokens, tokenise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 0.3
"""Nearness in meaning from which a header's word stands for a word of the question: of words that do not, fewer than
one in a hundred comes as near."""
WEIGHT = 0.4
"""Of such a word beside the question's own."""
MOST_WORDS = 2
"""Words of headers that one word of a question may mean."""
MOST_HEADERS = 2000
"""Headers that are compared, the most frequent ones."""
LEAST_WEIGHT = 0.6
"""Words of a question that weigh less say what sort of thing is asked for."""
WORDED = 0.35
"""Weight of a translation from which a header words the question's word already."""
CALLED = 0.5
"""How well a header is the name of an attribute to be its column."""
SURELY_ASKED = 0.3
"""Score from which an attribute that is asked for in other words lends the question its header's words."""
ASKED_WEIGHT = 0.5
_COINED = re.compile(r"[A-Za-z]*[a-z][A-Z][A-Za-z]*")
"""A word with a capital inside is a name, which no header means in other words."""
_Words = tuple[tuple[str, ...], "NDArray[np.float32]", tuple[frozenset[str], ...]]
_words: WeakKeyDictionary[Snapshot, _Words] = WeakKeyDictionary()


def with_near_headers(question: Question, snapshot: Snapshot) -> Question:
    """`question` with words of headers added to those of its words that no header holds in any translation."""
    if not any(_is_plain(unit) for unit in question.units):
        return question
    words, vectors, headers = _header_words(snapshot)
    held = frozenset(words)
    coined = {match.group().casefold() for match in _COINED.finditer(question.text)}
    unsaid = {
        at for at, unit in enumerate(question.units)
        if _is_plain(unit) and unit.label not in coined and not _said(unit, held)
    }  # fmt: skip
    if not unsaid:
        return question
    sure = [one for one in meant(without_names(question)) if one.score >= SURELY_ASKED]
    asked = [(one, _called(one.attribute, headers)) for one in sure]
    units = tuple(
        _asked(_near(unit, words, vectors), asked) if at in unsaid else unit for at, unit in enumerate(question.units)
    )
    return replace(question, units=units)


def _called(attribute: Attribute, headers: Sequence[frozenset[str]]) -> frozenset[str]:
    """The words of the headers that are names of an attribute."""
    return frozenset(word for header in headers if attribute.is_called(header) >= CALLED for word in header)


def _asked(unit: Unit, asked: Sequence[tuple[Meant, frozenset[str]]]) -> Unit:
    """`unit` with the words of headers whose attribute is asked for with its words."""
    own = set(query_tokens(unit.label))
    known = {token for token, _ in unit.alternatives}
    added = {word: ASKED_WEIGHT for one, words in asked if own & one.tokens for word in words - known}
    return replace(unit, alternatives=(*unit.alternatives, *sorted(added.items()))) if added else unit


def _is_plain(unit: Unit) -> bool:
    return unit.concept is None and unit.quantity is None and unit.weight >= LEAST_WEIGHT


def _said(unit: Unit, held: frozenset[str]) -> bool:
    return any(token in held and weight >= WORDED for token, weight in unit.alternatives)


def _near(unit: Unit, words: tuple[str, ...], vectors: NDArray[np.float32]) -> Unit:
    import numpy as np

    if not words:
        return unit
    nearness = vectors @ question_sense(unit.label)
    order = np.lexsort((np.arange(len(words)), -nearness))[:MOST_WORDS]
    added = tuple((words[at], WEIGHT) for at in order.tolist() if nearness[at] >= NEAR)
    return replace(unit, alternatives=(*unit.alternatives, *added)) if added else unit


def _header_words(snapshot: Snapshot) -> _Words:
    """(words of the headers, sorted, (n, d) float32 unit rows, the headers by their tokens); made once a snapshot."""
    import numpy as np

    found = _words.get(snapshot)
    if found is None:
        frequent = snapshot.attributes(MOST_HEADERS)
        stops = stop_words("en") | stop_words("zh")
        tokens = {token for attribute, _ in frequent for token in tokenise(attribute)}
        words = tuple(sorted(t for t in tokens if (len(t) > 1 or is_cjk(t)) and t not in stops and not t.isdigit()))
        rows = [text_sense(frozenset((word,))) for word in words]
        headers = tuple(dict.fromkeys(frozenset(tokenise(attribute)) & tokens for attribute, _ in frequent))
        found = (words, np.stack(rows) if rows else np.zeros((0, 1), np.float32), headers)
        _words[snapshot] = found
    return found
