"""`homework doctor`: what is missing on this machine or makes results unreliable, and how to fix it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from homework.commands.tier import why_not_the_first
from homework.counted import counted
from homework.course import Course
from homework.course.settings import DEFAULT_SECRET
from homework.errors import CourseError

_UNSHARE = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x10000000):
    sys.exit(print(os.strerror(ctypes.get_errno())) or 1)
"""
OK, WARNING, BROKEN = "ok", "warning", "broken"


@dataclass(frozen=True)
class HealthCheck:
    """One check: what was checked, its state, what was found, and the fix if something is wrong."""

    what: str
    state: str
    said: str
    fix: str = ""


def examine(course: Course) -> Iterator[HealthCheck]:
    """Run all checks, quickest first."""
    checks: list[Callable[[Course], HealthCheck]] = [
        _python,
        _packages,
        _torch,
        _bubblewrap,
        _namespaces,
        _seccomp,
        _sandbox,
        _readable,
        _memory,
        _load,
        _secret,
        _path,
        _assignments,
        _writable,
    ]
    for check in checks:
        yield check(course)


def show(checks: Iterator[HealthCheck]) -> int:
    """Print checks as they finish. Returns the exit status: 1 if anything is broken."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    signs = {OK: "[green]✓[/]", WARNING: "[yellow]![/]", BROKEN: "[red]✗[/]"}
    arrow = "→"
    if not console.encoding.casefold().startswith("utf"):
        signs, arrow = {OK: "ok", WARNING: "!", BROKEN: "x"}, "->"
    broken = False
    for check in checks:
        broken |= check.state == BROKEN
        console.print(f"{signs[check.state]} {check.what}: {escape(check.said)}", soft_wrap=True)
        if check.fix:
            console.print(f"    {arrow} {escape(check.fix)}", soft_wrap=True)
    return 1 if broken else 0


def _python(course: Course) -> HealthCheck:
    said = f"{sys.version.split()[0]} at {sys.executable}"
    return HealthCheck("Python", OK, said)


def _packages(course: Course) -> HealthCheck:
    wanted = ("nbgrader", "jupyterlab", "numpy", "torch", "matplotlib", "pytest", "pyseccomp")
    missing = []
    for name in wanted:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return HealthCheck("packages", BROKEN, f"{', '.join(missing)} missing", "run `make setup`")
    return HealthCheck("packages", OK, ", ".join(f"{name} {version(name)}" for name in wanted))


def _torch(course: Course) -> HealthCheck:
    folder = Path(sys.prefix)
    gpu = next(folder.glob("lib/python*/site-packages/nvidia"), None)
    if gpu is not None:
        return HealthCheck(
            "torch",
            WARNING,
            "the GPU build is installed; it needs more memory per session",
            "see README: the CPU build of torch",
        )
    return HealthCheck("torch", OK, "the CPU build")


def _bubblewrap(course: Course) -> HealthCheck:
    if program := shutil.which("bwrap"):
        return HealthCheck("bubblewrap", OK, program)
    return HealthCheck(
        "bubblewrap",
        _without_namespaces(),
        "the command `bwrap` is missing",
        "apt-get install bubblewrap (or your system's package)",
    )


def _without_namespaces() -> str:
    """The state without namespaces: the sandbox's second tier works without them, but hides less."""
    from homework.sandbox.inside import landlock

    return WARNING if landlock.version() else BROKEN


def _namespaces(course: Course) -> HealthCheck:
    settings = {
        "/proc/sys/user/max_user_namespaces": ("0", "sysctl -w user.max_user_namespaces=10000"),
        "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
            "1",
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap",
        ),
    }
    for path, (bad, fix) in settings.items():
        if Path(path).is_file() and Path(path).read_text("utf-8").strip() == bad:
            said = f"{path} is {bad}"
            return HealthCheck("user namespaces", _without_namespaces(), said, f"as root: {fix}")
    done = subprocess.run([sys.executable, "-I", "-c", _UNSHARE], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return HealthCheck("user namespaces", OK, "allowed")
    said = f"the kernel refuses them ({done.stdout.strip() or 'no reason given'})"
    if not why_not_the_first():
        return HealthCheck("user namespaces", OK, f"{said}, but bubblewrap works here without")
    fix = "usual in a chroot and in containers; docs/containers.md says what to allow"
    return HealthCheck("user namespaces", _without_namespaces(), said, fix)


def _seccomp(course: Course) -> HealthCheck:
    from homework.sandbox.seccomp import session_filter

    try:
        return HealthCheck("seccomp", OK, f"a filter of {len(session_filter()) // 8} instructions")
    except OSError as error:
        return HealthCheck("seccomp", BROKEN, str(error), "apt-get install libseccomp2")


def _sandbox(course: Course) -> HealthCheck:
    from homework.sandbox import SandboxError
    from homework.sandbox.sandbox import Sandbox
    from homework.sandbox.self_check import self_check

    try:
        with Sandbox() as sandbox:
            attempts = self_check(sandbox)
        first = sandbox.tier == "bubblewrap"
        said = f"works ({sandbox.tier}); it held against {attempts} attempts to escape"
        if sandbox.capabilities:
            said += "; Python is in a folder of root's, so student code may read files of root's next to it and in /usr"
        return HealthCheck(
            "sandbox",
            OK if first else WARNING,
            said,
            "" if first else f"the second tier, which hides less (docs/containers.md): {why_not_the_first()}",
        )
    except SandboxError as error:
        return HealthCheck(
            "sandbox",
            BROKEN,
            str(error),
            f"make the environment readable for others: chmod -R o+rX {shlex.quote(sys.prefix)}"
            if "PermissionError" in str(error)
            else "until it works nothing is graded; in a container, allow user namespaces",
        )


def _readable(course: Course) -> HealthCheck:
    if os.geteuid() != 0:
        return HealthCheck("environment", OK, "graded as an ordinary user")
    site = next(Path(sys.prefix).glob("lib/python*/site-packages"), None)
    if site is not None and not site.stat().st_mode & 0o005:
        return HealthCheck(
            "environment",
            BROKEN,
            f"{site} is not readable by others",
            f"chmod -R o+rX {shlex.quote(sys.prefix)}",
        )
    return HealthCheck("environment", OK, "readable by the unprivileged user of the sandbox")


def _memory(course: Course) -> HealthCheck:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    if total < 2:
        return HealthCheck(
            "memory", WARNING, f"{total:.1f} GB", "a worker needs about 1 GB: grade with --jobs 1"
        )
    return HealthCheck("memory", OK, f"{total:.1f} GB, {counted(len(os.sched_getaffinity(0)), 'core')}")


def _load(course: Course) -> HealthCheck:
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    if load > 2 * cores:
        return HealthCheck(
            "load",
            WARNING,
            f"{load:.1f} on {cores} cores: correct code may exceed time limits",
            "grade when the machine is idle",
        )
    return HealthCheck("load", OK, f"{load:.1f} on {cores} cores")


def _secret(course: Course) -> HealthCheck:
    if course.settings.secret == DEFAULT_SECRET:
        return HealthCheck(
            "course secret",
            WARNING,
            "is the public default: students could predict the random inputs of hidden tests",
            "set HOMEWORK_SECRET, or c.Homework.secret in nbgrader_config.py, and keep it out of git",
        )
    return HealthCheck("course secret", OK, "set")


def _path(course: Course) -> HealthCheck:
    if set("[]*?") & set(str(course.root)):
        return HealthCheck(
            "path",
            WARNING,
            f"{course.root} contains characters of a pattern: grading works, but Formgrader finds no assignments",
            "put the course into a folder without [ ] * ? in its path",
        )
    return HealthCheck("path", OK, str(course.root))


def _assignments(course: Course) -> HealthCheck:
    from homework.commands.rules import require_complete

    try:
        for assignment in course.assignments.values():
            require_complete(course, assignment)
            course.settings.limits_for(assignment.name)
    except CourseError as error:
        return HealthCheck(
            "assignments", BROKEN, str(error), "docs/instructors.md says what an exercise needs"
        )
    return HealthCheck("assignments", OK, ", ".join(course.assignments) or "none")


def _writable(course: Course) -> HealthCheck:
    places = [course.submitted, course.autograded, course.feedback]
    closed = [str(path) for path in places if path.exists() and not os.access(path, os.W_OK)]
    if closed:
        return HealthCheck(
            "folders",
            BROKEN,
            f"{', '.join(closed)} cannot be written",
            "give yourself permission to write there",
        )
    return HealthCheck("folders", OK, "submitted/, autograded/ and feedback/ can be written")
