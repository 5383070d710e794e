"""How fast papers are read, and what memory the processes take that read them."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.machine import load_average
from ingest.pdf_pool import Pool
from ingest.pdf_scan import opened

MIB = 2**20
_USER_TICKS = 11
"""Where among the fields of /proc/PID/stat behind the name the ticks in user mode stand; those of the system follow."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Papers read once. `seconds` is wall time with the processes already started, `processor` the processor seconds of
    all of them together: what the wall time would be on that many idle cores, times these. `peak` is the most bytes
    that one process held; `load` the load average meanwhile."""

    pages: int
    seconds: float
    processor: float
    peak: int
    load: float

    @property
    def pages_a_second(self) -> float:
        """Pages read in a second by all processes together."""
        return self.pages / self.seconds

    def pages_when_idle(self, cores: int) -> float:
        """Pages that `cores` cores would read in a second if they had nothing else to do."""
        return self.pages / self.processor * cores


def read_all(paths: Sequence[Path], *, layout: bool, cores: int, repeats: int) -> Reading:
    """The fastest of `repeats` readings of all papers by `cores` processes, which have read one page before."""
    pool = Pool(cores)
    try:
        for reader in pool.readers:
            reader.ask((str(paths[0]), "", 0, layout), pool.seconds)
        rounds = [_timed(pool, paths, layout=layout) for _ in range(repeats)]
        peak = max(_peak(reader.process.pid) for reader in pool.readers if reader.process is not None)
    finally:
        pool.close()
    seconds, processor, pages = min(rounds)
    return Reading(pages, seconds, processor, peak, load_average())


def text_alone(paths: Sequence[Path]) -> Reading:
    """The plain text of every page, as MuPDF gives it, by this process alone: what any reading starts from."""
    with opened(paths[0]) as first:  # the library is loaded now
        first[0].get_text()
    began, worked, pages = time.perf_counter(), time.process_time(), 0
    for path in paths:
        with opened(path) as document:
            pages += sum(1 for page in document if page.get_text() is not None)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Reading(pages, time.perf_counter() - began, time.process_time() - worked, own, load_average())


def table(readings: Sequence[tuple[str, int, Reading]]) -> str:
    """(what was read, on how many cores, how fast) as a markdown table."""
    head = (
        "| | cores | pages | pages a second | the same if idle | peak memory of a process (MiB) | load |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    rows = (
        f"| {what} | {cores} | {one.pages} | {one.pages_a_second:.1f} | {one.pages_when_idle(cores):.1f} "
        f"| {one.peak // MIB} | {one.load:.1f} |"
        for what, cores, one in readings
    )
    return "\n".join((head, *rows))


def _timed(pool: Pool, paths: Sequence[Path], *, layout: bool) -> tuple[float, float, int]:
    """Wall seconds, processor seconds of this process and the readers, pages."""
    began, worked = time.perf_counter(), time.process_time() + _worked(pool)
    papers = [pool.read(path, layout=layout) for path in paths]
    ended = time.process_time() + _worked(pool)
    return time.perf_counter() - began, ended - worked, sum(len(paper.pages) for paper in papers)


def _worked(pool: Pool) -> float:
    """Processor seconds that the readers have taken, where the system tells."""
    ticks = 0
    for reader in pool.readers:
        with contextlib.suppress(OSError):
            assert reader.process is not None
            said = Path(f"/proc/{reader.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(said[_USER_TICKS]) + int(said[_USER_TICKS + 1])
    return ticks / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> int:
    """The most bytes a process has held, where the system tells."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
    return 0
