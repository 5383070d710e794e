"""How a table writes the name of what a row is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answer.regions import written
from rag.types import FactKind
from tests.rag.survey import opened


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("[Phoenix 凤凰][zoo]", "Phoenix 凤凰"),
        ("[Phoenix 凤凰](https://example.org/phoenix)", "Phoenix 凤凰"),
        ("**Phoenix 凤凰**", "Phoenix 凤凰"),
        ("Phoenix 凤凰", "Phoenix 凤凰"),
    ],
)
def test_a_name_is_written_without_markup(tmp_path: Path, cell: str, name: str) -> None:
    note = f"# Birds\n\n| Bird | Nest |\n| --- | --- |\n| {cell} | fire |\n| Gannet | cliff |\n\n[zoo]: https://example.org\n"

    with opened(tmp_path, birds=note) as assistant:
        fact = next(f for f in assistant.snapshot.facts() if f.kind is FactKind.CELL and f.value == "fire")

        assert written(assistant.snapshot, fact, "Phoenix 凤凰") == name
