"""The rules of a complete assignment: each broken rule is one sentence with its place, and all are told at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from homework.commands.rules import problems_of, require_complete
from homework.course import Course
from homework.course.cells import name_of
from homework.errors import ReleaseError
from tests.homework.support import run_homework

Cells = dict[str, dict[str, Any]]
PAGE = "source/hw1/hw1.ipynb, cell "
BANK = "solutions/hw1/cross_corr_2d/"


def edited(course: Course, edit: Callable[[Cells], None]) -> Course:
    """The course with its source of hw1 edited."""
    path = course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    edit({name_of(cell): cell for cell in notebook["cells"]})
    path.write_text(json.dumps(notebook))
    return Course(course.root)


def replace(name: str, was: str, becomes: str) -> Callable[[Cells], None]:
    def edit(cells: Cells) -> None:
        assert was in cells[name]["source"]
        cells[name]["source"] = cells[name]["source"].replace(was, becomes)

    return edit


def mark(name: str, **nbgrader: Any) -> Callable[[Cells], None]:
    return lambda cells: cells[name]["metadata"]["nbgrader"].update(nbgrader)


def drop(name: str) -> Callable[[Cells], None]:
    """The cell loses its ID."""
    return lambda cells: cells[name]["metadata"].clear()


@pytest.mark.parametrize(
    ("edit", "sentences"),
    [
        (
            replace("test_cross_corr_2d", "raise RuntimeError", "print"),
            [
                f"{PAGE}test_cross_corr_2d: has another guard; it has to end with these lines:\n      ### BEGIN HIDDEN"
            ],
        ),
        (
            lambda cells: cells["test_cross_corr_2d"].update(source="print(1)"),
            [f"{PAGE}test_cross_corr_2d: has no guard; it has to end with these lines:"],
        ),
        (
            replace("question_warmup_a", "(0.5 points)", "(1 point)"),
            [f"{PAGE}question_warmup_a: the marking scheme sums to 3, but the question has 2.5 points"],
        ),
        (
            replace("question_warmup_a", "- (0.5 points)", "- half a point:"),
            [f"{PAGE}question_warmup_a: '- half a point: Names a condition"],
        ),
        (
            replace("question_warmup_a", "### END MARK SCHEME", "### END MARK SCHEME\nMore."),
            [f"{PAGE}question_warmup_a: goes on after ### END MARK SCHEME"],
        ),
        (
            replace("question_warmup_a", "BEGIN MARK SCHEME", "MARKS"),
            [
                f"{PAGE}question_warmup_a: the question warmup_a has no marking scheme in its cell question_warmup_a"
            ],
        ),
        (
            drop("question_warmup_a"),
            [
                f"{PAGE}24: has no ID, so that it cannot be restored where a student changes it",
                f"{PAGE}warmup_a: the question warmup_a has no cell question_warmup_a with its text",
            ],
        ),
        (
            replace("intro", "| **65** |", "| **70** |"),
            [f"{PAGE}intro: the last row of the table says 70 points, but the cells sum to 65"],
        ),
        (
            replace("intro", "| 22.5 |", "| 20 |"),
            [f"{PAGE}intro: the rows of the table of points sum to 62.5, but its last row says 65"],
        ),
        (
            replace("intro", "| 22.5 |", "| many |"),
            [f"{PAGE}intro: a row of the table of points has no number in the column points"],
        ),
        (
            mark("kernels_text", locked=False),
            [f"{PAGE}kernels_text: is not locked, so that students could change it; make it Read-only"],
        ),
        (
            mark("kernels", solution=True),
            [f"{PAGE}kernels: is an answer that belongs to no task"],
        ),
        (
            mark("kernels", grade_id="setup"),
            ["source/hw1/hw1.ipynb: cells 4 ('import "],
        ),
        (
            mark("cross_corr_2d_text", grade_id="statement"),
            [f"{PAGE}cross_corr_2d: there is no cell cross_corr_2d_text with the statement"],
        ),
        (
            mark("cross_corr_2d", solution=False),
            [f"{PAGE}cross_corr_2d: has to be a code cell of the type Autograded answer"],
        ),
        (
            replace("cross_corr_2d", "### END SOLUTION", "### END SOLUTION\n    return Y"),
            [f"{PAGE}cross_corr_2d: goes on after ### END SOLUTION; nothing may follow"],
        ),
        (
            replace("cross_corr_2d", "### BEGIN SOLUTION", ""),
            [f"{PAGE}cross_corr_2d: needs a region from ### BEGIN SOLUTION"],
        ),
        (
            replace("cross_corr_2d", 'reference("cross_corr_2d")', 'reference("cross_cor")'),
            [f'{PAGE}cross_corr_2d: its solution has to call reference("cross_corr_2d")'],
        ),
        (
            mark("warmup_a", grade_id="test_cross_corr_2d"),
            [
                "source/hw1/hw1.ipynb: cells 7 ('# The example of the text.') and 25 ('### BEGIN SOLUTION') have the ID"
            ],
        ),
        (
            replace("cross_corr_2d_text", "(15 points)", "(12 points)"),
            [f"{PAGE}cross_corr_2d_text: prints 12 points, but the grade cell test_cross_corr_2d has 15"],
        ),
        (
            replace("question_warmup_a", "*2.5 points. A", "*3 points. A"),
            [f"{PAGE}question_warmup_a: prints 3 points, but its cell warmup_a has 2.5; correct one of the"],
        ),
        (
            replace("learning_rate_labels_text", "- *2.5 points, a", "- *2 points, a"),
            [f"{PAGE}learning_rate_labels_text: prints 2 points, but the grade cell test_learning_rate"],
        ),
        (
            replace("kernels_text", "\n", "\n![a plot](figures/nope.png)\n"),
            [
                f"{PAGE}kernels_text: shows figures/nope.png, which is not there: put it at source/hw1/figures/nope.p"
            ],
        ),
        (
            replace("warmup", "Ten questions", "TODO: Ten questions"),
            [f"{PAGE}warmup: says TODO in line 3; write what is asked for there"],
        ),
    ],
)
def test_a_broken_rule_about_cells_is_one_sentence(
    own_course: Course, edit: Callable[[Cells], None], sentences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("homework.commands.rules.bank_problems", lambda *_: [])  # which take seconds
    course = edited(own_course, edit)
    found = problems_of(course, course.assignment("hw1"))
    assert len(found) == len(sentences), found
    for sentence, problem in zip(sentences, found, strict=True):
        assert problem.startswith(sentence)


def test_cells_are_found_by_nbgraders_id(own_course: Course) -> None:
    """JupyterLab gives every new cell a random one of its own."""

    def edit(cells: Cells) -> None:
        for number, cell in enumerate(cells.values()):
            cell["id"] = f"{number:08x}"

    course = edited(own_course, edit)
    assert problems_of(course, course.assignment("hw1")) == []


def test_cells_have_an_order(own_course: Course) -> None:
    path = own_course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    cells = {name_of(cell): cell for cell in notebook["cells"]}
    for name in ("cross_corr_2d_text", "test_cross_corr_2d"):
        notebook["cells"].remove(cells[name])
        notebook["cells"].append(cells[name])
    path.write_text(json.dumps(notebook))
    course = Course(own_course.root)
    assert problems_of(course, course.assignment("hw1")) == [
        f"{PAGE}cross_corr_2d_text: has to be directly above the cell cross_corr_2d",
        f"{PAGE}test_cross_corr_2d: has to be directly below the cell cross_corr_2d",
    ]


def test_everything_that_is_missing_is_told_at_once(own_course: Course) -> None:
    """By `release` and by `check`, with relative paths, one a line."""
    solutions = own_course.root / "solutions" / "hw1"
    (solutions / "warmup_a" / "answers.toml").unlink()
    text = (solutions / "warmup_b" / "answers.toml").read_text()
    (solutions / "warmup_b" / "answers.toml").write_text(re.sub(r"marks = .*", "marks = 3", text, count=1))
    (solutions / "warmup_c" / "answers.toml").write_text("[[answer]]\nmarks = 1\n")
    (solutions / "warmup_d" / "answers.toml").write_text("[[answer]\n")
    (own_course.root / BANK / "variants.py").unlink()
    (own_course.root / BANK / "misconceptions.py").unlink()
    tests = own_course.tests("hw1", "spatial_batchnorm_forward")
    tests.write_text(tests.read_text() + "\n\n@points(1)\ndef test_more(student):\n    pass\n")
    own_course.tests("hw1", "learning_rate_labels").write_text("def test_x(student:\n")
    points = own_course.assignment("hw1").tasks["spatial_batchnorm_forward"].points
    expected = [
        "solutions/hw1/warmup_a/answers.toml: is missing: the question warmup_a needs two sample answers",
        "solutions/hw1/warmup_b/answers.toml: answer 1 has 3 marks, but the question has 2.5 points",
        "solutions/hw1/warmup_c/answers.toml: has 1 sample answer; write two tables [[answer]] of different quality",
        "solutions/hw1/warmup_d/answers.toml: cannot be read: ",
        "tests/hw1/test_learning_rate_labels.py, line 1: SyntaxError: '(' was never closed",
        f"{BANK}variants.py is missing: it is part of the bank of cross_corr_2d",
        f"{BANK}misconceptions.py is missing: it is part of the bank of cross_corr_2d",
        "tests/hw1/test_spatial_batchnorm_forward.py: test_more has no docstring, which is the title",
        f"the weights of tests/hw1/test_spatial_batchnorm_forward.py sum to {points + 1:g}, but its grade cell has {points:g}",
    ]
    for command in ("release", "check"):
        done = run_homework(command, "hw1", course=own_course.root)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
        first, *found = done.stderr.splitlines()
        assert first == "homework: hw1 is incomplete:"
        assert len(found) == len(expected), done.stderr
        for sentence in expected:
            assert sum(line.startswith(f"  - {sentence}") for line in found) == 1, (sentence, found)


def test_one_mistake_hides_no_other(own_course: Course) -> None:
    """A grade cell without points or of no kind, a bank that cannot be loaded: the rest is looked at nevertheless."""

    def edit(cells: Cells) -> None:
        del cells["warmup_a"]["metadata"]["nbgrader"]["points"]
        cells["test_spatial_batchnorm_forward"]["metadata"]["homework"] = {"kind": "excercise", "bonus": 1}
        replace("test_cross_corr_2d", "raise RuntimeError", "print")(cells)

    course = edited(own_course, edit)
    variants = course.root / BANK / "variants.py"
    variants.write_text(variants.read_text().replace("@variant\n", ""))
    with (course.root / BANK / "misconceptions.py").open("a") as file:
        file.write("\n\n@misconception('No.')\ndef swapped(K, X):\n    return X\n")
    tests = course.tests("hw1", "cross_corr_2d")
    tests.write_text(tests.read_text() + "\n\n@points(1)\ndef test_more(student):\n    pass\n")
    (course.solutions("hw1", "warmup_b") / "answers.toml").unlink()
    cell = "source/hw1/hw1.ipynb: the grade cell "
    expected = [
        f"{cell}'warmup_a': it has no points; give it a number",
        f"{cell}'test_spatial_batchnorm_forward': 'excercise' is not a kind of task",
        f"{cell}'test_spatial_batchnorm_forward': its metadata `homework` has bonus 1",
        f"{PAGE}test_cross_corr_2d: has another guard",
        f"{BANK}variants.py has no @variant",
        f"{BANK}misconceptions.py: `swapped(K, X)` cannot be called like the reference",
        "tests/hw1/test_cross_corr_2d.py: test_more has no docstring",
        "the weights of tests/hw1/test_cross_corr_2d.py sum to 16, but",
        "solutions/hw1/warmup_b/answers.toml: is missing",
    ]
    done = run_homework("check", "hw1", course=course.root)
    assert (done.returncode, done.stdout) == (1, "")
    first, *found = done.stderr.splitlines()
    assert first == "homework: hw1 is incomplete:"
    for sentence in expected:
        assert sum(line.startswith(f"  - {sentence}") for line in found) == 1, (sentence, done.stderr)


def test_a_bank_whose_entries_cannot_be_called_or_are_forgotten_is_refused(own_course: Course) -> None:
    bank = own_course.root / BANK
    with (bank / "misconceptions.py").open("a") as file:
        file.write(
            "\n\n@misconception('No.')\ndef swapped(K, X):\n    return X\n\n\ndef forgotten(X, K):\n    return X\n"
        )
        file.write("\n\n@misconception('No.')\ndef more(X, K, stride=1):\n    return X\n")
    with (bank / "variants.py").open("a") as file:
        file.write("\n\n@variant\ndef one(X):\n    return X\n")
    found = problems_of(own_course, own_course.assignment("hw1"))
    cannot = "cannot be called like the reference, `cross_corr_2d(X, K)`; give it the same parameters"
    assert found == [
        f"{BANK}variants.py: `one(X)` {cannot}",
        f"{BANK}misconceptions.py: `swapped(K, X)` {cannot}",
        f"{BANK}misconceptions.py: `forgotten` has no @misconception and is used nowhere; decorate it, or remove it",
    ]
    with pytest.raises(
        ReleaseError, match=r"hw1 is incomplete:\n  - solutions/hw1/cross_corr_2d/variants\.py: `one"
    ):
        require_complete(own_course, own_course.assignment("hw1"))


def test_the_problems_of_one_task_can_be_asked_for(own_course: Course) -> None:
    for name in ("warmup_a", "warmup_b"):
        (own_course.solutions("hw1", name) / "answers.toml").unlink()
    (problem,) = problems_of(own_course, own_course.assignment("hw1"), ["warmup_b"])
    assert problem.startswith("solutions/hw1/warmup_b/answers.toml: is missing")


def test_an_entry_that_changes_another_exercise_names_a_function(own_course: Course) -> None:
    with (own_course.root / BANK / "variants.py").open("a") as file:
        file.write("\n\n@variant(also={'learning_rate_labels': None})\ndef one(X, K):\n    return X\n")
    (problem,) = problems_of(own_course, own_course.assignment("hw1"))
    assert problem.endswith(
        "variants.py: `one`: also={'learning_rate_labels': …} must be a function of this file"
    )
