"""Whether a fact says yes, no, or yes with conditions to what is asked."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from rag.question.wording import Wordings
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.types import Status

NEAR = 12
"""Characters before the asked word within which a Chinese negation governs it."""
NEAR_WORDS = 40
"""The same for English, where words are longer."""
VERDICTS_KEPT = 1 << 14
"""Verdicts kept in memory: one question looks at the cells that another has looked at."""
_CLAUSE_END = re.compile(r"[,，;；。.!！?？、/]|\bbut\b|但")
_DECORATION = re.compile(r"[\s*_`~†‡️]+")


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("rag.answer") / "data" / "polarity.toml").read_text(encoding="utf-8"))


@cache
def _verdicts() -> dict[str, Status]:
    return {normalise(word): Status(name) for name, found in _data()["verdict"].items() for word in found}


@cache
def _cue(name: str) -> Wordings:
    entry = _data()[name]
    return Wordings(normalise(word) for word in (*entry["zh"], *entry["en"]))


@lru_cache(maxsize=VERDICTS_KEPT)
def verdict(value: str) -> Status | None:
    """The verdict of a cell: "是", "✅" are yes; "是（代码除外）" is conditional; None when it is none at all."""
    plain = _DECORATION.sub("", normalise(value))
    found = _verdicts().get(plain) or _verdicts().get(normalise(value).strip())
    if found is not None:
        return found
    head = re.split(r"[(（,，;；:：]", plain, maxsplit=1)[0]
    if head in _verdicts() and len(plain) > len(head):
        leading = _verdicts()[head]
        return Status.CONDITIONAL if leading is Status.YES and _limits(plain[len(head) :]) else leading
    for name in ("conditional", "no", "yes"):
        if name == "conditional" and _cue("negation").search(plain):
            continue
        if any(plain.startswith(normalise(word).replace(" ", "")) for word in _data()["leading"][name]):
            return Status(name)
    return None


def _limits(rest: str) -> bool:
    return bool(
        _cue("negation").search(rest) or _cue("condition").search(rest) or any(w in rest for w in ("仅", "只", "only"))
    )


def condition(value: str) -> Status:
    """What a cell of a yes-or-no column says that is no bare verdict: conditions, a no, or else a yes."""
    normal = normalise(value)
    if _cue("condition").search(normal):
        return Status.CONDITIONAL
    return Status.NO if _cue("negation").search(normal) else Status.YES


def is_unknown(value: str) -> bool:
    """Whether a cell says that the value is not known."""
    return verdict(value) is Status.UNKNOWN if len(value) <= 12 else False


def stance(sentence: str, asked: Wordings | re.Pattern[str]) -> Status:
    """What a sentence (normalised) says of the thing that `asked` finds in it.

    A negation counts when it stands in the same clause, near before the asked words or right after them; a
    condition anywhere in the same or the following clauses.
    """
    best: Status | None = None
    for match in asked.finditer(sentence):
        status = _stance_at(sentence, match.start(), match.end())
        if best is None or _ORDER[status] > _ORDER[best]:
            best = status
    return best or Status.YES


_ORDER = {Status.YES: 0, Status.UNKNOWN: 0, Status.NO: 1, Status.CONDITIONAL: 2}


def _stance_at(sentence: str, start: int, end: int) -> Status:
    clause_start = max((m.end() for m in _CLAUSE_END.finditer(sentence, 0, start)), default=0)
    following = _CLAUSE_END.search(sentence, end)
    clause_end = following.start() if following else len(sentence)
    near = NEAR if has_cjk(sentence[clause_start:clause_end]) else NEAR_WORDS
    before = sentence[max(clause_start, start - near) : start]
    inside = sentence[start:end]
    after = sentence[end : min(clause_end, end + near)]
    if _cue("condition").search(sentence[clause_start:]) or _cue("condition").search(inside):
        return Status.CONDITIONAL
    negated = any(_cue("negation").search(part) for part in (before, inside))
    negated = negated or bool(re.match(r"\s*(?:is |are |use )?(?:not|不|未|没)", after))
    return Status.NO if negated else Status.YES
