"""All dated things of the corpus, earliest first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rag.answer.context import display
from rag.answer.events import MONTH
from rag.text.names import name_key
from rag.types import FactKind
from server.corpus.statements import cited

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot

LONGEST_ENTRY = 160
"""Characters of what an entry says; the source beside it shows the rest."""

_LEADING_DATE = re.compile(r"^[\s\d年月日号.\-/:：,，~–—]+")


def chronicle(snapshot: Snapshot) -> dict[str, Any]:
    """Every timeline entry and date cell of a thing: {"date", "entity", "attribute", "text", place…}.

    A bare year counts in timeline entries only: in a cell it is often something else. The same date of the same
    thing under the same attribute is told once, with all its places.
    """
    names = snapshot.names()
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for fact in snapshot.facts():
        entry = fact.kind is FactKind.EVENT
        if fact.date is None or not fact.entity_key or fact.kind not in (FactKind.EVENT, FactKind.CELL, FactKind.KEY):
            continue
        if len(fact.date) < MONTH and not entry:
            continue
        entity = names.get(fact.entity_key)
        name = display(entity) if entity is not None else fact.entity
        attribute = "" if entry else fact.attribute.strip()
        text = _LEADING_DATE.sub("", " ".join(fact.value.split())) if entry else ""
        text = "" if name_key(text) == name_key(fact.entity) else text
        told = found.setdefault(
            (fact.date, name, attribute),
            {"date": fact.date, "entity": name, "attribute": attribute, "text": text[:LONGEST_ENTRY], "places": []},
        )
        told["places"].append(cited(fact))
    return {"events": [found[key] for key in sorted(found)]}
