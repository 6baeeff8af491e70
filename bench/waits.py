"""Where people wait, compared with an earlier build, in turns: `python -m bench.waits --before COMMIT`.

Each round runs the earlier build and this one on copies of the same course, one after the other, so that what the
machine does otherwise falls on both. What is reported are ratios within a round, of wall clock and of processor time.
Where the earlier build has no such command, the way without it is measured.

| what | before | now |
| --- | --- | --- |
| fresh | `check` of the whole bank | `check --fresh` |
| changed | the same | `check` after the hidden tests of one exercise changed |
| unchanged | the same | `check` again |
| regrade | `autograde --force` of the class | `regrade` after the hidden tests of one exercise changed |
| autograde, memory | `autograde --force` of a class of half the size | the same |
| watch | `autograde --student` and `feedback --student` | from file to page, with `watch` running |
"""

from __future__ import annotations

import argparse
import compileall
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measure import ROOT, Command, announce, circumstances, cost, peaks, surroundings, watched
from bench.ours import Homework
from bench.report import Table
from bench.sample import sample_class, without_endless
from homework.course import Course

RESULTS = ROOT / "bench" / "results" / "waits.json"
_LIMIT = 10.0  # seconds a cell
Run = Callable[..., tuple[float, float]]


class Build:
    """A build of the program at `root`, and a copy of the course in `folder` for it."""

    def __init__(self, root: Path, folder: Path, assignment: str) -> None:
        self._root = root
        self.course = Homework(Course(ROOT), assignment, 2)
        self.course.prepare(folder, _LIMIT)
        self.place = folder / "course"

    def run(self, *arguments: str) -> tuple[float, float]:
        """Wall clock and processor time of a command, in seconds."""
        return cost(self._command(*arguments))

    def memory(self, *arguments: str) -> float:
        """The most that all processes of a command hold at a time, in MB."""
        return peaks(watched(self._command(*arguments))[1])["tree"]

    def _command(self, *arguments: str) -> Command:
        command = self.course.command(*arguments)
        environment = {**command.environment, "PYTHONPATH": str(self._root), "PYTHONDONTWRITEBYTECODE": "1"}
        return Command(command.arguments, command.folder, command.log, environment)

    def touch_tests(self, assignment: str, exercise: str) -> None:
        """Change the hidden tests of an exercise without changing what they say."""
        with Course(self.place).tests(assignment, exercise).open("a") as module:
            module.write("# changed\n")


def checks(before: Build, now: Build, assignment: str, exercise: str) -> dict[str, Any]:
    """Seconds of one round of `homework check`."""
    whole = before.run("check", assignment)
    fresh = now.run("check", assignment, "--fresh")
    now.touch_tests(assignment, exercise)
    changed = now.run("check", assignment)
    unchanged = now.run("check", assignment)
    return {
        name: [whole, one] for name, one in (("fresh", fresh), ("changed", changed), ("unchanged", unchanged))
    }


def regrades(before: Build, now: Build, assignment: str, exercise: str) -> dict[str, Any]:
    """Seconds of one round of grading a class, and of regrading it after a change."""
    whole = before.run("autograde", assignment, "--force", "--quiet")
    now.touch_tests(assignment, exercise)
    return {"regrade": [whole, now.run("regrade", assignment)]}


def autogrades(before: Build, now: Build, assignment: str, _: str) -> dict[str, Any]:
    """Seconds of one round of grading a class, and then MB."""
    command = ("autograde", assignment, "--force", "--quiet", "--jobs", "2")
    seconds = [build.run(*command) for build in (before, now)]
    return {"autograde": seconds, "memory": [[build.memory(*command), None] for build in (before, now)]}


def watches(before: Build, now: Build, assignment: str, _: str) -> dict[str, Any]:
    """Seconds of one round from one more submission to its page."""
    student, *others = without_endless(sample_class(Course(ROOT), assignment, 6))
    before.course.fresh([student])
    whole = sum(
        before.run(command, assignment, "--student", student.name)[0] for command in ("autograde", "feedback")
    )
    now.course.fresh(others)
    command = now.course.command("watch", assignment)
    environment = {**surroundings(), **command.environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command.arguments, env=environment, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        pages = (told for told in watching.stdout if told.rstrip().endswith(".html"))
        for _other in others:
            next(pages)
        folder = now.place / "submitted" / student.name / assignment
        folder.mkdir(parents=True)
        started = time.perf_counter()
        (folder / f"{assignment}.ipynb").write_bytes(student.notebook(now.course.template))
        next(pages)
        took = time.perf_counter() - started
        watching.send_signal(signal.SIGINT)
        watching.stdout.read()
    return {"watch": [[whole, None], [took, None]]}


GOALS = {  # how many times quicker, and what it is
    "fresh": (2, "`check --fresh` of a whole bank, to `check` before"),
    "changed": (10, "`check` after the hidden tests of one exercise changed, to `check` before"),
    "unchanged": (50, "`check` with nothing changed, to `check` before"),
    "regrade": (3, "`regrade` after the hidden tests of one exercise changed, to grading the class before"),
    "autograde": (1.35, "`autograde` with two jobs, to the same before"),
    "memory": (1.25, "memory of all its processes, before to now"),
    "watch": (4, "one more submission, from file to page with `watch`, to `autograde` and `feedback` before"),
}


PARTS = {"check": checks, "regrade": regrades, "autograde": autogrades, "watch": watches}


def table() -> Table:
    """What was measured last."""
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    rows = []
    for part in results.values():
        for name in part["rounds"][0]:
            wall, cpu = ratios(part["rounds"])[name]
            goal, what = GOALS[name]
            reached = "yes" if statistics.median(wall) >= goal else "**no**"
            load = f"{part['load'][0]:.0f}"
            count = str(len(wall))
            rows.append(
                (what, f"≥ {goal}", spread(wall), spread(cpu), reached, part["exercise"], count, load)
            )
    heads = ("what", "goal", "× quicker", "× less processor time", "reached", "changed", "rounds", "load")
    return Table("where people wait", heads, rows, words=(0, 4, 5))


def main() -> None:
    """Measure and write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--before", required=True, help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", default="hw2/fpgm_select", help="the exercise whose tests change")
    parser.add_argument("--regrade", default="hw1/cross_corr_2d", help="the same, in a class")
    parser.add_argument("--autograde", default="hw1/", help="the assignment that is graded")
    parser.add_argument("--watch", default="hw1/", help="the assignment that is watched")
    parser.add_argument("--size", type=int, default=200, help="of the class")
    parser.add_argument("--only", default="check,regrade,autograde,watch")
    options = parser.parse_args()
    only = options.only.split(",")
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    with tempfile.TemporaryDirectory(prefix="homework-bench-") as temporary:
        folder = Path(temporary)
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(folder / "build"), options.before], check=True)
        try:
            for root in (folder / "build", ROOT):  # as they are after their first start
                compileall.compile_dir(root / "homework", quiet=1)
            for part, measure in PARTS.items():
                if part not in only:
                    continue
                assignment, _, exercise = getattr(options, part).partition("/")
                builds = [
                    Build(root, folder / part / name, assignment)
                    for name, root in (("before", folder / "build"), ("now", ROOT))
                ]
                if part in ("regrade", "autograde"):
                    hand_in(builds, assignment, options.size // (1 + (part == "autograde")))
                rounds = []
                for number in range(options.rounds):
                    rounds.append(measure(*builds, assignment, exercise))
                    announce(f"{part}, round {number + 1}: {ratios(rounds[-1:])}")
                    results[part] = {
                        **circumstances(),
                        "before": options.before,
                        "exercise": f"{assignment}/{exercise}",
                        "rounds": rounds,
                    }
                    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        finally:
            subprocess.run([*git, "remove", "--force", str(folder / "build")], check=True)


def hand_in(builds: list[Build], assignment: str, size: int) -> None:
    """Let the same class hand in for all builds, graded once."""
    students = without_endless(sample_class(Course(ROOT), assignment, size))
    for build in builds:
        build.course.fresh(students)
        announce(
            f"{len(students)} submissions graded in {build.run('autograde', assignment, '--quiet')[0]:.0f} s"
        )


def ratios(rounds: list[dict[str, Any]]) -> dict[str, tuple[list[float], list[float]]]:
    """How many times quicker each is than before in each round, by wall clock and, if known, by processor time."""
    found = {}
    for name in rounds[0]:
        pairs = [one[name] for one in rounds]
        wall = [before[0] / now[0] for before, now in pairs]
        cpu = [before[1] / now[1] for before, now in pairs if now[1]]
        found[name] = wall, cpu
    return found


def spread(values: list[float]) -> str:
    """The median, with the smallest and the largest; nothing for no values."""
    if not values:
        return ""
    middle = f"{statistics.median(values):.3g}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.3g}–{max(values):.3g})"


if __name__ == "__main__":
    sys.exit(main())
