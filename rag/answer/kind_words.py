"""The words for a kind of thing that a question asks for, and how notes say of something that it is one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from rag.answer.relation import is_done
from rag.question.scope import kind
from rag.question.understand import Question, Unit
from rag.question.wording import intent
from rag.text.language import stop_words
from rag.text.lexicon import SURE_TRANSLATION, Lexicon
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.tokenise import is_word, query_tokens, tokenise

LONGEST_NUMBER = 6
"""Characters that may stand before the kind in a heading that names nothing else: "4.1 "."""
LONGEST_ENDING = 2
"""Characters of an ending that makes another word."""
LONGEST_INFLECTION = 3
"""Letters that an English word may have beyond its stem."""
LONGEST_BETWEEN = 12
"""Characters between what tells a kind apart and the word for it: 对话式大语言模型."""
SHORTEST_ROOT = 2
"""Chinese characters of the word that a longer one for the same begins with: 数据 of 数据集."""


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("rag.answer") / "data" / "kinds.toml").read_text(encoding="utf-8"))


def _wordings(name: str, language: str) -> tuple[str, ...]:
    return tuple(_tables()[name].get(language, ()))


@cache
def _any(name: str, language: str) -> str:
    """A pattern of any of the words of a table of data/kinds.toml; one that holds nothing where it has none."""
    return "|".join(map(re.escape, _wordings(name, language))) or "(?!)"


@cache
def leads() -> re.Pattern[str]:
    """What a clause begins with that says more than what something is."""
    return re.compile(rf"{_any('leads', 'zh')}|(?:{_any('leads', 'en')})\b")


@cache
def does() -> re.Pattern[str]:
    """What a description that only says what something is does not hold."""
    return re.compile("|".join(_wordings("patterns", "does")))


@dataclass(frozen=True)
class KindWords:
    """The words for a kind: those that mean just it, and the roots that name it at the end of a description."""

    forms: tuple[str, ...]
    roots: tuple[str, ...]
    such: tuple[str, ...] = ()
    """Words for a thing of any sort that follow: "models" of "chat models"."""
    may_lack_it: bool = False
    """Whether they need not: "which models are frameworks"."""

    def _either(self, forms: Sequence[str]) -> tuple[str, str]:
        """Patterns of the Chinese and the English ones of `forms`."""
        chinese, english = _patterns(forms)
        if not self.such:
            return chinese, english
        chinese_such, english_such = _patterns(self.such)
        may = "?" if self.may_lack_it else ""
        chinese_such = english_such = rf"{chinese_such}|{english_such}"
        return (
            rf"(?:{chinese})(?:[^,;]{{0,{LONGEST_BETWEEN}}}?(?:{chinese_such})){may}",
            rf"(?:{english})(?:[\s\-](?:[a-z]+\s)?(?:{english_such})){may}",
        )

    @cached_property
    def called(self) -> re.Pattern[str]:
        """Clauses that call their subject so: "是一个…框架", "is a framework"."""
        chinese, english = self._either(self.forms)
        other = "|".join(_wordings("patterns", "of_another"))
        copula, adverb = _any("copula", "zh"), _any("adverb", "zh")
        told = (
            rf"^(?:(?!{other})[^,;]{{0,12}}?)?(?:{adverb})?(?<!用的)(?:{copula})(?!基于[^的]*$)[^,;]{{0,40}}"
            rf"(?:{chinese}|\b(?:{english}))(?:$|[(\s])"
        )
        is_a = rf"(?:{_any('copula', 'en')})\s+(?:{_any('article', 'en')})"
        in_english = rf"^(?:\S+\s){{0,4}}{is_a}\b[^.,;]{{0,60}}\b(?:{english})\b"
        return re.compile(f"{told}|{in_english}")

    @cached_property
    def sums_up(self) -> re.Pattern[str]:
        """Sentences that do so over several clauses: "是一个可以…、…的框架"."""
        chinese, _ = self._either(self.forms)
        return re.compile(rf"(?:{_any('copula', 'zh')})(?:{_any('article', 'zh')})[^;]{{0,80}}的(?:{chinese})[;.\s]*$")

    @cached_property
    def ends(self) -> re.Pattern[str]:
        """Descriptions that end with the kind: "…开发的一个框架"."""
        chinese, english = self._either((*self.forms, *self.roots))
        article = _any("article", "zh")
        return re.compile(rf"(?:的|{article})[^的]{{0,14}}(?:{chinese}|\b(?:{english}))$|^an? .*\b(?:{english})$")

    @cached_property
    def label(self) -> re.Pattern[str]:
        """Labels that end with the kind: "LLM 应用开发框架"."""
        chinese, english = self._either(self.forms)
        return re.compile(rf"(?:{chinese}|\b(?:{english}))$")

    @cached_property
    def kind(self) -> re.Pattern[str]:
        """What stands under "kind": the words for it alone will do, among others perhaps."""
        chinese, english = _patterns(self.forms)
        return re.compile(rf"(?:{chinese}|\b(?:{english}))(?:$|[\s,、/;(])")

    def names(self, name: str) -> bool:
        """Whether a name says the kind: "foo-data", "某某数据集"."""
        if self.such:
            return self.label.search(normalise(name)) is not None
        tokens, normal = set(tokenise(name)), normalise(name)
        return any(
            form in tokens if not has_cjk(form) else normal.endswith(form) for form in (*self.forms, *self.roots)
        )

    def heads(self, heading: str) -> bool:
        """Whether a heading names nothing but the kind: "4.1 框架"."""
        normal = normalise(heading).strip()
        match = self.label.search(normal)
        if self.such and not self.may_lack_it:
            chinese, english = self._either(self.forms)
            match = re.match(rf".{{0,{LONGEST_NUMBER}}}?(?:{chinese}|\b(?:{english}))", normal)
            return match is not None
        return match is not None and match.start() <= LONGEST_NUMBER and normal not in self.roots


def _patterns(forms: Sequence[str]) -> tuple[str, str]:
    chinese = "|".join(re.escape(form) for form in forms if has_cjk(form)) or r"(?!)"
    english = "|".join(re.escape(form) + r"\w{0,3}" for form in forms if not has_cjk(form)) or r"(?!)"
    return chinese, english


def asked_kind(question: Question) -> tuple[KindWords | None, list[Unit]]:
    """The words for the kind, in both languages, and what else the things must be; (None, []) unless a kind is asked
    for and nothing but plain words beside it."""
    units = [unit for unit in question.units if len(unit.label) > 1]  # a single character ends a word, or says nothing
    plain = [unit for unit in units if unit.quantity is None]
    if (
        question.mentions
        or question.dates
        or len(plain) != len(units)
        or not plain
        or question.asks("negated", "unstated")
    ):
        return None, []
    head = _head(question, plain)
    further = [unit for unit in plain if unit is not head]
    if head is None or is_done(question, head) or not all(_is_beside(question, unit) for unit in further):
        return None, []
    if head.concept is not None:
        own = [head.surface, *query_tokens(head.surface)]
        translated = [t for word in (head.surface, *own) for t in Lexicon.load().translate(stem(word))]
        forms = {head.surface, *(t.term for t in translated if t.weight >= SURE_TRANSLATION)}
    else:
        forms = {token for token, weight in head.alternatives if weight >= SURE_TRANSLATION}
    forms = {stem(form) if form.isascii() else form.replace(" ", "") for form in forms}
    forms = {form for form in forms if len(form) > 1 and " " not in form}
    compound = _compound(question, head)
    forms = {compound} if compound else forms
    such, before = _such(question, head), _such_before(question, head)
    roots = () if such or compound else tuple(sorted(_roots(forms)))
    return KindWords(tuple(sorted(forms)), roots, such or before, may_lack_it=not such), further


def _head(question: Question, plain: Sequence[Unit]) -> Unit | None:
    """The unit that says what sort of thing is asked for: what things are said to be, or the last of that phrase."""
    phrase = kind(question.normal)
    for unit in reversed(plain):
        if unit.concept is not None and unit.concept.type:
            continue
        said = unit.said
        if re.search(rf"(?:{_said_to_be()})[^\x00-\xff]?{re.escape(said)}", question.normal):
            return unit
        if len(plain) == 1 and _such(question, unit):
            return unit
        if phrase is not None and (said == phrase.text or phrase.text.endswith(said) or stem(phrase.words[-1]) == said):
            return unit
        if phrase is not None and len(plain) == 1 and said in phrase.text:
            return unit
    return None


@cache
def _said_to_be() -> str:
    """What stands before the word for a kind: "哪些是框架", "几个框架"."""
    chinese, english = _any("copula", "zh"), _any("copula", "en")
    counted, many = _any("counted", "zh"), _any("counted", "en")
    return rf"(?:{chinese}|\b(?:{english}))\s?(?:an? |the )?|(?:{counted})\s?|(?:{many}) "


def _compound(question: Question, head: Unit) -> str:
    """The Chinese word for the kind that a short ending, which is no unit, makes of a unit: 库 of 渲染库."""
    said = head.surface or head.label
    found = re.search(rf"{re.escape(said)}[^\x00-\xff]{{1,{LONGEST_ENDING}}}?(?=都?有[哪谁]|[?？]|$)", question.normal)
    if found is None or not has_cjk(said) or _such(question, head):
        return ""
    ending = found.group()[len(said) :]
    return "" if ending in stop_words("zh") or ending[0] in "的都有是了呢吗" else found.group()


def _is_beside(question: Question, unit: Unit) -> bool:
    """Whether a unit stands in the phrase for the sort of thing, and asks for no mark or number."""
    phrase = kind(question.normal)
    plain = unit.concept is None or not unit.concept.type
    return phrase is not None and plain and unit.said in phrase.text


def _such(question: Question, head: Unit) -> tuple[str, ...]:
    """The word for things of any sort, in both languages, that a unit only tells apart: "models" of "chat models"."""
    said = head.surface or head.label
    found = re.search(rf"{re.escape(said)}[a-z]{{0,{LONGEST_INFLECTION}}}\s?的?\s?", question.normal)
    kind_word = intent("kind").search(question.normal[found.end() :]) if found is not None else None
    return _of_any_sort(kind_word) if kind_word is not None and not kind_word.start() else ()


def _such_before(question: Question, head: Unit) -> tuple[str, ...]:
    """The same of "which models are multimodal"."""
    said = re.escape(head.surface or head.label)
    found = re.search(
        rf"(?:{_any('which', 'zh')}|{_any('which', 'en')})\s?(?P<such>[^\s]{{1,12}}?)\s?"
        rf"(?:{_any('copula', 'zh')}|\b(?:{_any('copula', 'en')})) ?[^\x00-\xff]?{said}",
        question.normal,
    )
    kind_word = intent("kind").fullmatch(found["such"]) if found is not None else None
    return _of_any_sort(kind_word) if kind_word is not None else ()


def _of_any_sort(kind_word: re.Match[str]) -> tuple[str, ...]:
    word = stem(kind_word.group()) if kind_word.group().isascii() else kind_word.group()
    translated = (t.term for t in Lexicon.load().translate(word) if t.weight >= SURE_TRANSLATION)
    return tuple(sorted({word, *translated}))


def _roots(forms: set[str]) -> set[str]:
    """The words that longer ones for the same begin with, in both languages: 数据 of 数据集."""
    chinese = {
        form[:SHORTEST_ROOT]
        for form in forms
        if has_cjk(form) and len(form) == SHORTEST_ROOT + 1 and is_word(form[:SHORTEST_ROOT])
    }
    found = set(chinese)
    for form in chinese:
        found |= {t.term for t in Lexicon.load().translate(form) if t.weight >= SURE_TRANSLATION and t.term.isascii()}
    return found - forms - stop_words("en")
