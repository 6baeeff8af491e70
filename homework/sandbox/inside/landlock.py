"""The second way to lock a session in, for places that allow no namespaces, as many containers do.

Theory of operation. Landlock (Linux 5.13) lets a process give up files for good: a session may read the system's
libraries and the Python environment, write into its own folder, and open nothing else, `/proc` included. What
Landlock does not cover (signals, `chmod`, abstract sockets, shared memory) the session's seccomp filter refuses; see
`homework.sandbox.seccomp`. There is no pid namespace: a session's supervisor is a process of its own, which adopts
whatever the session's processes leave behind, kills it at the end, and monitors the disk, too. Weaker than namespaces:
names and sizes of the host's files can be asked for, and limits on the disk are noticed a moment late.
"""

from __future__ import annotations

import ctypes
import math
import os
import struct

from . import caps, isolate

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_BY_VERSION = {
    1: (1 << 13) - 1,
    2: 1 << 13,
    3: 1 << 14,
    5: 1 << 15,
}  # rights on files that each version added
_NEVER = (1 << 6) | (1 << 11)  # character and block devices
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | (1 << 14) | (1 << 15)
_PR_SET_CHILD_SUBREAPER, _PR_SET_KEEPCAPS = 36, 8
MAY_READ_ALL = 1 << 2  # CAP_DAC_READ_SEARCH
# Not /dev/zero: a shared mapping of it is memory that no limit sees.
_DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def version() -> int:
    """The kernel's version of Landlock; 0 where there is none."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, 0, 1)))


def become(uid: int) -> None:
    """Turn root into the unprivileged `uid` for good, keeping no capability but to read."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    isolate.prctl(_PR_SET_KEEPCAPS, 1)
    os.setresuid(uid, uid, uid)
    isolate.keep_capabilities(MAY_READ_ALL)
    # A supervisor measures its session's memory.
    isolate.check(isolate.prctl(isolate.PR_SET_DUMPABLE, 1), "PR_SET_DUMPABLE")


def needs_capability(readable: list[str]) -> bool:
    """Whether some of the files and folders can be read with `MAY_READ_ALL` only: Python is in a folder of root's, say.

    `os.access` answers for the real user, whose capabilities the kernel leaves out.
    """
    return any(os.path.exists(path) and not os.access(path, os.R_OK) for path in readable)


def adopt() -> None:
    """Become the parent of every process that loses its own below this one."""
    isolate.check(isolate.prctl(_PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER")


def own_folder(run: str) -> str:
    """Make the folder of one session.

    Nobody can guess its name: sizes of files can be asked for wherever their names are known, and another session could
    read there what this one has to say.
    """
    folder = os.path.join(run, f"session_{os.urandom(16).hex()}")
    os.mkdir(folder, 0o700)
    return folder


def remove(folder: str) -> None:
    """Remove a session's folder, whatever its processes made of it. They must have ended.

    Folders in it are moved to the top before they are looked into: so no path is too long.
    """
    prefix = os.path.join(folder, os.urandom(8).hex())  # no name that a student could have given
    waiting, moved = [folder], 0
    while waiting:
        path = waiting.pop()
        os.chmod(path, 0o700)
        with os.scandir(path) as found:
            entries = list(found)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.path, 0o700)  # to move it changes its entry for the parent
                moved += 1
                waiting.append(f"{prefix}{moved}")
                os.rename(entry.path, waiting[-1])
            else:
                os.unlink(entry.path)
        if path != folder:
            os.rmdir(path)
    os.rmdir(folder)


def restrict(readable: list[str], writable: str, seccomp_filter: bytes) -> None:
    """Give up all files but `readable` ones and folders, and one `writable` folder; then all privileges."""
    rights = sum(added for since, added in _BY_VERSION.items() if since <= version())
    isolate.prctl(isolate.PR_SET_NO_NEW_PRIVS, 1)
    ruleset = int(_libc.syscall(_CREATE_RULESET, struct.pack("<Q", rights), 8, 0))
    isolate.check(min(ruleset, 0), "landlock_create_ruleset")
    read = _EXECUTE | _READ_FILE | _READ_DIR
    for path in readable:
        _allow(ruleset, path, read & rights)
    for path in _DEVICES:
        _allow(ruleset, path, (_READ_FILE | _WRITE_FILE) & rights)
    _allow(ruleset, writable, rights & ~_NEVER)
    isolate.check(_libc.syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)
    isolate.install(seccomp_filter)


def _allow(ruleset: int, path: str, rights: int) -> None:
    if not os.path.exists(path):
        return
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if not os.path.isdir(path):
        rights &= _ON_FILES
    rule = struct.pack("<Qi", rights, fd)
    isolate.check(_libc.syscall(_ADD_RULE, ruleset, 1, rule, 0), f"landlock_add_rule {path}")
    os.close(fd)


def disk_use(folder: str) -> tuple[float, int]:
    """Bytes and files below `folder`, counted until there are more than `caps.FILES`.

    Infinitely many bytes where they cannot be counted: the path is too long for the system, or the owner of a folder
    may not list it.
    """
    size, files, waiting = 0, 0, [folder]
    while waiting and files <= caps.FILES:
        try:
            with os.scandir(waiting.pop()) as found:
                for entry in found:
                    files += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):  # removed while we looked
            continue
        except OSError:
            return math.inf, files
    return size, files
