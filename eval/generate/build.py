"""The whole way from an index to a question set: gather, draft, choose, word, check."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from eval.cases import CaseError, parse_case
from eval.generate.draft import Draft
from eval.generate.lists import lists, timelines
from eval.generate.material import Material, gather
from eval.generate.singles import comparisons, followups, links, lookups, silences
from eval.generate.wordings import LANGUAGES, spoken_attribute, templates
from eval.gold import locate
from eval.metrics import squeeze
from rag.errors import UsageError
from rag.index import Snapshot
from rag.text.names import has_cjk
from rag.types import Fact, Lines

KINDS: tuple[Callable[[Material], Iterator[Draft]], ...] = (
    lookups, lists, comparisons, timelines, links, followups, silences,
)  # fmt: skip
"""Each makes the drafts of one kind."""
LONGEST_QUOTE = 300
"""Characters; a longer quote is given by its lines."""
LATIN_WORD = r"[a-z]{3}"
"""A header with such letters is English in a Chinese question; others are abbreviations."""
_EXTRA_SPACE = re.compile(r"(?<=[“，、：])\s|\s(?=[”，、？：])")


@dataclass(frozen=True, slots=True)
class Generated:
    """A question set: its JSON lines, and how many cases of each type and language it holds."""

    lines: tuple[str, ...]
    types: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]


def generate(snapshot: Snapshot, *, name: str, per_kind: int, seed: int) -> Generated:
    """At most `per_kind` cases of every kind from the facts of a generation, half in Chinese and half in English.

    The same notes, `per_kind` and `seed` give the same set; `name` begins the ids. Raises UsageError where the notes
    hold nothing that can be asked.
    """
    material = gather(snapshot)
    asked: set[str] = set()
    rows: list[dict[str, Any]] = []
    for kind in KINDS:
        order = random.Random(f"{seed} {kind.__name__}")
        chosen = 0
        for draft in _spread(kind(material), order):
            if chosen == per_kind:
                break
            row = _row(material, draft, LANGUAGES[chosen % 2], order)
            said = squeeze(f"{row.get('history', '')}{row['question']}")
            if said not in asked:
                asked.add(said)
                rows.append({"id": f"{name}-{len(rows) + 1:03d}", **row})
                chosen += 1
    if not rows:
        raise UsageError("the notes hold no fact to ask about; cases are made from tables and 'key: value' lines")
    lines = tuple(json.dumps(row, ensure_ascii=False) for row in rows)
    _check(lines, name, snapshot)
    return Generated(lines, _counted(row["type"] for row in rows), _counted(row["lang"] for row in rows))


def _spread(drafts: Iterable[Draft], order: random.Random) -> Iterator[Draft]:
    """All drafts in an order in which every topic has its turn before any has another."""
    by_topic: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_topic[draft.wording, draft.topic].append(draft)
    topics = [by_topic[topic] for topic in sorted(by_topic)]
    order.shuffle(topics)
    for found in topics:
        order.shuffle(found)
    for turn in range(max(map(len, topics), default=0)):
        yield from (found[turn] for found in topics if turn < len(found))


def _row(material: Material, draft: Draft, language: str, order: random.Random) -> dict[str, Any]:
    question = _worded(draft, draft.wording, language, order)
    row: dict[str, Any] = {"lang": "", "type": draft.type, "question": question}
    said = [question]
    if draft.earlier is not None:
        first = Draft("lookup", "lookup", "", (draft.earlier.thing,), draft.earlier.attribute)
        earlier = _worded(first, "lookup", language, order)
        row["history"] = [["user", earlier], ["assistant", f"{draft.earlier.value} [1]"]]
        said.append(earlier)
    row["lang"] = _language(" ".join(said), draft, language)
    row["must"] = [list(forms) for forms in draft.must]
    if draft.entities:
        row["entities"] = [list(aliases) for aliases in draft.entities]
    if draft.exclude:
        row["exclude_entities"] = [list(aliases) for aliases in draft.exclude]
    row["evidence"] = _evidence(material, draft.facts)
    row |= {"group": "all" if draft.require_all else "any", "abstain": draft.abstain, "split": "dev"}
    return row


def _worded(draft: Draft, wording: str, language: str, order: random.Random) -> str:
    names = [thing.spoken(language) for thing in draft.things]
    filled = dict(zip("abc", names, strict=False))
    template = order.choice(templates(wording, language))
    attribute = spoken_attribute(draft.attribute, language)
    if language == "zh" and not has_cjk(attribute):
        attribute = f" {attribute} "
    said = template.format(attribute=attribute, value=draft.value, limit=draft.value, **filled)
    return _EXTRA_SPACE.sub("", re.sub(r"\s{2,}", " ", said)).strip()


def _language(said: str, draft: Draft, language: str) -> str:
    """The language of a question into which names and headers of the other one may have come."""
    if language == "en":
        return "mixed" if has_cjk(said) else "en"
    header = spoken_attribute(draft.attribute, language)
    return "mixed" if re.search(LATIN_WORD, header) and not has_cjk(header) else "zh"


def _evidence(material: Material, facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Every place once: by its quote where that stands nowhere else in the note, else by its lines."""
    rows: dict[tuple[str, int, int], dict[str, Any]] = {}
    for fact in facts:
        assert isinstance(fact.location, Lines), "material holds facts of notes only"
        first, last = fact.location.first, fact.location.last
        text = material.sources[fact.source].text
        alone = len(fact.quote) <= LONGEST_QUOTE and text.count(fact.quote) == 1
        place: dict[str, Any] = {"quote": fact.quote} if alone else {"lines": [first, last]}
        rows.setdefault((fact.source, first, last), {"file": fact.source, **place})
    return list(rows.values())


def _check(lines: Iterable[str], name: str, snapshot: Snapshot) -> None:
    """Every case is one that `rag eval` reads and whose evidence stands where it says."""
    for line in lines:
        try:
            locate(parse_case(line, set_name=name, origin=name), snapshot.source)
        except CaseError as error:
            raise AssertionError(f"generated an unusable case: {error}") from error


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items()))
