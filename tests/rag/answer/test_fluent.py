"""A language model's wording is shown as far as the notes support it; else the extractive answer stands."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag import Assistant
from rag.answer.serialise import to_json
from rag.answer.shown import Shown
from rag.answer.verify import claim_stands, quote_stands
from rag.config import Settings
from rag.types import Answer, Claim, Kind
from tests.rag.answer.scripted import Script, scripted_server
from tests.rag.answer.test_otherwise import NOTE as LOOMS
from tests.rag.survey import settle

LOOKUP = "How heavy is the Falke?"


@pytest.fixture
def model() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def talker(settled: Settings, model: Script) -> Iterator[Assistant]:
    """An assistant over the survey that has the scripted model word its answers."""
    settings = replace(settled, llm=model.spec, llm_timeout=20.0)
    with Assistant.open(settled.index_path, settings=settings) as assistant:
        yield assistant


def _plain(answer: Answer) -> dict[str, object]:
    told = to_json(answer)
    return {key: told[key] for key in ("kind", "text", "abstained", "claims", "items", "silent", "citations")}


@pytest.mark.parametrize(
    ("question", "wording", "text"),
    [
        (LOOKUP, "The Falke weighs 13.5 kg [1].", "The Falke weighs 13.5 kg [1]."),
        ("Falke 多重", "Falke 重 13.5 kg[1]。", "Falke 重 13.5 kg[1]。"),
    ],
)
def test_a_true_wording_is_shown_with_its_citations(
    talker: Assistant, model: Script, question: str, wording: str, text: str
) -> None:
    model.text = wording

    answer = talker.ask(question)

    assert answer.text == text
    assert answer.llm == model.spec
    assert not answer.abstained
    assert [(c.source, c.quote in "- Weight: 13.5 kg") for c in answer.citations] == [("bicycles.md", True)]
    assert [claim.citations for claim in answer.claims] == [(1,)]
    assert answer.notices == ()


@pytest.mark.parametrize(
    "wording",
    [
        "The Falke weighs 15 kg [1].",  # another number
        "The Falke weighs 13.5 kg.",  # no citation
        "The Falke weighs 13.5 kg [99].",  # a citation of nothing
        "It was built in 1987 by Henrik Aasen [1].",  # invented
        "",
    ],
)
def test_a_lie_falls_back_to_the_extractive_answer_with_a_notice(
    talker: Assistant, survey: Assistant, model: Script, wording: str
) -> None:
    model.text = wording

    answer = talker.ask(LOOKUP)

    assert _plain(answer) == _plain(survey.ask(LOOKUP))
    assert answer.llm is None
    assert len(answer.notices) == 1
    assert "extractive" in answer.notices[0]


def test_of_a_half_true_wording_the_true_half_is_shown(talker: Assistant, model: Script) -> None:
    model.text = "The Falke weighs 13.5 kg [1]. It won 12 races [1]."

    answer = talker.ask(LOOKUP)

    assert answer.text == "The Falke weighs 13.5 kg [1]."


@pytest.mark.parametrize(("status", "raw"), [(500, None), (401, None), (200, b"no JSON at all")])
def test_a_failing_model_costs_only_a_notice(
    talker: Assistant, survey: Assistant, model: Script, status: int, raw: bytes | None
) -> None:
    model.status, model.raw = status, raw

    answer = talker.ask(LOOKUP)

    assert _plain(answer) == _plain(survey.ask(LOOKUP))
    assert answer.llm is None
    assert len(answer.notices) == 1


def test_a_model_that_is_not_there_costs_only_a_notice(settled: Settings, survey: Assistant) -> None:
    settings = replace(settled, llm="http://127.0.0.1:9/v1#nobody", llm_timeout=2.0)
    with Assistant.open(settled.index_path, settings=settings) as assistant:
        answer = assistant.ask(LOOKUP)

    assert _plain(answer) == _plain(survey.ask(LOOKUP))
    assert len(answer.notices) == 1


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Which cameras are weather sealed?", Kind.LIST),
        ("Compare the weight of Falke and Tern", Kind.COMPARE),
        ("How many days lie between Heron X1 and Heron X2?", Kind.TIMELINE),
    ],
)
def test_lists_keep_all_their_items(
    talker: Assistant, survey: Assistant, model: Script, question: str, kind: Kind
) -> None:
    model.text = "Only the Heron X1 [1]."

    answer = talker.ask(question)

    assert answer.kind is kind
    assert _plain(answer) == _plain(survey.ask(question))


@pytest.mark.parametrize("question", ["What colour is the Falke?", "Obsidianix 的默认端口是多少"])
def test_the_model_is_not_asked_to_fill_silence(
    talker: Assistant, survey: Assistant, model: Script, question: str
) -> None:
    model.text = "It is red [1]."

    answer = talker.ask(question)

    assert answer.abstained
    assert _plain(answer) == _plain(survey.ask(question))
    assert model.requests == []


def test_what_is_shown_is_checked_against_the_notes(talker: Assistant, model: Script) -> None:
    model.text = "The Falke weighs 13.5 kg [1]. Its frame is steel [2]. The Falke costs 1,200 dollars [3]."

    answer = talker.ask(LOOKUP)

    assert answer.citations
    assert all(quote_stands(citation, talker.snapshot) for citation in answer.citations)
    assert all(claim_stands(claim, answer.citations, {}) for claim in answer.claims)
    assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_the_conversation_reaches_the_model(talker: Assistant, model: Script) -> None:
    model.text = "The Tern weighs 9 kg [1]."

    answer = talker.ask("And the Tern?", [("user", LOOKUP), ("assistant", "Falke – Weight: 13.5 kg [1]")])

    assert answer.text == "The Tern weighs 9 kg [1]."
    sent = str(model.requests[0]["messages"])
    assert LOOKUP in sent
    assert "And the Tern?" in sent
    assert "9 kg" in sent


def test_where_notes_disagree_both_sides_stay(tmp_path: Path, model: Script) -> None:
    notes = {
        "one.md": "# One\n\n## Plover\n\n- Weight: 11 kg\n- Price: 800 dollars\n",
        "two.md": "# Two\n\n## Plover\n\n- Weight: 12.5 kg\n- Price: 800 dollars\n",
    }
    model.text = "The Plover weighs 12.5 kg [2]."
    settings = replace(settle(tmp_path, notes), llm=model.spec)
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        answer = assistant.ask("How heavy is the Plover?")

    assert "11 kg" in answer.text
    assert "12.5 kg" in answer.text
    (conflict,) = answer.conflicts
    told = {c.n: c.source for c in answer.citations}
    assert {v.value: [told[n] for n in v.citations] for v in conflict.values} == {
        "11 kg": ["one.md"],
        "12.5 kg": ["two.md"],
    }


def _numbered(script: Script, *wanted: str) -> list[str]:
    """The marks under which the last prompt shows these texts."""
    prompt = script.prompt()
    return [re.findall(rf'n="(\d+)"[^<]*{re.escape(text)}', prompt)[0] for text in wanted]


def test_a_sentence_is_shown_before_the_model_has_written_the_next(talker: Assistant, model: Script) -> None:
    model.text = "The Falke weighs 13.5 kg [1]. It |weighs 13.5 kg [1], no more."
    model.gate = threading.Event()

    pieces = talker.stream(LOOKUP)
    first = next(pieces)
    model.gate.set()
    rest = list(pieces)

    assert first == "The Falke weighs 13.5 kg [1]."
    assert isinstance(rest[-1], Answer)


@pytest.mark.parametrize(
    "text",
    [
        "The Falke weighs 13.5 kg [1]. It is blue [1].",
        "It is blue [1].",
        "",
        "The Falke weighs 13.5 kg [2].\n- It weighs 13.5 kg [1].\n- It is blue.",
    ],
)
@pytest.mark.parametrize("question", [LOOKUP, "Which cameras are weather sealed?", "What colour is the Falke?"])
def test_the_pieces_of_a_stream_are_the_text(talker: Assistant, model: Script, text: str, question: str) -> None:
    model.text = text

    *pieces, answer = talker.stream(question)

    assert isinstance(answer, Answer)
    assert "".join(map(str, pieces)) == answer.text
    assert answer.text == talker.ask(question).text


def test_what_does_not_hold_is_mended_once(talker: Assistant, model: Script) -> None:
    texts = iter(["The Falke weighs 15 kg [1].", "The Falke weighs 13.5 kg [1]."])
    model.reply = lambda asked: next(texts)

    answer = talker.ask(LOOKUP)

    assert answer.text == "The Falke weighs 13.5 kg [1]."
    assert "The Falke weighs 15 kg [1]. ('15 kg' is not in the cited evidence)" in model.prompt()
    assert answer.notices == ()


def test_what_does_not_hold_can_be_shown_as_such(settled: Settings, model: Script) -> None:
    settings = replace(settled, llm=model.spec, llm_unsupported="mark")
    model.text = "The Falke weighs 13.5 kg [1]. It is blue [1]."
    with Assistant.open(settled.index_path, settings=settings) as assistant:
        answer = assistant.ask(LOOKUP)

    assert answer.text == "The Falke weighs 13.5 kg [1]. (Not supported by the notes: It is blue.)"
    assert [claim.text for claim in answer.claims] == ["The Falke weighs 13.5 kg."]


def test_a_model_that_breaks_off_leaves_what_was_checked_and_the_extractive_answer(
    talker: Assistant, model: Script
) -> None:
    model.text = "The Falke weighs 13.5 kg [1].| Its frame |is"
    model.cut_after = 2

    answer = talker.ask(LOOKUP)

    assert answer.text == "The Falke weighs 13.5 kg [1].\nFalke – Weight: 13.5 kg [1]"
    assert len(answer.notices) == 1
    assert len(answer.citations) == 1


def test_a_text_that_was_cut_short_loses_only_its_last_sentence(talker: Assistant, model: Script) -> None:
    model.text = "The Falke weighs 13.5 kg [1]. It is also"
    model.finish = "length"

    assert talker.ask(LOOKUP).text == "The Falke weighs 13.5 kg [1]."


def test_a_list_may_be_worded_line_by_line_but_stays_complete(talker: Assistant, model: Script) -> None:
    model.text = (
        "The Heron X2 is weather sealed [2].\nThe Heron X9 is weather sealed [1].\n"
        "The Kestrel Mini is weather sealed [3].\nThe Osprey Z is not weather sealed [4]."
    )

    answer = talker.ask("Which cameras are weather sealed?")

    assert answer.text.split("\n") == [
        "Yes (3):",
        "- Heron X1: Weather sealed: yes [1]",
        "- The Heron X2 is weather sealed [2].",
        "- Kestrel Mini: Weather sealed: only the front [3]",  # the wording lost the condition
        "No (1):",
        "- The Osprey Z is not weather sealed [4].",
    ]
    assert [item.entity for item in answer.items] == ["Heron X1", "Heron X2", "Kestrel Mini", "Osprey Z"]
    assert answer.llm == model.spec


def test_what_a_model_leaves_out_of_several_parts_is_added(talker: Assistant, model: Script) -> None:
    model.text = "The Falke weighs 13.5 kg [1]."

    answer = talker.ask("Falke 多重，多少钱？")

    assert answer.text == "The Falke weighs 13.5 kg [1].\nFalke的Price：1,200 dollars [2]"
    assert [claim.citations for claim in answer.claims] == [(1,), (2,)]


def test_a_question_of_several_parts_lets_the_model_look_further(talker: Assistant, model: Script) -> None:
    model.calls = [
        [("list_facts", {"entity": "Ibis"}), ("search_passages", {"query": "chain of the Tern"})],
        [("open_source", {"source": "bicycles.md", "first": 24, "last": 27}), ("no_such_tool", {})],
    ]
    model.reply = lambda asked: (
        "" if asked.get("tools") else f"The Ibis costs 5,000 dollars [{_numbered(model, 'Ibis | Price: 5,000')[0]}]."
    )

    answer = talker.ask("Who designed the Falke, and how much is the Ibis?")

    assert "The Ibis costs 5,000 dollars [1]." in answer.text
    assert answer.citations[0].quote == "- Price: 5,000 dollars"
    planned = [request for request in model.requests if request.get("tools")]
    assert len(planned) == 3, "two steps with calls and one without"
    results = [m["content"] for m in planned[2]["messages"] if m["role"] == "tool"]
    assert "5,000 dollars" in results[0]
    assert results[3].startswith("there is no tool 'no_such_tool'; there are search_passages")


def test_a_model_that_never_stops_looking_is_stopped(settled: Settings, model: Script) -> None:
    settings = replace(settled, llm=model.spec, llm_steps=2)
    model.calls = [[("list_facts", {"entity": "Ibis", "attribute": "Price"})]] * 9
    model.text = "The Falke weighs 13.5 kg [1]."
    with Assistant.open(settled.index_path, settings=settings) as assistant:
        assistant.ask("Falke 多重，多少钱？")

    assert sum("tools" in request for request in model.requests) == 2


def test_a_question_of_one_part_is_not_planned(talker: Assistant, model: Script) -> None:
    model.text = "The Falke weighs 13.5 kg [1]."
    talker.ask(LOOKUP)

    assert [request for request in model.requests if request.get("tools")] == []


def test_structured_facts_come_first_and_with_their_headers(talker: Assistant, model: Script) -> None:
    model.text = "NO ANSWER"
    talker.ask("How heavy is the Heron X1?")

    assert '<evidence n="1" where="Cameras › Bodies">\nHeron X1 | Maker: Lakeside Optics\n' in model.prompt(0)


def test_another_reading_stays_below_a_list_and_goes_where_a_model_moves_the_numbers(
    tmp_path: Path, model: Script
) -> None:
    settings = replace(settle(tmp_path, {"looms.md": LOOMS}), llm=model.spec)
    model.text = "- 宜城有线铺 [1]\n- 宜城有布铺 [2]"
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        answer = assistant.ask("便宜的宜城有哪些店")

    assert answer.llm == model.spec
    assert answer.otherwise is not None
    assert answer.otherwise.text in answer.text
    assert {n for item in answer.otherwise.items for n in item.citations} <= {c.n for c in answer.citations}

    shown = Shown(answer)
    shown.sentences.append(Claim("宜城有线铺", (1,)))
    assert shown.answer(model.spec).otherwise is None
