"""Which regions of the notes a phrase of a question means: a named place, or the sort of thing asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rag.answer.regions import Region, Wording, regions, whole_note
from rag.index import Snapshot
from rag.question.scope import Phrase, alike, places
from rag.question.understand import Question
from rag.question.wording import attribute_concepts, find_concepts
from rag.retrieve.evidence import query
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, name_key
from rag.text.stem import stem
from rag.text.tokenise import query_tokens

MOST_SOURCES = 40
"""Notes that are all looked at; of more, only those that the words of a question reach."""
MOST_REACHED = 400
"""Notes whose regions are read for one question: where its words reach more, those whose facts hold them best."""
OWN, AROUND, OF_NOTE = 1.0, 0.9, 0.75
"""Trust in a word by where it stands: in the region's own heading or header; in one above; in the note's title."""
OF_PART = 0.5
"""Weight of a part of a Chinese word."""
SURE = 0.4
"""Least weight of a word's translation that words a region."""
ENOUGH = 0.4
"""Share of a phrase that a region must word."""
BY_CONCEPT = 0.7
"""Trust in a heading that words the same attribute in other words: "brands" and "Maker"."""
SHORTEST_TITLE = 6
"""Characters of a phrase that names a note by being a part of its file name."""
ALIKE = 0.9
"""Share of the best region's wording that another must reach to be meant as well."""


@dataclass(frozen=True, slots=True)
class _Word:
    forms: tuple[tuple[str, float], ...]
    concepts: frozenset[str]
    tokens: frozenset[str]
    """The forms."""
    chinese: tuple[str, ...]
    """Those that may stand in a text as no token of their own."""

    def may_stand_in(self, text: Wording) -> bool:
        """Whether a text may hold one of the forms; most hold none."""
        return not self.tokens.isdisjoint(text.tokens) or any(form in text.normal for form in self.chinese)


def meant(snapshot: Snapshot, phrase: Phrase, reached: Sequence[str]) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """(the regions that a phrase words best, its words that do); ((), ()) where none words enough of it.

    Of the sort of thing asked for ("the public clouds") the last word must be worded.
    """
    paths = snapshot.source_paths()
    sources = paths if len(paths) <= MOST_SOURCES else sorted(reached)
    readings = []
    for said, head in _readings(phrase):
        wanted = [_word(word) for word in said]
        scored = [(region, _share(region, wanted, head)) for region in regions(snapshot, sources)]
        readings.append((max((share for _, share in scored), default=0.0), said, wanted, scored))
    for best, said, wanted, scored in sorted(readings, key=lambda reading: -reading[0]):
        if best >= ENOUGH:
            whole = {region.source: region for region, _ in scored if not region.heading and region.lines is None}
            best_ones = [region for region, share in scored if share >= ALIKE * best]
            found = _outermost([whole[r.source] if r.is_note else r for r in best_ones])
            if not phrase.kind or len(wanted) > 1 or not any(region.is_note for region in found):
                held = (word for word, form in zip(said, wanted, strict=True) if any(_worded(r, form) for r in found))
                return found, tuple(held)
    return (), ()


def notes_called(snapshot: Snapshot, phrase: Phrase) -> tuple[Region, ...]:
    """The one note whose file name or title a phrase writes in one piece; () where there are none or several."""
    key = name_key("".join(phrase.words))
    if len(key) < SHORTEST_TITLE:
        return ()
    called = [path for path in snapshot.source_paths() if key in name_key(PurePosixPath(path).stem)]
    return (whole_note(snapshot, called[0]),) if len(called) == 1 else ()


def headed_by(found: Sequence[Region], word: str) -> tuple[Region, ...]:
    """Those of the regions whose own heading or header holds a word or its translation."""
    form = _word(word)
    return tuple(region for region in found if form.may_stand_in(region.own) and _worded(region, form) > OF_NOTE * SURE)


def reached(snapshot: Snapshot, question: Question) -> list[str]:
    """The notes that the words of a question reach, in order; of many those whose facts hold them best."""
    clauses = query(question.units)
    if not clauses:
        return []
    found = {fact.source for fact in snapshot.facts_matching(clauses)}
    if len(found) > MOST_REACHED:
        found = {fact.source for fact, _ in snapshot.search_facts(clauses, MOST_REACHED)}
    return sorted(found)


def named(snapshot: Snapshot, normal: str, reached: Sequence[str]) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """(the regions that a normalised question names as such, its words that do); ((), ()) where it names none.

    Of several names one narrows down the other: "the pumps section of the garden note".
    """
    found: tuple[Region, ...] = ()
    said: tuple[str, ...] = ()
    for phrase in places(normal):
        here, held = meant(snapshot, phrase, reached)
        inner = tuple(region for region in here if not found or any(region.is_within(other) for other in found))
        outer = tuple(region for region in found if any(region.is_within(other) for other in here))
        if inner or outer:
            found = inner or outer
            said += (phrase.text, *phrase.words) if len(held) == len(phrase.words) else held
    return found, said


def _readings(phrase: Phrase) -> Iterator[tuple[tuple[str, ...], bool]]:
    """(words, whether the last one must be worded), the longest first."""
    if not phrase.leads:
        yield phrase.words, phrase.kind
        return
    for size in range(len(phrase.words), 0, -1):
        yield phrase.words[:size], True


def _word(word: str) -> _Word:
    root = stem(word) if word.isascii() else word
    parts = (token for token in query_tokens(word) if len(token) > 1)
    forms: dict[str, float] = {
        **dict.fromkeys(alike(root), ALIKE),
        **dict.fromkeys(parts, OF_PART if has_cjk(word) else 1.0),
        root: 1.0,
    }
    for translation in Lexicon.load().translate(root):
        if translation.weight >= SURE:
            for token in translation.term.split(" "):
                forms[token] = max(forms.get(token, 0.0), min(1.0, 0.5 + translation.weight / 2))
    return _Word(
        tuple(forms.items()),
        frozenset(span.name for span in find_concepts(word)),
        frozenset(forms),
        tuple(filter(has_cjk, forms)),
    )


def _share(region: Region, wanted: Sequence[_Word], head: bool) -> float:
    """Share of the words that word the region; 0 where the head does not."""
    found = [_worded(region, word) for word in wanted]
    if not found or (head and found[-1] == 0):
        return 0.0
    return sum(found) / len(found)


def _worded(region: Region, word: _Word) -> float:
    for wording, trust in ((region.own, OWN), (region.around, AROUND), (region.note, OF_NOTE)):
        best = 0.0
        if word.may_stand_in(wording):
            best = max((weight * _held(wording, form) for form, weight in word.forms), default=0.0)
        if not best and wording is region.own and word.concepts & attribute_concepts(wording.normal).keys():
            best = BY_CONCEPT
        if best:
            return trust * best
    return 0.0


def _held(wording: Wording, form: str) -> float:
    """How surely a text holds a form of a word: a single character as the head of a word, the surer the shorter."""
    if form in wording.tokens or (has_cjk(form) and len(form) > 1 and form in wording.normal):
        return 1.0
    if len(form) > 1 or not has_cjk(form) or form not in wording.normal:
        return 0.0
    words = [t for t in wording.tokens if 1 < len(t) < 4 and (t[0] == form or t[-1] == form)]
    letters = sum(1 for char in wording.normal if has_cjk(char))
    return 0.5 + 0.5 / letters if words else 0.0


def _outermost(found: Sequence[Region]) -> tuple[Region, ...]:
    """Without regions that lie within another of them."""
    found = list(dict.fromkeys(found))
    sections = [region for region in found if region.lines is None]
    return tuple(
        region for region in found
        if not any(
            other is not region and other.source == region.source
            and region.heading[: len(other.heading)] == other.heading
            and (region.lines is not None or len(other.heading) < len(region.heading))
            for other in sections
        )
    )  # fmt: skip
