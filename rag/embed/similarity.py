"""A model's own similarity as an inner product near the cosine's range, which is what vector search ranks by.

With `scale` the usual length of a passage's vector, the inner product of `passages` and `question` ranks passages as

    cosine      q.d / (|q| |d|)
    dot         q.d             the length of d counts; that of q is the same for all passages
    euclidean   -|q - d|        which ranks as q.d - |d|^2 / 2 does: one more number holds the second term

does, and equals the cosine where all vectors have the length `scale` (euclidean: but for a constant and a factor).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def passages(vectors: NDArray[np.float32], similarity: str, scale: float) -> NDArray[np.float32]:
    """(n, d) vectors of passages to (n, d) or, euclidean, (n, d + 1), float32."""
    import numpy as np

    if similarity == "cosine":
        return unit(vectors)
    scaled = vectors / scale
    if similarity == "euclidean":
        scaled = np.concatenate([scaled, -0.5 * np.square(scaled).sum(axis=1, keepdims=True)], axis=1)
    return scaled.astype(np.float32)


def question(vector: NDArray[np.float32], similarity: str, scale: float) -> NDArray[np.float32]:
    """(d,) vector of a question to (d,) or, euclidean, (d + 1,), float32, of unit length."""
    import numpy as np

    if similarity == "euclidean":
        vector = np.append(vector / scale, np.float32(1.0))
    row: NDArray[np.float32] = unit(vector[None])[0]
    return row


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, d) rows at length 1; zero stays zero."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made: NDArray[np.float32] = (vectors / np.where(lengths, lengths, 1.0)).astype(np.float32)
    return made
