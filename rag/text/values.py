"""Numbers and quantities in Chinese and English text, in one normal form."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from rag.text.dates import compatible, dates

KEPT = 1 << 13
"""Texts whose dates and quantities are remembered: the same facts are looked at for one question after the other."""
TOLERANCE = 1e-6
"""Relative difference below which two values are equal: 7 billion written by any multiplier is one number."""

_DIGIT = re.compile(r"\d")
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_NOT_IN_NAME = r"(?:(?<![A-Za-z\d.])|(?<=[1-9]x))"
"""A digit behind a letter belongs to a name (Z8); in "4x80" it does not."""
_LETTER_MAGNITUDE = r"(?:[tbkw]|m(?!m|g|s|in|b|p))(?![A-Za-z])|[ktbm](?=tokens?)"
_NAME_BEFORE = re.compile(r"[A-Za-z]-$")
_NAME_AFTER = re.compile(r"(?!x\d)[A-Za-z]", re.IGNORECASE)

METRES_FROM = 1000
"""From here on "m" behind a number means metres: as many millions would be said in billions."""
_IN_HEADERS = {"t": "tonne", "m": "metre"}
"""Units in a header; behind a number in running text "t" is a trillion and "m" a million."""
_HEADER_PARTS = re.compile(r"(\s*[/／:：_]\s*|\s+)")
_FILE_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s?([kmgtKMGT])[bB]?")
_IN_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]+)[)）\]】]")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit ("" when bare): 70亿 and 7B are (7e9, ""), 99美元 and $99 are (99, "usd")."""

    value: float
    unit: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Words:
    """What `data/units.toml` says, and the pattern of a quantity made of it."""

    magnitudes: dict[str, float]
    units: dict[str, str]
    currencies: dict[str, str]
    scale: dict[str, tuple[str, float]]
    money: frozenset[str]
    files: frozenset[str]
    """Headers over the sizes of files."""
    quantity: re.Pattern[str]


def quantities(text: str) -> list[Quantity]:
    """All quantities of `text` that are not parts of dates or of Latin names, in order of appearance."""
    return list(_quantities(text))


@lru_cache(maxsize=KEPT)
def _quantities(text: str) -> tuple[Quantity, ...]:
    text = compatible(text)
    if not _DIGIT.search(text):
        return ()
    words = _words()
    taken = [(date.start, date.end) for date in dates(text)]
    found: list[Quantity] = []
    for match in words.quantity.finditer(text):
        battery = match["unit"] == _CELLS and match.end("number") == match.start("unit")
        bare = not match["magnitude"] and (not match["unit"] or battery)
        if any(start <= match.start("number") < end for start, end in taken):
            continue
        if bare and _is_in_name(text, match.start("number"), match.end("number")):
            continue
        value = float(match["number"].replace(",", ""))
        metres = (match["magnitude"] or "") == "m" and not match["unit"] and value >= METRES_FROM
        value *= 1.0 if metres else words.magnitudes.get((match["magnitude"] or "").lower(), 1.0)
        unit = "metre" if metres else words.units.get((match["unit"] or "").lower(), "")
        if match["unit"] == "G":
            unit = "gb"
        unit = words.currencies.get(match["currency"] or "", unit)
        if match["unit"] in _DECADE_MARKS and match["number"][-1] == "0" and match.end("number") == match.start("unit"):
            unit = ""  # "the 90s", "1990s"
        end = match.end()
        if unit in _HALVED and (match["unit"].endswith(_HALF) or text.startswith(_HALF, end)):
            value, end = value + 0.5, end + text.startswith(_HALF, end)  # "3 分半", "两年半"
        found.append(Quantity(value, unit, match.start(), end, text[match.start() : end].strip()))
    return tuple(_joined(found, text))


def _joined(found: list[Quantity], text: str) -> Iterator[Quantity]:
    """The quantities with a time that is written in two units as one: "1 min 50 s" is 110 seconds."""
    at = 0
    while at < len(found):
        one, other = found[at], found[at + 1] if at + 1 < len(found) else None
        at += 1
        if other and (one.unit, other.unit) in _PARTS_OF_TIME and not text[one.end : other.start].strip():
            seconds = _base(one, other)[0] + _base(other, one)[0]
            yield Quantity(seconds, "second", one.start, other.end, text[one.start : other.end].strip())
            at += 1
        elif one.unit == "hour" and (minutes := _MINUTES.match(text, one.end)):
            at += other is not None and other.start < minutes.end()
            seconds = 3600 * one.value + 60 * int(minutes[1])
            yield Quantity(seconds, "second", one.start, minutes.end(), text[one.start : minutes.end()].strip())
        else:
            yield one


_HALF = "半"
_HALVED = frozenset(("minute", "hour", "day", "week", "month", "year"))
_DECADE_MARKS = ("s", "S")
_CELLS = "S"
"""Right behind a number it is no second: cells in series, a model, a dealer's letter ("4S")."""
_MINUTES = re.compile(r"(?<=h)\s?([0-5]\d)(?![\w.,:%/-]|\s*[a-z%])")
"""Minutes without their unit behind hours: "4h30", "2 h 45"."""
_PARTS_OF_TIME = (("hour", "minute"), ("minute", "second"), ("day", "hour"))


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are equal, 1 kg and 1000 g too; a missing unit agrees with any."""
    if not units_agree(one, other):
        return False
    left, right = comparable(one, other)
    return abs(left - right) <= TOLERANCE * max(abs(left), abs(right))


def units_agree(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities can be compared: one unit or base unit, or one that may be written for the other."""
    units = {one.unit, other.unit}
    if len(units) == 1 or "" in units or units == {"piece", "token"}:
        return True
    return _base(one, other)[1] == _base(other, one)[1]


def is_size_beside(limit: Quantity, quantity: Quantity) -> bool:
    """Whether a limit is a length of time and the other number a bare one with a multiplier, as sizes are written."""
    timed = _base(limit, limit)[1] == "second"
    return timed and not quantity.unit and not quantity.text[-1:].isdigit()


def in_bytes(quantity: Quantity) -> bool:
    """Whether a quantity is a number of bytes; a bare "g" is one of grams."""
    return _words().scale.get(quantity.unit, (quantity.unit, 1.0))[0] == "mb"


def comparable(one: Quantity, other: Quantity) -> tuple[float, float]:
    """The values of two quantities whose units agree, both in the base unit where both have one."""
    if one.unit == other.unit or "" in (one.unit, other.unit):
        return one.value, other.value
    (left, base), (right, other_base) = _base(one, other), _base(other, one)
    return (left, right) if base == other_base else (one.value, other.value)


def _base(quantity: Quantity, beside: Quantity) -> tuple[float, str]:
    """The value in its base unit; a "g" is grams or gigabytes, as what it is compared with has it."""
    scale = _words().scale
    unit = quantity.unit
    if unit == "g":
        unit = "gb" if scale.get(beside.unit, (beside.unit, 1.0))[0] == "mb" else "gram"
    base, factor = scale.get(unit, (unit, 1.0))
    return quantity.value * factor, base


def unit_spellings(unit: str) -> tuple[str, ...]:
    """How a unit is written, in both languages."""
    return tuple(spelling for spelling, known in _words().units.items() if known == unit)


@cache
def measure_words() -> tuple[str, ...]:
    """The spellings of all units that measure rather than count pieces, in both languages."""
    return tuple(spelling for spelling, unit in _words().units.items() if unit != "piece")


@cache
def _worded() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of numbers in words, and of what only looks like one."""
    raw = tomllib.loads((files("rag.text") / "data" / "units.toml").read_text(encoding="utf-8"))["worded"]
    english = rf"\b(?:{'|'.join(map(re.escape, raw['en']))})\b"
    counters, ones = ("|".join(map(re.escape, raw[name])) for name in ("counters", "one"))
    numeral = rf"[{raw['numerals']}]"
    chinese = rf"(?<!第)(?<!{numeral}){numeral}+(?:{counters})|(?<!第)(?:{ones})"
    number = re.compile(rf"{chinese}|{english}", re.IGNORECASE)
    return number, re.compile("|".join(map(re.escape, raw["unless"])), re.IGNORECASE)


def counts_in_words(text: str) -> bool:
    """Whether a text holds a number in words: "三种", "eight"; "第三" and "一个" are none."""
    number, unless = _worded()
    return number.search(unless.sub(" ", text)) is not None


@cache
def _measured_words() -> re.Pattern[str]:
    """A number in words or a half, and the unit that it counts."""
    raw = tomllib.loads((files("rag.text") / "data" / "units.toml").read_text(encoding="utf-8"))["worded"]
    units = measure_words()
    chinese, english = _any(u for u in units if not u.isascii()), _any(u for u in units if u.isascii() and len(u) > 2)
    some = rf"半个?|[{raw['numerals']}几]+(?:个半|半|多|来|个)?"
    counts = "|".join(map(re.escape, raw["few"]))
    return re.compile(
        rf"(?<![第一{raw['numerals']}])(?:{some})(?P<zh>{chinese})(?![{raw['numerals']}])"
        rf"|\b(?:{counts})[ -](?P<en>{english})\b",
        re.IGNORECASE,
    )


@lru_cache(maxsize=KEPT)
def units_in_words(text: str) -> frozenset[str]:
    """The units of which a text gives a number in words: "半天", "三个月", "nine days"."""
    named = _words().units
    found = (match["zh"] or match["en"] for match in _measured_words().finditer(text))
    return frozenset(named[unit.lower()] for unit in found if unit.lower() in named)


def is_money(unit: str) -> bool:
    """Whether a unit is a currency."""
    return unit in _words().money


def cell_quantities(header: str, value: str) -> list[Quantity]:
    """The quantities of a table cell; bare numbers take the unit and the multiplier that the header states.

    "重量 kg", "价格（万元）", "Paid (k yuan)" over "12.5". A cell may also be a round number in words: "千亿".
    """
    found = quantities(value)
    magnitude = _words().magnitudes.get(value.strip())
    if magnitude is not None and not value.isascii():
        found = [Quantity(magnitude, "", 0, len(value), value.strip())]
    if header.strip().lower() in _words().files and (size := _FILE_SIZE.fullmatch(value.strip())) is not None:
        return [Quantity(float(size[1]), f"{size[2].lower()}b", 0, len(value), value.strip())]
    stated = header_unit(header)
    if stated is None:
        return found
    return [
        replace(q, value=q.value * stated.value, unit=stated.unit) if not q.unit and q.text.strip("0123456789.,") == ""
        else q
        for q in found
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def header_unit(header: str) -> Quantity | None:
    """What one in a column with this header is: 1e4 of "cny" for "价格（万元）"; None where it states no unit."""
    inside = [match[1] for match in _IN_BRACKETS.finditer(header)]
    parts = _HEADER_PARTS.split(header.strip())
    last, before = (parts[-1], parts[-2]) if len(parts) > 2 else ("", "")
    for text in (*reversed(inside), last):
        mark = _words().currencies.get(text.strip()[:1])
        found = quantities(f"1 {text.strip()}")
        if text is last and before.strip() in ("/", "／") and found and _base(found[0], found[0])[1] == "second":
            continue  # a rate: "price / month"
        if mark is not None:
            return Quantity(1.0, mark, 0, 0, text)
        if text.strip() in _IN_HEADERS:
            return Quantity(1.0, _IN_HEADERS[text.strip()], 0, 0, text)
        if found and found[0].start == 0 and (found[0].unit or found[0].value != 1):
            return found[0]
    return None


def _is_in_name(text: str, start: int, end: int) -> bool:
    """Whether a bare number is a part of a Latin name: "5D", "Foo-3.5"."""
    return _NAME_AFTER.match(text, end) is not None or _NAME_BEFORE.search(text, 0, start) is not None


@cache
def _words() -> _Words:
    raw = tomllib.loads((files("rag.text") / "data" / "units.toml").read_text(encoding="utf-8"))
    magnitudes: dict[str, float] = raw["magnitudes"]
    units = {spelling: unit for unit, spellings in raw["units"].items() for spelling in spellings}
    latin = [spelling for spelling in units if spelling.isascii() and spelling.isalpha()]
    other = units.keys() - set(latin)
    long = [word for word in magnitudes if len(word) > 1 or not word.isascii()]
    # 千卡, 千克, 千瓦 are units of their own, and 百度 is no hundred
    stop = {"千": "千(?![卡克瓦米])", "百": "百(?!度)"}
    pattern = (
        rf"(?:(?P<currency>[{re.escape(''.join(raw['currencies']))}])\s?|{_NOT_IN_NAME}){_NUMBER}"
        rf"(?:\s?(?P<magnitude>{_any(long, stop)}|{_LETTER_MAGNITUDE}))?"
        rf"(?:\s?(?P<unit>(?:{_any(latin)})(?![A-Za-z])|{_any(other)}))?"
    )
    scale = {unit: (base, float(factor)) for unit, (base, factor) in raw["scale"].items()}
    return _Words(
        magnitudes,
        units,
        raw["currencies"],
        scale,
        frozenset(raw["kinds"]["money"]),
        frozenset(raw["kinds"]["files"]),
        re.compile(pattern, re.IGNORECASE),
    )


def _any(words: Iterable[str], special: dict[str, str] | None = None) -> str:
    """A pattern of any of `words`, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join((special or {}).get(word, re.escape(word)) for word in ordered)
