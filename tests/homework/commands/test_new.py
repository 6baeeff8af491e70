"""`homework new`: what it makes passes the rules of a release but for what is marked TODO."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from homework.commands.new import new_assignment, new_exercise, new_question
from homework.commands.rules import problems_of
from homework.course import Course
from homework.course.cells import name_of
from homework.errors import UsageError
from tests.homework.support import ROOT, copy_course, run_homework

WRITTEN = {  # what an instructor writes in place of TODO, in a course of one line
    "reference.py": "def double(X):\n    return 2 * X\n",
    "variants.py": "from homework.judge import variant\n\n\n@variant\ndef added(X):\n    return X + X\n",
    "misconceptions.py": (
        "from homework.judge import misconception\n\n\n@misconception('You squared X; double it.')\n"
        "def squared(X):\n    return X**2\n"
    ),
}


@pytest.fixture
def begun(own_course: Course) -> Course:
    """The course with an assignment hw9 of an exercise and a question."""
    new_assignment(own_course, "hw9")
    new_exercise(Course(own_course.root), "hw9", "double", 2)
    new_question(Course(own_course.root), "hw9", "why", 1.5)
    return Course(own_course.root)


def _write_all(course: Course) -> None:
    """Take every TODO away, as an instructor would who is done."""
    folder = course.solutions("hw9", "double")
    for name, text in WRITTEN.items():
        (folder / name).write_text(text)
    for path in (
        course.assignment("hw9").notebook,
        course.tests("hw9", "double"),
        course.solutions("hw9", "why") / "answers.toml",
    ):
        text = path.read_text().replace("TODO", "Written").replace("# Written\\n", "\\n")
        path.write_text(text.replace("expected = [[1.0, -2.5, 0.5]]", "expected = [[2.0, -5.0, 1.0]]"))


def test_a_new_assignment_passes_the_rules_but_for_its_todos(begun: Course) -> None:
    problems = problems_of(begun, begun.assignment("hw9"))
    assert all("says TODO in line" in problem for problem in problems)
    where = {problem.partition(": ")[0] for problem in problems}
    assert {f"solutions/hw9/double/{name}" for name in WRITTEN} < where
    assert {"source/hw9/hw9.ipynb, cell question_why", "tests/hw9/test_double.py"} < where
    notebook = begun.assignment("hw9").notebook
    node = nbformat.read(notebook, as_version=4)
    nbformat.validate(node)
    MetadataValidator().validate_nb(node)
    assert (
        notebook.read_text()
        == json.dumps(json.loads(notebook.read_text()), indent=1, ensure_ascii=False) + "\n"
    )
    names = [name_of(cell) for cell in begun.assignment("hw9").cells]
    assert names == [
        *("intro", "environment", "setup", "double_text", "double", "test_double", "question_why", "why"),
        *("rules", "checklist"),
    ]
    assert (
        "| TODO | `double` | 2 | hidden tests |\n| TODO | `why` | 1.5 | a person |\n|   | **Total** | **3.5** | |"
        in (begun.assignment("hw9").cells[0]["source"])
    )


def test_what_it_makes_is_linted_like_the_rest(begun: Course) -> None:
    files = [begun.solutions("hw9", "double"), begun.tests("hw9", "double"), begun.assignment("hw9").source]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [Path(sys.executable).parent / "ruff", *command, f"--config={ROOT / 'pyproject.toml'}", *files],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_an_assignment_is_released_and_checked_once_all_is_written(begun: Course) -> None:
    """From the command line, as an instructor would; the settings ask for as few solutions as a line deserves."""
    refused = run_homework("release", "hw9", course=begun.root)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(
        "homework: hw9 is incomplete:\n  - source/hw9/hw9.ipynb, cell intro: says TODO"
    )
    _write_all(begun)
    with (begun.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Homework.least = {'hw9': (1, 1)}\n")
    done = run_homework("release", "hw9", course=begun.root)
    assert done.returncode == 0, done.stderr
    done = run_homework("check", "hw9/double", "hw9/why", course=begun.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 caught" in done.stdout


def test_tasks_are_put_into_an_assignment_that_is_there(own_course: Course) -> None:
    """Below another task, if asked for; the table keeps its columns."""
    new_exercise(own_course, "hw3", "depthwise", 3, "X, K", after="quantize")
    new_question(Course(own_course.root), "hw1", "warmup_k", 2)
    course = Course(own_course.root)
    names = [name_of(cell) for cell in course.assignment("hw3").cells]
    at = names.index("test_quantize")
    assert names[at + 1 : at + 4] == ["depthwise_text", "depthwise", "test_depthwise"]
    assert "| TODO | `depthwise` | 3 | hidden tests | TODO |\n|   | **Total** | **103** | | |" in "".join(
        cell["source"] for cell in course.assignment("hw3").cells
    )
    names = [name_of(cell) for cell in course.assignment("hw1").cells]
    assert names[-5:] == ["warmup_j", "question_warmup_k", "warmup_k", "rules", "checklist"]
    for name in ("hw1", "hw3"):
        problems = problems_of(course, course.assignment(name))
        assert problems and all("says TODO" in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["hw1"], "source/hw1 exists already"),
        (["9hw"], "use letters, digits, - and _, a letter first"),
        (["hw1/cross_corr_2d", "--points", "3"], "has a cell cross_corr_2d_text already"),
        (["hw1/test_x", "--points", "3"], "cannot be the name of a task"),
        (["hw1/a-b", "--points", "3"], "cannot be the name of a task"),
        (
            ["warmup_k", "--question"],
            "--question is for an exercise or question, as in `homework new hw9/warmup_k`",
        ),
        (["hw8", "--points", "3"], "--points is for an exercise or question"),
        (["hw1/x"], "Missing option '--points'"),
        (["hw1/x", "--points", "0"], "a task needs points"),
        (["hw1/x", "--points", "nan"], "a task needs points"),
        (["hw1/x", "--points", "inf"], "a task needs points"),
        (["hw1/x", "--points", "1", "--parameters", "X, X"], "must be names with commas between them"),
        (["hw1/x", "--points", "1", "--parameters", "X K"], "must be names with commas between them"),
        (["hw1/x", "--points", "1", "--parameters", "X, k=y"], "as in 'X, K' or 'X, slope=0.01'"),
        (["hw1/x", "--points", "1", "--parameters", "X, *rest"], "must be names with commas between them"),
        (["hw1/np", "--points", "1"], "'np' is a name that the notebook imports"),
        (["hw1/sum", "--points", "1"], "'sum' is a name that Python has already"),
        (["hw1/x", "--points", "1", "--after", "y"], "hw1 has no task 'y'; its tasks are: cross_corr_2d"),
        (["hw8/x", "--points", "1"], "there is no assignment 'hw8'"),
    ],
)
def test_what_cannot_be_begun_is_told(tmp_path: Path, arguments: list[str], words: str) -> None:
    course = copy_course(tmp_path / "course")
    before = sorted(course.root.rglob("*"))
    done = run_homework("new", *arguments, course=course.root)
    assert done.returncode == 2
    assert words in done.stderr
    assert sorted(course.root.rglob("*")) == before


def test_parameters_may_have_defaults_and_inputs_may_be_arrays(own_course: Course) -> None:
    """What has a default is not in the example's call; without torch everything is an array."""
    new_assignment(own_course, "hw9", numpy=True)
    new_exercise(Course(own_course.root), "hw9", "leaky", 2, "x, slope=0.01")
    course = Course(own_course.root)
    cells = {name_of(cell): cell["source"] for cell in course.assignment("hw9").cells}
    assert "def leaky(x, slope=0.01):" in cells["leaky"]
    assert 'reference("leaky")(x, slope)' in cells["leaky"]
    assert "X = np.array([[1.0, -2.5, 0.5]])\nY = leaky(X)\n" in cells["test_leaky"]
    assert not any("torch" in source for name, source in cells.items() if name != "rules")
    assert "reference.leaky, rng.array(3, 5))" in course.tests("hw9", "leaky").read_text()
    assert "def loops(x, slope=0.01):" in (course.solutions("hw9", "leaky") / "variants.py").read_text()


def test_nothing_is_overwritten(own_course: Course) -> None:
    folder = own_course.solutions("hw1", "relu")
    folder.mkdir()
    (folder / "variants.py").touch()
    with pytest.raises(UsageError, match=r"variants\.py exists already"):
        new_exercise(own_course, "hw1", "relu", 1)
    assert not own_course.tests("hw1", "relu").exists()


def test_a_folder_without_its_notebook_is_told(own_course: Course) -> None:
    (own_course.root / "source" / "hw9").mkdir()
    with pytest.raises(UsageError, match=r"source/hw9 has no notebook hw9\.ipynb: move it there, or run"):
        own_course.assignment("hw9")
    new_assignment(own_course, "hw9")
    assert Course(own_course.root).assignment("hw9").tasks == {}
