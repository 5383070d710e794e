"""The facts of papers ranked by how well each answers: sentences and table cells, within the papers meant."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from rag.index import Snapshot, Term
from rag.question.papers import Ask, asks_name, asks_score, look, telling, wordings
from rag.question.understand import Question
from rag.retrieve.paper_figures import CITED, counted_bonus, is_typed, page_of
from rag.retrieve.paper_match import SIZED, labels, match, same_size
from rag.retrieve.papers import OF_THING, OF_TITLE, Paper, in_front
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.text.values import quantities
from rag.types import Fact, FactKind, Page

POOL = 400
"""Facts taken from lexical search over the whole corpus, of which those of the papers meant are weighed."""
POOL_OF_REST = 1200
"""Facts taken for what is asked but for the words that tell the paper, which many of its facts hold."""
IN_NEIGHBOUR = 0.45
"""The sentence before or behind holds the word: both speak of one matter."""
FRONT_WEIGHT = 0.2
"""A word of the question that tells the paper need not stand in the fact again."""
ABSENT = 0.2
"""Rarity of a word that the paper lacks although the lexicon translates it: a way of speaking, perhaps."""
ABSENT_HERE = 0.5
"""The same where question and paper are in one language: less often a way of speaking."""
UNCHOSEN_MALUS = 0.2
"""A cell of a row that the question says nothing of, one as good as those of all other rows."""
FIGURE_BONUS = 0.12
"""The fact holds a number where one is asked for."""
NAMED_BONUS = 0.2
"""A name stands beside what is asked, where it is asked what that is called: "the Adam optimizer"."""
EXAMPLE_MALUS = 0.25
"""A cell of running text: tables of examples hold every word there is."""
BESIDE = 14
"""Characters between a name and the asked word within which it is that word's name."""
SURE_FORM = 0.35
"""Weight from which a translation of an asked word may stand beside a name."""
LONGEST_LABEL, LONGEST_CELL = 60, 80
MISTYPED_MALUS = 0.2
UNNAMED_MALUS = 0.25
"""The fact and its surroundings hold none of the names asked."""
OWN_BONUS = 0.12
"""A cell bears the name of what the paper introduces, where the question names it: other rows are of other things."""
SHORTEST_STRANGE = 5
"""Letters from which a word that no lexicon knows is a name in small letters."""
CELL_BONUS = 0.04
SETTING_MALUS = 0.5
"""A cell of a table of settings, where it is asked how well something does."""
WORDLESS_MALUS = 0.15
"""A cell that holds names asked and none of the words beside them, which say what is asked of what they name."""
STRAY_MALUS = 0.15
"""Times the share of a cell's name and header that the question does not speak of."""
MEANING_WEIGHT = 0.5
"""Weight of the cosine of question and fact."""
PRIOR_WEIGHT = 0.3
"""Weight of how surely the paper is meant, as a share of the best."""
NAME_HELD = 0.9
WORD_HELD = 0.5
"""Least match that counts as held: a name by more than a caption, a word perhaps by a translation."""
WORD_SEEN = 0.2
"""Least match by which a fact holds a word at all, if only by a doubtful translation."""
NEAR = 60
"""Facts from the top that are weighed with their neighbours and by meaning."""
_NAME = re.compile(r"\b(?:[A-Z]+[a-z]*[A-Z0-9][\w\-]*|[A-Z][a-z]+[A-Z][\w\-]*|[A-Z][a-z]{2,}(?:\s[A-Z][a-z]{2,})*)")


@dataclass(frozen=True, slots=True)
class Read:
    """A fact of a paper and why it ranks where it does.

    `matched` are indexes of the asked things it holds by itself; `typed` tells whether it holds the kind of value
    asked for, None when none is.
    """

    fact: Fact
    score: float
    coverage: float
    matched: frozenset[int]
    typed: bool | None
    counted: bool = False
    """Whether a number of it counts something that is asked."""
    near: frozenset[int] = frozenset()
    """Indexes of the asked things that the sentences beside it hold."""
    weights: tuple[float, ...] = ()
    """How much each thing asked counts in its paper."""


def read(question: Question, asked: Sequence[Ask], snapshot: Snapshot, meant: Mapping[Paper, float]) -> list[Read]:
    """The facts of the papers `meant` (with how surely each is) by falling score."""
    best = max(meant.values(), default=0.0) or 1.0
    tell = telling(question, asked)
    rest = [ask for ask in asked if ask not in tell and not any(in_front(ask, paper) >= OF_THING for paper in meant)]
    pool = list(
        dict.fromkeys(
            (*_pool(asked, snapshot), *(_pool(rest, snapshot, POOL_OF_REST) if len(rest) < len(asked) else ()))
        )
    )
    found: list[Read] = []
    for paper, points in meant.items():
        front = (fact for fact in snapshot.facts_at(paper.path, 1, 1) if fact.kind is FactKind.KEY)
        facts = list(dict.fromkeys((*(fact for fact in pool if fact.source == paper.path), *front)))
        told = [ask for ask in tell if in_front(ask, paper) or not any(in_front(ask, other) for other in meant)]
        found += _ranked(question, asked, snapshot, paper, facts, PRIOR_WEIGHT * points / best, told)
    return sorted(found, key=lambda entry: (-entry.score, entry.fact.source, entry.fact.ordinal))


def _pool(asked: Sequence[Ask], snapshot: Snapshot, limit: int = POOL) -> list[Fact]:
    clauses = [tuple(Term(token, weight * ask.weight) for token, weight in ask.forms) for ask in asked if ask.forms]
    found = snapshot.search_facts(clauses, limit) if clauses else []
    return [fact for fact, _ in found if isinstance(fact.location, Page) and _says(fact)]


def _says(fact: Fact) -> bool:
    return fact.kind is not FactKind.LINK and any(char.isalnum() for char in fact.value)


def _ranked(
    question: Question,
    asked: Sequence[Ask],
    snapshot: Snapshot,
    paper: Paper,
    facts: Sequence[Fact],
    prior: float,
    tell: Collection[Ask],
) -> list[Read]:
    if not asked or not facts:
        return []
    held = {fact: [match(ask, fact) for ask in asked] for fact in facts}
    weights = _weights(asked, paper, list(held.values()), tell)
    total = sum(weights) or 1.0

    def weighed(fact: Fact, own: Sequence[float], beside: Sequence[float], meaning: float) -> Read:
        shares = [max(one, IN_NEIGHBOUR * other) for one, other in zip(own, beside, strict=True)]
        coverage = sum(w * s for w, s in zip(weights, shares, strict=True)) / total
        typed = is_typed(question, fact)
        score = coverage + prior + MEANING_WEIGHT * meaning
        counted = counted_bonus(asked, fact) if typed else 0.0
        score += 0.0 if typed is None else FIGURE_BONUS + counted if typed else -MISTYPED_MALUS
        score -= UNNAMED_MALUS * _unnamed(asked, weights, shares)
        score += NAMED_BONUS * (named and _names_asked(question, asked, fact))
        score -= EXAMPLE_MALUS * _is_example(fact)
        if fact.kind is FactKind.CELL:
            words = _words_held(asked, weights, own)
            score += CELL_BONUS - STRAY_MALUS * _stray(question, asked, fact)
            score -= UNCHOSEN_MALUS * _is_unchosen(asked, fact)
            score -= SETTING_MALUS * (scored and _is_setting(fact))
            score -= WORDLESS_MALUS * (bool(words) and not any(words))
            score += OWN_BONUS * any(thing in name_key(labels(fact)) for thing in own_things)
        matched, near = held_by(own), held_by(beside)
        return Read(fact, round(score, 6), round(coverage, 6), matched, typed, counted > 0, near, tuple(weights))

    def held_by(shares: Sequence[float]) -> frozenset[int]:
        return frozenset(
            at for at, share in enumerate(shares)
            if weights[at] > 0 and share > (NAME_HELD if asked[at].mention is not None else WORD_HELD)
        )  # fmt: skip

    named, scored = asks_name(question), asks_score(question)
    own_things = [
        name_key(ask.surface) for ask in asked if ask.mention is not None and in_front(ask, paper) >= OF_THING
    ]
    none = [0.0] * len(asked)
    first = sorted(
        (weighed(fact, own, none, 0.0) for fact, own in held.items()), key=lambda r: (-r.score, r.fact.ordinal)
    )
    top = [entry.fact for entry in first[:NEAR]]
    meanings = _meanings(question.normal, top)
    pages = {page: snapshot.facts_at(paper.path, page, page) for page in sorted({page_of(fact) for fact in top})}
    return [
        weighed(fact, held[fact], _beside(asked, fact, pages[page_of(fact)]), meaning)
        for fact, meaning in zip(top, meanings, strict=True)
    ]


def _weights(asked: Sequence[Ask], paper: Paper, held: Sequence[Sequence[float]], tell: Collection[Ask]) -> list[float]:
    """How much each thing asked counts in this paper: its own weight times its rarity among the facts weighed."""
    weights: list[float] = []
    named = any(in_front(ask, paper) >= OF_THING for ask in asked)
    for at, ask in enumerate(asked):
        points = 0.0 if _is_asked_too(ask, tell) else in_front(ask, paper)
        if points >= OF_THING or (ask in tell and (points > 0 or (named and not ask.firm))):
            weights.append(0.0)
            continue
        seen = sum(1 for shares in held if shares[at] >= 0.4)
        rarity = math.log1p(len(held) / (0.5 + seen)) / math.log1p(2 * len(held))
        if not seen and not ask.firm and ask.concept is None:
            rarity = ABSENT_HERE if has_cjk(ask.surface) == has_cjk(paper.title) else ABSENT
        front = 1 - (1 - FRONT_WEIGHT) * min(points / OF_TITLE, 1.0)
        weights.append(ask.weight * max(rarity, 0.1) * front)
    return weights


def _is_asked_too(ask: Ask, tell: Collection[Ask]) -> bool:
    """Whether a name that tells the paper is said once more, of what is asked: one row of the paper's tables."""
    said = name_key(ask.surface)
    return ask.mention is not None and ask not in tell and any(name_key(other.surface) == said for other in tell)


def lacking(asked: Sequence[Ask], paper: Paper, snapshot: Snapshot) -> list[Ask]:
    """The names and numbers of a question that stand nowhere in the paper."""
    text, key = _text(paper, snapshot)
    return [
        ask for ask in asked
        if (ask.firm or is_strange(ask, snapshot)) and in_front(ask, paper) < OF_TITLE and not _is_said(ask, text, key)
    ]  # fmt: skip


def told_share(asked: Sequence[Ask], weights: Sequence[float], text: str) -> float:
    """Share of what is asked, by the `weights` that it has in a paper, of which a text speaks."""
    said, tokens = normalise(text), frozenset(tokenise(text))
    key = name_key(text)
    total = sum(weights) or 1.0
    return sum(weight * _is_spoken(ask, said, key, tokens) for ask, weight in zip(asked, weights, strict=True)) / total


def _is_spoken(ask: Ask, text: str, key: str, tokens: frozenset[str]) -> float:
    """How surely a text holds a thing asked, 0 to 1."""
    if ask.mention is not None or ask.quantity is not None:
        return float(name_key(ask.surface) in key)
    if ask.concept is not None:
        looks = (ask.concept.in_notes, ask.concept.shape, look(ask.concept.name))
        if any(known is not None and known.search(text) is not None for known in looks):
            return 1.0
    held = (weight for token, weight in ask.forms if token in tokens or (has_cjk(token) and token in text))
    return max(held, default=0.0)


def is_strange(ask: Ask, snapshot: Snapshot) -> bool:
    """Whether a Latin word that no lexicon knows stands in the corpus: a name that was asked in small letters."""
    return (
        ask.mention is None and ask.concept is None and len(ask.forms) == 1 and ask.surface.isascii()
        and len(ask.surface) >= SHORTEST_STRANGE and snapshot.document_frequency(ask.forms[0][0]) > 0
    )  # fmt: skip


_texts: WeakKeyDictionary[Snapshot, dict[str, tuple[str, str]]] = WeakKeyDictionary()


def _text(paper: Paper, snapshot: Snapshot) -> tuple[str, str]:
    """The paper's text normalised, and as a key; made once."""
    known = _texts.setdefault(snapshot, {})
    if paper.path not in known:
        text = normalise(snapshot.source(paper.path).text)
        known[paper.path] = (text, name_key(text))
    return known[paper.path]


def _is_said(ask: Ask, text: str, key: str) -> bool:
    """Whether a name or number stands in a paper; a name's size may stand apart from it, in a table."""
    if name_key(ask.surface) in key:
        return True
    if ask.quantity is not None:
        return any(same_size(ask.quantity.value, found.value) for found in quantities(text))
    parts = SIZED.match(ask.surface)
    if parts is None or name_key(parts["name"]) not in key:
        return False
    wanted = quantities(parts["size"])
    return bool(wanted) and any(same_size(wanted[0].value, found.value) for found in quantities(text))


def _unnamed(asked: Sequence[Ask], weights: Sequence[float], shares: Sequence[float]) -> float:
    """Share of the names and numbers asked that neither a fact nor its surroundings hold."""
    firm = [share for ask, weight, share in zip(asked, weights, shares, strict=True) if ask.firm and weight > 0]
    return sum(share <= 0 for share in firm) / len(firm) if firm else 0.0


def _is_setting(fact: Fact) -> bool:
    """Whether a cell stands in a table of settings."""
    return bool(fact.heading) and wordings("settings").search(normalise(fact.heading[-1])) is not None


def _words_held(asked: Sequence[Ask], weights: Sequence[float], shares: Sequence[float]) -> list[bool]:
    """Whether a fact holds each of the plain words asked."""
    plain = [ask.concept is None and not ask.firm and weight > 0 for ask, weight in zip(asked, weights, strict=True)]
    return [share >= WORD_SEEN for share, counts in zip(shares, plain, strict=True) if counts]


def _is_example(fact: Fact) -> bool:
    """Whether a fact stands in a table of running text."""
    if fact.kind is not FactKind.CELL and not (fact.kind is FactKind.STATEMENT and fact.attribute):
        return False
    longest = max((len(part) for pair in fact.qualifiers for part in pair), default=0)
    return max(longest, len(fact.attribute)) > LONGEST_LABEL or len(fact.value) > LONGEST_CELL


def _names_asked(question: Question, asked: Sequence[Ask], fact: Fact) -> bool:
    """Whether a name that the question does not give stands beside a word asked, in a sentence."""
    if fact.kind is not FactKind.STATEMENT:
        return False
    text = CITED.sub(" ", fact.value)
    said = name_key(question.normal)
    given = tuple(name_key(ask.surface) for ask in asked if ask.mention is not None)
    names = [
        found for found in _NAME.finditer(text)
        if found.start() and (key := name_key(found.group())) not in said and not key.startswith(given)
    ]  # fmt: skip
    return any(
        any(start - n.end() <= BESIDE and n.start() - end <= BESIDE for n in names)
        for ask in asked if ask.mention is None for start, end in _spans(ask, text)
    )  # fmt: skip


def _spans(ask: Ask, text: str) -> list[tuple[int, int]]:
    """Where a thing asked stands in a text."""
    low = text.lower()
    if ask.concept is not None:
        looks = look(ask.concept.name)
        named = looks.finditer(low) if looks is not None else ()
        return [match.span() for match in (*ask.concept.in_notes.finditer(low), *named)]
    return [
        (match.start(), match.end())
        for token, weight in ask.forms if weight >= SURE_FORM and len(token) > 1
        for match in re.finditer(re.escape(token), low)
    ]  # fmt: skip


def _stray(question: Question, asked: Sequence[Ask], fact: Fact) -> float:
    """Share of the words of a cell's name and header that the question does not speak of."""
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)?|[\u4e00-\u9fff]+", normalise(labels(fact)))
    said = name_key(question.normal)
    tokens = {token for ask in asked for token, _ in ask.forms}
    stray = [
        word for word in words if word not in said and not any(token in word for token in tokens if len(token) > 2)
    ]
    return len(stray) / len(words) if words else 1.0


def _is_unchosen(asked: Sequence[Ask], fact: Fact) -> bool:
    """Whether nothing asked stands in the label of a cell's row."""
    label = next((cell for cell in fact.quote.split("\t") if cell.strip()), "")
    key, tokens = name_key(label), frozenset(tokenise(label))
    return not any(
        (name_key(ask.surface) and name_key(ask.surface) in key) or any(token in tokens for token, _ in ask.forms)
        or (ask.concept is not None and ask.concept.in_notes.search(normalise(label)) is not None)
        for ask in asked
    )  # fmt: skip


def _beside(asked: Sequence[Ask], fact: Fact, page: Sequence[Fact]) -> list[float]:
    """What the sentences before and behind a sentence hold."""
    none = [0.0] * len(asked)
    if fact.kind is not FactKind.STATEMENT:
        return none
    around = [
        [match(ask, other) for ask in asked]
        for other in page
        if abs(other.ordinal - fact.ordinal) == 1 and other.kind is FactKind.STATEMENT
    ]
    return [max(column) for column in zip(none, *around, strict=True)]


def _meanings(asked: str, facts: Sequence[Fact]) -> list[float]:
    """Cosine of the question with each fact."""
    from rag.embed import open_embedder

    if not facts:
        return []
    embedder = open_embedder("builtin")
    said = [f"{labels(fact)} {fact.value}"[:600] for fact in facts]
    return [float(value) for value in embedder.embed_passages(said) @ embedder.embed_question(asked)]
