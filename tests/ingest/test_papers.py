"""Whom a paper speaks of: names of what it introduces, authors, date, and the note's thing that links to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.entities import merge
from ingest.papers import Front, front, front_facts, paper_names
from ingest.pdf import read_pdf
from ingest.ties import TIED
from rag.types import Block, BlockKind, Name, Page
from tests.ingest.typeset import chinese, english


def of(path: Path) -> Front:
    paper = read_pdf(path)
    return front(f"papers/{path.name}", paper.title, paper.blocks)


def test_an_english_paper(tmp_path: Path) -> None:
    said = of(english(tmp_path / "2401.00001.pdf"))
    assert (said.things, said.identifier) == (("Plover",), "arXiv:2401.00001")
    told = {fact.attribute: (fact.entity, fact.value) for fact in front_facts("papers/2401.00001.pdf", said)}
    assert told == {"authors": ("Plover", "Mara Lindqvist, Tomas Oyelaran, Wei Zhang Northern Optics Institute")}


def test_a_chinese_paper(tmp_path: Path) -> None:
    said = of(chinese(tmp_path / "heron.pdf"))
    assert (said.things, said.identifier) == (("苍鹭",), "file:papers/heron.pdf")
    assert [(fact.attribute, fact.value) for fact in front_facts("papers/heron.pdf", said)] == [
        ("authors", "林晓,周远航")
    ]


def paper(title: str, abstract: str) -> list[Block]:
    texts = [(BlockKind.HEADING, title, (title,), 1), (BlockKind.HEADING, "Abstract", (title, "Abstract"), 2)]
    texts.append((BlockKind.PARAGRAPH, abstract, (title, "Abstract"), 0))
    return [Block(kind, text, text, Page(1), heading, depth) for kind, text, heading, depth in texts]


@pytest.mark.parametrize(
    ("title", "abstract", "things"),
    [
        ("PLOVER: LENSES FOR ALL", "We propose Flat Optics, or PloVer, which is light.", ("PloVer", "Flat Optics")),
        ("Lenses that weigh little", "In this work we introduce PloverNet, a lens.", ("PloverNet",)),
        ("Lenses that weigh little", "We present a way to cool glass for the Heron-35.", ()),
        ("How to cool glass: a survey", "We describe what is known.", ()),
        ("轻便镜头的设计", "本文提出了苍鹭，一种轻便镜头。", ("苍鹭",)),
    ],
)
def test_what_a_paper_introduces(title: str, abstract: str, things: tuple[str, ...]) -> None:
    assert front("papers/x.pdf", title, paper(title, abstract)).things == things


def linked(*surfaces: str) -> list[Name]:
    mark = TIED + "x"
    return [Name(s, s.lower(), s.lower(), 3, "n.md", 1) for s in surfaces] + [
        Name(s, s.lower(), mark, 1, "n.md", 1, mark) for s in surfaces
    ]


@pytest.mark.parametrize(
    ("title", "links", "one"),
    [
        ("Plover: A Family of Compact Lenses", ["Plover"], True),
        ("Plover: A Family of Compact Lenses", ["Plover lens"], True),
        ("Plover: A Family of Compact Lenses", ["Plover 50"], False),
        ("Plover: A Family of Compact Lenses", ["SuperPlover"], False),
        ("Plover: A Family of Compact Lenses", ["Heron"], False),
        ("A Comparison of Lenses that Weigh Little and Cost Much", ["Heron"], True),
        ("A Comparison of Lenses that Weigh Little and Cost Much", ["Heron", "Swift"], False),
    ],
)
def test_a_notes_thing_is_that_of_the_paper_it_links_to(title: str, links: list[str], one: bool) -> None:
    said = front("papers/x.pdf", title, paper(title, "Nothing is introduced."))
    entities = merge([*paper_names("papers/x.pdf", said), *linked(*links)])
    first = next(entity for entity in entities if links[0] in entity.aliases)
    assert (title in first.aliases) is one
