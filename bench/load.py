"""How many answers a server gives, how soon, and whether its memory stays flat: `python -m bench.load`.

It starts `rag serve` over a copy of the shipped corpus and asks over loopback, with the questions of the shipped sets
over and over. The clients share one process and speak bare HTTP/1.1 over kept-alive connections, so that they take
little of the machine from the server.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from bench.figures import percentile
from bench.run import ROOT
from eval.cases import Case, find_sets, load_cases

SAMPLES = 50
"""How often memory is looked at."""
SETTLED = 0.2
"""Share of the requests before memory counts: until then every process reads its index and fills its caches."""
GIVE_UP_SECONDS = 120.0
SEED = 7


@dataclass(frozen=True, slots=True)
class Load:
    """One run. `slope` is the growth of memory, in bytes a thousand requests, once it has settled.

    `cpu_ms` is what an answer took of the processors, in all processes of the server: unlike the rate it hardly
    hangs on what else the machine does.
    """

    requests: int
    clients: int
    workers: int
    remember: int
    questions: int
    drawn: bool
    failed: int
    seconds: float
    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    memory_first: int
    memory_last: int
    slope: float
    load_average: float
    cores: int


@click.command()
@click.option("--requests", type=click.IntRange(min=1), default=2_000, show_default=True)
@click.option("--clients", type=click.IntRange(min=1), default=16, show_default=True, help="At once, each waiting.")
@click.option("--workers", type=click.IntRange(min=0), default=0, show_default=True, help="As for `rag serve`.")
@click.option("--remember", type=click.IntRange(min=0), default=512, show_default=True, help="Answers kept; 0: none.")
@click.option("--drawn", is_flag=True, help="Draw questions at random instead of asking one after the other.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures as JSON.")
def command(requests: int, clients: int, workers: int, remember: int, drawn: bool, out: Path | None) -> None:
    """Put load on a server and print what it bore.

    \b
    python -m bench.load
    python -m bench.load --requests 50000
    python -m bench.load --remember 0
    python -m bench.load --remember 100 --drawn --requests 50000
    """
    found = measured(requests, clients, workers, remember, drawn=drawn)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")
    click.echo(told(found))


def told(load: Load) -> str:
    """The run in a few lines."""
    mb = 1e6
    return (
        f"{load.requests} requests, {load.clients} clients, {load.questions} questions, {load.failed} failed; "
        f"{load.cores} cores at load {load.load_average:.1f} before\n"
        f"{load.rate:.0f} answers/s at {load.cpu_ms:.1f} ms of processor each\n"
        f"half within {load.p50_ms:.0f} ms, 99% within {load.p99_ms:.0f} ms, "
        f"slowest {load.slowest_ms:.0f} ms\n"
        f"memory {load.memory_first / mb:.0f} MB to {load.memory_last / mb:.0f} MB, "
        f"{load.slope / 1e3:+.1f} KB a thousand requests once settled"
    )


def measured(requests: int, clients: int, workers: int, remember: int, *, drawn: bool = False) -> Load:
    """Start a server, ask it, stop it."""
    before = os.getloadavg()[0]
    cases = load_cases(find_sets(()))
    draw = random.Random(SEED)
    order = [draw.randrange(len(cases)) if drawn else n % len(cases) for n in range(requests)]
    with tempfile.TemporaryDirectory(prefix="rag-load-") as temporary:
        corpus = Path(temporary) / "corpus"
        shutil.copytree(ROOT / "corpus", corpus, ignore=shutil.ignore_patterns(".rag*"))
        with serving(corpus, workers, remember) as (address, process):
            times, memory, failed, seconds, cpu = asyncio.run(asked(address, cases, order, clients, process))
    settled = [(n, size) for n, size in memory if n >= SETTLED * requests]
    return Load(
        requests=requests,
        clients=clients,
        workers=workers,
        remember=remember,
        questions=len(cases),
        drawn=drawn,
        failed=failed,
        seconds=round(seconds, 3),
        rate=round(requests / seconds, 1),
        cpu_ms=round(cpu / requests * 1000, 2),
        p50_ms=round(percentile(times, 0.5) * 1000, 1),
        p99_ms=round(percentile(times, 0.99) * 1000, 1),
        slowest_ms=round(max(times) * 1000, 1),
        memory_first=memory[0][1],
        memory_last=memory[-1][1],
        slope=round(slope(settled) * 1000, 1),
        load_average=round(before, 2),
        cores=os.cpu_count() or 1,
    )


@contextmanager
def serving(corpus: Path, workers: int, remember: int) -> Iterator[tuple[str, int]]:
    """A `rag serve` over the corpus, ready to answer; its address and process id."""
    command = [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--corpus", str(corpus), "--log", "off"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "RAG_REMEMBER": str(remember)}
    command += ["--workers", str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.send_signal(signal.SIGTERM)


async def asked(
    address: str, cases: Sequence[Case], order: Sequence[int], clients: int, process: int
) -> tuple[list[float], list[tuple[int, int]], int, float, float]:
    """Seconds of every request, memory in bytes after so many requests, failures, and seconds in all and of processor.

    A first round over all questions, which is not timed, has every process open its index.
    """
    place = urlsplit(address)
    messages = [message(place.netloc, case) for case in cases]
    times: list[float] = []
    memory: list[tuple[int, int]] = []
    left = iter(enumerate(order))
    failed = 0
    every = max(len(order) // SAMPLES, 1)

    async def client(work: Iterator[tuple[int, int]], *, timed: bool) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        for number, which in work:
            began = time.perf_counter()
            writer.write(messages[which])
            good = await answered(reader)
            if timed:
                times.append(time.perf_counter() - began)
                failed += not good
                if number % every == 0:
                    memory.append((number, resident(process)))
        writer.close()

    warming = iter(enumerate(range(len(cases))))
    await asyncio.gather(*(client(warming, timed=False) for _ in range(clients)))
    began, spent = time.perf_counter(), processor(process)
    async with asyncio.timeout(GIVE_UP_SECONDS + len(order)):
        await asyncio.gather(*(client(left, timed=True) for _ in range(clients)))
    return times, sorted(memory), failed, time.perf_counter() - began, processor(process) - spent


def message(host: str, case: Case) -> bytes:
    """A whole request."""
    body = json.dumps({"question": case.question, "history": case.history}).encode()
    head = f"POST /api/ask HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


async def answered(reader: asyncio.StreamReader) -> bool:
    """Read one whole response; whether it is an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:"))
    body = await reader.readexactly(length)
    return head.startswith("http/1.1 200") and b'"text"' in body


def resident(process: int) -> int:
    """Memory in bytes that a process and all below it hold, where Linux tells it, else 0."""
    # What processes share is counted once: each counts its part.
    return sum(
        int(line.split()[1]) * 1024
        for one in family(process)
        for line in told_by(Path(f"/proc/{one}/smaps_rollup")).splitlines()
        if line.startswith("Pss:")
    )


def processor(process: int) -> float:
    """Seconds of processor that a process and all below it have taken, where Linux tells it, else 0."""
    ticks = 0
    for one in family(process):
        # The name in brackets may hold anything; user and system time are the 12th and 13th fields after it.
        fields = told_by(Path(f"/proc/{one}/stat")).rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def family(process: int) -> list[int]:
    """A process and all below it."""
    files = Path(f"/proc/{process}/task").glob("*/children")
    return [process, *(one for file in files for child in told_by(file).split() for one in family(int(child)))]


def told_by(file: Path) -> str:
    """What the system says in a file; nothing once the process is gone."""
    try:
        return file.read_text()
    except OSError:
        return ""


def slope(points: Sequence[tuple[int, int]]) -> float:
    """The slope of the least-squares line through the points; 0 for fewer than two."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


if __name__ == "__main__":
    command(prog_name="python -m bench.load")
