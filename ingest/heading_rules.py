"""Block rules for headings as notes write them: without a space, underlined, or as a line in bold."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

PSEUDO_LEVEL = 7
"""The level of a line in bold that stands as a heading: below all real ones."""

_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PLAIN_HEADING = re.compile(rf"[{_CJK}\[*\d《「【（(A-Z]")
_BOLD_LINE = re.compile(
    r"(?:\*\*(?!\s)([^*]{1,60})(?<!\s)\*\*|__(?!\s)([^_]{1,60})(?<!\s)__)"
    r"\s*[:：]?\s*([（(][^（）()]*[）)])?\s*"
)
_CLAUSE = re.compile(r"[。！？；;，,!?：:]|\.\s")
_RULE = re.compile(r"-{3,}\s*|={2,}\s*")


def line_of(state: StateBlock, line: int) -> str:
    """The content of a line, without the marks of the blocks around it."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def push(state: StateBlock, kind: str, first: int, end: int, content: str, tag: str = "") -> None:
    """Add one token for the lines from `first` to before `end`, and go on behind them."""
    token = state.push(kind, tag, 0)
    token.map = [first, end]
    token.content = content
    state.line = end


def heading(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    line = line_of(state, first)
    if not line.startswith("#"):
        return _underlined(state, first, end, silent)
    content = line.lstrip("#")
    level = len(line) - len(content)
    if level > 6 or (content and content[0] not in " \t" and not _plainly_heading(content, level)):
        return False
    if not silent:
        content = content.strip()
        bare = content.rstrip("#")
        if not bare or bare[-1] in " \t":
            content = bare.rstrip()
        push(state, "heading", first, first + 1, content, str(level))
    return True


def _plainly_heading(content: str, level: int) -> bool:
    """Whether a heading that lacks its space is meant: not `#tag #other`, `#!`, `#topic#`, `#include`."""
    if "#" in content or not _PLAIN_HEADING.match(content):
        return False
    if level > 1:
        return True
    if content[0].isdigit():
        return re.match(r"\d{1,3}(?:\.\d{1,3})*[.、)）\s]", content) is not None and len(content) > 3
    return not content[0].isascii() or content[0] in "[*" or " " in content.strip()


def _underlined(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A setext heading where it is plainly meant: one short line that is no sentence, after a blank line."""
    below = first + 1
    if silent or below >= end or state.sCount[below] < state.blkIndent or state.is_code_block(below):
        return False
    rule = line_of(state, below)
    if not _RULE.fullmatch(rule) or (first > 0 and not state.isEmpty(first - 1)):
        return False
    content = line_of(state, first).strip()
    if rule.startswith("-") and (len(content) > 60 or _CLAUSE.search(content) or "://" in content):
        return False
    push(state, "heading", first, first + 2, content, "1" if rule.startswith("=") else "2")
    return True


def bold_heading(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A line that is only a short name in bold, perhaps with a colon and a remark in brackets."""
    start = state.bMarks[first] + state.tShift[first]
    if state.src[start : start + 2] not in ("**", "__"):
        return False
    if state.level > 0 and not (silent and state.sCount[first] < state.blkIndent):
        return False
    line = line_of(state, first)
    match = _BOLD_LINE.fullmatch(line)
    if match is None or _CLAUSE.search((match[1] or match[2]).strip().rstrip(":：")):
        return False
    if not silent:
        push(state, "heading", first, first + 1, line, str(PSEUDO_LEVEL))
    return True
