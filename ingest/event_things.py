"""The thing that a dated line tells of, with all the words of its name: "2020-06-11：Foo XL"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.text.dates import dates
from rag.text.names import latin_names, name_key

_LEAD = re.compile(r"^[\s\d年月日号.\-/:：~–—*+•]+")
_HEAD_END = re.compile(r"[，,。；;：:（(、—–]| - ")
_CLAUSE = re.compile(r"[,，;；。](?!\d)")
"""Between what happened and what is told of it besides: "Foo 发布 Bar，用 Baz 的数据"."""
_NAME = re.compile(r"[A-Z][\w.+\-]*(?: (?:[A-Z][\w+\-]*|\d{1,2})){1,3}", re.ASCII)
"""Capitalised words and a number, as names of several words are written; sizes and versions are no part of them."""
_CODED = re.compile(r"\d| ")
_GOES_ON = re.compile(r"\s[a-z]")
"""What follows a single word that may as well be who did it: "Foo launches Bar"."""
_OPENING_NAME = re.compile(r"[A-Z][\w.+\-]*\w\+?(?: (?:[A-Z][\w+\-]*|\d+(?:\.\d+)?(?![\w%])))*", re.ASCII)
"""A capitalised word, and those and numbers that follow it as they do in names."""


def subject_of(
    plain: str, linked: Sequence[str], names: Mapping[str, str], chinese: Mapping[str, str], owner: str
) -> str:
    """The thing that the dated line `plain` is about; "" where it names none.

    That is what it links, else the Chinese name that it opens with behind its date, else the last Latin name of the
    first clause that has one, else any Chinese one; else the section's `owner`, else what is written like a name.
    `names` and `chinese` are the source's own (key -> as written).
    """
    own = [text for text in linked if name_key(text) in names]
    first = dates(plain)[:1]
    behind = _LEAD.sub("", plain[first[0].end if first and not plain[: first[0].start].strip(" -*+•") else 0 :])
    clauses = ([run for run in latin_names(clause) if name_key(run) in names] for clause in _CLAUSE.split(behind))
    latin = next((runs for runs in clauses if runs), [])
    folded, head = name_key(plain), name_key(behind)
    held = [key for key in chinese if key in folded]
    opening = sorted((key for key in held if head.startswith(key)), key=len)
    found = next((chinese[key] for key in opening[-1:]), "") if not own else ""
    found = found or next(iter([*own, *latin[-1:], *(chinese[key] for key in held)]), "")
    found = found or _opens_with(behind, names) or owner or _written(behind)
    return whole_name(plain, found, names) if found and found in plain else found


def _opens_with(behind: str, names: Mapping[str, str]) -> str:
    """The longest of the source's names that a text begins with."""
    fitting = (name for name in names.values() if behind.startswith(name) and not behind[len(name) :][:1].isalnum())
    known = max(fitting, key=len, default="")
    return max(known, _opening(behind), key=len) if known else ""


def _opening(behind: str) -> str:
    found = _OPENING_NAME.match(behind)
    return found.group() if found else ""


def _written(behind: str) -> str:
    """What in a text is written like a name: what it begins with, or the last."""
    opening = _opening(behind)
    if opening and (_CODED.search(opening) or not _GOES_ON.match(behind, len(opening))):
        return opening
    written = [run for run in latin_names(behind) if run[0].isupper() and len(run) > 1]
    return next((run for run in reversed(written) if not dates(f"{run} 1, 2000")), "")


def whole_name(plain: str, found: str, names: Mapping[str, str]) -> str:
    """`found`, a name in the line `plain`, with the words beside it that belong to it.

    These are what a longer one of the source's `names` (key -> as written) says, or all that stands between the date
    and the first comma or colon, where that is written as one name.
    """
    key = name_key(found)
    longer = [written for other, written in names.items() if key in other != key and _stands_in(written, plain)]
    if longer:
        return max(longer, key=len)
    head = _HEAD_END.split(_LEAD.sub("", plain), maxsplit=1)[0].strip()
    if not _NAME.fullmatch(head) or key == name_key(head):
        return found
    if head.startswith(f"{found} ") or (key not in names and head.endswith(f" {found}")):
        return head
    return found


def _stands_in(written: str, plain: str) -> bool:
    return (
        written in plain and re.search(rf"(?<![A-Za-z0-9]){re.escape(written)}(?![A-Za-z0-9]|\.\d)", plain) is not None
    )
