"""Dates of a question written out in full: "after May 9", "4 月 15 号以后" get the year that the corpus speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.question.spelling import Known

LATEST_YEAR, EARLIEST_YEAR = 2035, 1990
"""Years in which a month without its year is looked for, the latest first."""
_SHORT_YEAR = re.compile(
    r"(?<![\d.\-])(?P<year>[0-3]\d)\s?年(?=\s?(?:\d{1,2}\s?月|[底初春夏秋冬新出发上推开之以起才后前间]|这几年|上半|下半|那会|那年|q[1-4]))"
    r"|(?<![\d.\-])(?P<from>[0-3]\d)\s?年?(?=\s?[到至]\s?[0-3]\d\s?年(?:[^质保]|$))"
)
"""Not "10 年质保": a year of two digits comes before a month, a part of the year or what happened in it."""
_BEFORE = r"(?<![\d年.\-/个])(?<!\d )(?<!年 )"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])\s?月"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号]"
_TO = (
    r"(?:\s?(?P<to>到|至|和|跟|~|-|—)\s?(?:(?P<month2>1[0-2]|0?[1-9])\s?月\s?)?(?P<day2>3[01]|[12]\d|0?[1-9])\s?[日号])"
)
_CHINESE = re.compile(rf"{_BEFORE}{_MONTH}(?:\s?{_DAY}{_TO}?|份|(?=[以之]?[前后内里]|[底初中上下]))")
_RELATION = re.compile(r"[以之]?[前后]|[到至起]|开始|之间|\b(?:after|before|since|until|till|between|from|by)\b")
_SPACED = re.compile(r"(?<=\d)\s?(年|月)\s?(?=\d)")
_DAY_NUMBER = re.compile(r"((?:19|20)\d\d年\d{1,2}月\d{1,2})\s?号")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_ENGLISH = re.compile(
    rf"\b(?:(?P<day>3[01]|[12]\d|0?[1-9]){_ORDINAL}\s+(?:of\s+)?{_NAME}"
    rf"|{_NAME.replace('name', 'name2')}\s+(?P<day2>3[01]|[12]\d|0?[1-9]){_ORDINAL})"
    r"(?!\s*,?\s*(?:of\s+)?(?:19|20)\d\d)(?!\d)"
)


_FIRST_OF_RANGE = re.compile(
    r"(?P<first>(?:1[0-2]|0?[1-9])\s?月\s?(?:3[01]|[12]\d|0?[1-9]))(?=\s?[到至~\-—]\s?(?:3[01]|[12]\d|0?[1-9])\s?[日号])"
)
_DOTTED = re.compile(
    r"(?<![\d.a-z])(?<![a-z][ \-])(?P<month>1[0-2]|[1-9])\.(?P<day>3[01]|[12]\d|0?[1-9])"
    r"(?=\s?(?:[日号]|起|开始|[以之]?[前后](?!端|台|面)))[日号]?"
)
"""With what only follows a date: "4.15 起", "5.1之后"."""
_DAY_EN = rf"(?:3[01]|[12]\d|0?[1-9]){_ORDINAL}"
_MORE_EXACT = re.compile(
    r"(?:(?:19|20)?\d\d年)?\d{1,2}月(?:[上中下]旬|[初底末])?[以之往]?[前后]?[(（]\s?(?=\d{1,2}月\d{1,2}日)(?P<day>[^()（）]+)[)）]"
)
"""Part of a month and in brackets its day: "四月中旬往后（4.15 起）"."""
_SHORT = r"\s+)['’]?(?P<year>[12]\d)(?=$|[\s,.;:?!)](?!\d))"
_ENGLISH_SHORT_YEAR = re.compile(
    rf"\b(?P<date>(?:{_DAY_EN}\s+{_NAME}|{_NAME.replace('name', 'name2')}\s+{_DAY_EN},?){_SHORT}"
)
""""20 Apr 23", "apr 20, '23"."""

_APOSTROPHE_YEAR = re.compile(r"(?<![^\s(])'(?P<year>[0-3]\d)(?=$|[\s,.;:?!)/\-])")
""""what came on line in '18"."""


def dated(normal: str, known: Known) -> str:
    """`normal` with years of two digits in four, and days and months with the latest year that the corpus has them in.

    `known` tells whether the corpus holds a token; dates are tokens as "2019-5". A month of no known year stays.
    """
    normal = _SHORT_YEAR.sub(lambda match: f"20{match['year'] or match['from']}年", normal)
    normal = _ENGLISH_SHORT_YEAR.sub(r"\g<date>20\g<year>", normal)
    normal = _APOSTROPHE_YEAR.sub(r"20\g<year>", normal)
    normal = _FIRST_OF_RANGE.sub(r"\g<first>日", normal)
    normal = _DOTTED.sub(lambda match: _dotted(match, known), normal)
    normal = _MORE_EXACT.sub(r"\g<day>", normal)
    normal = _SPACED.sub(r"\1", normal)
    normal = _DAY_NUMBER.sub(r"\1日", normal)
    if not _RELATION.search(normal):
        return normal  # "on May 9" is that day of any year
    normal = _CHINESE.sub(lambda match: _chinese(match, known), normal)
    return _ENGLISH.sub(lambda match: _english(match, known), normal)


def _dotted(match: re.Match[str], known: Callable[[str], bool]) -> str:
    """A day written with a point; as it stands where the corpus holds that number, which is a version then."""
    if known(f"{match['month']}.{match['day']}"):
        return match.group()
    return f"{match['month']}月{match['day']}日"


def _chinese(match: re.Match[str], known: Callable[[str], bool]) -> str:
    year = latest_year(int(match["month"]), known)
    if not year:
        return match.group()
    written = f"{year}年{int(match['month'])}月"
    if match["day"]:
        written += f"{int(match['day'])}日"
    if match["day"] and match["to"]:
        month = f"{int(match['month2'])}月" if match["month2"] else ""
        written += f"到{month}{int(match['day2'])}日"
    return written


def _english(match: re.Match[str], known: Callable[[str], bool]) -> str:
    name = match["name"] or match["name2"]
    year = latest_year(MONTHS.index(name[:3]) + 1, known)
    return f"{match.group()}, {year}" if year else match.group()


def latest_year(month: int, known: Callable[[str], bool]) -> int:
    """The latest year of which the corpus speaks of that month; 0 for none."""
    return next((year for year in range(LATEST_YEAR, EARLIEST_YEAR, -1) if known(f"{year}-{month}")), 0)
