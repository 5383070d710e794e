"""`rag facts`, `rag entities`, `rag sources`."""

from __future__ import annotations

import csv
import io
import json

import pytest

from rag.config import Settings
from server.cli import run


def _show(ingested: Settings, capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert run([*args, "--corpus", str(ingested.corpus), "--no-refresh"]) == 0
    return capsys.readouterr().out


def test_facts_of_an_entity_are_a_table(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    lines = _show(ingested, capsys, "facts", "heron x1", "--attribute", "像素").splitlines()

    assert [line.split() for line in lines] == [
        ["entity", "attribute", "value", "place"],
        ["--------", "---------", "------", "------------------"],
        ["Heron", "X1", "像素", "2400万", "notes/cameras.md:7"],
    ]


def test_facts_are_filtered_by_source_text_and_number(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    facts = json.loads(_show(ingested, capsys, "facts", "--source", "notes/lenses.md", "--text", "F/1", "--json"))
    assert [(f["entity"], f["attribute"], f["value"], f["lines"]) for f in facts] == [
        ("Kestrel 50mm", "Aperture", "f/1.4", [5, 5]),
        ("Merlin 85mm", "Aperture", "f/1.8", [11, 11]),
    ]

    assert len(json.loads(_show(ingested, capsys, "facts", "--limit", "3", "--json"))) == 3


def test_csv_can_be_read_back(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    text = _show(ingested, capsys, "facts", "Osprey Z", "--attribute", "价格", "--csv")

    assert list(csv.reader(io.StringIO(text))) == [
        ["entity", "attribute", "value", "place"],
        ["Osprey Z", "价格", "12,800元", "notes/cameras.md:15"],
    ]


def test_entities_are_found_by_part_of_a_name(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(_show(ingested, capsys, "entities", "KESTREL", "--json"))

    assert [entity["name"] for entity in found] == ["Kestrel 50mm"]


def test_sources_tell_how_they_were_read(ingested: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(_show(ingested, capsys, "sources", "--json"))

    assert [(s["path"], s["total"], s["unit"], s["encoding"], s["repair"]) for s in found] == [
        ("notes/cameras.md", 17, "line", "utf-8", None),
        ("notes/lenses.md", 12, "line", "utf-8", None),
    ]
    assert "17 lines" in _show(ingested, capsys, "sources")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["facts", "Kestre"], "the notes know nothing called 'Kestre'; did you mean Kestrel 50mm"),
        (["facts", "zzz"], "the notes know nothing called 'zzz'; `rag entities` lists them"),
        (["facts", "--source", "x.md"], "the index holds no source 'x.md'; `rag sources` lists them"),
        (["sources", "--json", "--csv"], "--json and --csv exclude each other"),
    ],
)
def test_what_is_not_there_is_told(
    ingested: Settings, capsys: pytest.CaptureFixture[str], args: list[str], told: str
) -> None:
    assert run([*args, "--corpus", str(ingested.corpus), "--no-refresh"]) == 2
    assert told in capsys.readouterr().err
