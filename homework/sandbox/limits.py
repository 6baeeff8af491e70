"""Every cap of the sandbox, by who enforces it. Imports nothing heavy.

`Limits` is what an instructor can set; the rest is fixed. What is enforced in the sandbox itself stands in
`inside/caps.py`, which is mounted there.
"""

from __future__ import annotations

from dataclasses import dataclass

from homework.sandbox.inside.caps import OUTPUTS

__all__ = [
    "ANSWER_BYTES",
    "CELL_BYTES",
    "FOLDER_BYTES",
    "INTERRUPT_GRACE_SECONDS",
    "KEPT_ANSWER_BYTES",
    "OUTPUTS",
    "SUBMISSION_OUTPUT_BYTES",
    "Limits",
]


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


# By the session: of what it reads of a cell.
CELL_BYTES = 48 << 20  # buffers, that is pictures
INTERRUPT_GRACE_SECONDS = 1.0  # for a cell to end after it was interrupted

# By the client that calls: of what it reads of answers.
ANSWER_BYTES = 64 << 20  # buffers of one answer
KEPT_ANSWER_BYTES = 8 << 20  # all answers that came before they were asked for

# By the grader.
SUBMISSION_OUTPUT_BYTES = 32 << 20  # what all cells of a submission may display in all

# By the kernel: folders of the zygote's own, which a session covers with its own of `tmp_bytes`.
FOLDER_BYTES = {"/dev/shm": 64 << 20, "/tmp": 256 << 20, "/home/student": 1 << 20}
