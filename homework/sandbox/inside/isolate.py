"""Lock a process into namespaces of its own: what turns a fork of the zygote into a session.

Theory of operation. The zygote already lives in bubblewrap's namespaces, unprivileged and without network. Each
session is forked into further ones, so that sessions cannot see, signal or talk to one another: user, pid, mount,
network, ipc and uts namespaces, private size-capped folders, its own `/proc`. Then it gives up every capability,
closes every descriptor but its own, sets its limits and installs the seccomp filter that the trusted side computed.
Only system calls through ctypes: Python 3.11 has no `os.unshare`.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from typing import Any

from . import caps

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 4096, 1 << 14, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
MADV_COLLAPSE, HUGE_PAGE = 25, 2 << 20
_HARMLESS = MS_NOSUID | MS_NODEV | MS_NOEXEC
OUTER_PROC = "/opt/proc"
LAST_CAPABILITY = 63
_CAPABILITY_HEADER = struct.pack("<Ii", 0x20080522, 0)

_EVERYTHING = (
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
)
_CLONE = {"x86_64": 56, "aarch64": 220}  # the system call's number

_libc = ctypes.CDLL(None, use_errno=True)
_python = ctypes.PyDLL(None, use_errno=True)  # holds the interpreter's lock through a call, as a fork must
_python.syscall.restype = ctypes.c_long
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
_libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)


def check(result: int, what: str) -> None:
    """Raise OSError if a system call failed; `what` it was."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def prctl(option: int, *arguments: Any) -> int:
    padded = [*arguments, 0, 0, 0, 0][:4]
    return int(_libc.prctl(option, *(ctypes.c_ulong(a) if isinstance(a, int) else a for a in padded)))


def fork_into_namespaces() -> int:
    """Fork a child that is pid 1 and uid 1000 of new namespaces of every kind; as `os.fork` does, return its pid or 0.

    One system call where `unshare` takes a fork more, and each fork of the zygote costs a millisecond or two. It
    goes around the C library, which matters to threads alone: the zygote has one.
    """
    uid, gid = os.geteuid(), os.getegid()
    _python.PyOS_BeforeFork()
    child = int(
        _python.syscall(_CLONE[os.uname().machine], ctypes.c_ulong(_EVERYTHING | signal.SIGCHLD), 0, 0, 0, 0)
    )
    if child != 0:
        _python.PyOS_AfterFork_Parent()
        check(min(child, 0), "clone")
        return child
    _python.PyOS_AfterFork_Child()
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"1000 {uid} 1"),
        ("gid_map", f"1000 {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(content)
    return 0


def mount_private_folders(tmp_bytes: int) -> None:
    """Cover `/tmp`, `/home/student` and `/dev/shm` with empty folders, and `/proc` with one's own.

    The three lie in one file system: what they hold in all has a limit, as has the number of files.
    """
    check(_libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "mount --make-rprivate /")
    options = f"size={tmp_bytes},nr_inodes={caps.FILES},mode=0755".encode()
    check(_libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID | MS_NODEV, options), "mount /tmp")
    for name, place in ((b"home", b"/home/student"), (b"shm", b"/dev/shm"), (b"tmp", b"/tmp")):  # /tmp last
        os.mkdir(folder := b"/tmp/" + name)
        os.chmod(folder, 0o1777)
        check(_libc.mount(folder, place, None, MS_BIND, None), f"mount {place!r}")
    if _libc.mount(b"proc", b"/proc", b"proc", _HARMLESS, None) != 0:
        # Where the outer /proc is masked (containers), the kernel refuses a fresh one: then there is none at all.
        _cover(b"/proc")
    if os.path.isdir(OUTER_PROC):
        _cover(OUTER_PROC.encode())


def _cover(folder: bytes) -> None:
    check(_libc.mount(b"tmpfs", folder, b"tmpfs", _HARMLESS | MS_RDONLY, b"nr_inodes=2"), f"cover {folder!r}")


def mount_outer_proc() -> None:
    """Mount a `/proc` that is visible as a whole, without which the kernel lets no user namespace mount its own.

    Bubblewrap run by root covers parts of the one it mounts. Needs CAP_SYS_ADMIN: done before it is given up.
    """
    if os.path.isdir(OUTER_PROC):
        check(_libc.mount(b"proc", OUTER_PROC.encode(), b"proc", _HARMLESS, None), "mount proc")


def drop_privileges(seccomp_filter: bytes) -> None:
    """Give up every capability for good and install `seccomp_filter` (an array of `struct sock_filter`)."""
    for capability in range(LAST_CAPABILITY + 1):
        prctl(PR_CAPBSET_DROP, capability)  # fails beyond the kernel's last one, and when already dropped
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    keep_capabilities(0)
    check(prctl(PR_SET_NO_NEW_PRIVS, 1), "no_new_privs")
    install(seccomp_filter)


def install(seccomp_filter: bytes) -> None:
    """Install a seccomp filter for this process and all it forks."""
    buffer = ctypes.create_string_buffer(seccomp_filter, len(seccomp_filter))
    program = struct.pack("HxxxxxxQ", len(seccomp_filter) // 8, ctypes.addressof(buffer))
    check(prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(program)), "seccomp")


def set_limits(limits: dict[str, Any]) -> None:
    """Apply the resource limits of a session; `address_space` counts what the zygote has already mapped.

    Student code stays `caps.ROOM` below it: see `room`.
    """
    for kind, value in (
        (resource.RLIMIT_AS, limits["address_space"] + caps.ROOM),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, caps.DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, caps.SIGNALS),
    ):
        resource.setrlimit(kind, (value, value))


def close_descriptors(keep: set[int]) -> None:
    """Point 0, 1 and 2 at `/dev/null` and close every other descriptor that is not in `keep`."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        if standard not in keep:
            os.dup2(null, standard)
    previous = 2
    for fd in [*sorted(fd for fd in keep if fd > 2), 1 << 20]:
        os.closerange(previous + 1, fd)
        previous = fd


def use_huge_pages() -> None:
    """Gather this process's own memory in huge pages, where the kernel can (Linux 6.1).

    A fork copies an entry for each page; with fewer of them it takes a third of the time.
    """
    with open("/proc/self/maps") as file:
        regions = [line.split() for line in file]
    for addresses, access, _, _, inode, *_ in regions:
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // HUGE_PAGE) * HUGE_PAGE, end // HUGE_PAGE * HUGE_PAGE
        if access.startswith("rw") and inode == "0" and start < end:
            _libc.madvise(start, end - start, MADV_COLLAPSE)  # refused where the region holds no page yet


def die_with_parent() -> None:
    """Be killed as soon as the parent process ends."""
    check(prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL)), "PDEATHSIG")


def hide_memory() -> None:
    """Forbid processes of the same user to read this one's memory or attach to it."""
    check(prctl(PR_SET_DUMPABLE, 0), "PR_SET_DUMPABLE")


def capabilities() -> int:
    """The capabilities that this process has in effect, a bit each."""
    data = ctypes.create_string_buffer(24)
    check(_libc.capget(_CAPABILITY_HEADER, data), "capget")
    words = struct.unpack("<6I", data)
    return int(words[0] | words[3] << 32)


def keep_capabilities(kept: int) -> None:
    """Give up all capabilities but `kept`, those of the first 32, a bit each."""
    check(_libc.capset(_CAPABILITY_HEADER, struct.pack("<6I", kept, kept, 0, 0, 0, 0)), "capset")


def become(uid: int) -> None:
    """Turn root into the unprivileged `uid` for good, staying able to write one's own uid map."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    check(prctl(PR_SET_DUMPABLE, 1), "PR_SET_DUMPABLE")
