"""Which tasks and kinds of tasks an assignment has, and the errors for invalid ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homework.commands.judging import too_few
from homework.commands.release import release
from homework.course import KINDS, Course
from homework.course.cells import label, name_of, task_of
from homework.course.tasks import tasks_of
from homework.errors import CourseError, ReleaseError
from homework.grading import load_exercises
from homework.judge.banks import LOADERS

NOTEBOOK = Path("source/quiz/quiz.ipynb")
Edit = Callable[[dict[str, Any]], None]


def cell(name: str, kind: str = "code", source: str = "", **nbgrader: Any) -> dict[str, Any]:
    """A cell of a source notebook; `homework` and `tags` go next to `nbgrader`."""
    ours = {key: nbgrader.pop(key) for key in ("homework", "tags") if key in nbgrader}
    nbgrader = {"grade_id": name, "grade": True, "solution": kind == "markdown", "points": 2, **nbgrader}
    return {"cell_type": kind, "source": source, "metadata": {"nbgrader": nbgrader, **ours}}


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        "text",
        {"nbgrader": []},
        {"nbgrader": {"grade_id": ["f"]}},
        {"nbgrader": {"grade_id": 7, "points": 10**400, "grade": "yes"}, "tags": {"train": 1}, "homework": 3},
        {"nbgrader": {"points": float("nan"), "solution": 1}, "tags": [["train"], 1]},
    ],
)
def test_reading_metadata_never_raises(metadata: Any) -> None:
    for odd in ({"metadata": metadata}, metadata):
        assert name_of(odd) == ""
        said = label(odd)
        assert (said.name, said.grade, said.points, said.tags) == ("", False, None, frozenset())


def test_kinds_follow_from_cells_and_from_what_their_metadata_say() -> None:
    cells = [
        cell("f", grade=False, solution=True),
        cell("test_f"),
        cell("question_why", "markdown", "\n## *Why* $x$?\n\nMore.", grade=False, solution=False),
        cell("why", "markdown"),
        cell("test_q01", homework={"kind": "choice"}),
        cell("test_net", points=2.5, homework={"kind": "model", "hands_in": {"net.safetensors": 2_000_000}}),
    ]
    tasks = tasks_of(cells, NOTEBOOK)
    assert {name: task.kind.name for name, task in tasks.items()} == {
        "f": "exercise",
        "why": "question",
        "q01": "choice",
        "net": "model",
    }
    assert (tasks["f"].grade_cell, tasks["f"].answer_cell) == ("test_f", "f")
    assert (tasks["why"].grade_cell, tasks["why"].answer_cell) == ("why", "why")
    assert (tasks["f"].title, tasks["why"].title) == ("f", "Why ?")
    assert (tasks["net"].points, tasks["net"].hands_in) == (2.5, {"net.safetensors": 2_000_000})
    assert {task_of(one["metadata"]["nbgrader"]["grade_id"]) for one in cells} == tasks.keys()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([cell("f")], "the grade cell 'f': it must be called test_<exercise>"),
        ([cell("test_f", solution=True)], "make it one of them"),
        ([cell("f", "markdown", solution=False)], "make it one of them"),
        ([cell("test_f", points=None)], "no points; give it a number"),
        ([cell("test_f"), cell("f", "markdown")], "another task called f"),
        ([cell("plot", solution=True)], "or a Markdown cell of the type Manually graded answer"),
        (
            [cell("test_f", "markdown", solution=False)],
            "a task has either a code cell of the type Autograded tests",
        ),
        ([cell("why", "raw", solution=True)], "a task has either a code cell of the type Autograded tests"),
        ([cell("plot", "markdown", grade=False, solution=False, task=True)], "it is a manually graded task"),
        ([cell("question_f", "markdown")], "cannot be called question_f"),
        (
            [cell("test_f", homework={"kind": "essay"})],
            "'essay' is not a kind of task with a code cell; write exercise or choice or model",
        ),
        (
            [cell("test_f", homework={"kind": ["choice"]})],
            "is not a kind of task .*exercise or choice or model",
        ),
        ([cell("f", "markdown", homework={"kind": "choice"})], "Markdown cell; write question"),
        (
            [cell("test_f", homework={"kinds": "choice"})],
            "entry 'kinds'; it can have kind, hands_in, bonus and shows",
        ),
        ([cell("test_f", homework={"hands_in": ["a.bin"]})], "map files to their largest size"),
        ([cell("test_f", homework={"hands_in": {"../a.bin": 9}})], "plain file name"),
        ([cell("test_f", homework={"hands_in": {"torch.py": 9}})], "not a notebook or a Python module"),
        ([cell("test_f", homework={"hands_in": {"timestamp.txt": 9}})], "plain file name"),
        (
            [cell("test_f", homework={"hands_in": {"a.bin": "9 MB"}})],
            "the size '9 MB'; write its largest size",
        ),
        ([cell("test_f", homework={"hands_in": {"a.bin": 1 << 25, "b.bin": 1}})], "ask for smaller files"),
        ([cell("f", "markdown", homework={"shows": "g"})], "`shows` names 'g', which is no task that"),
        ([cell("test_f", homework={"shows": "f"})], "`shows`, which is for questions"),
        ([cell("test_f"), cell("f", grade=False, tags=["train"])], "take the tag 'train' away"),
        ([cell("test_f", tags=["train"])], "take the tag 'train' away"),
        ([cell(f"test_{name}", homework={"hands_in": {"a.bin": 9}}) for name in "fg"], "keep it in only one"),
    ],
)
def test_an_invalid_grade_cell_is_refused_with_a_reason(wrong: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(CourseError, match=said) as error:
        tasks_of(wrong, NOTEBOOK)
    assert str(error.value).startswith(f"{NOTEBOOK}: the grade cell ")


def test_a_cell_that_is_not_run_must_have_a_name() -> None:
    with pytest.raises(CourseError, match="tag 'train' has no ID"):
        tasks_of([{"cell_type": "code", "source": "", "metadata": {"tags": ["train"]}}], NOTEBOOK)


def _edited(course: Course, edit: Edit) -> Course:
    """The course with hw1's source notebook changed."""
    path = course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    edit({name_of(one): one for one in notebook["cells"]})
    path.write_text(json.dumps(notebook))
    return Course(course.root)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if kind.bank not in (None, *LOADERS)])
def test_a_kind_that_cannot_be_judged_yet_is_refused(own_course: Course, kind: str) -> None:
    def edit(cells: dict[str, Any]) -> None:
        cells["test_cross_corr_2d"]["metadata"]["homework"] = {"kind": kind}

    changed = _edited(own_course, edit)
    missing = rf"cross_corr_2d is a {kind}.*homework/judge/banks/{KINDS[kind].bank}\.py is missing"
    with pytest.raises(CourseError, match=missing):
        load_exercises(changed, "hw1")
    with pytest.raises(ReleaseError, match=missing):
        release(changed, "hw1")


def test_tasks_stand_in_the_notebooks_order_and_in_groups_of_their_kinds(course: Course) -> None:
    assignment = course.assignment("hw1")
    assert list(assignment.tasks)[6:9] == ["warmup_d", "learning_rate_labels", "warmup_f"]
    assert list(assignment.groups) == ["Programming", "Written answers"]
    assert {task.name for tasks in assignment.groups.values() for task in tasks} == set(assignment.tasks)
    assert assignment.auto_max + sum(q.points for q in assignment.questions.values()) == assignment.max_points


def test_how_many_solutions_are_asked_for_depends_on_the_kind(own_course: Course) -> None:
    banks = {exercise.name: exercise.bank for exercise in load_exercises(own_course, "hw1")}
    assert too_few(own_course, "hw1", banks) == []
    bank = banks["cross_corr_2d"]
    bank.variants = dict(list(bank.variants.items())[:3])
    bank.misconceptions = dict(list(bank.misconceptions.items())[:8])
    fewer = "(c.Homework.least in nbgrader_config.py asks for fewer)"
    assert too_few(own_course, "hw1", banks) == [
        f"cross_corr_2d: has 3 variants; at least 4 are required {fewer}",
        f"cross_corr_2d: has 8 misconceptions; at least 12 are required {fewer}",
    ]

    def edit(cells: dict[str, Any]) -> None:
        cells["test_cross_corr_2d"]["metadata"]["homework"] = {"kind": "choice"}

    assert too_few(_edited(own_course, edit), "hw1", banks) == []
    for least, count in (("{'hw1/cross_corr_2d': (3, 9)}", 1), ("{'hw1': [3, 8]}", 0)):
        with (own_course.root / "nbgrader_config.py").open("a") as config:
            config.write(f"\nc.Homework.least = {least}\n")
        assert len(too_few(Course(own_course.root), "hw1", banks)) == count
    with (own_course.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Homework.least = {'hw1': 3}\n")
    with pytest.raises(CourseError, match=r"must be two numbers, of variants and of misconceptions"):
        too_few(Course(own_course.root), "hw1", banks)


def test_a_bonus_counts_in_no_maximum(own_course: Course) -> None:
    """Neither for tests nor for a person; anything but true or false is refused."""
    path = own_course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    for one in notebook["cells"]:
        if name_of(one) in ("test_cross_corr_2d", "warmup_a"):
            one["metadata"]["homework"] = {"bonus": True}
    path.write_text(json.dumps(notebook))
    after = Course(own_course.root).assignment("hw1")
    points = [after.tasks[name].points for name in ("cross_corr_2d", "warmup_a")]
    assert [task.name for task in after.tasks.values() if task.bonus] == ["cross_corr_2d", "warmup_a"]
    assert after.auto_max == 27.5
    assert after.max_points == sum(task.points for task in after.tasks.values()) - sum(points)
    with pytest.raises(CourseError, match="has bonus 'yes'; write true or false"):
        tasks_of([cell("test_f", homework={"bonus": "yes"}), cell("f", grade=False, solution=True)], NOTEBOOK)
