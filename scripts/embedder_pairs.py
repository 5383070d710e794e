"""Training text of the built-in embedder: pairs of texts that belong together, in batches of numbered tokens.

Held-out pairs (bitext.held_out) and sections that contain one are left out.
"""

from __future__ import annotations

import json
import lzma
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from bitext import held_out, read_rows
from numpy.typing import NDArray

from rag.embed.builtin import gram_buckets
from rag.text.language import HAN
from rag.text.tokenise import is_word, query_tokens, tokenise

Ids = NDArray[np.int64]

LONGEST = 1_000
"""Characters of a section that are read: the length of a chunk, roughly."""
NEIGHBOURS = 64
"""Consecutive rows that stay together in a batch, so that its negatives are of the same subject."""
WORD_DROP = 0.15
"""Share of a text's tokens left out, so that no single token carries a match."""

_CHINESE = re.compile(rf"[{HAN}]{{2,}}")
_SHORTEST_LEAK = 30
"""Characters of a held-out text that tells where it was taken from."""
_SHORT = 6
"""Texts of fewer tokens keep them all."""
_LONG = 16
"""Tokens of a text that is worth asking for a part of."""
_SPAN = (3, 14)
"""Least and most tokens of a span: those of questions."""


@dataclass(slots=True)
class Corpus:
    """Texts as runs of token types; pairs of text numbers by task."""

    types: dict[str, int] = field(default_factory=dict)
    stream: array[int] = field(default_factory=lambda: array("i"))
    offsets: list[int] = field(default_factory=lambda: [0])
    pairs: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, tokens: list[str]) -> int:
        """The number of a new text."""
        known = self.types
        self.stream.extend([known.setdefault(token, len(known)) for token in tokens])
        self.offsets.append(len(self.stream))
        return len(self.offsets) - 2

    def pair(self, task: str, left: int, right: int) -> None:
        """Note that two texts belong together."""
        if self.shorter(left, right):
            self.pairs.setdefault(task, []).append((left, right))

    def shorter(self, *texts: int) -> int:
        """Tokens of the shortest of some texts."""
        return min(self.offsets[text + 1] - self.offsets[text] for text in texts)


@dataclass(frozen=True, slots=True)
class Task:
    """How often and how large the batches of a kind of pair are, and what of its texts is taken.

    `halves`: two parts of a text given twice. `span`: a few words of one side, and the whole other side.
    """

    share: float
    batch: int
    taken: Literal["whole", "halves", "span"] = "whole"


TASKS = {
    "parallel": Task(0.20, 1024),
    "reading": Task(0.24, 1024, "span"),
    "dictionary": Task(0.10, 2048),
    "question": Task(0.12, 1024),
    "across": Task(0.10, 768),
    "within": Task(0.18, 1024, "span"),
    "halves": Task(0.06, 1024, "halves"),
}


def read(folder: Path) -> Corpus:
    """Every training pair, tokenised."""
    corpus = Corpus()
    held: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for name in ("parallel_docs", "parallel_tatoeba"):
        for row in read_rows(folder / f"{name}.tsv.xz"):
            if row in seen:
                continue
            seen.add(row)
            if held_out(row[0]):
                held.append(row)
                continue
            english, chinese = (corpus.add(tokenise(text)) for text in row)
            corpus.pair("parallel", english, chinese)
            if corpus.shorter(english, chinese) >= _LONG:
                corpus.pair("reading", english, chinese)
                # One language for each run of rows: a translation must not be among the negatives.
                side = (english, chinese)[len(seen) // NEIGHBOURS % 2]
                corpus.pair("within", side, side)
    _read_dictionary(folder / "cedict.tsv.xz", corpus)
    _read_sections(folder, corpus, held)
    return corpus


def _read_dictionary(path: Path, corpus: Corpus) -> None:
    for glosses, simplified in read_rows(path):
        word = corpus.add(tokenise(simplified))
        corpus.pair("dictionary", word, corpus.add(tokenise(glosses)))
        parts = glosses.split(";")
        if len(parts) > 1:
            for gloss in parts[:2]:
                corpus.pair("dictionary", word, corpus.add(tokenise(gloss)))


def _read_sections(folder: Path, corpus: Corpus, held: list[tuple[str, str]]) -> None:
    for row in _json_rows(folder / "qa_docs.jsonl.xz"):
        section = corpus.add(tokenise(row["p"][:LONGEST]))
        corpus.pair("question", corpus.add(query_tokens(row["q"])), section)
        for task in ("within", "halves"):
            corpus.pair(task, section, section)
    rows = list(_json_rows(folder / "qa_docs_xling.jsonl.xz"))
    leaks = _containing([row["pe"] for row in rows], [english for english, _ in held])
    leaks |= _containing([row["pz"] for row in rows], [chinese for _, chinese in held])
    for number, row in enumerate(rows):
        if number in leaks:
            continue
        heads = [corpus.add(query_tokens(row[key])) for key in ("qe", "qz")]
        english, chinese = (corpus.add(tokenise(row[key][:LONGEST])) for key in ("pe", "pz"))
        for left, right in ((heads[0], chinese), (heads[1], english), (english, chinese)):
            corpus.pair("across", left, right)
        corpus.pair("reading", english, chinese)


def _containing(texts: list[str], parts: list[str]) -> set[int]:
    """Numbers of the texts that contain one of the parts."""
    whole = "\n".join(texts)
    starts = np.cumsum([0] + [len(text) + 1 for text in texts[:-1]]).tolist()
    found: set[int] = set()
    for part in sorted({part for part in parts if len(part) >= _SHORTEST_LEAK}):
        at = whole.find(part)
        while at >= 0:
            found.add(bisect_right(starts, at) - 1)
            at = whole.find(part, at + 1)
    return found


def _json_rows(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@dataclass(frozen=True, slots=True)
class Examples:
    """The corpus as arrays; types are numbered by falling frequency, words first.

    `signatures` has a number for each text that equal texts share (and hardly any others).
    `gram_offsets` and `grams` list the n-gram buckets of each type.
    """

    tokens: list[str]
    counts: Ids
    stream: Ids
    offsets: Ids
    pairs: dict[str, Ids]
    signatures: Ids
    gram_offsets: Ids
    grams: Ids


def numbered(corpus: Corpus, buckets: int) -> Examples:
    """The corpus with its types numbered by frequency."""
    stream = np.frombuffer(corpus.stream, np.int32).astype(np.int64)
    counts = np.bincount(stream, minlength=len(corpus.types))
    names = list(corpus.types)
    # Pairs of characters across words, which `tokenise` makes too, leave room in the vocabulary to words.
    across = [bool(_CHINESE.fullmatch(name)) and not is_word(name) for name in names]
    order = np.array(sorted(range(len(names)), key=lambda n: (across[n], -int(counts[n]), names[n])))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    tokens = [names[number] for number in order]
    grams = [gram_buckets(token, buckets) for token in tokens]
    offsets = np.array(corpus.offsets)
    mixed = np.cumsum(np.concatenate([[0], (rank[stream] * 0x9E3779B1 + 12345) % (1 << 31)]))
    return Examples(
        tokens,
        counts[order],
        rank[stream],
        offsets,
        {task: np.array(pairs) for task, pairs in corpus.pairs.items()},
        mixed[offsets[1:]] - mixed[offsets[:-1]],
        np.cumsum([0] + [len(found) for found in grams]),
        np.array([bucket for found in grams for bucket in found]),
    )


def spans(starts: Ids, ends: Ids) -> tuple[Ids, Ids]:
    """(indices, row of each index) of many ranges, one after another."""
    lengths = ends - starts
    rows = np.repeat(np.arange(len(starts)), lengths)
    firsts = np.cumsum(lengths) - lengths
    return np.arange(len(rows)) - firsts[rows] + starts[rows], rows


@dataclass(frozen=True, slots=True)
class Batch:
    """Token types with the text each is in: the left texts are rows 0..n-1, the right ones n..2n-1."""

    types: Ids
    rows: Ids
    signatures: Ids


class Batches:
    """Endless batches of pairs."""

    def __init__(self, examples: Examples, seed: int) -> None:
        self._examples = examples
        self._random = np.random.default_rng(seed)
        self._queues: dict[str, list[Ids]] = {task: [] for task in TASKS}

    def next(self, task: str) -> Batch:
        """Pairs of a task."""
        kind = TASKS[task]
        wanted = kind.batch // NEIGHBOURS
        if len(self._queues[task]) < wanted:
            self._queues[task] = self._blocks(task)
        blocks = [self._queues[task].pop() for _ in range(wanted)]
        pairs = self._examples.pairs[task][np.concatenate(blocks)]
        texts = pairs.T.ravel()
        starts, ends = self._examples.offsets[texts], self._examples.offsets[texts + 1]
        if kind.taken == "halves":
            starts, ends = self._halves(starts, ends)
        elif kind.taken == "span":
            starts, ends = self._spans(starts, ends)
        indices, rows = spans(starts, ends)
        kept = self._random.random(len(indices)) >= WORD_DROP
        kept |= (ends - starts)[rows] < _SHORT
        signatures = self._examples.signatures[texts]
        return Batch(self._examples.stream[indices[kept]], rows[kept], signatures)

    def _halves(self, starts: Ids, ends: Ids) -> tuple[Ids, Ids]:
        """Each text, given twice, in two parts; the cut is somewhere in its middle."""
        n = len(starts) // 2
        starts, ends = starts[:n], ends[:n]
        cut = starts + ((ends - starts) * self._random.uniform(0.2, 0.8, n)).astype(np.int64)
        swap = self._random.random(n) < 0.5
        first, second = np.where(swap, cut, starts), np.where(swap, starts, cut)
        return np.concatenate([first, second]), np.concatenate([np.where(swap, ends, cut), np.where(swap, cut, ends)])

    def _spans(self, starts: Ids, ends: Ids) -> tuple[Ids, Ids]:
        """A few words of one side of each pair, whichever; the other side whole."""
        n = len(starts) // 2
        asked = np.arange(n) + n * (self._random.random(n) < 0.5)
        lengths = np.minimum(self._random.integers(*_SPAN, n, endpoint=True), (ends - starts)[asked])
        free = (ends - starts)[asked] - lengths
        starts, ends = starts.copy(), ends.copy()
        starts[asked] += (free * self._random.random(n)).astype(np.int64)
        ends[asked] = starts[asked] + lengths
        return starts, ends

    def _blocks(self, task: str) -> list[Ids]:
        size = len(self._examples.pairs[task])
        shift = int(self._random.integers(NEIGHBOURS))
        order = np.roll(np.arange(size), shift)
        if task == "dictionary":  # neighbours in a dictionary share characters, not a subject
            order = self._random.permutation(size)
        blocks = [order[at : at + NEIGHBOURS] for at in range(0, size - NEIGHBOURS + 1, NEIGHBOURS)]
        self._random.shuffle(blocks)
        return blocks
