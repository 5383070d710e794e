"""Train the built-in embedder on aligned and question-answer text in Chinese and English.

    PYTHONPATH=. nice python scripts/train_embedder.py TRAIN_FOLDER TEACHER_FOLDER rag/embed/data/static.bin

TRAIN_FOLDER holds parallel_docs.tsv.xz, parallel_tatoeba.tsv.xz, cedict.tsv.xz, qa_docs.jsonl.xz and
qa_docs_xling.jsonl.xz; TEACHER_FOLDER is an English sentence-transformers model (see embedder_teacher.py).
The loss is InfoNCE with in-batch negatives (van den Oord et al. 2018), both ways. One thread, fixed seeds, about
a quarter of an hour; two runs differ by one unit in one of ten thousand 8-bit values.
"""

from __future__ import annotations

import hashlib
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from embedder_pairs import TASKS, Batch, Batches, Examples, Ids, numbered, read, spans
from embedder_teacher import teach
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, embedding_bag, normalize, pad

from rag.embed.builtin import HEADER, MAGIC

DIMENSIONS = 256
TOKENS = 32_000
BUCKETS = 8_192
STEPS = 5_000
SEED = 1
TEMPERATURE = 0.05
LEARNING_RATE = 4e-3
WEIGHT_RATE = 1e-2
GRAMS_ONLY = 0.1
"""Share of a batch's known tokens that are composed of n-grams as if they were unknown."""
TAUGHT = 1.5
"""Length of the teacher's part in a first vector, beside a random part of length 1."""
_SIF = 1e-3
"""Smooth inverse frequency (Arora et al. 2017) as the first weight of a token."""


class Adam:
    """Adam on some rows of a table (Kingma & Ba 2015); the moments of other rows rest."""

    def __init__(self, table: torch.Tensor) -> None:
        self.table = table
        self._first, self._second = torch.zeros_like(table), torch.zeros_like(table)
        self._steps = torch.zeros(len(table))

    def update(self, rows: torch.Tensor, gradient: torch.Tensor, rate: float) -> None:
        """One step against `gradient`, which holds a row for each of `rows`."""
        self._steps[rows] += 1
        steps = self._steps[rows].view(-1, *[1] * (self.table.dim() - 1))
        first = self._first[rows].lerp_(gradient, 0.1)
        second = self._second[rows].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        self._first[rows], self._second[rows] = first, second
        scale = (second / (1 - 0.999**steps)).sqrt_().add_(1e-8)
        self.table[rows] -= rate * (first / (1 - 0.9**steps)) / scale


class Model:
    """Token vectors, their log-weights and n-gram vectors, in training."""

    def __init__(self, examples: Examples, teacher: NDArray[np.float32]) -> None:
        self._examples = examples
        generator = torch.Generator().manual_seed(SEED)
        share = torch.tensor(examples.counts[:TOKENS] / examples.counts.sum(), dtype=torch.float32)
        spread = 1 / math.sqrt(DIMENSIONS)
        words = torch.randn(TOKENS, DIMENSIONS, generator=generator) * spread
        self.words = Adam(normalize(words + TAUGHT * torch.from_numpy(teacher), dim=1))
        self.weights = Adam((_SIF / (_SIF + share)).log() * 0.7)
        self.grams = Adam(torch.randn(BUCKETS, DIMENSIONS, generator=generator) * spread * 0.5)
        self._generator = generator

    def step(self, batch: Batch, rate: float) -> float:
        """Learn from a batch; its loss."""
        keys, counts = np.unique(batch.rows * len(self._examples.tokens) + batch.types, return_counts=True)
        n = len(batch.signatures) // 2
        rows, types = keys // len(self._examples.tokens), keys % len(self._examples.tokens)
        used, inverse = np.unique(types, return_inverse=True)
        known = torch.from_numpy(used[used < TOKENS])
        words = self.words.table[known].requires_grad_()
        weights = self.weights.table[known].requires_grad_()
        buckets, where = self._grams_of(used)
        grams = self.grams.table[buckets].requires_grad_()
        keep = (torch.rand(len(known), 1, generator=self._generator) >= GRAMS_ONLY).float()
        rest = len(used) - len(known)
        table = embedding_bag(where[0], grams, where[1], mode="sum", per_sample_weights=where[2])
        table = table + pad(words * keep, (0, 0, 0, rest))
        table = table * pad(weights.exp(), (0, rest), value=1.0)[:, None]
        starts = torch.from_numpy(np.searchsorted(rows, np.arange(2 * n)))
        frequency = torch.from_numpy(1 + np.log(counts)).float()
        texts = embedding_bag(torch.from_numpy(inverse), table, starts, mode="sum", per_sample_weights=frequency)
        texts = normalize(texts, dim=1)
        loss = contrast(texts[:n], texts[n:], torch.from_numpy(batch.signatures))
        loss.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for optimiser, at, leaf, r in (
                (self.words, known, words, LEARNING_RATE),
                (self.weights, known, weights, WEIGHT_RATE),
                (self.grams, buckets, grams, LEARNING_RATE),
            ):
                assert leaf.grad is not None
                optimiser.update(at, leaf.grad, r * rate)
        return float(loss.detach())

    def _grams_of(self, used: Ids) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """(buckets, (position among them, offsets, weights)) of the n-grams of some types."""
        starts, ends = self._examples.gram_offsets[used], self._examples.gram_offsets[used + 1]
        indices, rows = spans(starts, ends)
        buckets, inverse = np.unique(self._examples.grams[indices], return_inverse=True)
        share = torch.from_numpy(1 / np.sqrt(ends - starts)[rows]).float()
        firsts = torch.from_numpy(np.cumsum(ends - starts) - (ends - starts))
        return torch.from_numpy(buckets), (torch.from_numpy(inverse), firsts, share)

    def save(self, path: Path) -> None:
        """Write the vocabulary's vectors, with n-grams and weights folded in, and the n-grams' own."""
        buckets, where = self._grams_of(np.arange(TOKENS))
        grams = self.grams.table[buckets]
        composed = embedding_bag(where[0], grams, where[1], mode="sum", per_sample_weights=where[2])
        words = (composed + self.words.table) * self.weights.table.exp()[:, None]
        write(path, self._examples.tokens[:TOKENS], torch.cat([words, self.grams.table]).numpy())


def write(path: Path, tokens: list[str], vectors: NDArray[np.float32]) -> None:
    """Write an embedder file: 8-bit vectors with a scale each, first of the tokens, then of the n-grams."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9).astype("<f4") / 127
    text = "\n".join(tokens).encode()
    body = scales.tobytes() + np.rint(vectors / scales[:, None]).astype(np.int8).tobytes() + text
    sizes = (vectors.shape[1], len(tokens), len(vectors) - len(tokens), len(text))
    path.write_bytes(HEADER.pack(MAGIC, hashlib.sha256(body).digest()[:16], *sizes) + body)


def contrast(left: torch.Tensor, right: torch.Tensor, signatures: torch.Tensor) -> torch.Tensor:
    """InfoNCE both ways; a text that equals the pair's own is no negative."""
    n = len(left)
    same = (signatures[:n, None] == signatures[None, :n]) | (signatures[n:, None] == signatures[None, n:])
    same.fill_diagonal_(False)
    scores = (left @ right.T / TEMPERATURE).masked_fill(same, -1e4)
    target = torch.arange(n)
    return (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2


def train(examples: Examples, teacher: NDArray[np.float32], steps: int, path: Path) -> None:
    """Train with a linearly falling rate and write the result."""
    model, batches = Model(examples, teacher), Batches(examples, SEED)
    random = np.random.default_rng(SEED)
    names = list(TASKS)
    shares = np.array([TASKS[name].share for name in names])
    losses: dict[str, float] = {}
    began = time.perf_counter()
    for step in range(steps):
        task = str(random.choice(names, p=shares / shares.sum()))
        rate = min(1.0, (step + 1) / 50) * max(0.02, 1 - step / steps)
        loss = model.step(batches.next(task), rate)
        losses[task] = 0.95 * losses.get(task, loss) + 0.05 * loss
        if step % 100 == 99:
            told = " ".join(f"{name} {value:.3f}" for name, value in sorted(losses.items()))
            print(f"{step + 1} {time.perf_counter() - began:.0f}s {told}", flush=True)
    model.save(path)


def main(folder: str, teacher: str, path: str, steps: str = str(STEPS)) -> None:
    torch.set_num_threads(1)
    examples = numbered(read(Path(folder)), BUCKETS)
    sizes = {task: len(pairs) for task, pairs in examples.pairs.items()}
    print(f"{len(examples.stream)} tokens of {len(examples.tokens)} types; pairs {sizes}", flush=True)
    taught = teach(Path(teacher), Path(folder), examples.tokens, TOKENS, DIMENSIONS)
    train(examples, taught, int(steps), Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
