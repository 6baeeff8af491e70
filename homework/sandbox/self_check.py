"""The self-check: before a batch, code inside the sandbox tries what it must not be able to do.

Whoever opens a sandbox to run a student's code calls it first. Each escape is a Python expression evaluated in a
session exactly like a student's code. It must raise, or be false. `{canary}` is a file that exists on the host, `{pid}`
the trusted process.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from homework.sandbox.errors import SandboxUnavailable
from homework.sandbox.limits import Limits
from homework.sandbox.sandbox import Sandbox

ESCAPES = {
    "read a file of the host": "open({canary!r}).read()",
    "see the course": "os.path.exists({course!r})",
    "list the course": "os.listdir({course!r})",
    "write to the system": "open('/usr/escaped', 'w')",
    "write to the environment": "open(os.path.join(sys.prefix, 'escaped'), 'w')",
    "signal the grader": "os.kill({pid}, 0) is None and {pid} not in (1, os.getpid(), os.getppid())",
    "signal the zygote": "os.getpgrp() == 0",  # the number of a group whose leader lives outside of the namespace
    "see other processes": "len([p for p in os.listdir('/proc') if p.isdecimal()]) > 1",
    "open an internet socket": "socket.socket(socket.AF_INET)",
    "open a netlink socket": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "reach the network": "len(socket.if_nameindex()) > 1",
    "become root": "os.setuid(0)",
    "mount": "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
    "unshare namespaces": "libc.unshare(0x10000000) == 0",
    "attach to a process": "libc.ptrace(16, os.getppid(), 0, 0) == 0",
    "outlive the zygote": "libc.prctl(1, 0) or libc.prctl(2, ctypes.byref(n := ctypes.c_int())) or n.value != 9",
    "use a key ring": "libc.syscall(250, 0, -3, 1) >= 0",
    "keep a capability": "int(re.search('CapEff:\\\\s*(\\\\w+)', open('/proc/self/status').read())[1], 16) != 0",
    "hold a descriptor of the grader": "sum(is_open(fd) for fd in range(3, 256)) > 2",
    "read an answer": "any(os.path.exists(f'/opt/grader/{{name}}') for name in ('judge', 'solutions', 'tests'))",
    "change a file's times": "os.utime({canary!r})",
    "make a file unreadable": "os.chmod({canary!r}, 0)",
    "send a signal by a descriptor": "fcntl.fcntl(0, fcntl.F_SETOWN, {pid})",
    "lower the grader's limits": "resource.prlimit({pid}, resource.RLIMIT_NOFILE, (8, 8))",
    "lower the grader's priority": "os.setpriority(os.PRIO_PROCESS, {pid}, 19)",
}
# Landlock does not hide that a file exists.
_NAMESPACES_ONLY = {"see the course"}

_RUNNER = """
import ctypes, fcntl, json, os, re, resource, socket, sys
def is_open(fd):
    try:
        return bool(os.fstat(fd))
    except OSError:
        return False
libc = ctypes.CDLL(None)
found = []
for name, expression in json.loads({escapes!r}).items():
    try:
        if eval(expression):
            found.append(name)
    except Exception:
        pass
print(json.dumps({{"ran": {count}, "found": found}}))
"""


def self_check(sandbox: Sandbox) -> None:
    """Try all escapes in one session of `sandbox`. Raises SandboxUnavailable naming what was possible."""
    sandbox.start()  # its tier is not known before
    with tempfile.NamedTemporaryFile("w", prefix="homework-canary-") as canary:
        canary.write("canary")
        canary.flush()
        course = str(Path(__file__).resolve().parents[2])
        escapes = {
            name: expression.format(canary=canary.name, course=course, pid=os.getpid())
            for name, expression in ESCAPES.items()
            if sandbox.tier == "bubblewrap" or name not in _NAMESPACES_ONLY
        }
        source = _RUNNER.format(escapes=json.dumps(escapes), count=len(escapes))
        with sandbox.session(Limits(), seed=0) as session:
            cell = session.run_cell("self_check", source)
    text = cell.outputs[0].get("text", "") if cell.outputs else ""
    try:
        report = json.loads(text)
        found = report["found"]
        complete = report["ran"] == len(escapes)
    except (ValueError, KeyError, TypeError):
        raise SandboxUnavailable(
            f"the sandbox's self-check did not answer ({cell.status}); nothing is graded"
        ) from None
    if found or not complete:
        raise SandboxUnavailable(
            f"the sandbox does not hold: code in it could {', '.join(found)}; nothing is graded. See `homework doctor`."
        )
