"""Build `rag/question/data/askings.tsv` from the wordings in `scripts/askings/`.

    python scripts/build_askings.py [--check]

A source file holds entries apart by blank lines: first `# name | name | ...`, what a column or key is called in both
languages, then a line for every way of asking for it. Built is a line an entry: the names by their tokens, and the
tokens of the askings with the number of askings that hold them. `--check` only tells whether the file is up to date.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens, tokenise

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "askings"
BUILT = ROOT.parent / "rag" / "question" / "data" / "askings.tsv"


def main() -> int:
    text = built()
    if "--check" in sys.argv[1:]:
        current = BUILT.read_text("utf-8") == text
        print("up to date" if current else f"{BUILT} is not what {SOURCES} makes")
        return 0 if current else 1
    BUILT.write_text(text, encoding="utf-8")
    print(f"{text.count(chr(10))} attributes, {len(text.encode()) / 1e6:.2f} MB")
    return 0


def built() -> str:
    """The text of the built file."""
    return "".join(f"{line}\n" for path in sorted(SOURCES.glob("*.txt")) for line in _lines(path))


def _lines(path: Path) -> Iterator[str]:
    for entry in re.split(r"\n{2,}", path.read_text("utf-8").strip()):
        head, *askings = [line.strip() for line in entry.strip().split("\n")]
        if not head.startswith("#"):
            raise ValueError(f"{path}: an entry begins with its names, '# name | name', not with {head[:60]!r}")
        names = (" ".join(sorted(set(tokenise(normalise(name))))) for name in head[1:].split("|"))
        counts = Counter(token for asking in askings for token in set(query_tokens(normalise(asking))))
        words = ",".join(f"{token}:{count}" for token, count in sorted(counts.items()) if " " not in token)
        yield "|".join(dict.fromkeys(name for name in names if name)) + "\t" + words


if __name__ == "__main__":
    sys.exit(main())
