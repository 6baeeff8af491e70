"""`homework check`: single tasks, a reference that fails, and how problems are printed."""

from __future__ import annotations

import json

import pytest

from homework.commands.fairness import Report, SolutionRow
from homework.commands.stale import stale_cells
from homework.course import Course
from homework.course.cells import name_of
from tests.homework.support import run_homework


def row(kind: str, name: str, problem: str, exercise: str = "f") -> SolutionRow:
    return SolutionRow(exercise, kind, name, 0.0, 1.0, {}, "", problem)


def test_one_exercise_is_checked(own_course: Course) -> None:
    """In one line, with whole names; what is wrong with the others is not looked at."""
    (own_course.solutions("hw1", "warmup_a") / "answers.toml").unlink()
    done = run_homework("check", "hw1/learning_rate_labels", "--verbose", course=own_course.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 of 7 pass" in done.stdout and "cross_corr_2d" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) > 80, (
        "rich would wrap names at 80 columns without a terminal"
    )
    assert "misconception growing_called_high" in done.stdout
    done = run_homework("check", "hw1/warmup_a", "hw1/warmup_b", course=own_course.root)
    assert done.returncode == 1
    assert done.stdout.startswith(
        "solutions/hw1/warmup_a/answers.toml: is missing: the question warmup_a needs"
    )
    assert done.stderr == "homework: 1 problem, listed above\n"
    assert "warmup_a: the marking" not in done.stdout
    assert "warmup_b: the marking scheme sums to 2.5, as it should; 2 sample answers, with " in done.stdout
    assert "warning" not in done.stdout


def test_a_release_that_is_not_of_the_source_is_a_warning(own_course: Course) -> None:
    """Edited by hand, or with other points: the cells and the command are named."""
    released = own_course.assignment("hw1").released_notebook
    notebook = json.loads(released.read_text())
    assert stale_cells(own_course.assignment("hw1")) == []
    for cell in notebook["cells"]:
        if name_of(cell) == "kernels_text":
            cell["source"] = "Other words."
        if name_of(cell) == "test_cross_corr_2d":
            cell["metadata"]["nbgrader"]["points"] = 16
        if name_of(cell) == "cross_corr_2d":
            cell["source"] = [line.replace("def cross", "def grcoss") for line in cell["source"]]
    notebook["cells"].pop(0)
    released.write_text(json.dumps(notebook))
    assert set(stale_cells(own_course.assignment("hw1"))) == {
        *("intro", "kernels_text", "test_cross_corr_2d", "cross_corr_2d"),
    }
    done = run_homework("check", "hw1/warmup_b", course=own_course.root)
    assert done.returncode == 0
    assert (
        "warning: release/hw1 is not what source/ generates: cells intro, cross_corr_2d, test_cross_corr_2d, "
        "kernels_text; run `homework release hw1`" in done.stdout
    )


@pytest.mark.parametrize("name", ["hw1/cross_corr", "hw9/cross_corr_2d"])
def test_a_task_that_is_not_there_is_wrong_usage(name: str) -> None:
    done = run_homework("check", name)
    assert done.returncode == 2
    assert (
        "hw1 has no task 'cross_corr'; its tasks are: cross_corr_2d" in done.stderr
        or "no assignment 'hw9'" in done.stderr
    )


def test_a_test_that_its_own_reference_fails_is_the_only_thing_told(own_course: Course) -> None:
    """In a sentence with file, line and test: no solution is graded with it."""
    path = own_course.tests("hw1", "cross_corr_2d")
    path.write_text(path.read_text().replace("reference.cross_corr_2d", "reference.cross_cor_2d", 1))
    line = next(
        n for n, text in enumerate(path.read_text().splitlines(), 1) if "reference.cross_cor_2d" in text
    )
    done = run_homework("check", "hw1", course=own_course.root)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "homework: the reference itself fails, so that nothing was checked: "
        f"tests/hw1/test_cross_corr_2d.py, line {line}, test_"
    )
    assert len(done.stderr.splitlines()) == 1 and "cross_cor_2d" in done.stderr.partition("test_")[2]
    assert done.stderr.endswith("there is no exercise cross_cor_2d; did you mean cross_corr_2d?\n")


def test_where_the_reference_fails_nothing_else_is_told_of_its_exercise() -> None:
    rows = [
        row("reference", "reference", "fails"),
        row("variant", "v", "fails"),
        row("variant", "w", "fails", "g"),
    ]
    assert Report("hw1", rows, ["p"]).failures == ["p", "f: reference reference fails", "g: variant w fails"]
