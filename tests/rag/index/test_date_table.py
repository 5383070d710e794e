"""Facts by their dates, without reading all of them."""

from __future__ import annotations

from pathlib import Path

from ingest.build import ingest
from rag.index import Snapshot
from rag.index.date_table import Dated
from tests.ingest.corpora import corpus, write

HARBOUR = """# Harbour

| Ship | Built |
| --- | --- |
| Petrel | 2001-04-02 |
| Plover | 2008-03 |

## Log

- 2001-04-02: Petrel first sailed
- 2008-03-09: Plover first sailed
"""


def test_facts_on_dates_are_those_of_all_facts_that_bear_them(tmp_path: Path) -> None:
    settings = corpus(tmp_path)
    write(settings.corpus, harbour=HARBOUR)
    ingest(settings)

    with Snapshot.open(settings.index_path) as snapshot:
        dates = snapshot.dates
        dated = snapshot.dated_facts()
        on = snapshot.facts_on(["2001-04-02", "1999"])
        built = snapshot.facts_on(["2001-04-02", "2008-03"], {("cell", "Built")})
        first = snapshot.facts_on(["2001-04-02"], limit=1)
        in_note = snapshot.dated_facts_in(["harbour.md"])

    assert Dated("2008-03", "cell", "Built") in dates
    assert {one.date for one in dates} == {fact.date for fact in dated}
    assert list(on) == [fact for fact in dated if fact.date == "2001-04-02"]
    assert [fact.entity for fact in built] == ["Petrel", "Plover"]
    assert first == on[:1]
    assert list(in_note) == [fact for fact in dated if fact.source == "harbour.md"]
