"""Measure the lexicon: find the paragraph in the other language, with BM25 and translated terms.

    PYTHONPATH=. python scripts/measure_lexicon.py PARALLEL.tsv.xz [CMRC2018_FOLDER]

The paragraphs are the held-out pairs of PARALLEL, which build_lexicon.py never sees. `reading` asks with the
second sentence of a paragraph (its first 14 words or 28 characters), `heading` with a whole short text. Rows
marked "no names" search documents without any Latin word or digit, which only translation finds; their bounds
are the untranslated question and the question in the documents' own language.
CMRC2018_FOLDER (BEIR layout, Chinese) shows what expansion does to a question in the documents' own language.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from bitext import held_out, read_rows
from numpy.typing import NDArray

from rag.text.language import HAN
from rag.text.lexicon import Lexicon, Translation
from rag.text.tokenise import query_tokens, tokenise

Units = list[tuple[str, tuple[Translation, ...]]]
Expand = Callable[[Sequence[str]], Units]
# A question and the number of the document that answers it.
Question = tuple[str, int]

_K1, _B = 1.2, 0.75
_QUESTIONS = 700
_LATIN = re.compile(r"[A-Za-z0-9]")


class Bm25:
    """BM25 over documents given as token lists; scores of every document at once."""

    def __init__(self, documents: Iterable[list[str]]) -> None:
        counted = [Counter(tokens) for tokens in documents]
        lengths = np.array([max(1, tokens.total()) for tokens in counted])
        norms = _K1 * (1 - _B + _B * lengths / lengths.mean())
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, tokens in enumerate(counted):
            for token, count in tokens.items():
                postings[token].append((number, count))
        self.size = len(counted)
        self._scores: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
        for token, rows in postings.items():
            numbers, counts = np.array(rows).T
            idf = math.log(1 + (self.size - len(rows) + 0.5) / (len(rows) + 0.5))
            self._scores[token] = numbers, idf * counts * (_K1 + 1) / (counts + norms[numbers])

    def score(self, units: Units) -> NDArray[np.float64]:
        """Sum over units of the best of the unit and its weighted translations."""
        total = np.zeros(self.size)
        for term, translations in units:
            best = self._term(term)
            for translation in translations:
                best = np.maximum(best, translation.weight * self._term(translation.term))
            total += best
        return total

    def _term(self, term: str) -> NDArray[np.float64]:
        scores = np.zeros(self.size)
        for token in term.split(" "):
            if token in self._scores:
                numbers, values = self._scores[token]
                scores[numbers] += values
        return scores


def report(name: str, index: Bm25, questions: list[Question], expand: Expand) -> None:
    """Print hit@1, hit@10 and MRR@10; among equal scores the earlier document is first."""
    ranks = []
    for question, answer in questions:
        scores = index.score(expand(list(dict.fromkeys(query_tokens(question)))))
        better = int((scores > scores[answer]).sum() + (scores[:answer] == scores[answer]).sum())
        ranks.append(better if scores[answer] > 0 else index.size)
    print_ranks(name, ranks)


def print_ranks(name: str, ranks: Sequence[int]) -> None:
    """Print hit@1, hit@10 and MRR@10 of the ranks, counted from 0, of the first right document."""
    rank = np.array(ranks)
    reciprocal = np.where(rank < 10, 1 / (rank + 1), 0).mean()
    hits = f"hit@1 {np.mean(rank < 1):.3f}  hit@10 {np.mean(rank < 10):.3f}  MRR@10 {reciprocal:.3f}"
    print(f"{name:<44} {len(rank):>5}  {hits}", flush=True)


def plain(tokens: Sequence[str]) -> Units:
    """The question as it is."""
    return [(token, ()) for token in tokens]


def second_sentence(text: str, chinese: bool) -> str | None:
    """The second sentence that is long enough to ask with, cut to the length of a question."""
    if chinese:
        sentences = [s for s in re.split(r"[。！？；：]", text) if len(re.findall(f"[{HAN}]", s)) >= 8]
        return sentences[1][:28] if len(sentences) > 1 else None
    sentences = [s for s in re.split(r"(?<=[.!?;:])\s+", text) if len(re.findall("[A-Za-z]+", s)) >= 6]
    return " ".join(sentences[1].split()[:14]) if len(sentences) > 1 else None


def short_text(text: str) -> str | None:
    """The text itself when it is as short as a heading, and long enough to be told from others."""
    return text if len(text.split()) <= 8 and 2 <= len(query_tokens(text)) <= 6 and "`" not in text else None


def without_names(tokens: list[str]) -> list[str]:
    return [token for token in tokens if not _LATIN.search(token)]


def held_out_pairs(path: Path) -> list[tuple[str, str]]:
    """(English, Chinese) of the rows that are never trained on, each once."""
    return list(dict.fromkeys(row for row in read_rows(path) if held_out(row[0])))


def measure_pairs(path: Path, lexicon: Lexicon) -> None:
    pairs = held_out_pairs(path)
    english, chinese = [row[0] for row in pairs], [row[1] for row in pairs]
    english_index, chinese_index = Bm25(map(tokenise, english)), Bm25(map(tokenise, chinese))
    nameless = Bm25(without_names(tokenise(text)) for text in chinese)
    asked = [(second_sentence(text, False), number) for number, text in enumerate(english)]
    reading = [(question, number) for question, number in asked if question][:_QUESTIONS]
    asked = [(second_sentence(text, True), number) for number, text in enumerate(chinese)]
    chinese_reading = [(question, number) for question, number in asked if question][:_QUESTIONS]
    headings = [(text, number) for number, text in enumerate(english) if short_text(text)][:_QUESTIONS]
    chinese_headings = [(chinese[number], number) for _, number in headings]
    bare = [(re.sub(r"[A-Za-z0-9_.]+", " ", question), number) for question, number in chinese_reading]
    print(f"{len(pairs)} held-out paragraphs")
    report("reading en->zh, untranslated", chinese_index, reading, plain)
    report("reading en->zh", chinese_index, reading, lexicon.expand)
    report("reading zh->en, untranslated", english_index, chinese_reading, plain)
    report("reading zh->en", english_index, chinese_reading, lexicon.expand)
    report("heading en->zh", chinese_index, headings, lexicon.expand)
    report("heading zh->en", english_index, chinese_headings, lexicon.expand)
    report("reading en->zh, no names, untranslated", nameless, reading, plain)
    report("reading en->zh, no names", nameless, reading, lexicon.expand)
    report("reading zh->en, no names", english_index, bare, lexicon.expand)
    report("reading zh->zh, no names", nameless, chinese_reading, plain)
    report("reading en->en, plain", english_index, reading, plain)
    report("reading en->en, expanded", english_index, reading, lexicon.expand)


def measure_beir(folder: Path, lexicon: Lexicon) -> None:
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
    number = {row["_id"]: position for position, row in enumerate(rows)}
    index = Bm25(tokenise(f"{row['title']} {row['text']}") for row in rows)
    answers = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:])
    asked = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    questions = [(row["text"], number[answers[row["_id"]]]) for row in asked]
    report(f"{folder.name}, plain", index, questions, plain)
    report(f"{folder.name}, expanded", index, questions, lexicon.expand)


def main(parallel: str, *folders: str) -> None:
    lexicon = Lexicon.load()
    measure_pairs(Path(parallel), lexicon)
    for folder in folders:
        measure_beir(Path(folder), lexicon)


if __name__ == "__main__":
    main(*sys.argv[1:])
