"""`otter run`, otter-grader without containers, in a virtual environment of its own: `.venv-otter`.

It has the torch of `.venv` and, where both need a package, the same version of it. On top of `.venv` it would be slower
than it is: packages that only Jupyter's server needs make the import of `nbformat` slow. `otter grade` always needs
Docker, so `otter run` is the least that otter costs. It grades one submission a process, and has no time limit, so
`timeout` ends it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.hidden import hidden_tests
from bench.measure import ROOT, Command, Failed
from bench.sample import Student
from homework.course import Course
from homework.course.cells import label, task_of
from homework.submission.template import Template

VENV = ROOT / ".venv-otter"
_CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
PINNED = Path(__file__).with_name("otter-constraints.txt")


def set_up() -> str:
    """Make or mend `.venv-otter`; the version of otter-grader in it. Raises Failed if pip cannot."""
    stamp = VENV / "stamp"
    state = f"{ROOT}\n{PINNED.read_text()}{(ROOT / 'constraints.txt').read_text()}"
    if not stamp.is_file() or stamp.read_text() != state:
        print("Setting up otter-grader in .venv-otter (a minute or two)", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        torch = f"torch=={version('torch')}"  # with its label, as in 2.13.0+cpu: never another build
        try:
            _pip("--no-deps", torch)
        except Failed:
            _pip("--no-deps", torch, "--index-url", os.environ.get("TORCH_INDEX_URL") or _CPU_BUILDS)
        pinned = VENV / "torch.txt"
        pinned.write_text(f"{torch}\n")
        constraints = [
            word for file in (ROOT / "constraints.txt", PINNED, pinned) for word in ("-c", str(file))
        ]
        _pip(*constraints, "otter-grader[grading]", "torch", "numpy", "matplotlib")
        stamp.write_text(state)
    versions = [line for line in PINNED.read_text().splitlines() if line.startswith("otter-grader==")]
    return versions[0].partition("==")[2]


def _pip(*arguments: str) -> None:
    _run([str(VENV / "bin/python"), "-m", "pip", "install", "-q", *arguments])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")


class Otter:
    """Runs `otter run` for `jobs` submissions at a time."""

    sample = True
    starts_once = False

    def __init__(self, course: Course, assignment: str, jobs: int) -> None:
        self.name = f"otter {jobs}"
        self.title = "`otter run`" + (f", {jobs} at a time" if jobs > 1 else ", one by one")
        self.assignment = assignment
        self.jobs = jobs
        self._origin = course

    def prepare(self, folder: Path, limit: float) -> None:
        """Make the autograder's zip in `folder`. A looping submission gets the time that others give it in all."""
        set_up()
        self.folder = folder
        self._seconds = 2 * limit
        tests = folder / "tests"
        tests.mkdir(parents=True)
        assignment = self._origin.assignment(self.assignment)
        self._tests = {name: self._test_file(name) for name in assignment.exercises}
        for name, text in self._tests.items():
            (tests / f"{name}.py").write_text(text)
        config = folder / "otter_config.json"
        config.write_text(json.dumps({"pdf": False, "lang": "python"}))
        files = [path for path in assignment.release.iterdir() if path.suffix == ".py"]
        command = [str(VENV / "bin/otter"), "generate", "-t", "tests", "-o", str(folder / "autograder.zip")]
        command += ["-c", str(config), "--no-requirements", "--no-environment"]
        for file in files:
            shutil.copyfile(file, folder / file.name)
        done = subprocess.run(
            [*command, *(file.name for file in files)], cwd=folder, capture_output=True, text=True
        )
        if done.returncode:
            raise Failed(f"otter generate failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
        self._template = Template(self._released())

    def _test_file(self, exercise: str) -> str:
        """All hidden tests of an exercise in otter's format, each a test case of its weight."""
        from bench.floor import load_tests

        exercises = list(self._origin.assignment(self.assignment).exercises)
        source = hidden_tests(self._origin, self.assignment, exercise)
        lines = [
            "OK_FORMAT = False",
            "",
            "from otter.test_files import test_case",
            "",
            f'name = "{exercise}"',
        ]
        lines += ["points = None", "", source, "_TESTS = hidden_tests()", ""]
        for test, (weight, _) in load_tests(source).items():
            lines += [
                f"@test_case(points={weight!r}, hidden=True)",
                f"def {test}(env):",
                f"    _TESTS[{test!r}][1]({{name: env[name] for name in {exercises!r} if name in env}})",
                "",
            ]
        return "\n".join(lines)

    def _released(self) -> dict[str, Any]:
        """Our release with the cells that `otter assign` puts in: its start, and a check of each exercise."""
        assignment = self._origin.assignment(self.assignment)
        notebook: dict[str, Any] = json.loads(assignment.released_notebook.read_text())
        cells = [_cell("otter", f'import otter\ngrader = otter.Notebook("{self.assignment}.ipynb")')]
        for cell in notebook["cells"]:
            cells.append(cell)
            said = label(cell)
            name = task_of(said.name)
            if said.grade and name in self._tests:
                cells.append(_cell(f"check_{name}", f'grader.check("{name}")'))
        notebook["cells"] = cells
        return notebook

    def fresh(self, students: Sequence[Student]) -> Command:
        """The command that grades `students`: `otter run` for each, by xargs."""
        submitted, self._output = self.folder / "submitted", self.folder / "results"
        for folder in (submitted, self._output):
            shutil.rmtree(folder, ignore_errors=True)
        for student in students:
            (submitted / student.name).mkdir(parents=True)
            (submitted / student.name / f"{self.assignment}.ipynb").write_bytes(
                student.notebook(self._template)
            )
            (self._output / student.name).mkdir(parents=True)
        zipped = str(self.folder / "autograder.zip")
        run = [str(VENV / "bin/otter"), "run", "-a", zipped, "-o", "results/{}", "--no-logo"]
        limit = (
            ["timeout", "--signal=KILL", str(self._seconds)]
            if any(s.kind == "endless" for s in students)
            else []
        )
        command = ["xargs", f"-P{self.jobs}", "-I{}", *limit, *run, f"submitted/{{}}/{self.assignment}.ipynb"]
        lines = "".join(f"{student.name}\n" for student in students)
        return Command(command, self.folder, self.folder / "log", lines=lines, may_fail=bool(limit))

    def scores(self, students: Sequence[Student]) -> dict[str, dict[str, float]]:
        """Points by student and exercise, from otter's results."""
        found = {}
        for student in students:
            path = self._output / student.name / "results.json"
            if not path.is_file():
                continue
            points = dict.fromkeys(self._tests, 0.0)
            for test in json.loads(path.read_text())["tests"]:
                for name in points:
                    if test["name"].startswith(f"{name} ") or test["name"] == name:
                        points[name] += float(test.get("score") or 0)
            found[student.name] = points
        return found


def _cell(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
