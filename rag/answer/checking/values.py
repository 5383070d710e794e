"""Numbers, units, dates, quotations and addresses of a sentence must stand in what it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.answer.checking.digits import in_digits
from rag.answer.checking.ground import Ground, all_quantities
from rag.answer.wordings import wordings
from rag.text.dates import dates
from rag.text.normalise import normalise
from rag.text.values import Quantity, quantities, same_quantity, unit_spellings

COUNTED = frozenset(("piece", "token", "layer", "times"))
"""Units that only count: a bare number may be told with them."""
NEAR = 24
"""Characters around a number within which a word such as "at least" is about it."""

_NUMBER = re.compile(r"\d[\d.,]*")
_WORD_BEHIND = re.compile(r"[ -]?([a-z]+)")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|「([^」]+)」|『([^』]+)』|《([^》]+)》|`([^`]+)`")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"'()\[\]，。；]+|\bwww\.[^\s，。；]+|[\w.+-]+@[\w-]+\.[\w.]+")
_BARE_ADDRESS = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|cn|ai|dev|example|info|xyz|top|ru)\b(?:/\S*)?", re.I
)


def number_wrong(said: str, cited: Sequence[Ground]) -> str:
    """A number that the evidence lacks, or has with another unit or another bound."""
    found = all_quantities(cited)
    years = {date.iso[:4] for ground in cited for date in ground.dates}
    plain = in_digits(said)
    for quantity in quantities(plain):
        if quantity.unit in ("", "year") and quantity.text.rstrip("年 ") in years:
            continue
        alike = [other for other in found if same_quantity(quantity, other)]
        if not alike:
            if _counts_marks(quantity, plain, cited) or _stands_as_word(quantity, plain, cited):
                continue
            return f"{quantity.text!r} is not in the cited evidence"
        bare = quantity.unit and quantity.unit not in COUNTED and not any(other.unit for other in alike)
        if bare and (not _unit_stands(quantity, cited) or _counts_others(quantity, cited)):
            return f"the unit of {quantity.text!r} is not in the cited evidence"
    return _bound_wrong(plain, cited)


def _counts_marks(quantity: Quantity, said: str, cited: Sequence[Ground]) -> bool:
    """Whether a number only counts the pieces that the sentence puts together: "two cameras … [1][2]"."""
    return quantity.unit in ("", "piece") and len(cited) > 1 and quantity.value == len(cited)


def _stands_as_word(quantity: Quantity, said: str, cited: Sequence[Ground]) -> bool:
    """Whether a number stands in the evidence with the word behind it: "16-bit" where that says "16bit"."""
    behind = _WORD_BEHIND.match(normalise(said[quantity.end :]))
    if quantity.unit or behind is None:
        return False
    pattern = re.compile(rf"(?<![\d.,]){re.escape(quantity.text)}[ -]?{behind[1]}(?![a-z])")
    return any(pattern.search(ground.normal) for ground in cited)


def _unit_stands(quantity: Quantity, cited: Sequence[Ground]) -> bool:
    """Whether the unit stands anywhere in the evidence in any spelling: in a header, the line, a line above, or where
    the note opens."""
    spellings = _spellings(quantity)
    latin = "|".join(re.escape(s) for s in sorted(spellings) if s.isascii()) or "(?!)"
    pattern = re.compile(rf"(?<![a-z])(?:{latin})(?![a-z])")
    chinese = [s for s in spellings if s and not s.isascii()]
    texts = [text for ground in cited for text in (ground.normal, normalise(ground.piece.opening))]
    return any(pattern.search(text) or any(s in text for s in chinese) for text in texts)


def _counts_others(quantity: Quantity, cited: Sequence[Ground]) -> bool:
    """Whether the bare number counts something else wherever the evidence has it: "4 次" for "4 小时"."""
    number = _NUMBER.match(normalise(quantity.text))
    if number is None:
        return False
    pattern = re.compile(rf"(?<![\d.,]){re.escape(number.group())}(?![\d]|[.,]\d)\s?([一-鿿]?)")
    behind = {match[1] for ground in cited for match in pattern.finditer(in_digits(ground.normal))}
    units = tuple(_spellings(quantity))
    return bool(behind) and all(char and not any(unit.startswith(char) for unit in units) for char in behind)


def _spellings(quantity: Quantity) -> set[str]:
    """How a quantity's unit may be written."""
    spellings = {normalise(quantity.text).lstrip("0123456789., "), *unit_spellings(quantity.unit)}
    for group in wordings()["unit"]["alike"]:
        spellings |= set(group) if spellings & set(group) else set()
    return spellings


def _bound_wrong(said: str, cited: Sequence[Ground]) -> str:
    """A number that is a bound in the sentence ("at least") and none, or the opposite one, in the evidence."""
    for quantity in quantities(said):
        own = _bound(said, quantity)
        if own == "":
            continue
        held: set[str] = set()
        for ground in cited:
            for statement in ground.statements:
                text = in_digits(f"{statement.attribute} {statement.text}")
                held |= {_bound(text, q) or _of_attribute(statement.attribute) for q in quantities(text)
                         if same_quantity(q, quantity)}  # fmt: skip
            text = in_digits(ground.piece.text)
            held |= {_bound(text, q) for q in quantities(text) if same_quantity(q, quantity)}
        if held and own not in held:
            return f"{quantity.text!r} is no bound of this kind in the cited evidence"
    return ""


def _bound(text: str, quantity: Quantity) -> str:
    """ "up", "down" or "": on which side of the number the value may lie."""
    before = normalise(text[max(0, quantity.start - NEAR) : quantity.start])
    after = normalise(text[quantity.end : quantity.end + NEAR])
    found = []
    for name in ("up", "down"):
        ahead, behind = _bounds(name)
        if (match := ahead.search(before)) is not None:
            found.append((match.start(), name))
        elif behind.match(after):
            found.append((len(before), name))
    return min(found)[1] if found else ""  # "不要超过" holds "超过" and begins before it


def _of_attribute(attribute: str) -> str:
    normal = normalise(attribute)
    tables = wordings()["bound"]
    for name in ("up", "down"):
        if any(normalise(word) in normal for word in tables[name]["attribute"]):
            return name
    return ""


@cache
def _bounds(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = wordings()["bound"][name]
    ahead = "|".join(re.escape(normalise(word)) for word in table["before"])
    behind = "|".join(re.escape(normalise(word)) for word in table["after"])
    between = r"\s*(?:(?:[a-z]+ ){0,2}|[一-鿿]{0,4})\s*[$€£¥]?\s*"
    return re.compile(rf"(?:{ahead}){between}$"), re.compile(rf"\s?[一-鿿%°]?\s*(?:{behind})")


def date_wrong(said: str, cited: Sequence[Ground]) -> str:
    """A date that the evidence lacks."""
    known = [date.iso for ground in cited for date in ground.dates]
    plain = {quantity.text for ground in cited for quantity in ground.quantities}
    for date in dates(said):
        if not any(iso.startswith(date.iso) for iso in known) and date.iso not in plain:
            return f"the date {date.iso} is not in the cited evidence"
    return ""


def quote_wrong(said: str, cited: Sequence[Ground]) -> str:
    """A quotation or an address that the evidence lacks."""
    for match in _QUOTED.finditer(said):
        quoted = next(group for group in match.groups() if group)
        if not any(_dense(quoted) in ground.dense for ground in cited):
            return f"the quotation {quoted!r} is not in the cited evidence"
    for pattern in (_ADDRESS, _BARE_ADDRESS):
        for match in pattern.finditer(said):
            address = match.group().rstrip(".,;:!?")
            if not any(_dense(address) in ground.dense for ground in cited):
                return f"the address {address!r} is not in the cited evidence"
    return ""


def _dense(text: str) -> str:
    return "".join(normalise(text).split())
