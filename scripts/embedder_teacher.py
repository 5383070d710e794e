"""First vectors of tokens: an English model's vector of each word, and by the lexicon of each Chinese word.

Encoding each word alone with a sentence encoder is the distillation of model2vec (Minish Lab, 2024).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bitext import read_rows
from numpy.typing import NDArray

from rag.text.language import is_cjk
from rag.text.lexicon import Lexicon
from rag.text.stem import stem

_WORDS = 60_000
"""Words, the most frequent first, through which Chinese words are reached: more than the vocabulary."""


def teach(model: Path, texts: Path, tokens: Sequence[str], vocabulary: int, dimensions: int) -> NDArray[np.float32]:
    """(vocabulary, dimensions) unit rows; zero rows for tokens that the model cannot be asked about."""
    tokens = tokens[:_WORDS]
    forms = _forms(texts)
    english = [number for number, token in enumerate(tokens) if token in forms]
    table = np.zeros((len(tokens), dimensions), np.float32)
    table[english] = _encoded(model, [forms[tokens[number]] for number in english], dimensions)
    numbers = {token: number for number, token in enumerate(tokens)}
    lexicon = Lexicon.load()
    for number, token in enumerate(tokens):
        if is_cjk(token[0]):
            table[number] = _translated(token, lexicon, table, numbers)
    return table[:vocabulary]


def _forms(folder: Path) -> dict[str, str]:
    """The most frequent form of each stem."""
    counts: Counter[str] = Counter()
    for name in ("parallel_docs", "parallel_tatoeba", "cedict"):
        for english, _ in read_rows(folder / f"{name}.tsv.xz"):
            counts.update(word.lower() for word in re.findall("[A-Za-z]+", english))
    forms: dict[str, str] = {}
    for word, _ in counts.most_common():
        forms.setdefault(stem(word), word)
    return forms


def _encoded(model: Path, words: Sequence[str], dimensions: int) -> NDArray[np.float32]:
    """Unit vectors along the principal components, less the mean."""
    from sentence_transformers import SentenceTransformer

    vectors = SentenceTransformer(str(model), device="cpu").encode(list(words), batch_size=256)
    vectors = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    vectors = vectors @ directions[:, ::-1][:, :dimensions]
    made: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made


def _translated(
    token: str, lexicon: Lexicon, table: NDArray[np.float32], numbers: dict[str, int]
) -> NDArray[np.float32]:
    """The weighted mean of the English words that translate a Chinese one."""
    total = np.zeros(table.shape[1], np.float32)
    for translation in lexicon.translate(token):
        rows = [numbers[word] for word in translation.term.split(" ") if word in numbers]
        if rows:
            total += translation.weight * table[rows].mean(axis=0)
    return total / (np.linalg.norm(total) or 1.0)
