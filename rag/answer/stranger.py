"""The thing that a question is about, where its name is written out and the corpus lacks it.

"青岚海 3 号 的价格" and "Foo S: what is its price?" name something, though every character and code of it may occur in
the notes, in other names. What the notes say of others is no answer then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.answer.context import Context
from rag.answer.sides import sides
from rag.index import Term
from rag.question.asking import INTENTS
from rag.question.mentions import Mention, edit_distance
from rag.question.near_names import is_unlisted
from rag.question.spelling import capitalised
from rag.question.understand import Question
from rag.question.wording import find_concepts, intent, words
from rag.text.language import stop_words
from rag.text.lexicon import Lexicon
from rag.text.names import is_variant, name_key
from rag.text.normalise import normalise, without_accents
from rag.text.tokenise import query_tokens, word_spans

_RUN = re.compile(r"[一-鿿]{2,}")
_CODE = re.compile(r"\s?(?:[a-z]+\d[\w.]*|\d+(?:\.\d+)?\s?[号型]|[a-z][\w.+\-]*)(?=\s|[^\w]|[一-鿿]|$)(?:\s?[号型])?")
"""What makes a Chinese name one of a series: "3 号", "t5", "mini"."""
_COUNTED = re.compile(r"(?:几|多少|数|[一二两三四五六七八九十百千]+)[一-鿿]")
"""A number or "how many" with a measure word: what follows is counted, not named."""
_REST = r"(?P<code>(?:[ \-]?(?:[a-z]|[a-z]*\d[\w.]*{capitals})(?![a-z]))*)"
_BEHIND = r"\s*(?P<behind>的|:|'s\b)?"
_SIDE_CODE = re.compile(r"[a-z0-9.\-]+(?:\s(?:[ivx]+|\d[\w.]*|pro|max|plus|mini|ultra)(?![\w]))*")
"""A name with the codes behind it: "Foo 5 II"."""
_SERIES = re.compile(r"(?<![\w.\-])(?P<name>[a-z]{2,})(?P<joint>[\-]?)(?P<number>\d{1,2}(?:\.\d)?)(?![\w.\-%])")
"""One of a series of versions: "foo-5"."""
NEIGHBOURS = 9
"""Whole versions of which the notes may name one for a name to be a series."""
MOST_LOOKED_THROUGH = 40
"""Passages, the likeliest to hold a name first, that are looked through for it."""
SHORTEST = 2
"""Characters of a Chinese name."""
SHORTEST_SLIP = 3
"""Characters from which a name with one other character may be a known one misspelt."""


def stranger(context: Context) -> str:
    """The name as the question writes it; "" where the question is about nothing unknown."""
    question = context.question
    for found in (*_numbered(context), *_versioned(context), *_chinese(context), *_latin(question)):
        return _as_written(found.strip(), question.text)
    return ""


def unheard_side(context: Context) -> str:
    """Of the things put side by side the one that the notes never name, as the question writes it; "" for none."""
    question, known = context.question, context.snapshot.document_frequency
    found = sides(question)
    written = capitalised(question.text)
    for side in found if any(side.mention is not None for side in found) else ():
        word = side.surface
        named = word.isascii() and (word in written or any(char.isdigit() for char in word))
        if side.mention is None and named and word[0].isalpha() and not _is_held(word, known):
            whole = _SIDE_CODE.match(question.normal, side.start)
            return _as_written(whole.group() if whole is not None else word, question.text)
    return ""


def _is_held(word: str, known: Callable[[str], int]) -> bool:
    """Whether the notes hold a part of a name that has letters."""
    return any(known(token) for token in query_tokens(word) if any(char.isalpha() for char in token))


def _chinese(context: Context) -> Iterator[str]:
    """Chinese names with a code behind them, in none of which a known name begins."""
    question = context.question
    normal = question.normal
    for run in _RUN.finditer(normal):
        code = _CODE.match(normal, run.end())
        if code is None or any(_is_named_by(m, code) for m in question.mentions):
            continue
        start = _name_start(context, run.start(), run.end())
        if run.end() - start < SHORTEST or any(m.start < run.end() and start < m.end for m in question.mentions):
            continue
        name = normal[start : run.end()]
        if _COUNTED.fullmatch(name) or name in stop_words("zh"):
            continue
        if not _is_told(context, name) and not _is_slip(context, name):
            yield normal[start : code.end()]


def _numbered(context: Context) -> Iterator[str]:
    """Chinese names of a series of which the corpus has other numbers: "某某二号" beside "某某一号"."""
    for mention in context.question.mentions:
        if is_unlisted(mention, context.names) and not _is_told(context, mention.surface):
            yield mention.surface


def _versioned(context: Context) -> Iterator[str]:
    """Names with a version that the notes lack, while they name things by the same with another: "foo-5"."""
    question, find = context.question, context.names.find
    for found in _SERIES.finditer(question.normal) if not question.mentions else ():
        name, joint = found["name"], found["joint"]
        others = (f"{name}{joint}{number}" for number in range(1, NEIGHBOURS + 1) if str(number) != found["number"])
        if not _is_told(context, found.group()) and any(find(name_key(other)) is not None for other in others):
            yield found.group()


def _is_named_by(mention: Mention, code: re.Match[str]) -> bool:
    """Whether a code is what a known thing is called, and not what many are: "Mini"."""
    overlaps = mention.start < code.end() and code.start() < mention.end
    return overlaps and mention.exact and not is_variant(mention.surface)


def _name_start(context: Context, start: int, end: int) -> int:
    """Where the name begins that ends a Chinese run; `end` where all of it are words.

    It begins behind the last word that questions or the notes use, and holds something that is no word at all.
    """
    normal = context.question.normal
    at, strange = end, False
    for first, last in reversed(word_spans(normal[start:end])):
        word = normal[start + first : start + last]
        if _is_plain(context, word):
            break
        at = start + first
        strange = strange or len(word) == 1 or not Lexicon.load().translate(word)
    return at if strange else end


def _is_plain(context: Context, word: str) -> bool:
    """Whether a Chinese word is one of questions or of the notes."""
    if any(word in words(name) for name in ("filler", "pronoun", "ellipsis", "kind")) or find_concepts(word):
        return True
    if any(intent(name).fullmatch(word) for name in INTENTS):
        return True
    return len(word) > 1 and context.snapshot.document_frequency(word) > 0


def _is_told(context: Context, name: str) -> bool:
    """Whether the name stands anywhere in the notes."""
    clauses = [(Term(token),) for token in query_tokens(name)]
    hits = context.snapshot.search_chunks(clauses, MOST_LOOKED_THROUGH) if clauses else []
    whole = re.compile(re.escape(name) + (r"(?![a-z0-9])" if name[-1].isascii() else ""))
    return any(whole.search(normalise(hit.chunk.text)) for hit in hits)


def _is_slip(context: Context, name: str) -> bool:
    """Whether one other character makes the name one that the corpus knows."""
    if len(name) < SHORTEST_SLIP:
        return False
    return any(edit_distance(name, key, 1) <= 1 for key in context.names.keys.chinese_near(name))


def _latin(question: Question) -> Iterator[str]:
    """Latin names that nothing known bears, written with a capital, of which something is asked."""
    written = capitalised(question.text)
    normal = question.normal
    for word in question.unknown:
        rest = _REST.format(capitals="".join(f"|{re.escape(other)}" for other in sorted(written)))
        match = re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9]){rest}{_BEHIND}", normal)
        if match is None or word not in written:
            continue
        before = normal[: match.start()]
        led = any(before.rstrip().endswith(f"{normal[m.start : m.end]} of") for m in question.mentions)
        opens = not before.strip() and bool(match["code"] or match["behind"])
        lone = bool(before.strip()) and not any(m.exact for m in question.mentions) and not question.asks("list")
        if led or opens or lone or match["behind"] == "的":
            yield word + match["code"]


def _as_written(name: str, text: str) -> str:
    at = without_accents(text.casefold()).find(name)
    return text[at : at + len(name)] if at >= 0 else name
