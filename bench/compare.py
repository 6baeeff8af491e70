"""The comparison: every grader over the same class, in turns.

Rounds are interleaved (A B C, then A B C again), so that what the machine does otherwise falls on all alike. Graders of
minutes a class are run over a sample of it; their start is measured too, so that the seconds of a whole class follow:
start + size * (seconds of the sample - start) / size of the sample. Submissions that loop for ever cost their time
limits, which are the same for all, in runs of their own. Then one more run, watched, for the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.measure import Command, Failed, announce, cost, last_words, peaks, watched
from bench.sample import Student, evenly, without_endless
from homework.course import Course


class Contestant(Protocol):
    """A grader. `sample`: too slow for the whole class; `starts_once`: for a class, not for each submission."""

    name: str
    title: str
    sample: bool
    starts_once: bool

    def prepare(self, folder: Path, limit: float) -> None:
        """Everything that an instructor does once. `limit`: seconds a cell, and as much for an exercise's tests."""

    def fresh(self, students: Sequence[Student]) -> Command:
        """Forget earlier runs and hand in what `students` wrote; the command that grades them."""

    def scores(self, students: Sequence[Student]) -> dict[str, dict[str, float]]:
        """Points by student and exercise after the last run; a student without a result is absent."""


@dataclass
class _Record:
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    start_cpu: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)


def compare(
    course: Course,
    assignment: str,
    contestants: Sequence[Contestant],
    students: Sequence[Student],
    folder: Path,
    *,
    rounds: int,
    sample: int,
    limit: float,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each contestant and what was measured of it. Raises Failed if one grades nothing at all."""
    groups = {
        c.name: evenly(students, sample) if c.sample else without_endless(students) for c in contestants
    }
    endless = [student for student in students if student.kind == "endless"]
    records = {contestant.name: _Record() for contestant in contestants}
    points = {name: exercise.points for name, exercise in course.assignment(assignment).exercises.items()}
    for contestant in contestants:
        announce(f"preparing {contestant.title}")
        contestant.prepare(folder / contestant.name.replace(" ", "_"), limit)
    for number in range(rounds):
        for contestant in contestants:
            record, group = records[contestant.name], groups[contestant.name]
            command = contestant.fresh(group)
            wall, cpu = cost(command)
            record.wall.append(wall)
            record.cpu.append(cpu)
            scores = contestant.scores(group)
            if not scores:
                raise Failed(f"{contestant.title} has graded nothing:\n{last_words(command)}")
            record.disagreements = disagreements(group, scores, points)
            if hasattr(contestant, "warm_seconds"):
                record.warm.append(contestant.warm_seconds())
            announce(f"round {number + 1}: {contestant.title}: {len(group)} submissions in {wall:.1f} s")
            if contestant.starts_once and contestant.sample:
                # What one submission takes less the share of one is the start; see `_start`.
                one = cost(contestant.fresh(group[:1]))
                record.start.append(_start(one[0], wall, len(group)))
                record.start_cpu.append(_start(one[1], cpu, len(group)))
    for contestant in contestants:
        record, group = records[contestant.name], groups[contestant.name]
        found: dict[str, Any] = {
            "title": contestant.title,
            "submissions": len(group),
            "wall": record.wall,
            "cpu": record.cpu,
            "limit": limit,
            "right": sum(student.kind == "right" for student in group),
            "wrong": sum(student.kind == "wrong" for student in group),
            "disagreements": record.disagreements,
        }
        if record.warm:
            found["warm"] = record.warm
        if record.start:
            found["start"], found["start_cpu"] = record.start, record.start_cpu
        if endless:
            announce(f"{contestant.title}: {len(endless)} that loop for ever")
            found["endless"], _ = cost(contestant.fresh(endless))
            scores = contestant.scores(endless)
            found["endless_with_result"] = len(scores)
            found["disagreements"] += disagreements(endless, scores, points)
        announce(f"{contestant.title}: memory")
        some = evenly(students, max(3, min(30, len(students)))) if not contestant.sample else group[:3]
        _, samples = watched(contestant.fresh(some))
        found["memory"] = {**peaks(samples), "submissions": len(some)}
        yield contestant.name, found


def _start(one: float, all_: float, size: int) -> float:
    """Seconds that do not depend on the number of submissions, from a run over one and a run over `size`."""
    return max(0.0, one - (all_ - one) / (size - 1)) if size > 1 else 0.0


def disagreements(
    students: Sequence[Student], scores: dict[str, dict[str, float]], points: dict[str, float]
) -> list[str]:
    """Where a grader does not give right submissions full marks, or gives them to wrong ones."""
    found = []
    for student in students:
        given = scores.get(student.name)
        if given is None:
            found.append(f"{student.name} ({student.kind}): no result")
            continue
        lost = [name for name, most in points.items() if given.get(name, 0.0) < most - 1e-6]
        if student.kind == "right":
            for name in lost:
                what = f"{name} as {student.entries[name]} gets {given.get(name, 0.0):g} of {points[name]:g}"
                found.append(f"{student.name} (right): {what}")
        elif not lost:
            what = [f"{name} as {entry}" for name, entry in student.entries.items() if entry != "reference"]
            found.append(f"{student.name} ({student.kind}): full marks for {', '.join(what)}")
    return found
