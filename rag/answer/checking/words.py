"""Whether the words of a sentence say what its evidence says: the same ones, translations, or near in meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rag.answer.checking.digits import in_digits
from rag.answer.checking.ground import CLAUSE, Ground, Statement
from rag.answer.checking.subjects import Subjects
from rag.answer.wordings import wordings
from rag.text.dates import dates
from rag.text.language import language, stop_words
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.stem import roots, stem
from rag.text.tokenise import is_word, tokenise, words
from rag.text.values import quantities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 0.3
"""Cosine of two words' vectors from which one may stand for the other in a paraphrase."""
SURE = 0.5
"""The same where a wrong match would condemn a true sentence."""
TRANSLATED = 0.35
"""Weight of a translation from which it may stand for the word."""
LIGHT = 1.75
"""Length of a word's vector, which is its learned weight, up to which it says too little to be an invention alone:
the lightest tenth of the vocabulary."""
MOST_LIGHT = 2
"""Light words without support that a sentence may hold."""

_AND_CLAIMS = re.compile(
    r"\band\b(?=\s+(?:is|are|was|were|has|have|had|can|could|will|would|does|did|it|its|the|a|an|also|even|comes|came"
    r"|offers|features|supports|provides|remains|makes|won|runs|works|uses|gets|needs|helps|allows)\b)"
    r"|并且|并(?=[^且排列行])|而且|且|同时|还(?=[^原])|以及(?=[可能支提])|也(?=[^许])"
)
_FUNCTION = re.compile(
    "[的了是在有和与及将被把从到于之等各该此每某其且而则即仅只都也还又再已曾正会能可要需须应前后中内上下里外时当共达比约但不为为次未所最更较很分名位款]"
)


def words_wrong(said: str, cited: Sequence[Ground], subjects: Subjects) -> str:
    """Words that nothing in the evidence stands behind, or only what it says of another thing.

    A paraphrase has a word of its own now and then, an invention several, or a clause without anything that can be
    checked: so one is let pass beside a number or date, or across languages beside twice as many that are borne out.
    """
    everything = frozenset().union(*(held_words(ground.whole) for ground in cited))
    statements = [statement for ground in cited for statement in ground.statements]
    known = frozenset(id for statement in statements for id in statement.subjects)
    across = {language(ground.piece.text) for ground in cited} != {language(said)}
    light, heavy, held = 0, [], 0
    last: frozenset[str] = frozenset()
    for clause in _claims(said):
        own = said_words(subjects.masked(clause))
        missing = sorted(word for word in own if not related(word, everything))
        found = [word for word in missing if _weight(word) > LIGHT]
        heavy += found
        light += len(missing) - len(found)
        held += len(own) - len(missing)
        hard = _has_value(subjects.masked(clause))
        if found and not hard and not (across and len(own) >= 3 * len(found)):
            return f"{', '.join(found)!r} is not in the cited evidence"
        last = subjects.found(clause) & known or last
        foreign = _foreign(own, last, statements, cited)
        if foreign:
            return f"the cited evidence says {foreign!r} of another thing"
    if len(heavy) > 1 or light > MOST_LIGHT:
        return f"{', '.join(heavy or missing)!r} is not in the cited evidence"
    if held or _has_value(said) or subjects.found(said):
        return ""
    return "nothing of it stands in the cited evidence"


def _claims(said: str) -> list[str]:
    """Clauses, and what "and" joins to one as a claim of its own: "costs 3 EUR and is waterproof"."""
    return [part for clause in CLAUSE.split(said) for part in _AND_CLAIMS.split(clause) if part.strip()]


def _has_value(text: str) -> bool:
    return bool(quantities(in_digits(text)) or dates(text))


def _foreign(
    own: Iterable[str], named: frozenset[str], statements: Sequence[Statement], cited: Sequence[Ground]
) -> str:
    """A word that the evidence says, but only of things that the clause does not speak of."""
    if not named:
        return ""
    theirs = [s for s in statements if not s.subjects or s.subjects & named or s.about & named]
    others = [s for s in statements if s.subjects and not s.subjects & named]
    if not theirs or not others:
        return ""
    above = " ".join(ground.piece.where for ground in cited)
    held = held_words("\n".join((above, *(f"{s.attribute} {s.sentence}" for s in theirs))))
    foreign = held_words("\n".join(f"{s.attribute} {s.text}" for s in others))
    return next((w for w in sorted(own) if related(w, foreign, sure=True) and not related(w, held)), "")


@lru_cache(maxsize=4096)
def said_words(text: str) -> frozenset[str]:
    """The words of a text that state something: no numbers, dates, stop words or words that only carry a statement."""
    plain = in_digits(normalise(text))
    spans = [*((d.start, d.end) for d in dates(plain)), *((q.start, q.end) for q in quantities(plain))]
    for start, end in spans:
        plain = plain[:start] + " " * (end - start) + plain[end:]
    found = (_FUNCTION.sub("", word) if has_cjk(word) and not is_word(word) else word for word in words(plain))
    return frozenset(w for w in found if len(w) > 1 and not re.search(r"\d", w) and w not in _carriers())


def related(word: str, held: Collection[str], *, sure: bool = False) -> bool:
    """Whether a word or one that means the same is among `held`; with `sure` by more than a likeness."""
    if word in held or _group_of(word) & _groups(frozenset(held)):
        return True
    if has_cjk(word) and _is_covered(word, held):
        return True
    if any(term in held or _is_part(term, held) for term in _translations(word)):
        return True
    return _nearest(word, frozenset(held)) >= (SURE if sure else NEAR)


def _is_part(term: str, held: Collection[str]) -> bool:
    """Whether a Chinese translation stands in a held word that is one character longer: 狗 in 带狗."""
    return has_cjk(term) and any(term in other and len(other) == len(term) + 1 for other in held)


def _is_covered(word: str, held: Collection[str]) -> bool:
    """Whether a Chinese word stands within a held one, or held ones and small words make it up."""
    if any(word in other for other in held):
        return True
    rest = word
    for other in sorted((o for o in held if len(o) > 1 and o in word), key=len, reverse=True):
        rest = rest.replace(other, "")
    return rest != word and (not rest or rest in _carriers())


def held_words(text: str) -> frozenset[str]:
    """The words of evidence, with the parts of long ones."""
    return _held(text)


@lru_cache(maxsize=1024)
def _held(text: str) -> frozenset[str]:
    return frozenset(token for token in tokenise(text) if len(token) > 1 or has_cjk(token))


@lru_cache(maxsize=8192)
def _translations(word: str) -> frozenset[str]:
    found = Lexicon.load().translate(word)
    return frozenset(part for t in found if t.weight >= TRANSLATED for part in (t.term, *t.term.split(" ")))


@lru_cache(maxsize=8192)
def _group_of(word: str) -> frozenset[int]:
    forms = {word, *roots(word)}
    return frozenset(number for number, members in enumerate(_synonyms()) if any(_is_form(m, forms) for m in members))


def _is_form(member: str, forms: Collection[str]) -> bool:
    """Whether a word is a member of a group: as it is, its stem, or a Chinese one with a single character more."""
    if member in forms or (member.isascii() and stem(member) in forms):
        return True
    return has_cjk(member) and len(member) > 1 and any(member in f and len(f) <= len(member) + 1 for f in forms)


@lru_cache(maxsize=256)
def _groups(held: frozenset[str]) -> frozenset[int]:
    return frozenset().union(*(_group_of(word) for word in held))


@cache
def _synonyms() -> tuple[tuple[str, ...], ...]:
    tables = wordings()
    groups = [group for name in ("same", "alike", "irregular") for group in tables[name]["groups"]]
    return tuple(tuple(members) for members in groups)


@cache
def _carriers() -> frozenset[str]:
    tables = wordings()
    plain = {word for name in ("zh", "en") for word in tables["carriers"][name]}
    compared = {
        word for kind in tables["comparing"]["kinds"] for name in ("more", "less")
        for phrase in kind[name] for word in (phrase, *phrase.split())
    }  # fmt: skip
    small = {word for name in ("zh", "en") for word in tables["negation"][name]}
    plain |= compared | small
    return frozenset(plain | {stem(word) for word in plain} | stop_words("zh") | stop_words("en"))


@lru_cache(maxsize=16384)
def _weight(word: str) -> float:
    from rag.embed.builtin import word_weight

    return word_weight(word)


@lru_cache(maxsize=16384)
def _nearest(word: str, held: frozenset[str]) -> float:
    """The greatest cosine between a word's vector and one of `held`."""
    own = _vector(word)
    matrix = _matrix(held)
    return float((matrix @ own).max()) if len(matrix) else 0.0


@lru_cache(maxsize=256)
def _matrix(held: frozenset[str]) -> NDArray[np.float32]:
    import numpy as np

    return np.stack([_vector(word) for word in sorted(held)]) if held else np.zeros((0, 1), np.float32)


@lru_cache(maxsize=16384)
def _vector(word: str) -> NDArray[np.float32]:
    from rag.embed.builtin import word_vector

    return word_vector(word)
