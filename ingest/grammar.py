"""The block grammar of notes: CommonMark by markdown-it-py, with the rules that real notes bend.

Every rule reads the text as it stands, so token lines are the note's lines. Besides markdown-it-py's own
tokens (lists, quotes, fences, html) there are `heading`, `text`, `code_block`, `table` and `html_table`, each
one token with its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from markdown_it import MarkdownIt, rules_block
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from ingest import table_shape
from ingest.heading_rules import bold_heading, heading, line_of, push
from ingest.inline import label
from ingest.prose import is_prose

_MAX_NESTING = 60
"""Deeper nesting is noise in a note and costs Python stack; what lies deeper is read as paragraphs."""

_BOLD_LEAD = re.compile(r"\*\*(?!\s)[^*\n]{1,60}\*\*")
_REFERENCE = re.compile(
    r"\[(?!\^)([^\[\]\n]{1,999})\]:[ \t]{0,20}(?:<([^<>\n]*)>|(\S+))"
    r"(?:[ \t]{1,20}(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*"
)
_FOOTNOTE = re.compile(r"\[(\^[^\[\]\s]{1,99})\]:")
_TABLE_END = re.compile("</table>", re.IGNORECASE)


def tokens(text: str) -> tuple[list[Token], dict[str, str]]:
    """Block tokens of `text` and its link targets by label (footnotes: `^id` to "")."""
    env: dict[str, Any] = {"targets": {}, "open_table": len(text)}
    out: list[Token] = []
    parser = _parser()
    parser.block.parse(text, parser, env, out)
    targets: dict[str, str] = env["targets"]
    return out, targets


_Rule = Callable[[StateBlock, int, int, bool], bool]
_TEXTS = ["paragraph", "reference", "blockquote"]
_BEGINNINGS: dict[str, tuple[str, _Rule, list[str]]] = {
    "fence": ("`~", rules_block.fence, [*_TEXTS, "list"]),
    "blockquote": (">", rules_block.blockquote, [*_TEXTS, "list"]),
    "hr": ("*-_", rules_block.hr, [*_TEXTS, "list"]),
    "list": ("*-+0123456789", rules_block.list_block, _TEXTS),
    "html_block": ("<", rules_block.html_block, _TEXTS),
}
"""Rules of markdown-it-py: the characters that what they read begins with, and what it ends, as there."""


def _beginning(characters: str, rule: _Rule) -> _Rule:
    """`rule`, asked only of lines that begin with one of `characters`: most begin with none."""

    def asked(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        at = state.bMarks[first] + state.tShift[first]
        return at < len(state.src) and state.src[at] in characters and rule(state, first, end, silent)

    return asked


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    ruler = parser.block.ruler
    ruler.disable(["lheading"])
    for name, (first, rule, ended) in _BEGINNINGS.items():
        ruler.at(name, _beginning(first, rule), {"alt": ended})
    ruler.at("code", _indented)
    ruler.before("code", "note_table", _table, {"alt": ["paragraph", "blockquote", "list"]})
    ruler.before("blockquote", "html_table", _html_table, {"alt": ["paragraph", "blockquote"]})
    ruler.at("reference", _reference)
    ruler.at("heading", heading, {"alt": ["paragraph", "blockquote"]})
    ruler.before("paragraph", "bold_heading", bold_heading, {"alt": ["paragraph"]})
    ruler.at("paragraph", _text)
    return parser


def _contents(state: StateBlock, first: int, end: int) -> str:
    return "\n".join(line_of(state, line) for line in range(first, end))


def _indented(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Code by indentation. If it reads as prose, its lines lose their indentation and other rules decide."""
    if silent or not state.is_code_block(first):
        return False
    last = line = first
    while line < end:
        if not state.isEmpty(line):
            if not state.is_code_block(line) or _table(state, line, end, True):
                break
            last = line + 1
        line += 1
    filled = [line for line in range(first, last) if not state.isEmpty(line)]
    if is_prose([line_of(state, line) for line in filled]):
        surplus = min(state.sCount[line] for line in filled) - state.blkIndent
        for line in filled:
            state.sCount[line] -= surplus
        return False
    push(state, "code_block", first, last, state.getLines(first, last, 4 + state.blkIndent, False))
    return True


def _text(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A paragraph. Unlike in CommonMark an indented table ends it, and no line that begins bold is lazy."""
    rules: list[Callable[[StateBlock, int, int, bool], bool]] = state.md.block.ruler.getRules("paragraph")
    parent = state.parentType
    state.parentType = "paragraph"
    line = first + 1
    while line < state.lineMax and not state.isEmpty(line):
        if state.sCount[line] - state.blkIndent > 3:
            if _table(state, line, end, True):
                break
        elif state.sCount[line] >= 0 and (
            (state.sCount[line] < state.blkIndent and _BOLD_LEAD.match(line_of(state, line)))
            or any(rule(state, line, end, True) for rule in rules)
        ):
            break
        line += 1
    state.parentType = parent
    push(state, "text", first, line, _contents(state, first, line))
    return True


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    start, stop = state.bMarks[first] + state.tShift[first], state.eMarks[first]
    if state.src.find("|", start, stop) < 0:
        return False

    def line_at(offset: int) -> str | None:
        return line_of(state, first + offset) if first + offset < end else None

    form = table_shape.shape(line_at)
    if form is None:
        return False
    if not silent:
        push(state, "table", first, first + form.end, _contents(state, first, first + form.end))
        state.tokens[-1].meta["shape"] = form
    return True


def _html_table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """`<table>` to `</table>`, blank lines included."""
    start = state.bMarks[first] + state.tShift[first]
    if state.src[start : start + 6].lower() != "<table" or start >= state.env["open_table"]:
        return False
    match = _TABLE_END.search(state.src, start)
    if match is None:
        state.env["open_table"] = start
        return False
    close = match.end()
    last = first
    while last < end and state.eMarks[last] < close:
        last += 1
    if last >= end:
        return False
    if not silent:
        push(state, "html_table", first, last + 1, _contents(state, first, last + 1))
    return True


def _reference(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A link definition on one line: no text of its own. A footnote's definition is text."""
    line = line_of(state, first)
    if silent or not line.startswith("[") or state.is_code_block(first):
        return False
    footnote = _FOOTNOTE.match(line)
    if footnote is not None:
        state.env["targets"].setdefault(label(footnote[1]), "")
        return False
    match = _REFERENCE.fullmatch(line)
    if match is None:
        return False
    state.env["targets"].setdefault(label(match[1]), match[2] or match[3])
    push(state, "definition", first, first + 1, "")
    return True
