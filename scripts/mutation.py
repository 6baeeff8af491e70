"""Mutation testing of the hidden tests: a slip in a reference solution must not go unnoticed.

    .venv/bin/python scripts/mutation.py            every assignment
    .venv/bin/python scripts/mutation.py hw2        one

mutmut writes mutants of each reference (an operator exchanged, a number or an argument changed) and runs the
exercise's hidden tests over them (scripts/mutation_tests.py), as over a submission. What they do not notice must be
listed in tests/equivalent_mutants.toml, with the reason why no test could notice it. The score is the share of noticed
mutants among those that are not equivalent. Status 1 if a survivor is not listed, if a listed mutant did not survive,
or if more than 10 % of an assignment's mutants are listed, since then its references are not written plainly.

mutmut wants to copy its sources beside them, so it works on a copy of the references in a temporary folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homework.course import Course
from homework.errors import UsageError

ROOT = Path(__file__).resolve().parents[1]
TESTS = Path(__file__).with_name("mutation_tests.py")
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.toml"
MAX_EQUIVALENT = 0.1
NOTICED = {"killed", "timeout", "segfault"}
_RESULT = re.compile(r"^\s*(solutions\.(\w+)\.(\w+)\.reference\.\S+): (.+)$", re.MULTILINE)
# The limit on time ends endless loops only: on a busy machine a short one would make survivors look noticed.
_CONFIGURATION = """\
[mutmut]
source_paths = solutions
pytest_add_cli_args_test_selection = test_hidden_tests.py
use_git_change_detection = false
timeout_constant = 60
timeout_multiplier = 3
"""


@dataclass(frozen=True)
class Mutant:
    """A mutant that no hidden test noticed: the line `was` of the reference turned into `becomes`."""

    assignment: str
    exercise: str
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.assignment}: {self.exercise}\n    - {self.was}\n    + {self.becomes}"


def listed() -> set[Mutant]:
    """The survivors that are known to be equivalent."""
    entries = tomllib.loads(EQUIVALENT.read_text())["mutant"]
    return {Mutant(**{key: text for key, text in entry.items() if key != "reason"}) for entry in entries}


def run(assignment: str) -> Iterator[tuple[str, str, Mutant | None]]:
    """Mutate the references of `assignment`: each mutant's exercise, its status and, if it survived, what it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course, functions = Course(ROOT), False
        for exercise, task in course.assignment(assignment).exercises.items():
            if (
                task.kind.file or task.hands_in
            ):  # letters have no mutants, and a network may be built in any way
                continue
            reference = course.solutions(assignment, exercise) / "reference.py"
            functions |= "\ndef " in reference.read_text()
            target = folder / reference.relative_to(ROOT)
            target.parent.mkdir(parents=True)
            shutil.copyfile(reference, target)
        if not functions:
            return  # values only, of which there are no mutants
        shutil.copyfile(TESTS, folder / "test_hidden_tests.py")
        (folder / "setup.cfg").write_text(_CONFIGURATION)

        def mutmut(*arguments: str) -> str:
            done = subprocess.run(
                [Path(sys.executable).with_name("mutmut"), *arguments],
                cwd=folder,
                env={
                    **os.environ,
                    "HOMEWORK_COURSE": str(ROOT),
                    "MUTATED_ASSIGNMENT": assignment,
                    # A mutant is run in a fork; threads would neither survive it nor pay.
                    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
                },
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                sys.exit(f"mutmut {' '.join(arguments)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
            return done.stdout

        mutmut("run")
        for key, _, exercise, status in _RESULT.findall(mutmut("results", "--all", "True")):
            survived = _changed(mutmut("show", key)) if status == "survived" else None
            yield exercise, status, Mutant(assignment, exercise, *survived) if survived else None


def _changed(diff: str) -> tuple[str, str]:
    """The lines that a diff takes away and those that it adds."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    was, becomes = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return was, becomes


def main(assignments: list[str]) -> int:
    """Print the table and what is wrong; the exit status."""
    problems, known = [], listed()
    print(f"{'assignment':12}{'exercise':30}{'mutants':>8}{'noticed':>9}{'equivalent':>12}{'score':>8}")
    for assignment in assignments:
        of_exercise = {name: Counter[str]() for name in Course(ROOT).assignment(assignment).exercises}
        survivors: set[Mutant] = set()
        for exercise, status, survivor in run(assignment):
            counts = of_exercise[exercise]
            counts["mutants"] += 1
            counts["noticed"] += status in NOTICED
            counts["equivalent"] += survivor in known
            if survivor:
                survivors.add(survivor)
            elif status not in NOTICED:
                problems.append(f"{assignment}: a mutant of {exercise} could not be judged: {status}")
        total = sum(of_exercise.values(), Counter())
        for exercise, counts in [*of_exercise.items(), ("all", total)]:
            others = counts["mutants"] - counts["equivalent"]
            score = f"{counts['noticed'] / others:.1%}" if others else "-"
            numbers = f"{counts['mutants']:8}{counts['noticed']:9}{counts['equivalent']:12}{score:>8}"
            print(f"{assignment:12}{exercise:30}{numbers}", flush=True)
        if total["equivalent"] > MAX_EQUIVALENT * total["mutants"]:
            problems.append(f"{assignment}: more than {MAX_EQUIVALENT:.0%} of the mutants are equivalent")
        mine = {mutant for mutant in known if mutant.assignment == assignment}
        unknown, gone = sorted(map(str, survivors - mine)), sorted(map(str, mine - survivors))
        problems += [f"survived, and is not in {EQUIVALENT.name}: {mutant}" for mutant in unknown]
        problems += [f"is in {EQUIVALENT.name}, but did not survive: {mutant}" for mutant in gone]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:] or list(Course(ROOT).assignments)))
    except UsageError as error:
        sys.exit(str(error))
