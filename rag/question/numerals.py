"""Numbers that a question writes in words, as digits where a unit of measure follows: "五年" as "5年"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rag.question.wording import words
from rag.text.values import measure_words

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "a hundred": 100, "one hundred": 100,
}  # fmt: skip
_NUMERAL = "[零〇一二两三四五六七八九十百千]{1,7}"
_MONTH = re.compile(
    r"(?<![零一二三四五六七八九十百两几多半])(?P<month>十[一二]?|[一二三四五六七八九])月"
    r"(?:(?P<day>[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[日号])|(?=[份底初中末上下里内以之前后到至和、,，.。?？\s\d]"
    r"|发布|推出|开源|出|上线|公布|更新|有|的|是|都|$))"
)
""""四月份", "十二月三号": a month of the year, by what follows it; "三个月" is none."""
_NINES = re.compile(rf"(?P<zh>[{''.join(_DIGITS)}\d])\s?个\s?(?:九|9)(?!\d)|\b(?P<en>[a-z]+|\d) nines\b")
"""How much of the time something is there: "四个九" is 99.99%."""
_QUARTERS = re.compile(r"([一两二三])刻钟")
_TENS_OF_THOUSANDS = re.compile(
    rf"(?<![零〇一二两三四五六七八九十百千万亿\d])((?![百千]){_NUMERAL})(万|亿)(?![一分能])"
)
_UPWARDS = re.compile(r"(?<![以不])[上过超破](?P<place>[百千万亿])(?![度川问灵炼应万亿])")
"""A round number and more: "上万" is at least ten thousand."""
_BOUNDED = re.compile(
    rf"(?<![零〇一二两三四五六七八九十百千万亿\d第])(?P<number>{_NUMERAL})(?=(?:以内|之内|以下|以上|往上|开外|起步))"
)
"""A bare number in words before what bounds it: "三千以内"."""
_TENTHS = re.compile(r"(?<![一二两三四五六七八九十\d])([一二两三四五六七八九])成(?=[以多左上下的吗了,，。?？\s]|$)")
"""Tenths: "三成" is 30%."""
_ZERO = re.compile(
    r"(?<![a-z])(?P<said>with|has|have|had|having|is|are|was|were|got|at|of|shows?|reported) zero "
    r"(?=(?!point|days?|shots?|trust|sum|based|knowledge|waste|copy|downtime|gravity|emissions?|calories|carbs)"
    r"(?:[a-z]+ )?[a-z]+(?<!s)s\b)|零(?=\s?[次个起条例张台])"
)
"""None of what can be counted: "zero lost conflicts", "零次"."""
_FEWEST_NINES, _MOST_NINES = 2, 9


def in_digits(normal: str) -> str:
    """A normalised question with its spelled-out measures in digits; dates, names and ways of speaking stay."""
    normal = _NINES.sub(_nines, normal)
    normal = _MONTH.sub(lambda match: f"{value(match['month'])}月{value(match['day']) if match['day'] else ''}", normal)
    normal = _ZERO.sub(lambda match: f"{match['said']} 0 " if match["said"] else "0", normal)
    normal = _QUARTERS.sub(lambda match: f"{15 * _DIGITS[match[1]]}分钟", normal)
    normal = _TENS_OF_THOUSANDS.sub(lambda match: f"{value(match[1])}{match[2]}", normal)
    normal = _TENTHS.sub(lambda match: f"{10 * _DIGITS[match[1]]}%", normal)
    normal = _UPWARDS.sub(lambda match: f"至少1{match['place']}", normal)
    normal = _BOUNDED.sub(lambda match: str(value(match["number"])), normal)
    normal = _one().sub("1", normal)
    normal = _limited().sub(lambda match: f"{match['limit']}{value(match['number'])}", normal)
    normal = _measured().sub(lambda match: f"{value(match[1])}{match[2]}", normal)
    normal = _halves().sub(lambda match: f"0.5 {match[1] or match[2]}", normal)
    normal = _single().sub(lambda match: f"{match[1]} 1 {match[2]}", normal)
    normal = _english_limited().sub(lambda match: str(_ENGLISH[match[0]]), normal)
    return _english().sub(lambda match: f"{_ENGLISH[match[1]]} {match[2]}", normal)


def _nines(match: re.Match[str]) -> str:
    said = match["zh"] or match["en"]
    count = int(said) if said.isdigit() else _DIGITS.get(said) or _ENGLISH.get(said, 0)
    if not _FEWEST_NINES <= count <= _MOST_NINES:
        return match.group()
    return f"99.{'9' * (count - 2)}%" if count > _FEWEST_NINES else "99%"


@cache
def _measured() -> re.Pattern[str]:
    """A Chinese number right before a unit. One year, one day may be any: only other units stand behind a bare 一."""
    units = [unit for unit in measure_words() if not unit.isascii() and unit not in words("digits_only")]
    spoken = words("spoken_measure")
    any_number = _any(units)
    after_one = _any(unit for unit in units if unit not in spoken)
    return re.compile(
        rf"(?<![哪每第同去前这那上下大小几\d零〇一二两三四五六七八九十百千万亿年月.点])"
        rf"((?!一(?![零〇一二两三四五六七八九十百千])){_NUMERAL}(?=(?:{any_number}))|一(?=(?:{after_one})))({any_number})"
    )


@cache
def _one() -> re.Pattern[str]:
    """One of any unit right behind the wording of a limit: "不到一天"."""
    limits = sorted(word for name in ("below", "above") for word in words(name) if not word.isascii())
    behind = "|".join(f"(?<={re.escape(word)})" for word in limits)
    return re.compile(rf"(?:{behind})一(?={_any(unit for unit in measure_words() if not unit.isascii())})")


@cache
def _limited() -> re.Pattern[str]:
    """A number right behind the wording of a limit, whatever it counts: "超过五千道"."""
    limits = _any(word for name in ("below", "above") for word in words(name) if not word.isascii())
    return re.compile(
        rf"(?P<limit>{limits})(?P<number>(?!一(?![百千十])){_NUMERAL})(?![零〇一二两三四五六七八九十百千万亿几多])"
    )


@cache
def _halves() -> re.Pattern[str]:
    """Half of a unit of time, length or weight: "半小时", "half an hour". Not "一年半", "半年报"."""
    units = [unit for unit in measure_words() if unit not in words("spoken_measure")]
    chinese = _any(unit for unit in units if not unit.isascii() and len(unit) > 1)
    english = _any(unit for unit in units if unit.isascii() and len(unit) > 3)
    return re.compile(rf"(?<![一二两三四五六七八九十多大小年月天上下前后])半个?({chinese})|\bhalf an? ({english})\b")


@cache
def _single() -> re.Pattern[str]:
    """One of a unit as a limit: "under a minute". Elsewhere "a day" is no measure."""
    units = [unit for unit in measure_words() if unit.isascii() and len(unit) > 3]
    return re.compile(
        rf"\b(under|within|below|over|above|than|exceeding|least|most|inside) an? "
        rf"({_any(units)})\b"
    )


@cache
def _english_limited() -> re.Pattern[str]:
    """A number beside the wording of a limit, whatever it counts: "at least two gpus", "three or more"."""
    numbers = _any(word for word in _ENGLISH if word != "one")
    behind = "|".join(f"(?<={limit} )" for limit in ("than", "least", "most", "over", "under", "exceeding", "up to"))
    return re.compile(
        rf"(?:{behind})(?:{numbers})\b(?= \w+(?<!s)s\b)"
        rf"|\b(?:{numbers})\b(?= or (?:more|fewer|less|over|under)\b| and (?:up|over|more)\b)"
    )


@cache
def _english() -> re.Pattern[str]:
    units = [unit for unit in measure_words() if unit.isascii() and len(unit) > 2]
    return re.compile(rf"\b({_any(_ENGLISH)}) ({_any(units)})\b")


def _any(units: Iterable[str]) -> str:
    """A pattern of any of `units`, the longest first."""
    return "|".join(map(re.escape, sorted(units, key=len, reverse=True)))


def value(numeral: str) -> int:
    """The number that Chinese characters write, below ten thousand: 十一 is 11."""
    total = digit = 0
    for char in numeral:
        if char in _PLACES:
            total += (digit or 1) * _PLACES[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
