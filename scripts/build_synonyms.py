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
from pathlib import Path

from rag.text.normalise import normalise
from rag.text.synonyms import arranged

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "synonyms"
BUILT = ROOT.parent / "rag" / "text" / "data" / "synonyms.tsv"


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
    told = arranged(groups())
    forms = (f"{form}\t{numbers}" for form, numbers in sorted(told.numbers.items()))
    return "\n".join((str(len(told.tokens)), *told.tokens, *forms)) + "\n"


if __name__ == "__main__":
    sys.exit(main())
