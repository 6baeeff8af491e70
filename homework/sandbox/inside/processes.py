"""What `/proc` says of processes. Students may end and rename theirs at any moment, to what is no text, too."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

_PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(root: int) -> list[int]:
    """All processes below `root`."""
    children: dict[int, list[int]] = {}
    for pid in _all():
        after_name = _read(pid, "stat").rpartition(b")")[2].split()
        if after_name:
            children.setdefault(int(after_name[1]), []).append(pid)
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def of_user(uid: int) -> int:
    """How many processes a user has, here and elsewhere."""
    return sum(_owner(pid) == uid for pid in _all())


def own_number(pid: int) -> int:
    """What `pid` calls itself: its number in its own namespace; 0 if it has ended."""
    lines = _read(pid, "status").split(b"\n")
    return next((int(line.split()[-1]) for line in lines if line.startswith(b"NSpid:")), 0)


def mapped(pid: int) -> int:
    """Bytes that `pid` has mapped; 0 if it has ended."""
    return int((_read(pid, "statm") or b"0").split()[0]) * _PAGE


def owned(pid: int) -> int:
    """Bytes in memory that no file could give back, those that `pid` shares with others too; 0 if it has ended."""
    return _bytes(pid, "status", b"RssAnon:", b"RssShmem:", b"VmSwap:")


def share(pid: int) -> int:
    """The same with what is shared divided among the sharers: exact, but slow to ask."""
    return _bytes(pid, "smaps_rollup", b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")


def _bytes(pid: int, name: str, *keys: bytes) -> int:
    """The sum of sizes in a file of `pid`."""
    for thread in (pid, *_threads(pid)):  # the first may have ended before the others: then it tells nothing
        lines = [line for line in _read(thread, name).split(b"\n") if line.startswith(keys)]
        if lines:
            return sum(int(line.split()[1]) << 10 for line in lines)
    return 0


def _threads(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from map(int, os.listdir(f"/proc/{pid}/task"))


def _read(pid: int, name: str) -> bytes:
    """A file of `pid`; nothing if it has ended."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}", "rb") as file:
        return file.read()
    return b""


def _all() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _owner(pid: int) -> int:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return -1
