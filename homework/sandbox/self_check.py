"""The self-check: before a batch, code inside the sandbox tries what it must not be able to do.

Whoever opens a sandbox to run a student's code calls it first. Each attempt is evaluated in a session exactly like a
student's code. It has to be refused as expected, or to be False: an attempt that fails for another reason shows
nothing, so it counts as a failed check.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from homework.sandbox.errors import SandboxUnavailable
from homework.sandbox.limits import Limits
from homework.sandbox.sandbox import Sandbox


@dataclass(frozen=True)
class Attempt:
    """One attempt to escape.

    `expression`: Python that must be False, or be refused with an error of one of the names `refused`. In it `{canary}`
    is the name of a file and, after a zero byte, of a socket that exist on the host, `{course}` the course, `{pid}` the
    trusted process, and `{kept}` the capabilities that a session may keep. `namespaces_only`: whether only the first
    tier holds against it.
    """

    expression: str
    refused: str = "EPERM EACCES"
    namespaces_only: bool = False


_HIDDEN = "EACCES ENOENT"
_UNWRITABLE = "EACCES EROFS"
_NO_FAMILY = "EPERM EAFNOSUPPORT"
ATTEMPTS = {
    "read a file of the host": Attempt("open({canary!r}).read()", _HIDDEN),
    "see the course": Attempt("os.path.exists({course!r})", namespaces_only=True),
    "list the course": Attempt("os.listdir({course!r})", _HIDDEN),
    "write to the system": Attempt("open('/usr/escaped', 'w')", _UNWRITABLE),
    "write to the environment": Attempt("open(os.path.join(sys.prefix, 'escaped'), 'w')", _UNWRITABLE),
    "signal the grader": Attempt("is_other({pid}) and os.kill({pid}, 0)", "EPERM ESRCH"),
    # The number of a group whose leader lives outside of the namespace.
    "signal the zygote": Attempt("os.getpgrp() == 0"),
    "see other processes": Attempt("len([p for p in os.listdir('/proc') if p.isdecimal()]) > 1"),
    "open an internet socket": Attempt("socket.socket(socket.AF_INET)", _NO_FAMILY),
    "open a netlink socket": Attempt("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", _NO_FAMILY),
    "pair internet sockets": Attempt("socket.socketpair(socket.AF_INET)", _NO_FAMILY),
    "reach a socket of the host": Attempt(
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', chr(0) + {canary!r})",
        "EPERM ECONNREFUSED",
    ),
    "reach the network": Attempt("len(socket.if_nameindex()) > 1", _NO_FAMILY),
    "become root": Attempt("os.setuid(0)", "EPERM EINVAL"),
    "mount": Attempt("call(libc.mount, b'none', b'/tmp', b'tmpfs', 0, None)"),
    "unshare namespaces": Attempt("call(libc.unshare, 0x10000000)"),
    "attach to a process": Attempt("call(libc.ptrace, 16, os.getppid(), 0, 0)"),
    "outlive the zygote": Attempt(
        "libc.prctl(1, 0) or libc.prctl(2, ctypes.byref(n := ctypes.c_int())) or n.value != 9"
    ),
    "use a key ring": Attempt("call(libc.syscall, keyctl, 0, -3, 1)"),
    "keep a capability": Attempt("capabilities() & ~{kept} != 0"),
    "hold a descriptor of the grader": Attempt("sum(is_open(fd) for fd in range(3, 256)) > 2"),
    "read an answer": Attempt(
        "any(os.path.exists(f'/opt/grader/{{name}}') for name in ('judge', 'solutions', 'tests'))"
    ),
    "watch files": Attempt("call(libc.inotify_init1, 0)"),
    "lock a file": Attempt("fcntl.lockf(open(os.__file__), fcntl.LOCK_SH)"),
    "lease a file": Attempt("fcntl.fcntl(os.open('lease', os.O_CREAT), fcntl.F_SETLEASE, fcntl.F_RDLCK)"),
    "change a file's times": Attempt("os.utime({canary!r})", "EPERM EACCES ENOENT"),
    "make a file unreadable": Attempt("os.chmod({canary!r}, 0)", "EPERM EACCES ENOENT"),
    "send a signal by a descriptor": Attempt(
        "is_other({pid}) and fcntl.fcntl(0, fcntl.F_SETOWN, {pid})", "EPERM ESRCH"
    ),
    "lower the grader's limits": Attempt(
        "is_other({pid}) and resource.prlimit({pid}, resource.RLIMIT_NOFILE, (8, 8))", "EPERM ESRCH"
    ),
    "lower the grader's priority": Attempt(
        "is_other({pid}) and os.setpriority(os.PRIO_PROCESS, {pid}, 19)", "EPERM EACCES ESRCH"
    ),
}

_RUNNER = """
import ctypes, errno, fcntl, json, os, resource, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
keyctl = {{"x86_64": 250, "aarch64": 219}}[os.uname().machine]
def is_other(pid):  # and no number of ours, which the trusted process may have outside, in a container, say
    return pid not in (1, os.getpid(), os.getppid())
def is_open(fd):
    try:
        return bool(os.fstat(fd))
    except OSError:
        return False
def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return True
def capabilities():
    data = ctypes.create_string_buffer(24)
    call(libc.capget, struct.pack("<Ii", 0x20080522, 0), data)
    words = struct.unpack("<6I", data)
    return words[0] | words[3] << 32
said = {{}}
for name, (expression, refused) in json.loads({attempts!r}).items():
    try:
        said[name] = "" if eval(expression) is False else "possible"
    except OSError as error:
        said[name] = "" if errno.errorcode.get(error.errno) in refused.split() else str(error)
    except Exception as error:
        said[name] = type(error).__name__ + ": " + str(error)
print(json.dumps(said))
"""


def self_check(sandbox: Sandbox) -> int:
    """Make all attempts in one session of `sandbox`; how many these were.

    Raises SandboxUnavailable, which names what was possible and what could not be tried.
    """
    sandbox.start()  # its tier is not known before
    with (
        tempfile.NamedTemporaryFile("w", prefix="homework-canary-") as canary,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener,
    ):
        canary.write("canary")
        canary.flush()
        listener.bind("\0" + canary.name)
        course = str(Path(__file__).resolve().parents[2])
        known = {"canary": canary.name, "course": course, "pid": os.getpid(), "kept": sandbox.capabilities}
        attempts = {
            name: (attempt.expression.format(**known), attempt.refused)
            for name, attempt in ATTEMPTS.items()
            if sandbox.tier == "bubblewrap" or not attempt.namespaces_only
        }
        source = _RUNNER.format(attempts=json.dumps(attempts))
        with sandbox.session(Limits(), seed=0) as session:
            cell = session.run_cell("self_check", source)
    said = _answers(cell.outputs[0].get("text", "") if cell.outputs else "")
    if said is None or said.keys() != attempts.keys():
        raise SandboxUnavailable(
            f"the sandbox's self-check did not answer ({cell.status}); nothing is graded"
        )
    found = [name for name, answer in said.items() if answer == "possible"]
    if found:
        raise SandboxUnavailable(
            f"the sandbox does not hold: code in it could {', '.join(found)}; nothing is graded. See `homework doctor`."
        )
    untried = [f"{name} ({answer})" for name, answer in said.items() if answer]
    if untried:
        raise SandboxUnavailable(
            f"the sandbox's self-check failed: it could not try to {', '.join(untried)}; nothing is graded"
        )
    return len(attempts)


def _answers(text: str) -> dict[str, str] | None:
    """What the attempts said; None if it is not of the form."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    whole = isinstance(said, dict) and all(isinstance(answer, str) for answer in said.values())
    return said if whole else None
