"""Among what a list question looks: the table, section or note that it names, and the sort of thing it asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.question.wording import words
from rag.text.language import stop_words
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.tokenise import word_spans
from rag.text.tokenise import words as content_words

LONGEST_PLACE = 14
"""Characters of a Chinese phrase that says which table or section is meant."""
LONGEST_LATIN = 40
"""The same of a Latin one."""
LONGEST_KIND = 8
"""The same of one that says what sort of thing is asked for."""
MOST_WORDS = 5
MOST_RUN = 3
_INSIDE = r"(?:里面|里头|里边|当中|之中|里|中)"
_NO_TABLE = r"(?<![词手仪代发外钟怀腕电水码](?=表))"
"""Before a word for a table: "词表", "手表" are none."""
_AMONG = r"里面|里头|里边|当中|之中|里|中(?=的|,|哪|都|有)"
_COUNTED = r"(?:几[^\W\da-z]|些|[两三四五六七八九十][^\W\da-z])"
_AFTER_WHICH = re.compile(
    rf"(?:哪{_COUNTED}|有什么|有啥|(?:列出|列举|给出|列一下|盘点)(?:所有|全部)?的?)"
    rf"\s*(?P<kind>[^,，。?？的有是]{{1,{LONGEST_KIND}}})"
)
_BEFORE_WHICH = re.compile(
    rf"(?:^|的|里|中|[,，;；])\s*(?P<kind>[^的里中有是都哪共了,，;；]{{1,{LONGEST_KIND}}}?)\s*(?:一共|总共|全部|分别|都|共|还)*"
    rf"(?:有|是|叫|算)?\s*(?:哪{_COUNTED}|谁|啥|几[个款种台家张只样位支条本项类份把辆部件块双副颗]|多少[个款种台家张只样])"
)
_NOMINAL = re.compile(rf"的\s*(?P<kind>[^的里中,，;；?？谁哪什么几多吗]{{1,{LONGEST_KIND}}})[?？.。!]?$")
_ASKED = re.compile(r"谁|哪|什么|几|多少|吗|怎|何|啥|呢")
_ASKED_FIRST = re.compile(r"(?:which|what|how many)\s+(?:of\s+)?(?P<rest>.+)")
_EVERY = re.compile(r"(?:\w+\s+){0,3}?(?:every|each)\s")
_EITHER = re.compile(r"\s+(?:or|and)\s+")
_WORD = re.compile(r"[a-z0-9][a-z0-9'\-./]*|[,;:()?!]")
_PARENTHESIS = re.compile(r"\(([^()]{3,40})\)")
_PLACED = re.compile(
    r"\b(?:in|into|under|from|on|of|across|among|per|inside)\s+(?P<inner>(?:(?!(?:in|under|from|on|of|that|which|were|was|is|are)\b)[\w'\"\-./]+\s+){1,6})(?P<in>(?:%s)\b(?:\s+(?:%s)\b)*)(?:\s+of\s+the\s+(?P<outer>(?:[\w'\-./]+\s+){1,5}?)(?P<of>(?:%s)\b(?:\s+(?:%s)\b)*))?"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a question, in order, that say among what it looks.

    `text` is the stretch of the question that they stand in. `place`: the word behind them for a table, a section or a
    note, as written. `quoted`: they are a heading in quotes. `kind`: they are the sort of thing asked for, whose last
    word must be worded. `leads`: only the beginning may be meant, where a Chinese question goes on without a border.
    """

    words: tuple[str, ...]
    text: str
    place: tuple[str, ...] = ()
    quoted: bool = False
    kind: bool = False
    leads: bool = False

    @property
    def telling(self) -> str:
        """The word for the place, if it is one that few places are called: "timeline", but not "table"."""
        return next((word for word in self.place if word in (*_data("telling", "zh"), *_data("telling", "en"))), "")


@cache
def _data(name: str, language: str) -> tuple[str, ...]:
    read = tomllib.loads((files("rag.question") / "data" / "scope.toml").read_text(encoding="utf-8"))
    return tuple(sorted(map(normalise, read[name].get(language, ())), key=lambda word: (-len(word), word)))


@cache
def _placed_zh(*, behind: bool = False) -> re.Pattern[str]:
    """What names a place where a clause begins, or right `behind` another place."""
    places, that = (("|".join(map(re.escape, _data(name, "zh")))) for name in ("place", "that"))
    start = r"(?:的|,|，)?" if behind else r"(?:^|[,，;；。(（?？])\s*(?:[在看]|按照?|就)?"
    phrase = rf"(?:[^,，;；。(（里哪?？]{{1,{LONGEST_PLACE}}}?|[a-z0-9][a-z0-9 .&'\-]{{1,{LONGEST_LATIN}}}?)"
    again = rf"(?:(?:{that})*(?:{places}))*"
    return re.compile(
        rf"{start}(?:(?P<named>{phrase})\s*(?:{that})*(?<![一每某]个){_NO_TABLE}(?P<place>(?:{places}){again}){_INSIDE}?(?=[^a-z]|$)"
        rf"|(?P<among>{phrase})\s*(?<![这那哪公])(?:{_AMONG})(?=[^程面头边 ]))"
    )


@cache
def _quoted_zh() -> re.Pattern[str]:
    """A heading in quotes below which something stands."""
    places, that = (("|".join(map(re.escape, _data(name, "zh")))) for name in ("place", "that"))
    below = r"(?:下面|底下|下边|之下|以下|下)"
    return re.compile(
        rf'"(?P<named>[^"]{{2,{LONGEST_LATIN}}})"\s*(?:{that})*(?:(?:{places}|标题){_INSIDE}?|{below}|{_INSIDE})'
    )


def _in_chinese(normal: str) -> Iterator[re.Match[str]]:
    at, behind = 0, False
    while at < len(normal):
        match = (behind and _placed_zh(behind=True).match(normal, at)) or _placed_zh().search(normal, at)
        if not match:
            return
        yield match
        at, behind = match.end(), True


@cache
def _placed_en() -> re.Pattern[str]:
    places = "|".join(map(re.escape, _data("place", "en")))
    return re.compile(_PLACED.pattern % ((places,) * 4))


@cache
def _place_of() -> re.Pattern[str]:
    """ "in the table of spare pumps": what is meant stands behind the word for the place."""
    places = "|".join(map(re.escape, _data("place", "en")))
    named = r"(?P<outer>(?:(?!(?:which|what|who|that|are|is)\b)[\w'\-./]+ ?){1,4}?)"
    return re.compile(
        rf"\b(?:in|on|from|under|into) (?:the|my|our|that|this|your) (?P<of>{places}) "
        rf"(?:of|on|about|for|called) (?:the )?{named}"
        r"(?=\s*(?:[,;:.?!]|$|\b(?:which|what|who|that|are|is|and)\b))"
    )


@cache
def _opened() -> re.Pattern[str]:
    """ "the pump table: which ...": what is meant stands first."""
    places = "|".join(map(re.escape, _data("place", "en")))
    return re.compile(rf"(?P<outer>(?:[a-z0-9'\-./]+\s+){{1,5}}?)(?P<of>{places})\s*:")


def places(normal: str) -> list[Phrase]:
    """The phrases of a normalised question that name a table, a section or a note to look in."""
    found: list[tuple[str, str, str]] = []
    quoted: set[str] = set()
    if has_cjk(normal):
        for match in _in_chinese(normal):
            found.append((match["named"] or match["among"], match.group(), match["place"] or ""))
        for match in _quoted_zh().finditer(normal):
            found.append((match["named"], match.group(), ""))
            quoted.add(match.group())
    for match in _placed_en().finditer(normal):
        found += [
            (match[said], match.group(), match[place]) for said, place in (("inner", "in"), ("outer", "of"))
            if match[said]
        ]  # fmt: skip
    found += [(match["outer"], match.group(), match["of"]) for match in _place_of().finditer(normal)]
    opening = _opened().match(normal)
    if opening is not None:
        found.append((opening["outer"], opening.group(), opening["of"]))
    for match in _PARENTHESIS.finditer(normal):
        said = match[1].split()
        if len(said) > 1 and said[-1] in _data("place", "en"):
            found.append((" ".join(said[:-1]), match.group(), said[-1]))
    phrases = {_plain(named): (whole, place) for named, whole, place in found}
    return [
        _phrase(named, whole, place, quoted=whole in quoted)
        for named, (whole, place) in phrases.items() if _words(named)
    ]  # fmt: skip


def _phrase(named: str, whole: str, place: str, *, quoted: bool) -> Phrase:
    """A place as named; a word for a note within the name belongs to what says that it is a place."""
    said = [word for word in named.split(" ") if word not in _data("note", "en")] or [named]
    noted = ("note",) if len(said) < len(named.split(" ")) else ()
    return Phrase(_words(" ".join(said)), whole, (*_place_words(place), *noted), quoted)


def _place_words(text: str) -> tuple[str, ...]:
    language = "zh" if has_cjk(text) else "en"
    return tuple(re.findall("|".join(map(re.escape, _data("place", language))), text)) if text else ()


@cache
def alike(word: str) -> tuple[str, ...]:
    """Other words, as stems, that say the same of a place as `word`: "chinese" of what is headed "国内"."""
    read = tomllib.loads((files("rag.question") / "data" / "scope.toml").read_text(encoding="utf-8"))
    groups = [[stem(other) if other.isascii() else other for other in group] for group in read["alike"].values()]
    also = {stem(said): others for said, others in read["as"].items()}.get(word, [])
    return (*(other for group in groups if word in group for other in group if other != word), *also)


def names_note(phrase: Phrase) -> bool:
    """Whether the place that a phrase names is a whole note."""
    return any(word in (*_data("note", "zh"), *_data("note", "en")) for word in phrase.place)


def is_included(phrase: Phrase) -> bool:
    """Whether a place is only named as one that counts too: "(incl. the small pumps section)"."""
    said = phrase.text.lstrip("(, ，")
    return said.startswith((*_data("included", "zh"), *_data("included", "en")))


@cache
def _largest() -> re.Pattern[str]:
    large = "|".join(map(re.escape, _data("largest", "en")))
    chinese = "|".join(map(re.escape, _data("largest", "zh")))
    return re.compile(
        rf"\b(?:in|on|from|of|under)\s+(?:the|my|our|that|this|your|\w+'s)\s+(?:{large})\s+(?:\w+\s+){{0,2}}?(?:table|sheet|comparison)\b"
        rf"|(?:^|[,，;；。?？])\s*(?:[在按看])?(?:那张|这张|我那张|我的|我这张)?(?:{chinese}){_INSIDE}?"
    )


def largest_table(normal: str) -> str:
    """The stretch of a normalised question that means the largest table: "in the big table"; "" where there is none."""
    found = _largest().search(normal)
    return found.group() if found is not None else ""


def says_standing(word: str) -> bool:
    """Whether a word only says that something stands in a place: "filed", "listed"."""
    said = (*_data("standing", "zh"), *_data("standing", "en"))
    return word in said or word in map(stem, said)


def is_bare(normal: str) -> bool:
    """Whether a question is nothing but what sort of thing is asked for and which of them: "pumps with two outlets"."""
    if has_cjk(normal):
        return _NOMINAL.search(normal) is not None and _ASKED.search(normal) is None
    return _ASKED_FIRST.search(normal) is None and _kind_en(normal) is not None


def is_headless(normal: str) -> bool:
    """Whether a Chinese question is nothing but what things are meant, which it leaves out: "有舵没有桨的"."""
    return normal.rstrip(" ?？。.!！").endswith("的") and _ASKED.search(normal) is None


def kinds(normal: str) -> list[Phrase]:
    """The phrases that say what sort of thing a normalised question asks for, two for "pumps or valves"."""
    found = kind(normal)
    if found is None or has_cjk(found.text):
        return [found] if found is not None else []
    rest = normal.partition(found.text)[2]
    either = _EITHER.match(rest)
    said = _noun_phrase(rest[either.end() :], skipped="that") if either is not None else []
    other = [Phrase(tuple(said), " ".join(said), kind=True)] if said and _is_plural(said[-1]) else []
    return [found, *other]


def kind(normal: str) -> Phrase | None:
    """The first phrase that says what sort of thing a normalised question asks for; None where it says none."""
    return _kind_zh(normal) or _kind_en(normal)


def sorts(normal: str) -> list[Phrase]:
    """The phrases that may say what sort of thing is asked for, common ones too: "models", "the tools table".

    Looser than `kinds`: for those who weigh what they find.
    """
    if not has_cjk(normal):
        return [*_sorts_en(normal), *places(normal)]
    found = _kind_zh(normal, any_word=True)
    return [*((found,) if found is not None else ()), *places(normal)]


def _sorts_en(normal: str) -> list[Phrase]:
    """What stands before the first plural behind "which", or where the question begins."""
    asked = _ASKED_FIRST.search(normal)
    found: list[Phrase] = []
    for text in (*((asked["rest"],) if asked is not None else ()), normal):
        said: list[str] = []
        for word in _WORD.findall(text):
            if not said and any(word in _data(name, "en") for name in ("that", "request", "opening")):
                continue
            if word in _data("ends", "en") or not word[0].isalnum():
                break
            said.append(word)
            if _is_plural(word) or len(said) > MOST_WORDS:
                break
        if said and _is_plural(said[-1]):
            found.append(Phrase(tuple(said), " ".join(said), kind=True))
    return found


def _kind_zh(normal: str, *, any_word: bool = False) -> Phrase | None:
    before = _BEFORE_WHICH.search(normal)
    after = _AFTER_WHICH.search(normal)
    ends = _NOMINAL.search(normal) if _ASKED.search(normal) is None else None
    for match in (after, before, ends):
        if match is None or not (any_word or has_cjk(match["kind"])):
            continue
        text = _plain(match["kind"])
        said = _run(text) if match is after else _words(text)
        if said and (any_word or (said[0] if match is after else said[-1]) not in words("kind")):
            return Phrase(said, text, kind=True, leads=match is after)
    return None


def _run(text: str) -> tuple[str, ...]:
    """The words that a Chinese text begins with, up to one that says nothing."""
    found: list[str] = []
    for start, end in word_spans(text):
        word = text[start:end]
        if word in words("filler") or word in stop_words("zh") or not word.strip():
            break
        found.append(word)
    return tuple(found[:MOST_RUN])


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in content_words(text) if word not in words("filler"))


def _kind_en(normal: str) -> Phrase | None:
    asked = _ASKED_FIRST.search(normal)
    if asked is not None:
        said = _noun_phrase(asked["rest"], skipped="that")
    else:
        if (_WORD.findall(normal) or [""])[0] in _data("opening", "en"):
            return None
        said = _noun_phrase(normal, skipped="request")
        if not said or not (_is_plural(said[-1]) or _EVERY.match(normal)):
            return None
    if not said or said[-1] in words("kind") or len(said[-1]) < 3:
        return None
    return Phrase(tuple(said), " ".join(said), kind=True)


def _noun_phrase(text: str, *, skipped: str) -> list[str]:
    """The words that `text` begins with, up to a verb or a preposition."""
    found: list[str] = []
    for word in _WORD.findall(text):
        if not found and (word in _data(skipped, "en") or word in _data("that", "en")):
            continue
        if word in _data("ends", "en") or not word[0].isalnum():
            break
        if (
            found
            and _is_plural(found[-1])
            and (word.endswith(("ed", "ing")) or (_is_plural(found[-1]) and len(found) > 1))
        ):
            break
        found.append(word)
        if len(found) > MOST_WORDS:
            return []
    return found


def _is_plural(word: str) -> bool:
    return len(word) > 3 and stem(word) != word and word.endswith("s") and not word.endswith("ss")


def _plain(text: str) -> str:
    """A phrase without the little words at its ends."""
    text = text.strip()
    for language in ("zh", "en"):
        for word in _data("that", language):
            if has_cjk(word):
                text = text.removesuffix(word).removeprefix(word).strip()
            else:
                text = re.sub(rf"^{re.escape(word)}\s+|\s+{re.escape(word)}$", "", text).strip()
    return text
