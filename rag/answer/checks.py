"""Check what a language model wrote, sentence by sentence, against the evidence that each sentence cites.

A sentence passes when its marks exist and every number, date, unit, Latin name and quoted string in it
stands in the cited evidence, when it neither adds nor drops a negation, and when it shares any word with the
evidence. Words mean little here: a sentence that passes can still be unhelpful, but its hard content stands
in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from rag.answer.negation import NEUTRAL, content_words, contradiction, stance
from rag.answer.wordings import wordings
from rag.text.language import language
from rag.text.normalise import normalise, unify
from rag.text.values import Quantity, dates, quantities, same_quantity


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered piece of what the notes say; `where` is its heading path as a person reads it."""

    n: int
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence with its marks as [1][2]; `reason` says why it does not pass ("" if it does)."""

    text: str
    marks: tuple[int, ...]
    ok: bool
    reason: str


_MARK = re.compile(r"[\[【［]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]】］]")
_MARKS = rf"(?:\s*{_MARK.pattern})*"
# A sentence ends after 。！？ anywhere, after . ! ? before white space or the end, and at every line break.
# Marks that follow the full stop belong to the sentence before it.
_END = re.compile(rf"(?:[。！？]+[”」』）)]*|[.!?]+[\"”)]*(?=\s|$|[\[【［])){_MARKS}|\n+")
# A full stop after these ends no sentence: an abbreviation, an initial, the number of a list item.
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|cf|approx|etc|no|fig|[A-Z])\.$|^\s*\d{1,2}\.$", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)、．])\s+")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|「([^」]+)」|『([^』]+)』|《([^》]+)》|`([^`]+)`")
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-_.+/][A-Za-z0-9]+)*[+#]*")
_SEPARATORS = re.compile(r"[\s\-_.·/]+")
_CHINESE_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万亿]{2,}")


def checked_sentences(text: str, evidence: Sequence[Evidence]) -> tuple[Checked, ...]:
    """Every sentence of `text` with the verdict on it, in order."""
    by_number = {piece.n: piece for piece in evidence}
    return tuple(_check(sentence, by_number) for sentence in split(text))


def split(text: str) -> list[str]:
    """Sentences with their marks; a list item is a sentence. Nothing but white space is lost."""
    found, start = [], 0
    for match in _END.finditer(text):
        if match.group().startswith(".") and _ABBREVIATION.search(text[start : match.start() + 1]):
            continue
        found.append(text[start : match.end()])
        start = match.end()
    found.append(text[start:])
    return [sentence.strip() for sentence in found if re.search(r"\w", sentence)]


def _check(sentence: str, by_number: dict[int, Evidence]) -> Checked:
    marks = tuple(dict.fromkeys(int(n) for m in _MARK.finditer(sentence) for n in re.findall(r"\d+", m.group(1))))
    reason = _marks_wrong(marks, by_number)
    if not reason:
        cited = [by_number[n] for n in marks]
        said = _BULLET.sub("", _MARK.sub(" ", sentence)).strip()
        tests = (_number_wrong, _date_wrong, _quote_wrong, _name_wrong, _negation_wrong, _nothing_shared)
        reason = next((found for test in tests if (found := test(said, cited))), "")
    plain = _MARK.sub(lambda match: "".join(f"[{n}]" for n in _numbers(match)), sentence)
    return Checked(plain, marks, not reason, reason)


def _numbers(match: re.Match[str]) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", match.group(1))]


def _marks_wrong(marks: Sequence[int], by_number: dict[int, Evidence]) -> str:
    if not marks:
        return "no mark"
    missing = [n for n in marks if n not in by_number]
    return f"mark [{missing[0]}] does not exist" if missing else ""


def _number_wrong(said: str, cited: Sequence[Evidence]) -> str:
    found = [q for piece in cited for q in quantities(_in_digits(piece.text)) + _quantities_in_names(piece.where)]
    years = {date.iso[:4] for piece in cited for date in dates(piece.text)}
    for quantity in quantities(_in_digits(said)):
        year = quantity.unit in ("", "year") and quantity.text.rstrip("年 ") in years
        if not year and not any(same_quantity(quantity, other) for other in found):
            return f"{quantity.text!r} is not in the cited evidence"
    return ""


def _quantities_in_names(where: str) -> list[Quantity]:
    """Quantities that are parts of names in a heading: the 13B of "X-13B", not the 6 of "6. X"."""
    return [q for token in _LATIN.findall(where) for q in quantities(token)]


def _date_wrong(said: str, cited: Sequence[Evidence]) -> str:
    known = [date.iso for piece in cited for date in dates(piece.text)]
    plain = {q.text for piece in cited for q in quantities(piece.text)}
    for date in dates(said):
        if not any(iso.startswith(date.iso) for iso in known) and date.iso not in plain:
            return f"the date {date.iso} is not in the cited evidence"
    return ""


def _quote_wrong(said: str, cited: Sequence[Evidence]) -> str:
    stands = [_dense(f"{piece.where} {piece.text}") for piece in cited]
    for match in _QUOTED.finditer(said):
        quoted = next(group for group in match.groups() if group)
        if not any(_dense(quoted) in text for text in stands):
            return f"the quotation {quoted!r} is not in the cited evidence"
    return ""


def _name_wrong(said: str, cited: Sequence[Evidence]) -> str:
    stands = "\n".join(unify(f"{piece.where}\n{piece.text}") for piece in cited).casefold()
    chinese = language(said) == "zh"
    for match in _LATIN.finditer(_without_dates(unify(said))):
        word = match.group()
        opens = match.start() == 0
        if _is_name(word, chinese=chinese, opens=opens) and not _name_pattern(word).search(stands):
            return f"the name {word!r} is not in the cited evidence"
    return ""


def _without_dates(text: str) -> str:
    """The text with blanks for its dates, whose months are no names."""
    for date in dates(text):
        text = text[: date.start] + " " * (date.end - date.start) + text[date.end :]
    return text


def _is_name(word: str, *, chinese: bool, opens: bool) -> bool:
    if word.casefold() in _openers():
        return False
    inner = word[1:]
    marked = any(c.isdigit() for c in word) or inner != inner.lower()
    return marked or word[0].isupper() or (chinese and not opens)


@cache
def _name_pattern(word: str) -> re.Pattern[str]:
    """The word with separators wherever its parts meet, neither beginning nor ending within another word."""
    pieces = re.findall(r"[a-z]+|\d+|[^a-z\d]+", _SEPARATORS.sub(" ", word.casefold()).strip())
    body = r"[\s\-_.·/]*".join(re.escape(piece.strip()) for piece in pieces if piece.strip())
    return re.compile(rf"(?<![a-z0-9]){body}(?:s|es)?(?![a-z0-9])")


def _negation_wrong(said: str, cited: Sequence[Evidence]) -> str:
    whole = reduce(or_, (stance(piece.text) for piece in cited), NEUTRAL)
    return contradiction(stance(said), whole, subject=" ".join(piece.where for piece in cited))


def _nothing_shared(said: str, cited: Sequence[Evidence]) -> str:
    """A sentence without any word of its evidence cannot be checked, and so is not said."""
    if quantities(_in_digits(said)) or dates(said):
        return ""
    stands = content_words("\n".join(f"{piece.where}\n{piece.text}" for piece in cited))
    return "" if content_words(said) & stands else "nothing of it stands in the cited evidence"


def _in_digits(text: str) -> str:
    """The text with Chinese numbers such as 一百二十万 in digits; a word like 万一 stays.

    A full-width comma separates clauses, never the thousands of a number.
    """

    def digits(match: re.Match[str]) -> str:
        value = _chinese_value(match.group())
        return match.group() if value is None else str(value)

    return _CHINESE_NUMBER.sub(digits, text.replace("，", "; "))


def _chinese_value(text: str) -> int | None:
    total = section = digit = 0
    previous = ""
    for char in text:
        if char in _DIGITS:
            if previous in _DIGITS and previous != "零":
                return None
            digit = _DIGITS[char]
        elif char in _TENS:
            section += (digit or (1 if char == "十" and section == 0 else 0)) * _TENS[char]
            if not section:
                return None
            digit = 0
        else:
            total = (total + section + digit) * _MYRIADS[char]
            if not total:
                return None
            section = digit = 0
        previous = char
    return total + section + digit


_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}


def _dense(text: str) -> str:
    return "".join(normalise(text).split())


@cache
def _openers() -> frozenset[str]:
    return frozenset(wordings()["words"]["openers"].split())
