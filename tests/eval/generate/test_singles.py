"""Lookups, comparisons, links, follow-ups and silences."""

from __future__ import annotations

import pytest

from eval.generate.material import Material, gather
from eval.generate.singles import comparisons, followups, links, lookups, silences
from rag.index import Snapshot


@pytest.fixture(scope="module")
def material(snapshot: Snapshot) -> Material:
    return gather(snapshot)


def test_a_lookup_wants_the_value(material: Material) -> None:
    found = {(d.things[0].name, d.attribute): d.must for d in lookups(material)}
    assert found["Merlin XL", "Maker"] == (("Fjord Motors",),)
    assert found["Kestrel 2", "载重"] == (("900 千克",),)
    # A tick is no value, an empty cell none, a sentence none
    assert {("Merlin XL", "Towbar"), ("Osprey Van", "Colour"), ("Kestrel 2", "Warranty")}.isdisjoint(found)


def test_things_are_compared_where_they_differ(material: Material) -> None:
    pairs = {tuple(t.name for t in d.things) for d in comparisons(material) if d.attribute == "Colour"}
    assert pairs == {
        ("Hobby-90", "Kestrel 2"),
        ("Hobby-90", "Merlin XL"),
        ("Kestrel 2", "Sparrow T"),
        ("Merlin XL", "Sparrow T"),
    }


def test_a_link_is_wanted_without_its_scheme(material: Material) -> None:
    assert {(d.things[0].name, d.must) for d in links(material)} == {
        ("Kestrel 2", (("vans.example/kestrel",),)),
        ("Merlin XL", (("vans.example/merlin",),)),
    }


def test_a_followup_asks_of_another_thing_or_for_another_attribute(material: Material) -> None:
    drafts = list(followups(material))
    assert {d.wording for d in drafts} == {"followup_thing", "followup_attribute"}
    for draft in drafts:
        assert draft.earlier is not None
        same = draft.things[0].key == draft.things[1].key
        assert same == (draft.wording == "followup_attribute")
        assert draft.earlier.value not in draft.must[0]


def test_what_a_thing_lacks_and_its_neighbours_have(material: Material) -> None:
    known = [(d.things[0].name, d.attribute) for d in silences(material) if d.topic]
    assert known == [("Osprey Van", "Colour")]
    unknown = {d.things[0].name for d in silences(material) if not d.topic}
    assert unknown.isdisjoint(thing.name for thing in material.things.values())
    assert all(d.abstain and not d.must and not d.facts for d in silences(material))
