"""What can go wrong, as a tree.

RagError
├── UsageError                 the caller asked for something that does not exist or contradicts itself
├── ConfigError                rag.toml, an environment variable or a flag holds a value that cannot be used
├── CorpusError
│   ├── CorpusNotFoundError    no such directory
│   ├── CorpusEmptyError       a directory without a single note or paper
│   ├── CorpusVanishedError    all sources gone at once: an unmounted disk looks the same
│   └── UnreadableFileError    one file that cannot be read or parsed
├── IndexError_
│   ├── IndexNotFoundError     no index where one was expected
│   ├── IndexLockedError       another process is writing
│   ├── IndexCorruptError      records that cannot be read (derived parts are rebuilt instead)
│   ├── IndexVersionError      an index written by another version of the format
│   └── EmbedderMismatchError  the index was made by another embedder
├── EmbedderError              an embedder that cannot be loaded or used
├── MissingExtraError          a feature whose optional packages are not installed
└── LLMError                   the language model failed, timed out or answered rubbish

Every message says what was wrong, with which value, and what to do next, in one line.
"""

from __future__ import annotations


class RagError(Exception):
    """Base of every error that the program raises on purpose."""


class UsageError(RagError):
    """The caller asked for something that does not exist or contradicts itself."""


class ConfigError(RagError):
    """A configuration value cannot be used."""


class CorpusError(RagError):
    """Something is wrong with the notes."""


class CorpusNotFoundError(CorpusError):
    """The corpus directory does not exist."""


class CorpusEmptyError(CorpusError):
    """The corpus directory holds neither notes nor papers."""


class CorpusVanishedError(CorpusError):
    """Every source that the index knows is gone at once."""


class UnreadableFileError(CorpusError):
    """One file cannot be read or parsed."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class IndexError_(RagError):  # noqa: N801, N818 - the plain name is a builtin
    """Something is wrong with the index."""


class IndexNotFoundError(IndexError_):
    """There is no index at the given place."""


class IndexLockedError(IndexError_):
    """Another process holds the write lock."""


class IndexCorruptError(IndexError_):
    """The records cannot be read."""


class IndexVersionError(IndexError_):
    """The index was written by another version of the format."""


class EmbedderMismatchError(IndexError_):
    """The index was made by another embedder; `made` and `asked` are each a name and a fingerprint."""

    def __init__(self, index: object, made: tuple[str, str], asked: tuple[str, str]) -> None:
        super().__init__(
            f"the index {index} was made by the embedder {made[0]!r} ({made[1]}), asked for is {asked[0]!r} "
            f"({asked[1]}); run `rag ingest --embedder {asked[0]}` to embed anew, or ask with "
            f"`--embedder {made[0]}` (or embedder in rag.toml)"
        )


class EmbedderError(RagError):
    """An embedder cannot be loaded or used."""


class MissingExtraError(RagError):
    """A feature needs optional packages that are not installed."""


class LLMError(RagError):
    """The language model failed, timed out or answered rubbish."""
