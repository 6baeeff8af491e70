"""A quiz through the sandbox: what students type, click, forget and get wrong, and when nothing may be graded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from homework.commands.release import drift, release
from homework.course import Course, fingerprint
from homework.errors import CourseError, ReleaseError
from homework.grading import Grader
from homework.results import Result, TestResult, Verdict
from homework.submission.handin import Submission
from homework.submission.splice import fill
from tests.homework.support import show_pictures


@pytest.fixture(scope="module")
def quiz(course: Course) -> Iterator[Grader]:
    """A warm grader for quiz1."""
    with Grader(course, "quiz1") as grader:
        yield grader


@pytest.fixture(scope="module")
def key(course: Course) -> dict[str, str]:
    """The right letters."""
    return {name: choice.letter for name, choice in course.choices("quiz1").items()}


def graded(quiz: Grader, notebook: dict[str, Any]) -> Result:
    (one,) = quiz.grade([Submission("ada", json.dumps(notebook).encode())])
    return one.result


def typed(quiz: Grader, **cells: str) -> dict[str, TestResult]:
    """How the questions end whose cells contain these texts."""
    result = graded(quiz, fill(quiz.template, cells))
    return {exercise.name: exercise.tests[0] for exercise in result.exercises if exercise.name in cells}


def test_right_letters_get_full_marks_in_each_form(quiz: Grader, key: dict[str, str]) -> None:
    forms = ('"{}"', "'{}'", '" {}"', '"{})"', '"({})"', '"{}."', '"""{}"""', 'str("{}")')
    cells = {
        name: f"{name} = {forms[number % len(forms)].format(letter if number % 3 else letter.upper())}"
        for number, (name, letter) in enumerate(key.items())
    }
    cells["q02"] = f'import numpy as np\nq02: str = np.str_("{key["q02"]}")  # sure'
    result = graded(quiz, fill(quiz.template, cells))
    assert (result.score.auto, result.submission.notes) == (40, [])


def test_an_untouched_or_empty_cell_is_no_answer(quiz: Grader) -> None:
    found = typed(quiz, q01='q01 = ""', q02="", q03='q03 = "  "', q04="q04 = None", q05="# later")
    ends = {name: (test.verdict, test.message) for name, test in found.items()}
    assert ends.pop("q05")[0] is Verdict.FAILED, "its cell was emptied, so that nothing defines q05"
    assert set(ends.values()) == {(Verdict.SKIPPED, "There is no answer.")}


@pytest.mark.parametrize(
    ("answer", "begins"),
    [
        ("q01 = b", "`q01` has no value"),
        ("q01 = b)", "`q01` has no value"),
        ("b", "`q01` has no value"),
        ('q01 == "b"', "`q01` has no value"),
        ('Q01 = "b"', "`q01` has no value"),
        ("q01 = {'b'}", "Your answer is neither a letter nor another text."),
        ("q01 = b'b'", "Your answer is neither a letter nor another text."),
        ("q01 = lambda: 'b'", "Your answer is neither a letter nor another text."),
        ("def q01():\n    return 'b'", "Your answer is neither a letter nor another text."),
        ("q01 = 'b',", "Your answer is a list, a tuple or a dictionary."),
        ("q01 = 2", "Your answer is a number."),
        ("q01 = 'a, b'", "Your answer has more than one letter."),
        ("q01 = 'e'", "There is no option with that letter."),
        ("q01 = 'а'", "Your answer may look like a letter from a to d, but it is another character."),
        ("q01 = 'answer: b'", "Your answer is more than a letter."),
        (
            "class Sly(str):\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n\nq01 = Sly('x')",
            "There is no option with that letter.",
        ),
    ],
)
def test_what_is_refused_is_told(quiz: Grader, answer: str, begins: str) -> None:
    (test,) = typed(quiz, q01=answer).values()
    assert (test.score, test.misconception) == (0, None)
    assert test.verdict is Verdict.FAILED
    assert test.message.startswith(begins)
    assert test.message.endswith('Type the letter of one option in quotes, and nothing else: `q01 = "b"`.')


def test_an_answer_that_never_ends_costs_its_question_only(quiz: Grader, key: dict[str, str]) -> None:
    sly = "class Sly(str):\n    def __str__(self):\n        raise SystemExit\n\nq01 = Sly('b')"
    result = graded(quiz, fill(quiz.template, {"q01": sly, "q02": f'q02 = "{key["q02"]}"'}))
    scores = [exercise.score for exercise in result.exercises]
    assert scores[:2] == [0, 2]


def test_answers_in_one_cell_at_the_end_count(quiz: Grader, key: dict[str, str]) -> None:
    """As the buttons write them; one note says so."""
    notebook = fill(quiz.template, {})
    lines = "\n".join(f'{name} = "{letter}"' for name, letter in key.items())
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": lines}
    notebook["cells"].insert(-1, own)
    result = graded(quiz, notebook)
    assert result.score.auto == 40
    assert result.submission.notes == [
        "cells q01, q02 and 18 others: each does not define its name, but another cell does; a copy of that one was graded"
    ]


def test_the_key_is_not_where_student_code_runs(quiz: Grader, course: Course) -> None:
    """Neither in a file nor in what is asked."""
    look = "import os\nfound = {name: open(name).read() for name in os.listdir() if os.path.isfile(name)}\n"
    look += (
        "print(sorted(found), 'roofline' in str(found), any('choices' in name for name in found))\nq01 = 'a'"
    )
    (one,) = quiz.grade([Submission("ada", json.dumps(fill(quiz.template, {"q01": look})).encode())])
    said = "".join(
        str(output.get("text")) for cell, outputs in one.cells if cell.name == "q01" for output in outputs
    )
    assert "quiz.py" in said and "False False" in said


# ---------------------------------------------------------------------------------------------- offerings


def offer(course: Course, name: str) -> Course:
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Homework.offering = {name!r}\n")
    return Course(course.root)


def test_another_offering_is_refused_until_it_is_released(own_course: Course) -> None:
    before = {name: choice.letter for name, choice in own_course.choices("quiz1").items()}
    course = offer(own_course, "another year")
    (said,) = drift(course, "quiz1")
    assert said.startswith(
        "release/quiz1/quiz1.ipynb is not what source/ generates (cells q01_text, q02_text"
    )
    assert said.endswith("and 14 more): run `homework release quiz1`")
    with pytest.raises(CourseError, match="shows other options for q01, or in another order"):
        Grader(course, "quiz1")
    release(course, "quiz1")
    after = {name: choice.letter for name, choice in course.choices("quiz1").items()}
    assert sum(before[name] != after[name] for name in before) > 8, "a leaked key ages"
    with Grader(course, "quiz1") as grader:
        cells = {name: f'{name} = "{letter}"' for name, letter in after.items()}
        assert graded(grader, fill(grader.template, cells)).score.auto == 40


def test_what_decides_points_is_in_the_digest(own_course: Course) -> None:
    def digest(course: Course, assignment: str = "quiz1") -> str:
        return fingerprint.tests_hash(course, assignment, course.settings.limits_for(assignment))

    first, other = digest(own_course), digest(own_course, "hw1")
    file = own_course.solutions("quiz1", "choices.toml")
    file.write_text(file.read_text().replace('key = "throughput"', 'key = "capacity"'))
    second = digest(own_course)
    course = offer(own_course, "another year")
    assert len({first, second, digest(course)}) == 3
    assert digest(course, "hw1") == other, "which has no quiz"


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("{{ question }}", "What?", r"the cell q\d\d_text must contain {{ question }}"),
        (
            "## Read more",
            'Memory size is what limits microcontrollers, which have some hundred kilobytes. A desktop has gigabytes; there it counts how fast values arrive and are multiplied.\\n",\n"',
            "contains a line of the key of q01",
        ),
    ],
)
def test_a_release_that_is_incomplete_or_tells_is_refused(
    own_course: Course, was: str, becomes: str, problem: str
) -> None:
    notebook = own_course.assignment("quiz1").notebook
    notebook.write_text(notebook.read_text().replace(was, becomes))
    with pytest.raises(ReleaseError, match=problem):
        release(Course(own_course.root), "quiz1")


def test_a_question_that_the_file_lacks_is_told_once(own_course: Course) -> None:
    file = own_course.solutions("quiz1", "choices.toml")
    file.unlink()
    with pytest.raises(ReleaseError, match=r"choices\.toml cannot be read: No such file") as error:
        release(own_course, "quiz1")
    assert str(error.value).count("cannot be read") == 1


def test_questions_and_options_may_show_pictures(own_course: Course) -> None:
    show_pictures(own_course)
    release(own_course, "quiz1")
    with Grader(own_course, "quiz1") as grader:
        text = grader.template.by_name["q01_text"].source
        assert [alt in text for alt in ("![A core](attachment:", "![A roof](attachment:")] == [True, True]
        letter = own_course.choices("quiz1")["q01"].letter
        assert typed(grader, q01=f'q01 = "{letter}"')["q01"].verdict is Verdict.PASSED
