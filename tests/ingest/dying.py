"""`python -m tests.ingest.dying CORPUS INDEX`: ingests in forks of a warm process, and kills them.

Every line of standard input is the seconds after which the next ingest is killed (nothing: it may finish). Every line
of standard output tells what became of it, as JSON: the seconds it took, whether it was killed, and its notices.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from pathlib import Path

import rag.index.writer
from ingest.build import ingest
from rag.config import Settings
from rag.embed import open_embedder

GENERATIONS = 4
"""A commit that leaves more collects half of them: deaths come within collections too."""


def main() -> None:
    """Ingest and die as often as told."""
    import faiss  # noqa: F401  so that no fork spends its time on loading libraries
    import tantivy  # noqa: F401

    settings = Settings(
        corpus=Path(sys.argv[1]), index=Path(sys.argv[2]), keep_generations=GENERATIONS // 2, keep_days=0
    )
    rag.index.writer.MOST_SURPLUS = GENERATIONS // 2
    open_embedder("builtin").embed_passages(["warm"])
    for line in sys.stdin:
        print(json.dumps(_one(settings, float(line) if line.strip() else None)), flush=True)


def _one(settings: Settings, delay: float | None) -> dict[str, object]:
    mine, its = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _ingest(settings, its)
    os.close(its)
    with open(mine, encoding="utf-8") as pipe:  # noqa: PTH123  a descriptor has no path
        # The pipe ends with the child, however it ends.
        if delay is not None and not select.select([pipe], [], [], delay)[0]:
            os.kill(child, signal.SIGKILL)
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    return {"seconds": time.monotonic() - began, "killed": killed, "status": status if not killed else 0, "said": said}


def _ingest(settings: Settings, pipe: int) -> None:
    """Ingest, tell the notices, and end without what a fork must not do at its end."""
    status = 1
    try:
        summary = ingest(settings)
        os.write(pipe, " ".join(summary.notices).encode())
        status = 0
    except Exception as error:
        os.write(pipe, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
