"""Run a command: how long it takes, and in a run of its own how much memory.

Memory is the proportional set size (PSS, from /proc/<pid>/smaps_rollup by way of psutil): pages that processes share,
as forks do, are counted once. It is sampled, which takes time: so runs that are watched are not timed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
MB = 1e6
_PR_SET_CHILD_SUBREAPER = 36
_SECONDS_TO_END = 3.0


class Failed(Exception):
    """A command of a grader failed; the text has its last words."""


@dataclass(frozen=True)
class Command:
    """What to run. `lines` is given to its standard input; the output is kept in the file `log`."""

    arguments: list[str]
    folder: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    lines: str = ""
    may_fail: bool = False


@dataclass
class Sample:
    """Memory at one moment: seconds since the start, then MB by process of the tree, the first one first.

    `workers` is that of each child with all below it.
    """

    second: float
    parent: float
    largest: float
    tree: float
    workers: list[float]


def cost(command: Command) -> tuple[float, float]:
    """Wall clock and processor time of `command` with all processes below it, in seconds."""
    before = os.times()
    with running(command) as process:
        process.wait()
        wall = os.times().elapsed - before.elapsed
    after = os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def watched(command: Command, every: float = 0.2) -> tuple[float, list[Sample]]:
    """Wall clock of `command` and its memory, sampled each `every` seconds."""
    started = time.perf_counter()
    samples = []
    with running(command) as process:
        while process.poll() is None:
            if (sample := _sample(process.pid, time.perf_counter() - started)) is not None:
                samples.append(sample)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(every)
        wall = time.perf_counter() - started
    return wall, samples


def peaks(samples: list[Sample]) -> dict[str, float]:
    """The largest of each, in MB."""
    return {
        "process": round(max(sample.largest for sample in samples), 1),
        "tree": round(max(sample.tree for sample in samples), 1),
    }


def surroundings() -> dict[str, str]:
    """The environment of every grader.

    The helper module of hw1 draws no pictures where the backend is agg, as it is in our sandbox: so that the cells do
    the same everywhere. nbgrader calls `alembic` by name.
    """
    return {**os.environ, "MPLBACKEND": "agg", "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}


@contextlib.contextmanager
def running(command: Command) -> Iterator[subprocess.Popen[str]]:
    """Start `command`; at the end wait for it and for what it left behind. Raises Failed if it failed.

    Processes whose parent has ended become ours meanwhile (`PR_SET_CHILD_SUBREAPER`), and their processor time counts:
    sandboxes are killed with their parent.
    """
    others = {child.pid for child in psutil.Process().children()}
    _adopt_orphans(True)
    with command.log.open("w") as log:
        process = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env={**surroundings(), **command.environment},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        assert process.stdin is not None
        process.stdin.write(command.lines)
        process.stdin.close()
        yield process
    finally:
        process.wait()
        _reap(others)
        _adopt_orphans(False)
    if process.returncode and not command.may_fail:
        status = f"{' '.join(command.arguments)} ended with status {process.returncode}"
        raise Failed(f"{status}:\n{last_words(command)}")


def _adopt_orphans(yes: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


def _reap(others: set[int]) -> None:
    """Wait for all children but `others`; end what does not end, as the kernel of an `otter run` that was ended."""
    patience = time.monotonic() + _SECONDS_TO_END
    while left := [child for child in psutil.Process().children() if child.pid not in others]:
        for child in left:
            if time.monotonic() > patience:
                child.kill()
            os.waitpid(child.pid, os.WNOHANG)
        time.sleep(0.01)


def last_words(command: Command) -> str:
    """The end of what a command said."""
    return "\n".join(command.log.read_text(errors="replace").splitlines()[-12:])


def _sample(pid: int, second: float) -> Sample | None:
    try:
        parent = psutil.Process(pid)
        groups = list(_groups(parent))
    except psutil.NoSuchProcess:
        return None
    own = memory(parent)
    workers = [[memory(process) for process in group] for group in groups]
    every = [own, *(memory for group in workers for memory in group)]
    return Sample(second, own, max(every), sum(every), [sum(group) for group in workers])


def _groups(parent: psutil.Process) -> Iterator[list[psutil.Process]]:
    """The processes below `parent` by worker, each with its sandbox; what several workers are forked from, alone.

    Which sandbox is whose cannot be seen from outside; they are alike.
    """
    children = parent.children()
    servers = [child for child in children if any("forkserver" in word for word in child.cmdline())]
    if not servers:
        yield from ([child, *child.children(recursive=True)] for child in children)
        return
    workers = [worker for server in servers for worker in server.children()]
    zygotes: list[psutil.Process] = []
    for child in children:
        alone = [child]
        while "bwrap" in alone[-1].name() and alone[-1].children():
            alone += alone[-1].children()
        yield alone
        if len(alone) > 1:
            zygotes += alone[-1].children()
    for pair in zip_longest(workers, zygotes):
        yield [each for process in pair if process for each in (process, *process.children(recursive=True))]


def memory(process: psutil.Process) -> float:
    """MB of one process; 0 if it has ended. Resident size, which is larger, where only root may read the PSS."""
    try:
        try:
            return float(process.memory_full_info().pss / MB)
        except psutil.AccessDenied:
            return float(process.memory_info().rss / MB)
    except psutil.NoSuchProcess:
        return 0.0


def circumstances() -> dict[str, Any]:
    """When, on what machine and with which versions something is measured."""
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.run(
        [*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "homework"], capture_output=True, text=True
    ).stdout
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit + ("+" if changed else ""),
        "load": [round(load, 2) for load in os.getloadavg()],
        "machine": {
            "processor": model[0].partition(":")[2].strip() if model else platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
            "system": f"{platform.system()} {platform.release()}",
        },
        "versions": {
            "python": platform.python_version(),
            **{
                name: version(name)
                for name in ("homework", "nbgrader", "torch", "numpy", "ipykernel", "nbclient")
            },
        },
    }


def announce(text: str, tell: Callable[[str], None] = print) -> None:
    """A line of progress."""
    tell(f"{datetime.now().strftime('%H:%M:%S')}  {text}")
