"""Countries by all their names, and the abbreviations that are words in small letters."""

from __future__ import annotations

import pytest

from rag.text.countries import countries, unabbreviated


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("italian apps", {"italy", "意大利"}),
        ("意大利的", {"italy", "italian"}),
        ("made in germany", {"德国", "german"}),
        ("德系车", {"德国", "germany", "german"}),
        ("usa", {"us", "美国", "american"}),
        ("美国", {"us", "usa", "american"}),
        ("british ones", {"uk", "英国"}),
        ("国产的", {"中国", "china"}),
    ],
)
def test_a_country_is_met_by_its_other_names(text: str, met: set[str]) -> None:
    (found,) = countries(text)

    assert met <= set(found[1])


@pytest.mark.parametrize("text", ["who works with us", "neon lights", "日产十台"])
def test_other_words_name_no_country(text: str) -> None:
    assert countries(text) == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("US makers", "USA makers"),
        ("U.S. makers", "USA makers"),
        ("from the us", "from the USA"),
        ("us-based", "USA-based"),
        ("U.K. makers", "UK makers"),
        ("show us all", "show us all"),
        ("SHOW US ALL", "SHOW US ALL"),
        ("under US$5", "under US$5"),
    ],
)
def test_abbreviations_of_countries_are_no_pronouns(written: str, read: str) -> None:
    assert unabbreviated(written) == read
