"""Whether indented lines are prose or code."""

from __future__ import annotations

import re

_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_COMMENT_START = re.compile(r"#|//|--|/\*|\*\s|\$|>>>|%|<")
_KEY = re.compile(r"[^\s:：=(){}\"'`]{1,20}\s?：")
_SENTENCE_END = re.compile(r"[。！？；：，、…”）」》]$")


def is_prose(lines: list[str]) -> bool:
    """Whether most lines are sentences or labels of a natural language, not code or its comments."""
    return sum(map(_is_sentence, lines)) * 2 > len(lines)


def _is_sentence(line: str) -> bool:
    line = line.strip()
    if _COMMENT_START.match(line):
        return False
    if _KEY.match(line):  # no programming language has a full-width colon
        return True
    cjk = len(_CJK_CHARACTER.findall(line))
    signs = sum(map(line.count, "{}();=<>\\$\"'`"))
    if cjk:
        mostly = cjk * 3 > len(line.replace(" ", ""))
        return cjk > 3 * signs and (mostly or _SENTENCE_END.search(line) is not None)
    words = line.split()
    return len(words) > 5 and signs < 2 and line[:1].isupper() and line[-1] in ".!?:,"
