"""The filter of system calls, for both architectures: interpreted here as the kernel would.

The suite runs on one machine only, where `test_sandbox.py` tries system calls for real. What libseccomp makes of the same
rules for the other architecture is run by an interpreter of classic BPF, which is held against this machine's, too.
"""

from __future__ import annotations

import errno
import struct

import pytest

from homework.sandbox.seccomp import session_filter

ALLOW, KILL, KILL_PROCESS = 0x7FFF0000, 0, 0x80000000
ARCHITECTURES = {"X86_64": 0xC000003E, "AARCH64": 0xC00000B7}
# The call, its number on x86-64 (arch/x86/entry/syscalls/syscall_64.tbl of the kernel) and on aarch64
# (include/uapi/asm-generic/unistd.h).
_TABLE = """
    read 0 63            write 1 64             openat 257 56        mmap 9 222            clone 56 220
    clone3 435 435       unshare 272 97         setns 308 268        mount 165 40          ptrace 101 117
    keyctl 250 219       perf_event_open 298 241  memfd_create 319 279  bpf 321 280        userfaultfd 323 282
    io_uring_setup 425 425  socket 41 198       setsockopt 54 208    prlimit64 302 261     setpriority 141 140
    kill 62 129          tkill 200 130       tgkill 234 131      prctl 157 167
    fchmodat 268 53        ioctl 16 29          fcntl 72 25          socketpair 53 199
    flock 73 32            inotify_init1 294 26  fadvise64 221 223     readahead 187 213
    mincore 27 232         cachestat 451 451     preadv2 327 286       madvise 28 233
    vmsplice 278 75        tee 276 77            io_setup 206 0        connect 42 203      bind 49 200
    timer_create 222 107   statmount 457 457     listmount 458 458     setxattrat 463 463  removexattrat 466 466
    open_tree_attr 467 467  file_getattr 468 468  file_setattr 469 469  newer 470 470       newest 4000 4000
""".split()
NUMBERS = {
    architecture: dict(zip(_TABLE[::3], map(int, _TABLE[column::3]), strict=True))
    for architecture, column in (("X86_64", 1), ("AARCH64", 2))
}
REFUSED = errno.EPERM
# Of every session: the call, its arguments, and the error it ends with (0: it may be made).
CASES = [
    *((name, (), 0) for name in ("read", "write", "openat", "clone", "mmap")),
    *((name, (), REFUSED) for name in ("unshare", "setns", "mount", "ptrace", "keyctl", "perf_event_open")),
    *((name, (), REFUSED) for name in ("memfd_create", "bpf", "userfaultfd", "io_uring_setup")),
    *((name, (), REFUSED) for name in ("vmsplice", "tee", "io_setup", "inotify_init1", "flock")),
    *((name, (), REFUSED) for name in ("fadvise64", "readahead", "mincore", "cachestat")),
    *((name, (), REFUSED) for name in ("timer_create", "statmount", "listmount", "open_tree_attr")),
    ("file_getattr", (), 0),
    *((name, (), errno.ENOSYS) for name in ("newer", "newest")),
    *(("fcntl", (3, command), 0) for command in (0, 1, 2, 3, 4, 1030, 1031, 1032, 1034)),
    *(("fcntl", (3, command), REFUSED) for command in (5, 6, 7, 36, 37, 38, 1024, 1025, 1026, 1036, 4000)),
    ("fcntl", (3, 1 << 32 | 1024), REFUSED),  # the same to the kernel
    ("preadv2", (3, 0, 1, 0, 0, 0), 0),
    ("preadv2", (3, 0, 1, 0, 0, 8), REFUSED),  # RWF_NOWAIT
    ("madvise", (0, 4096, 4), 0),  # MADV_DONTNEED
    ("madvise", (0, 4096, 21), REFUSED),  # MADV_PAGEOUT
    ("socketpair", (1, 1 | 0o2000000), 0),  # connected streams, as asyncio makes them
    ("socketpair", (2, 1), errno.EAFNOSUPPORT),
    ("clone3", (), errno.ENOSYS),
    ("clone", (0x003D0F00,), 0),  # what starts a thread
    ("clone", (0x10000000 | 17,), REFUSED),  # CLONE_NEWUSER
    ("clone", (0x40000000 | 17,), REFUSED),  # CLONE_NEWNET
    ("mmap", (0, 4096, 3, 0x22), 0),  # private and anonymous
    ("mmap", (0, 4096, 3, 0x21), REFUSED),  # shared and anonymous
    ("prlimit64", (0,), 0),
    ("prctl", (4, 0), 0),  # PR_SET_DUMPABLE
    ("ioctl", (0, 0x5412), REFUSED),  # TIOCSTI
    ("ioctl", (0, 0xFFFFFFFF00005412), REFUSED),  # the same to the kernel
    ("setsockopt", (3, 1, 7), REFUSED),  # SO_SNDBUF
    ("setsockopt", (3, 1, 8), 0),
]
WITH_NAMESPACES = [
    ("socket", (1,), 0),
    ("socket", (2,), errno.EAFNOSUPPORT),
    ("socketpair", (1, 2), 0),
    ("connect", (), 0),
    ("kill", (1, 15), 0),
    ("kill", (7, 9), 0),
    ("kill", (-1 & 0xFFFFFFFF, 9), 0),
    ("setpriority", (0, 1, 5), 0),
    ("fchmodat", (), 0),
    *((name, (), 0) for name in ("setxattrat", "removexattrat", "file_setattr")),
    ("ioctl", (3, 0x40086602), 0),  # FS_IOC_SETFLAGS
]
WITHOUT = [
    ("socket", (1,), REFUSED),
    *(("socketpair", (1, kind), REFUSED) for kind in (2, 3, 4, 5, 2 | 0o4000)),
    ("connect", (), REFUSED),
    ("bind", (), REFUSED),
    ("kill", (1, 9), REFUSED),
    ("tgkill", (1, 1, 9), REFUSED),
    ("setpriority", (0, 1, 5), REFUSED),
    ("prlimit64", (1,), REFUSED),
    ("fchmodat", (), REFUSED),
    *((name, (), REFUSED) for name in ("setxattrat", "removexattrat", "file_setattr")),
    *(("ioctl", (3, request), REFUSED) for request in (0x40086602, 0x40087602, 0x401C5820, 0x40806685)),
    ("ioctl", (3, 0x5421), 0),  # FIONBIO
    ("ioctl", (3, 0x80086601), 0),  # FS_IOC_GETFLAGS
    ("fcntl", (3, 8), REFUSED),
]


def run(program: bytes, architecture: int, number: int, arguments: tuple[int, ...]) -> int:
    """What a seccomp filter returns for a system call; the instructions that libseccomp uses."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    code = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    accumulator, at = 0, 0
    while True:
        operation, yes, no, constant = code[at]
        at += 1
        match operation:
            case 0x20:  # load a word of the data
                (accumulator,) = struct.unpack_from("<I", data, constant)
            case 0x54:  # and
                accumulator &= constant
            case 0x05:  # jump
                at += constant
            case 0x15:  # jump if equal
                at += yes if accumulator == constant else no
            case 0x25:  # jump if greater
                at += yes if accumulator > constant else no
            case 0x35:  # jump if greater or equal
                at += yes if accumulator >= constant else no
            case 0x06:  # return
                return constant
            case _:
                raise NotImplementedError(hex(operation))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("without_namespaces", [False, True], ids=["bubblewrap", "landlock"])
def test_the_same_calls_are_refused(architecture: str, without_namespaces: bool) -> None:
    program = session_filter(without_namespaces, architecture)
    for name, arguments, error in CASES + (WITHOUT if without_namespaces else WITH_NAMESPACES):
        got = run(program, ARCHITECTURES[architecture], NUMBERS[architecture][name], arguments)
        assert got == (ALLOW if error == 0 else 0x50000 | error), (name, arguments)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_first_process_dies_of_what_every_other_would_die_of(architecture: str) -> None:
    """The kernel spares the first process of a namespace signals from within, SIGKILL too."""
    program = session_filter(False, architecture)
    for name, arguments in (
        ("kill", (1, 9)),
        ("kill", (0, 9)),
        ("kill", (1, 11)),
        ("tkill", (1, 6)),
        ("tgkill", (1, 1, 6)),
    ):
        assert (
            run(program, ARCHITECTURES[architecture], NUMBERS[architecture][name], arguments) == KILL_PROCESS
        )


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_session_stays_bound_to_its_parent(architecture: str) -> None:
    """To ask for another signal at the parent's death is answered with success, and nothing is done."""
    program = session_filter(False, architecture)
    assert run(program, ARCHITECTURES[architecture], NUMBERS[architecture]["prctl"], (1, 0)) == 0x50000


@pytest.mark.parametrize(("architecture", "other"), [tuple(ARCHITECTURES), tuple(ARCHITECTURES)[::-1]])
def test_calls_by_the_numbers_of_another_architecture_kill(architecture: str, other: str) -> None:
    """A machine may run programs of several, whose numbers mean something else."""
    program = session_filter(False, architecture)
    assert run(program, ARCHITECTURES[other], NUMBERS[architecture]["read"], ()) == KILL
