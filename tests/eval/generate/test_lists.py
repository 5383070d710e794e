"""Lists and timelines: complete, and only where it is clear who belongs to them."""

from __future__ import annotations

import pytest

from eval.generate.draft import Draft
from eval.generate.lists import core, lists, timelines
from eval.generate.material import Column, Material, Stated, Thing, gather
from rag.index import Snapshot
from rag.types import Fact, FactKind, Lines


@pytest.fixture(scope="module")
def material(snapshot: Snapshot) -> Material:
    return gather(snapshot)


def one(drafts: list[Draft], wording: str, attribute: str, value: str = "") -> Draft:
    (found,) = (d for d in drafts if (d.wording, d.attribute, d.value) == (wording, attribute, value))
    return found


def names(groups: tuple[tuple[str, ...], ...]) -> list[str]:
    return [aliases[0] for aliases in groups]


def test_a_list_by_value_has_everything_with_it_and_excludes_the_others(material: Material) -> None:
    found = one(list(lists(material)), "list_value", "Maker", "Fjord Motors")
    assert names(found.entities) == ["Kestrel 2", "Merlin XL"]
    assert names(found.exclude) == ["Hobby-90", "Osprey Van", "Sparrow T"]
    assert [fact.location for fact in found.facts] == [Lines(5, 5), Lines(6, 6)]
    assert found.require_all


def test_lists_by_tick_limit_and_date(material: Material) -> None:
    drafts = list(lists(material))
    assert names(one(drafts, "list_yes", "Towbar").entities) == ["Hobby-90", "Kestrel 2", "Sparrow T"]
    assert names(one(drafts, "list_before", "First sold", "2019-03-04").entities) == ["Sparrow T", "Hobby-90"]
    cheap = next(d for d in drafts if d.wording == "list_above" and d.attribute == "载重")
    # What equals the limit stands on neither side
    assert (cheap.value, names(cheap.entities)) == ("900 千克", ["Merlin XL", "Osprey Van"])
    assert names(cheap.exclude) == ["Hobby-90"]


def test_no_list_of_one(material: Material) -> None:
    assert [d for d in lists(material) if d.value == "Lahti Auto"] == []


def test_first_last_and_order_of_a_column(material: Material) -> None:
    drafts = list(timelines(material))
    first = one(drafts, "first", "First sold")
    assert first.must == (("Sparrow T",), ("2016-09-30", "2016-9-30", "2016/9/30", "2016年9月30日"))
    assert one(drafts, "last", "First sold").must[0] == ("Osprey Van",)
    orders = [d for d in drafts if d.wording == "order"]
    assert len(orders) == 10
    assert all(len(d.must) == len(d.things) == 3 for d in orders)
    # The things are never named in the order that is asked for
    assert all([t.name for t in d.things] != names(d.entities) for d in orders)


def column(attribute: str, unclear: tuple[str, ...], **values: str) -> Column:
    """A column by hand."""

    def fact(name: str, value: str) -> Fact:
        return Fact(FactKind.CELL, "a.md", Lines(1, 1), ("A",), name, name, attribute, value, value)

    stated = tuple(
        Stated(Thing((name,), name, (name,)), attribute, value, (fact(name, value),)) for name, value in values.items()
    )
    return Column(attribute, stated, tuple(fact("", value) for value in unclear))


DAYS = {"A1": "2020-01-01", "B1": "2021-01-01", "C1": "2022-01-01", "D1": "2023-01-01"}


@pytest.mark.parametrize(
    ("unclear", "wordings"),
    [
        ((), {"first", "last", "order"}),
        (("2021-06",), {"first", "last", "order"}),
        (("2019-06",), {"last", "order"}),
        (("v2.1",), {"order"}),
    ],
)
def test_what_is_unclear_takes_first_and_last_away(unclear: tuple[str, ...], wordings: set[str]) -> None:
    material = Material((column("Sold", unclear, **DAYS),), (), (), {}, {}, {})
    assert {draft.wording for draft in timelines(material)} == wordings


def test_a_value_within_another_is_no_list() -> None:
    held = column("Terms", (), A1="free of charge", B1="free of charge", C1="paid", D1="free of charge for students")
    assert [d for d in lists(Material((held,), (), (), {}, {}, {})) if d.wording == "list_value"] == []


def test_a_column_with_an_unclear_tick_makes_no_list() -> None:
    held = column("Towbar", ("perhaps",), A1="✅", B1="✅", C1="❌", D1="❌")
    assert list(lists(Material((held,), (), (), {}, {}, {}))) == []


def test_a_value_is_the_same_however_it_is_written() -> None:
    assert core("8 * A100") == core("8 × A100") == core("8张 A100") == "8a100"
    assert core("近哈曼") == "近哈曼"
    held = column("Cards", (), A1="8 * A100", B1="8 * A100", C1="7B: 8张A100", D1="4 * V100")
    assert [d for d in lists(Material((held,), (), (), {}, {}, {})) if d.wording == "list_value"] == []
