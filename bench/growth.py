"""How cost and memory grow with the class: `homework autograde` over classes of several sizes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.measure import Sample, announce, watched
from bench.ours import Homework
from bench.sample import sample_class, without_endless
from homework.course import Course

_KEPT = 60  # points of a curve that are kept


def growth(
    course: Course, assignment: str, sizes: Sequence[int], jobs: int, folder: Path, limit: float
) -> list[dict[str, Any]]:
    """Seconds and memory over time for a class of each of `sizes`, without endless loops.

    Memory is sampled once a second, alike for every size: so little that seconds can be taken from the same run.
    """
    homework = Homework(course, assignment, jobs)
    homework.prepare(folder / "growth", limit)
    rows = []
    for size in sizes:
        students = without_endless(sample_class(course, assignment, size))
        seconds, samples = watched(homework.fresh(students), every=1.0)
        announce(f"growth: {len(students)} submissions in {seconds:.1f} s")
        rows.append(
            {"size": size, "submissions": len(students), "seconds": seconds, "memory": _curve(samples)}
        )
    return rows


def _curve(samples: list[Sample]) -> dict[str, Any]:
    """Peaks of the first process and of the largest worker with its sandbox, and whether the latter stays flat.

    `flat` is the median of the last quarter of the run over that of the second: 1 where nothing grows.
    """
    workers = [max(sample.workers, default=0.0) for sample in samples]
    parents = [sample.parent for sample in samples]
    kept = samples[:: max(1, len(samples) // _KEPT)]
    return {
        "parent": max(parents),
        "worker": max(workers),
        "tree": max(sample.tree for sample in samples),
        "flat_parent": flat(parents),
        "flat_worker": flat(workers),
        "curve": [
            [round(s.second, 1), round(s.parent, 1), round(max(s.workers, default=0.0), 1)] for s in kept
        ],
    }


def flat(values: Sequence[float]) -> float | None:
    """The median of the last quarter of `values` over that of the second: 1 where nothing grows."""
    quarter = len(values) // 4
    if quarter < 3:
        return None  # too short a run to say
    # The very last samples are of processes that are ending.
    return statistics.median(values[3 * quarter : -1]) / statistics.median(values[quarter : 2 * quarter])
