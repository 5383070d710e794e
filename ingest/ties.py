"""Which thing of the notes a paper is about: the one that links to it as to its own."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from ingest.links import paper_link, tie
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.types import Fact, FactKind, Name

TIED = "paper:"
"""What the `url` of a name begins with that tells a paper: the names of its thing, and the ties of notes."""
_WEAK = 1
"""The strength of a tie, which names nothing."""
_LONGEST_NAME = 40
"""Characters from which the name of a paper's thing is a title: the paper gives its thing no name."""


def is_tie(name: Name) -> bool:
    """Whether a name only says that a thing's link leads to a paper."""
    return name.url is not None and name.url.startswith(TIED) and name.group == name.url


def ties(found: Sequence[Fact]) -> tuple[Name, ...]:
    """For a note: which things link to a paper as to their own, as names that say nothing else."""
    made: dict[tuple[str, str], Name] = {}
    for fact in found:
        link = paper_link(fact.value, note=fact.source) if fact.kind is FactKind.LINK and fact.entity else None
        if link is None or (fact.attribute and normalise(fact.attribute).strip(" :：") not in _paper_words()):
            continue
        mark = TIED + tie(link.file)
        made.setdefault((fact.entity_key, mark), Name(fact.entity, fact.entity_key, mark, _WEAK, fact.source, 1, mark))
    return tuple(made.values())


@cache
def _paper_words() -> frozenset[str]:
    """Texts of links that say no more than that a paper lies behind them."""
    raw = tomllib.loads((files("ingest") / "data" / "papers.toml").read_text(encoding="utf-8"))
    return frozenset(normalise(word) for word in raw["links"]["paper"])


def tied(names: Sequence[Name]) -> Iterator[tuple[str, str]]:
    """Pairs of keys that mean one thing: that of a paper, and the thing whose own link leads to the paper.

    Where the paper names its thing, that must be the same name but for words left out, or one in another
    script, and not one size of it; where it has only a title, nothing else may link to it.
    """
    papers: dict[str, Name] = {}
    links: dict[str, dict[str, Name]] = defaultdict(dict)
    for name in names:
        if name.url is None or not name.url.startswith(TIED):
            continue
        if is_tie(name):
            links[name.url].setdefault(name.key, name)
        elif name.key == name.group:
            papers.setdefault(name.url, name)
    for mark, paper in sorted(papers.items()):
        for link in links[mark].values():
            if _means(paper, link, alone=len(links[mark]) == 1):
                yield paper.key, link.key


def _means(paper: Name, link: Name, *, alone: bool) -> bool:
    if len(paper.surface) > _LONGEST_NAME:
        return alone
    if has_cjk(paper.surface) != has_cjk(link.surface):
        return alone
    one, other = _words(paper.surface), _words(link.surface)
    sized = any(char.isdigit() for word in one ^ other for char in word)
    return paper.key == link.key or ((one <= other or other <= one) and not sized)


def _words(surface: str) -> frozenset[str]:
    """The words of a name: a longer word that only holds it is another name."""
    return frozenset(re.findall(r"[0-9a-z]+|[\u4e00-\u9fff]+", surface.lower()))
