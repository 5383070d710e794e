"""The wordings of generated questions: both languages know the same, and headers are translated where that is known."""

from __future__ import annotations

import string

import pytest

from eval.generate.wordings import link_labels, spoken_attribute, templates, unknown_names

GROUPS = (
    *(
        "lookup",
        "list_value",
        "list_yes",
        "list_below",
        "list_above",
        "list_before",
        "compare",
        "first",
        "last",
        "order",
    ),
    *("event_first", "event_last", "event_order", "link", "followup_thing", "followup_attribute"),
)


@pytest.mark.parametrize("group", GROUPS)
def test_both_languages_ask_for_the_same(group: str) -> None:
    def slots(language: str) -> set[frozenset[str]]:
        parsed = [string.Formatter().parse(template) for template in templates(group, language)]
        return {frozenset(name for _, name, _, _ in found if name) for found in parsed}

    assert len(templates(group, "zh")) >= 2
    assert slots("zh") == slots("en")
    assert len(slots("zh")) == 1


@pytest.mark.parametrize(
    ("attribute", "language", "spoken"),
    [
        ("颜色", "en", "colour"),
        ("Colour", "zh", "颜色"),
        ("Colour", "en", "Colour"),
        ("载重", "en", "载重"),
        ("写 / 延迟", "zh", "写延迟"),
        ("Price / month", "en", "Price / month"),
    ],
)
def test_a_header_is_said_in_the_language_of_the_question(attribute: str, language: str, spoken: str) -> None:
    assert spoken_attribute(attribute, language) == spoken


def test_labels_and_names_are_there() -> None:
    assert {"仓库", "repository"} <= link_labels()
    assert len(unknown_names()) >= 8
