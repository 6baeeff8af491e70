"""How many workers this machine has room for, as containers and batch systems limit it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_BYTES_PER_WORKER = 1 << 30  # the worker and its zygote, a quarter each, and what a submission may take
_CGROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def default_jobs() -> int:
    """As many workers as cores and memory allow; at least one."""
    return max(1, min(int(usable_cores()), usable_memory() // _BYTES_PER_WORKER))


def usable_cores() -> float:
    """The cores that this process may use, by its affinity and its cgroups' quota."""
    cores = float(len(os.sched_getaffinity(0)))
    for folder in _own_cgroups("cpu"):
        quota, period = (
            _numbers(folder / "cpu.max")
            or (
                *_numbers(folder / "cpu.cfs_quota_us"),
                *_numbers(folder / "cpu.cfs_period_us"),
            )
            or (0, 0)
        )
        if quota > 0 and period > 0:
            cores = min(cores, quota / period)
    return cores


def usable_memory() -> int:
    """Bytes of memory that this process may use: the machine's, or less where its cgroups limit it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for folder in _own_cgroups("memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            for limit in _numbers(folder / name):
                memory = min(memory, limit)
    return memory


def _own_cgroups(controller: str) -> Iterator[Path]:
    """The folders of the cgroups around this process, version 2 and 1, from the inside out."""
    try:
        lines = _OWN.read_text("utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = _CGROUPS / controller if controllers else _CGROUPS
        # Inside a container the path is often the host's: what exists of it counts, and the top always does.
        folder = top / path.lstrip("/")
        while folder != top:
            yield folder
            folder = folder.parent
        yield top


def _numbers(path: Path) -> tuple[int, ...]:
    """The numbers in a file of the kernel's; none where it is missing or says that there is no limit."""
    try:
        words = path.read_text("utf-8").split()
    except OSError:
        return ()
    return tuple(int(word) for word in words) if all(word.lstrip("-").isdigit() for word in words) else ()
