"""What one submission may use: apart from the host, so that asking for it does not import torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times in seconds, sizes in bytes, output in characters of each text of a cell."""

    seconds_per_cell: float = 10.0
    seconds_per_call: float = 5.0
    seconds_per_submission: float = 120.0
    memory: int = 1 << 30
    processes: int = 64
    tmp_bytes: int = 256 << 20
    file_bytes: int = 64 << 20
    output: int = 20_000
