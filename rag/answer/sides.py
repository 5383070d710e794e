"""What a question puts side by side: names, and words that name nothing known, joined by "or", "and", "vs"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from rag.answer.measures import side_wordings
from rag.answer.repeated import joiner
from rag.question.mentions import Mention
from rag.question.understand import Question
from rag.question.wording import pattern, words
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import word_spans
from rag.types import Fact

MOST_SIDES = 6
FEWEST_NAMED = 2
LONGEST_SIDE = 4
"""Words of a side that names nothing known."""
_LATIN = re.compile(r"[a-z0-9]+(?:[-_.+·/][a-z0-9]+)*|'s\b")
_HAN = re.compile(r"[一-鿿]")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things: the words of the question that stand for it, and what they name, if they name a thing."""

    start: int
    end: int
    surface: str
    mention: Mention | None


def row_name(side: Side, fact: Fact) -> str:
    """What a cell's row or column is called where that is the side and the table is about another thing; "" else."""
    return next((value for _, value in fact.qualifiers if normalise(value) == side.surface), "")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    edge: bool
    named: bool = False


@cache
def side_pattern(table: str, *keys: str) -> re.Pattern[str]:
    """A pattern of the wordings that stand under `keys` in a table of data/sides.toml."""
    phrases = [normalise(phrase) for key in keys for phrase in side_wordings()[table][key]]
    marks = "|".join(re.escape(phrase) for phrase in phrases if not any(char.isalpha() for char in phrase))
    return re.compile(f"{pattern(phrase for phrase in phrases if phrase not in marks).pattern}|{marks or '(?!)'}")


@cache
def _edges() -> frozenset[str]:
    tables = (("edge", "zh"), ("edge", "en"), ("join", "choose"), ("join", "both"))
    return frozenset(normalise(word) for table, key in tables for word in side_wordings()[table][key])


def contrasts(question: Question) -> bool:
    """Whether the question holds things against each other or asks each of them the same."""
    return side_pattern("contrast", "zh", "en").search(question.normal) is not None


def has_stages(question: Question) -> bool:
    """Whether states or stages of one thing are held against each other: "how much do they differ before and after"."""
    return side_pattern("stages", "zh", "en").search(question.normal) is not None


def chooses(question: Question, found: Sequence[Side]) -> bool:
    """Whether one of the sides is to be chosen or measured against another: "A or B", "A vs B"."""
    between = [question.normal[one.end : other.start] for one, other in pairwise(found)]
    return any(side_pattern("join", "choose").search(text) for text in between)


def asks_again(question: Question, one: Mention, other: Mention) -> bool:
    """Whether what is asked of one thing is asked again of the next: "the weight of A and of B"."""
    normal = question.normal
    found = side_pattern("join", "choose", "both").finditer(normal, one.end, other.start)
    joined = [normal[slice(*joiner(normal, (one, other), *match.span()))].strip() for match in found]
    return normal[one.end : other.start].strip() in joined


@lru_cache(maxsize=32)
def sides(question: Question) -> tuple[Side, ...]:
    """The things put side by side, in the question's order; none when there are not two."""
    written = [m for m in question.mentions if question.normal[m.start : m.end] == m.surface]
    if len(written) < len(question.mentions):  # carried over from the conversation
        carried = tuple(Side(m.start, m.end, m.surface, m) for m in question.mentions)
        return carried if len(carried) > 1 else ()
    chains = _chains(question, written)
    best = max(chains, key=lambda c: (sum(s.mention is not None for s in c), len(c)), default=())
    named = sum(side.mention is not None for side in best)
    if named < FEWEST_NAMED <= len(written) and side_pattern("apart", "zh", "en").search(question.normal) is not None:
        return tuple(Side(m.start, m.end, m.surface, m) for m in written)[:MOST_SIDES]
    if len(written) == 1 and all(side.mention is not None or _is_attribute(question, side) for side in best):
        return ()
    return best[:MOST_SIDES]


def _is_attribute(question: Question, side: Side) -> bool:
    """Whether a side is what is asked of the one thing named, and no thing: "size and price of X"."""
    asked = any(unit.concept is not None and unit.surface == side.surface for unit in question.units)
    return asked or side.surface in words("filler")


def _chains(question: Question, mentions: Sequence[Mention]) -> list[tuple[Side, ...]]:
    """Every run of joined phrases."""
    normal = question.normal
    spoken = _words(normal, mentions)
    chains: list[list[Side]] = []
    for kind in ("choose", "both", "weak", "marks", "span"):
        for match in side_pattern("join", kind).finditer(normal):
            if any(
                (w.start <= match.start() and match.end() < w.end) or w.start < match.start() < w.end for w in spoken
            ):
                continue
            start, end = joiner(normal, mentions, match.start(), match.end())
            pair = _pair(question, spoken, mentions, start, end, kind)
            if pair is not None:
                chains.append(pair)
    chains.sort(key=lambda pair: pair[0].start)
    merged: list[list[Side]] = []
    for pair in chains:
        last = merged[-1] if merged else None
        if last is not None and last[-1].start < pair[0].end and pair[0].start < last[-1].end:
            last[-1] = max(last[-1], pair[0], key=lambda s: (s.mention is not None, s.end - s.start))
            last.extend(pair[1:])
        else:
            merged.append(pair)
    return [tuple(chain) for chain in merged]


def _words(normal: str, mentions: Sequence[Mention]) -> list[_Word]:
    """The words of the text, names uncut, in order."""
    found = [_Word(m.start, m.end, edge=False, named=True) for m in mentions]

    def add(start: int, end: int) -> None:
        if not any(w.start < end and start < w.end for w in found):
            found.append(_Word(start, end, normal[start:end] in _edges()))

    for match in _LATIN.finditer(normal):
        add(match.start(), match.end())
    for start, end in sorted(word_spans(normal), key=lambda span: span[0] - span[1]):
        if has_cjk(normal[start:end]):
            add(start, end)
    for match in _HAN.finditer(normal):
        add(match.start(), match.end())
    return sorted(found, key=lambda w: w.start)


def _pair(
    question: Question, words: Sequence[_Word], mentions: Sequence[Mention], start: int, end: int, kind: str
) -> list[Side] | None:
    """The phrases on both sides of a joiner at `start` to `end`; None where it joins no two things."""
    normal = question.normal
    left = _run([w for w in reversed(words) if w.end <= start], normal, start, backwards=True)
    right = _run([w for w in words if w.start >= end], normal, end, backwards=False)
    if not left or not right:
        return None
    named = (any(w.named for w in left), any(w.named for w in right))
    if kind == "marks" and not all(named) and not _enumerates(question, left, right):
        return None
    if kind == "weak" and not all(
        name or any(char.isdigit() for w in run for char in normal[w.start : w.end])
        for name, run in zip(named, (left, right), strict=True)
    ):
        return None
    if kind == "span" and not any(
        normal[: min(word.start for word in left)].rstrip().endswith(word)
        for word in side_wordings()["join"]["opening"]
    ):
        return None
    if all(named):
        left, right = _from_name(left, right, tail=kind != "weak")
    else:
        left, right = _alike(left, right, normal)
    if any(date.start < w.end and w.start < date.end for date in question.dates for w in (*left, *right)):
        return None
    return [_side(normal, sorted(run, key=lambda w: w.start), mentions) for run in (left, right)]


def _enumerates(question: Question, left: Sequence[_Word], right: Sequence[_Word]) -> bool:
    """Whether a comma stands within an enumeration: "A, B and C", "甲、乙、丙"."""
    normal = question.normal
    if "、" in question.text and has_cjk(normal[left[0].start : left[0].end]):
        return True
    if not any(word.named for word in left):
        return False
    behind = normal[max(word.end for word in right) :].lstrip()
    return side_pattern("join", "choose", "both").match(behind) is not None


def _run(words: Sequence[_Word], normal: str, edge: int, *, backwards: bool) -> list[_Word]:
    """The words next to the joiner, nearest first, up to punctuation or a word that belongs to no side."""
    run: list[_Word] = []
    for word in words:
        gap = normal[word.end : edge] if backwards else normal[edge : word.start]
        if gap.strip() or (word.edge and (run or not _is_article(normal[word.start : word.end]))):
            break
        edge = word.start if backwards else word.end
        if not word.edge:
            run.append(word)
        if len(run) >= LONGEST_SIDE:
            break
    return run


def _is_article(word: str) -> bool:
    return word in ("the", "a", "an", "their", "its", "my", "our")


def _from_name(left: list[_Word], right: list[_Word], *, tail: bool) -> tuple[list[_Word], list[_Word]]:
    """Both phrases from the name on; as many words behind the second name as stand behind the first."""
    last = next(at for at, word in enumerate(left) if word.named)
    first = next(at for at, word in enumerate(right) if word.named)
    if not tail:
        return [left[last]], [right[first]]
    return left[: last + 1], right[: first + 1 + last]


def _alike(left: list[_Word], right: list[_Word], normal: str) -> tuple[list[_Word], list[_Word]]:
    """Both phrases cut to what is set against each other: as many words, or in Chinese about as many characters."""
    tail = next((at for at, word in enumerate(left) if word.named), 0)
    if tail and not any(word.named for word in right):
        left = left[:tail]
    if has_cjk(normal[left[0].start : left[0].end]):
        length = sum(w.end - w.start for w in left) + 1
        kept: list[_Word] = []
        for word in right:
            if kept and sum(w.end - w.start for w in kept) + word.end - word.start > length:
                break
            kept.append(word)
        return left, kept
    count = min(len(left), len(right))
    return left[:count], right[:count]


def _side(normal: str, run: Sequence[_Word], mentions: Sequence[Mention]) -> Side:
    start, end = run[0].start, run[-1].end
    inside = next((m for m in mentions if start <= m.start and m.end <= end), None)
    return Side(start, end, normal[start:end], inside)
