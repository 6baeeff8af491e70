"""What people look at after grading: feedback pages, the class page, the table, and the published schema."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from PIL import Image
from rich.console import Console

from homework.course import Course
from homework.errors import CourseError, UsageError
from homework.report.feedback import write_feedback
from homework.report.marks import Mark, Review, load_reviews
from homework.report.overview import write_overview
from homework.report.table import print_results
from homework.untrusted import html

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "result-schema.json").read_text())
FLIPPED = "Your output equals the one for a kernel turned by 180°: use `K` as it is."
ENVIRONMENT = {
    "python": "3.11.7",
    "torch": "2.13.0",
    "numpy": "2.4.6",
    "homework": "0.1.0",
    "tests": "33c6773f478def35",
    "sandbox": "bubblewrap",
    "probes": "passed",
}


# ------------------------------------------------------------------------------ a small course and its results


def cell(kind: str, source: str, name: str, **mark: Any) -> dict[str, Any]:
    """A notebook cell as nbgrader marks it."""
    nbgrader = {
        "schema_version": 3,
        "grade_id": name,
        "locked": True,
        "grade": False,
        "solution": False,
        **mark,
    }
    made = {
        "cell_type": kind,
        "id": name,
        "metadata": {"nbgrader": nbgrader},
        "source": source.splitlines(True),
    }
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(*cells: dict[str, Any]) -> str:
    """A notebook file's text."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)})


STUB = "def correlate(X, K):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
CELLS = [
    cell("markdown", "# Homework 1: Correlation\n\nText.", "intro"),
    cell("code", STUB, "correlate", solution=True, locked=False),
    cell("code", "assert correlate(3, 2) == 6", "test_correlate", grade=True, points=10),
    cell(
        "markdown", "### (a) Depth\n\nWhy?\n\n### BEGIN MARK SCHEME\n- (1 point) Says so.", "question_depth"
    ),
    cell("markdown", "YOUR ANSWER HERE", "depth", grade=True, solution=True, locked=False, points=2.5),
    cell("markdown", "### (b) Width\n\nWhy not?", "question_width"),
    cell("markdown", "YOUR ANSWER HERE", "width", grade=True, solution=True, locked=False, points=2.5),
]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of this module's own: one exercise, two questions, nothing graded yet."""
    root = tmp_path / "a course"
    (root / "source" / "hw1").mkdir(parents=True)
    (root / "source" / "hw1" / "hw1.ipynb").write_text(notebook(*CELLS))
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Homework.secret = 'x'\n")
    return Course(root)


def ending(
    name: str, verdict: str = "passed", points: float = 2, message: str = "", **more: Any
) -> dict[str, Any]:
    """How one hidden test ended."""
    score = points if verdict == "passed" else 0
    head = {"name": f"test_{name}", "title": f"Title of {name}.", "points": points, "score": score}
    return {**head, "verdict": verdict, "message": message, "misconception": None, **more}


FAILED_BY_FLIP = [
    ending(n, "failed", 2, FLIPPED, misconception="flipped_kernel") for n in ("wide", "tall", "small")
]
OTHERS = [
    ending("zeros"),
    ending("types", "error", 2, "Your code raised TypeError (line 2 of cell correlate)."),
]


def result(student: str, tests: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A result as `grade()` gives it."""
    score = sum(test["score"] for test in tests)
    exercise = {"name": "correlate", "score": score, "max": 10, "seconds": 0.01, "tests": tests}
    return {
        "schema": 1,
        "assignment": "hw1",
        "student": student,
        "status": "graded",
        "submission": {"sha256": "ab" * 32, "notes": []},
        "score": {"auto": score, "auto_max": 10, "to_review": ["depth"]},
        "exercises": [exercise],
        "environment": ENVIRONMENT,
        **more,
    }


def without_score(student: str, status: str, reason: str) -> dict[str, Any]:
    """A result of what could not be graded."""
    auto = 0 if status == "unreadable" else None
    score = {"auto": auto, "auto_max": 10, "to_review": ["depth", "width"]}
    return result(student, [ending("all", "skipped", 10, reason)], status=status, reason=reason, score=score)


def record(
    course: Course,
    graded: dict[str, Any],
    code: str = STUB,
    answer: str = "Because.",
    attachments: object = None,
) -> Path:
    """Write what `homework autograde` leaves for one submission: the receipt and the autograded notebook."""
    folder = course.autograded / graded["student"] / "hw1"
    folder.mkdir(parents=True)
    (folder / "receipt.json").write_text(json.dumps(graded))
    if graded["status"] != "unreadable":
        texts = {"correlate": code, "depth": answer}
        cells = [{**c, "source": texts.get(c["id"], "".join(c["source"])).splitlines(True)} for c in CELLS]
        if attachments is not None:
            next(c for c in cells if c["id"] == "depth")["attachments"] = attachments
        (folder / "hw1.ipynb").write_text(notebook(*cells))
    return folder


def page_of(
    course: Course, graded: dict[str, Any], reviews: dict[str, Review] | None = None, **more: Any
) -> str:
    """The feedback page for one submission."""
    record(course, graded, **more)
    (path,) = write_feedback(course, "hw1", [graded["student"]], reviews=reviews or {})
    assert path == course.feedback / graded["student"] / "hw1" / "hw1.html"
    return path.read_text()


class Seen(HTMLParser):
    """The text of a page, and everything in it that could do something."""

    ACTIVE = frozenset(
        "script iframe object embed form base link input button audio video applet frame".split()
    )

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.dangers: list[str] = []
        self._hidden = False
        self.feed(html)
        self.close()
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self._hidden = tag in ("style", "title") or (self._hidden and tag != "style")
        if tag in self.ACTIVE:
            self.dangers.append(f"<{tag}>")
        self.dangers += [f"{name} of <{tag}>" for name in values if name.startswith("on") or name == "srcdoc"]
        if tag == "a":
            self.links.append(values)
        if tag == "img":
            self.pictures.append(values)
        for name in ("href", "src", "xlink:href", "action", "data"):
            target = values.get(name) or ""
            allowed = r"#|\.\./feedback/" if tag == "a" else r"data:image/png;base64,[A-Za-z0-9+/=]+$"
            if tag == "a" and values.get("rel"):
                allowed = r"https?://|mailto:"
            if target and not re.match(allowed, target):
                self.dangers.append(f"{name}={target}")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title"):
            self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data + " "


def png(width: int = 3, height: int = 2, kind: str = "PNG") -> str:
    """A picture, base64-encoded."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


# ------------------------------------------------------------------------------ feedback: what it says


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
    assert "sha256 abababababab…" in seen.text
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


def test_backticks_in_a_sentence_become_code() -> None:
    assert html.prose("Use `K<1>` as it is.") == "Use <code>K&lt;1&gt;</code> as it is."
    assert html.prose("A ` alone & stays.") == "A ` alone &amp; stays."


def test_an_answer_waits_for_review_until_a_person_gave_marks(course: Course) -> None:
    seen = Seen(
        page_of(course, result("ada", [ending("one", points=10)]), answer="Layers *build* on each other.")
    )
    assert "(a) Depth waits for review Layers build on each other." in seen.text
    assert "1 written answer waits for review by a person." in seen.text
    assert "2.5 points still open" in seen.text
    assert "(b) Width 0 / 2.5 You handed in no answer." in seen.text

    reviews = {"ada": Review({"depth": Mark(1.5, "Which *features*?")}, late_penalty=1)}
    (page,) = write_feedback(course, "hw1", reviews=reviews)
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
    reviews = {"ada": Review({"depth": Mark(1.5, again=True)})}
    seen = Seen(page_of(course, result("ada", [ending("one", points=10)]), reviews))
    assert (
        "(a) Depth 1.5 / 2.5 Your answer changed after it was reviewed; it waits for review again."
        in seen.text
    )
    assert "everything is graded" not in seen.text


def test_what_only_graders_may_see_of_a_notebook_stays_in_it(course: Course) -> None:
    folder = record(course, result("ada", OTHERS))
    assert "MARK SCHEME" in (folder / "hw1.ipynb").read_text()
    (page,) = write_feedback(course, "hw1", reviews={})
    html = page.read_text()
    assert "MARK SCHEME" not in html
    assert "Says so" not in html
    assert "assert correlate" not in html


def test_the_release_is_not_shown_as_the_students_work(course: Course) -> None:
    graded = without_score("ada", "unreadable", "The file is empty.")
    folder = record(course, graded)
    (folder / "hw1.ipynb").write_text(notebook(*CELLS))  # what people see in Formgrader then
    reviews = {"ada": Review({"depth": Mark(2.0, "You told me.")})}
    (page,) = write_feedback(course, "hw1", reviews=reviews)
    text = Seen(page.read_text()).text
    assert "YOUR ANSWER HERE" not in text
    assert "(a) Depth 2 / 2.5 Your answer could not be shown. Comment from your grader You told me." in text


def test_a_persons_score_of_an_exercise_counts_more_than_its_tests(course: Course) -> None:
    reviews = {"ada": Review({"test_correlate": Mark(9, extra=0.5), "correlate": Mark(comment="Nearly.")})}
    seen = Seen(page_of(course, result("ada", FAILED_BY_FLIP), reviews))
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


def test_formulas_are_shown_as_typed(course: Course) -> None:
    answer = "With $a_i * b_i * c_i$ and 5 $ or 6 $:\n\n$$\nx_1 = y\n+ z_1 * w_1 *\n$$\n\n*done*"
    html = page_of(course, result("ada", OTHERS), answer=answer)
    assert '<code class="formula">$a_i * b_i * c_i$</code> and 5 $ or 6 $' in html
    assert '<pre class="formula">$$\nx_1 = y\n+ z_1 * w_1 *\n$$</pre>' in html
    assert "<em>done</em>" in html


# ------------------------------------------------------------------------------ feedback: where it comes from


def test_marks_are_read_from_nbgraders_gradebook(course: Course) -> None:
    from nbgrader import api
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    assert load_reviews(course, "hw1") == {}
    engine = create_engine(course.settings.db_url)
    api.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(api.Course(id="default_course"))
        for name in ("hw1", "hw2"):  # the other assignment's marks belong to it alone
            assignment = api.Assignment(name=name)
            book = api.Notebook(name=name, assignment=assignment)
            graded = api.GradeCell(name="depth", notebook=book, max_score=2.5, cell_type="markdown")
            solution = api.SolutionCell(name="depth_code", notebook=book)
            session.add_all([assignment, book, graded, solution])
            for student, score in (("ada", 2.0), ("bob", None)):
                person = session.get(api.Student, student) or api.Student(id=student)
                handed_in = api.SubmittedAssignment(assignment=assignment, student=person)
                submitted = api.SubmittedNotebook(
                    notebook=book, assignment=handed_in, late_submission_penalty=0.5
                )
                session.add_all([person, handed_in, submitted])
                score = score if name == "hw1" else 0.25
                grade = api.Grade(cell=graded, notebook=submitted, auto_score=1, manual_score=score)
                grade.needs_manual_grade = False
                session.add(grade)
                session.add(api.Comment(cell=solution, notebook=submitted, auto_comment="auto"))
                session.add(api.Comment(cell=graded, notebook=submitted, manual_comment=f"{name} {student}"))
        session.commit()
    engine.dispose()
    assert load_reviews(course, "hw1") == {
        "ada": Review({"depth": Mark(2.0, "hw1 ada")}, 0.5),
        "bob": Review({"depth": Mark(None, "hw1 bob")}, 0.5),
    }
    record(course, result("ada", OTHERS))
    (page,) = write_feedback(course, "hw1")
    assert "hw1 ada" in page.read_text()


def test_an_unreadable_gradebook_is_an_error_and_not_a_class_without_marks(course: Course) -> None:
    record(course, result("ada", OTHERS))
    (course.root / "gradebook.db").write_bytes(b"not a database" * 100)
    with pytest.raises(CourseError, match=r"gradebook sqlite:.* cannot be read: file is not a database"):
        write_feedback(course, "hw1")


def test_a_damaged_receipt_costs_no_other_page(course: Course) -> None:
    for student in ("ada", "bob", "cyd"):
        record(course, result(student, OTHERS))
    (course.autograded / "bob" / "hw1" / "receipt.json").write_text('{"schema": 1, "assi')
    with pytest.raises(CourseError, match=r"wrote 2 pages, but not for 1; .*bob.hw1: JSONDecodeError"):
        write_feedback(course, "hw1", reviews={})
    assert [page.parent.parent.name for page in sorted(course.feedback.glob("*/hw1/hw1.html"))] == [
        "ada",
        "cyd",
    ]
    assert list(course.feedback.glob("*/hw1/.*")) == []
    (course.autograded / "cyd" / "hw1" / "receipt.json.new").write_text("{}")
    with pytest.raises(CourseError, match=r"cyd.hw1: ValueError: its grading was interrupted"):
        write_feedback(course, "hw1", ["cyd"], reviews={})


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
    (page,) = write_feedback(course, "hw1", reviews={})
    assert (page.parent / "timestamp.txt").read_text() == "2026-11-02 10:00:00 UTC"
    assert not (page.parent / "submission_secret.txt").exists()


# ------------------------------------------------------------------------------ nothing executes


RUN = "document.title='pwned'"
ATTACKS = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f"<svg onload={RUN}>",
    f"</code></pre></style></title></textarea><script>{RUN}</script>",
    f'" onmouseover="{RUN}" autofocus onfocus="{RUN}" x="',
    f"`<script>{RUN}</script>`",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "{{ 7 * 191 }}{% raw %}",
    "\x1b[2J\x00\x08\u202egnp.exe",
    "\ud800",
]
MARKDOWN_ATTACKS = [
    *ATTACKS,
    f"[x](javascript:{RUN})",
    f"[x](  JaVaScRiPt&#58;{RUN})",
    f"[x](java\tscript:{RUN})",
    f"[x](data:text/html;base64,{base64.b64encode(f'<script>{RUN}</script>'.encode()).decode()})",
    "[x](vbscript:msgbox) [x](file:///etc/passwd) [x](//example.org) [x](../../bob/hw1/hw1.html)",
    f"<javascript:{RUN}>",
    f"[x]: javascript:{RUN}\n\n[x] ![x]",
    f'[ok](https://example.org/?"onclick={RUN} "title&quot; onclick={RUN}")',
    "![track](https://example.org/pixel.png) ![track](data:image/svg+xml;base64,PHN2Zy8+)",
    f'```html"><script>{RUN}</script>\n<b>\n```',
    f"$<script>{RUN}</script>$\n\n$$\n<script>{RUN}</script>\n$$",
    f"![a](attachment:picture.svg) ![a](attachment:fake.png) ![a](attachment:none.png) [a](attachment:{RUN})",
    f"| a | b |\n|---|---|\n| <script>{RUN}</script> | [x](javascript:{RUN}) |",
]
ATTACHMENTS = {
    "picture.svg": {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{RUN}\"/>"},
    "fake.png": {"image/png": base64.b64encode(f"<script>{RUN}</script>".encode()).decode()},
    f'"><script>{RUN}</script>.png': {"image/png": png()},
    "odd": ["image/png"],
}
ATTACKER = f"\"><img src=x onerror={RUN}>'&<svg onload={RUN}>"


def attacked(course: Course) -> list[Path]:
    """The pages of a submission that attacks wherever text from outside is shown."""
    tests = [
        ending(f"a{number}", "error", 0.5, attack, title=attack, misconception=attack if number % 2 else None)
        for number, attack in enumerate(ATTACKS)
    ]
    graded = result(ATTACKER, tests, submission={"sha256": "ab" * 32, "notes": ATTACKS})
    unreadable = without_score(f"bob{ATTACKER}", "unreadable", " ".join(ATTACKS))
    everything = "\n\n".join(MARKDOWN_ATTACKS)
    record(course, graded, code="\n".join(ATTACKS), answer=everything, attachments=ATTACHMENTS)
    record(course, unreadable)
    reviews = {ATTACKER: Review({"depth": Mark(1.0, everything), "correlate": Mark(None, everything)})}
    pages = write_feedback(course, "hw1", reviews=reviews)
    return [*pages, write_overview(course, "hw1", [graded, unreadable])]


def test_whatever_a_submission_says_is_shown_as_text(course: Course) -> None:
    feedback, _, overview = attacked(course)
    for page in (feedback, overview):
        html = page.read_text()
        seen = Seen(html)
        assert seen.dangers == []
        assert f"<script>{RUN}</script>" in seen.text  # shown, not swallowed
        assert ATTACKER in seen.text
        assert "{{ 7 * 191 }}" in seen.text
        assert not re.search("[\x00-\x08\x0e-\x1f]", html)
    assert {link["href"] for link in Seen(feedback.read_text()).links if "rel" in link} == {
        f"https://example.org/?%22onclick={RUN}"
    }
    assert all(
        link["rel"] == "nofollow noopener noreferrer"
        for link in Seen(feedback.read_text()).links
        if "rel" in link
    )


def test_pages_allow_no_script_no_network_and_no_foreign_picture(course: Course) -> None:
    for page in attacked(course):
        head = page.read_text().partition("<title>")[0]
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', head)
        assert policy is not None
        assert (
            policy[1]
            .replace("&#39;", "'")
            .startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline';")
        )
        assert '<html lang="en">' in head


def test_only_png_attachments_become_pictures(course: Course) -> None:
    attachments = {
        "sketch 1.png": {"image/png": png()},
        "unused.png": {"image/png": [png(5, 4)]},
        "photo.png": {"image/png": png(kind="JPEG")},
        "cut.png": {"image/png": png(60, 50)[:80]},
        "bomb.png": {"image/png": bomb(30_000, 30_000)},
        "picture.svg": {"image/svg+xml": "<svg/>"},
        "number": {"image/png": 7},
    }
    answer = "See ![my sketch](attachment:sketch%201.png) and ![photo](attachment:photo.png)."
    seen = Seen(page_of(course, result("ada", OTHERS), answer=answer, attachments=attachments))
    assert [picture["alt"] for picture in seen.pictures] == ["my sketch", "unused.png"]
    assert seen.dangers == []
    assert "[a picture that was not attached: photo ]" in seen.text
    for name in ("photo.png", "cut.png", "bomb.png", "picture.svg", "number"):
        assert f"Not shown, as it is no PNG picture or too large: {name}" in seen.text


def bomb(width: int, height: int) -> str:
    """A small PNG file that claims to be large."""
    data = bytearray(base64.b64decode(png()))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return base64.b64encode(data).decode()


SLOW = [
    "[" * 30_000,
    "> " * 4_000,
    "$$x\n" * 2_900,
    "- " * 5_000,
    "![" * 5_000,
    "*a_" * 4_000,
    "> " * 18,
    "- " * 9,
]


@pytest.mark.parametrize("text", SLOW, ids=lambda text: text[:3].strip() + str(len(text)))
def test_texts_that_parsers_give_up_on_are_still_shown(text: str) -> None:
    assert "the answer" in Seen(html.markdown(f"{text}the answer")).text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*MARKDOWN_ATTACKS, "\n", "> ", "- ", "`", "[", "](", ")", "!", "<", "*", "$", "|"]),
        max_size=12,
    )
)
def test_no_mixture_of_attacks_makes_markdown_active(parts: list[str]) -> None:
    seen = Seen(html.markdown("".join(parts), ATTACHMENTS))
    assert seen.dangers == []
    assert "meta" not in seen.tags


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("abdef # \"'\\\n@<>&r1.:()"), max_size=60))
def test_coloured_code_is_the_code(source: str) -> None:
    colored = html.code(source)
    body = re.sub(r"</?(?:pre|span)[^>]*>", "", colored).removesuffix("\n")
    assert body == str(html.escape(source))


CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the pages with")
def test_nothing_executes_in_a_real_browser(course: Course, tmp_path: Path) -> None:
    control = tmp_path / "control.html"
    control.write_text(f'<title>quiet</title><img src=x onerror="{RUN}">')
    assert "<title>pwned</title>" in opened(control, tmp_path)  # the browser does run scripts
    for number, page in enumerate(attacked(course)):
        copy = tmp_path / f"page{number}.html"  # a name that a file: address can hold
        copy.write_bytes(page.read_bytes())
        dom = opened(copy, tmp_path)
        title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
        assert title is not None
        assert "hw1: " in title[1]
        assert Seen(dom).dangers == []


def opened(page: Path, scratch: Path) -> str:
    """The page as a browser has it after loading."""
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --disable-dev-shm-usage --virtual-time-budget=2000 --dump-dom"
    )
    command = [str(CHROMIUM), *flags.split(), f"--user-data-dir={scratch / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return done.stdout.decode(errors="replace")


# ------------------------------------------------------------------------------ the class


def a_class() -> list[dict[str, Any]]:
    """Three that flip the kernel, one right but for one test that nobody passes, one blank, two for a person."""
    hard = ending("hard", "failed", 1, "Your output has other values than expected.")
    return [
        *(result(name, [*FAILED_BY_FLIP, hard]) for name in ("ada", "bob", "cyd")),
        result("dan", [ending("wide"), ending("tall"), ending("small"), hard]),
        result("eve", [ending(n, "error", 2, "not defined") for n in ("wide", "tall", "small")] + [hard]),
        without_score("fay", "unreadable", "The file is empty."),
        without_score("gus", "grader-fault", "a grading process died on this submission, twice"),
    ]


def test_the_class_page_ranks_flags_and_lists(course: Course) -> None:
    page = write_overview(course, "hw1", a_class())
    assert page == course.autograded / "overview_hw1.html"  # never in feedback/, which is for students
    seen = Seen(page.read_text())
    assert seen.dangers == []
    assert "flipped_kernel in correlate 3 students" in seen.text
    assert "ada , bob , cyd" in seen.text
    assert seen.text.count("nobody passes: test or lecture?") == 1
    assert "Title of hard. 1 p. nobody passes: test or lecture? 0 / 5" in seen.text
    assert "Title of wide. 2 p. 1 / 5" in seen.text
    assert "mean 1.2 / 10" in seen.text
    assert "fay unreadable The file is empty." in seen.text
    assert "gus grader-fault a grading process died on this submission, twice" in seen.text
    assert "need a person" in seen.text
    assert 'aria-label="Number of submissions by points: 0–1: 4, ' in page.read_text()


def test_the_class_page_links_to_feedback_that_is_there(course: Course) -> None:
    graded = result("zoë & co", OTHERS)
    record(course, graded)
    write_feedback(course, "hw1", reviews={})
    html = write_overview(course, "hw1", [graded, result("bob", OTHERS)]).read_text()
    assert 'href="../feedback/zo%C3%AB%20%26%20co/hw1/hw1.html"' in html
    assert "feedback/bob" not in html


def test_a_class_page_without_any_score_is_a_page(course: Course) -> None:
    for results in ([], [without_score("fay", "unreadable", "The file is empty.")]):
        assert "mean by tests" in Seen(write_overview(course, "hw1", results).read_text()).text


def printed(results: list[dict[str, Any]], width: int = 110) -> str:
    """What the table looks like in a terminal."""
    file = io.StringIO()
    print_results(results, Console(file=file, width=width, force_terminal=False))
    return file.getvalue()


def test_the_table_has_a_line_for_each_student() -> None:
    lines = printed(a_class()).splitlines()
    assert any(re.match(r"\s*ada +0 +0 +1 +flipped kernel", line) for line in lines)
    assert any(re.match(r"\s*dan +6 +6 +1\s*$", line) for line in lines)
    assert any(re.match(r"\s*gus +– +– +2 +grader-fault", line) for line in lines)
    assert "  fay: The file is empty." in lines
    assert "5 of 7 graded; mean 1.2 of 10 by tests; 7 written answers to review" in lines


def test_a_table_too_wide_for_the_terminal_says_where_marks_were_lost() -> None:
    graded = result("ada", [ending("wide", "failed", 1, "Your output has other values than expected.")])
    exercises = [
        {**graded["exercises"][0], "name": f"exercise_{number}", "score": score, "max": 4.0}
        for number, score in enumerate([4.0] * 9 + [2.5])
    ]
    results = [{**graded, "exercises": exercises}, without_score("fay", "unreadable", "The file is empty.")]
    assert re.search(r"ada( +4){9} +2\.5", printed(results, width=200))
    narrow = printed(results, width=80).splitlines()
    assert any(re.match(r"\s*ada +exercise_9 2\.5/4 ", line) for line in narrow)
    assert any(re.match(r"\s*fay +0 +unreadable", line) for line in narrow)
    assert "exercise_8" not in "".join(narrow)


def test_the_table_of_a_large_class_is_a_summary() -> None:
    results = [{**r, "student": f"{r['student']}{n}"} for n in range(8) for r in a_class()]
    text = printed(results, width=80)
    assert "ada3" not in text
    assert re.search(r"correlate +1\.2 +10 +0 +32 +test_hard", text)
    assert re.search(r"24 +flipped_kernel +correlate", text)
    assert "fay3: The file is empty." in text


def test_a_name_cannot_steer_the_terminal() -> None:
    text = printed(
        [result("\x1b[2J[bold red]x[/]", OTHERS), without_score("y", "unreadable", "bad \x1b]0;pwned\x07")]
    )
    assert "\x1b" not in text
    assert "[bold red]x[/]" in text


# ------------------------------------------------------------------------------ the published schema


def problems(value: dict[str, Any]) -> list[str]:
    """What the schema has against a result."""
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(value)
    ]


def test_the_schema_admits_what_results_are() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for value in a_class():
        assert problems(value) == []
        assert problems({**value, "recorded": {"at": "2026-11-02T10:00:00+00:00", "by": "homework"}}) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"status": "unreadable"}, "$.score.auto"),
        ({"status": "grader-fault", "reason": "x"}, "$.score.auto"),
        ({"reason": "graded after all"}, "$"),
        ({"status": "fine"}, "$.status"),
        ({"score": {"auto": None, "auto_max": 10, "to_review": []}}, "$.score.auto"),
        (
            {"exercises": [{"name": "f", "score": 1, "max": 1, "seconds": 0, "tests": []}]},
            "$.exercises[0].tests",
        ),
        ({"grade": "A"}, "$"),
    ],
)
def test_the_schema_refuses_what_results_are_not(change: dict[str, Any], where: str) -> None:
    value = result("ada", FAILED_BY_FLIP[:1] + OTHERS[:1]) | change
    assert where in {problem.partition(":")[0] for problem in problems(value)}


def test_what_the_grader_gives_is_what_the_schema_says(tmp_path: Path) -> None:
    from homework.grading import Grader
    from homework.sandbox import SandboxUnavailable
    from homework.submission.handin import Submission
    from homework.submission.splice import splice

    course = mini_course(tmp_path / "course")
    with Grader(course, "hw1") as grader:
        flipped = json.loads(json.dumps(splice(grader.template, "def correlate(X, K):\n    return -X * K")))
        next(c for c in flipped["cells"] if c["id"] == "depth")["source"] = ["Because of **layers**."]
        handed_in = [
            Submission(
                "right",
                json.dumps(splice(grader.template, "def correlate(X, K):\n    return X * K")).encode(),
            ),
            Submission("wrong", json.dumps(flipped).encode()),
            Submission("blank", json.dumps(grader.template.notebook).encode()),
            Submission("broken", b"%PDF-1.7"),
            Submission("none", None, "The file hw1.ipynb cannot be opened: it is a link."),
        ]
        try:
            graded = grader.grade(handed_in)
        except SandboxUnavailable as reason:
            pytest.skip(f"no sandbox here: {reason}")
        graded.append(grader.fault(handed_in[0], "a grading process died on this submission, twice"))
    by_name = {g.result["student"]: g.result for g in graded[:-1]}
    for found in graded:
        assert problems(json.loads(json.dumps(found.result))) == []
    assert [by_name[name]["score"]["auto"] for name in ("right", "wrong", "blank", "broken")] == [10, 4, 0, 0]
    for found in graded[:2]:
        folder = course.autograded / found.result["student"] / "hw1"
        folder.mkdir(parents=True)
        (folder / "receipt.json").write_text(json.dumps(found.result))
        cells = [{"cell_type": c.kind, "metadata": c.metadata, "source": c.source} for c, _ in found.cells]
        (folder / "hw1.ipynb").write_text(notebook(*cells))
    right, wrong = (Seen(page.read_text()).text for page in write_feedback(course, "hw1", reviews={}))
    assert "✓ All 2 tests passed" in right
    assert "Your sign is turned. This explains 1 test:" in wrong
    assert "(a) Depth waits for review Because of layers ." in wrong


def mini_course(root: Path) -> Course:
    """A course that can be graded: one exercise worth ten points, in two tests."""
    for folder in ("source", "release"):
        (root / folder / "hw1").mkdir(parents=True)
        (root / folder / "hw1" / "hw1.ipynb").write_text(notebook(*CELLS))
    bank, tests = root / "solutions" / "hw1" / "correlate", root / "tests" / "hw1"
    bank.mkdir(parents=True)
    tests.mkdir(parents=True)
    (bank / "reference.py").write_text("def correlate(X, K):\n    return X * K\n")
    (bank / "variants.py").write_text(
        "from homework.judge import variant\n\n\n@variant\ndef other(X, K):\n    return K * X\n"
    )
    (bank / "misconceptions.py").write_text(
        "from homework.judge import misconception\n\n\n"
        "@misconception('Your sign is turned.')\ndef turned(X, K):\n    return -X * K\n"
    )
    (tests / "test_correlate.py").write_text(
        "from homework.judge import agree, points\n\n\n"
        "@points(6)\ndef test_value(student, reference, rng):\n"
        '    """The value."""\n    agree(student.correlate, reference.correlate, rng.integers(2, 9), 3)\n\n\n'
        "@points(4)\ndef test_zero(student, reference, rng):\n"
        '    """Nothing times nothing."""\n    agree(student.correlate, reference.correlate, 0, 0)\n'
    )
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Homework.secret = 'x'\n")
    return Course(root)
