"""What a forked session copies with one Python or another: `PYTHON -m bench.forks`, once for each PYTHON.

Imports what a sandbox's zygote imports, then forks: each child runs hw1's reference solutions. Its minor page faults,
most of them copies of pages that it writes to, do not depend on what else the machine does; its time does. From Python
3.12 on it is measured again with every object made immortal, so that no reference count is written. That changes the
interpreter's memory, for which there is no interface: it is for measuring only.
"""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import statistics
import sys
from typing import Any

from bench.measure import ROOT

_FORKS = 9
_IMMORTAL = 0xFFFFFFFF  # Include/object.h of 3.12 and 3.13, 64 bits


def _session(sources: list[str]) -> None:
    import torch

    gc.enable()
    names: dict[str, Any] = {}
    for source in sources:
        exec(compile(source, "cell", "exec"), names)
    for _ in range(20):
        names["cross_corr_2d"](torch.ones(9, 7), torch.ones(3, 2))


def _forked(sources: list[str]) -> tuple[int, float]:
    """Minor faults and processor milliseconds of a child."""
    pid = os.fork()
    if pid == 0:
        _session(sources)
        os._exit(0)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"a session ended with status {status}")
    return used.ru_minflt, (used.ru_utime + used.ru_stime) * 1000


def _immortalize() -> None:
    seen: set[int] = set()
    waiting = gc.get_objects()
    while waiting:
        fresh = []
        for one in waiting:
            if id(one) not in seen:
                seen.add(id(one))
                fresh.append(one)
        waiting = gc.get_referents(*fresh)
    for address in seen:
        ctypes.c_uint32.from_address(address).value = _IMMORTAL


def _report(what: str, sources: list[str]) -> None:
    found = [_forked(sources) for _ in range(_FORKS)]
    faults, milliseconds = (statistics.median(column) for column in zip(*found, strict=True))
    print(
        f"Python {platform.python_version()}{what}: {faults:.0f} faults, {milliseconds:.0f} processor ms",
        flush=True,
    )


def main() -> None:
    """Measure this Python."""
    gc.disable()
    __import__("matplotlib.pyplot")
    __import__("IPython.core.interactiveshell")
    sources = [path.read_text() for path in sorted((ROOT / "solutions" / "hw1").glob("*/reference.py"))]
    _session(sources)
    gc.disable()
    gc.freeze()
    _report("", sources)
    if (3, 12) <= sys.version_info < (3, 14):
        gc.unfreeze()
        _immortalize()
        gc.freeze()
        _report(", everything immortal", sources)
    sys.stdout.flush()
    os._exit(0)  # nothing that is immortal can be torn down


if __name__ == "__main__":
    main()
