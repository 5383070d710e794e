"""Which columns of the notes a question names by their headers as written, and what it says stands in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from rag.answer.column_cells import BRACKETED, MOST_FACTS, Column, cells_of, holds_marks, meeting, stands_alone
from rag.answer.column_words import column_words
from rag.answer.conditions import reaches
from rag.answer.context import Context
from rag.answer.polarity import verdict
from rag.answer.said_marks import said_mark
from rag.answer.translated_headers import TranslatedHeaders
from rag.index import Snapshot
from rag.question.understand import Question
from rag.question.units import JOINT, alike_ends
from rag.question.wording import attribute_concepts, find_concepts
from rag.retrieve.view import view
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.types import Status

LONGEST_HEADER = 40
"""Characters of a header that a question may say."""
_QUOTED = re.compile(r"[“\"「『'‘]\s*(?P<said>[^”\"」』'’]{1,40}?)\s*[”\"」』'’]")
_BREAK = re.compile(r"[,，;；、:：。.!！?？()（）](?!\d)|$")
_LATER = "~"
"""Behind a part of a date in ISO 8601 it sorts after every day of that part."""
_HAD_AS = re.compile(r"\b(?:have|has|with|had)\s+(?P<said>[^;?]{1,40}?)\s+(?:as|for)\s+(?:the\s+|their\s+|its\s+)?$")
_GLUE = re.compile(r"[\s:：=\"“”「」『』'‘’]+")
_OPENING = "“\"「『'‘"


@dataclass(slots=True)
class _Kept:
    """The headers of a generation: what a question may say for one -> as written; and those to be translated."""

    headers: Mapping[str, frozenset[str]]
    translated: TranslatedHeaders
    asking: frozenset[str]
    """Those without the word by which they ask for a mark that word an everyday attribute."""


_kept: WeakKeyDictionary[Snapshot, _Kept] = WeakKeyDictionary()


def stated(context: Context, found: list[Column]) -> list[Column]:
    """Those of the columns of `found` of which the question says something, in the order of the question."""
    question = context.question
    found = [column for at, column in enumerate(found) if all(column.headers != c.headers for c in found[:at])]
    while found:
        for column in found:
            column.forget()
        ends = [*(other.start for other in found[1:]), len(question.normal)]
        for column, behind in zip(found, ends, strict=True):
            ahead = max((other.end for other in found if other.end <= column.start), default=0)
            _with_numbers(question, column, ahead, behind)
            if column.is_idle:
                _with_days(question, column, behind)
            if column.is_idle:
                _with_value(context, column, ahead, behind)
                if column.needle and (_joins(context, column, found) or not any(meeting(context, column))):
                    column.forget()  # the word for the mark of the next column; or a word that is a header elsewhere
        marked = [c for c in found if c.is_idle and not c.loosely and holds_marks(cells_of(context, c))]
        for column in marked:
            column.mark = said_mark(question, column, marked)
        idle = next((column for column in found if column.is_idle), None)
        if idle is None:
            return found
        found.remove(idle)  # a word of the question that is a header as well
    return []


def _joins(context: Context, column: Column, found: Sequence[Column]) -> bool:
    """Whether a plain yes or no in words stands behind a column of marks, and other columns are named beside it."""
    plain = verdict(column.needle) in (Status.YES, Status.NO) and any(char.isalnum() for char in column.needle)
    return plain and len(found) > 1 and holds_marks(cells_of(context, column))


def headers_in(snapshot: Snapshot, normal: str) -> list[Column]:
    """The headers of the corpus that stand in a normalised question, the longest where several overlap.

    As they are written, or said in the other language.
    """
    kept = _known(snapshot)
    headers = kept.headers
    found: list[Column] = []
    at = 0
    while at < len(normal):
        for end in range(min(len(normal), at + LONGEST_HEADER), at + 1, -1):
            said = normal[at:end]
            if (
                said in headers
                and stands_alone(normal, at, end)
                and not (said in kept.asking and _goes_on(normal, end))
            ):
                found.append(Column(headers[said] | kept.translated.of(said), at, end))
                at = end - 1
                break
        at += 1
    taken = [(column.start, column.end) for column in found]
    found += [
        Column(written, start, end, loosely=" " not in normal[start:end])
        for written, start, end in kept.translated.found(normal, taken)
    ]
    return sorted(found, key=lambda column: column.start)


def _known(snapshot: Snapshot) -> _Kept:
    """The headers of a generation, made once."""
    kept = _kept.get(snapshot)
    if kept is None:
        exact: dict[str, set[str]] = defaultdict(set)
        short: dict[str, set[str]] = defaultdict(set)
        unasked: set[str] = set()
        for attribute, count in snapshot.attributes():
            if count > MOST_FACTS:
                continue  # of a very large corpus: its cells are searched for by words alone
            said = normalise(attribute).strip(" ?？:：*")
            if 1 < len(said) <= LONGEST_HEADER:
                exact[said].add(attribute)
            bare = BRACKETED.sub(" ", said).strip()
            for shorter in {bare, _without_asking(bare)} - {said}:
                if 1 < len(shorter) <= LONGEST_HEADER:
                    short[shorter].add(attribute)
                    unasked |= {shorter} - {bare}
        asking = frozenset(said for said in unasked - exact.keys() if find_concepts(said))
        forms = {said: frozenset(written) for said, written in short.items()}
        forms |= {said: frozenset(written) for said, written in exact.items()}
        kept = _kept[snapshot] = _Kept(forms, TranslatedHeaders(forms), asking)
    return kept


def _without_asking(header: str) -> str:
    """A header without the word by which it asks for a mark: "是否带舵" is 带舵."""
    word = next((word for word in column_words("marks") if header.startswith(word)), "")
    return header[len(word) :].strip()


def _goes_on(normal: str, end: int) -> bool:
    """Whether Chinese goes on behind a word with more than what states or asks: "开源" of "开源训练代码"."""
    after = normal[end:]
    closing = (*column_words("states"), *column_words("ends"), *column_words("asking"))
    return has_cjk(after[:1]) and not after.startswith(closing)


def _with_numbers(question: Question, column: Column, ahead: int, behind: int) -> None:
    """Note the limits that the question sets to a column: those behind its name, else those right before it."""
    numbers = [u for u in question.units if u.quantity is not None]
    after = [u for u in numbers if u.quantity is not None and column.end <= u.quantity.start < behind]
    before = [u for u in numbers if u.quantity is not None and ahead <= u.quantity.start < column.start]
    for near in (after, before):
        quantities = [u.quantity for u in near if u.quantity is not None]
        if len(near) == 2 and JOINT.fullmatch(question.normal[quantities[0].end : quantities[1].start]):
            low, high = alike_ends(*quantities)
            column.limits = [(low, "from"), (high, "to")]
        elif len(near) == 1 and near[0].limit:
            column.limits = [(quantities[0], _limit(question, near[0].limit))]
        if column.limits:
            column.said = [(q.start, q.end) for q in quantities]
            return


def _with_days(question: Question, column: Column, behind: int) -> None:
    """Note the dates behind the name of a column: two are a range, one what something comes before or after."""
    said = [date for date in question.dates if column.end <= date.start < behind]
    if _says_when(question.normal[column.start : column.end]):
        return
    if len(said) == 2:
        column.days = (said[0].iso, said[1].iso + _LATER)
    elif len(said) == 1 and question.asks("before"):
        column.days = ("", said[0].iso)
    elif len(said) == 1 and question.asks("after"):
        column.days = (said[0].iso + _LATER, _LATER)
    column.said = [(date.start, date.end) for date in said if column.days is not None]


def _says_when(header: str) -> bool:
    """Whether a header is one everyday word for when something came out: that asks for a sequence in time."""
    return " " not in header and "date" in attribute_concepts(header)


def _limit(question: Question, limit: str) -> str:
    """ "from" and "to" for limits that themselves count: "at least", "至多"."""
    if not reaches(question):
        return limit
    return "to" if limit == "below" else "from"


def _with_value(context: Context, column: Column, ahead: int, behind: int) -> None:
    """Note what the question says stands in a column: right behind its name, or before it ("have X as Y")."""
    normal = context.question.normal
    at = _behind_glue(normal, column.end + _is_quoted(normal, column), behind)
    quoted = _QUOTED.match(normal, at)
    if quoted is not None and quoted.end() <= behind:
        column.needle, column.said = quoted["said"], [quoted.span("said")]
    elif at < behind:
        end = min(m.start() for m in (_BREAK.search(normal, at, behind),) if m is not None)
        said = _until_end(normal[at:end]).strip()
        column.needle = max(said, _cell_at(context, column, at, behind), key=len)
        column.said = [(at, at + len(column.needle))]
    if not column.needle and (value := _cell_before(context, column, ahead)):
        column.needle = value
        column.said = [(normal.rfind(value, 0, column.start), column.start)]
    glue = normal[column.end : at]
    column.within = bool(column.needle) and any(word in glue for word in column_words("within"))
    if not column.needle and (before := _HAD_AS.search(normal, ahead, column.start)) is not None:
        column.needle, column.said = before["said"], [before.span("said")]


def _is_quoted(normal: str, column: Column) -> bool:
    """Whether the name of a column stands in quotes."""
    return normal[column.start - 1 : column.start] == normal[column.end : column.end + 1] == '"'


def _cell_at(context: Context, column: Column, at: int, behind: int) -> str:
    """The longest whole value of a column that the question says at this place; "" where it says none."""
    normal = context.question.normal
    return _longest(
        context, column,
        lambda value: normal.startswith(value, at, behind) and stands_alone(normal, at, at + len(value)),
    )  # fmt: skip


def _cell_before(context: Context, column: Column, ahead: int) -> str:
    """The longest whole value of a column that the question says right before its name: "MIT licence"; "" for none."""
    before = context.question.normal[ahead : column.start].rstrip(" 的")
    return _longest(context, column, lambda value: before.endswith(value) and _closes_alone(before, value))


def _closes_alone(text: str, value: str) -> bool:
    return stands_alone(text, len(text) - len(value), len(text))


def _longest(context: Context, column: Column, is_said: Callable[[str], bool]) -> str:
    """The longest of a column's values that is said; "" where none is."""
    said = {value for fact in cells_of(context, column) if (value := view(fact).value) and is_said(value)}
    return max(said, key=lambda value: (len(value), value), default="")


def _behind_glue(normal: str, at: int, behind: int) -> int:
    """Where what stands in a column begins, behind words for "is" and signs."""
    while at < behind:
        glue = _GLUE.match(normal, at)
        opened = glue is not None and any(char in _OPENING for char in glue.group())
        if opened and glue is not None:
            return glue.end() - 1
        start = glue.end() if glue is not None else at
        word = next(
            (w for w in column_words("states") if normal.startswith(w, start) and _ends_word(normal, start, w)), ""
        )
        if not word:
            return start
        at = start + len(word)
    return at


def _ends_word(normal: str, start: int, word: str) -> bool:
    return has_cjk(word) or stands_alone(normal, start, start + len(word))


def _until_end(text: str) -> str:
    """`text` up to the first word that ends a value."""
    ends = [
        match.start()
        for word in column_words("ends")
        for match in [re.search(re.escape(word) if has_cjk(word) else rf"\b{re.escape(word)}\b", text)]
        if match is not None
    ]
    return text[: min(ends)] if ends else text
