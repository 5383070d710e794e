"""Follow-up questions completed from the conversation: pronouns and ellipses get back what they stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.question.mentions import Mention, NameIndex
from rag.question.understand import Known, Question, Unit, understand
from rag.question.worded import Written
from rag.question.wording import intent
from rag.text.name_words import words_of
from rag.text.names import generations
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.types import Entity, Turn

LONGEST_ELLIPSIS = 24
"""Characters of a question that, beginning like an ellipsis, borrows what it asks from the one before."""
TURNS_KEPT = 6
BORROWED_WEIGHT = 0.4
"""Of words of the question before, against those of the question itself."""
_OWNED = re.compile(r"[它他她其]们?的\s*\S|(?<![a-z])(?:its|their) [a-z0-9一-鿿]")
"""An attribute of what was spoken of: "its price"."""
_GOES_ON = re.compile(r"[\s\-]?\d|-")
_VERSION_BEHIND = re.compile(r"[ -]?(\d{1,2}(?:\.\d+)?)(?![\w.%])", re.ASCII)
_WORD = re.compile(r"\d+(?:\.\d+)?(?:[- ]?bit|[bmkg])(?![a-z])|[a-z]{2,}|\d+(?:\.\d+)*|[一-鿿]{2,4}(?=版)")


def resolve(text: str, history: Sequence[Turn], index: NameIndex, known: Known) -> Question:
    """`text` understood in the light of the conversation.

    A question that names nothing but points back ("那它开源了吗?") takes over the things last spoken of; one that
    names a thing but asks nothing ("那 X 呢?") takes over what was asked. A question complete in itself is left alone.
    """
    question = understand(text, index, known)
    asked = [turn_text for role, turn_text in history if role == "user"][-TURNS_KEPT:]
    if not asked:
        return question
    question = _without_ellipsis(question)
    own = bool(question.mentions)
    points = bool(intent("pronoun").search(question.normal))
    elliptic = bool(intent("ellipsis").search(question.normal)) or len(question.normal) <= LONGEST_ELLIPSIS
    previous = _previous(asked, index, known)
    answered = [turn_text for role, turn_text in history if role != "user"][-1:]
    of_last = bool(previous) and bool(previous[-1].mentions) and _is_attribute_alone(question)
    wide = (question.asks("list") and not of_last) or (question.asks("count") and not points)
    if not question.mentions and not question.unknown and (points or elliptic) and not wide:
        things = _things(question, previous, answered, index, known)
        if things:
            if of_last:
                question = replace(question, intents=question.intents - {"list", "count"})
            question = _with_version(replace(question, mentions=things), previous)
            question = _varied(_with_words(question, previous), things, index)
    elif len(question.mentions) == 1 and elliptic and previous and len(previous[-1].mentions) == 1:
        question = _completed(question, previous[-1].mentions[0])
    of_another = own and question.normal.rstrip("?!.").endswith("呢")
    asks = any(unit.concept is not None for unit in question.units) and not of_another
    bare = (
        bool(intent("ellipsis").search(question.normal))
        and len(question.units) <= 1
        and not question.types
        and not asks
        and not (question.units and _OWNED.search(question.normal))
    )
    if question.mentions and (elliptic or points) and (bare or not _asks_something(question)):
        question = _as_asked(question, previous, index, known)
    if not question.mentions and not question.unknown and elliptic and len(question.units) <= 2 and previous:
        last = previous[-1]
        if last.asks("list", "count") and not question.asks("list", "count"):
            kept = [u for u in last.units if u.label not in {x.label for x in question.units}]
            question = replace(question, intents=question.intents | last.intents, units=(*question.units, *kept))
    return question


def _is_attribute_alone(question: Question) -> bool:
    """Whether nothing but an attribute is asked for, be it of several values: "what colours"."""
    alone = len(question.units) == 1 and question.units[0].concept is not None
    return alone and not question.dates and not question.asks("negated", "only", "superlative_max", "superlative_min")


def continued(question: Question, first: Question) -> Question:
    """A later part of one question: where it names nothing it is about what the first part names."""
    if question.mentions or question.unknown or not first.mentions or question.asks("list"):
        return question
    return replace(question, mentions=first.mentions)


def _previous(asked: Sequence[str], index: NameIndex, known: Known) -> list[Question]:
    """Earlier questions, each completed by the ones before it."""
    found: list[Question] = []
    for text in asked:
        question = _without_ellipsis(understand(text, index, known)) if found else understand(text, index, known)
        if found and not question.mentions and not question.unknown:
            question = replace(question, mentions=found[-1].mentions)
        if found and question.mentions and not _asks_something(question):
            question = _asked_of(question, found[-1], index, known) or _borrow(question, found[-1])
        found.append(question)
    return found


def _things(
    question: Question, previous: Sequence[Question], answered: Sequence[str], index: NameIndex, known: Known
) -> tuple[Mention, ...]:
    """What a pronoun stands for: the things of the last question that named some, else of the last answer."""
    told = _told(answered, index, known)
    if told and previous and previous[-1].asks("list", "which") and not previous[-1].asks("count", "definition"):
        own = {entity.name for mention in previous[-1].mentions for entity in mention.entities}
        if len(told) == 1 and not own & {entity.name for entity in told[0].entities}:
            return told
    for earlier in reversed(previous):
        mentions = earlier.mentions
        if not mentions:
            continue
        if intent("former").search(question.normal):
            return mentions[:1]
        if intent("latter").search(question.normal):
            return mentions[-1:]
        return mentions
    return told[:1]


def _with_words(question: Question, previous: Sequence[Question]) -> Question:
    """A bare "how much is it?" with the words of the question before it, which narrow down what is meant."""
    if not previous or not previous[-1].mentions or any(unit.concept is None for unit in question.units):
        return question
    words = [unit for unit in previous[-1].units if unit.concept is None and unit.quantity is None]
    return replace(
        question, units=(*question.units, *(replace(unit, weight=unit.weight * BORROWED_WEIGHT) for unit in words))
    )


def _with_version(question: Question, previous: Sequence[Question]) -> Question:
    """The question about the thing last named with the number of a version that stood behind its name: "Foo 3"."""
    named = next((earlier for earlier in reversed(previous) if earlier.mentions == question.mentions), None)
    if named is None or len(question.mentions) != 1 or not _is_written(question.mentions[0], named):
        return question
    number = _VERSION_BEHIND.match(named.normal, question.mentions[0].end)
    units = [unit for unit in named.units if number is not None and unit.label == number[1]]
    return replace(question, units=(*question.units, *units))


def _varied(question: Question, things: tuple[Mention, ...], index: NameIndex) -> Question:
    """The question about the variant of the thing last named that its words tell: "and the Lite one, then?"."""
    if len(things) != 1 or len(things[0].entities) != 1:
        return question
    written = [words_of(alias) for alias in things[0].entities[0].aliases]
    # "Foo Pro" and "Foo Pro Lite", and "Foo Lite" too
    longer = {tuple(sorted(form)) for form in written}
    beside = {tuple(sorted(form[:-1])) for form in written if len(form) > 1}
    beside |= {rest for form in written for rest in _without_sizes(form)}  # "Foo 7B" and "Foo 13B"
    own_words = {word for form in written for word in form}
    told = generations(question.normal)
    told += [(match.group(), match.start(), match.end()) for match in _WORD.finditer(question.normal)]
    for said, start, end in told:
        word = words_of(said)
        if not word:
            continue
        named = tuple(index.worded.holding(word[0], own_words if all(written) else {*own_words, *word}))
        fits = _with_word(named, word, longer) or _with_word(named, word, beside) or _with_word(named, word, longer, 2)
        if len(fits) == 1:
            surface = question.normal[start:end]
            variant = Mention(tuple(fits.values()), start, end, surface, exact=True)
            stems = tuple(map(stem, surface.split()))
            units = tuple(unit for unit in question.units if not _is_variant_word(unit, stems))
            return replace(question, mentions=(variant,), units=units)
    return question


def _without_sizes(form: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words of a name but for a number and the letter behind it, in alphabetical order."""
    for at, (number, letter) in enumerate(pairwise(form)):
        if number.isdigit() and len(letter) == 1 and letter.isalpha() and len(form) > 2:
            yield tuple(sorted((*form[:at], *form[at + 2 :])))


def _with_word(
    named: Iterable[Written], word: tuple[str, ...], forms: set[tuple[str, ...]], more: int = 0
) -> dict[str, Entity]:
    """Those of `named` whose words are one of `forms`, in alphabetical order, and `word`, and up to `more` others."""
    fits = {}
    for written in named:
        left = Counter(written.words)
        if not all(left[part] for part in word):
            continue
        left.subtract(word)
        rest = tuple(sorted(left.elements()))
        beyond = (sum((left - Counter(form)).values()) for form in forms if not Counter(form) - left)
        if rest in forms or any(0 < count <= more for count in beyond):
            fits[written.entity.name] = written.entity
    return fits


def _is_variant_word(unit: Unit, said: Sequence[str]) -> bool:
    named = unit.concept is not None and (unit.concept.name == "version" or unit.surface in said)
    return named or unit.label in said


def _completed(question: Question, last: Mention) -> Question:
    """The question with a name's last word completed by the thing last named: "the Pro one" after "Falke"."""
    mention = question.mentions[0]
    before = {form for entity in last.entities for form in map(words_of, entity.aliases)}
    for alias in mention.entities[0].aliases if len(mention.entities) == 1 else ():
        written = words_of(alias)
        if written != words_of(mention.surface) and any(written == (*f, *words_of(mention.surface)) for f in before):
            return replace(question, mentions=(replace(mention, surface=normalise(alias)),))
    return question


def _told(answered: Sequence[str], index: NameIndex, known: Known) -> tuple[Mention, ...]:
    """The things that the last answer opened with."""
    for text in answered:
        return tuple(
            m for m in understand(text[:120], index, known).mentions if m.exact and m.entities[0].strength >= 2
        )
    return ()


def _asks_something(question: Question) -> bool:
    return bool(question.units) or question.asks("link", "howto", "definition", "list", "count")


def _without_ellipsis(question: Question) -> Question:
    """`question` without the words that only point back: the "same" of "same for X?"."""
    pointing = {stem(word) for match in intent("ellipsis").finditer(question.normal) for word in match.group().split()}
    return replace(question, units=tuple(unit for unit in question.units if unit.label not in pointing))


def _as_asked(question: Question, previous: Sequence[Question], index: NameIndex, known: Known) -> Question:
    """A question that only names a thing, with what was asked last."""
    last = next((p for p in reversed(previous) if _asks_something(p)), None)
    for earlier in (*previous[-1:], *((last,) if last is not None else ())):
        again = _asked_of(question, earlier, index, known)
        if again is not None:
            return again
    return _borrow(question, last) if last is not None else question


def _asked_of(question: Question, last: Question, index: NameIndex, known: Known) -> Question | None:
    """The question before, asked of the one thing that this one names, in the words of the one before.

    None where either says more than that, or the name before goes on in a size or version.
    """
    if len(question.mentions) != 1 or len(last.mentions) != 1 or question.units or question.unknown:
        return None
    mention, other = question.mentions[0], last.mentions[0]
    before, after = last.normal[: other.start], last.normal[other.end :]
    if not (_is_written(mention, question) and _is_written(other, last)) or _GOES_ON.match(after):
        return None
    apart = " " if before[-1:].isascii() and before[-1:].isalnum() else ""
    again = understand(f"{before}{apart}{mention.surface}{after}", index, known)
    if [m.entities for m in again.mentions] != [mention.entities]:
        return None
    return replace(again, text=question.text, language=question.language)


def _is_written(mention: Mention, question: Question) -> bool:
    """Whether a name stands in the question itself and is not taken over."""
    return question.normal[mention.start : mention.end] == mention.surface


def _borrow(question: Question, last: Question) -> Question:
    """What was asked before, but for numbers where the new question brings its own."""
    own = any(unit.quantity is not None for unit in question.units)
    units = [unit for unit in last.units if not (own and unit.quantity is not None)]
    return replace(
        question, units=(*question.units, *units), types=question.types | last.types,
        intents=question.intents | (last.intents - {"definition"}),
    )  # fmt: skip
