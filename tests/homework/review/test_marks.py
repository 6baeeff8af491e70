"""Marks, conflicts and undo: the gradebook equals the last event of each answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import select

from homework.course import Course
from homework.gradebook.database import connect
from homework.gradebook.scores import scores_of
from homework.review.edits import count_from, edit
from homework.review.marks import OUTSIDE, Conflict, Reviews, Wanted
from homework.review.rows import Mark, Row, number_of
from homework.review.rubric import Item
from homework.review.tables import EVENT
from tests.homework.review.support import ANSWERS, in_formgrader, make_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "a course")


@pytest.fixture
def reviews(course: Course) -> Reviews:
    return Reviews(course, "hw1")


def row(reviews: Reviews, student: str, question: str = "depth") -> Row:
    return reviews.load()[0][question, student]


def mark(reviews: Reviews, student: str, wanted: Wanted, grader: str = "gil") -> Row:
    """What a grader does who sees the mark as it is."""
    seen = reviews.version(row(reviews, student))
    return reviews.change("depth", student, seen, wanted, grader)


def test_a_rubric_is_filled_from_the_marking_scheme(reviews: Reviews) -> None:
    rubric = reviews.rubrics()["depth"]
    assert [(item.number, item.points, item.text) for item in rubric.items] == [
        (1, 1, "Says so."),
        (2, 0.75, "Says why."),
        (3, 0.75, "Names one."),
    ]
    assert rubric.score((1, 2, 3), 5) == 2.5
    assert rubric.score((1,), -3) == 0
    assert rubric.score(None, None) is None


def test_every_scheme_of_the_course_parses_and_sums_to_the_points(pytestconfig: pytest.Config) -> None:
    from homework.review.rubric import question_text

    for task in Course(pytestconfig.rootpath).assignments.values():
        for name, question in task.questions.items():
            _, lines = question_text(task, name)
            assert sum(line.points for line in lines) == pytest.approx(question.points), f"{task.name} {name}"


def test_a_mark_is_what_formgrader_would_have_written(reviews: Reviews, course: Course) -> None:
    edit(reviews, "depth", Item(2, 0.75, "Says why.", "You say why."), "gil", apply=True)
    mark(reviews, "ada", Wanted((1, 2), 0.25, "Good."))
    ada = scores_of(course, "hw1")["ada"]
    assert (ada.cells["depth"].manual, ada.cells["depth"].review) == (2.0, False)
    assert ada.comments["depth"] == "- You say why.\n\nGood."
    mark(reviews, "ada", Wanted(None))
    ada = scores_of(course, "hw1")["ada"]
    assert (ada.cells["depth"].manual, ada.cells["depth"].review, ada.comments) == (None, True, {})
    assert mark(reviews, "cyd", Wanted(())).mark.score == 0  # none applies


def test_a_mark_of_somebody_else_is_a_conflict(reviews: Reviews) -> None:
    seen = reviews.version(row(reviews, "ada"))
    reviews.change("depth", "ada", seen, Wanted((1,)), "gil")
    with pytest.raises(Conflict) as conflict:
        reviews.change("depth", "ada", seen, Wanted((2,), free="mine"), "hal")
    assert (conflict.value.grader, conflict.value.theirs.mark.score) == ("gil", 1.0)
    reviews.change("depth", "ada", seen, Wanted((1,)), "hal")  # the same decision is none
    assert reviews.load()[1]["depth", "ada"].grader == "gil"


def test_formgraders_marks_are_kept_and_logged(reviews: Reviews, course: Course) -> None:
    in_formgrader(course, "ada", "depth", 1.5, "Nice.")
    rows, last = reviews.load()
    assert last["depth", "ada"].grader == OUTSIDE
    changed = mark(reviews, "ada", Wanted(None, free="Nice. And short.")).mark
    assert (changed.score, changed.comment, changed.review) == (1.5, "Nice. And short.", False)
    seen = reviews.version(row(reviews, "ada"))
    in_formgrader(course, "ada", "depth", 2.0)
    with pytest.raises(Conflict):
        reviews.change("depth", "ada", seen, Wanted((3,)), "gil")
    assert rows["depth", "bob"].mark == Mark()


def test_undo_goes_back_batch_by_batch_and_leaves_what_changed_since(
    reviews: Reviews, course: Course
) -> None:
    mark(reviews, "ada", Wanted((1,)))
    mark(reviews, "bob", Wanted((1, 2)))
    mark(reviews, "ada", Wanted((1, 3)))
    assert [one.student for one in reviews.undo("gil")[0]] == ["ada"]
    assert row(reviews, "ada").mark.score == 1
    in_formgrader(course, "bob", "depth", 0.5)
    assert [one.student for one in reviews.undo("gil")[1]] == ["bob"]
    assert row(reviews, "bob").mark.score == 0.5
    reviews.undo("gil")
    assert row(reviews, "ada").mark == Mark()
    assert reviews.undo("gil") == ([], [])
    assert reviews.undo("hal") == ([], [])


def test_a_change_of_the_rubric_recalculates_what_it_explains(reviews: Reviews, course: Course) -> None:
    mark(reviews, "ada", Wanted((1, 2)))
    mark(reviews, "bob", Wanted((2,)))
    mark(reviews, "cyd", Wanted((2,)))
    in_formgrader(course, "cyd", "depth", 2.5)
    item = Item(2, 0.5, "Says why.")
    said = str(edit(reviews, "depth", item, "gil", apply=False))
    assert said == "2 answers change: 2 lose 0.25; 1 with another hand's score stays"
    assert row(reviews, "ada").mark.score == 1.75
    edit(reviews, "depth", item, "gil", apply=True)
    assert [row(reviews, name).mark.score for name in ("ada", "bob", "cyd")] == [1.5, 0.5, 2.5]
    edit(reviews, "depth", Item(2, 0.5, "Says why.", retired=True), "gil", apply=True)
    assert row(reviews, "ada").mark.items == (1,)


def test_after_many_actions_the_gradebook_equals_the_last_events(reviews: Reviews, course: Course) -> None:
    """Two graders who see old marks, undo and take over, and Formgrader."""
    rng, typed, students = random.Random(19), set(), [name for name in ANSWERS if name != "dan"]
    seen = {(who, name): reviews.version(row(reviews, name)) for who in ("gil", "hal") for name in students}
    conflicts = 0
    for number in range(240):
        who, name = rng.choice(("gil", "hal")), rng.choice(students)
        action = rng.choice(("mark", "mark", "mark", "score", "comment", "undo", "look"))
        if action == "mark":
            items = tuple(sorted(rng.sample((1, 2, 3), rng.randrange(4)))) if rng.random() < 0.8 else None
            text = f"said {number}"
            try:
                done = reviews.change("depth", name, seen[who, name], Wanted(items, free=text), who)
                typed.add(text)
            except Conflict as conflict:
                done, conflicts = conflict.theirs, conflicts + 1  # the page still shows what was typed
            seen[who, name] = reviews.version(done)
        elif action == "score":
            in_formgrader(course, name, "depth", rng.choice((0, 0.5, 2.5)))
        elif action == "comment":
            in_formgrader(course, name, "depth", comment=f"formgrader {number}")
        elif action == "undo":
            reviews.undo(who)
        else:
            seen[who, name] = reviews.version(row(reviews, name))
    rows, last = reviews.load()
    assert conflicts > 10
    for place, one in rows.items():
        assert place not in last or last[place].after == one.mark, place
    scores = scores_of(course, "hw1")
    for (question, name), entry in last.items():
        cell = scores[name].cells[question]
        assert (cell.manual, cell.review) == (entry.after.score, entry.after.review)
        assert scores[name].comments.get(question, "") == entry.after.comment
    with connect(course) as connection:
        log = " ".join(connection.execute(select(EVENT.c.after)).scalars())
    assert all(f'"{text}"' in log for text in typed)


def test_points_can_be_counted_from_the_maximum(reviews: Reviews, course: Course) -> None:
    """For items that take points off: marks follow, after a preview, except another hand's; and back again."""
    mark(reviews, "ada", Wanted(()))
    edit(reviews, "depth", Item(0, -1.5, "Says the opposite."), "gil", apply=True)
    mark(reviews, "bob", Wanted((4,)))
    mark(reviews, "cyd", Wanted((1,)))
    in_formgrader(course, "cyd", "depth", 2)
    said = str(count_from(reviews, "depth", True, "gil", apply=False))
    assert said == "2 answers change: 1 gains 2.5, 1 gains 1; 1 with another hand's score stays"
    assert row(reviews, "ada").mark.score == 0
    count_from(reviews, "depth", True, "gil", apply=True)
    assert [row(reviews, student).mark.score for student in ("ada", "bob", "cyd")] == [2.5, 1, 2]
    assert reviews.rubrics()["depth"].start == 2.5
    mark(reviews, "dan", Wanted((4,)))
    assert row(reviews, "dan").mark.score == 1
    count_from(reviews, "depth", False, "gil", apply=True)
    assert [row(reviews, student).mark.score for student in ("ada", "bob", "dan")] == [0, 0, 0]


def test_a_move_between_groups_stays(reviews: Reviews) -> None:
    """It changes no score, can be undone, and events that were written before there were groups are read."""
    key = reviews.answers.key("cyd")
    mark(reviews, "ada", Wanted((1,)))
    moved = mark(reviews, "ada", Wanted((1,), group=number_of(key)))
    assert (moved.mark.group, moved.mark.score) == (number_of(key), 1)
    assert reviews.answers.numbered("depth")[number_of(key)] == key
    groups = reviews.answers.groups("depth", {"ada": number_of(key)})
    assert ("joined", ("cyd", "ada")) in [(one.kind, one.students) for one in groups]
    reviews.undo("gil")
    assert row(reviews, "ada").mark.group is None
    text = Mark().text().replace('"group": null', '"alone": true')
    assert Mark.read(text) == Mark(group=0)
