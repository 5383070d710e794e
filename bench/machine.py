"""The machine that figures come from: what a reader needs to judge them, and nothing that names it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

GIB = 2**30
PACKAGES = (
    "survey-notes-rag",
    "faiss-cpu",
    "langchain-classic",
    "langchain-community",
    "langchain-core",
    "llama-index-core",
    "numpy",
    "tantivy",
    "txtai",
)


@dataclass(frozen=True, slots=True)
class Machine:
    """`cores` are those that this process may use; `packages` are (name, version) of what is installed."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    packages: tuple[tuple[str, str], ...]


def this_machine() -> Machine:
    """The machine as it is now."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(
        processor=_processor(),
        cores=cores,
        memory_gib=round(_memory() / GIB, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages=tuple((name, found) for name in PACKAGES if (found := _version(name))),
    )


def load_average() -> float:
    """Processes that wanted to run, over the last minute; 0 where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
