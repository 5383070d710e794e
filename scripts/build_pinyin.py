"""Derive rag/text/data/pinyin.tsv, how Chinese characters are read and which ones spell foreign names.

    PYTHONPATH=. python scripts/build_pinyin.py CEDICT.tsv.xz rag/text/data/pinyin.tsv

The readings, toneless, are those of pypinyin (`pip install pypinyin`, MIT), which only this script needs; CEDICT has
the columns glosses, simplified, traditional. A row is a syllable and the characters of GB 2312 that are read so, most
common readings first; the row "*" has the characters that spell names: those that occur most in words of CC-CEDICT
whose gloss is one capitalised word that sounds like them.
"""

from __future__ import annotations

import lzma
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from rag.text.language import stop_words
from rag.text.sounds import consonants, heard_of, spelt

MOST_READINGS = 2
FEWEST_NAMES = 3
"""Names that a character must help to spell: fewer are coincidences."""
_ONE_NAME = re.compile(r"([A-Z][a-z]{3,})\b")
_READING = re.compile("(?=.*[aeiouü])[a-zü]{1,6}")


def characters() -> list[str]:
    """The characters of GB 2312, in its order: the common ones by sound, then the rare ones."""
    found = []
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.append(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def readings() -> dict[str, tuple[str, ...]]:
    """Toneless readings of each character, the most common first; ü is written v, as it is typed."""
    from pypinyin import Style, pinyin  # type: ignore[import-not-found]

    found = {}
    for character in characters():
        said = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
        kept = [reading for reading in said if _READING.fullmatch(reading)][:MOST_READINGS]
        found[character] = tuple(dict.fromkeys(reading.replace("ü", "v") for reading in kept))
    return found


def spelling(cedict: Path, read: dict[str, tuple[str, ...]]) -> str:
    """The characters that spell names, sorted."""
    counts: Counter[str] = Counter()
    with lzma.open(cedict, "rt", encoding="utf-8") as lines:
        for line in lines:
            glosses, simplified, _ = line.rstrip("\n").split("\t")
            name = _ONE_NAME.match(glosses)
            if name is None or len(simplified) < 2 or not all(read.get(c) for c in simplified):
                continue
            if name.group(1).lower() == "".join(read[c][0] for c in simplified):
                continue  # a Chinese name, spelt in Latin
            said = {consonants(sound) for sound in heard_of([read[c] for c in simplified])}
            if said & {consonants(sound) for sound in spelt(name.group(1).lower())}:
                counts.update(set(simplified))
    particles = stop_words("zh")
    kept = (character for character, count in counts.items() if count >= FEWEST_NAMES)
    return "".join(sorted(character for character in kept if character not in particles))


def main(cedict: str, output: str) -> None:
    read = readings()
    rows: dict[str, str] = defaultdict(str)
    for rank in range(MOST_READINGS):
        for character, said in read.items():
            if rank < len(said):
                rows[said[rank]] += character
    lines = [f"{syllable}\t{row}\n" for syllable, row in sorted(rows.items())]
    names = spelling(Path(cedict), read)
    Path(output).write_text("".join([*lines, f"*\t{names}\n"]), encoding="utf-8")
    print(f"{len(rows)} syllables, {len(names)} characters of names -> {output}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
