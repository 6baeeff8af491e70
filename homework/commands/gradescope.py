"""`homework gradescope`: this grader as an autograder of Gradescope, and the results as Gradescope reads them.

Theory of operation. The archive is a course with one assignment. In Gradescope's container `setup.sh` installs it and
`run_autograder` grades the one submission, as root, in the sandbox's tier that works there. Where none works, or the
grader itself fails, no results are written, so that Gradescope reports a failure instead of a zero. A run past
Gradescope's time limit counts as a zero there, so the grader stops itself before.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import homework
from homework.counted import counted
from homework.course import KINDS, Course
from homework.errors import CourseError, UsageError
from homework.pool import Pool, only_result
from homework.results import Result, Status, Verdict
from homework.submission.choose import choose
from homework.submission.handin import Submission
from homework.submission.template import Template
from homework.untrusted.text import plain

SECRET = ".secret"
_MINUTES = 8  # of the 10 that Gradescope gives by default
_SKIPPED = ("__pycache__", ".ipynb_checkpoints")
_SETUP = r"""#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is built. Choose at least 3 GB of memory for the container.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap libseccomp2 python3 python3-venv
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
# Not below /root, which the sandbox's unprivileged user may not enter.
"$python" -m venv /opt/homework
/opt/homework/bin/pip install --no-cache-dir torch -c /autograder/source/constraints.txt \
    --index-url https://download.pytorch.org/whl/cpu --extra-index-url https://pypi.org/simple
/opt/homework/bin/pip install --no-cache-dir /autograder/source -c /autograder/source/constraints.txt
chmod -R go-rwx /autograder/source
"""
_RUN = r"""#!/usr/bin/env bash
# Gradescope runs this for each submission. Without results it says that the autograder failed, which is not a zero.
set -euo pipefail
export HOMEWORK_COURSE=/autograder/source
HOMEWORK_SECRET=$(cat /autograder/source/{secret})
export HOMEWORK_SECRET
cd /autograder/source
exec timeout --kill-after=10 {seconds} /opt/homework/bin/homework gradescope {assignment}{options} \
    --run /autograder/submission -o /autograder/results/results.json
"""


def pack(course: Course, assignment: str, output: Path, *, leaderboard: bool = False) -> int:
    """Write the autograder of an assignment as a zip file. Returns the number of files. Raises UsageError.

    With a `leaderboard` its results have what was measured of a network: accuracy, and what it costs.
    """
    task = course.assignment(assignment)
    if not task.released_notebook.is_file():
        raise UsageError(f"{assignment} is not released: run `homework release {assignment}` first")
    if assignment not in course.settings.published and any(one.kind.file for one in task.tasks.values()):
        raise UsageError(
            f"Gradescope shows each test's result, and the key of {assignment} is not published: "
            "set c.Homework.published first, or grade it here"
        )
    if leaderboard and not any(one.kind is KINDS["model"] for one in task.tasks.values()):
        raise UsageError(
            f"{assignment} has no budget: only a task with a network (kind model) measures values for a leaderboard"
        )
    options = " --leaderboard" if leaderboard else ""
    run = _RUN.format(secret=SECRET, seconds=60 * _MINUTES, assignment=assignment, options=options)
    texts = {"setup.sh": _SETUP, "run_autograder": run, SECRET: f"{course.settings.secret}\n"}
    files = dict(_files(course, assignment))
    try:
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, text in texts.items():
                info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                info.external_attr = (0o100600 if name == SECRET else 0o100755) << 16
                zipped.writestr(info, text)
            for name, path in files.items():
                zipped.write(path, name)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    return len(texts) + len(files)


def _files(course: Course, assignment: str) -> Iterator[tuple[str, Path]]:
    """What the course in the archive consists of, by name there: the program, and one assignment."""
    program = Path(homework.__file__).resolve().parent
    for name in ("pyproject.toml", "constraints.txt", "LICENSE", "README.md"):
        for folder in (course.root, program.parent):
            if (folder / name).is_file():
                yield name, folder / name
                break
        else:
            raise CourseError(f"{name} is missing: make the archive from a checkout of the repository")
    yield "nbgrader_config.py", course.root / "nbgrader_config.py"
    yield from _tree(program, "homework")
    for top in ("source", "release", "solutions", "tests"):
        yield from _tree(course.root / top / assignment, f"{top}/{assignment}")


def _tree(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part in _SKIPPED for part in path.parts):
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def run(course: Course, assignment: str, folder: Path, output: Path, *, leaderboard: bool = False) -> None:
    """Grade what was submitted into `folder`, and write Gradescope's results. Raises CourseError instead of a zero."""
    task = course.assignment(assignment)
    chosen = choose(folder, task.notebook.name, lambda: Template.load(task.released_notebook))
    if chosen.path is None:
        submission = Submission("student", None, chosen.problem)
    else:
        notes = (chosen.note,) if chosen.note else ()
        submission = Submission.of_file("student", chosen.path, notes, task.hands_in)
    found: list[Result] = []
    with Pool(course, assignment, 1) as pool:
        pool.grade([submission], found.append, only_result)
    (result,) = found
    if result.status is Status.GRADER_FAULT:
        raise CourseError(f"the grader itself failed, so there are no results: {result.reason}")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(
        json.dumps(results(result, leaderboard=leaderboard), indent=1, ensure_ascii=True) + "\n", "utf-8"
    )


def results(result: Result, *, leaderboard: bool = False) -> dict[str, Any]:
    """A result as Gradescope's `results.json`. What a student wrote is plain text in it."""
    notes = [note for note in (result.reason, *result.submission.notes) if note]
    said = [f"{counted(len(notes), 'note')}: {'; '.join(notes)}"] if notes else []
    if waiting := len(result.score.to_review):
        said.append(f"Written answers ({waiting}) are marked by a person.")
    tests = [
        {
            "number": f"{number}.{place}",
            "name": f"{exercise.name}: {plain(test.title)}",
            "score": test.score,
            "max_score": test.points,
            "status": "passed" if test.verdict is Verdict.PASSED else "failed",
            "output": plain(test.message),
            "output_format": "text",
            "visibility": "visible",
            "tags": [exercise.name],
            "extra_data": {"verdict": str(test.verdict), "misconception": test.misconception},
        }
        for number, exercise in enumerate(result.exercises, 1)
        for place, test in enumerate(exercise.tests, 1)
    ]
    seconds = round(sum(exercise.seconds for exercise in result.exercises))
    receipt = f"{result.submission.sha256} {result.environment.get('tests', '')}"
    found: dict[str, Any] = {
        "score": result.score.auto or 0.0,
        "execution_time": seconds,
        "output": plain("\n".join(said)),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"receipt": receipt, "status": str(result.status)},
    }
    if leaderboard and (entries := _leaderboard(result)):
        found["leaderboard"] = entries
    return found


def _leaderboard(result: Result) -> list[dict[str, Any]]:
    """What was measured and becomes points by a curve; what is to be low is in ascending order."""
    measured = [
        (exercise.name, test.curve, test.measured)
        for exercise in result.exercises
        for test in exercise.tests
        if test.curve is not None and test.measured is not None and math.isfinite(test.measured)
    ]
    several = len({exercise for exercise, _, _ in measured}) > 1
    return [
        {"name": f"{exercise}: {curve.name}" if several else curve.name, "value": value}
        | ({"order": "asc"} if curve.full < curve.none else {})
        for exercise, curve, value in measured
    ]
