"""The command line that starts a zygote in bubblewrap.

Theory of operation. The mount namespace that bubblewrap builds holds the system's `/usr`, the Python installation,
the virtual environment at `/opt/venv` and the folder `inside/` at `/opt/grader`, all read-only, and empty private
folders. The course, its gradebook and its tests are not in it. As root, bubblewrap drops every capability but those
needed to become an unprivileged user, which the zygote does before anything else; as an ordinary user, a user namespace
does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from homework.sandbox.environment import ENVIRONMENT, INSIDE, UNPRIVILEGED_UID, font_cache
from homework.sandbox.limits import FOLDER_BYTES

GRADER = "/opt/grader"  # the folder that holds `inside`
FONTS = "/opt/fonts"  # matplotlib's font cache


def command(program: str, *arguments: str) -> list[str]:
    """What runs Python with `arguments` in bubblewrap, which is at `program`."""
    prefix, base = Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()
    argv = [program, "--die-with-parent", "--new-session"]
    argv += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    argv += ["--hostname", "sandbox", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SYS_ADMIN"):
            argv += ["--cap-add", capability]  # all given up in zygote.main, before anything is imported
        argv += [*_folder("/opt"), *_folder("/opt/proc")]
    else:
        argv += ["--unshare-user", "--uid", str(UNPRIVILEGED_UID), "--gid", str(UNPRIVILEGED_UID)]
    argv += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64", "lib32"):
        path = Path("/", name)
        if path.is_symlink():
            argv += ["--symlink", f"usr/{name}", f"/{name}"]
        elif path.is_dir():
            argv += ["--ro-bind", f"/{name}", f"/{name}"]
    argv += _folder("/etc") + ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    # A private mapping of /dev/zero is anonymous memory; a shared one would be memory that no limit sees.
    argv += ["--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero"]
    argv += _folder("/home") + _folder("/opt") + _folder(GRADER)
    for place, size in FOLDER_BYTES.items():
        argv += ["--size", str(size), "--perms", "1777", "--tmpfs", place]
    if base != Path("/usr"):
        argv += parents_of_mount(base) + ["--ro-bind", str(base), str(base)]
    argv += ["--ro-bind", str(prefix), "/opt/venv", "--ro-bind", str(INSIDE), f"{GRADER}/inside"]
    if font_cache(prefix).is_dir():
        argv += ["--ro-bind", str(font_cache(prefix)), FONTS]
    argv += ["--remount-ro", "/", "--chdir", "/home/student", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    return [*argv, "--", str(Path("/opt/venv", Path(sys.executable).parent.name, "python")), *arguments]


def _folder(path: str) -> list[str]:
    return ["--perms", "0755", "--dir", path]


def parents_of_mount(path: Path) -> list[str]:
    """bubblewrap creates the parents of a mount 0700, which the unprivileged user could not pass."""
    argv: list[str] = []
    for parent in reversed(path.parents):
        if parent != Path("/"):
            argv += _folder(str(parent))
    return argv
