"""Dates that a heading begins and a line below it completes: "### 2024 年 7 月" above "- 3 日，…"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.text.dates import dates

MOST_BESIDE = 3
"""Letters and digits beside its date up to which a heading says nothing but a time."""
LONGEST_DATED_LINE = 400
"""Characters beyond which a line is a paragraph and no entry of a timeline."""

_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_TENS = "一二三四五六七八九十"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_RANGED = rf"(?=\s*[-–—~～至到]\s*{_DAY}\s*[日号])"
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d{2}(?!\d)")
_MONTH_ALONE = re.compile(
    rf"\W*(?:(?P<n>{_MONTH})\s*月份?|(?P<c>十[一二]?|[一二三四五六七八九])月份?|{_NAMED.format('e')})(?![\w-])\W*",
    re.IGNORECASE,
)
_DAY_MARK = "(?:日(?![内后均前线间游元活志益子常程历用报本])|号(?![线楼院门机工厅馆店位炉车码]))"
_CHINESE = rf"(?:(?P<m>{_MONTH})\s*月\s*)?(?P<d>{_DAY})(?:\s*{_DAY_MARK}|{_RANGED})"
_ENGLISH = (
    rf"{_NAMED.format('m2')}\s+(?P<d2>{_DAY})(?:st|nd|rd|th)?(?![\w.])"
    rf"|(?P<d3>{_DAY})(?:st|nd|rd|th)?\s+(?:of\s+)?{_NAMED.format('m3')}"
    rf"|(?:on the\s+)?(?P<d4>{_DAY})(?:st|nd|rd|th)\b"
)
_SPAN = re.compile(rf"{_MONTH}\s*月?\s*[-–—~～至到/、]\s*{_MONTH}\s*月")
_WHOLE_MONTH = (
    rf"{_NAMED.format('m8')}(?=\s*[:：,，]|\s+[-–—])"
    rf"|(?P<m5>{_MONTH})\s*月(?:份|[初中底末]|[上中下]旬)?(?=\s*[:：，,、\s]|\s?[–—])"
)
_NUMERIC = rf"(?P<m6>{_MONTH})[-/.](?P<d6>{_DAY})(?=\s*[:：，,]|\s+[^\s\d%])"
_BARE = rf"(?P<d7>{_DAY})(?=\s*[:：]\s|\s+[-–—]\s)"
_LEAD = r"\s*(?:[-*+•]\s+)?"
_OPENS = re.compile(rf"{_LEAD}(?:{_CHINESE}|{_ENGLISH}|{_WHOLE_MONTH}|{_NUMERIC}|{_BARE})", re.IGNORECASE)
_FOLLOWS = re.compile(rf"(?:(?<=[，,；;。、])|(?<=\.)\s)\s*(?:{_CHINESE}|{_ENGLISH})", re.IGNORECASE)
_INSIDE = re.compile(
    rf"(?<![\d.每第近连续共前后])\s(?P<d>{_DAY})\s*(?=日){_DAY_MARK}"
    rf"|\bon the (?P<d4>{_DAY})(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_GLUE = re.compile(r"\s*[，,、:：]\s*|\s+[-–—]\s+|\s*")
_TO = tuple("-–—~～至到")
_END = re.compile(r"[\s，,；;、]+$")


@dataclass(frozen=True, slots=True)
class Period:
    """The year that headings give, and the month ("" for none); `alone` where the innermost says nothing else."""

    year: str
    month: str
    alone: bool


@lru_cache(maxsize=1 << 10)
def period(above: tuple[str, ...]) -> Period | None:
    """The time that headings, from the outermost on, are headings of; None where they give no year, or a day."""
    found: Period | None = None
    for heading in above:
        years = set(_YEAR.findall(heading))
        stated = dates(heading)
        if len(years) == 1:
            isos = {date.iso for date in stated if len(date.iso) > len("YYYY")}
            if any(len(iso) > len("YYYY-MM") for iso in isos):
                return None
            month = isos.pop()[5:] if len(isos) == 1 and not _SPAN.search(heading) else ""
            found = Period(years.pop(), month, _says_only(heading))
        elif found is not None and (month := _month_alone(heading)):
            found = Period(found.year, month, alone=True)
    return found


def completed(line: str, time: Period) -> tuple[str, ...]:
    """What `line` says day by day, each with its date written out: () where it gives no day or month of its own."""
    if len(line) > LONGEST_DATED_LINE:
        return ()
    first = _OPENS.match(line)
    if first is not None and (first["d7"] or first["m6"]) and not time.alone:
        first = None
    if first is None and time.alone:
        first = _INSIDE.search(line)
    iso = _iso(first, time) if first is not None else ""
    if first is None or not iso:
        return ()
    starts = [(0, _start(first), first.end(), iso)]
    for match in _FOLLOWS.finditer(line, first.end()):
        between = line[starts[-1][2] : match.start()]
        iso = _iso(match, time)
        if iso and any(char.isalpha() for char in between):
            starts.append((match.start(), _start(match), match.end(), iso))
    return tuple(_written_out(line, starts))


def _written_out(line: str, starts: list[tuple[int, int, int, str]]) -> Iterator[str]:
    ends = [start for start, _, _, _ in starts[1:]] + [len(line)]
    for (start, day, behind, iso), end in zip(starts, ends, strict=True):
        before, after = line[start:day].strip(" -*+•\t"), line[behind:end]
        if after[:1] not in _TO or after[1:2] == " ":
            after = f" {after if before else after[_glue(after) :]}" if before == "" or after[:1].isalnum() else after
        yield _END.sub("", f"{before} {iso}{after}".strip())


def _glue(after: str) -> int:
    match = _GLUE.match(after)
    return match.end() if match else 0


def _start(match: re.Match[str]) -> int:
    """Where the date itself begins."""
    return min(match.start(name) for name, value in match.groupdict().items() if value)


def _iso(match: re.Match[str], time: Period) -> str:
    """The date that a match completes; "" where its month stays unknown."""
    given = {name: value for name, value in match.groupdict().items() if value}
    month = next((_month(value) for name, value in given.items() if name.startswith("m")), time.month)
    day = next((value for name, value in given.items() if name.startswith("d")), "")
    if not month or ("m6" in given and time.month not in ("", month)):
        return ""
    return f"{time.year}-{month}-{int(day):02d}" if day else f"{time.year}-{month}"


def _month(written: str) -> str:
    return f"{int(written) if written.isdigit() else _NAMES.index(written.lower()[:3]) + 1:02d}"


def _month_alone(heading: str) -> str:
    """The month that a heading consists of; "" where it is something else."""
    match = _MONTH_ALONE.fullmatch(heading)
    if match is None:
        return ""
    return (
        f"{len(match['c']) * 10 - 10 + _TENS.index(match['c'][-1]) + 1:02d}"
        if match["c"]
        else _month(match["n"] or match["e"])
    )


def _says_only(heading: str) -> bool:
    """Whether a heading says hardly more than a year and a month."""
    return len(_beside(heading)) <= MOST_BESIDE


def _beside(heading: str) -> str:
    rest = heading
    for date in reversed(dates(heading)):
        rest = rest[: date.start] + rest[date.end :]
    return "".join(_letters(_YEAR.sub("", rest)))


def _letters(text: str) -> Iterable[str]:
    return (char for char in text if char.isalnum() and char not in "年月")
