"""Which of several papers a question means."""

from __future__ import annotations

from rag.question.papers import Ask
from rag.retrieve.papers import OF_TITLE, ONLY_ONE, TELLS, Paper, in_front, meant
from rag.text.tokenise import tokenise


def paper(name: str, front: str) -> Paper:
    return Paper(f"papers/{name}.pdf", front, frozenset(), front, frozenset(tokenise(front)))


GLASS = paper("glass", "a study of glass ; guwei optics, lund")
LENSES = paper("lenses", "a study of lenses ; northern optics institute")


def asked(word: str) -> Ask:
    return Ask(word, word, ((word, 1.0),))


def test_a_name_in_chinese_is_that_in_latin_letters_which_sounds_like_it() -> None:
    assert in_front(asked("古维"), GLASS) == OF_TITLE
    assert in_front(asked("古维"), LENSES) == 0.0


def test_a_word_that_only_one_paper_has_in_front_tells_more_than_one_of_all() -> None:
    assert meant([asked("optic")], [GLASS, LENSES]) == {GLASS: OF_TITLE, LENSES: OF_TITLE}
    assert meant([asked("optic"), asked("lund")], [GLASS, LENSES]) == {GLASS: OF_TITLE * (1 + ONLY_ONE)}


def test_what_stands_right_before_the_word_for_a_paper_tells_which_it_is() -> None:
    told = asked("glass")
    assert meant([told, asked("northern")], [GLASS, LENSES], [told]) == {
        GLASS: OF_TITLE * ONLY_ONE * TELLS,
        LENSES: OF_TITLE * ONLY_ONE,
    }
