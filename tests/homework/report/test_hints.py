"""Hints: the section to read again, and a worked example once the due date is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from homework.course import EXAMPLE, Course
from homework.course.fingerprint import exercise_hashes
from homework.course.hints import section_of
from homework.errors import CourseError
from homework.gradebook.scores import SubmissionScore
from tests.homework.attacks.browser import CHROMIUM, Browser
from tests.homework.report.support import FAILED_BY_FLIP, OTHERS, Seen, cell, ending, page_of, result
from tests.homework.support import copy_course

PAST, FUTURE = datetime(2020, 1, 1), datetime(2999, 1, 1)


def configured(course: Course, *lines: str) -> Course:
    """The course with more settings, and a worked example of its exercise."""
    config = course.root / "nbgrader_config.py"
    config.write_text("\n".join([config.read_text(), *lines, ""]))
    folder = course.solutions("hw1", "correlate")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / EXAMPLE).write_text("Take $K = [1, 2]$: the first value is `5`.\n")
    return Course(course.root)


def due(when: datetime | None, extension: timedelta | None = None) -> dict[str, SubmissionScore]:
    """Ada's scores, with a due date."""
    return {"ada": SubmissionScore("hw1", "ada", ("", "", ""), due=when, extension=extension)}


@pytest.mark.parametrize("setting", ["", 'c.Homework.hints = {"*": "link", "hw1": "message"}'])
def test_without_a_level_the_page_says_the_sentence_only(course: Course, setting: str) -> None:
    seen = Seen(page_of(configured(course, setting), result("ada", [*FAILED_BY_FLIP, *OTHERS]), due(PAST)))
    assert "Read again" not in seen.text
    assert "worked example" not in seen.text


def test_a_link_names_the_section_and_leads_to_the_configured_page(course: Course) -> None:
    course = configured(course, 'c.Homework.hints = {"*": "link"}')
    graded = result("ada", [*FAILED_BY_FLIP, *OTHERS])
    seen = Seen(page_of(course, graded, due(PAST)))
    assert "Read again: Homework 1: Correlation in the notebook." in seen.text
    assert "worked example" not in seen.text

    course = configured(course, 'c.Homework.handouts = {"*": "https://example.edu/{assignment}.html"}')
    seen = Seen(page_of(course, {**graded, "student": "bob"}))
    (link,) = [one for one in seen.links if str(one["href"]).startswith("https:")]
    assert link["href"] == "https://example.edu/hw1.html#Homework-1:-Correlation"


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
def test_on_paper_a_link_is_spelled_out(course: Course, tmp_path: Path) -> None:
    course = configured(
        course, 'c.Homework.hints = {"*": "link"}', 'c.Homework.handouts = {"*": "https://example.edu/hw"}'
    )
    page_of(course, result("ada", FAILED_BY_FLIP))
    after = "getComputedStyle(document.querySelector('a[href^=http]'), '::after').content"
    with Browser(tmp_path) as browser:
        browser.open((course.feedback / "ada" / "hw1" / "hw1.html").as_uri())
        assert browser.value(after) == "none"
        browser._ask("Emulation.setEmulatedMedia", media="print")
        assert "https://example.edu/hw#Homework-1" in str(browser.value(after))


@pytest.mark.parametrize(
    ("when", "extension", "shown"),
    [
        (PAST, None, True),
        (PAST, timedelta(days=365_000), False),
        (FUTURE, None, False),
        (None, None, False),
    ],
    ids=["over", "extended", "running", "unknown"],
)
def test_a_worked_example_waits_for_the_due_date_and_the_extension(
    course: Course, when: datetime | None, extension: timedelta | None, shown: bool
) -> None:
    course = configured(course, 'c.Homework.hints = {"hw1": "example"}')
    html = page_of(course, result("ada", [*FAILED_BY_FLIP, *OTHERS]), due(when, extension))
    seen = Seen(html)
    assert "Read again: Homework 1: Correlation" in seen.text
    assert ("A worked example" in seen.text) is shown
    assert ("the first value is 5" in seen.text) is shown
    assert ('<math alttext="K = [1, 2]">' in html) is shown
    assert seen.dangers == []


def test_an_exercise_without_an_example_has_the_link(course: Course) -> None:
    course = configured(course, 'c.Homework.hints = {"hw1": "example"}')
    (course.solutions("hw1", "correlate") / EXAMPLE).unlink()
    seen = Seen(page_of(course, result("ada", FAILED_BY_FLIP), due(PAST)))
    assert "Read again: Homework 1: Correlation" in seen.text
    assert "worked example" not in seen.text


@pytest.mark.parametrize("tests", [[OTHERS[0]], [ending("broken", "grader-fault", 2, "It failed.")]])
def test_who_made_no_mistake_is_sent_nowhere(course: Course, tests: list[dict[str, object]]) -> None:
    course = configured(course, 'c.Homework.hints = {"*": "example"}')
    assert "Read again" not in Seen(page_of(course, result("ada", tests), due(PAST))).text


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('hints = "link"', r'must have a level for each assignment, .* as in \{"\*": "link"\}'),
        ('hints = {"hw1": "links"}', r"hints\['hw1'\] is 'links'; write 'message', 'link' or 'example'"),
        ('hints = {"hw1": ["link"]}', r"hints\['hw1'\] is \['link'\]; write"),
        ('handouts = "https://x"', r"handouts must have an address for each assignment"),
        (
            'handouts = {"*": "hw1.html"}',
            r"handouts\['\*'\] is 'hw1.html'; write an address that begins with",
        ),
        ('handouts = {"*": "javascript:alert(1)"}', r"write an address that begins with https://"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(course: Course, setting: str, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        _ = configured(course, f"c.Homework.{setting}").settings


def test_the_section_is_the_heading_of_the_statement() -> None:
    """Not one inside it, and no line of code; without a statement it is the last one above."""
    cells = [
        {**cell("markdown", "", "intro"), "source": "# Homework\n"},
        {
            **cell("markdown", "", "one_text"),
            "source": "## 1. One (3 points)\n\n```\n# code\n```\n### Length",
        },
        {**cell("code", "", "one"), "source": "# no heading"},
        {**cell("code", "", "two"), "source": ""},
    ]
    assert section_of(cells, "one") == "1. One (3 points)"
    assert section_of(cells, "two") == "Length"
    asked = "## 2. Two\n\nWhy?\n\n### BEGIN MARK SCHEME\n## Points\n### END MARK SCHEME\n"
    cells.insert(3, {**cell("markdown", "", "question_why"), "source": asked})
    assert section_of(cells, "two") == "2. Two"
    assert section_of(cells[2:], "one") == ""


def test_a_heading_may_end_in_a_number_sign() -> None:
    """As Markdown has it: signs close a heading after a blank only."""
    for text in ("## From C to C#", "## From C to C# ##", "## From C to C#  "):
        assert section_of([{**cell("markdown", "", "one_text"), "source": text}], "one") == "From C to C#"


def test_where_no_heading_stands_only_the_example_is_shown(course: Course) -> None:
    course = configured(course, 'c.Homework.hints = {"hw1": "example"}')
    source = course.assignment("hw1").notebook
    source.write_text(source.read_text().replace('"# Homework', '"Homework'))
    seen = Seen(page_of(Course(course.root), result("ada", FAILED_BY_FLIP), due(PAST)))
    assert "the first value is 5" in seen.text
    assert "Read again" not in seen.text


def test_a_new_example_regrades_nobody(tmp_path: Path) -> None:
    course = copy_course(tmp_path / "a course")
    before = exercise_hashes(course, "hw1")
    path = course.solutions("hw1", "cross_corr_2d") / EXAMPLE
    path.write_text(path.read_text() + "\nMore.\n")
    assert exercise_hashes(course, "hw1") == before
    (path.parent / "helper.py").write_text("x = 1\n")
    assert exercise_hashes(course, "hw1") != before
