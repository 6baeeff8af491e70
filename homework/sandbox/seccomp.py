"""The system calls that a session may not make, compiled by libseccomp for the machine's architecture.

Namespaces do not cover everything: key rings, vsock and netlink sockets, io_uring, performance counters and further
namespaces are shared with the host's kernel, so they are refused here. The list follows the man page of ioi/isolate
and Docker's default profile. Also refused:

- memory that no process is seen to hold (memfd, System V and anonymous shared memory, large socket buffers, pages of
  others in pipes), since what processes hold is added up;
- contexts of asynchronous I/O, of which the machine has a fixed number, and timers, of which a user has;
- what two sessions could talk by through a file that both may read: locks, leases, watches, and control of the page
  cache. `docs/security.md` says what cannot be refused;
- to outlive its parent.

The filter is computed once, in the trusted process, and handed over as bytes. A libseccomp may be older than the
kernel: calls that it may not know are refused by their numbers, and so is every call that is newer than this list.

Where a session has no namespaces, a longer list refuses what they, or a user id of its own, would have kept apart:
signals to others, their limits and priorities, sockets (but for connected pairs), shared memory, and the changes to
files that Landlock does not cover.
"""

from __future__ import annotations

import errno
import os
import signal
import struct
from functools import cache
from itertools import product

_DENIED = """
    acct add_key adjtimex bpf cachestat chroot clock_adjtime clock_settime clone3 create_module delete_module
    fadvise64 fanotify_init fanotify_mark finit_module flock fsconfig fsmount fsopen fspick get_kernel_syms
    init_module inotify_init inotify_init1 io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit
    io_uring_enter io_uring_register io_uring_setup ioperm iopl ioprio_set kcmp kexec_file_load kexec_load
    keyctl landlock_create_ruleset lookup_dcookie mbind memfd_create memfd_secret migrate_pages mincore mknod mknodat
    mount mount_setattr move_mount move_pages msgget name_to_handle_at nfsservctl open_by_handle_at open_tree
    perf_event_open personality pidfd_getfd pivot_root process_madvise process_mrelease process_vm_readv
    process_vm_writev ptrace query_module quotactl quotactl_fd readahead reboot request_key semget set_mempolicy
    setdomainname sethostname setns settimeofday shmget stime swapoff swapon sysfs syslog tee timer_create umount
    umount2 unshare uselib userfaultfd ustat vhangup vm86 vm86old vmsplice
""".split()
_DENIED_WITHOUT_NAMESPACES = """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat truncate
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal
    shmat shmctl semop semtimedop semctl msgsnd msgrcv msgctl mq_open mq_unlink
    setpriority sched_setaffinity sched_setattr sched_setparam sched_setscheduler socket bind connect
""".split()
# The numbers of newer calls, the same on every architecture.
_NUMBERS = {"statmount": 457, "listmount": 458, "open_tree_attr": 467}
_NUMBERS_WITHOUT_NAMESPACES = {"setxattrat": 463, "removexattrat": 466, "file_setattr": 469}
_NEWEST = 469
_X32 = 0x40000000  # a bit in the numbers of another ABI, which libseccomp refuses
_MACHINES = {"x86_64": "X86_64", "aarch64": "AARCH64"}
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _FIOSETOWN, _SIOCSPGRP = 8, 10, 15, 0x8901, 0x8902
# Of fcntl: locks of a process (5-7) and of an open file (36-38), leases (1024, 1025) and notes of changes (1026).
# Beyond the last one that is of use, F_GET_SEALS, are hints that are kept with a file.
_F_LOCKS, _F_LEASES, _F_GET_SEALS = (5, 6, 7, 36, 37, 38), (1024, 1025, 1026), 1034
_MADV_COLD, _MADV_PAGEOUT = 20, 21
# Of ioctl: what sets flags, versions or projects of files (kinds f, v and X, which write), or makes one unchangeable.
_IOC_WRITE, _IOC_KIND, _IOC_OF_FILES = 0x40000000, 0xFF00, "fvX"
_PR_SET_PDEATHSIG = 1
_CRASHES = [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE]
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPES = 1, 1, 0xF
_SOL_SOCKET, _SO_SNDBUF = 1, 7
_MAP_SHARED_ANONYMOUS = 0x21
_INT = 0xFFFFFFFF  # the kernel looks at the lower half of an argument that is an `int`; so must a filter
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW* flag
_ENOSYS = {"clone3"}  # C libraries fall back to clone, whose flags a filter can see


@cache
def session_filter(without_namespaces: bool = False, architecture: str = "NATIVE") -> bytes:
    """The compiled filter: an array of `struct sock_filter`. Raises OSError where libseccomp is missing.

    `architecture`: another one than this machine's, as libseccomp calls it, to look at its filter.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise OSError(f"libseccomp cannot be loaded ({error}): install the package libseccomp2") from None
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    if not rules.exist_arch(wanted := getattr(pyseccomp.Arch, architecture)):
        rules.add_arch(wanted)
        rules.remove_arch(pyseccomp.Arch.NATIVE)
    for name in _DENIED + (_DENIED_WITHOUT_NAMESPACES if without_namespaces else []):
        try:
            number = errno.ENOSYS if name in _ENOSYS else errno.EPERM
            rules.add_rule(pyseccomp.ERRNO(number), name)
        except (RuntimeError, OSError, ValueError):
            continue  # a call that this architecture, or this libseccomp, does not know
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for flag in (1 << bit for bit in range(64) if _NEW_NAMESPACES >> bit & 1):
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    requests = [_TIOCSTI, _TIOCLINUX]
    if without_namespaces:
        requests += [_FIOSETOWN, _SIOCSPGRP]
        for command in (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX):  # signals by way of a descriptor
            rules.add_rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, command))
        for letter in _IOC_OF_FILES:
            bits, value = _IOC_WRITE | _IOC_KIND, _IOC_WRITE | ord(letter) << 8
            rules.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, bits, value))
        rules.add_rule(refuse, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))
        for kind in {*range(_SOCK_TYPES + 1)} - {_SOCK_STREAM}:  # a datagram socket can be pointed elsewhere
            rules.add_rule(refuse, "socketpair", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _SOCK_TYPES, kind))
    else:
        # The first process of a namespace does not die of signals from within: of these everybody expects it.
        for name, targets, position in (("kill", (0, 1), 1), ("tkill", (1,), 1), ("tgkill", (1,), 2)):
            for target, number in product(targets, _CRASHES):
                rules.add_rule(
                    pyseccomp.KILL_PROCESS,
                    name,
                    pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _INT, target),
                    pyseccomp.Arg(position, pyseccomp.MASKED_EQ, _INT, number),
                )
    for name in ("socketpair",) if without_namespaces else ("socket", "socketpair"):
        no_such_family = pyseccomp.ERRNO(errno.EAFNOSUPPORT)
        rules.add_rule(no_such_family, name, pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX))
    for command in (*_F_LOCKS, *_F_LEASES):
        rules.add_rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, command))
    rules.add_rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.GT, _F_GET_SEALS))
    for advice in (_MADV_COLD, _MADV_PAGEOUT):
        rules.add_rule(refuse, "madvise", pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _INT, advice))
    for name in ("preadv2", "pwritev2"):  # flags ask whether a page is in the cache, or drop it
        rules.add_rule(refuse, name, pyseccomp.Arg(5, pyseccomp.NE, 0))
    # It is to end with whoever looks after it. Torch, for one, asks for other signals and expects no error.
    rules.add_rule(
        pyseccomp.ERRNO(0), "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _INT, _PR_SET_PDEATHSIG)
    )
    for request in requests:
        rules.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, request))
    rules.add_rule(
        refuse, "mmap", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, _MAP_SHARED_ANONYMOUS, _MAP_SHARED_ANONYMOUS)
    )
    rules.add_rule(
        refuse,
        "setsockopt",
        pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, _SOL_SOCKET),
        pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _INT, _SO_SNDBUF),
    )
    numbers = [*_NUMBERS.values(), *(_NUMBERS_WITHOUT_NAMESPACES.values() if without_namespaces else ())]
    name = architecture if architecture != "NATIVE" else _MACHINES[os.uname().machine]
    return _by_number(int(getattr(pyseccomp.Arch, name)), numbers) + _exported(rules)


def _by_number(architecture: int, refused: list[int]) -> bytes:
    """The beginning of a filter: `refused` calls, and what no list knows. It goes on where it has nothing to say."""
    load, equal, greater, not_less, result = 0x20, 0x15, 0x25, 0x35, 0x06
    error = 0x50000  # SECCOMP_RET_ERRNO
    own = [
        step for number in refused for step in ((equal, 0, 1, number), (result, 0, 0, error | errno.EPERM))
    ]
    own += [(greater, 0, 1, _NEWEST), (result, 0, 0, error | errno.ENOSYS)]
    steps = [
        (load, 0, 0, 4),  # the architecture
        (equal, 0, len(own) + 2, architecture),
        (load, 0, 0, 0),  # the number
        (not_less, len(own), 0, _X32),
        *own,
    ]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def _exported(rules: object) -> bytes:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as source, os.fdopen(writer, "wb") as sink:
        rules.export_bpf(sink)  # type: ignore[attr-defined]
        sink.close()
        return source.read()
