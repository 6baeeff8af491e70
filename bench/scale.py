"""Ten thousand submissions on a cluster, two workers killed: `python -m bench.scale`. Takes about half an hour.

A real dask scheduler and real workers, all on this machine, as in docs/cluster.md. The memory of scheduler and writer
(the process of `homework autograde`) is sampled; after a third and after two thirds of the class a worker is killed.
Afterward every student must have one graded receipt and one row in the gradebook, and all who handed in the same must
have the same points.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from distributed import Client

from bench.growth import flat
from bench.measure import ROOT, Failed, announce, circumstances, memory, running
from bench.ours import Homework
from bench.report import Table
from bench.sample import Student, sample_class, without_endless
from homework.course import Course

RESULTS = ROOT / "bench" / "results" / "scale.json"
ASSIGNMENT = "hw1"
DIFFERENT = 300  # students who differ; the class repeats them
KILLS = (1 / 3, 2 / 3)  # how much of the class is graded when a worker is killed
_KEPT = ("submitted", "autograded", "gradebook.db")
_EVERY = 5.0  # seconds between two samples of memory


def main() -> int:
    """Grade, count, and write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000, help="of the class")
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    course = Course(ROOT)
    several = without_endless(sample_class(course, ASSIGNMENT, DIFFERENT))
    students = [
        replace(several[number % len(several)], name=f"s{number:05d}") for number in range(options.size)
    ]
    with tempfile.TemporaryDirectory(prefix="homework-bench-") as folder:
        homework = Homework(course, ASSIGNMENT, options.workers)
        homework.prepare(Path(folder), limit=30.0)
        homework.fresh(students)
        announce(f"{len(students)} submissions are handed in")
        with cluster(options.workers, Path(folder)) as (address, scheduler):
            announce(f"{options.workers} workers are there")
            figures = graded(homework, address, scheduler, options.size)
        figures |= counted(homework, several, students, Path(folder) / "course" / "gradebook.db")
    RESULTS.write_text(
        json.dumps({**circumstances(), "workers": options.workers, **figures}, indent=1) + "\n"
    )
    print(json.dumps({name: figure for name, figure in figures.items() if name != "samples"}, indent=1))
    return int(figures["lost"] > 0 or figures["otherwise"] > 0)


@contextmanager
def cluster(count: int, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A scheduler and `count` workers with their nannies; the address, and the scheduler's process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    parts = {
        "scheduler": ["--port", str(port)],
        "worker": [address, "--nthreads", "1", "--nworkers", str(count), "--local-directory", str(folder)],
    }
    processes = []
    try:
        for part, arguments in parts.items():
            with (folder / f"{part}.log").open("w") as log:
                command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *local, *arguments]
                environment = {**os.environ, "PYTHONPATH": str(ROOT)}
                processes.append(
                    subprocess.Popen(
                        command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
                    )
                )
        yield address, psutil.Process(processes[0].pid)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def graded(homework: Homework, address: str, scheduler: psutil.Process, size: int) -> dict[str, Any]:
    """Seconds, memory and killed workers of grading the class that has handed in."""
    command = homework.command("autograde", ASSIGNMENT, "--scheduler", address, "--quiet")
    receipts = command.folder / "autograded"
    kills = [share * size for share in KILLS]
    samples, killed, before = [], 0, sum(scheduler.cpu_times()[:2])
    with running(command) as process:
        started = time.perf_counter()
        parts = {"writer": psutil.Process(process.pid), "scheduler": scheduler}
        while process.poll() is None:
            done = len(list(receipts.iterdir()))
            second = time.perf_counter() - started
            with suppress(psutil.NoSuchProcess):
                busy = {name: sum(one.cpu_times()[:2]) for name, one in parts.items()}
                samples.append([round(second, 1), done, *(round(memory(one), 1) for one in parts.values())])
            if killed < len(kills) and done >= kills[killed]:
                killed += 1
                _kill_a_worker(address)
                announce(f"{done} graded in {second:.0f} s; a worker is killed")
            with suppress(subprocess.TimeoutExpired):
                process.wait(_EVERY)
        seconds = time.perf_counter() - started
    if killed < len(kills):
        raise Failed(f"only {killed} workers were killed: the class is too small")
    figures: dict[str, Any] = {"seconds": seconds, "killed": killed, "samples": samples}
    for name, *values in zip(parts, *([sample[2:] for sample in samples]), strict=True):
        figures[name] = {"mb": max(values), "flat": flat(values), "processor_s": busy[name]}
    figures["scheduler"]["processor_s"] -= before
    return figures


def _kill_a_worker(address: str) -> None:
    """SIGKILL for one of the processes in which dask runs tasks; its nanny starts another."""
    with Client(address, set_as_default=False) as client:
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)


def counted(
    homework: Homework, several: Sequence[Student], students: Sequence[Student], gradebook: Path
) -> dict[str, int]:
    """How many are in the gradebook, how many are lost, and how many have other points than who handed in the same."""
    scores = homework.scores(students)
    with closing(sqlite3.connect(gradebook)) as database:
        (rows,) = database.execute("SELECT count(*) FROM submitted_assignment").fetchone()
    lost = sum(student.name not in scores for student in students) + len(students) - rows
    otherwise = 0
    for number, student in enumerate(students):
        first = students[number % len(several)]
        otherwise += scores.get(student.name) != scores.get(first.name)
    sizes = {name: _kilobytes(gradebook.parent / name) / len(students) for name in _KEPT}
    return {
        "submissions": len(students),
        "in_gradebook": rows,
        "lost": lost,
        "otherwise": otherwise,
        "kb_each": {name: round(size, 1) for name, size in sizes.items()},
    }


def _kilobytes(path: Path) -> float:
    """What a file or a folder takes on the disk."""
    found = subprocess.run(["du", "-sk", path], capture_output=True, text=True, check=True)
    return float(found.stdout.split()[0])


def table() -> Table:
    """What was measured last."""
    heads = (
        "submissions",
        "workers",
        "killed",
        "lost",
        "s each",
        "process",
        "MB",
        "flat",
        "processor ms each",
    )
    title, words = "a large class on a cluster", (5,)
    if not RESULTS.is_file():
        return Table(title, heads, [], words=words)
    found = json.loads(RESULTS.read_text())
    common = [str(found[name]) for name in ("submissions", "workers", "killed", "lost")]
    common.append(f"{found['seconds'] / found['submissions']:.3f}")
    rows = []
    for name in ("writer", "scheduler"):
        one = found[name]
        each = 1000 * one["processor_s"] / found["submissions"]
        rows.append(
            (*common, name, f"{one['mb']:.0f}", f"{one['flat']:.2f}" if one["flat"] else "", f"{each:.1f}")
        )
        common = [""] * len(common)
    return Table(title, heads, rows, words=words)


if __name__ == "__main__":
    sys.exit(main())
