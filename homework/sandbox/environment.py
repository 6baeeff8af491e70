"""What sandboxes of both tiers start with."""

from __future__ import annotations

from pathlib import Path

INSIDE = Path(__file__).parent / "inside"  # all of this package that a sandbox gets
UNPRIVILEGED_UID = 60001  # what a zygote that is started by root becomes
_THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}
ENVIRONMENT = {
    "HOME": "/home/student",
    "USER": "student",
    "LOGNAME": "student",
    "PATH": "/opt/venv/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "IPYTHONDIR": "/tmp/ipython",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "MPLBACKEND": "agg",
    "TORCHINDUCTOR_CACHE_DIR": "/tmp/torch",
    "PYTHONDONTWRITEBYTECODE": "1",
    # glibc keeps what one layer of a network has freed for the next one: otherwise each page is faulted in again, which
    # takes half of the time of a small network.
    "MALLOC_TRIM_THRESHOLD_": str(1 << 27),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 25),
    "PIP_RETRIES": "0",  # `%pip install` in a notebook: let it fail at once, there is no network
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    **_THREADS,
}


def font_cache(prefix: Path) -> Path:
    """Where set-up put matplotlib's font cache, in the virtual environment `prefix`."""
    return prefix / "share" / "homework" / "matplotlib"
