"""Which tier of the sandbox graded, and why it was not the first."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Collection

from homework.sandbox import bubblewrap

_SECONDS = 30


def why_not_the_first() -> str:
    """Why bubblewrap cannot be used on this machine; "" if it can."""
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap (the command `bwrap`) is not installed, or not on PATH"
    command = bubblewrap.command(program, "-I", "-c", "pass")
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{program} cannot be run ({type(error).__name__})"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return f"bubblewrap cannot build a sandbox here ({said[-1] if said else 'it says nothing'})"


def weaker_tier(tiers: Collection[str]) -> str:
    """What to say after grading in `tiers`; "" if all of it was in the first."""
    others = sorted(set(tiers) - {"bubblewrap", ""})
    if not others:
        return ""
    why = why_not_the_first()
    return (
        f"graded in the second tier of the sandbox ({', '.join(others)}), which hides less (docs/containers.md)"
        + (f", since {why}" if why else "")
    )
