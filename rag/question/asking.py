"""What sort of answer a question wants: the intents that wordings show, and those that its build shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.mentions import Mention
from rag.question.wording import find_concepts, intent, words
from rag.text.stem import stem

INTENTS = (
    "list", "count", "compare", "timeline", "link", "howto", "definition", "conflict", "yesno", "negated", "unstated",
    "superlative_max", "superlative_min", "which", "each", "earliest", "latest", "before", "after",
    "between", "neighbour", "only",
)  # fmt: skip
_WHETHER = "有没有"
_PLURAL = r"[a-z\-]{2,}(?<!s)s(?<!this)(?<!does)(?<!was)(?<!has)(?<!\bits)"
_WHICH_PLURAL = re.compile(rf"(?:which|what)\s+((?:[a-z\-]+\s+){{0,2}}?)({_PLURAL})\b(?!\s+(?:is|was|has|does|did)\b)")
"""English questions for several things: "which open models", "what tools"."""
_KIND_PLURAL = re.compile(
    r"(?:which|what)\s+(?:[a-z\-]+\s+){0,3}?(?:models|projects|tools|systems|products|ones|things|libraries|frameworks"
    r"|datasets|methods)\b"
)
_PHRASE = re.compile(
    rf"(?:[a-z0-9'\-]+ ){{0,4}}?(?P<head>{_PLURAL}) (?:(?:in|on|from) (?:the|my|our|these|those) [a-z]+ )?"
    r"(?:announced|released|published|made|built|trained|based|licensed|that|which|who|with|without|from|by|supporting|using|under|over"
    r"|below|above|launched|introduced|written|running|available|doing|having|costing|weighing|where|whose|cheaper"
    r"|heavier|lighter|older|newer|bigger|smaller|faster|sold|offered|rated)\b"
)
"""English list questions without a verb: "engines written in Rust", "bodies without a viewfinder"."""
_EITHER_KIND = re.compile(rf"(?:which|what)\s+(?:[a-z\-]+\s+){{1,2}}?(?:or|and)\s+({_PLURAL})\b")
""""Which pumps or valves": either is what is asked for."""
_ALL_OF = re.compile(
    rf"all\s+(?:of\s+)?(?:the\s+|my\s+|our\s+)?(?:[a-z0-9\-]+\s+){{0,3}}?{_PLURAL}\b(?!\s+(?:is|are|was|were|do|did|have)\b)"
)
""""All chat models", with no verb."""
_WHICH_FEW = re.compile("哪[两三四五六七八九十][个款种台家张只样位支条本项类份把辆部件]")
_PLACE = re.compile(r"^([^表]{1,6}?)(?:里面|里头|里的|里|中的)")
"""Among what a Chinese question looks: "镜头里哪些..."."""
_BEFORE_WHICH = re.compile(r"(?:的|(?<=里))([^的里,]{1,6}?)(?:都|一共|总共)?(?:有|是)(?:哪|几|谁)")
"""What sort of thing is asked for, before the question word: "...的任务库有哪几个"."""
AFTER_WHICH = re.compile(r"(?:哪些|哪几.|多少|所有|全部|which|what|how many|list all|list|all)\s*(?:of the )?(.{1,18})")
_EXIST = re.compile(r"(?:笔记里?|里面)?[都还]?有什么[^,，。?？是]{2,8}[?？]?$")
""""有什么框架" asks which there are, where nothing is named that has them."""
_EXISTS = re.compile(r"有(?:哪.|多少)$|(?:所有|全部)$")
""""有哪些…" asks which there are of what follows, all of it a noun; behind "哪些…" more may be said of the things."""
_PHRASE_ENDS = re.compile(r"[的,，?？。.!！;；是有能可在]")
_NOUN_ENDS = re.compile(r"\s*(?:$|[?？.。!！,，;；是有可能])")
_COUNTS_ZH = re.compile(
    r"(?<![这那好前后上下第哪每各某十百千万\d])(?<!有没有)(?:几|多少)[个款种台家样只位](?:人|人员)?"
    r"(?=\s*(?:[啊呀呢吧了呐哇嘛]|出来)*\s*(?:$|[?？.。!！,，;；]))"
    r"|(?:一共|总共|共|合计|统共)[^,，?？]{0,12}?(?<![这那哪第])(?:几|多少)[个款种台家样只位]"
    r"|有几[个款种台家样只位](?!个)"
)
"""How many there are, at the end of what is asked or after "in all": "一共记了几个". Not "这几个", "哪几款"."""
_COUNTS_EN = re.compile(
    r"^(?:what's |what is |give me )?(?:the )?(?:total )?number of (?:[a-z\-]+ ){0,2}?[a-z\-]{3,}s\b"
)
_WHETHER_ENDS = re.compile(r"(?<![什怎多那这要])么[?？]?$|[有能会是支可行][^哪谁什几多怎,，]{0,12}[不没][?？]?$")
"""A yes/no question by its last word: "能离线不", "有中文没"."""
_SOME_OF = re.compile(
    r"有(?:什么|些什么)[^,，?？]{1,12}的[?？]?$|\bones (?:please|pls)\b|^(?:give|show) me (?:the )?[a-z\-]+ ones\b"
)
"""Things of some sort: "有什么不要钱的", "free ones please"."""
_HOW = re.compile(r"怎么(?!样|说|看|才|这|那|会|回|没|还|不|就|了|卖|收|算|理解|评价|做到|来的)(?!.*的[?.!]?$)")
"""How something is done, not how it was done."""
_NOMINAL = re.compile(r"的[?.!]?$")
_ASKS = re.compile(r"谁|哪|什么|几|多|吗|怎|何|是|呢")
_TWO = 2
_BESIDE = range(8)
"""Characters between "after" and a name for the thing to be a point in time."""


def intents(normal: str, mentions: Sequence[Mention], *, dated: bool) -> frozenset[str]:
    """The intents of a normalised question; `dated` tells whether it speaks of dates."""
    found = {name for name in INTENTS if intent(name).search(normal)}
    if _WHETHER in normal:  # "有没有" asks whether there is one and denies nothing
        plain = normal.replace(_WHETHER, " ")
        found -= {name for name in ("negated", "unstated") if not intent(name).search(plain)}
    if not mentions and _EXIST.match(normal):
        found.add("list")
    if _lists_by_build(normal) and not (len(mentions) >= _TWO and "compare" in found):
        found.add("list")
    if _COUNTS_ZH.search(normal) or _COUNTS_EN.search(normal):
        found.add("count")
    if _WHETHER_ENDS.search(normal):
        found.add("yesno")
    if _HOW.search(normal):
        found.add("howto")
    if "howto" in found:
        found.discard("list")
    if not dated:
        found -= _conditions(normal, mentions)
    return frozenset(found)


def _plural_asked(normal: str) -> str:
    """The plural noun behind "which"; "" for none, also where it only looks like one ("which model decodes")."""
    found = _WHICH_PLURAL.search(normal)
    if found is None or found[2] in words("verb_in_s"):
        return ""
    before = found[1].split()
    return "" if before and before[-1] in words("kind") else found[2]


def _lists_by_build(normal: str) -> bool:
    """Whether a question asks for several things by its build and not by a wording."""
    if _KIND_PLURAL.search(normal) or (_NOMINAL.search(normal) and _ASKS.search(normal) is None):
        return True
    if _ALL_OF.match(normal) or _plural_asked(normal) or _WHICH_FEW.search(normal) or _SOME_OF.search(normal):
        return True
    return normal.split(" ", 1)[0] not in words("opening") and _PHRASE.match(normal) is not None


def _head(phrase: str) -> str:
    """The word for the sort of thing at the beginning of a phrase: "huts" of "huts open", of "stone huts open"."""
    first, _, rest = phrase.partition(" ")
    second = rest.partition(" ")[0]
    plural = [re.fullmatch(_PLURAL, one) is not None for one in (first, second)]
    return second if plural == [False, True] else first


def says_kind(word: str, normal: str) -> bool:
    """Whether a word (as a token) of a question says what sort of thing is asked for, or where to look for it."""
    for match in AFTER_WHICH.finditer(normal):
        if not word.isascii() and _EXISTS.search(normal[: match.start()] + match.group()[:2]):
            phrase = _PHRASE_ENDS.split(match[1], maxsplit=1)[0]
            if word in phrase:
                return phrase.endswith(word)
        if not word.isascii() and match[1].startswith(word):
            return not _tells_apart(match[1][len(word) :])
        if stem(_head(match[1])) == word:
            return True
    if not word.isascii():
        if re.search(rf"哪(?:些|几.)[^的,]{{1,5}}?(?:或者|或|和|跟|、){re.escape(word)}", normal):
            return True
        return any(match[1].endswith(word) for found in (_PLACE, _BEFORE_WHICH) for match in found.finditer(normal))
    if stem(_plural_asked(normal)) == word:
        return True
    other = _EITHER_KIND.search(normal)
    if other is not None and stem(other[1]) == word:
        return True
    phrase = _PHRASE.match(normal) if normal.split(" ", 1)[0] not in words("opening") else None
    return phrase is not None and stem(phrase["head"]) == word


def _tells_apart(rest: str) -> bool:
    """Whether what follows a word right behind "which" is the noun that it tells apart: "models" of "chat models"."""
    found = intent("kind").search(rest)
    if found is not None and not found.start():
        return True
    noun = next((span for span in find_concepts(rest) if not span.start), None)
    return noun is not None and _NOUN_ENDS.match(rest, noun.end) is not None


def _conditions(normal: str, mentions: Sequence[Mention]) -> set[str]:
    """Intents of an order in time that "before" and "after" only seem to show: they state a condition."""
    if intent("timeline").search(intent("condition").sub(" ", normal)):
        return set()
    for match in intent("condition").finditer(normal):
        if any(match.start() - m.end in _BESIDE or m.start - match.end() in _BESIDE for m in mentions):
            return set()
    return {"timeline", "before", "after", "between"}
