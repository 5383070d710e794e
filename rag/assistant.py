"""The whole read path: a question in, a checked answer out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.answer.compose import compose
from rag.answer.context import Context, gathered
from rag.answer.draft import Draft
from rag.answer.finish import finish
from rag.answer.in_place import in_place
from rag.answer.notes_first import contradicted, goes_first, is_likelier, may_differ, outdone, suffices
from rag.answer.reading import reads_together
from rag.answer.relevance import judge
from rag.config import Settings
from rag.index import ProseSnapshot, Snapshot, attached, notes_of
from rag.question.followup import continued, resolve
from rag.question.instead import instead
from rag.question.mentions import NameIndex
from rag.question.papers import asks_paper
from rag.question.parts import parts
from rag.question.stored_names import names_of
from rag.question.understand import Question
from rag.retrieve.dense import dense
from rag.retrieve.evidence import Scored
from rag.retrieve.means import ALL, Means
from rag.retrieve.near_headers import with_near_headers
from rag.retrieve.papers import papers
from rag.retrieve.passages import blend, fuse
from rag.retrieve.rerank import rerank
from rag.text.lexicon import Lexicon, using
from rag.types import Answer, Citation, Hit, IndexState, Retrieved, Since, Stale, Turn

EVIDENCE = 12
"""Places of ranked evidence that an answer carries."""


@dataclass(frozen=True, slots=True)
class _State:
    """A generation, its names, and what of it the notes say; the whole itself where there are no papers."""

    snapshot: Snapshot
    names: NameIndex
    notes: Snapshot

    @classmethod
    def of(cls, snapshot: Snapshot, names: NameIndex) -> _State:
        return cls(snapshot, names, notes_of(snapshot))


class Assistant:
    """Answers questions from one index. Safe to share between threads; a context manager."""

    def __init__(self, snapshot: Snapshot, settings: Settings, means: Means = ALL) -> None:
        self.settings = settings
        self.means = means
        self._lock = threading.Lock()
        with self._words():
            self._state = _State.of(snapshot, names_of(snapshot))
        self._earlier = not snapshot.is_current()

    @classmethod
    def open(cls, index: Path | str, *, settings: Settings | None = None) -> Self:
        """An assistant over the newest generation of the index at `index`, without `settings` with its embedder.

        Raises IndexNotFoundError and siblings.
        """
        return cls.open_with(ALL, index, settings=settings)

    @classmethod
    def open_with(cls, means: Means, index: Path | str, *, settings: Settings | None = None) -> Self:
        """The same, but answering by these `means` only, so that what the others contribute can be measured."""
        if settings is not None:
            attached.attach(Path(index), settings.records, settings.search)
        snapshot = (Snapshot if means.facts else ProseSnapshot).open(Path(index))
        return cls(snapshot, settings or Settings(embedder=snapshot.embedder_name), means)

    @property
    def snapshot(self) -> Snapshot:
        """The generation that answers come from."""
        return self._state.snapshot

    @property
    def names(self) -> NameIndex:
        """The names that questions are searched for."""
        return self._state.names

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The answer to `question`, in its language, after the conversation `history`."""
        return self._whole(question, history, evidence=True)

    def ask_briefly(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The same answer without the ranked passages beside its citations, which saves loading vectors."""
        return self._whole(question, history, evidence=False)

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[str | Answer]:
        """The answer's text piece by piece, lines or a model's sentences as they are checked, then the whole answer."""
        if self.settings.llm:
            yield from self._worded(question, history, self._state)
            return
        answer = self._answer(question, history, self._state, evidence=True)  # no snapshot outlives its answer here
        yield from answer.text.splitlines(keepends=True)
        yield answer

    def _whole(self, question: str, history: Sequence[Turn], *, evidence: bool) -> Answer:
        if not self.settings.llm:
            return self._answer(question, history, self._state, evidence=evidence)
        *_, answer = self._worded(question, history, self._state)
        assert isinstance(answer, Answer), "the last piece is the whole answer"
        return answer

    def _worded(self, question: str, history: Sequence[Turn], state: _State) -> Iterator[str | Answer]:
        """The extractive answer in a language model's words."""
        from rag.answer.fluent import fluent

        started = time.perf_counter()
        answer = self._answer(question, history, state, evidence=True)
        extracted = time.perf_counter()
        for piece in fluent(answer, history, self.settings, state.snapshot, state.names):
            if isinstance(piece, Answer):
                ended = time.perf_counter()
                stages = (*answer.timings_ms[:-1], ("llm", _ms(extracted, ended)), ("total", _ms(started, ended)))
                citations = tuple(_attested(c, state.snapshot) for c in piece.citations)
                piece = replace(piece, citations=citations, timings_ms=stages)
            yield piece

    def _answer(self, question: str, history: Sequence[Turn], state: _State, *, evidence: bool) -> Answer:
        started = time.perf_counter()
        snapshot = state.snapshot
        with self._words():
            draft, worded, ranked = self._drafted(question, history, state)
            composed = time.perf_counter()
            places = self._places(question, worded, ranked, snapshot) if evidence else []
        answer = finish(
            question,
            draft,
            places,
            self._index_state(snapshot),
        )
        answer = replace(answer, citations=tuple(_attested(c, snapshot) for c in answer.citations))
        ended = time.perf_counter()
        timings = (
            ("compose", _ms(started, composed)),
            ("retrieve", _ms(composed, ended)),
            ("total", _ms(started, ended)),
        )
        return replace(answer, notices=(*snapshot.notices, *answer.notices), timings_ms=timings)

    def _places(
        self, question: str, worded: Sequence[Hit], ranked: list[Scored], snapshot: Snapshot
    ) -> list[Retrieved]:
        """The ranked evidence: places of facts, and passages by words and by meaning."""
        near = dense(question, snapshot, self.settings) if self.means.dense else []
        found = blend(worded, near)
        if self.means.rerank:
            found = rerank(question, found, self.settings)
        return fuse(ranked, [(1.0, found)], EVIDENCE)

    def _words(self) -> AbstractContextManager[None]:
        return nullcontext() if self.means.lexicon else using(Lexicon.empty())

    def _drafted(
        self, question: str, history: Sequence[Turn], state: _State
    ) -> tuple[Draft, Sequence[Hit], list[Scored]]:
        """The answer to every part of the question, passages by the first part's words, the evidence of all parts."""
        snapshot, names, turns = state.snapshot, state.names, list(history)
        answered: list[tuple[Draft, Context]] = []
        several = parts(question)
        if len(several) > 1 and papers(snapshot):
            whole = self._context(_understood(question, turns, snapshot, names), snapshot, names)
            several = [question] if reads_together(whole, several) else several
        for part in several:
            understood = _understood(part, turns, snapshot, names)
            if answered:
                understood = continued(understood, answered[0][1].question)
            if answered and not (understood.units or understood.mentions or understood.dates):
                continue  # "..., and which ones?" asks for what the first part lists
            draft, context = self._in_place(understood, turns, state) or self._answered(understood, state)
            answered.append((draft, context))
            turns += [("user", part), ("assistant", draft.text)]
        told = [entry for entry in answered if not entry[0].abstained] or answered[:1]
        draft = told[0][0]
        for other, _ in told[1:]:
            draft.join(other)
        by_part = zip_longest(*(context.ranked for _, context in told))
        evidence = [scored for group in by_part for scored in group if scored is not None]
        return draft, answered[0][1].worded, evidence

    def _in_place(self, understood: Question, history: Sequence[Turn], state: _State) -> tuple[Draft, Context] | None:
        """What stands in the place that the question names; None where it names none, or nothing is found there."""
        place = in_place(understood, state.notes)
        if place is None:
            return None
        part = place.of(state.notes)
        left = place.asked(_understood(place.left, history, part, state.names))
        listed = left.asks("list", "count")
        if not listed and any(mention.exact and not part.facts_of(mention.keys) for mention in left.mentions):
            return None
        context = self._context(left, part, state.names)
        every = place.told(context)
        if every is not None:
            return every, context
        told = self._told(context)
        return None if told[0].abstained else told

    def _context(self, understood: Question, snapshot: Snapshot, names: NameIndex) -> Context:
        """What is known of one part of a question: its evidence ranked and judged."""
        if self.means.near_headers:
            understood = with_near_headers(understood, snapshot)
        context, lexical = gathered(understood, snapshot, names, self.means)
        return replace(context, ranked=judge(context, lexical))

    def _answered(self, understood: Question, state: _State) -> tuple[Draft, Context]:
        """What the notes themselves say, where that answers; else what notes and papers say together."""
        if state.notes is state.snapshot or asks_paper(understood):
            return self._told(self._context(understood, state.snapshot, state.names))
        noted = self._told(self._context(understood, state.notes, state.names))
        more = outdone(noted, state.snapshot)
        if more is not None:
            return more, self._context(understood, state.snapshot, state.names)
        if suffices(noted, state.snapshot):
            differing = contradicted(noted, state.snapshot)
            return noted if differing is None else (differing, noted[1])
        if not may_differ(noted, state.snapshot):
            return noted
        whole = self._context(understood, state.snapshot, state.names)
        if is_likelier(noted, whole):
            return noted
        told = self._told(whole)
        return noted if goes_first(noted[0], told[0]) else told

    def _told(self, context: Context) -> tuple[Draft, Context]:
        """The answer and what it comes from; where the notes are silent, to what the question probably means then."""
        draft = compose(context)
        meant = instead(context.question) if draft.abstained else None
        if meant is None:
            return draft, context
        other = self._context(meant, context.snapshot, context.names)
        second = compose(other)
        return (draft, context) if second.abstained else (second, other)

    def _index_state(self, snapshot: Snapshot) -> IndexState:
        """The generation, and where an earlier one was asked for, the newest."""
        newest = snapshot.newest() if self._earlier else None
        return IndexState(snapshot.generation, snapshot.embedder, newest=newest)

    def refresh(self) -> bool:
        """Move to the newest generation; True when there was one. Answers under way keep theirs.

        The newer one is made ready first, so that no question waits for it. The earlier one is let go when the last
        answer that came from it is done.
        """
        with self._lock:
            snapshot, names = self._state.snapshot, self._state.names
            self._earlier = False
            if snapshot.is_current():
                return False
            newer = type(snapshot).open(snapshot.index, after=snapshot)
            newer.warm()
            if newer.name_table is not None or newer.entities() != snapshot.entities():
                with self._words():
                    names = names_of(newer)
            self._state = _State.of(newer, names)
            return True

    def close(self) -> None:
        """Let go of the index."""
        self._state.snapshot.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _understood(question: str, history: Sequence[Turn], snapshot: Snapshot, names: NameIndex) -> Question:
    return resolve(question, history, names, lambda token: snapshot.document_frequency(token) > 0)


def _attested(citation: Citation, snapshot: Snapshot) -> Citation:
    """The citation with the state of the file that it quotes."""
    source = snapshot.source(citation.source)
    stale = Stale(Since.UNREADABLE, reason=source.stale) if source.stale else None
    return replace(citation, digest=source.digest, stale=stale)


def _ms(start: float, end: float) -> float:
    return round((end - start) * 1000, 3)
