"""Evaluation cases: what is asked and what a right answer holds, read from JSON lines, checked strictly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from rag.errors import UsageError
from rag.types import Lines, Turn

QUESTIONS = Path(__file__).with_name("questions")
"""Where the question sets lie that ship with the program."""

SHIPPED = "corpus-"
"""Sets whose name begins so ask about the corpus that ships with the program."""

LIST = "list"
"""The type of the cases that ask for a complete list."""

NONE = "none"
"""The type of the cases that the notes do not answer; "unanswerable" means the same."""

Split = Literal["dev", "heldout"]
Language = Literal["zh", "en", "mixed"]
"""Of a question; one in both languages counts as a language of its own."""


class CaseError(UsageError):
    """A line of a question set that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the notes say it: `file` is relative to the corpus root; either `quote` or `lines` is given.

    `quote` is an exact substring of the file's stored text; `lines` are 1-based and inclusive.
    """

    file: str
    quote: str | None = None
    lines: Lines | None = None


Aliases = tuple[str, ...]
"""The ways to write one thing; any of them will do."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question with everything that decides whether an answer to it is right.

    `must`: the answer holds at least one alternative of each inner tuple. `must_not`: it holds none of these.
    `entities`: the complete list that a list question asks for, `exclude_entities` near misses, each with its
    aliases. `require_all`: every evidence is needed, not just one of them. `abstain`: the notes do not say.
    `origin` is "file:line" for messages.
    """

    id: str
    set: str
    split: Split
    language: Language
    type: str
    question: str
    history: tuple[Turn, ...]
    must: tuple[Aliases, ...]
    must_not: tuple[str, ...]
    entities: tuple[Aliases, ...]
    exclude_entities: tuple[Aliases, ...]
    evidence: tuple[Evidence, ...]
    require_all: bool
    abstain: bool
    origin: str


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Alternatives = Annotated[list[Text], Field(min_length=1)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Named = Annotated[Alternatives, BeforeValidator(_listed)]
"""A thing with its aliases; a bare name is one without."""


def _type(value: object) -> object:
    return NONE if value == "unanswerable" else value


class Strict(BaseModel):
    """Data of a file: no field beyond these, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _EvidenceLine(Strict):
    file: Text
    quote: Annotated[str, Field(min_length=1)] | None = None
    lines: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> _EvidenceLine:
        if (self.quote is None) == (self.lines is None):
            raise ValueError("give either quote or lines")
        if self.lines is not None and self.lines[0] > self.lines[1]:
            raise ValueError(f"lines {self.lines} run backwards")
        return self


class _CaseLine(Strict):
    id: Text
    lang: Language
    type: Annotated[
        Literal["lookup", "list", "compare", "timeline", "conflict", "followup", "link", "howto", "definition", "none"],
        BeforeValidator(_type),
    ]
    question: Text
    history: list[Annotated[list[Text], Field(min_length=2, max_length=2)]] = []
    must: list[Alternatives]
    must_not: list[Text] = []
    entities: list[Named] = []
    exclude_entities: list[Named] = []
    evidence: list[_EvidenceLine]
    group: Literal["any", "all"]
    abstain: bool
    split: Split = "dev"

    @model_validator(mode="after")
    def _consistent(self) -> _CaseLine:
        for role, _ in self.history:
            if role not in ("user", "assistant"):
                raise ValueError(f"history role {role!r} is neither user nor assistant")
        if self.abstain and (self.must or self.evidence or self.entities):
            raise ValueError("a case with abstain has neither must nor entities nor evidence")
        if not self.abstain and not self.evidence:
            raise ValueError("evidence is empty, and abstain is false")
        if not self.abstain and not (self.must or self.entities):
            raise ValueError("neither must nor entities say what a right answer holds")
        both = {a for e in self.entities for a in e} & {a for e in self.exclude_entities for a in e}
        if both:
            raise ValueError(f"{sorted(both)[0]!r} stands in entities and in exclude_entities")
        return self


def parse_case(line: str, *, set_name: str, origin: str) -> Case:
    """The case that one JSON line holds. Raises CaseError, beginning with `origin`."""
    try:
        raw = _CaseLine.model_validate_json(line)
    except ValidationError as error:
        raise CaseError(f"{origin}: {_first_problem(error)}") from error
    return Case(
        id=raw.id,
        set=set_name,
        split=raw.split,
        language=raw.lang,
        type=raw.type,
        question=raw.question,
        history=tuple((role, text) for role, text in raw.history),
        must=tuple(map(tuple, raw.must)),
        must_not=tuple(raw.must_not),
        entities=tuple(map(tuple, raw.entities)),
        exclude_entities=tuple(map(tuple, raw.exclude_entities)),
        evidence=tuple(
            Evidence(e.file, e.quote, Lines(e.lines[0], e.lines[1]) if e.lines else None) for e in raw.evidence
        ),
        require_all=raw.group == "all",
        abstain=raw.abstain,
        origin=origin,
    )


def load_set(path: Path) -> tuple[Case, ...]:
    """The cases of one file, in order. Raises CaseError for a bad line, a repeated id or an empty set."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read as UTF-8 ({error}); give a file of JSON lines") from error
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        case = parse_case(line, set_name=path.stem, origin=f"{path}:{number}")
        if case.id in seen:
            raise CaseError(f"{case.origin}: the id {case.id!r} stands in {seen[case.id]} already")
        seen[case.id] = case.origin
        cases.append(case)
    if not cases:
        raise CaseError(f"{path}: holds no case; write one JSON object a line")
    return tuple(cases)


def find_sets(names: Sequence[str], *, directory: Path = QUESTIONS) -> tuple[Path, ...]:
    """The files that `names` mean: paths, or names of sets in `directory`; none means the shipped sets."""
    there = sorted(directory.glob("*.jsonl"))
    if not names:
        return tuple(path for path in there if path.stem.startswith(SHIPPED))
    known = {path.stem: path for path in there}
    found = []
    for name in names:
        path = known.get(name.removesuffix(".jsonl"), Path(name))
        if not path.is_file():
            raise UsageError(f"{name}: neither a file nor one of the question sets {', '.join(known)}")
        found.append(path)
    return tuple(dict.fromkeys(found))


def load_cases(paths: Sequence[Path], *, split: str = "all") -> tuple[Case, ...]:
    """The cases of several sets that belong to `split` ("dev", "heldout" or "all").

    Raises CaseError when an id stands in two sets.
    """
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for case in (case for path in paths for case in load_set(path)):
        if case.id in seen:
            raise CaseError(f"{case.origin}: the id {case.id!r} stands in {seen[case.id]} already")
        seen[case.id] = case.origin
        if split in ("all", case.split):
            cases.append(case)
    if not cases:
        raise UsageError(f"no case of split {split!r} in {', '.join(str(path) for path in paths)}")
    return tuple(cases)


def _first_problem(error: ValidationError) -> str:
    """The first thing wrong, as "field: what is wrong"."""
    problem: Any = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
