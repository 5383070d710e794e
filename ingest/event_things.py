"""The thing that a dated line tells of, with all the words of its name: "2020-06-11：Foo XL"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.text.names import name_key

_LEAD = re.compile(r"^[\s\d年月日号.\-/:：~–—*+•]+")
_HEAD_END = re.compile(r"[，,。；;：:（(、—–]| - ")
_NAME = re.compile(r"[A-Z][\w.+\-]*(?: (?:[A-Z][\w+\-]*|\d{1,2})){1,3}", re.ASCII)
"""Capitalised words and a number, as names of several words are written; sizes and versions are no part of them."""


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
