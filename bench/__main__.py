"""`make bench`: everything that is measured, or the parts that `--only` names. README.md beside this file explains."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import latency, report
from bench.compare import Contestant, compare
from bench.floor import Floor
from bench.growth import growth
from bench.measure import Failed, announce, circumstances, cost
from bench.otter import Otter, set_up
from bench.ours import Homework
from bench.sample import Student, sample_class, without_endless
from bench.split import split
from bench.stock import Stock
from homework.course import Course

ASSIGNMENT = "hw1"
GRADERS = ("homework", "stock", "otter", "floor")
PARTS = (*GRADERS, "growth", "cold", "split", "feedback")


def main() -> int:
    """Measure, write the JSON and the chart, print the tables."""
    options = _options()
    course = Course.find(Path(__file__))
    console = Console(highlight=False)
    students = sample_class(course, ASSIGNMENT, options.size)
    measured: dict[str, Any] = {}

    def keep(part: str, figures: Any) -> None:
        """Each part is written as soon as it is there."""
        measured[part] = {**circumstances(), "figures": figures}
        report.store(options.output, part, measured[part])

    try:
        with tempfile.TemporaryDirectory(prefix="homework-bench-") as temporary:
            _measure(course, students, Path(temporary), options, keep)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    results = report.load(options.output)
    report.print_tables(results, console)
    console.print(f"figures: {options.output}")
    if options.output == report.RESULTS:
        report.draw(results, report.CHART)
        console.print(f"chart: {report.CHART}; now run .venv/bin/python scripts/generate_docs.py")
    return 0


def _measure(course: Course, students: list[Student], folder: Path, options: Any, keep: Any) -> None:
    contestants = _contestants(course, options.only)
    if contestants:
        if "otter" in options.only:
            announce(f"otter-grader {set_up()} is set up")
        figures = compare(
            course,
            ASSIGNMENT,
            contestants,
            students,
            folder,
            rounds=options.rounds,
            sample=options.sample,
            limit=options.limit,
        )
        for name, found in figures:
            keep(f"grader: {name}", {**found, "class": len(students)})
    if "growth" in options.only:
        keep("growth", growth(course, ASSIGNMENT, options.sizes, _cores(), folder, options.limit))
    if "cold" in options.only:
        announce("cold starts")
        keep("cold", dict(latency.cold(course, options.runs)))
    if "split" in options.only:
        announce("where the time goes")
        keep("split", split(course, ASSIGNMENT, without_endless(students), folder, options.limit))
    if "feedback" in options.only:
        keep("feedback", _feedback(course, without_endless(students), folder, options))


def _contestants(course: Course, only: list[str]) -> list[Contestant]:
    jobs = sorted({1, 2, _cores()})
    contestants: list[Contestant] = []
    if "homework" in only:
        contestants += [Homework(course, ASSIGNMENT, number) for number in jobs]
    if "floor" in only:
        contestants += [Floor(course, ASSIGNMENT, number) for number in jobs]
    if "stock" in only:
        contestants.append(Stock(course, ASSIGNMENT))
    if "otter" in only:
        contestants += [Otter(course, ASSIGNMENT, number) for number in jobs]
    return contestants


def _feedback(course: Course, students: list[Student], folder: Path, options: Any) -> dict[str, Any]:
    homework = Homework(course, ASSIGNMENT, _cores())
    homework.prepare(folder / "feedback", options.limit)
    grading, feedback = [], []
    for _ in range(options.rounds):
        grading.append(cost(homework.fresh(students))[0])
        feedback.append(cost(homework.command("feedback", ASSIGNMENT))[0])
        announce(
            f"feedback pages of {len(students)} submissions in {feedback[-1]:.1f} s, graded in {grading[-1]:.1f} s"
        )
    return {"submissions": len(students), "grading": grading, "feedback": feedback}


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", default=",".join(PARTS), help=f"parts, separated by commas: {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--quick", action="store_true", help="small numbers, to see that it works; not for reports"
    )
    parser.add_argument("--size", type=int, help="submissions of the class [200]")
    parser.add_argument("--sample", type=int, help="submissions of it for nbgrader and otter [12]")
    parser.add_argument("--rounds", type=int, help="runs of each grader [3]")
    parser.add_argument("--runs", type=int, help="cold starts [7]")
    parser.add_argument("--limit", type=float, help="seconds a cell, and the tests of an exercise [10]")
    parser.add_argument("--sizes", help="class sizes for the growth [100,300,1000]")
    parser.add_argument("--output", type=Path, help=f"the JSON [{report.RESULTS.relative_to(report.ROOT)}]")
    options = parser.parse_args()
    quick = {"size": 24, "sample": 3, "rounds": 1, "runs": 1, "limit": 5.0, "sizes": "12,24"}
    whole = {"size": 200, "sample": 12, "rounds": 3, "runs": 7, "limit": 10.0, "sizes": "100,300,1000"}
    for name, value in (quick if options.quick else whole).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.output = options.output or (report.QUICK if options.quick else report.RESULTS)
    options.sizes = [int(size) for size in options.sizes.split(",")]
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(PARTS):
        parser.error(f"there is no part {sorted(unknown)[0]!r}; there are: {', '.join(PARTS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
