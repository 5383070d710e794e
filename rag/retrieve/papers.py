"""The papers of a corpus, and which of them a question means."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from rag.index import Snapshot, Term, notes_of
from rag.question.mentions import Mention
from rag.question.papers import Ask
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.sounds import readings
from rag.text.tokenise import tokenise
from rag.types import FactKind

SUFFIX = ".pdf"
OF_THING = 3.0
"""The question names what the paper introduces."""
OF_SIZE = 2.5
"""It names one size of that."""
OF_TITLE = 1.0
"""A word or name of the question stands in the title, among the authors, in the file's name."""
ONLY_ONE = 2.0
"""Factor on such a word that no other paper has there: it is what the question tells the paper by."""
SHORTEST_SOUND = 5
"""Letters of a Latin word that Chinese characters may be read as: 青鸾 is Qingluan."""
BESIDE_BEST = 0.34
"""Share of the best paper's points from which another one may be meant too."""
SHORTEST_STEM = 6
"""Letters that two forms of a word have in common: "comparison", "comparative"."""
TELLS = 2.0
"""Factor on what stands right before the word for a paper: "the X paper"."""
MOST_LINKS = 64
"""Facts with a word of a paper's file name among which links to it are looked for."""
_SHORT_NAME = re.compile(r"\s*([A-Za-z][\w.+\-]*[A-Za-z\d])\s*(?:[:：（(–—]|\s-\s|$)")
"""One Latin word, alone or in front of what explains it."""
_LATIN = re.compile(r"[a-z]+")
_SIZE = re.compile(r"(?:v?\d+(?:\.\d+)?[bmk]?)?")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as questions speak of it."""

    path: str
    title: str
    things: frozenset[str]
    """Keys of what it introduces, its title among them."""
    said: str
    """Title, file name and front matter, normalised."""
    tokens: frozenset[str]
    names: frozenset[str] = frozenset()
    """Keys of the short names that it goes by: before the colon of its title, its file, what notes call it."""


_catalogues: WeakKeyDictionary[Snapshot, tuple[Paper, ...]] = WeakKeyDictionary()


def papers(snapshot: Snapshot) -> tuple[Paper, ...]:
    """The papers of the snapshot, by path; looked up once."""
    found = _catalogues.get(snapshot)
    if found is None:
        found = _catalogues[snapshot] = tuple(_paper(snapshot, path) for path in snapshot.source_paths(SUFFIX))
    return found


def _paper(snapshot: Snapshot, path: str) -> Paper:
    source = snapshot.source(path)
    first = snapshot.facts_at(path, 1, 1)
    front = [fact for fact in first if fact.kind is FactKind.KEY and fact.heading[:1] == (source.title,)]
    things = {name_key(source.title), *(fact.entity_key for fact in first if fact.heading[:1] == (source.title,))}
    entities = [snapshot.names()[key] for key in sorted(things) if key in snapshot.names()]
    things |= {key for entity in entities for key in entity.keys}
    stem = PurePosixPath(path).stem
    said = normalise(" ; ".join((source.title, stem.replace("-", " "), *(fact.value for fact in front))))
    called = [source.title, stem, *_labels(snapshot, path)]
    names = {name_key(name[1]) for text in called if (name := _SHORT_NAME.match(text)) is not None}
    return Paper(path, source.title, frozenset(things - {""}), said, frozenset(tokenise(said)), frozenset(names - {""}))


def _labels(snapshot: Snapshot, path: str) -> list[str]:
    """What the links of notes to a paper in the corpus say."""
    words = tuple(Term(token) for token in dict.fromkeys(tokenise(PurePosixPath(path).stem)))
    found = notes_of(snapshot).facts_matching([words], MOST_LINKS) if words else ()
    return [fact.attribute for fact in found if fact.kind is FactKind.LINK and path.endswith(fact.value)]


def meant(asked: Sequence[Ask], known: Sequence[Paper], telling: Collection[Ask] = ()) -> Mapping[Paper, float]:
    """How surely each paper is meant; only those that the question says something of. What is asked in `telling`
    tells which paper it is."""
    found = dict.fromkeys(known, 0.0)
    for ask in asked:
        points = {paper: in_front(ask, paper) for paper in known}
        alone = sum(one > 0 for one in points.values()) == 1 and max(points.values()) < OF_SIZE
        factor = (ONLY_ONE if alone else 1.0) * (TELLS if ask in telling else 1.0)
        for paper, one in points.items():
            found[paper] += factor * one
    best = max(found.values(), default=0.0)
    return {paper: points for paper, points in found.items() if points > 0 and points >= best * BESIDE_BEST}


def in_front(ask: Ask, paper: Paper) -> float:
    """The points of a thing asked: what the paper introduces, or a word of its title and front matter."""
    if ask.mention is not None:
        return names_paper(ask.mention, paper) or OF_TITLE * (name_key(ask.surface) in name_key(paper.said))
    if ask.quantity is not None:
        return 0.0
    if ask.concept is not None:
        return OF_TITLE * ask.weight * (ask.concept.in_notes.search(normalise(paper.title)) is not None)
    if name_key(ask.surface) in paper.names:
        return OF_THING
    return OF_TITLE * max((weight for token, weight in ask.forms if _stands(token, paper)), default=0.0)


def names_paper(mention: Mention, paper: Paper) -> float:
    """Points of a mention that is the paper's thing, or one size of it; 0 for others."""
    key = name_key(mention.surface)
    if mention.keys & (paper.things | paper.names) or key in paper.things | paper.names:
        return OF_THING
    rest = (key[len(thing) :] for thing in paper.things if len(thing) > 1 and key.startswith(thing))
    return OF_SIZE if any(_SIZE.fullmatch(size) for size in rest) else 0.0


@lru_cache(maxsize=4096)
def _stands(token: str, paper: Paper) -> bool:
    if has_cjk(token):
        heard = (reading for reading in readings(token) if len(reading) >= SHORTEST_SOUND)
        return len(token) > 1 and (token in paper.said or any(word in _LATIN.findall(paper.said) for word in heard))
    stem = token[:SHORTEST_STEM]
    return token in paper.tokens or (len(stem) == SHORTEST_STEM and any(w.startswith(stem) for w in paper.tokens))
