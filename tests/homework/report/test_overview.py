"""The class page: where a class lost its points, and who needs a person."""

from __future__ import annotations

from homework.course import Course
from homework.report.feedback import write_feedback
from homework.report.overview import write_overview
from tests.homework.report.support import OTHERS, Seen, a_class, read, record, result, without_score


def test_the_class_page_ranks_flags_and_lists(course: Course) -> None:
    page = write_overview(course, "hw1", read(a_class()))
    assert page == course.autograded / "overview_hw1.html"  # never in feedback/, which is for students
    seen = Seen(page.read_text())
    assert seen.dangers == []
    assert "flipped_kernel in correlate 3 students" in seen.text
    assert "ada , bob , cyd" in seen.text
    assert seen.text.count("no one passes: test or lecture?") == 1
    assert "Title of hard. 1 p. no one passes: test or lecture? 0 / 5" in seen.text
    assert "Title of wide. 2 p. 1 / 5" in seen.text
    assert "mean 1.2 / 10" in seen.text
    assert "fay unreadable The file is empty." in seen.text
    assert "gus grader-fault a grading process died on this submission, twice" in seen.text
    assert "need a person" in seen.text
    assert 'aria-label="Number of submissions by points: 0–1: 4, ' in page.read_text()


def test_the_class_page_links_to_feedback_that_is_there(course: Course) -> None:
    graded = result("zoë & co", OTHERS)
    record(course, graded)
    write_feedback(course, "hw1", scores={})
    html = write_overview(course, "hw1", read([graded, result("bob", OTHERS)])).read_text()
    assert 'href="../feedback/zo%C3%AB%20%26%20co/hw1/hw1.html"' in html
    assert "feedback/bob" not in html


def test_a_class_page_without_any_score_is_a_page(course: Course) -> None:
    for results in ([], [without_score("fay", "unreadable", "The file is empty.")]):
        assert "mean from tests" in Seen(write_overview(course, "hw1", read(results)).read_text()).text
