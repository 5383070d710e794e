"""Measure the repair of damaged text on texts that the model has not seen.

    python scripts/measure_repair.py --parallel DOCS.tsv.xz TATOEBA.tsv.xz --plain NOTE.md ... \
        --jsonl CORPUS.jsonl

--parallel: the held-out rows of the build. --plain: undamaged Chinese texts. --jsonl: objects with a "text".
Prints, per text and code page: characters that lost bytes, how many came back right, and others altered.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

from build_repair_model import held_out, parallel_rows

from ingest.repair import repair
from ingest.repair_bytes import WINDOWS_1252, WINDOWS_1254, CodePage, damage

LIMIT = 150_000  # characters measured of one set


def score(text: str, page: CodePage) -> tuple[int, int, int]:
    """Characters that lost bytes, those restored, and undamaged characters altered."""
    outcome = repair(damage(text, page))
    got = outcome[0] if outcome else damage(text, page)
    if len(got) != len(text):
        return 0, 0, len(text)
    lossy = [any(byte in page.dropped for byte in char.encode()) for char in text]
    right = sum(lost and a == b for a, b, lost in zip(text, got, lossy, strict=True))
    return sum(lossy), right, sum(not lost and a != b for a, b, lost in zip(text, got, lossy, strict=True))


def sets(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Name and text of each set."""
    if options.parallel:
        rows = [row for row in parallel_rows(options.parallel) if held_out(row)]
        yield "held-out rows", "\n".join(rows)
    for path in options.jsonl:
        lines = path.read_text(encoding="utf-8").split("\n")
        yield path.parent.name, "\n".join(json.loads(line)["text"] for line in lines if line)
    for path in options.plain:
        yield path.name, path.read_text(encoding="utf-8")


def main() -> None:
    """Print one line per set and code page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--parallel", "--plain", "--jsonl"):
        parser.add_argument(option, type=Path, nargs="+", default=[])
    for name, text in sets(parser.parse_args()):
        for page in (WINDOWS_1254, WINDOWS_1252):
            begun = time.perf_counter()
            lost, right, altered = score(text[:LIMIT], page)
            seconds = time.perf_counter() - begun
            share = right / lost if lost else 1.0
            print(f"{name}\t{page.name}\t{lost} damaged\t{share:.2%} right\t{altered} altered\t{seconds:.2f} s")


if __name__ == "__main__":
    main()
