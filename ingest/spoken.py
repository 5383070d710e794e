"""Lines in which somebody speaks: a quotation with its speaker, a question and its answer."""

from __future__ import annotations

import re

LONGEST_QUOTATION = 400
"""Characters beyond which what is quoted is a text of its own."""
LONGEST_QUESTION = 120
"""Characters beyond which what stands before an answer is no question."""

_OPEN, _CLOSE = '["“«「『]', '["”»」』]'
_SAID = rf"{_OPEN}[^\n]{{3,{LONGEST_QUOTATION}}}{_CLOSE}[.。]?"
_SPEAKER = r"[^\s\"“”«»「」『』。！？!?:：>][^\"“”«»「」『』。！？!?:：\n]{0,39}"
_BEHIND = re.compile(rf"[\s>]*{_SAID}[\s>]*(?:[-–—]{{1,2}}|[（(])\s*{_SPEAKER}[.。）)]?\s*")
_BEFORE = re.compile(rf"[\s>*\-]*{_SPEAKER}\s*[:：,，]\s*{_SAID}\s*")
_BELOW = re.compile(rf"\s*>[^\n]{{3,{LONGEST_QUOTATION}}}(?:\n\s*>[^\n]*){{0,6}}\n\s*>?\s*[-–—]{{1,2}}\s*{_SPEAKER}\s*")
_INNER_END = re.compile("[”»」』][^“”«»「」『』]*[“«「『]")
_QUESTION = re.compile(
    r"[\s>*+\-_]*(?:Q|Question|问题?|問)\s*\d{0,2}\s*[:：]\s*"
    rf"(?P<question>[^\n]{{2,{LONGEST_QUESTION}}}?)\s*(?:(?:A|Answer|答案?|回答)\s*[:：]\s*(?P<answer>\S.*))?",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"[\s>*+\-_]*(?:A|Answer|答案?|回答)\s*\d{0,2}\s*[:：]\s*(?P<answer>\S.*)", re.IGNORECASE)
_ANSWER_MARK = re.compile(r"(?:A|Answer|答案?|回答)\s*\d{0,2}\s*(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?\s*", re.IGNORECASE)


def is_quotation(text: str) -> bool:
    """Whether a text is one quotation with its speaker, before, behind or below it."""
    if len(text) > 2 * LONGEST_QUOTATION or _INNER_END.search(text) or text.count('"') > 2:
        return False
    return any(form.fullmatch(text) for form in (_BEHIND, _BEFORE, _BELOW))


def question_and_answer(plain: str) -> tuple[str, str] | None:
    """The question of a line without markup and its answer, "" where that does not stand on it; None for another."""
    found = _QUESTION.fullmatch(plain)
    if found is None or not (found["answer"] or found["question"].endswith(("?", "？"))):
        return None
    return found["question"].strip(), (found["answer"] or "").strip()


def answer(plain: str) -> str:
    """What a line without markup answers; "" where it is no answer."""
    found = _ANSWER.fullmatch(plain)
    return found["answer"].strip() if found else ""


def from_answer(raw: str) -> str:
    """The end of a line as written, from its answer on."""
    marks = list(_ANSWER_MARK.finditer(raw))
    return raw[marks[0].end() :] if marks else raw
