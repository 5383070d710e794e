"""`python -m tests.ingest.raying CORPUS INDEX`: ingests with a Ray of two cores, and kills workers that are at it.

Prints as JSON the summary of the ingest and how many workers were killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from ingest.build import ingest
from rag.config import Settings

DEATHS = 2


def main() -> None:
    """Ingest."""
    import ray

    killed: list[int] = []

    def progress(stage: str, done: int, total: int) -> None:
        if len(killed) < DEATHS and (worker := _busy(killed)):
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    path = os.pathsep.join(entry for entry in sys.path if entry)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": path}})
    settings = Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2]), engine="ray")
    summary = ingest(settings, progress=progress)
    ray.shutdown()
    print(json.dumps({"summary": asdict(summary), "killed": len(killed)}))


def _busy(killed: list[int]) -> int | None:
    """A worker below this process that is at one of our tasks."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        process = int(line.parent.name)
        with contextlib.suppress(OSError):
            if b"_some" in line.read_bytes() and process not in killed and os.getpid() in _above(process):
                return process
    return None


def _above(process: int) -> list[int]:
    """The parent of a process, its parent, and so on."""
    found: list[int] = []
    while process > 1:
        process = int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        found.append(process)
    return found


if __name__ == "__main__":
    main()
