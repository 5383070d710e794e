"""Build `rag/text/data/synonyms.tsv` from the groups in `scripts/synonyms/`.

    python scripts/build_synonyms.py [--check]

A line of a source file is a group: words of one meaning in Chinese and English, with " | " between them. Real synonyms,
colloquial and formal words and abbreviations belong there, by which a question and a note may speak of the same thing;
no names, and no words of many meanings. Built is the number of groups, a line for each with the tokens that stand for
it (words of a phrase of two behind a "~"), then a line for every wording with the numbers of its groups. `--check` only
tells whether the file is up to date.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.synonyms import PHRASE
from rag.text.tokenise import query_tokens

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "synonyms"
BUILT = ROOT.parent / "rag" / "text" / "data" / "synonyms.tsv"
WORDS_OF_A_PHRASE = 2
"""English words of a wording that may stand for it one by one; of more, each says too little."""


def main() -> int:
    text = built()
    if "--check" in sys.argv[1:]:
        current = BUILT.read_text("utf-8") == text
        print("up to date" if current else f"{BUILT} is not what {SOURCES} makes")
        return 0 if current else 1
    BUILT.write_text(text, encoding="utf-8")
    print(f"{text.partition(chr(10))[0]} groups, {len(text.encode()) / 1e6:.2f} MB")
    return 0


def groups() -> list[tuple[str, ...]]:
    """The groups of all source files, normalised."""
    found: dict[tuple[str, ...], None] = {}
    for path in sorted(SOURCES.glob("*.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            words = tuple(dict.fromkeys(normalise(word).strip() for word in line.split("|")))
            if len(words) < 2 or not all(words):
                raise ValueError(f"{path}:{number}: a group is two words and more, with ' | ' between them: {line!r}")
            found[words] = None
    return list(found)


def built() -> str:
    """The text of the built file."""
    told = groups()
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(told):
        for word in words:
            numbers[word].append(number)
    by_stems: dict[str, list[int]] = defaultdict(list)
    for word, of in numbers.items():
        by_stems[_stems(word)] += of
    forms = dict(by_stems) | {word: by_stems[_stems(word)] for word in numbers}
    lines = [str(len(told)), *(" ".join(_tokens(words)) for words in told)]
    lines += [f"{form}\t{','.join(map(str, sorted(set(of))))}" for form, of in sorted(forms.items())]
    return "\n".join(lines) + "\n"


def _stems(word: str) -> str:
    """What an English wording has in common with its other forms; a Chinese one has none."""
    return word if has_cjk(word) else " ".join(query_tokens(word))


def _tokens(words: tuple[str, ...]) -> dict[str, None]:
    """What stands for a group: single tokens, Chinese phrases as they are written, the words of brief English ones."""
    found: dict[str, None] = {}
    for word in words:
        tokens = query_tokens(word)
        if len(tokens) == 1:
            found.setdefault(tokens[0])
        elif has_cjk(word) and word.isalpha():
            found.setdefault(word)
        elif len(tokens) == WORDS_OF_A_PHRASE and not has_cjk(word):
            found.setdefault(PHRASE + PHRASE.join(tokens))
    return found


if __name__ == "__main__":
    sys.exit(main())
