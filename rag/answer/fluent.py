"""An extractive answer reworded by a language model: only sentences that the evidence supports are shown.

The extractive answer stays the ground: lists keep their items, sides of a conflict and abstentions stay as they are,
and where the model fails or nothing that it wrote holds, the extractive answer is what is shown, with a notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answer.checking import Checker
from rag.answer.evidence import cited_pieces, numbered, pieces_of
from rag.answer.llm.failures import scrubbed
from rag.answer.llm.limits import Deadline
from rag.answer.llm.models import chat_model
from rag.answer.llm.planning import planned
from rag.answer.llm.spec import parse_spec
from rag.answer.llm.writing import Request, write
from rag.answer.shown import ItemLines, Shown
from rag.config import Settings
from rag.errors import LLMError, MissingExtraError
from rag.index import Snapshot
from rag.question.name_index import NameIndex
from rag.question.parts import parts
from rag.types import Answer, Citation, Kind, Turn

LISTS = frozenset((Kind.LIST, Kind.COMPARE, Kind.TIMELINE))
MOST_ITEMS = 40
"""Lines of a list that a model is asked to word: longer ones only cost time."""


def fluent(
    answer: Answer, history: Sequence[Turn], settings: Settings, snapshot: Snapshot, names: NameIndex
) -> Iterator[str | Answer]:
    """`answer` in the words of the configured model, checked sentence by checked sentence, then the whole answer.

    The pieces joined are the text of the answer. Raises UsageError for a spec that names no model.
    """
    assert settings.llm is not None
    parse_spec(settings.llm)
    listed = answer.kind in LISTS and bool(answer.items)
    if answer.abstained or answer.conflicts or (answer.kind in LISTS and not _is_wordable(answer)):
        yield from answer.text.splitlines(keepends=True)
        yield answer
        return
    shown = ItemLines(answer) if listed else Shown(answer)
    try:
        yield from _worded(answer, history, settings, snapshot, names, shown)
    except (LLMError, MissingExtraError) as error:
        shown.notices.append(f"{error}; this is the extractive answer")
    if not shown.sentences and not shown.notices:
        what = f"nothing that {scrubbed(settings.llm)} wrote is supported by the notes"
        shown.notices.append(f"{what}; this is the extractive answer")
    several = len(parts(answer.question)) > 1
    yield from shown.completed(several=several)
    yield shown.answer(scrubbed(settings.llm))


def _is_wordable(answer: Answer) -> bool:
    return 0 < len(answer.items) <= MOST_ITEMS


def _worded(
    answer: Answer,
    history: Sequence[Turn],
    settings: Settings,
    snapshot: Snapshot,
    names: NameIndex,
    shown: Shown,
) -> Iterator[str]:
    """Pieces of text as the model's sentences pass the check."""
    assert settings.llm is not None
    chat = chat_model(parse_spec(settings.llm), settings.llm_timeout)
    deadline = Deadline.after(settings.llm_timeout)
    listed = isinstance(shown, ItemLines)
    citations: list[Citation] = cited_pieces(answer) if listed else numbered(answer, snapshot)
    request = Request(
        answer.question, tuple(history), pieces_of(citations, snapshot), answer.language, settings.llm,
        settings.llm_context, shown.items_told if isinstance(shown, ItemLines) else "",
    )  # fmt: skip
    if not listed and settings.llm_steps > 0 and len(parts(answer.question)) > 1:
        found = planned(chat, request, settings, snapshot, names, deadline)
        citations += [replace(c, n=len(citations) + at) for at, c in enumerate(found, 1) if not _among(c, citations)]
        citations = [replace(c, n=at) for at, c in enumerate(citations, 1)]
        request = replace(request, evidence=pieces_of(citations, snapshot))
    shown.citations = citations
    checker = Checker(request.evidence, names.names)
    for sentence in write(chat, request, checker, deadline):
        if sentence.checked.ok:
            yield from shown.add(sentence)
        elif settings.llm_unsupported == "mark" and not listed:
            yield from shown.add_unsupported(sentence)


def _among(citation: Citation, others: Sequence[Citation]) -> bool:
    return any((c.source, c.location, c.quote) == (citation.source, citation.location, citation.quote) for c in others)
