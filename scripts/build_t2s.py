"""Derive rag/text/data/t2s.tsv, the traditional -> simplified table, from CC-CEDICT.

    python scripts/build_t2s.py CEDICT.tsv.xz T2S_CHARS.tsv rag/text/data/t2s.tsv

CEDICT has the columns glosses, simplified, traditional; T2S_CHARS the columns traditional, simplified.
A row of the result is a character, or a word in which a character does not take its usual form.
"""

from __future__ import annotations

import lzma
import sys
from collections import Counter, defaultdict
from pathlib import Path

# A character that keeps its form in at least this share of the words that hold it (著: 著名 against 看著) is
# also a simplified character; changing it by default would damage simplified text.
KEPT_SHARE = 0.05
# One word alone that keeps a character where others change it is a misprint in the dictionary.
KEPT_WORDS = 2


def read_words(path: Path) -> list[tuple[str, str]]:
    """(traditional, simplified) pairs of equal length, in file order."""
    words = []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            _, simplified, traditional = line.rstrip("\n").split("\t")
            if len(simplified) == len(traditional):
                words.append((traditional, simplified))
    return words


def usual_forms(words: list[tuple[str, str]], listed: dict[str, str]) -> dict[str, str]:
    """The form that each traditional character takes by default; those that stay are left out."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    in_simplified = Counter(character for _, simplified in words for character in simplified)
    for traditional, simplified in words:
        for before, after in zip(traditional, simplified, strict=True):
            forms[before][after] += 1
    usual = {t: s for t, s in listed.items() if t not in forms and t not in in_simplified}
    for character, counts in forms.items():
        kept = counts[character] / counts.total()
        count, form = max(((n, form) for form, n in counts.items() if form != character), default=(0, ""))
        # The second condition spares simplified characters that double as rare traditional ones (么 for 幺).
        if kept < KEPT_SHARE and in_simplified[character] < count:
            usual[character] = form
    return usual


def exceptions(words: list[tuple[str, str]], usual: dict[str, str]) -> dict[str, str]:
    """Words whose simplified form is not the one that `usual` gives character by character."""
    table = str.maketrans(usual)
    simplified_words = {simplified for _, simplified in words}
    unusual = {t: s for t, s in words if len(t) > 1 and t.translate(table) != s}
    kept = Counter(c for t, s in unusual.items() for c in usual if c in t and c in s)
    misprints = {c for c, count in kept.items() if count < KEPT_WORDS}
    return {
        traditional: simplified
        for traditional, simplified in unusual.items()
        if not misprints.intersection(simplified) and (traditional == simplified or traditional not in simplified_words)
    }


def main(cedict: str, characters: str, output: str) -> None:
    words = read_words(Path(cedict))
    pairs = (line.split("\t") for line in Path(characters).read_text(encoding="utf-8").splitlines())
    usual = usual_forms(words, {pair[0]: pair[1] for pair in pairs})
    rows = sorted(usual.items()) + sorted(exceptions(words, usual).items())
    Path(output).write_text("".join(f"{t}\t{s}\n" for t, s in rows), encoding="utf-8")
    print(f"{len(usual)} characters, {len(rows) - len(usual)} words -> {output}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
