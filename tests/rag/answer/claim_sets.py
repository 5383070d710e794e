"""Sentences that a model might write over notes, true and false, each with the evidence that it is told to cite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag import Assistant
from rag.answer.checking import Checked, Checker
from rag.answer.evidence import pieces_of
from rag.types import Citation, Lines

FOLDER = Path(__file__).with_name("claims")
CORPORA = Path(__file__).parents[3] / "eval" / "corpora"
LATER = ("fields", "fields-heldout", "fields-later")
"""Sets over the notes of other fields, each written before the checks had seen any of it."""
TRUE = "true"
_PLACE = re.compile(r"(?P<source>\S+):(?P<first>\d+)(?:-(?P<last>\d+))?")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence: "true" or the kind of lie, and the places that its marks stand for."""

    kind: str
    text: str
    places: tuple[str, ...]

    @property
    def is_true(self) -> bool:
        return self.kind == TRUE


Verdicts = list[tuple[Told, Checked]]


def told(name: str) -> Iterator[Told]:
    """The sentences of a set."""
    places: tuple[str, ...] = ()
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            places = tuple(line[2:].split())
        elif line and not line.startswith("#"):
            kind, text = line.split("\t")
            yield Told(kind, text, places)


def notes() -> Mapping[str, str]:
    """The notes beside the sets, by the path under which the sets cite them."""
    return {f"notes/{path.name}": path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("notes/*.md"))}


def fields() -> Mapping[str, str]:
    """The notes of other fields that the sets `LATER` cite."""
    paths = {place.rpartition(":")[0] for name in LATER for sentence in told(name) for place in sentence.places}
    return {path: (CORPORA / path).read_text(encoding="utf-8") for path in sorted(paths)}


def verdicts(sentences: Sequence[Told], assistant: Assistant) -> Verdicts:
    """Each sentence with the verdict of the checks, over the index of the assistant."""
    checkers: dict[tuple[str, ...], Checker] = {}
    for sentence in sentences:
        if sentence.places not in checkers:
            pieces = pieces_of(_citations(sentence.places, assistant), assistant.snapshot)
            checkers[sentence.places] = Checker(pieces, assistant.names.names)
    return [(sentence, checkers[sentence.places].check(sentence.text)) for sentence in sentences]


def _citations(places: Sequence[str], assistant: Assistant) -> list[Citation]:
    found = []
    for n, place in enumerate(places, 1):
        match = _PLACE.fullmatch(place)
        assert match is not None, place
        lines = Lines(int(match["first"]), int(match["last"] or match["first"]))
        source = assistant.snapshot.source(match["source"])
        quote = "\n".join(source.text.split("\n")[lines.first - 1 : lines.last])
        facts = assistant.snapshot.facts_at(source.path, lines.first, lines.last)
        heading = facts[0].heading if facts else ()
        found.append(Citation(n, source.path, source.title, heading, lines, quote))
    return found


def report(name: str, found: Verdicts) -> Iterator[str]:
    """The figures of a set, and every sentence that was judged wrongly."""
    true = [checked for sentence, checked in found if sentence.is_true]
    lies = [checked for sentence, checked in found if not sentence.is_true]
    lost, caught = sum(not c.ok for c in true), sum(not c.ok for c in lies)
    yield f"{name}: {caught} of {len(lies)} lies caught ({caught / len(lies):.3f})"
    yield f"{name}: {lost} of {len(true)} true sentences lost ({lost / len(true):.3f})"
    for sentence, checked in found:
        if sentence.is_true is not checked.ok:
            yield f"  {'lost' if sentence.is_true else 'missed'} ({sentence.kind}): {sentence.text} {checked.reason}"


if __name__ == "__main__":
    import tempfile

    from tests.rag.survey import SURVEY, settle

    for set_name, corpus in (("development", SURVEY), ("heldout", notes()), *((name, fields()) for name in LATER)):
        with tempfile.TemporaryDirectory() as folder:
            settings = settle(Path(folder), corpus)
            with Assistant.open(settings.index_path, settings=settings) as opened:
                print("\n".join(report(set_name, verdicts(list(told(set_name)), opened))))
