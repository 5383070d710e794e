"""The dates that a question states, also those that leave something out: "23年4月", "May 9", "2015 到 2019 年"."""

from __future__ import annotations

import re

from rag.question.understand import Question

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?=uary|\b)|feb(?=ruary|\b)|mar(?=ch|\b)|apr(?=il|\b)|may(?=\b)|jun(?=e|\b)|jul(?=y|\b)|aug(?=ust|\b)"
    r"|sep(?=t|\b)|oct(?=ober|\b)|nov(?=ember|\b)|dec(?=ember|\b))[a-z]*\.?"
)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_YEARS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*年?\s*(?:到|至|和|与|-|~|to|and|through|thru|until|or|或者?)\s*((?:19|20)\d\d)(?!\d)(?!\s*[-./]\s*\d)"
)
_SHORT_YEAR = re.compile(
    r"(?<!\d)(?P<year>\d\d)年(?:(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号])?)?"
)
_SHORT_YEARS = re.compile(
    r"\b(?:(?:in|during|years?) ['’]?|(?:between|from) (?:['’]|(?=0)))([0-2]\d)"
    r" ?(?:and|or|to|through|thru|until|-|–) ?['’]?([0-2]\d)"
    r"(?= *(?:$|[,.?!;)]))|'(\d\d) (?:and|or|to|through|thru|until) '(\d\d)\b"
    r"|(?<!\d)(\d\d)年?(?:到|至|和|或者?|-|~)(\d\d)年(?!\d)"
)
_CHINESE_DAY = re.compile(r"(?<!年)(?<!\d)(?P<month>1[0-2]|0?[1-9])月(?:份|(?P<day>3[01]|[12]\d|0?[1-9])[日号]?)?")
_ENGLISH_DAY = re.compile(
    rf"\b(?:{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}\b(?:\s+(?P<after>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b)?"
)
_ENGLISH_MONTH = re.compile(rf"\b(?:in|during|of|throughout|over) (?:early |late |mid[- ])?{_MONTH}(?!\w)(?! ?\d)")
ANY_YEAR = "*"
"""Stands for the year where the question states none."""


def asked_dates(question: Question) -> tuple[str, ...]:
    """ISO 8601 dates as precise as asked, in order; "*-05-09" is that day of any year."""
    years = _YEARS.search(question.normal)
    if years is not None:
        return years[1], years[2]
    short_years = _SHORT_YEARS.search(question.normal)
    if short_years is not None:
        first, last = (found for found in short_years.groups() if found)
        return f"20{first}", f"20{last}"
    if question.dates:
        return tuple(date.iso for date in question.dates)
    short = [
        _iso(f"20{match['year']}", match["month"], match["day"]) for match in _SHORT_YEAR.finditer(question.normal)
    ]
    if short:
        return tuple(short)
    days = [_iso(ANY_YEAR, match["month"], match["day"]) for match in _CHINESE_DAY.finditer(question.normal)]
    for match in _ENGLISH_DAY.finditer(question.normal):
        day = match["day"] or match["after"]
        if day:
            days.append(_iso(ANY_YEAR, str(_MONTHS.index(match["name"]) + 1), day))
    if not days:
        found = _ENGLISH_MONTH.finditer(question.normal)
        days = [_iso(ANY_YEAR, str(_MONTHS.index(match["name"]) + 1), None) for match in found]
    return tuple(days)


def states_day(text: str) -> bool:
    """Whether a text states a day without its year."""
    return any(match["day"] for match in _CHINESE_DAY.finditer(text))


def covers(wanted: str, date: str) -> bool:
    """Whether an ISO date lies within an asked one: 2019-05-09 within 2019-05 and within *-05-09."""
    return date[4:].startswith(wanted[1:]) if wanted.startswith(ANY_YEAR) else date.startswith(wanted)


def _iso(year: str, month: str | None, day: str | None) -> str:
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])
