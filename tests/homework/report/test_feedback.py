"""Feedback pages: what students read, and where it comes from."""

from __future__ import annotations

import pytest
from markupsafe import escape

from homework.course import Course
from homework.errors import CourseError, UsageError
from homework.report.feedback import write_feedback
from tests.homework.report.support import (
    CELLS,
    FAILED_BY_FLIP,
    FLIPPED,
    OTHERS,
    Seen,
    ending,
    given,
    notebook,
    page_of,
    record,
    result,
    without_score,
)


def test_a_page_tells_scores_tests_code_and_receipt(course: Course) -> None:
    graded = result(
        "ada",
        [*FAILED_BY_FLIP, *OTHERS],
        submission={"sha256": "ab" * 32, "notes": ["a cell appeared twice"]},
    )
    html = page_of(
        course, graded, code="def correlate(X, K):\n    return X * K if X < K else None  # small & quick"
    )
    seen = Seen(html)
    assert "Homework 1: Correlation" in seen.text
    assert "Feedback for ada" in seen.text
    assert "2 of 15 points so far" in seen.text
    assert "correlate 2 / 10" in seen.text
    assert "a cell appeared twice" in seen.text
    assert "Title of zeros." in seen.text
    assert "Your code raised TypeError (line 2 of cell correlate)." in seen.text
    assert '<span class="keyword">def</span> <span class="name">correlate</span>(X, K):' in html
    assert '<span class="remark"># small &amp; quick</span>' in html
    assert "sha256 abababababab… , graded 2026-11-02 10:00 UTC;" in seen.text
    assert "tests 33c6773f478def35" in seen.text
    assert "sandbox bubblewrap (probes: passed)" in seen.text


def test_a_sentence_stands_once_above_all_tests_that_it_explains(course: Course) -> None:
    seen = Seen(page_of(course, result("ada", [OTHERS[1], *FAILED_BY_FLIP, OTHERS[0]])))
    assert seen.text.count("kernel turned by 180°") == 1
    assert "This explains 3 tests: ✗ failed: Title of wide. 0 / 2 ✗ failed: Title of tall." in seen.text
    assert "(stopped with an error)" not in seen.text  # its message says so already
    # The idea comes before what merely ended.
    assert seen.text.index("turned by 180°") < seen.text.index("raised TypeError")


def test_a_test_that_a_misconception_explains_tells_how_it_ended(course: Course) -> None:
    tests = [ending("wide", "timeout", 5, FLIPPED, misconception="flipped_kernel")]
    assert (
        "✗ failed: Title of wide. (took too long) 0 / 5" in Seen(page_of(course, result("ada", tests))).text
    )


def test_the_same_message_without_a_misconception_is_not_called_an_explanation(course: Course) -> None:
    tests = [
        ending(name, "timeout", 5, "Your function did not finish within 5 seconds.")
        for name in ("wide", "tall")
    ]
    seen = Seen(page_of(course, result("ada", tests)))
    assert "The same in 2 tests: ✗ failed: Title of wide. 0 / 5" in seen.text
    assert "explains" not in seen.text


def test_an_answer_waits_for_review_until_a_person_gave_marks(course: Course) -> None:
    seen = Seen(
        page_of(course, result("ada", [ending("one", points=10)]), answer="Layers *build* on each other.")
    )
    assert "(a) Depth waits for review Layers build on each other." in seen.text
    assert "1 written answer waits for review by a person." in seen.text
    assert "2.5 points still open" in seen.text
    assert "(b) Width 0 / 2.5 You did not hand in an answer." in seen.text

    scores = {"ada": given(1, depth=(1.5, "Which *features*?", 0, False))}
    (page,) = write_feedback(course, "hw1", scores=scores)
    seen = Seen(page.read_text())
    assert (
        "(a) Depth 1.5 / 2.5 Layers build on each other. Comment from your grader Which features ?"
        in seen.text
    )
    assert "waits" not in seen.text
    assert "everything is graded" in seen.text
    assert "Handed in late −1" in seen.text
    assert "10.5 of 15 points" in seen.text


def test_an_answer_that_changed_after_its_review_waits_again(course: Course) -> None:
    scores = {"ada": given(depth=(1.5, "", 0, True))}
    seen = Seen(page_of(course, result("ada", [ending("one", points=10)]), scores))
    assert (
        "(a) Depth 1.5 / 2.5 Your answer changed after it was reviewed; it waits for review again."
        in seen.text
    )
    assert "everything is graded" not in seen.text


@pytest.mark.parametrize(
    "answer",
    ["$a<b$", "if $x<y$ then $\\href{x}{y}$", "a <b c", "[1](2), [a]: b", "2 * 3 = 6 < 7 ![x](y)"],
)
def test_an_answer_is_shown_as_it_was_typed(course: Course, answer: str) -> None:
    """What has to be changed for nbgrader's pages, to be harmless there, is unchanged here."""
    html = page_of(course, result("ada", OTHERS), answer=f"`` {answer} ``")
    assert f"<code>{escape(answer)}</code>" in html


def test_what_only_graders_may_see_of_a_notebook_stays_in_it(course: Course) -> None:
    folder = record(course, result("ada", OTHERS))
    assert "MARK SCHEME" in (folder / "hw1.ipynb").read_text()
    (page,) = write_feedback(course, "hw1", scores={})
    html = page.read_text()
    assert "MARK SCHEME" not in html
    assert "Says so" not in html
    assert "assert correlate" not in html


def test_the_release_is_not_shown_as_the_students_work(course: Course) -> None:
    graded = without_score("ada", "unreadable", "The file is empty.")
    folder = record(course, graded)
    (folder / "hw1.ipynb").write_text(notebook(*CELLS))  # what people see in Formgrader then
    scores = {"ada": given(depth=(2.0, "You told me.", 0, False))}
    (page,) = write_feedback(course, "hw1", scores=scores)
    text = Seen(page.read_text()).text
    assert "YOUR ANSWER HERE" not in text
    assert "(a) Depth 2 / 2.5 Your answer could not be shown. Comment from your grader You told me." in text


def test_a_persons_score_of_an_exercise_counts_more_than_its_tests(course: Course) -> None:
    scores = {"ada": given(test_correlate=(9, "", 0.5, False), correlate=(None, "Nearly.", 0, False))}
    seen = Seen(page_of(course, result("ada", FAILED_BY_FLIP), scores))
    assert "correlate 9.5 / 10 A person changed this score; the tests below are as they ran." in seen.text
    assert "Comment from your grader Nearly." in seen.text


def test_what_is_unreadable_is_told_with_its_reason(course: Course) -> None:
    seen = Seen(page_of(course, without_score("ada", "unreadable", "The file is empty.")))
    assert "Your submission could not be read The file is empty." in seen.text
    assert "0 of 15 points so far waits for a person" in seen.text
    assert "not run" not in seen.text


def test_a_fault_of_the_grader_is_no_zero_and_keeps_its_words_to_itself(course: Course) -> None:
    faults = [
        ending("wide", "grader-fault", 8, "The grader itself failed (KeyError: 'hidden_input')."),
        OTHERS[0],
    ]
    graded = result("ada", faults, status="grader-fault", reason="KeyError: 'hidden_input'")
    graded["score"]["auto"] = None
    html = page_of(course, graded)
    seen = Seen(html)
    assert "hidden_input" not in html
    assert "The grader itself failed here. That is not your fault: a person will look at it." in seen.text
    assert "correlate not graded yet" in seen.text
    assert "correlate – / 10" in seen.text
    whole = page_of(course, without_score("bob", "grader-fault", "SandboxFault: /secret/path"))
    assert "/secret/path" not in whole
    assert "correlate not graded yet" in Seen(whole).text


def test_headings_of_an_answer_stand_below_those_of_the_page(course: Course) -> None:
    html = page_of(course, result("ada", OTHERS), answer="# Big\n\n## Small\n\ntext")
    assert "<h4>Big</h4>" in html
    assert "<h5>Small</h5>" in html
    assert html.count("<h1>") == 1


def test_formulas_are_set_without_a_script(course: Course) -> None:
    """Also those in comments; a broken one is shown as it was typed."""
    answer = "With $a_i * b_i * c_i$, $\\frac{1$ and 5 $ or 6 $:\n\n$$\nx_1 = y\n+ z_1 * w_1 *\n$$\n\n*done*"
    html = page_of(course, result("ada", OTHERS), answer=answer)
    assert html.count("<math") == 2
    assert "<msub><mi>a</mi><mi>i</mi></msub><mo>*</mo>" in html.replace("&#x0002A;", "*").replace("∗", "*")
    assert '<code class="formula">$\\frac{1$</code> and 5 $ or 6 $' in html
    assert "<script" not in html
    assert "<em>done</em>" in html


def test_a_damaged_receipt_costs_no_other_page(course: Course) -> None:
    for student in ("ada", "bob", "cyd"):
        record(course, result(student, OTHERS))
    (course.autograded / "bob" / "hw1" / "receipt.json").write_text('{"schema": 1, "assi')
    with pytest.raises(CourseError, match=r"wrote 2 pages, but not for 1; .*bob.hw1: JSONDecodeError"):
        write_feedback(course, "hw1", scores={})
    assert [page.parent.parent.name for page in sorted(course.feedback.glob("*/hw1/hw1.html"))] == [
        "ada",
        "cyd",
    ]
    assert list(course.feedback.glob("*/hw1/.*")) == []
    (course.autograded / "cyd" / "hw1" / "receipt.json.new").write_text("{}")
    with pytest.raises(CourseError, match=r"cyd.hw1: ValueError: its grading was interrupted"):
        write_feedback(course, "hw1", ["cyd"], scores={})


def test_students_are_chosen_and_progress_is_told(course: Course) -> None:
    with pytest.raises(UsageError, match="no hw1 is graded yet: run `homework autograde hw1` first"):
        write_feedback(course, "hw1")
    for student in ("ada", "bob", "cyd"):
        record(course, result(student, OTHERS))
    steps: list[tuple[int, int]] = []
    pages = write_feedback(course, "hw1", ["cyd", "ada"], lambda done, of: steps.append((done, of)), {})
    assert [page.parent.parent.name for page in pages] == ["ada", "cyd"]
    assert steps == [(1, 2), (2, 2)]
    with pytest.raises(UsageError, match="'eve' has no graded hw1"):
        write_feedback(course, "hw1", ["eve"])


def test_nbgraders_release_feedback_finds_what_it_needs_beside_a_page(course: Course) -> None:
    folder = record(course, result("ada", OTHERS))
    (folder / "timestamp.txt").write_text("2026-11-02 10:00:00 UTC")
    (course.root / "secret").write_text("for instructors")
    (folder / "submission_secret.txt").symlink_to(course.root / "secret")
    (page,) = write_feedback(course, "hw1", scores={})
    assert (page.parent / "timestamp.txt").read_text() == "2026-11-02 10:00:00 UTC"
    assert not (page.parent / "submission_secret.txt").exists()
