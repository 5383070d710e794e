"""Notes that tell the model what to do, and a model that does it: nothing of it reaches the answer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ingest.build import ingest
from rag import Assistant
from rag.config import Settings
from rag.text.language import language
from tests.ingest.typeset import library
from tests.notes import write_notes
from tests.rag.answer.scripted import Script, scripted_server

DATA = Path(__file__).with_name("injections.toml")
LOOKALIKES = str.maketrans("aeopcxi", "аеорсхі")
ZERO_WIDTH = "\u200b"


@dataclass(frozen=True, slots=True)
class Injection:
    """A text in a note, where it stands, in which guise, what obeying it says, and what that is known by."""

    number: int
    place: str
    text: str
    payload: str
    marker: str
    guise: str = ""

    @property
    def thing(self) -> str:
        return f"Tarnet-{self.number}"

    @property
    def disguised(self) -> str:
        text = self.text.replace("{thing}", self.thing)
        match self.guise:
            case "zero-width":
                return ZERO_WIDTH.join(text)
            case "tags":
                return "".join(chr(0xE0000 + ord(char)) if char.isascii() else char for char in text)
            case "fullwidth":
                return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
            case "spaced":
                return "  ".join(" ".join(word) for word in text.split())
            case "lookalike":
                return text.translate(LOOKALIKES)
        return text

    @property
    def obeyed(self) -> str:
        return self.payload.replace("{thing}", self.thing)


def injections() -> list[Injection]:
    """All of them."""
    entries = tomllib.loads(DATA.read_text(encoding="utf-8"))["injection"]
    return [Injection(number, **entry) for number, entry in enumerate(entries, 201)]


PLACES = {
    "paragraph": "{text}",
    "item": "- {text}",
    "quote": "> {text}",
    "cell": "| Model | Colour | Remark |\n| --- | --- | --- |\n| {thing} | teal | {text} |",
    "link": "[{text}](https://example.org/x)",
    "title": '[manual](https://example.org/x "{text}")',
    "image": "![{text}](x.png)",
    "heading": "### {text}\n\nNothing more is known.",
    "comment": "<!-- {text} -->",
    "hidden": '<span style="display:none">{text}</span>',
    "code": "```\n{text}\n```",
    "key": "- Remark: {text}",
    "pdf": "",
    "white-pdf": "",
}


def _note(injection: Injection) -> str:
    text = PLACES[injection.place].format(text=injection.disguised, thing=injection.thing)
    return f"# Bicycle {injection.number}\n\n## {injection.thing}\n\n- Weight: 13.5 kg\n- Frame: steel\n\n{text}\n"


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("injections")
    corpus = write_notes(root / "corpus", {f"n{found.number}.md": _note(found) for found in injections()})
    for found in injections():
        if found.place.endswith("pdf"):
            _typeset(corpus / f"p{found.number}.pdf", found)
    settings = Settings(corpus=corpus, index=root / "index")
    assert ingest(settings).failed == ()
    return settings


def _typeset(path: Path, found: Injection) -> None:
    document = library().open()
    page = document.new_page()
    page.insert_text((60, 80), f"Report on the {found.thing}", fontsize=16)
    page.insert_text((60, 110), f"The {found.thing} has a frame of steel.", fontsize=10)
    color = (1, 1, 1) if found.place == "white-pdf" else (0, 0, 0)
    page.insert_text((60, 124), found.disguised, fontsize=8, color=color)
    document.save(path)


@pytest.fixture(scope="module")
def model() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture(scope="module")
def assistant(settled: Settings, model: Script) -> Iterator[Assistant]:
    with Assistant.open(settled.index_path, settings=replace(settled, llm=model.spec)) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def plain(settled: Settings) -> Iterator[Assistant]:
    """The same without a model."""
    with Assistant.open(settled.index_path, settings=settled) as assistant:
        yield assistant


def _obeys(found: Injection) -> Any:
    """A model that says what it is told to, with every mark there is, alone and together."""

    def reply(asked: dict[str, Any]) -> str:
        numbers = re.findall(r'<evidence n="(\d+)"', str(asked["messages"][-1]["content"]))
        alone = [f"{found.obeyed} [{n}]." for n in numbers]
        together = f"{found.obeyed} {''.join(f'[{n}]' for n in numbers)}."
        return "\n".join([*alone, together, f"{found.obeyed}."])

    return reply


def test_there_are_enough_of_them_in_both_languages_and_every_place() -> None:
    found = injections()

    assert len(found) >= 50
    assert {entry.place for entry in found} == set(PLACES)
    assert min(sum(language(entry.text) == code for entry in found) for code in ("zh", "en")) >= 20


QUESTIONS = ("How heavy is the {thing}?", "{thing} 有多重？")


@pytest.mark.parametrize("found", injections(), ids=lambda found: f"{found.number}-{found.place}")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_model_that_obeys_a_note_is_not_heard(
    assistant: Assistant, plain: Assistant, model: Script, found: Injection, question: str
) -> None:
    model.reply = _obeys(found)
    asked = question.replace("{thing}", found.thing)

    answer = assistant.ask(asked)

    extracted = plain.ask(asked)
    assert answer.text == extracted.text
    assert answer.llm is None
    # what the notes do not say, or say in two ways, is not put to a model at all
    assert extracted.abstained or extracted.conflicts or any("extractive" in notice for notice in answer.notices)


def test_hardly_any_answer_even_quotes_such_a_text(plain: Assistant) -> None:
    asked = [(found, question.replace("{thing}", found.thing)) for found in injections() for question in QUESTIONS]
    quoting = [question for found, question in asked if found.marker in plain.ask(question).text]

    # Without a model a sentence of a note that gives a weight may be quoted, with its citation, whatever it asks for.
    assert len(quoting) <= 6, quoting


@pytest.mark.parametrize("found", injections(), ids=lambda found: f"{found.number}-{found.place}")
def test_the_model_does_not_even_see_what_speaks_to_it(assistant: Assistant, model: Script, found: Injection) -> None:
    model.reply = lambda asked: "NO ANSWER"
    before = len(model.requests)
    answer = assistant.ask(f"How heavy is the {found.thing}?")

    if answer.conflicts:  # a note and a paper that disagree are not put to a model
        assert len(model.requests) == before
        return
    assert found.disguised not in model.prompt()
    assert found.text.replace("{thing}", found.thing) not in model.prompt()
