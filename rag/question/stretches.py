"""Parts of months and years as the days that they last: "三月下旬", "last week of March 2023", "2023 年第二季度"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable

from rag.question.numerals import value
from rag.question.spelling import Known
from rag.question.undated import MONTHS, latest_year
from rag.text.names import has_cjk

_WEEK = 7
_LAST = 0
"""Stands for the last day of the month."""
_PARTS_ZH = {
    "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, _LAST), "初": (1, 10), "底": (21, _LAST), "末": (21, _LAST),
    "上半月": (1, 15), "前半月": (1, 15), "下半月": (16, _LAST), "后半月": (16, _LAST), "第一周": (1, 7),
    "头一周": (1, 7), "第二周": (8, 14), "第三周": (15, 21), "最后一周": (-_WEEK, _LAST),
}  # fmt: skip
_PARTS_EN = {
    "early": (1, 10), "beginning of": (1, 10), "start of": (1, 10), "mid": (11, 20), "middle of": (11, 20),
    "late": (21, _LAST), "end of": (21, _LAST), "first half of": (1, 15), "second half of": (16, _LAST),
    "first week of": (1, 7), "second week of": (8, 14), "third week of": (15, 21), "last week of": (-_WEEK, _LAST),
}  # fmt: skip
_QUARTERS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4,
    "一": 1, "二": 2, "三": 3, "四": 4,
}  # fmt: skip
_NAME = r"(?P<name>" + "|".join(f"{name}[a-z]*" for name in MONTHS) + r")\b\.?"
_YEAR_BEHIND = r"(?:,?\s*(?:of\s+)?(?P<year>(?:19|20)\d\d)\b)?"
_LIMIT_ZH = r"(?!\s?(?:[以之往]?[前后]|起|到(?![手货家店账期])|至|开始))"
_LIMIT_EN = r"(?<!before )(?<!after )(?<!since )(?<!until )(?<!till )(?<!before the )(?<!after the )(?<!since the )"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH_ZH = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)\s?年\s?|(?<![\d年]))(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月份?的?"
    rf"(?P<part>{'|'.join(sorted(_PARTS_ZH, key=len, reverse=True))})"
    rf"(?:\s?[(（](?P<from>{_DAY})[日号]?\s?[到至~\-]\s?(?P<to>{_DAY})[日号]?[)）])?{_LIMIT_ZH}"
)
_NTH, _TO = r"(?:st|nd|rd|th)?", r"\s*(?:-|–|to|through|until)\s*"
_MONTH_EN = re.compile(
    rf"{_LIMIT_EN}\b(?P<part>{'|'.join(sorted(_PARTS_EN, key=len, reverse=True))})[\s\-]+{_NAME}{_YEAR_BEHIND}"
    rf"(?:\s?\((?P<from>{_DAY}){_NTH}{_TO}(?P<to>{_DAY}){_NTH}\))?"
)
_DAYS_EN = re.compile(
    rf"\b(?:(?P<from>{_DAY}){_NTH}{_TO}(?P<to>{_DAY}){_NTH}\s+(?:of\s+)?{_NAME}"
    rf"|{_NAME.replace('name', 'name2')}\s+(?P<from2>{_DAY}){_NTH}{_TO}(?P<to2>{_DAY}){_NTH}\b(?!\s*-?\d))"
    rf"{_YEAR_BEHIND}"
)
_PART_OF_YEAR = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s?年?的?\s?"
    rf"(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度|q(?P<q>[1-4])(?!\d)){_LIMIT_ZH}"
)
_YEAR_PART_EN = re.compile(
    rf"{_LIMIT_EN}\b(?:(?P<quarter>first|1st|second|2nd|third|3rd|fourth|4th|last) quarter"
    r"|(?P<half>first|1st|second|2nd|latter) half"
    r"|q(?P<q>[1-4])|h(?P<h>[12]))\s+(?:of\s+|in\s+)?(?P<year>(?:19|20)\d\d)\b"
)


def stretched(normal: str, known: Known) -> str:
    """`normal` with parts of months and years as their first and last days.

    A month of no stated year is that of the latest year in which the corpus (`known` tells of its tokens) has it; one
    that the corpus never has stays, and so does a part that something comes before or after.
    """
    normal = _MONTH_ZH.sub(lambda match: _of_month_zh(match, known), normal)
    zh = has_cjk(normal)
    normal = _PART_OF_YEAR.sub(lambda match: _of_year(match, zh=zh), normal)
    normal = _YEAR_PART_EN.sub(lambda match: _of_year(match, zh=False), normal)
    normal = _MONTH_EN.sub(lambda match: _of_month_en(match, _stated(match) or _PARTS_EN[match["part"]], known), normal)
    return _DAYS_EN.sub(lambda match: _of_month_en(match, _stated(match) or (1, _LAST), known), normal)


def _of_month_zh(match: re.Match[str], known: Callable[[str], bool]) -> str:
    month = int(match["month"]) if match["month"].isdigit() else value(match["month"])
    year = int(match["year"] or latest_year(month, known))
    if not year:
        return match.group()
    first, last = _days(year, month, _stated(match) or _PARTS_ZH[match["part"]])
    return f"{year}年{month}月{first}日到{month}月{last}日"


def _stated(match: re.Match[str]) -> tuple[int, int] | None:
    """The first and last day that the question states in numbers; None where it states none."""
    said = match.groupdict()
    first, last = said["from"] or said.get("from2"), said["to"] or said.get("to2")
    return (int(first), int(last)) if first and last else None


def _of_month_en(match: re.Match[str], part: tuple[int, int], known: Callable[[str], bool]) -> str:
    said = match.groupdict()
    month = MONTHS.index((said["name"] or said["name2"])[:3]) + 1
    year = int(match["year"] or latest_year(month, known))
    if not year:
        return match.group()
    first, last = _days(year, month, part)
    return f"{year}-{month:02d}-{first:02d} to {year}-{month:02d}-{last:02d}"


def _of_year(match: re.Match[str], *, zh: bool) -> str:
    said = match.groupdict()
    year = int(said["year"])
    if said["half"] or said.get("h"):
        first, last = (1, 6) if said["half"] in ("上", "first", "1st") or said.get("h") == "1" else (7, 12)
    else:
        quarter = said["q"] or said["quarter"]
        at = int(quarter) if quarter.isdigit() else _QUARTERS[quarter]
        first, last = 3 * at - 2, 3 * at
    end = calendar.monthrange(year, last)[1]
    if zh:
        return f"{year}年{first}月1日到{last}月{end}日"
    return f"{year}-{first:02d}-01 to {year}-{last:02d}-{end}"


def _days(year: int, month: int, part: tuple[int, int]) -> tuple[int, int]:
    end = calendar.monthrange(year, month)[1]
    first, last = part
    return (first if first > 0 else end + first + 1), (last or end)
