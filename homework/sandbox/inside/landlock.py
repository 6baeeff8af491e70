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
import os
import shutil
import struct

from . import isolate

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
_PR_SET_CHILD_SUBREAPER, _PR_SET_KEEPCAPS, _CAP_DAC_READ_SEARCH = 36, 8, 2
# Not /dev/zero: a shared mapping of it is memory that no limit sees.
_DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def version() -> int:
    """The kernel's version of Landlock; 0 where there is none."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, 0, 1)))


def become(uid: int) -> None:
    """Turn root into the unprivileged `uid` for good, keeping no capability but to read.

    That one serves where Python is installed in a folder of root's; what may be read at all, Landlock says.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    isolate.prctl(_PR_SET_KEEPCAPS, 1)
    os.setresuid(uid, uid, uid)
    header, kept = struct.pack("<Ii", 0x20080522, 0), 1 << _CAP_DAC_READ_SEARCH
    isolate.check(_libc.capset(header, struct.pack("<6I", kept, kept, 0, 0, 0, 0)), "capset")
    # A supervisor measures its session's memory.
    isolate.check(isolate.prctl(isolate.PR_SET_DUMPABLE, 1), "PR_SET_DUMPABLE")


def adopt() -> None:
    """Become the parent of every process that loses its own below this one."""
    isolate.check(isolate.prctl(_PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER")


def own_folder(run: str) -> str:
    """Make the folder of one session."""
    folder = os.path.join(run, f"session_{os.getpid()}")
    os.mkdir(folder, 0o700)
    return folder


def remove(folder: str) -> None:
    """Remove a session's folder, whatever its processes made of it."""
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o700)  # os.walk goes in afterwards
    shutil.rmtree(folder, ignore_errors=True)


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


def disk_use(folder: str) -> tuple[int, int]:
    """Bytes and files below `folder`."""
    size = files = 0
    for path, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            try:
                size += os.lstat(os.path.join(path, name)).st_blocks * 512
            except OSError:
                continue
            files += 1
    return size, files
