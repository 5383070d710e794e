"""Which words of a question it denies."""

from __future__ import annotations

import pytest

from rag.question.denial import denied, denies_itself
from rag.text.normalise import normalise


@pytest.mark.parametrize(
    ("question", "words", "others"),
    [
        ("planters with no drainage that cost less than 50", {"drainag"}, {"cost", "planter"}),
        ("kilns that are cheap but don't need gas", {"gas"}, {"cheap", "kiln"}),
        ("gluten-free flours from Tarn", {"gluten"}, {"flour", "tarn"}),
        ("没有护罩的压机有哪些", {"护罩"}, {"压机"}),
        ("能水洗、不用充电的灯", {"充电"}, {"水洗"}),
        ("塑封还没撕的盒子", {"撕", "塑封"}, {"盒子"}),
        ("有没有带护罩的压机", set(), {"护罩", "压机"}),
        ("不超过 300 克的壶", set(), {"克", "壶"}),
    ],
)
def test_a_denial_reaches_the_words_of_its_own_clause(question: str, words: set[str], others: set[str]) -> None:
    found = denied(normalise(question))

    assert words <= found.keys()
    assert others.isdisjoint(found)


def test_words_in_front_of_a_denial_are_denied_less_surely() -> None:
    found = denied(normalise("底下没洞的盆"))

    assert found["洞"] == 1.0
    assert 0 < found["底下"] < 1


@pytest.mark.parametrize(
    ("header", "itself"),
    [
        ("Lead-free", True),
        ("无广告", True),
        ("No login", True),
        ("Free tier", False),
        ("免费", False),
        ("Guarded", False),
    ],
)
def test_a_header_may_ask_for_what_is_not_there(header: str, itself: bool) -> None:
    assert denies_itself(header) is itself
