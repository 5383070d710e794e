"""Keys without a colon, values given variant by variant, and items that name variants of a family."""

from __future__ import annotations

import pytest

from ingest.bare_keys import bare_key, variants
from rag.types import FactKind
from tests.ingest.test_facts import misquoted, read


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("- Hardness 75.6", ("Hardness", "75.6", "")),
        ("- Lift up to 27.2 t", ("Lift", "up to 27.2 t", "")),
        ("- Price from $110M", ("Price", "from $110M", "")),
        ("- 硬度（橡木）58.1", ("硬度", "58.1", "橡木")),
        ("- 2 × oars", None),
        ("Hardness 75.6", None),
    ],
)
def test_a_word_before_a_number_may_be_a_key(line: str, found: tuple[str, str, str] | None) -> None:
    assert bare_key(line) == found


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("4 kg for the S, 5 kg for the L", (("S", "4 kg"), ("L", "5 kg"))),
        ("10.3 t (A62), 21.6 t (A64)", (("A62", "10.3 t"), ("A64", "21.6 t"))),
        ("2.5 版 77.9，3 代 83.1", (("2.5 版", "77.9"), ("3 代", "83.1"))),
        ("X62 €75M, X64 €115M", (("X62", "€75M"), ("X64", "€115M"))),
        ("22.8 t alone, about 17.5 t towed", ()),
        ("45 t, built for 25 trips", ()),
        ("8 kg", ()),
    ],
)
def test_a_value_for_several_variants(value: str, told: tuple[tuple[str, str], ...]) -> None:
    assert variants(value) == told


def test_a_word_is_a_key_without_colon_where_other_cards_have_it() -> None:
    text = "# Boats\n## OspreyX 3\n- Lift 45 t\n- Crew 4\n## KestrelK 2\n- Lift: 3 t for the S, 5 t for the L\n"
    found = [(f.entity, f.attribute, f.value, f.qualifiers) for f in read(text) if f.kind is FactKind.KEY]

    assert found == [
        ("OspreyX 3", "Lift", "45 t", ()),
        ("KestrelK 2", "Lift", "3 t for the S, 5 t for the L", ()),
        ("KestrelK 2", "Lift", "3 t", (("", "S"),)),
        ("KestrelK 2", "Lift", "5 t", (("", "L"),)),
    ]


def test_items_with_names_in_bold_and_dashes_are_variants_of_the_family() -> None:
    text = (
        "# Boats\n## OspreyCo\n- **OspreyCo 2** – oak, 4 t\n- **Small 3 (24 ft)** – ash, 2 t\n- Hull: oak\n"
        "## Words\n- **RTB** – return to base\n"
    )
    found = read(text)

    assert [(f.entity, f.attribute, f.value) for f in found] == [
        ("OspreyCo 2", "", "oak, 4 t"),
        ("OspreyCo Small 3", "", "Small 3 (24 ft) – ash, 2 t"),
        ("OspreyCo", "Hull", "oak"),
        ("RTB", "RTB", "return to base"),
    ]
    assert not misquoted(text, found)


def test_a_long_text_is_no_value_of_variants() -> None:
    assert variants("4 kg for the S, 5 kg for the L") != ()
    assert variants("1 a " * 100_000 + ", 2 b") == ()
