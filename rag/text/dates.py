"""Dates in Chinese and English text, in one normal form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

KEPT = 1 << 13
"""Texts whose dates are remembered: the same facts are looked at for one question after the other."""

_YEAR = r"(?P<y>(?:19|20)\d{2})"
_CENTURY = re.compile("19|20")
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_NAME = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?<!\d){_YEAR}\s?(?:年|[-/.])\s?(?P<m>1[0-2]|0?[1-9])(?:\s?(?:月|[-/.])\s?(?P<d>{_DAY})(?!\d)\s?日?)?(?!\d)月?"
)
_ENGLISH_DATE = re.compile(
    rf"\b(?:(?P<d1>{_DAY}){_ORDINAL}\s+(?:of\s+)?)?{_MONTH_NAME}"
    rf"(?:\s+(?P<d2>{_DAY}){_ORDINAL}(?:\s?[-–~]\s?{_DAY}{_ORDINAL})?,?)?,?\s+(?:of\s+)?{_YEAR}\b",
    re.IGNORECASE,
)
_SHORT_ENGLISH_DATE = re.compile(rf"\b{_MONTH_NAME}\s?['’](?P<y>\d\d)(?!\d)", re.IGNORECASE)
_DAY_RANGE = re.compile(
    rf"\b(?P<d>{_DAY}){_ORDINAL}\s*(?:and|to|through|-|–)\s*{_DAY}{_ORDINAL}\s+{_MONTH_NAME},?\s+{_YEAR}\b",
    re.IGNORECASE,
)
_CHINESE_RANGE = re.compile(
    rf"{_YEAR}年(?P<m>\d{{1,2}})月\d{{1,2}}日?\s?(?:到|至|和|~|-|—)\s?(?:(?P<m2>1[0-2]|0?[1-9])月)?(?P<d2>{_DAY})日"
)
_YEAR_ALONE = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?P<y3>(?:19[5-9]|20[0-4])\d)(?=\s+(?-i:[A-Z][a-z]|the )|(?:\*\*)?\s?[:：–—]\s*[^\W\d])"
    r"|(?<![\d.$¥-])(?P<y>(?:19|20)\d{2})\s?年(?!\d)|\b(?:early|mid|late|spring|summer|autumn|winter|in|since|of|year|before|after|until|till|by|from|between|and|to|during|through|than)\s+(?P<y2>(?:19|20)\d{2})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date in ISO 8601, as precise as the text: YYYY, YYYY-MM or YYYY-MM-DD."""

    iso: str
    start: int
    end: int


def dates(text: str) -> list[Date]:
    """All dates of `text` in order of appearance; of a range of days in one month both ends."""
    return list(_dates(text))


@lru_cache(maxsize=KEPT)
def _dates(text: str) -> tuple[Date, ...]:
    text = compatible(text)
    short = [
        Date(_iso(f"20{match['y']}", _month(match["m"]), None), match.start(), match.end())
        for match in (_SHORT_ENGLISH_DATE.finditer(text) if "'" in text or "’" in text else ())
    ]
    if not _CENTURY.search(text):  # every other date has a year of four digits
        return tuple(short)
    found = short + [
        Date(_iso(match["y"], match["m"], match["d"]), match.start(), match.end()) for match in _DATE.finditer(text)
    ]
    for match in _ENGLISH_DATE.finditer(text):
        iso = _iso(match["y"], _month(match["m"]), match["d1"] or match["d2"])
        found.append(Date(iso, match.start(), match.end()))
    for match in _DAY_RANGE.finditer(text):
        found.append(Date(_iso(match["y"], _month(match["m"]), match["d"]), match.start(), match.start("m")))
    for match in _CHINESE_RANGE.finditer(text):
        iso = _iso(match["y"], match["m2"] or match["m"], match["d2"])
        found.append(Date(iso, match.start("m2" if match["m2"] else "d2"), match.end()))
    for match in _YEAR_ALONE.finditer(text):
        year = match["y"] or match["y2"] or match["y3"]
        at = match.end() - len(match.group().rstrip()) if match["y"] else match.start("y2" if match["y2"] else "y3")
        if not any(date.start <= at < date.end for date in found):
            found.append(Date(year, at, match.end()))
    return tuple(sorted(found, key=lambda date: date.start))


def compatible(text: str) -> str:
    """NFKC without changing the length, so that spans stay those of the text."""
    return text if text.isascii() else text.translate(_FOLDED)


class _Folded(dict[int, str]):
    """NFKC of single characters, where that is one character: looked up once each."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code))
        found = self[code] = folded if len(folded) == 1 else chr(code)
        return found


_FOLDED = _Folded()


def _month(name: str) -> str:
    return str(_MONTHS.index(name.lower()[:3]) + 1)


def _iso(year: str, month: str | None, day: str | None) -> str:
    parts = [year]
    if month:
        parts.append(f"{int(month):02d}")
        if day:
            parts.append(f"{int(day):02d}")
    return "-".join(parts)
