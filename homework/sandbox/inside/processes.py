"""What `/proc` says of processes. Students may end and rename theirs at any moment, to what is no text, too."""

from __future__ import annotations

import contextlib
import os

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
    return int(_line(pid, "status", b"NSpid:")[-1])


def memory(pid: int) -> tuple[int, int]:
    """Bytes that `pid` has mapped, and those of them that are in memory, shared or not; zeros if it has ended."""
    mapped, resident = (_read(pid, "statm") or b"0 0").split()[:2]
    return int(mapped) * _PAGE, int(resident) * _PAGE


def proportional(pid: int) -> int:
    """Memory of `pid` in bytes with what it shares divided among the sharers: exact, but slow to ask."""
    return int(_line(pid, "smaps_rollup", b"Pss:")[0]) * 1024


def _line(pid: int, name: str, key: bytes) -> list[bytes]:
    """The words behind `key` in a file of `pid`; a zero if there are none."""
    for line in _read(pid, name).split(b"\n"):
        if line.startswith(key):
            return line.split()[1:]
    return [b"0"]


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
