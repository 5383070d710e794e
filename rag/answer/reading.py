"""Answers out of papers: the sentence or table cell that says what is asked, and what its page adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.answer.conflicts import against_paper, states
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.lookup import ENOUGH_CHANCE, abstain, contradiction
from rag.answer.wording import statement
from rag.index import notes_of
from rag.question.papers import Ask, asks, asks_authors, asks_paper, telling
from rag.retrieve.paper_facts import Read, is_strange, lacking, read, told_share
from rag.retrieve.paper_figures import STRICT
from rag.retrieve.paper_match import labels
from rag.retrieve.papers import OF_SIZE, OF_THING, OF_TITLE, Paper, in_front, meant, papers
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.types import Fact, FactKind, Kind, Page

ENOUGH = 0.25
"""Share of what is asked that the best fact of a paper must hold, else the paper does not answer."""
ENOUGH_ACROSS = 0.15
"""The same where question and paper differ in language: paraphrases meet through few words."""
LEAST = 0.75
"""Score below which no fact of a paper is an answer."""
ENOUGH_UNASKED = 0.6
"""The same where the question does not say that it asks a paper and a note may know as well."""
NOTE_KNOWS = 0.5
"""Chance from which a note's fact answers a question that does not say that it asks a paper."""
SURELY_HELD = 0.85
AHEAD = 0.2
"""Share of what is asked from which a paper's fact leads, and by how much more than the note's it must hold."""
WHOLLY_HELD = 0.99
"""Share of what is asked that a cell holds when it is the very cell asked for."""
COUNTED = 0.4
"""The same of a sentence that gives the number of what is asked."""
LEAST_ASKED = 2
"""Things asked of which a cell that holds them all is no accident."""
FURTHER = 0.15
"""Share of what is asked that a paper named must hold beyond what the notes' answer holds, to go before it."""
MOST_MEANT = 2
"""Papers that may hold the strange words of a question for one of them to be what it means."""
LOOKED_AT = 10
"""Facts of the common ranking among which papers make known that they speak of what is asked."""
MOST_SEARCHED = 64
"""Papers that are searched for the names of a question which tells no paper."""
ALIKE = 0.8
"""Share of the best score from which another fact of the page is told too."""
MOST_TOLD = 3
LINE = 230
"""Characters of one line."""
PROSE = frozenset((FactKind.STATEMENT, FactKind.CODE))
"""Facts of running text, which the sentences beside them may complete."""
AUTHORSHIP = frozenset(("organisation", "person"))
MOST_BESIDE_AUTHORS = 2
"""Words beside those for the authors and the paper with which a question still asks for nothing else."""
LONGEST_LABEL = 60
MOST_CELLS = 8
LENGTH = 600


def reading(context: Context) -> Draft | None:
    """The answer of the papers; None where the question does not ask them, or the notes know better."""
    known = papers(context.snapshot)
    if not known:
        return None
    explicit, asked = asks_paper(context.question), asks(context.question)
    scope = _scope(context, asked, known, explicit=explicit)
    if not scope:
        return None
    held = {paper: points for paper, points in scope.items() if not lacking(asked, paper, context.snapshot)}
    if not held:
        return abstain(context) if explicit else None
    if _asks_only_authors(context, asked, held, explicit=explicit):
        return _written_by(context, held)
    found = read(context.question, asked, context.snapshot, held)
    if not found:
        return abstain(context) if explicit else None
    best = _best(context, asked, found)
    if best is None:
        return abstain(context) if explicit or _is_of_paper(context) else None
    if best.score < LEAST or best.coverage < _enough(context, best):
        return abstain(context) if explicit else None
    rival = against_paper(context.question, context.ranked, best.fact) if best.coverage >= ENOUGH_UNASKED else None
    if rival is not None:
        return contradiction(context, [rival.fact, best.fact])
    if not explicit and not _leads(context, best):
        return None
    return _told(context, found, best)


def _enough(context: Context, best: Read) -> float:
    """Share of what is asked that the best fact must hold."""
    return ENOUGH if has_cjk(best.fact.value) == (context.question.language == "zh") else ENOUGH_ACROSS


def holds_it_all(context: Context) -> bool:
    """Whether a paper says just what is asked of a thing that it introduces, as no other wording could.

    A cell holds everything that is asked, or a sentence gives the number of what is to be counted.
    """
    if not context.question.mentions:
        return False
    known, asked = papers(context.snapshot), asks(context.question)
    scope = _scope(context, asked, known, explicit=False)
    held = {
        paper: points for paper, points in scope.items()
        if points >= OF_SIZE and not lacking(asked, paper, context.snapshot)
    }  # fmt: skip
    found = read(context.question, asked, context.snapshot, held) if held else []
    best = _best(context, asked, found) if found else None
    if best is None or len(asked) < LEAST_ASKED:
        return False
    if best.fact.kind is FactKind.CELL:
        return best.coverage >= WHOLLY_HELD
    return best.counted and context.question.asks("count") and best.coverage >= COUNTED


def reading_in_dispute(context: Context) -> Draft | None:
    """The answer of a paper that is asked by name, where the question sounds as if sources differed; None if silent."""
    asked = asks(context.question)
    named = meant(asked, papers(context.snapshot), telling(context.question, asked))
    if not asks_paper(context.question) or max(named.values(), default=0.0) < OF_THING:
        return None
    draft = reading(context)
    return None if draft is None or draft.abstained else draft


def says_more(context: Context, noted: str) -> Draft | None:
    """The answer of a paper that the question names, by what it goes by or by words of its own.

    None where it holds hardly more of what is asked than the notes' answer `noted` does, or the question does not
    name it.
    """
    known, asked = papers(context.snapshot), asks(context.question)
    first = next(iter(context.ranked), None)
    if first is not None and first.subject >= 1.0 and states(context.question, first.fact):
        return None
    scope = meant(asked, known, telling(context.question, asked))
    named = {p: n for p, n in scope.items() if n >= OF_SIZE and not lacking(asked, p, context.snapshot)}
    held = named or _of_own_words(context, asked, known)
    found = read(context.question, asked, context.snapshot, held) if held else []
    best = _best(context, asked, found) if found else None
    if best is None or sum(best.weights[at] > 0 for at in best.matched) < LEAST_ASKED:
        return None
    share = max((told_share(asked, best.weights, line) for line in noted.splitlines()), default=0.0)
    if best.score < LEAST or best.coverage < max(_enough(context, best), share + FURTHER):
        return None
    return _told(context, found, best)


def _of_own_words(context: Context, asked: Sequence[Ask], known: Sequence[Paper]) -> Mapping[Paper, float]:
    """The papers that alone hold the names and strange words of a question."""
    own = [ask for ask in asked if ask.firm or is_strange(ask, context.snapshot)]
    notes = notes_of(context.snapshot)
    if not own or any(ask.mention is not None and notes.facts_of(ask.mention.keys) for ask in own):
        return {}
    held = [paper for paper in known[:MOST_SEARCHED] if not lacking(asked, paper, context.snapshot)]
    return dict.fromkeys(held, OF_TITLE) if len(held) <= MOST_MEANT else {}


def reads_together(context: Context, parts: Sequence[str]) -> bool:
    """Whether one fact of a paper answers several `parts` of the question, which is best left whole then."""
    known = papers(context.snapshot)
    asked = asks(context.question)
    scope = _scope(context, asked, known, explicit=asks_paper(context.question)) if known else {}
    held = {paper: points for paper, points in scope.items() if not lacking(asked, paper, context.snapshot)}
    found = read(context.question, asked, context.snapshot, held)
    best = _best(context, asked, found) if found else None
    if best is None or not (asks_paper(context.question) or _leads(context, best)):
        return False
    said = [normalise(part) for part in parts]
    if any(not any(ask.surface in part for ask in asked) for part in said):
        return True  # "on how many and what discs": a part that asks nothing by itself
    return len({at for n in best.matched for at, part in enumerate(said) if asked[n].surface in part}) > 1


def _asks_only_authors(context: Context, asked: Sequence[Ask], held: Mapping[Paper, float], *, explicit: bool) -> bool:
    """Whether nothing but who wrote a paper is asked, or where they work."""
    if not asks_authors(context.question) or not (explicit or max(held.values()) >= OF_THING):
        return False
    best = max(held, key=lambda paper: (held[paper], paper.path))
    others = [a for a in asked if not in_front(a, best) and (a.concept is None or a.concept.name not in AUTHORSHIP)]
    return len(others) <= MOST_BESIDE_AUTHORS


def _written_by(context: Context, held: Mapping[Paper, float]) -> Draft:
    """Who wrote the paper meant most surely, and where they work."""
    paper = max(held, key=lambda paper: (held[paper], paper.path))
    front = [fact for fact in context.snapshot.facts_at(paper.path, 1, 1) if fact.kind is FactKind.KEY][:MOST_TOLD]
    if not front:
        return abstain(context)
    draft = Draft(context.snapshot, context.question.language)
    for fact in front:
        draft.claim(statement(context.question, fact, LINE), [fact])
    return draft


def _best(context: Context, asked: Sequence[Ask], found: Sequence[Read]) -> Read | None:
    """The first fact; of those that hold the kind of value asked for, where any is."""
    if context.question.types & STRICT:
        return next((entry for entry in found if entry.typed and _holds_more(asked, entry)), None)
    typed = next((entry for entry in found if entry.typed), None)
    if typed is not None and typed.coverage >= ENOUGH:
        return typed
    return None if found[0].typed is False and found[0].coverage < SURELY_HELD else found[0]


def _holds_more(asked: Sequence[Ask], entry: Read) -> bool:
    """Whether a fact or a sentence beside it holds anything asked but the kind of value: a sum of money alone is of
    anything."""
    others = [at for at, ask in enumerate(asked) if ask.concept is None or ask.concept.type not in STRICT]
    return not others or any(at in entry.matched | entry.near for at in others)


def _scope(context: Context, asked: Sequence[Ask], known: Sequence[Paper], *, explicit: bool) -> Mapping[Paper, float]:
    points = meant(asked, known, telling(context.question, asked))
    if max(points.values(), default=0.0) >= (OF_TITLE if explicit else OF_SIZE):
        return points
    if context.question.asks("list") and not explicit:
        return {}
    by_path = {paper.path: paper for paper in known}
    spoken = [s.fact.source for s in context.ranked[:LOOKED_AT] if isinstance(s.fact.location, Page)]
    if any(ask.firm for ask in asked) and (explicit or _is_of_paper(context)):
        spoken += [paper.path for paper in known[:MOST_SEARCHED] if not lacking(asked, paper, context.snapshot)]
    return {by_path[path]: OF_TITLE for path in dict.fromkeys(spoken) if path in by_path}


def _leads(context: Context, best: Read) -> bool:
    """Whether a paper's fact goes before what the notes say."""
    if not context.ranked or _is_of_paper(context):
        return True
    first = context.ranked[0]
    if first.subject >= 1.0 and states(context.question, first.fact):
        return False
    if first.chance < ENOUGH_CHANCE or best.coverage >= max(SURELY_HELD, first.coverage + AHEAD):
        return True
    return first.chance < NOTE_KNOWS and best.coverage >= ENOUGH_UNASKED


def _is_of_paper(context: Context) -> bool:
    """Whether the best fact of notes and papers together is a paper's."""
    return bool(context.ranked) and isinstance(context.ranked[0].fact.location, Page)


def _told(context: Context, found: Sequence[Read], best: Read) -> Draft:
    draft = Draft(context.snapshot, context.question.language)
    rows: set[str] = set()
    for fact in _with_neighbours(context, [entry.fact for entry in _chosen(found, best)]):
        row = _row(context, fact)
        text = _line(context, fact, row)
        if fact.quote in rows or (draft.lines and len(draft.text) + len(text) > LENGTH):
            continue
        rows |= {fact.quote} if row else set()
        draft.claim(text, [fact, *row])
    draft.kind = Kind.PASSAGE if best.fact.kind is FactKind.STATEMENT else Kind.LOOKUP
    return draft


def _with_neighbours(context: Context, told: Sequence[Fact]) -> list[Fact]:
    """What is told, and where that is a sentence and little else, the sentences behind and before it."""
    best = told[0]
    if best.kind not in PROSE or not isinstance(best.location, Page):
        return list(told)
    page = [
        f for f in context.snapshot.facts_at(best.source, best.location.number, best.location.number) if f.kind in PROSE
    ]
    at = next((n for n, fact in enumerate(page) if fact.ordinal == best.ordinal), 0)
    beside = [page[n] for n in (at + 1, at - 1) if 0 <= n < len(page) and page[n].heading == best.heading]
    return [*told, *(fact for fact in beside if fact not in told)][: max(MOST_TOLD, len(told))]


def _row(context: Context, fact: Fact) -> list[Fact]:
    """The other cells of a cell's row, where a header stands over several of them."""
    if fact.kind is not FactKind.CELL or not isinstance(fact.location, Page):
        return []
    page = fact.location.number
    row = [
        other for other in context.snapshot.facts_at(fact.source, page, page)
        if other.kind is FactKind.CELL and other.quote == fact.quote and other.location == fact.location
    ]  # fmt: skip
    headers = {other.attribute for other in row}
    return [f for f in row if f.ordinal != fact.ordinal] if len(headers) < len(row) <= MOST_CELLS else []


def _line(context: Context, fact: Fact, row: Sequence[Fact]) -> str:
    """The fact in a line, with the rest of its row."""
    text = statement(context.question, _labelled(fact), LINE)
    return f"{text} ({'; '.join(f'{other.attribute}: {other.value}' for other in row)})" if row else text


def _labelled(fact: Fact) -> Fact:
    """A cell's fact with the whole name of its row, brackets and all: they tell it from the rows beside it."""
    label = next((cell for cell in fact.quote.split("\t") if cell.strip()), "").strip()
    longer = fact.kind is FactKind.CELL and label.startswith(fact.entity) and len(label) <= LONGEST_LABEL
    return replace(fact, entity=label) if longer else fact


def _chosen(found: Sequence[Read], best: Read) -> list[Read]:
    """The best fact, and those of its page that add to it or say it as well; beside a cell that holds all that is
    asked, only others that do."""
    whole = best.fact.kind is FactKind.CELL and best.coverage >= WHOLLY_HELD
    page = [
        entry for entry in found
        if entry is not best and _place(entry.fact) == _place(best.fact)
        and (not whole or best.matched <= entry.matched)
    ]  # fmt: skip
    chosen = [best]
    said = {_words(best.fact)}
    for entry in sorted(page, key=lambda e: (-len(e.matched - best.matched), -e.score)):
        if len(chosen) >= MOST_TOLD:
            break
        adds = bool(entry.matched - frozenset[int]().union(*(c.matched for c in chosen)))
        if (adds or entry.counted or entry.score >= best.score * ALIKE) and _words(entry.fact) not in said:
            said.add(_words(entry.fact))
            chosen.append(entry)
    return chosen


def _place(fact: Fact) -> tuple[str, int]:
    return fact.source, fact.location.number if isinstance(fact.location, Page) else 0


def _words(fact: Fact) -> str:
    return name_key(f"{labels(fact)} {fact.value}")[:160]
