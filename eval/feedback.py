"""From what people thought of answers to evaluation cases (DESIGN.md, section 5)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from eval.cases import LIST, CaseError, parse_case
from eval.gold import Lookup, locate
from rag.text.dates import dates
from rag.text.normalise import normalise
from rag.text.values import quantities
from rag.types import Source, SourceKind, Status, Turn

UP = "up"
SHORT = 40
"""Characters of a statement without number or date that an answer can be expected to hold word for word."""
MARK = re.compile(r"\s*\[\d+\]")
LATIN_BEFORE = re.compile(r"[A-Za-z$€£][A-Za-z/._~-]*$")
TYPES = {"lookup": "lookup", "list": LIST, "compare": "compare", "timeline": "timeline", "link": "link"}
"""Kind of answer -> type of case; others count as lookups."""

Aliases = Callable[[str], Iterable[str]]
"""All ways to write the name of a thing."""


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer (the JSON object of `rag ask --json`) and what a person thought of it."""

    number: int
    rating: str
    question: str
    history: tuple[Turn, ...]
    answer: dict[str, Any]
    correction: str | None


class UnusableError(Exception):
    """Feedback that makes no case; the message says why."""


def case_line(rated: Rated, sources: Iterable[Source], aliases: Aliases) -> str:
    """The case as one JSON line, checked as `rag eval` will check it. Raises UnusableError.

    A corrected answer says what is right; without one a thumb up says that the answer was. Either way the evidence
    stands in the notes as they are now.
    """
    held = {source.path: source for source in sources}
    answer = rated.answer
    row: dict[str, Any] = {
        "id": f"feedback-{rated.number}",
        "lang": answer["language"],
        "type": TYPES.get(answer["kind"], "lookup"),
        "question": rated.question,
        **({"history": [list(turn) for turn in rated.history]} if rated.history else {}),
        "must": [],
        "evidence": [],
        "group": "any",
        "abstain": False,
        "split": "dev",
    }
    if rated.correction and rated.correction.strip():
        row |= _corrected(rated, held)
    elif rated.rating != UP:
        raise UnusableError("it says that the answer was wrong, but not what is right")
    elif answer["abstained"]:
        row |= {"type": "none", "abstain": True}
    else:
        row |= _confirmed(rated, aliases)
    line = json.dumps(row, ensure_ascii=False)
    _check(line, held.__getitem__)
    return line


def _confirmed(rated: Rated, aliases: Aliases) -> dict[str, Any]:
    answer = rated.answer
    evidence = [{"file": c["source"], "quote": c["quote"]} for c in answer["citations"]]
    unique = list({json.dumps(entry): entry for entry in evidence}.values())
    if answer["kind"] == LIST and answer["items"]:
        listed = [item["entity"] for item in answer["items"] if item["status"] in (Status.YES, Status.CONDITIONAL)]
        return {"evidence": unique, "entities": [list(dict.fromkeys([name, *aliases(name)])) for name in listed]}
    stated = [value for claim in answer["claims"] for value in telling(claim["text"], rated.question)]
    if not stated:
        raise UnusableError("the answer holds no number, date or short statement that a right answer must hold")
    return {"evidence": unique, "must": [[value] for value in dict.fromkeys(stated)]}


def _corrected(rated: Rated, held: dict[str, Source]) -> dict[str, Any]:
    assert rated.correction is not None
    stated = telling(rated.correction, rated.question)
    if not stated:
        raise UnusableError("the correction holds no number or date and is long; shorten it to what must be said")
    cited = dict.fromkeys(row["source"] for row in [*rated.answer["citations"], *rated.answer["retrieved"]])
    ordered = [held[path] for path in [*cited, *sorted(held.keys() - cited.keys())] if path in held]
    for source in ordered:
        for line in source.text.split("\n") if source.kind is SourceKind.NOTE else ():
            if all(_squeezed(value) in _squeezed(line) for value in stated):
                kind = rated.answer["kind"]
                return {
                    "type": "lookup" if kind in ("none", LIST) else TYPES.get(kind, "lookup"),
                    "must": [[value] for value in stated],
                    "evidence": [{"file": source.path, "quote": line.strip()}],
                }
    raise UnusableError(f"no line of the notes holds {', '.join(stated)}")


def telling(statement: str, question: str) -> list[str]:
    """What a right answer must hold of a statement: its numbers and dates that the question does not give away, else
    the statement's own end, if that is short."""
    text = MARK.sub("", statement).strip()
    spans = [(q.start, q.end) for q in quantities(text)] + [(d.start, d.end) for d in dates(text)]
    values = [_whole(text, start, end) for start, end in sorted(spans)]
    asked = _squeezed(question)
    found = [value for value in dict.fromkeys(values) if value and _squeezed(value) not in asked]
    if found:
        return found
    end = re.split(r"[:：]\s+|：", text)[-1].strip().rstrip("。.;；")
    return [end] if 0 < len(end) <= SHORT else []


def _whole(text: str, start: int, end: int) -> str:
    """The number with the Latin signs that stand right before it: "f/1.8", "Apache-2.0", "$300"."""
    before = LATIN_BEFORE.search(text[:start])
    return ((before.group() if before else "") + text[start:end]).strip()


def _squeezed(text: str) -> str:
    return "".join(normalise(text).split())


def _check(line: str, source: Lookup) -> None:
    try:
        case = parse_case(line, set_name="feedback", origin="feedback")
        locate(case, source)
    except (CaseError, KeyError) as error:
        raise UnusableError(f"the notes have changed since: {error}") from error
