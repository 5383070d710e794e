"""Which language a question is asked in, and which characters are Chinese."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# Han ideographs: iteration mark, zero, extension A, the basic block, compatibility forms, later extensions.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN = re.compile(f"[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
# What stands in quotation marks is spoken about; it says nothing of the language of the sentence around it.
_QUOTED = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」|『[^』]*』|\"[^\"]*\"|`[^`]*`")


def is_cjk(char: str) -> bool:
    """True for a Han ideograph. Kana and hangul, which are written as letters, are none."""
    return _HAN.fullmatch(char) is not None


def language(text: str) -> str:
    """The language, "zh" or "en", decided by the words that hold a sentence together, not by the names in it.

    "X-7B 的参数量是多少" is Chinese however much Latin it holds; "what is 羊驼" is English.
    """
    if not _HAN.search(text):
        return "en"
    sentence = _QUOTED.sub(" ", text)
    chinese = len(_chinese_function_words().findall(sentence))
    english_words = stop_words("en")
    english = sum(word.lower() in english_words for word in _LATIN_WORD.findall(sentence))
    # A tie without function words ("羊驼 license") is shorthand of someone who writes Chinese.
    return "en" if english > chinese else "zh"


@cache
def stop_words(code: str) -> frozenset[str]:
    """The words of language "zh" or "en" that a question holds whatever it asks for."""
    sections: dict[str, set[str]] = {}
    section: set[str] = set()
    for line in files(__package__).joinpath("data/stopwords.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[] "), set())
        elif not line.startswith("#"):
            section.update(line.split())
    return frozenset(sections[code])


@cache
def _chinese_function_words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(stop_words("zh"), key=lambda word: (-len(word), word))))
