"""Numbers, quantities and dates in Chinese and English text, in one normal form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_MAGNITUDES = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3, "百": 1e2,
    "trillion": 1e12, "billion": 1e9, "million": 1e6, "thousand": 1e3, "bn": 1e9, "mn": 1e6,
    "t": 1e12, "b": 1e9, "m": 1e6, "k": 1e3, "w": 1e4,
}  # fmt: skip
"""Multipliers by word; "w" is the Chinese shorthand for 万 (ten thousand)."""

_BYTES = ("tb", "gb", "mb", "kb", "gib", "mib", "tib", "g")
_UNITS = {
    "美元": "usd", "美金": "usd", "usd": "usd", "dollar": "usd", "dollars": "usd", "刀": "usd", "人民币": "cny", "元": "cny", "块": "cny", "rmb": "cny",
    "欧元": "eur", "euro": "eur", "euros": "eur", "eur": "eur", "英镑": "gbp",
    "年": "year", "years": "year", "year": "year", "个月": "month", "months": "month", "month": "month",
    "周": "week", "weeks": "week", "week": "week", "天": "day", "日": "day", "days": "day", "day": "day",
    "小时": "hour", "个小时": "hour", "hours": "hour", "hour": "hour", "h": "hour", "分钟": "minute", "minutes": "minute",
    "minute": "minute", "min": "minute", "秒": "second", "seconds": "second", "ms": "millisecond", "毫秒": "millisecond",
    "%": "percent", "percent": "percent", "倍": "times", "times": "times",
    "张": "piece", "个": "piece", "块卡": "piece", "条": "piece", "层": "layer", "layers": "layer", "tokens": "token", "token": "token",
    "毫克": "mg", "mg": "mg", "克": "gram", "kg": "kilogram", "公斤": "kilogram", "千克": "kilogram", "mm": "millimetre",
    "毫米": "millimetre", "cm": "centimetre", "厘米": "centimetre", "像素": "pixel", "mp": "megapixel",
}  # fmt: skip
_NUMBER = (
    r"(?P<currency>[$¥€£])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s?(?P<magnitude>万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?![卡克瓦])|百(?!度)|trillion|billion|million|thousand|bn|mn"
    r"|(?:[tbkwTBKWM]|m(?!m|g|s|in|b|p))(?![A-Za-z])|(?:[KTBM])(?=tokens?))?"
    r"\s?(?P<unit>(?:"
    + "|".join(
        sorted(
            (re.escape(unit) for unit in (*_UNITS, *_BYTES) if unit.isascii() and unit.isalpha()),
            key=len,
            reverse=True,
        )
    )
    + r")(?![A-Za-z])|"
    + "|".join(
        sorted(
            (re.escape(unit) for unit in _UNITS if not (unit.isascii() and unit.isalpha())),
            key=len,
            reverse=True,
        )
    )
    + r")?"
)
_QUANTITY = re.compile(r"(?<![A-Za-z\d.])" + _NUMBER, re.IGNORECASE)
_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})\s?(?:年|[-/.])\s?(?P<m>1[0-2]|0?[1-9])(?:\s?(?:月|[-/.])\s?(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)\s?日?)?"
    r"(?!\d)月?"
)
_NAME_TAIL = re.compile(r"[A-Za-z]")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH_DATE = re.compile(
    r"\b(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r"(?:\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?)?,?(?:\s+(?:of\s+)?(?P<y>(?:19|20)\d{2}))\b",
    re.IGNORECASE,
)
_DAY_RANGE = re.compile(
    r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?\s*(?:and|to|through|-|–)\s*\d{1,2}(?:st|nd|rd|th)?\s+"
    r"(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?P<y>(?:19|20)\d{2})\b",
    re.IGNORECASE,
)
_CHINESE_RANGE = re.compile(
    r"(?P<y>(?:19|20)\d{2})年(?P<m>\d{1,2})月\d{1,2}日?\s?(?:到|至|和|~|-|—)\s?(?:(?P<m2>\d{1,2})月)?(?P<d2>\d{1,2})日"
)
_YEAR = re.compile(
    r"(?<![\d.$¥-])(?P<y>(?:19|20)\d{2})\s?年(?!\d)|\b(?:in|since|of|year)\s+(?P<y2>(?:19|20)\d{2})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit ("" when bare): 70亿 and 7B are (7e9, ""), 99美元 and $99 are (99, "usd")."""

    value: float
    unit: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Date:
    """A date in ISO 8601, as precise as the text: YYYY, YYYY-MM or YYYY-MM-DD."""

    iso: str
    start: int
    end: int


def dates(text: str) -> list[Date]:
    """All dates of `text` in order of appearance."""
    text = _compatible(text)
    found = [
        Date(_iso(match["y"], match["m"], match["d"]), match.start(), match.end())
        for match in _DATE.finditer(text)
    ]
    for match in _ENGLISH_DATE.finditer(text):
        month = str(_MONTHS.index(match["m"].lower()[:3]) + 1)
        found.append(Date(_iso(match["y"], month, match["d1"] or match["d2"]), match.start(), match.end()))
    for match in _DAY_RANGE.finditer(text):
        month = str(_MONTHS.index(match["m"].lower()[:3]) + 1)
        found.append(Date(_iso(match["y"], month, match["d"]), match.start(), match.start("m")))
    for match in _CHINESE_RANGE.finditer(text):
        found.append(
            Date(_iso(match["y"], match["m2"] or match["m"], match["d2"]), match.start("d2"), match.end())
        )
    for match in _YEAR.finditer(text):
        if not any(date.start <= match.start() < date.end for date in found):
            found.append(Date(match["y"] or match["y2"], match.start(), match.end()))
    return sorted(found, key=lambda date: date.start)


def quantities(text: str) -> list[Quantity]:
    """All quantities of `text` that are not parts of dates or of Latin names, in order of appearance."""
    text = _compatible(text)
    taken = [(date.start, date.end) for date in dates(text)]
    found: list[Quantity] = []
    for match in _QUANTITY.finditer(text):
        if any(start <= match.start("number") < end for start, end in taken):
            continue
        if not match["magnitude"] and not match["unit"] and _NAME_TAIL.match(text, match.end("number")):
            continue
        value = float(match["number"].replace(",", ""))
        magnitude = (match["magnitude"] or "").lower()
        unit = (match["unit"] or "").lower()
        value *= _MAGNITUDES.get(magnitude, 1.0)
        unit = unit if unit in _BYTES else _UNITS.get(unit, "")
        unit = "gb" if unit in ("g", "gib") else unit
        currency = match["currency"]
        if currency:
            unit = {"$": "usd", "¥": "cny", "€": "eur", "£": "gbp"}[currency]
        found.append(Quantity(value, unit, match.start(), match.end(), match.group().strip()))
    return found


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are equal; a missing unit agrees with any."""
    close = abs(one.value - other.value) <= 1e-6 * max(abs(one.value), abs(other.value), 1e-9)
    return close and (
        one.unit == other.unit or "" in (one.unit, other.unit) or {one.unit, other.unit} <= {"piece", "token"}
    )


def _compatible(text: str) -> str:
    """NFKC without changing the length, so that spans stay those of the text."""
    if text.isascii():
        return text
    return "".join(
        folded if len(folded := unicodedata.normalize("NFKC", char)) == 1 else char for char in text
    )


def _iso(year: str, month: str | None, day: str | None) -> str:
    parts = [year]
    if month:
        parts.append(f"{int(month):02d}")
        if day:
            parts.append(f"{int(day):02d}")
    return "-".join(parts)
