"""A quiz on the pages: nothing tells a student which answers are right before publication, and the class page rates items."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homework.course import Course
from homework.errors import CourseError
from homework.report.feedback import write_feedback
from homework.report.overview import write_overview
from homework.results import Result
from homework.submission.answers import Answers
from homework.submission.rebuild import State
from homework.submission.template import NotebookCell
from homework.untrusted.pictures import Pictures
from tests.homework.report.support import ENVIRONMENT, RECORDED, Seen, given
from tests.homework.support import ROOT, show_pictures

RIGHT, EMPTY = "right", ""
REFUSED = "Your answer has more than one letter. Type one."


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with the quiz alone; its key is not published."""
    root = tmp_path / "a course"
    for part in ("source", "solutions", "release"):
        shutil.copytree(ROOT / part / "quiz1", root / part / "quiz1")
    shutil.copyfile(ROOT / "nbgrader_config.py", root / "nbgrader_config.py")
    return Course(root)


def publish(course: Course) -> Course:
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.Homework.published = ["quiz1"]\n')
    return Course(course.root)


def result(course: Course, student: str, answers: dict[str, str]) -> dict[str, Any]:
    """A result in which each question was answered with an option's name, RIGHT, EMPTY or "ab"; RIGHT by default."""
    exercises = []
    for name, choice in course.choices("quiz1").items():
        answer = answers.get(name, RIGHT)
        whys = {option.name: option.why for option in choice.options.values()}
        verdict, message, named = "failed", whys.get(answer, REFUSED), answer if answer in whys else None
        if answer in (RIGHT, EMPTY):
            verdict, message = ("passed", "") if answer else ("skipped", "There is no answer.")
        score = 2.0 * (verdict == "passed")
        test = {"name": "right_option", "title": "The chosen option is the right one.", "points": 2.0}
        test |= {"score": score, "verdict": verdict, "message": message, "misconception": named}
        exercises.append({"name": name, "score": score, "max": 2.0, "seconds": 0.01, "tests": [test]})
    auto = sum(exercise["score"] for exercise in exercises)
    return {
        "schema": 1,
        "assignment": "quiz1",
        "student": student,
        "status": "graded",
        "submission": {"sha256": "ab" * 32, "notes": []},
        "score": {"auto": auto, "auto_max": 40.0, "to_review": []},
        "exercises": exercises,
        "environment": ENVIRONMENT,
    }


def page(course: Course, answers: dict[str, str], typed: str = 'q01 = "b"', **people: Any) -> str:
    """The feedback page on a submission with these answers."""
    graded = result(course, "ada", answers)
    folder = course.autograded / "ada" / "quiz1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "receipt.json").write_text(json.dumps({**graded, "recorded": RECORDED}))
    cells = [NotebookCell("code", typed, "q01", own=True)]
    states = {"q01": State.ANSWERED}
    written = Answers.of(Result.from_json(json.dumps(graded)), cells, states, Pictures())
    (folder / "answers.json").write_text(written.text())
    scores = {"ada": given(**people)}
    (path,) = write_feedback(course, "quiz1", scores=scores)
    return path.read_text()


def wrong(course: Course, name: str) -> str:
    """A wrong option of a question."""
    choice = course.choices("quiz1")[name]
    return next(option.name for option in choice.options.values() if option is not choice.right)


# ---------------------------------------------------------------------------------------------- before publication


def test_points_and_right_answers_are_told_by_topic(course: Course) -> None:
    seen = Seen(page(course, {"q03": wrong(course, "q03"), "q06": EMPTY, "q07": "ab"}))
    assert "34 of 40 points" in seen.text
    assert "Pruning 8 / 10" in seen.text
    assert "4 of 5 answers are right." in seen.text
    assert "Quantization 6 / 10 3 of 5 answers are right. No answer: q06 ." in seen.text
    assert f"q07 : {REFUSED}" in seen.text
    assert seen.text.count("when your instructor publishes the key") == 4
    assert seen.dangers == []


def test_which_answers_are_wrong_does_not_show(course: Course) -> None:
    """Pages are the same to the byte whichever question of a topic is wrong, and whichever option was chosen."""
    choices = course.choices("quiz1")
    for topic in {choice.topic for choice in choices.values()}:
        pages = {
            page(course, {name: option.name})
            for name, choice in choices.items()
            if choice.topic == topic
            for option in choice.options.values()
            if option is not choice.right
        }
        assert len(pages) == 1, topic
        for choice in choices.values():
            for option in choice.options.values():
                assert option.why not in (text := next(iter(pages)))
                assert option.name not in text.split(">")


def test_an_option_of_an_older_file_does_not_show(course: Course) -> None:
    before = page(course, {"q03": wrong(course, "q03")})
    file = course.solutions("quiz1", "choices.toml")
    name = wrong(course, "q03")
    graded = page(course, {"q03": name})
    file.write_text(file.read_text().replace(f"[q03.options.{name}]", "[q03.options.renamed]"))
    (path,) = write_feedback(Course(course.root), "quiz1", scores={"ada": given()})
    assert before == graded == path.read_text()


def test_a_topic_has_enough_questions_to_hide_one(course: Course) -> None:
    topics = [choice.topic for choice in course.choices("quiz1").values()]
    assert all(topics.count(topic) >= 4 for topic in topics)


def test_a_students_own_answers_and_comments_are_there(course: Course) -> None:
    html = page(course, {}, 'q01 = "b"  # <sure>', q01=(None, "Nice work.", 0, False))
    assert "# &lt;sure&gt;" in html
    assert "Nice work." in Seen(html).text


def test_a_persons_score_counts_in_its_topic(course: Course) -> None:
    seen = Seen(page(course, {"q03": wrong(course, "q03")}, test_q03=(1.5, "", 0, False)))
    assert "Pruning 9.5 / 10 A person changed this score" in seen.text


def test_a_fault_of_the_grader_is_no_wrong_answer(course: Course) -> None:
    graded = result(course, "ada", {})
    graded["exercises"][2]["tests"][0] |= {"verdict": "grader-fault", "message": "hidden", "score": 0}
    page(course, {})
    folder = course.autograded / "ada" / "quiz1"
    (folder / "receipt.json").write_text(
        json.dumps({**graded, "status": "grader-fault", "recorded": RECORDED})
    )
    (path,) = write_feedback(course, "quiz1", scores={})
    seen = Seen(path.read_text())
    assert "Pruning not graded yet" in seen.text
    assert "The grader itself failed here." in seen.text and "hidden" not in seen.text


# ---------------------------------------------------------------------------------------------- after publication


def test_after_publication_the_ideas_are_told(course: Course) -> None:
    course = publish(course)
    choices = course.choices("quiz1")
    name = wrong(course, "q01")
    seen = Seen(page(course, {"q01": name, "q02": EMPTY, "q03": "ab"}))
    chosen = next(option for option in choices["q01"].options.values() if option.name == name)
    for said in (chosen.text, chosen.why):
        assert " ".join(said.replace("`", " ").split()) in seen.text
    assert f"You chose: {chosen.text}" in seen.text
    assert f"Right: {choices['q01'].right.text}" in seen.text
    assert "You did not answer." in seen.text
    assert REFUSED in seen.text
    assert seen.text.count("You chose the right option") == 17
    for choice in choices.values():
        assert choice.right.why.split("`")[0].strip() in seen.text


def test_pictures_of_questions_and_options_are_on_the_pages(course: Course) -> None:
    show_pictures(course)
    course = publish(course)
    for seen in (Seen(page(course, {})), overview(course, 1, lambda _: {})):
        shown = {one["alt"]: one["src"] or "" for one in seen.pictures}
        assert [*shown] == ["A core", "A roof"]
        assert all(address.startswith("data:image/png;base64,") for address in shown.values())
        assert "The arithmetic throughput" in seen.text
        assert "![" not in seen.text


def test_a_list_of_what_is_published_is_asked_for(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.Homework.published = "quiz1"\n')
    with pytest.raises(CourseError, match=r"published must be a list, as in \['quiz1'\]"):
        page(Course(course.root), {})


def test_publication_is_for_one_assignment(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.Homework.published = ["quiz2"]\n')
    assert "You chose" not in page(Course(course.root), {})


# ---------------------------------------------------------------------------------------------- the class page


def overview(course: Course, of: int, answers: Callable[[int], dict[str, str]]) -> Seen:
    results = [result(course, f"s{number:02}", answers(number)) for number in range(of)]
    read = [Result.from_json(json.dumps(one)) for one in results]
    return Seen(write_overview(course, "quiz1", read).read_text())


def test_the_class_page_tells_difficulty_discrimination_and_idle_distractors(course: Course) -> None:
    first, third = wrong(course, "q01"), wrong(course, "q03")

    def answers(number: int) -> dict[str, str]:
        weak = number < 10
        hard = {f"q{n:02}": wrong(course, f"q{n:02}") for n in range(5, 15)} if weak else {}
        # q01: the weak ones are wrong; q03: the strong ones are; q20: one gives no answer.
        return {
            **hard,
            "q01": first if weak else RIGHT,
            "q03": RIGHT if weak else third,
            "q20": EMPTY if number == 7 else RIGHT,
        }

    seen = overview(course, 24, answers)
    assert seen.dangers == []
    rows = dict(re.findall(r"(q\d\d) (.*?)(?= q\d\d |$)", seen.text.split("Options", 1)[1]))
    assert "14 / 24 58 % 1.00" in rows["q01"], "who is weak elsewhere is wrong here"
    assert "look at the key" not in rows["q01"]
    assert "10 / 24 42 % -1.00 look at the key" in rows["q03"], "who is good elsewhere is wrong here"
    assert seen.text.count("no one chooses it") == 60 - 12, "one distractor of twelve questions was chosen"
    assert "1 other: no answer, or not to be read" in rows["q20"]
    assert "Exercises and tests" not in seen.text


def test_a_small_class_is_not_judged(course: Course) -> None:
    seen = overview(course, 4, lambda number: {})
    assert "no one chooses it" not in seen.text
    assert "4 / 4 100 % –" in seen.text
