"""Inline markup of one block: plain text and links, in one linear pass.

markdown-it-py finds the blocks; the inline part is done here because notes need what CommonMark lacks:
emphasis beside Chinese punctuation (`**“词”**后`), bare and run-together URLs that stop at Chinese
characters, and the line of every link. The plain text has as many lines as the source, so line i of one is
line i of the other. Every pattern is bounded or deterministic: hostile input costs linear time.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.inline_patterns import (
    ATTRIBUTE,
    BLOCK_TAGS,
    DESTINATION,
    ESCAPED,
    INLINE_TAGS,
    LABEL,
    MARK,
    PLAIN_DESTINATION,
    TOKEN,
)
from rag.types import Link

# `</s>` is also written as plain text (the end mark of a sequence): a tag only when one was opened.
_ONLY_IN_PAIRS = frozenset({"s", "q", "i", "b", "u"})
_OPENERS_KEPT = 32
"""How many unclosed brackets are remembered: real notes nest two, and more would make joining quadratic."""


@dataclass(frozen=True, slots=True)
class Inline:
    """The plain text of a block and the links in it."""

    plain: str
    links: tuple[Link, ...]


def label(text: str) -> str:
    """The form under which reference labels are compared."""
    return " ".join(text.split()).casefold()


def inline(text: str, line: int = 1, targets: Mapping[str, str] | None = None) -> Inline:
    """Plain text and links of `text`, whose first line is `line` of the note.

    `targets` maps reference labels (as `label` makes them) to link targets, and `^id` of footnotes to "".
    """
    cleaned = _stripped(text)
    if not may_be_marked(cleaned) or TOKEN.search(cleaned) is None:
        return Inline(cleaned, ())
    scanner = _Scanner(cleaned, line, targets or {})
    scanner.run()
    return Inline(_stripped("".join(scanner.out)), tuple(scanner.links))


def may_be_marked(text: str) -> bool:
    """Whether a text holds any character that inline markup cannot do without."""
    return MARK.search(text) is not None


def _stripped(text: str) -> str:
    """`text` without space at the ends of its lines."""
    return "\n".join(part.strip() for part in text.split("\n")) if "\n" in text else text.strip()


@dataclass(slots=True)
class _Bracket:
    """An opening bracket that may become a link."""

    out: int
    position: int
    links: int
    line: int


@dataclass(slots=True)
class _Scanner:
    text: str
    first_line: int
    targets: Mapping[str, str]
    out: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    position: int = 0
    brackets: list[_Bracket] = field(default_factory=list)
    anchors: list[tuple[str, _Bracket]] = field(default_factory=list)
    marks: dict[str, list[int]] = field(default_factory=dict)
    open_tags: dict[str, int] = field(default_factory=dict)
    runs: dict[int, list[int]] | None = None
    comments_end: bool = False
    counted: int = 0
    newlines: int = 0

    def run(self) -> None:
        text = self.text
        while (match := TOKEN.search(text, self.position)) is not None:
            self.out.append(text[self.position : match.start()])
            self.position = match.end()
            kind = match.lastgroup
            token = match.group()
            if kind == "escape":
                self.out.append(token[1])
            elif kind == "mark":
                self._mark(match.start(), token)
            elif kind in ("open", "image"):
                self._open_bracket(match.start(), token)
            elif kind == "close":
                self._close_bracket(match.start())
            elif kind == "code":
                self._code(match.start(), token)
            elif kind in ("url", "site"):
                self._bare(match.start(), token)
            elif kind == "autolink":
                self._add("", token[1:-1].removeprefix("mailto:"), match.start())
                self.out.append(token[1:-1])
            elif kind == "tag":
                self._tag(match.start(), token)
            elif kind == "comment":
                self._comment(match.start())
            elif kind == "entity":
                self.out.append(html.unescape(token).replace("\u00a0", " ").replace("\n", " "))
        self.out.append(text[self.position :])

    def _line(self, position: int) -> int:
        """The line of `position`; positions only grow, so each newline is counted once."""
        if position < self.counted:
            return self.first_line + self.text.count("\n", 0, position)
        self.newlines += self.text.count("\n", self.counted, position)
        self.counted = position
        return self.first_line + self.newlines

    def _add(self, text: str, target: str, position: int) -> None:
        self.links.append(Link(text, target, self._line(position)))

    def _skip(self, start: int, end: int) -> None:
        """Drop source text but keep its line breaks."""
        self.out.append("\n" * self.text.count("\n", start, end))
        self.position = end

    def _mark(self, start: int, run: str) -> None:
        text, end = self.text, start + len(run)
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        joined_before = before.isascii() and before.isalnum()
        joined_after = after.isascii() and after.isalnum()
        tight = run[0] == "_" or len(run) == 1
        closes = not before.isspace() and not (tight and joined_after)
        opens = not after.isspace() and not (tight and joined_before)
        if run[0] == "_" and after == "." and text[end + 1 : end + 2].isalnum():
            closes = False  # a file name such as __main__.py
        openers = self.marks.setdefault(run, [])
        if len(run) > (2 if run[0] == "~" else 3):
            self.out.append(run)
        elif closes and openers:
            self.out[openers.pop()] = ""
        else:
            if opens:
                openers.append(len(self.out))
            self.out.append(run)

    def _open_bracket(self, start: int, token: str) -> None:
        self.brackets.append(_Bracket(len(self.out), start + len(token), len(self.links), self._line(start)))
        del self.brackets[:-_OPENERS_KEPT]
        self.out.append(token)

    def _close_bracket(self, start: int) -> None:
        if not self.brackets:
            self.out.append("]")
            return
        bracket = self.brackets.pop()
        source = self.text[bracket.position : min(start, bracket.position + 1000)]
        footnote = source.startswith("^") and label(source) in self.targets
        target, end = (None, start + 1) if footnote else self._target(start + 1, source)
        if footnote:
            del self.out[bracket.out :]
        elif target is None:
            self.out.append("]")
        else:
            self._link(bracket, target)
        self._skip(start + 1, end)

    def _target(self, after: int, source: str) -> tuple[str | None, int]:
        """The target named behind a closing bracket, or by the bracket's own text, and where it ends."""
        match = PLAIN_DESTINATION.match(self.text, after)
        if match is not None:
            return ESCAPED.sub(r"\1", match[1]), match.end()
        match = DESTINATION.match(self.text, after)
        if match is not None:
            return (match[1] or match[2] or match[3] or "").strip(), match.end()
        match = LABEL.match(self.text, after)
        if match is not None and label(match[1] or source) in self.targets:
            return self.targets[label(match[1] or source)], match.end()
        return self.targets.get(label(source)), after

    def _link(self, bracket: _Bracket, target: str) -> None:
        """Turn everything since `bracket` into the text of a link."""
        text = "".join(self.out[bracket.out + 1 :])
        del self.out[bracket.out :]
        self.out.append(text)
        for openers in self.marks.values():
            while openers and openers[-1] >= bracket.out:
                openers.pop()
        # A URL written as the text of a link is that link, not another one.
        self.links[bracket.links :] = [link for link in self.links[bracket.links :] if link.text]
        if target:
            self.links.append(Link(" ".join(text.split()), target, bracket.line))

    def _code(self, start: int, fence: str) -> None:
        if self.runs is None:
            self.runs = {}
            for match in re.finditer("`+", self.text):
                self.runs.setdefault(len(match.group()), []).append(match.start())
        same = self.runs.get(len(fence), [])
        index = bisect_left(same, start + len(fence))
        if index == len(same):
            self.out.append(fence)
            return
        content = self.text[start + len(fence) : same[index]]
        if len(content) > 2 and content[0] == content[-1] == " ":
            content = content[1:-1]
        self.out.append(content)
        self.position = same[index] + len(fence)

    def _bare(self, start: int, url: str) -> None:
        end = _url_end(url)
        scheme_end = url.find("://") + 3 if "://" in url[:8] else 0
        if end <= scheme_end:
            end = len(url)
        else:
            self._add("", ESCAPED.sub(r"\1", url[:end]), start)
        self.out.append(ESCAPED.sub(r"\1", url[:end]))
        self.position = start + end

    def _tag(self, start: int, token: str) -> None:
        name = token.strip("</>").split(None, 1)[0].rstrip("/").lower()
        closing = token.startswith("</")
        known = name in BLOCK_TAGS or INLINE_TAGS.fullmatch(name)
        if not known or (closing and name in _ONLY_IN_PAIRS and not self.open_tags.get(name)):
            self.out.append(token)
            return
        self.open_tags[name] = self.open_tags.get(name, 0) + (-1 if closing else 1)
        if name == "a" and closing and self.anchors:
            target, bracket = self.anchors.pop()
            text = " ".join("".join(self.out[bracket.out :]).split())
            self.links[bracket.links :] = [link for link in self.links[bracket.links :] if link.text]
            self.links.append(Link(text, target, bracket.line))
        elif name == "a" and not closing and (target := _attribute(token, "href")):
            self.anchors.append((target, _Bracket(len(self.out), start, len(self.links), self._line(start))))
            del self.anchors[:-_OPENERS_KEPT]
        elif name == "img" and (target := _attribute(token, "src")):
            alternative = " ".join(_attribute(token, "alt").split())
            self._add(alternative, target, start)
            self.out.append(alternative)
        elif name == "br":
            self.out.append(" ")
        elif name in ("sup", "sub") and not closing:
            self.out.append("^" if name == "sup" else "_")  # 10<sup>6</sup> must not read as 106
        self._skip(start, start + len(token))

    def _comment(self, start: int) -> None:
        end = -1 if self.comments_end else self.text.find("-->", start + 4)
        if end < 0:
            self.comments_end = True
            self.out.append("<!--")
        else:
            self._skip(start, end + 3)


def _url_end(url: str) -> int:
    """Where a bare URL ends: punctuation behind it and a bracket that it does not open are text around it."""
    end = len(url)
    surplus = url.count(")") - url.count("(")
    while end:
        last = url[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last not in ".,;:!?'\"*_~\\":
            break
        end -= 1
    return end


def _attribute(tag: str, name: str) -> str:
    for match in ATTRIBUTE.finditer(tag):
        if match[1].lower() == name:
            return html.unescape(match[2] or match[3] or match[4] or "")
    return ""
