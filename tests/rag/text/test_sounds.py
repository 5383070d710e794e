"""How names sound in pinyin and by their consonants."""

from __future__ import annotations

import pytest

from rag.text.sounds import alike, characters, consonants, heard, readings, spelt, syllables


@pytest.mark.parametrize(
    ("latin", "ways"),
    [
        ("xian", (("xian",), ("xi", "an"))),
        ("xi'an", (("xi", "an"),)),
        ("gannan", (("gan", "nan"),)),
        ("strength", ()),
        ("", ()),
    ],
)
def test_words_are_cut_into_syllables(latin: str, ways: tuple[tuple[str, ...], ...]) -> None:
    assert syllables(latin) == ways


def test_readings_and_characters_are_inverse() -> None:
    assert readings("西安") == ("xian",)
    assert set(readings("重庆")) == {"zhongqing", "chongqing"}
    assert readings("Foo") == ()
    assert "安" in characters("an")
    assert characters("foo") == ""


@pytest.mark.parametrize(
    ("chinese", "latin"),
    [
        ("特斯拉", "tesla"),
        ("沃尔沃", "volvo"),
        ("卡夫卡", "kafka"),
        ("奥特利布", "ortlieb"),
        ("赫尔墨斯", "hermes"),
        ("布朗普顿", "brompton"),
    ],
)
def test_transliterations_sound_like_their_names(chinese: str, latin: str) -> None:
    assert any(
        consonants(one) == consonants(other) and alike(one, other) for one in heard(chinese) for other in spelt(latin)
    )


@pytest.mark.parametrize(("chinese", "latin"), [("特斯拉", "tusole"), ("卡夫卡", "kifka"), ("沃尔沃", "foo")])
def test_other_vowels_or_consonants_are_another_name(chinese: str, latin: str) -> None:
    assert not any(
        consonants(one) == consonants(other) and alike(one, other) for one in heard(chinese) for other in spelt(latin)
    )


def test_abbreviations_are_not_said_as_words() -> None:
    assert spelt("rlhfx") == frozenset()
