"""The forms that a line of a note takes: `key: value`, a bare label, a definition, a dated event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.plain import plain_text
from ingest.sentences import sentences
from rag.text.names import has_cjk, strip_numbering
from rag.types import Block, BlockKind

LONGEST_KEY_WIDTH = 30
"""Width (a Chinese character counts 2) beyond which the text before a colon is a clause, not a key."""
MOST_KEY_WORDS = 5
"""Words beyond which the same holds for Latin text."""
LONGEST_TERM = 40
"""Characters beyond which the line above a definition is no term."""
SHORTEST_EVENT = 10
"""Characters a dated line must exceed to say that something happened then."""
LONGEST_EVENT = 200
"""Characters up to which a line that opens with the name of a month is an entry, not a paragraph."""

_MARKER = r"^\s*(?:(?:[-*+•]|\d{1,2}[.)、])\s+)?"
_KEY = re.compile(
    _MARKER + r"(?:\*\*|__)?(?P<key>[^\s:：。！？!?,，；;|*`#\[\]<>(（{][^:：。！？!?；;|*`<>{}]{0,38}?)"
    r"(?:\*\*|__)?\s*(?:(?P<colon>[:：])\s*(?:\*\*|__)?)\s*(?P<value>.*)$"
)
_BOLD_KEY = re.compile(_MARKER + r"\*\*(?P<key>[^*:：]{1,38})\*\*(?P<colon>(?:（[^）]{0,20}）)?)\s*(?P<value>\S.*)?$")
_REMARK = r"\s*(?:（[^）]{0,20}）|\([^)]{0,20}\))?"
_DASH_KEY = re.compile(
    rf"^\s*[-*+•]\s+\*\*(?P<key>[^*:：]{{1,38}})\*\*(?P<colon>{_REMARK}\s+[-–—]{{1,2}}\s)\s*(?P<value>\S.*)$"
)
"""A name in bold, a dash, and what is said of it."""
_DATE_START = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?:\*\*)?\s*"
    r"(?=(?:19|20)\d{2}\s?[-/.年]|(?:19[5-9]|20[0-4])\d(?:\s+(?:[A-Z][a-z]|the )|(?:\*\*)?\s?[:：–—]\s*[^\W\d])"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})"
)
_NAMED_MONTH_START = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?:\*\*)?\s*(?:\d{1,2}(?:st|nd|rd|th)? |(?:(?:early|mid|late)[ -]))?"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?,? (?:19|20)\d{2}\b(?:\*\*)?\s?[:：,–—-]"
)
_BARE_LABEL = re.compile(r"^(?:[-*+]\s+)?\d{1,2}\s*[、.．)]\s*(\S[^。，,:：；;]{0,30})$")
_BRACKETED_URL = re.compile(r"(?<!\])\s*[（(]\s*<?https?://[^\s）)]*>?\s*[）)]\s*")
_LABEL_STOP = re.compile(r"[:：。，,；;！!？?]|https?://")
_DEFINITION = re.compile(r"\s{0,3}[:：]\s+\S")


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line that gives a key. `value` (may be empty) lacks bracketed URLs; `rest` is the line from it on."""

    key: str
    value: str
    rest: str


def is_dashed(raw: str) -> bool:
    """Whether a line is an item with a name in bold, a dash, and what is said of it."""
    return _DASH_KEY.match(raw) is not None


@lru_cache(maxsize=1 << 10)
def key_line(raw: str) -> KeyLine | None:
    """The key of a line and its value, with their markup; None for a line that gives none."""
    text = _BRACKETED_URL.sub("", raw)
    match = _KEY.match(text)
    if match is not None and match["value"].startswith("//"):
        return None
    if match is None:
        match = _DASH_KEY.match(text) or _BOLD_KEY.match(text)
        dashed = match is not None and match["colon"].strip()[-1:] in ("-", "–", "—")
        if match is None or (match["value"] and not dashed and not match["key"].endswith((":", "："))):
            return None
    key = plain_text(match["key"]).strip()
    width = len(key) + (0 if key.isascii() else sum(map(has_cjk, key)))
    many = len(key.split()) > MOST_KEY_WORDS or "，" in key or ", " in key
    many = many or (". " in key and len(sentences(key)) > 1)
    if not key or width > LONGEST_KEY_WIDTH or many or key.isdigit():
        return None
    value = match["value"] or ""
    return KeyLine(match["key"], value, raw[_before_removal(raw, len(text) - len(value)) :])


def _before_removal(raw: str, at: int) -> int:
    """Where in `raw` the character stands that is at `at` once bracketed links are removed."""
    for link in _BRACKETED_URL.finditer(raw):
        if link.start() < at:
            at += link.end() - link.start()
    return at


def bare_label(plain: str) -> str | None:
    """The label of a numbered line that holds nothing else: "3、Foo" gives "Foo"."""
    match = _BARE_LABEL.match(plain)
    return match.group(1).strip() if match else None


def is_event(raw: str, plain: str) -> bool:
    """Whether a line opens with a date and goes on."""
    named = len(plain) <= LONGEST_EVENT and _NAMED_MONTH_START.match(raw) is not None
    return (named or _DATE_START.match(raw) is not None) and len(plain) > SHORTEST_EVENT


def item_label(block: Block) -> str | None:
    """The name that opens a list item on a line of its own and that the item's other lines are about."""
    if block.kind is not BlockKind.ITEM:
        return None
    head, _, rest = block.plain.strip().partition("\n")
    if not rest.strip():
        return None
    head = strip_numbering(head).strip()
    named = 2 <= len(head) <= 30 and len(head.split()) <= 4 and not _LABEL_STOP.search(head)
    return head if named else None


def whole_label(block: Block) -> str | None:
    """The name that a list item consists of; None where it says more, or gives a key."""
    text = strip_numbering(block.plain.strip()).strip()
    named = 2 <= len(text) <= 30 and len(text.split()) <= 5 and "\n" not in text and not _LABEL_STOP.search(text)
    return text if named else None


def defined_terms(lines: Sequence[str]) -> dict[int, str]:
    """Lines of a definition list: index of each definition (": meaning") to the term on the line above."""
    found: dict[int, str] = {}
    for at in range(1, len(lines)):
        term = lines[at - 1].strip()
        if _DEFINITION.match(lines[at]) and 1 < len(term) <= LONGEST_TERM and not _LABEL_STOP.search(term):
            found[at] = strip_numbering(term).strip("*` ")
    return found
