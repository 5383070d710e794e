"""Check what a language model wrote, sentence by sentence, against the evidence that each sentence cites.

A sentence passes when its marks exist and every number, unit, date, name, quotation and address in it stands in the
cited evidence, of the thing it is told of and under its header; when it neither adds nor drops a negation, a bound or
a doubt; when its comparisons follow from the values; and when its words say what the evidence says, in either
language. A sentence that passes can still be unhelpful, but what it states stands in the notes.

    types      evidence and verdict            splitting  sentences and their marks
    ground     a piece of evidence taken apart subjects   the things it names
    values     numbers, dates, quotations      names      names
    binding    who has which value             relations  comparisons
    turns      extent, certainty, opposites    denial     negations
    cells      yes and no                      words      the rest of the words
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rag.answer.checking.binding import name_of_another, value_of_another
from rag.answer.checking.cells import verdict_wrong
from rag.answer.checking.denial import denial_wrong
from rag.answer.checking.ground import Ground
from rag.answer.checking.names import name_wrong
from rag.answer.checking.relations import comparison_wrong
from rag.answer.checking.splitting import MARK, Splitter, marks_of, numbers, split, without_marks
from rag.answer.checking.subjects import Subjects
from rag.answer.checking.turns import turn_wrong
from rag.answer.checking.types import Checked, Evidence
from rag.answer.checking.values import date_wrong, number_wrong, quote_wrong
from rag.answer.checking.words import words_wrong
from rag.types import Entity

__all__ = ["Checked", "Checker", "Evidence", "Splitter", "checked_sentences", "split"]


class Checker:
    """Checks sentences against numbered evidence; `names` are those of the corpus by key. Safe to share."""

    def __init__(self, evidence: Iterable[Evidence], names: Mapping[str, Entity] | None = None) -> None:
        pieces = tuple(evidence)
        self._names: Mapping[str, Entity] = names or {}
        self._subjects = Subjects(pieces, self._names)
        self._grounds = {piece.n: Ground(piece, self._subjects) for piece in pieces}

    def check(self, sentence: str) -> Checked:
        """The sentence with its marks in one form, and the verdict on it."""
        marks = marks_of(sentence)
        reason = self._marks_wrong(marks)
        if not reason:
            reason = self._wrong(without_marks(sentence), [self._grounds[n] for n in marks])
        plain = MARK.sub(lambda match: "".join(f"[{n}]" for n in numbers(match)), sentence)
        return Checked(plain, marks, not reason, reason)

    def _marks_wrong(self, marks: Sequence[int]) -> str:
        if not marks:
            return "no mark"
        missing = [n for n in marks if n not in self._grounds]
        return f"mark [{missing[0]}] does not exist" if missing else ""

    def _wrong(self, said: str, cited: Sequence[Ground]) -> str:
        """Why what is said does not stand in what is cited; "" when it does."""
        plain = self._subjects.masked(said)
        return (
            number_wrong(plain, cited)
            or date_wrong(plain, cited)
            or quote_wrong(said, cited)
            or name_wrong(said, cited, self._names)
            or denial_wrong(said, cited, self._subjects)
            or verdict_wrong(said, cited, self._subjects)
            or turn_wrong(self._subjects.masked(said, "_"), cited)
            or value_of_another(said, cited, self._subjects)
            or name_of_another(said, cited, self._subjects)
            or comparison_wrong(said, cited, self._subjects)
            or words_wrong(said, cited, self._subjects)
        )


def checked_sentences(
    text: str, evidence: Iterable[Evidence], names: Mapping[str, Entity] | None = None
) -> tuple[Checked, ...]:
    """Every sentence of `text` with the verdict on it, in order."""
    checker = Checker(evidence, names)
    return tuple(checker.check(sentence) for sentence in split(text))
