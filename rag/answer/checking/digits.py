"""Numbers in words as digits: 一百二十万, 三天, twenty-five, so that both sides of a check write them alike."""

from __future__ import annotations

import re

_CHINESE = re.compile(r"[零一二两三四五六七八九十百千万亿]{2,}")
# A single digit counts only before what can be counted: 三天 but not 三星, and never the article-like 一个.
_SINGLE = re.compile(
    r"(?<![零一二两三四五六七八九十百千万亿第星期周])([二两三四五六七八九十])"
    r"(?=\s?(?:个|天|年|月|周|日|小时|分钟|秒|层|张|块|倍|台|条|种|款|人|家|次|项|位|颗|片|袋|只|克|公斤|吨|米|元|美元|欧元|GB|毫))"
)
_TWICE = re.compile(r"\btwice\b", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\b(?:(?P<tens>twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?P<unit>one|two|three|four|five|six"
    r"|seven|eight|nine))?|(?P<small>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen)|(?P<one>one|a)(?= (?:hundred|thousand|million|billion|trillion)\b))"
    r"(?P<hundred> hundred)?\b",
    re.IGNORECASE,
)
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_SMALL = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
_ROUND = """twenty thirty forty fifty sixty seventy eighty ninety"""
_WORDS = {word: value for value, word in enumerate(_SMALL.split(), 1)} | {
    word: 10 * value for value, word in enumerate(_ROUND.split(), 2)
}


def in_digits(text: str) -> str:
    """The text with numbers in words as digits; a word like 万一 stays.

    A full-width comma separates clauses, never the thousands of a number.
    """
    text = _CHINESE.sub(_chinese, text.replace("，", "; "))
    text = _TWICE.sub("2 times", text)
    text = _SINGLE.sub(lambda match: str(_chinese_value(match.group())), text)
    return _ENGLISH.sub(_english, text)


def _english(match: re.Match[str]) -> str:
    value = _WORDS.get((match["tens"] or match["small"] or "one").lower(), 1) if not match["one"] else 1
    if match["unit"]:
        value += _WORDS[match["unit"].lower()]
    return str(value * (100 if match["hundred"] else 1))


def _chinese(match: re.Match[str]) -> str:
    value = _chinese_value(match.group())
    return match.group() if value is None else str(value)


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
