"""Linked papers: fetched once, kept by later runs, tied to the thing that links to them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from ingest.paper_cache import Ledger
from rag.assistant import Assistant
from rag.config import Settings
from rag.types import Page
from tests.ingest.paper_site import Site, paper_site
from tests.ingest.typeset import english


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with paper_site() as running:
        body = english(tmp_path_factory.mktemp("site") / "x.pdf").read_bytes()
        running.bodies["/plover.pdf"] = body
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "corpus").mkdir()
    return Settings(
        corpus=tmp_path / "corpus", papers_cache=tmp_path / "cache", papers_private="127.0.0.1", papers_timeout=30
    )


def write(settings: Settings, *links: str) -> None:
    lines = "".join(f"- 论文：{link}\n" for link in links)
    (settings.corpus / "n.md").write_text(f"# 镜头\n\n## Plover\n\n- 卡口：Z\n{lines}", encoding="utf-8")


def sources(settings: Settings) -> list[str]:
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        return sorted(assistant.snapshot.source_paths())


def test_a_linked_paper_is_fetched_once_and_answers_with_its_page(settings: Settings, site: Site) -> None:
    write(settings, site.url("/plover.pdf"), site.url("/gone.pdf"))
    before = len(site.asked)
    first = ingest(settings, linked=True)
    assert (first.added, first.fetched) == (2, 1)
    assert [reason for _, reason in first.unfetched] == ["the server answered 404 (linked in n.md:7)"]
    again = ingest(settings, linked=True)
    assert (again.fetched, again.unchanged, len(again.unfetched)) == (0, 2, 1)
    assert [path for path, _ in site.asked[before:]] == ["/gone.pdf", "/plover.pdf", "/gone.pdf"]

    with Assistant.open(settings.index_path, settings=settings) as assistant:
        answer = assistant.ask("How long did the measurements of the Plover run?")
    assert "21 days" in answer.text
    cited = next(citation for citation in answer.citations if "21 days" in citation.quote)
    assert cited.source.startswith("papers/plover_")
    assert isinstance(cited.location, Page)
    assert (cited.location.number, cited.location.box is not None) == (1, True)


def test_without_the_flag_nothing_is_asked_and_what_was_fetched_stays(settings: Settings, site: Site) -> None:
    write(settings, site.url("/plover.pdf"))
    before = len(site.asked)
    assert ingest(settings).added == 1
    assert len(site.asked) == before
    ingest(settings, linked=True)
    after = len(site.asked)
    assert ingest(settings, full=True).removed == 0
    assert len(sources(settings)) == 2
    assert len(site.asked) == after


def test_offline_takes_the_cache_alone_for_any_corpus(settings: Settings, site: Site, tmp_path: Path) -> None:
    write(settings, site.url("/plover.pdf"))
    ingest(settings, linked=True)
    other = replace(settings, corpus=tmp_path / "other", offline=True)
    other.corpus.mkdir()
    write(other, site.url("/plover.pdf"), site.url("/more.pdf"))
    before = len(site.asked)
    summary = ingest(other, linked=True)
    assert summary.added == 2
    assert [reason.partition(" (")[0] for _, reason in summary.unfetched] == [
        "not in the cache, and --offline was given"
    ]
    assert len(site.asked) == before


def test_a_paper_whose_link_is_gone_leaves_with_the_next_fetching_run(settings: Settings, site: Site) -> None:
    write(settings, site.url("/plover.pdf"))
    ingest(settings, linked=True)
    write(settings)
    assert ingest(settings, linked=True).removed == 1
    assert sources(settings) == ["n.md"]


def test_a_paper_put_by_hand_counts_as_fetched(settings: Settings, tmp_path: Path) -> None:
    write(settings, "https://arxiv.org/abs/2401.00001")
    (settings.corpus / "papers").mkdir()
    english(settings.corpus / "papers" / "2401.00001v2.pdf")
    summary = ingest(settings, linked=True)
    assert (summary.added, summary.fetched, summary.unfetched) == (2, 0, ())
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        names = {
            alias for entity in assistant.snapshot.entities() if entity.name == "Plover" for alias in entity.aliases
        }
    assert {"Plover", "arXiv:2401.00001", "2401.00001"} <= names


def test_a_damaged_cache_or_ledger_costs_nothing_but_a_fetch(settings: Settings, site: Site) -> None:
    write(settings, site.url("/plover.pdf"))
    ingest(settings, linked=True)
    (settings.index_path / "papers.json").write_text("{", encoding="utf-8")
    assert Ledger.read(settings.index_path) == Ledger()
    for card in (settings.papers_cache or Path()).glob("*.json"):
        card.write_text("[]", encoding="utf-8")
    assert ingest(settings, linked=True).unchanged == 2
    shutil.rmtree(settings.papers_cache or Path())
    assert ingest(settings, linked=True).fetched == 1
